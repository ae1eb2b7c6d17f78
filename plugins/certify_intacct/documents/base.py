"""What every kind of document is asked, and what most of them answer alike.

A kind is one file: a class with everything that is particular to it. It builds requests and reads records, and never holds a session
or a hook: whoever has one asks it what to send, what to look for and what the answer means.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from certify_intacct.documents import limits, own_fields
from certify_intacct.documents.entries import (
    FIELDS,
    TAX,
    Otherwise,
    Stands,
    differences,
    each_difference,
    entry_of,
    entry_read,
    in_order,
    text_of,
)
from certify_intacct.documents.found import Found
from certify_intacct.documents.states import Meaning, meaning
from certify_intacct.intacct.filters import Filter, In, Like, Or
from certify_intacct.intacct.functions import Function
from certify_intacct.intacct.values import parse_amount, parse_date
from certify_intacct.model.configuration import DimensionsConfiguration
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.configuration.texts import Description, Memo
from certify_intacct.model.dimensions import DEPARTMENT, DIMENSIONS, ENTITY
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine
from certify_intacct.model.errors import BadInput
from certify_intacct.model.payers import Payer
from certify_intacct.model.payments import Paid
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import dates, identity
from certify_intacct.rules.expenses.dates import PostingDate
from certify_intacct.rules.expenses.mapping import AccountChoice, account_choice
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import Payee, PlanningContext
from certify_intacct.rules.preflight.rights import READ, Need

Record = Mapping[str, Any]
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


class Kind(ABC):
    """A kind of document.

    :cvar kind: its member of the enum, which says how its numbers end
    :cvar label: what a person calls it
    :cvar payers: whose part of a report may become one
    :cvar subledger: whose closed books stop it (AP, CM, GL)
    :cvar object: the Intacct object of its header, and ``line_object`` that of its lines
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
    :cvar gives: the dimensions, by name, that its lines have from its header
    :cvar several_entities: whether its lines may lie in several entities at top level
    :cvar states_owner: whether such a one names the entity whose it is; else Intacct chooses one by a rule that nobody publishes
    :cvar indivisible: whether its lines are never divided among several documents; then it waits where they cannot be one
    :cvar states: each word that the vendor documents for its STATE, and what it means
    :cvar reversal: how a person reverses one in Intacct
    :cvar number_field: where its number stands, ``token_field`` the report's token alone (empty: nowhere), ``payee_field`` its payee
    :cvar payee_word: what that is called, and ``total_word`` what its total is
    :cvar total_fields: where its header states its money
    :cvar day_field: where its own date stands; that of its posting may not be known before it is posted
    :cvar booked_as: further kinds as which somebody may have booked the same by hand
    :cvar total_tells_who_owes: whether somebody else's is for the same only when the signs of both totals are one; not where its
        total has no sign, or one that nobody publishes
    :cvar looks_alike: whether somebody else could have booked one for the same party: a journal has none
    :cvar payment_fields: where its header states what was paid, what is due and when it was paid; none of what nobody pays
    :cvar line_parent: where a line names the RECORDNO of its header
    :cvar line_fields: what is read of its lines beside what every kind's lines have
    :cvar header_reads: where Intacct states what a document says, by the names of ``Document``: on the header, or else on each line
    :cvar line_reads: where it states what a line says, by the names of ``DocumentLine``; ``label`` for an account label
    """

    kind: ClassVar[DocumentKind]
    label: ClassVar[str]
    payers: ClassVar[frozenset[Payer]]
    subledger: ClassVar[str]
    object: ClassVar[str]
    line_object: ClassVar[str]
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
    gives: ClassVar[frozenset[str]] = frozenset()
    several_entities: ClassVar[bool] = False
    states_owner: ClassVar[bool] = False
    indivisible: ClassVar[bool] = False
    states: ClassVar[Mapping[str, Meaning]]
    reversal: ClassVar[str]
    number_field: ClassVar[str] = "RECORDID"
    token_field: ClassVar[str] = ""
    payee_field: ClassVar[str]
    payee_word: ClassVar[str] = "payee"
    total_word: ClassVar[str] = "total"
    total_fields: ClassVar[tuple[str, ...]] = ("CURRENCY", "TRX_TOTALENTERED")
    day_field: ClassVar[str] = "WHENCREATED"
    payment_fields: ClassVar[tuple[str, ...]] = ()
    looks_alike: ClassVar[bool] = True
    booked_as: ClassVar[tuple[DocumentKind, ...]] = ()
    total_tells_who_owes: ClassVar[bool] = True
    line_parent: ClassVar[str] = "RECORDKEY"
    line_fields: ClassVar[tuple[str, ...]] = ()
    header_reads: ClassVar[Mapping[str, str]]
    line_reads: ClassVar[Mapping[str, str]]

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

    # What a company must have for it

    def needs(self) -> list[Need]:
        """The rights without which none of them can be posted, found again and completed."""
        return [Need(self.object, right, policy=self.policy) for right in (READ, *self.rights)]

    @abstractmethod
    def fills(self, dimensions: DimensionsConfiguration) -> dict[str, frozenset[str]]:
        """By object that is written the fields that may be filled, in the names of ``lookup``."""

    @abstractmethod
    def texts(self, posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
        """By object and field the longest text that is sent there, and what decides it."""

    def must_exist(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """What Intacct must have beside the lists that are read for every run."""
        return ()

    def posts_directly_to(self, posting: PostingConfiguration) -> tuple[Existing, ...]:
        """What connector.yaml names that its documents enter directly, which journals and accounts may disallow."""
        return ()

    # Reading

    @property
    def fields(self) -> tuple[str, ...]:
        """What is read of its header."""
        token = (self.token_field,) if self.token_field else ()
        dates = dict.fromkeys((self.header_reads["posting_date"], self.day_field))
        return (
            "RECORDNO", self.number_field, self.payee_field, *dates, *self.total_fields, "STATE", "RECORD_URL", *token,
        )  # fmt: skip

    @property
    def entry_fields(self) -> tuple[str, ...]:
        """What is read of its lines; no company has all of it."""
        line = self.line_reads
        own = (line[name] for name in ("account", "label", "location_id", "department_id") if name in line)
        return ("LINE_NO", "TRX_AMOUNT", "TRX_TAX", *self.line_fields, *own, *self.further)

    @property
    def further(self) -> list[str]:
        """The dimensions of its lines beside those that every line has, and those that its header gives."""
        known = {ENTITY.name, DEPARTMENT.name, *self.gives}
        return [dimension.line for dimension in DIMENSIONS if dimension.name not in known]

    def named(self, numbers: Sequence[str], tokens: Collection[str]) -> Filter:
        """Finds documents by number, and by token where the kind has a field for it: at most 1,000 of each."""
        wanted: Filter = In(self.number_field, numbers)
        return Or(wanted, In(self.token_field, sorted(tokens))) if self.token_field and tokens else wanted

    def named_like_ours(self) -> Filter:
        """Finds whatever has a number or a token such as ours are; others' records may fit them too."""
        wanted: Filter = Like(self.number_field, identity.LIKE_A_NUMBER)
        return Or(wanted, Like(self.token_field, identity.LIKE_A_TOKEN)) if self.token_field else wanted

    @property
    def described_in(self) -> str:
        """The field of the header with the text for people: others say in it whose a document is."""
        return self.header_reads["description"]

    def names_of(self, record: Record) -> tuple[str, str]:
        """The number of a record, and the token where the kind has a field for it alone."""
        return str(record[self.number_field] or ""), str(record.get(self.token_field) or "")

    def read_back(self, record: Record, lines: Sequence[Record]) -> Found:
        """A document from its header and its lines."""
        day, own, total, entries, without_tax, unreadable = None, None, None, [], False, ""
        number, token = self.names_of(record)
        currency = self.currency(record, lines)
        try:
            day = parse_date(str(record[self.header_reads["posting_date"]] or record[self.day_field] or ""))
            own = parse_date(str(record[self.day_field] or ""))
            entries = [self.entry(line, currency) for line in in_order(lines)]
            total = self.total(record, lines)
            without_tax = not self.tells_total(record) and not any(TAX in entry for entry in entries)
        except BadInput as error:
            unreadable = f"{self.label} record {record['RECORDNO']}: {error.message}"
        return Found(
            kind=self.kind,
            record_no=str(record["RECORDNO"]),
            number=number,
            token=token,
            payee_id=str(record[self.payee_field] or ""),
            currency=currency,
            date=day,
            day=own,
            total=total,
            entries=entries,
            state=record["STATE"],
            meaning=self.record_meaning(record),
            url=record["RECORD_URL"],
            without_tax=without_tax,
            unreadable=unreadable,
            header_fields={name: str(record[name] or "") for name in record if name not in self.fields},
            read_of_lines=frozenset(name for line in lines for name in self.own_of(line)),
        )

    def paid(self, record: Record) -> Paid:
        """What was paid of a record, of a kind that has ``payment_fields``; what this company's Intacct does not show is not said."""
        paid, due, on = (str(record.get(name) or "") for name in self.payment_fields)
        try:
            return Paid(paid=parse_amount(paid), due=parse_amount(due), on=parse_date(on))
        except BadInput as error:
            return Paid(unreadable=f"{self.label} record {record['RECORDNO']}: {error.message}")

    def total(self, record: Record, lines: Sequence[Record]) -> Decimal:
        """What it is over.

        :raises BadInput: that is not stated, or no number
        """
        return _stated("TRX_TOTALENTERED", record)

    def tells_total(self, record: Record) -> bool:
        """Whether its header states that, and not its lines alone."""
        return True

    def value(self, line: Record) -> Decimal:
        """What a line adds to it, without tax.

        :raises BadInput: that is not stated, or no number
        """
        return _stated("TRX_AMOUNT", line)

    def entry(self, line: Record, currency: str) -> dict[str, str]:
        """What is compared of a line of a document in that currency.

        :raises BadInput: it cannot be read
        """
        return entry_read(line, self.line_reads, self.value(line), self.own_of(line))

    def own_of(self, line: Record) -> frozenset[str]:
        """The fields of a line that the company has made itself."""
        return frozenset(line) - {"RECORDNO", self.line_parent, *self.entry_fields}

    def currency(self, record: Record, lines: Sequence[Record]) -> str:
        """In which currency it is; empty where none is stated."""
        return str(record["CURRENCY"] or "")

    def record_meaning(self, record: Record) -> Meaning:
        """What the state of a record means."""
        return self.meaning(record["STATE"])

    def meaning(self, word: str) -> Meaning:
        """What a word of STATE means."""
        return meaning(self.states, word)

    def disagreement(self, document: Document, found: Found, first_read: Stands | None = None) -> str:
        """What of a document in Intacct is not as it was to be, for a person; empty when it is.

        :param first_read: as it was first read; None as long as nobody has: what was sent is the measure, and Intacct may have filled
            what it left empty
        """
        before, words = first_read or self.as_sent(document), {"payee_id": self.payee_word}
        before = own_fields.as_far_as_read(before, found.header_fields, found.read_of_lines)
        return "; ".join(differences(before, self.stands(document, found), words, may_fill=first_read is None))

    def unlike(self, document: Document, found: Found) -> str:
        """The same for a document that another mapping may have made: its accounts and dimensions may be others."""
        found = self.as_ours(document, found)
        pairs = (
            (self.payee_word, document.payee_id, found.payee_id),
            ("currency", document.currency, found.currency or document.currency),
            (self.total_word, self.total_to_state(document, found), found.total),
        )
        differs = found.unreadable or ", ".join(
            f"{name} {theirs} instead of {ours}" for name, ours, theirs in pairs if ours != theirs
        )
        count = len(self.lines_of(document))
        return differs or ("" if len(found.entries) == count else f"{len(found.entries)} lines instead of {count}")

    def told_apart(self, document: Document, found: Found) -> list[Otherwise]:
        """Each field in which somebody else's document is not what ours would be, as far as Intacct states it; texts are none."""
        before = own_fields.as_far_as_read(self.as_sent(document), found.header_fields, found.read_of_lines)
        return each_difference(before, self.stands(document, found), {"payee_id": self.payee_word})

    def total_to_state(self, document: Document, found: Found) -> Decimal:
        """What Intacct states as ``total`` where it has a document as it was to be, in the way in which it states that of one."""
        return self.stated_total(document) - _untold_tax(document, found)

    def as_sent(self, document: Document) -> Stands:
        """What of a document is compared, as it was sent."""
        return {
            "payee_id": document.payee_id,
            "currency": document.currency,
            "date": document.posting_date.isoformat(),
            "total": text_of(document.total),
            "entries": [entry_of(line, by_label=document.by_label) for line in self.lines_of(document)],
            **_own(own_fields.fields_of(document)),
        }

    def stands(self, document: Document, found: Found) -> Stands:
        """The same as it stands in Intacct: a person may accept it so. ``total`` is its money."""
        found = self.as_ours(document, found)
        return {
            "payee_id": found.payee_id,
            "currency": found.currency,
            "date": found.date.isoformat() if found.date else "",
            "total": text_of(self.worth(document, found)),
            "entries": [own_fields.only(entry, own_fields.names_on_lines(document)) for entry in found.entries],
            **_own({name: found.header_fields.get(name) for name in document.custom_fields}),
        }

    def as_ours(self, document: Document, found: Found) -> Found:
        """A document as Intacct has it, with the signs that ours has."""
        return found

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

    def worth(self, document: Document, found: Found) -> Decimal:
        """Its total as it stands in Intacct."""
        return document.total if found.total is None else found.total + _untold_tax(document, found)

    def stated_total(self, document: Document) -> Decimal:
        """What Intacct is to state as ``total`` of a document."""
        return document.total

    def booked(self, document: Document) -> Sequence[DocumentLine]:
        """What is booked of its lines: each of them, or sums."""
        return document.lines

    def lines_of(self, document: Document) -> Sequence[DocumentLine]:
        """The lines that Intacct has of it, in their order."""
        return self.booked(document)

    def own_lines(self, document: Document, lines: Sequence[Record]) -> Sequence[Record]:
        """Of the lines that stand in Intacct those of a document itself, without what Intacct adds to them."""
        return lines

    def expense_lines(self, planned: Document, lines: Sequence[Record]) -> tuple[list[Record], dict[str, str]]:
        """Of the lines of one that stands in Intacct, in their order, those that are expenses, and the details that all of them tell.

        :raises NotRecordable: they are not of the form in which they were sent
        """
        return list(lines), {}


def _own(fields: Mapping[str, Any]) -> Stands:
    found = own_fields.stated(fields)
    return {FIELDS: found} if found else {}


def _untold_tax(document: Document, found: Found) -> Decimal:
    """What a total lacks that is added up from lines which tell no tax."""
    return (
        document.total - sum((line.amount for line in document.lines), Decimal(0)) if found.without_tax else Decimal(0)
    )


def _stated(field: str, record: Record) -> Decimal:
    try:
        value = parse_amount(str(record[field] or ""))
    except BadInput as error:
        raise BadInput(f"{field}: {error.message}") from None
    if value is None:
        raise BadInput(f"{field} is empty.")
    return value
