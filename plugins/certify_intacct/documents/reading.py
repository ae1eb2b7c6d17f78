"""How documents of a kind are found in Intacct, what is read of them, and in what they are not as they were sent.

It asks nobody: whoever has a session reads the fields that are named here, and hands in the records.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from certify_intacct.documents import own_fields
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
from certify_intacct.intacct.values import parse_amount, parse_date
from certify_intacct.model.dimensions import DEPARTMENT, DIMENSIONS, ENTITY
from certify_intacct.model.documents import Document, DocumentKind, DocumentLine
from certify_intacct.model.errors import BadInput
from certify_intacct.model.payments import Paid
from certify_intacct.rules.expenses import identity

Record = Mapping[str, Any]


class Findable(ABC):
    """What is found in Intacct and read back (``Found``): of a kind all that is not about making one.

    :cvar kind: its member of the enum, which says how its numbers end
    :cvar label: what a person calls it
    :cvar object: the Intacct object of its header, and ``line_object`` that of its lines
    :cvar gives: the dimensions, by name, that its lines have from its header
    :cvar states: each word that the vendor documents for its STATE, and what it means
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
    object: ClassVar[str]
    line_object: ClassVar[str]
    gives: ClassVar[frozenset[str]] = frozenset()
    states: ClassVar[Mapping[str, Meaning]]
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

    # Comparing

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
