"""What the rules ask of the kind of document that a part of a report becomes. They know no kind themselves.

Whoever plans hands the kinds in (``certify_intacct.documents.targets``); here stands only what they are asked, and with what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import ClassVar, Protocol

from certify_intacct.model.configuration import Configuration, DimensionsConfiguration
from certify_intacct.model.configuration.paid import Journal
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.texts import Description, Memo
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.mapping import AccountChoice
from certify_intacct.rules.expenses.reimbursement import PaidElsewhere, is_cleared, payment_of
from certify_intacct.rules.expenses.splitting import Group


@dataclass(frozen=True, kw_only=True)
class PlanningContext:
    """What is known when a report is planned.

    :param today: the company-local date
    :param overruled: rules that persons overruled in whatever of the report
    """

    report: ExpenseReport
    references: References
    configuration: Configuration
    today: date
    overruled: frozenset[str] = frozenset()

    @property
    def posting(self) -> PostingConfiguration:
        return self.configuration.posting

    @cached_property
    def paid_elsewhere(self) -> PaidElsewhere | None:
        """What Certify says of a payment to the employee, or to the supplier of invoices; None where nothing is owed."""
        return payment_of(self.report)

    @property
    def clears_payment(self) -> bool:
        """Whether what is owed to the employee is booked as paid elsewhere: Certify is certain, and nobody said otherwise."""
        return self.posting.policies.clears_payments and is_cleared(self.report, self.overruled)

    def journal(self, payer: Payer) -> tuple[Journal | None, str]:
        """The journal of a payer's part, with its key."""
        if payer is Payer.EMPLOYEE and self.clears_payment:
            return self.posting.policies.already_reimbursed_journal, "posting.policies.already_reimbursed_journal"
        return self.posting.paid_by(payer).journal, f"posting.{payer}_paid.journal"

    @property
    def several_currencies(self) -> bool:
        """Whether entities of the company keep their books in different currencies."""
        base = self.configuration.company.base_currency
        return len({currency or base for currency in self.references.entity_currencies} - {""}) > 1

    @property
    def dimensions(self) -> DimensionsConfiguration:
        return self.configuration.dimensions


@dataclass(frozen=True, kw_only=True)
class Payee:
    """Whom or what a document names, and where it is posted.

    :param payee_id: by its kind: a vendor, a card account
    :param name: the same for people
    :param session_entity: the entity in whose session it is posted, empty for top level
    :param details: what else its kind must remember of the configuration to build it
    """

    payee_id: str
    name: str
    session_entity: str
    details: Mapping[str, str] = field(default_factory=dict)


class Target(Protocol):
    """A kind of document, as far as planning asks it."""

    kind: ClassVar[DocumentKind]
    label: ClassVar[str]
    subledger: ClassVar[str]
    takes_attachment: ClassVar[bool]
    takes_rate: ClassVar[bool]
    tax_entries: ClassVar[int]
    states_expense: ClassVar[bool]
    states_spent: ClassVar[bool]
    below_zero: ClassVar[bool]
    one_sign: ClassVar[bool]
    otherwise: ClassVar[str]
    gives: ClassVar[frozenset[str]]
    several_entities: ClassVar[bool]
    states_owner: ClassVar[bool]
    indivisible: ClassVar[bool]

    def keeps_apart(self, line: ExpenseLine, context: PlanningContext) -> str:
        """Lines of one payer, entity and currency for which this differs never share a document."""

    def memo_of(self, payer: Payer, context: PlanningContext) -> Memo:
        """The template of a line's memo."""

    def description_of(self, context: PlanningContext) -> Description:
        """The template of a document's description."""

    def party(self, payer: Payer, lines: Sequence[ExpenseLine], context: PlanningContext) -> list[Hold]:
        """Why no document of this kind may be made of a payer's part of the report at all; asked once for each."""

    def accounts(self, payer: Payer, context: PlanningContext) -> AccountChoice:
        """How the accounts of a payer's lines are chosen."""

    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """Whom or what the document of a group names, or why nobody can tell."""

    def of_several_entities(self, document: Document, context: PlanningContext) -> Mapping[str, str] | str:
        """What else such a document must remember, or why there can be none of these lines."""

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """The date that the configuration asks for; None when Certify states none of that kind."""

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """Due date and term of a document of that date, neither where the kind knows none; or why it may not have that date."""


#: The kinds by their words in connector.yaml; None for those that make no documents.
Targets = Mapping[str, Target | None]
