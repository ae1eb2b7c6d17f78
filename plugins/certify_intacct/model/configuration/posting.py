"""Section ``posting`` of connector.yaml: how reports become documents in Intacct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from certify_intacct.model.configuration.section import CertifyName, Name, NameOrNothing, Section
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer

#: The target that makes no documents.
HOLD = "hold"
#: The target of what is none of ours: it is counted, and nothing waits for it.
NONE = "none"

_NOT_BUILT = {
    "ap_invoice": "posting invoices of Certify",
    "clearing_account": "posting reports that were paid elsewhere against a clearing account",
}


def _built(value: object) -> object:
    if isinstance(value, str) and value in _NOT_BUILT:
        raise ValueError(f"{value!r} is a known word, but {_NOT_BUILT[value]} is not built yet; use `hold` until it is")
    return value


def _non_negative(value: Decimal) -> Decimal:
    if not value.is_finite() or value < 0:
        raise ValueError("it must be an amount of 0 or more")
    return value


Amount = Annotated[Decimal, AfterValidator(_non_negative)]


EmployeeTarget = Annotated[Literal["ap_bill", "expense_report", "hold"], BeforeValidator(_built)]
CompanyTarget = Annotated[
    Literal["credit_card_transaction", "gl_journal", "card_vendor_bill", "expense_report", "hold", "none"],
    BeforeValidator(_built),
]


class LineTraits(NamedTuple):
    """What may decide what becomes of a line.

    :param category: its Certify category, and ``card`` the PaymentCardName
    :param entity: Intacct's code, and ``department``
    """

    category: str
    card: str
    entity: str
    department: str


class Override(Section):
    """Lines that become something else: those that fit every list that is given.

    :param categories: names of Certify categories, and ``cards`` PaymentCardNames
    :param entities: codes of Intacct, and ``departments``
    """

    categories: tuple[CertifyName, ...] = ()
    cards: tuple[CertifyName, ...] = ()
    entities: tuple[Name, ...] = ()
    departments: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _narrow(self) -> Override:
        if not (self.categories or self.cards or self.entities or self.departments):
            raise ValueError(
                "it must name categories, cards, entities or departments; what is true of all lines is `target`"
            )
        return self

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """What it lists, in the order of :class:`LineTraits`."""
        return self.categories, self.cards, self.entities, self.departments

    def fits(self, traits: LineTraits) -> bool:
        """Whether a line of these traits is one of them."""
        return all(not listed or value in listed for listed, value in zip(self.lists, traits, strict=True))


class EmployeeOverride(Override):
    """An override of ``posting.employee_paid.target``."""

    target: EmployeeTarget


class CompanyOverride(Override):
    """An override of ``posting.company_paid.target``."""

    target: CompanyTarget


class Due(Section):
    """When an AP bill is due: some days after its date, by a term, or by the vendor's own term."""

    rule: Literal["days_after", "term", "vendor_term"] = "days_after"
    days: Annotated[int, Field(ge=0, le=3650)] = 30
    term: str = ""

    @model_validator(mode="after")
    def _term_belongs(self) -> Due:
        if (self.rule == "term") != bool(self.term):
            raise ValueError("give `term: NAME` with `rule: term`, and only then")
        return self


class InExpenses(Section):
    """How expense reports are made in Intacct's application Expenses.

    :param state: what a report is made as; it reaches the general ledger when it is approved in Intacct, whichever it is
    :param expense_types: the expense type of a line by the name of its Certify category; empty: lines carry GL accounts
    :param payment_type: the payment type of its lines by its name; empty for none
    """

    state: Literal["submitted", "draft"] = "submitted"
    expense_types: Mapping[str, Name] = {}
    payment_type: str = ""


class EmployeePaid(Section):
    """The part of a report that the company owes to the employee (ReimAmount).

    :param overrides: the first that fits a line decides what it becomes, and ``target`` where none does
    :param due: of AP bills; an expense report has no due date
    :param expense_report: for ``target: expense_report``
    """

    target: EmployeeTarget = "ap_bill"
    overrides: tuple[EmployeeOverride, ...] = ()
    date: Literal["processed_date", "latest_expense_date", "submitted_date"] = "processed_date"
    due: Due = Due()
    expense_report: InExpenses = InExpenses()


_LAST_OF_THE_MONTH = 31


class Card(Section):
    """What a payment card of Certify is in Intacct: a card account, or a vendor whose bills the company pays, or both.

    :param payment_card: PaymentCardName of the Certify expense
    :param last: CCLast, empty for every card of that name
    :param card_id: CARDID in Intacct; empty where no target needs it
    :param vendor_id: VENDORID of the card company, for bills to it
    :param statement_day: the day of the month on which its statement closes; in a shorter month the last one
    """

    payment_card: CertifyName
    last: str = ""
    card_id: NameOrNothing = ""
    vendor_id: NameOrNothing = ""
    statement_day: Annotated[int, Field(ge=1, le=31)] = _LAST_OF_THE_MONTH

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Card:
        if not self.card_id and not self.vendor_id:
            raise ValueError("give `card_id`, its card account, or `vendor_id`, the vendor that bills it, or both")
        if self.statement_day != _LAST_OF_THE_MONTH and not self.vendor_id:
            raise ValueError("`statement_day` is that of a vendor's statement: give `vendor_id` too, or take it out")
        return self

    @property
    def account(self) -> str:
        """Where its charges are booked, the same whatever they are posted as: its card account, else its vendor."""
        return self.card_id or f"vendor {self.vendor_id}"

    @model_serializer(mode="wrap")
    def _said(self, whole: SerializerFunctionWrapHandler) -> dict[str, object]:
        """As rows were written down before they could say more: a card of which nothing new is said has not changed."""
        unsaid = {"card_id": "", "vendor_id": "", "statement_day": _LAST_OF_THE_MONTH}
        return {name: value for name, value in whole(self).items() if value != unsaid.get(name)}


class Journal(Section):
    """How GL journals are made.

    :param symbol: the symbol of the journal in Intacct
    :param offset_account: the liability or clearing account that is credited; never the control account of accounts payable
    :param vat_vendor: VENDORID that journals with tax entries name as their vendor of the tax
    """

    symbol: Name
    offset_account: Name
    vat_vendor: str = ""


class CompanyPaid(Section):
    """The part of a report that the company pays itself (Amount less ReimAmount): company cards.

    :param target: a kind of document, ``hold``, or ``none``: the charges reach Intacct by another way, the bank's feed for example
    :param overrides: the first that fits a line decides what it becomes, and ``target`` where none does
    :param date: ``statement_date``, the day on which the card's statement closes, is that of bills to the card's vendor alone
    :param due: of bills to the card's vendor
    :param journal: for ``target: gl_journal``
    :param expense_report: for ``target: expense_report``, with a payment type that is not reimbursable
    """

    target: CompanyTarget = "credit_card_transaction"
    overrides: tuple[CompanyOverride, ...] = ()
    date: Literal["charge_date", "processed_date", "statement_date"] = "charge_date"
    due: Due = Due()
    cards: tuple[Card, ...] = ()
    journal: Journal | None = None
    expense_report: InExpenses = InExpenses()

    @model_validator(mode="after")
    def _payment_type_named(self) -> CompanyPaid:
        if "expense_report" in targets_of(self) and not self.expense_report.payment_type:
            raise ValueError(
                "`target: expense_report` needs `expense_report: {payment_type: NAME}`, a payment type that is not reimbursable"
            )
        return self

    @property
    def card_key(self) -> Literal["card_id", "vendor_id"]:
        """What a row of ``cards`` names for the target."""
        return "vendor_id" if self.target == "card_vendor_bill" else "card_id"

    @model_validator(mode="after")
    def _fits_its_target(self) -> CompanyPaid:
        if faults := list(self._unfit()):
            raise ValidationError.from_exception_data("connector.yaml", faults)
        return self

    def _unfit(self) -> Iterator[InitErrorDetails]:
        bills = "card_vendor_bill" in targets_of(self)
        if self.date == "statement_date" and not bills and self.target not in (HOLD, NONE):
            yield _fault(
                self.date, f"`target: {self.target}` has no statement: choose charge_date or processed_date", "date"
            )
        for number, card in enumerate(self.cards):
            if self.target == "credit_card_transaction" and not bills and not card.card_id:
                yield _fault(
                    card.payment_card, "`target: credit_card_transaction` needs its `card_id`", "cards", number
                )

    @model_validator(mode="after")
    def _journal_named(self) -> CompanyPaid:
        if "gl_journal" in targets_of(self) and self.journal is None:
            raise ValueError("`target: gl_journal` needs `journal` with symbol and offset_account")
        return self

    @field_validator("cards")
    @classmethod
    def _one_answer(cls, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        seen: set[tuple[str, str]] = set()
        for card in cards:
            if (card.payment_card, card.last) in seen:
                raise ValueError(f"{card.payment_card} {card.last} is listed twice")
            seen.add((card.payment_card, card.last))
        return cards


def _fault(value: object, why: str, *place: str | int) -> InitErrorDetails:
    error = PydanticCustomError("value_error", "{error}", {"error": why})
    return InitErrorDetails(type=error, loc=place, input=value)


class Accounts(Section):
    """The account of a line.

    :param source: ``gl_code`` takes the category's GL code as it stands; ``map`` knows only what ``map`` lists
    :param map: account by the name of the Certify category; it wins over the GL code
    :param by_label: the accounts are AP account labels (companies in account-label mode)
    """

    source: Literal["gl_code", "map"] = "gl_code"
    map: Mapping[str, Name] = {}
    by_label: bool = False


class Tax(Section):
    """What happens to lines that carry VAT, HST or PST.

    :param mode: ``hold``, ``gross`` (post the whole amount as expense) or ``map``
    :param solution: TAXSOLUTIONID, with ``vat_detail`` (only where Intacct has tax solutions: AU, GB, ZA)
    :param vat_detail: TAXDETAIL.DETAILID for VATAmount
    :param hst_account: GL account that takes HSTAmount; likewise ``pst_account``
    """

    mode: Literal["hold", "gross", "map"] = "hold"
    solution: str = ""
    vat_detail: str = ""
    hst_account: str = ""
    pst_account: str = ""

    @model_validator(mode="after")
    def _something_to_map(self) -> Tax:
        if self.mode == "map" and not (self.vat_detail or self.hst_account or self.pst_account):
            raise ValueError("`mode: map` needs vat_detail (with solution), hst_account or pst_account")
        if bool(self.vat_detail) != bool(self.solution):
            raise ValueError("vat_detail and solution belong together")
        return self


class Taxes(Section):
    """Tax policy by entity; ``default`` where an entity is not named."""

    default: Tax = Tax()
    entities: Mapping[str, Tax] = {}


class Currencies(Section):
    """For a document whose currency is not the entity's base currency; without a rate type it is held."""

    exchange_rate_type: str = ""
    exchange_rate_date: Literal["posting_date", "intended_date"] = "posting_date"


class Dates(Section):
    """Between which days a document may be dated: never in the future, and not long ago without a person.

    :param oldest_days: a date more than so many days before the report was processed is held
    """

    oldest_days: Annotated[int, Field(ge=1, le=3650)] = 200


class ClosedPeriods(Section):
    """What to do with a date that lies in a closed period.

    :param policy: ``hold``, or ``next_open_day``: post on the first open day and record both dates
    :param closed_through: the last closed day by entity and subledger (AP, CM, EE or GL), as far as you know it; what Intacct refuses
        is learnt on top
    """

    policy: Literal["hold", "next_open_day"] = "hold"
    closed_through: Mapping[str, Mapping[Literal["AP", "CM", "EE", "GL"], date]] = {}


class Vendors(Section):
    """Which Intacct vendors may be employees: a numeric EmployeeID could be some supplier's number."""

    employee_vendor_types: Annotated[tuple[Name, ...], Field(min_length=1)]


class Policies(Section):
    """What is posted, and what waits for a person."""

    personal: Literal["hold"] = "hold"
    cash_advance: Literal["hold"] = "hold"
    already_reimbursed: Annotated[Literal["hold"], BeforeValidator(_built)] = "hold"
    self_approved: Literal["hold", "post"] = "hold"


def targets_of(section: EmployeePaid | CompanyPaid) -> dict[str, str]:
    """What a payer's part may become, each with the key below the section's that says so first."""
    found: dict[str, str] = {section.target: "target"}
    for one in section.overrides:
        found.setdefault(one.target, "overrides")
    return found


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
#: One amount, whatever the currency; or one for each currency, and then a currency that is not named may post nothing by itself.
AmountLimit = Amount | dict[Currency, Amount]


class Credits(Section):
    """What becomes of a payer's part that is below zero: it waits, or is the document of its target, over a negative total.

    ``negative`` says that the company knows from a test company what Intacct makes of one. The first of each kind is sent alone.
    """

    employee_paid: Literal["hold", "negative"] = "hold"
    company_paid: Literal["hold", "negative"] = "hold"

    def posts(self, payer: Payer) -> bool:
        """Whether what this payer is owed back is posted."""
        return (self.employee_paid if payer is Payer.EMPLOYEE else self.company_paid) == "negative"


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
    documents_per_run: Annotated[int, Field(ge=1)] = 50000
    times_median: Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False)] = Decimal(5)
    # Until version 0.1 it counted runs.
    median_from_days: Annotated[int, Field(ge=2, le=30)] = Field(
        default=5, validation_alias=AliasChoices("median_from_days", "median_from_runs")
    )
    median_from_documents: Annotated[int, Field(ge=1)] = 20
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


class Sending(Section):
    """How documents are sent. Minutes may have decimals.

    :param batch_size: functions in one request
    :param requests_at_once: how many requests a run has under way at Intacct; no more than the company's licence allows
    :param late_commit_minutes: how long after a lost answer Intacct may still carry out the request
    :param absence_checks_minutes_apart: the least time between the two look-ups that prove absence
    """

    batch_size: Annotated[int, Field(ge=1, le=100)] = 25
    requests_at_once: Annotated[int, Field(ge=1, le=8)] = 2
    late_commit_minutes: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30
    absence_checks_minutes_apart: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 3


class Lengths(Section):
    """The longest texts that Intacct keeps; the rest of a text is cut, never an amount or a code."""

    description: Annotated[int, Field(ge=20)] = 1000
    memo: Annotated[int, Field(ge=20)] = 1000
    payee: Annotated[int, Field(ge=20)] = 80


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
    :param hold: what waits for a fault of one document: that document, or its whole report
    """

    employee_paid: EmployeePaid = EmployeePaid()
    company_paid: CompanyPaid = CompanyPaid()
    unpaid_part: Literal["ignore", "hold"] = "ignore"
    posting_entity: Literal["top_level", "entity"] = "top_level"
    hold: Literal["document", "report"] = "document"
    look_alike_days: int = Field(default=62, ge=0)
    open_days: Annotated[int, Field(ge=1, le=3660)] = 100
    recheck_lines_days: Annotated[int, Field(ge=0, le=62)] = 7
    stopped: bool = False
    max_first_documents: Annotated[int, Field(ge=1)] | None = None
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

    @property
    def kinds(self) -> tuple[DocumentKind, ...]:
        """The kinds of document that reports become."""
        words = dict.fromkeys(word for payer in Payer for word in targets_of(self.paid_by(payer)))
        return tuple(DocumentKind(word) for word in words if word not in (HOLD, NONE))

    def target_of(self, payer: Payer, traits: LineTraits) -> str:
        """What becomes of a payer's part of a line: a kind of document, ``hold`` or ``none``."""
        section = self.paid_by(payer)
        return next((one.target for one in section.overrides if one.fits(traits)), section.target)

    def paid_by(self, payer: Payer) -> EmployeePaid | CompanyPaid:
        """The section that says what becomes of what this payer paid; its ``target`` names the kind of document."""
        return self.employee_paid if payer is Payer.EMPLOYEE else self.company_paid
