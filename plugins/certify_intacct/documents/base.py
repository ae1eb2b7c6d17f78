"""What every kind of document is asked, and what most of them answer alike.

A kind is one file: a class with everything that is particular to it. It builds requests and reads records, and never holds a session
or a hook: whoever has one asks it what to send, what to look for and what the answer means. This file is about planning and writing;
``reading.py`` is about what stands in Intacct.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from certify_intacct.documents import limits
from certify_intacct.documents.reading import Findable
from certify_intacct.intacct.functions import Function
from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.texts import Description, Memo
from certify_intacct.model.documents import Document
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import dates
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.identity import LONGEST_NUMBER
from certify_intacct.rules.expenses.mapping import AccountChoice, account_choice
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.facts import OWN_NUMBERS
from certify_intacct.rules.preflight.rights import READ, Need

#: Among the details of a document: where entities keep their books in different currencies, it says its own, also when no rate is
#: needed. The gateway takes a currency only with a rate, which is 1 then.
CURRENCY, STATED = "currency", "stated"


@dataclass(frozen=True, kw_only=True)
class Existing:
    """Something that Intacct must have before a document of a kind can be posted.

    :param item: what it is, for people
    :param key: the key of connector.yaml that names it
    """

    object: str
    field: str
    value: str
    item: str
    key: str


class Kind(Findable):
    """A kind of document.

    :cvar payers: whose part of a report may become one
    :cvar subledger: whose closed books stop it (AP, CM, GL)
    :cvar made_by: the function that makes one, as on the wire
    :cvar policy: application and policy of its rights, as Intacct's permission pages name them; ``rights`` beside List and View
    :cvar takes_attachment: whether it can point to an attachment
    :cvar takes_rate: whether it can say by which rate it is converted into the currency of the books
    :cvar tax_entries: so many tax entries a line of it may have
    :cvar person: where its payee is what the report's employee is in Intacct: the object, and the stream that lists them
    :cvar states_expense: whether its lines state the day of the expense and who was paid
    :cvar states_spent: whether they state what was spent in another currency than it is paid back in
    :cvar memo: the template of its lines' memos
    :cvar below_zero: whether one can be over a negative total
    :cvar one_sign: whether its lines must be all above zero or all below
    :cvar otherwise: of a kind that others become below zero: the word of ``posting.credits`` by which they stay what they are, if any
    :cvar several_entities: whether its lines may lie in several entities at top level
    :cvar states_owner: whether such a one names the entity whose it is; else Intacct chooses one by a rule that nobody publishes
    :cvar indivisible: whether its lines are never divided among several documents; then it waits where they cannot be one
    :cvar header_fills: the fields of its header that may be filled, and ``line_fills`` those of its lines beside its dimensions
    :cvar reversal: how a person reverses one in Intacct
    """

    payers: ClassVar[frozenset[Payer]]
    subledger: ClassVar[str]
    made_by: ClassVar[str] = "create"
    policy: ClassVar[tuple[str, str]]
    rights: ClassVar[tuple[str, ...]]
    takes_attachment: ClassVar[bool] = True
    takes_rate: ClassVar[bool] = True
    tax_entries: ClassVar[int] = 2
    person: ClassVar[tuple[str, str] | None] = None
    states_expense: ClassVar[bool] = False
    states_spent: ClassVar[bool] = False
    memo: ClassVar[Memo] = "memo"
    below_zero: ClassVar[bool] = True
    one_sign: ClassVar[bool] = False
    otherwise: ClassVar[str] = ""
    several_entities: ClassVar[bool] = False
    states_owner: ClassVar[bool] = False
    indivisible: ClassVar[bool] = False
    header_fills: ClassVar[frozenset[str]]
    line_fills: ClassVar[frozenset[str]]
    reversal: ClassVar[str]

    # Planning

    def keeps_apart(self, line: ExpenseLine, context: PlanningContext) -> str:
        """Lines of one payer, entity and currency for which this differs never share a document."""
        return ""

    def may_be_of(self, report_id: str) -> bool:
        """Whether documents of that report can be of this kind."""
        return True

    def memo_of(self, payer: Payer, context: PlanningContext) -> Memo:
        """The template of a line's memo."""
        return self.memo

    def description_of(self, context: PlanningContext) -> Description:
        """The template of a document's description."""
        return "description"

    def party(self, payer: Payer, lines: Sequence[ExpenseLine], context: PlanningContext) -> list[Hold]:
        """Why no document of this kind may be made of a payer's part of the report at all; asked once for each."""
        return []

    def accounts(self, payer: Payer, context: PlanningContext) -> AccountChoice:
        """How the accounts of a payer's lines are chosen."""
        return account_choice(context.posting, context.references)

    @abstractmethod
    def payee(self, group: Group, context: PlanningContext) -> Payee | Hold:
        """Whom or what the document of a group names, or why nobody can tell."""

    def date_by_rule(self, group: Group, context: PlanningContext) -> date | None:
        """The date that connector.yaml asks for; None when Certify states none of that kind."""
        rule = context.posting.paid_by(group.payer).date
        return dates.date_by_rule(context.report, group, rule, context.today)

    def due(self, day: PostingDate, payee: Payee, context: PlanningContext) -> tuple[date | None, str] | Hold:
        """Due date and term of a document of that date, neither where the kind knows none; or why it may not have that date."""
        return None, ""

    def of_several_entities(self, document: Document, context: PlanningContext) -> Mapping[str, str] | str:
        """What else a document whose lines lie in several entities must remember, or why there can be none of these lines."""
        return {}

    # Writing

    def function(self, document: Document, control_id: str) -> Function:
        """The function that posts a document. Its bytes depend on the two arguments alone, so they can be frozen and sent again.

        :raises BadInput: Intacct could not take it; the text names the field
        """
        limits.check(document)
        return self.request(document, control_id)

    @abstractmethod
    def request(self, document: Document, control_id: str) -> Function:
        """The same, for a document whose codes are such as Intacct takes."""

    def entered_directly(self, document: Document) -> tuple[tuple[str, str], ...]:
        """What a document enters directly, and may not be allowed to: ``journal`` or ``account``, and its code."""
        return ()

    def trials(self, document: Document) -> dict[Rule, Mapping[str, Any]]:
        """By rule what of a document one like it must have proven, read back as it was sent, before others are sent."""
        found: dict[Rule, Mapping[str, Any]] = {}
        if document.total < 0:
            terms = self.credit_terms(document)
            found[Rule.FIRST_CREDIT] = {"details": dict(terms)} if terms else {}
        if any(line.spent for line in document.lines):
            found[Rule.FIRST_SPENT] = {"lines": [{"spent": {}}]}
        return found

    def credit_terms(self, document: Document) -> Mapping[str, str]:
        """Of the details of a document below zero those without which another one proves nothing of it."""
        return {}

    # What a company must have for it

    def needs(self) -> list[Need]:
        """The rights without which none of them can be posted, found again and completed."""
        return [Need(self.object, right, policy=self.policy) for right in (READ, *self.rights)]

    def fills(self, dimensions: DimensionsConfiguration) -> dict[str, frozenset[str]]:
        """By object that is written the fields that may be filled, in the names of ``lookup``."""
        codes = {used.dimension.line for used in dimensions.used}
        return {self.object: self.header_fills, self.line_object: self.line_fills | codes}

    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """By object and field the longest text that is sent there, and what decides it: number, description and memo."""
        return {
            (self.object, self.number_field): (LONGEST_NUMBER, OWN_NUMBERS),
            (self.object, self.header_reads["description"]): (
                posting.lengths.description,
                "posting.lengths.description",
            ),
            (self.line_object, self.line_reads["memo"]): (posting.lengths.memo, "posting.lengths.memo"),
        }

    def must_exist(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """What Intacct must have beside the lists that are read for every run."""
        return ()

    def posts_directly_to(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """What connector.yaml names that its documents enter directly, which journals and accounts may disallow."""
        return ()
