"""Sections ``employee_paid`` and ``company_paid`` of ``posting``: what becomes of each payer's part of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from certify_intacct.model.configuration.rows import Row
from certify_intacct.model.configuration.section import CertifyName, Name, NameOrNothing, Section

#: The target that makes no documents.
HOLD = "hold"


#: The target of what is none of ours: it is counted, and nothing waits for it.
NONE = "none"


EmployeeTarget = Literal["ap_bill", "expense_report", "gl_journal", "hold"]
CompanyTarget = Literal["credit_card_transaction", "gl_journal", "card_vendor_bill", "expense_report", "hold", "none"]


class LineTraits(NamedTuple):
    """What may decide what becomes of a line.

    :param category: its Certify category, and ``card`` the PaymentCardName
    :param entity: Intacct's code, and ``department``
    """

    category: str
    card: str
    entity: str
    department: str


class Override(Row):
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


class Journal(Section):
    """How GL journals are made.

    :param symbol: the symbol of the journal in Intacct
    :param offset_account: the liability or clearing account that is credited; never the control account of accounts payable
    :param lines: ``detail``: each expense is a line with its balance; ``summed``: one for all that are coded alike, refunds apart
    :param vat_vendor: VENDORID that journals with tax entries name as their vendor of the tax
    """

    symbol: Name
    offset_account: Name
    lines: Literal["detail", "summed"] = "detail"
    vat_vendor: str = ""


ReportDate = Literal[
    "processed_date", "submitted_date", "report_end_date", "latest_expense_date", "earliest_expense_date", "run_date"
]
DateRule = Literal[ReportDate, "charge_date", "statement_date"]


class EmployeePaid(Section):
    """The part of a report that the company owes to the employee (ReimAmount).

    :param overrides: the first that fits a line decides what it becomes, and ``target`` where none does
    :param date: ``report_end_date`` is EndDate of the report, and ``run_date`` the day of the run that plans it
    :param due: of AP bills; an expense report has no due date
    :param expense_report: for ``target: expense_report``
    :param journal: for ``target: gl_journal``
    """

    target: EmployeeTarget = "ap_bill"
    overrides: tuple[EmployeeOverride, ...] = ()
    date: ReportDate = "processed_date"
    due: Due = Due()
    expense_report: InExpenses = InExpenses()
    journal: Journal | None = None

    @model_validator(mode="after")
    def _journal_named(self) -> EmployeePaid:
        require_journal(self)
        return self


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


class CompanyPaid(Section):
    """The part of a report that the company pays itself (Amount less ReimAmount): company cards.

    :param target: a kind of document, ``hold``, or ``none``: the charges reach Intacct by another way, the bank's feed for example
    :param overrides: the first that fits a line decides what it becomes, and ``target`` where none does
    :param date: ``charge_date`` is PostingDate of the charge; ``statement_date``, the day on which the card's statement closes, is
        that of bills to the card's vendor alone; the others as of what employees paid
    :param due: of bills to the card's vendor
    :param journal: for ``target: gl_journal``
    :param expense_report: for ``target: expense_report``, with a payment type that is not reimbursable
    """

    target: CompanyTarget = "credit_card_transaction"
    overrides: tuple[CompanyOverride, ...] = ()
    date: DateRule = "charge_date"
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
            yield fault(
                self.date, f"`target: {self.target}` has no statement: choose charge_date or another day", "date"
            )
        for number, card in enumerate(self.cards):
            if self.target == "credit_card_transaction" and not bills and not card.card_id:
                yield fault(card.payment_card, "`target: credit_card_transaction` needs its `card_id`", "cards", number)

    @model_validator(mode="after")
    def _journal_named(self) -> CompanyPaid:
        require_journal(self)
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


def require_journal(section: EmployeePaid | CompanyPaid) -> None:
    """Whoever makes journals names one.

    :raises ValueError: it does not
    """
    if "gl_journal" in targets_of(section) and section.journal is None:
        raise ValueError("`target: gl_journal` needs `journal` with symbol and offset_account")


def fault(value: object, why: str, *place: str | int) -> InitErrorDetails:
    """A fault of the value at a place below the section that is validated."""
    error = PydanticCustomError("value_error", "{error}", {"error": why})
    return InitErrorDetails(type=error, loc=place, input=value)


def targets_of(section: EmployeePaid | CompanyPaid) -> dict[str, str]:
    """What a payer's part may become, each with the key below the section's that says so first."""
    found: dict[str, str] = {section.target: "target"}
    for one in section.overrides:
        found.setdefault(one.target, "overrides")
    return found
