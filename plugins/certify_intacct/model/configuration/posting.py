"""Section ``posting`` of connector.yaml: how reports become documents in Intacct."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from certify_intacct.model.configuration.currencies import Code, Currencies
from certify_intacct.model.configuration.custom_fields import CustomFields
from certify_intacct.model.configuration.invoices import Invoices
from certify_intacct.model.configuration.paid import (
    HOLD,
    NONE,
    CompanyPaid,
    EmployeePaid,
    Journal,
    LineTraits,
    targets_of,
)
from certify_intacct.model.configuration.policies import Policies
from certify_intacct.model.configuration.section import CountFromOne, Name, Section
from certify_intacct.model.configuration.tax import Taxes
from certify_intacct.model.configuration.texts import Texts
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer

_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?")


def _amount(value: object) -> object:
    # Decimal takes 1e400, 1_000 and figures of every script as well, and no person who reads the file does.
    if isinstance(value, (dict, list)) or (isinstance(value, str) and not _PLAIN.fullmatch(value)):
        raise ValueError("it must be an amount of 0 or more, written out and with a point, such as 50000 or 2000.50")
    return value


Amount = Annotated[Decimal, Field(ge=0, lt=10**15, allow_inf_nan=False), BeforeValidator(_amount)]


#: What becomes of a payer's document that would be below zero, where the company has adjustments made of such.
ADJUSTMENTS: Mapping[Payer, Mapping[str, str]] = {
    Payer.EMPLOYEE: {"ap_bill": "ap_adjustment", "expense_report": "expense_adjustment"},
    Payer.COMPANY: {"card_vendor_bill": "ap_adjustment", "supplier_bill": "ap_adjustment"},
}
#: By adjustment the key that says its sign, and what that sign lowers.
_SIGNS = {
    "ap_adjustment": ("adjustment_sign", "an AP adjustment lowers what a vendor is owed"),
    "expense_adjustment": ("expense_adjustment_sign", "an expense adjustment lowers what an employee gets"),
}
#: What a report becomes whose employee was paid elsewhere: expense against the account through which that payment goes.
OF_PAID_ELSEWHERE = "gl_journal"


class Accounts(Section):
    """The account of a line.

    :param source: ``gl_code`` takes the category's GL code as it stands; ``map`` knows only what ``map`` lists
    :param map: account by the name of the Certify category; it wins over the GL code
    :param by_label: the accounts are AP account labels (companies in account-label mode)
    """

    source: Literal["gl_code", "map"] = "gl_code"
    map: Mapping[str, Name] = {}
    by_label: bool = False


class Dates(Section):
    """Between which days a document may be dated: never in the future, and not long ago without a person.

    :param oldest_days: a date more than so many days before the report was processed is held
    """

    oldest_days: Annotated[int, Field(ge=1, le=3650)] = 200


class ClosedPeriods(Section):
    """What to do with a date that lies in a closed period.

    :param policy: ``hold``, or ``next_open_day``: post on the first open day and record both dates
    :param ask_intacct: whether each run reads from Intacct, as far as it shows them, the days through which books are closed
    :param closed_through: the last closed day by entity and subledger (AP, CM, EE or GL), as far as you know it; what Intacct says and
        what it refuses come on top
    """

    policy: Literal["hold", "next_open_day"] = "hold"
    ask_intacct: bool = True
    closed_through: Mapping[str, Mapping[Literal["AP", "CM", "EE", "GL"], date]] = {}


class Vendors(Section):
    """Which Intacct vendors may be employees: a numeric EmployeeID could be some supplier's number."""

    employee_vendor_types: Annotated[tuple[Name, ...], Field(min_length=1)]


#: One amount, whatever the currency; or one for each currency, and then a currency that is not named may post nothing by itself.
AmountLimit = Amount | dict[Code, Amount]


Credit = Literal["hold", "negative", "adjustment"]
Sign = Literal["negative", "positive"]


class Credits(Section):
    """What becomes of a payer's part that is below zero: it waits, or is the document of its target, over a negative total.

    ``negative`` and ``adjustment`` say that the company knows from a test company what Intacct makes of one. The first of each kind is
    sent alone. With ``adjustment`` bills become AP adjustments, employees' expense reports expense adjustments, and all else waits.

    :param adjustment_sign: the sign of an AP adjustment's amounts that lowers what the vendor is owed; nobody publishes it
    :param expense_adjustment_sign: that of an expense adjustment's which lowers what the employee gets; nor this
    """

    employee_paid: Credit = "hold"
    company_paid: Credit = "hold"
    adjustment_sign: Sign | None = None
    expense_adjustment_sign: Sign | None = None

    @property
    def adjusts(self) -> list[Payer]:
        """Those whose credits become AP adjustments."""
        return [payer for payer in Payer if self.of(payer) == "adjustment"]

    def of(self, payer: Payer) -> Credit:
        """What becomes of what this payer is owed back."""
        return self.employee_paid if payer is Payer.EMPLOYEE else self.company_paid

    def instead_of(self, payer: Payer, target: str) -> str:
        """The target of what would be of a target, were it above zero."""
        return ADJUSTMENTS[payer].get(target, target) if payer in self.adjusts else target

    def posts(self, payer: Payer, target: str) -> bool:
        """Whether what is below zero is posted as this target."""
        return self.of(payer) == ("adjustment" if target in _SIGNS else "negative")


class Limits(Section):
    """Above these a second person decides.

    :param document_amount: the largest total of one document; empty for none
    :param report_amount: the largest total of one report; empty for none
    :param day_amount: the most that a day of sending may add up to in one currency; empty for none, which a live company cannot have
    :param documents_per_run: the most documents that one run may send
    :param times_median: so many times the documents, or the amount of a currency, of a usual day of sending; 0 for no such limit
    :param median_from_days: on so many of the last 30 days something must have been sent before there is anything usual
    :param median_from_documents: days with fewer documents are not compared by their number of documents
    :param approvers: who may approve a run, by their user names in Airflow; empty for everybody who may respond there
    :param approval_days: how long a run waits for its approval; after that it fails with nothing sent
    :param configuration_changes: what a change in connector.yaml that decides about money does: ``approve`` has the next run that
        posts wait for a second person, ``record`` only keeps it; empty: approve in a live company, record in a test company
    """

    document_amount: AmountLimit | None = None
    report_amount: AmountLimit | None = None
    day_amount: AmountLimit | None = None
    documents_per_run: CountFromOne = 50000
    times_median: Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False)] = Decimal(5)
    # Until version 0.1 it counted runs.
    median_from_days: Annotated[int, Field(ge=2, le=30)] = Field(
        default=5, validation_alias=AliasChoices("median_from_days", "median_from_runs")
    )
    median_from_documents: CountFromOne = 20
    approvers: tuple[Name, ...] = ()
    approval_days: Annotated[float, Field(gt=0, le=90, allow_inf_nan=False)] = 3

    configuration_changes: Literal["approve", "record"] | None = None

    def changes_need_approval(self, environment: str) -> bool:
        """Whether a change of what decides about money waits for a second person."""
        return (self.configuration_changes or ("approve" if environment == "live" else "record")) == "approve"

    @staticmethod
    def of(limit: AmountLimit | None, currency: str) -> Decimal | None:
        """What a limit allows in a currency; None: anything."""
        return limit.get(currency, Decimal(0)) if isinstance(limit, dict) else limit


class ReceiptSettings(Section):
    """Receipts as attachments of the documents.

    :param attachments: whether only reports that have a receipt when they are planned get an attachment
    """

    attach: bool = True
    attachments: Literal["with_receipts", "always"] = "with_receipts"
    folder: Annotated[Name, Field(max_length=50)] = "Certify receipts"
    largest_megabytes: Annotated[int, Field(ge=1, le=100)] = 10


#: What a document may wait for: a week at most.
Minutes = Annotated[float, Field(ge=0, le=7 * 24 * 60, allow_inf_nan=False)]


class Sending(Section):
    """How documents are sent. Minutes may have decimals.

    :param batch_size: functions in one request
    :param requests_at_once: how many requests a run has under way at Intacct while it posts, or asks each entity what is closed; no
        more than the company's licence allows
    :param late_commit_minutes: how long after a lost answer Intacct may still carry out the request
    :param absence_checks_minutes_apart: the least time between the two look-ups that prove absence
    """

    batch_size: Annotated[int, Field(ge=1, le=100)] = 25
    requests_at_once: Annotated[int, Field(ge=1, le=8)] = 2
    late_commit_minutes: Minutes = 30
    absence_checks_minutes_apart: Minutes = 3


Length = Annotated[int, Field(ge=20, le=1_000_000)]


class Lengths(Section):
    """The longest texts that Intacct keeps; the rest of a text is cut, never an amount or a code."""

    description: Length = 1000
    memo: Length = 1000
    payee: Length = 80


class PostingConfiguration(Section):
    """Section ``posting``.

    :param look_alike_days: how far from a document's date a record of the same party, currency and total, not ours, holds it; 0: not
        looked for
    :param open_days: how many days the books of a date may still be open: so far back the daily reconciliation looks
    :param recheck_lines_days: the lines of posted reports of so many last dates are compared with Certify every day, those of older
        dates every week
    :param unpaid_part: what to do with the rest of a line of which only a part is reimbursable and that names no card
    :param stopped: nothing is sent; what is in doubt is settled all the same
    :param max_first_documents: how many documents a company's first runs send before a person releases the rest; empty: 5 of a live
        company, and any number of a test company
    :param invoices: of Certify's AP automation; as shipped they are not read
    :param several_entities: whether lines of several entities may stand in one document where Intacct has their inter-entity accounts
    :param hold: what waits for a fault of one document: that document, or its whole report
    """

    employee_paid: EmployeePaid = EmployeePaid()
    company_paid: CompanyPaid = CompanyPaid()
    invoices: Invoices = Invoices()
    unpaid_part: Literal["ignore", "hold"] = "ignore"
    posting_entity: Literal["top_level", "entity"] = "top_level"
    several_entities: Literal["one_document_each", "one_document"] = "one_document_each"
    hold: Literal["document", "report"] = "document"
    look_alike_days: int = Field(default=62, ge=0, le=3660)
    open_days: Annotated[int, Field(ge=1, le=3660)] = 100
    recheck_lines_days: Annotated[int, Field(ge=0, le=62)] = 7
    stopped: bool = False
    max_first_documents: CountFromOne | None = None
    vendors: Vendors
    accounts: Accounts = Accounts()
    tax: Taxes = Taxes()
    currencies: Currencies = Currencies()
    dates: Dates = Dates()
    closed_periods: ClosedPeriods = ClosedPeriods()
    policies: Policies = Policies()
    credits: Credits = Credits()
    limits: Limits = Limits()
    receipts: ReceiptSettings = ReceiptSettings()
    texts: Texts = Texts()
    custom_fields: CustomFields = CustomFields()
    sending: Sending = Sending()
    lengths: Lengths = Lengths()

    @model_validator(mode="after")
    def _types_named(self) -> PostingConfiguration:
        for payer in Payer:
            section = self.paid_by(payer)
            if (
                self.accounts.by_label
                and "expense_report" in targets_of(section)
                and not section.expense_report.expense_types
            ):
                raise ValueError(
                    f"accounts.by_label makes accounts AP account labels, which no expense report takes: name the expense types in "
                    f"{payer}_paid.expense_report.expense_types"
                )
        return self

    @model_validator(mode="after")
    def _made_above_entities(self) -> PostingConfiguration:
        if self.several_entities == "one_document" and self.posting_entity == "entity":
            raise ValueError(
                "several_entities: one_document makes documents above entities, and posting_entity: entity inside each: take one out"
            )
        return self

    @model_validator(mode="after")
    def _adjustments_stated(self) -> PostingConfiguration:
        for payer in self.credits.adjusts:
            if not self._adjustments(payer):
                lowered = " and ".join(f"`{target}`" for target in ADJUSTMENTS[payer])
                raise ValueError(
                    f"credits.{payer}_paid: adjustment lowers what is owed by {lowered}, and {payer}_paid makes none: choose negative "
                    "or hold"
                )
            for word in self._adjustments(payer):
                key, lowers = _SIGNS[word]
                if getattr(self.credits, key) is None:
                    raise ValueError(
                        f"credits.{payer}_paid: adjustment needs `{key}: negative` or `{key}: positive`, the sign with which "
                        f"{lowers}; try it in a test company"
                    )
        return self

    def _adjustments(self, payer: Payer) -> list[str]:
        """The adjustments that a payer's documents become below zero."""
        targets = self._targets(payer) if payer in self.credits.adjusts else {}
        return list(dict.fromkeys(ADJUSTMENTS[payer][target] for target in targets if target in ADJUSTMENTS[payer]))

    def _targets(self, payer: Payer) -> dict[str, str]:
        """What a payer's part may become, of expense reports and of invoices, each with the key that says so first."""
        found = {word: f"posting.{payer}_paid.{key}" for word, key in targets_of(self.paid_by(payer)).items()}
        return found | ({self.invoices.target: "posting.invoices.target"} if payer is Payer.COMPANY else {})

    @property
    def kinds(self) -> dict[DocumentKind, str]:
        """The kinds of document that reports become, each with the key that asks for it."""
        words: dict[str, str] = {}
        for payer in Payer:
            for word, key in self._targets(payer).items():
                words.setdefault(word, key)
        if self.policies.clears_payments:
            words.setdefault(OF_PAID_ELSEWHERE, "posting.policies.already_reimbursed")
        for payer in Payer:
            for word in self._adjustments(payer):
                words.setdefault(word, f"posting.credits.{payer}_paid")
        return {DocumentKind(word): key for word, key in words.items() if word not in (HOLD, NONE)}

    @property
    def journals(self) -> dict[str, Journal]:
        """The journals that are named, each by its key."""
        named = {f"{payer}_paid.journal": self.paid_by(payer).journal for payer in Payer}
        named["policies.already_reimbursed_journal"] = self.policies.already_reimbursed_journal
        return {f"posting.{key}": journal for key, journal in named.items() if journal is not None}

    def target_of(self, payer: Payer, traits: LineTraits, *, paid_elsewhere: bool = False) -> str:
        """What becomes of a payer's part of a line: a kind of document, ``hold`` or ``none``.

        :param paid_elsewhere: the employee has the money already, and the company clears such payments
        """
        section = self.paid_by(payer)
        target = next((one.target for one in section.overrides if one.fits(traits)), section.target)
        return OF_PAID_ELSEWHERE if paid_elsewhere and payer is Payer.EMPLOYEE and target != HOLD else target

    def paid_by(self, payer: Payer) -> EmployeePaid | CompanyPaid:
        """The section that says what becomes of what this payer paid; its ``target`` names the kind of document."""
        return self.employee_paid if payer is Payer.EMPLOYEE else self.company_paid
