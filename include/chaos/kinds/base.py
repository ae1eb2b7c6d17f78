"""What the judge and the storm ask of every kind of document, and what most kinds answer alike.

Written from the rules (docs/posting-rules.md) and the vendor's pages, apart from the connector's own kinds: one misunderstanding would
hide in both. A kind is one file with everything that is particular to it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from include.chaos.lists import Lists
from include.chaos.postings import Entry, Posting, Record, iso

#: As shipped: posting.lengths.
LONGEST = 1000
#: A line of Certify and the part of its amount that the document gets.
Member = tuple[Record, Decimal]
#: Who paid: what `posting.<payer>_paid` of connector.yaml is about.
EMPLOYEE, COMPANY = "employee", "company"


class Kind(ABC):
    """A kind of document.

    :cvar payer: whose part of a report becomes one
    :cvar target: its word in connector.yaml, and `settings` what stands beside it there
    :cvar lowers: the target whose parts below zero become one, and `settings` what `posting.credits` says then; no target itself
    :cvar sign: of what lowers, the key of `posting.credits` for the sign with which it is entered, and `shows` the setting of the
        sandbox for the one with which it is shown
    :cvar first: the connector's word for what waits until the first of its kind was read back; empty for none
    :cvar often: in how many rounds it is drawn, in proportion to the other kinds of its payer
    :cvar object: Intacct's name of it, and `lines` that of the list of its lines
    :cvar letter: how its numbers end
    :cvar number: the field of its number, and `tag` what a request that posts one calls it
    :cvar function: the function that posts one, as faults name it
    :cvar subledger: whose books must be open
    :cvar payee_field: of its header, and `day_fields` those of its date, the first that is filled
    :cvar account: of its lines, like `department`, `location` and `memo`, their text
    :cvar text: the field of its description, of which `longest` signs are kept
    :cvar template: of its memos, in the words of connector.yaml
    :cvar most_taxes: tax entries of a line
    :cvar states_rate: it says by which rate it is converted; else Intacct alone knows
    :cvar states_spent: a line of it says what was spent in another currency, beside its amount or in its memo
    :cvar beside: `settings` where its payer's lines become other kinds too, when they differ then
    :cvar may_be_summed: a company may have lines that are coded alike as one
    :cvar has_statements: its charges stand on statements, and `closing` says when theirs closes
    :cvar title: of its description, in the words of connector.yaml
    :cvar of_invoices: invoices become one, and no part of an expense report does
    :cvar acts: what clerks do to one
    """

    payer: ClassVar[str]
    target: ClassVar[str]
    settings: ClassVar[Mapping[str, Any]] = {}
    lowers: ClassVar[str] = ""
    sign: ClassVar[str] = ""
    shows: ClassVar[str] = ""
    first: ClassVar[str] = ""
    often: ClassVar[int] = 1
    object: ClassVar[str]
    lines: ClassVar[str]
    letter: ClassVar[str]
    number: ClassVar[str] = "RECORDID"
    tag: ClassVar[str] = "RECORDID"
    function: ClassVar[str]
    subledger: ClassVar[str]
    payee_field: ClassVar[str]
    day_fields: ClassVar[tuple[str, ...]]
    account: ClassVar[str] = "ACCOUNTNO"
    department: ClassVar[str] = "DEPARTMENTID"
    location: ClassVar[str] = "LOCATIONID"
    memo: ClassVar[str] = "ENTRYDESCRIPTION"
    text: ClassVar[str] = "DESCRIPTION"
    longest: ClassVar[int] = LONGEST
    template: ClassVar[str] = "memo"
    most_taxes: ClassVar[int] = 2
    states_rate: ClassVar[bool] = True
    states_spent: ClassVar[bool] = False
    beside: ClassVar[Mapping[str, Any]] = {}
    may_be_summed: ClassVar[bool] = False
    has_statements: ClassVar[bool] = False
    title: ClassVar[str] = "description"
    of_invoices: ClassVar[bool] = False
    acts: ClassVar[tuple[str, ...]] = ("edit_document", "reverse", "delete", "approve", "pay")

    # What it should be

    def apart(self, line: Record) -> str:
        """Lines of one payer for which this differs never share a document."""
        return ""

    @abstractmethod
    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """Whom or what the document names."""

    @abstractmethod
    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """Why none may be made of these lines with that date; empty where nothing speaks against it."""

    def closing(self, members: Sequence[Member]) -> str:
        """The day on which the statement closes that these lines are on; empty where there is none."""
        return ""

    def own_day(self, members: Sequence[Member]) -> str:
        """Its day where no rule for what that payer paid says it; empty where one does."""
        return ""

    def stated(self, members: Sequence[Member]) -> tuple[str, ...]:
        """The days that it states beside that of its posting, whatever becomes of that; none where it has no such of its own."""
        return ()

    def inside(self, lists: Lists) -> bool:
        """Whether it is made, and so looked for, inside the entity."""
        return lists.inside_entities

    def against(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """The lines that balance its expenses, where it has any."""
        return ()

    def expected(
        self, report: Record, members: Sequence[Member], *, day: str, entries: Sequence[Entry], text: str = ""
    ) -> Posting:
        """The document of these lines, booked so."""
        return Posting(
            self.object, self.payee(report, members), str(report["Currency"]), day, tuple(sorted(entries)),
            tuple(sorted(self.against(entries))), self.letter, self.stated(members), text,
        )  # fmt: skip

    @property
    def books(self) -> tuple[str, ...]:
        """The books that must be open at its date: its subledger's, and the general ledger's, into which all of them lead."""
        return (self.subledger, "GL", "*")

    # What it is in Intacct

    def number_of(self, record: Record) -> str:
        """Its number."""
        return str(record.get(self.number) or "")

    def party_of(self, record: Record) -> str:
        """Whom or what it names."""
        return str(record[self.payee_field])

    def is_counter_entry(self, record: Record) -> bool:
        """Whether Intacct made it when another one was reversed."""
        return record.get("STATE") == "Reversal"

    def read(self, record: Record) -> Posting:
        """A document as Intacct holds it."""
        entries = tuple(sorted(map(self.entry, record.get(self.lines) or ())))
        return Posting(
            self.object, self.party_of(record), self.currency(record), self.day_of(record), entries,
            letter=self.number_of(record)[-1:], stated=self.stated_in(record), text=str(record.get(self.text) or ""),
        )  # fmt: skip

    def stated_in(self, record: Record) -> tuple[str, ...]:
        """The same as ``stated``, as Intacct holds it."""
        return ()

    def parts(self, record: Record) -> list[Posting]:
        """A document as what it is for each of its entities: lines of several may stand in one (docs/posting-rules.md, rule 20)."""
        whole = self.read(record)
        places = sorted({entry.location for entry in whole.entries})
        if len(places) < 2:
            return [whole]
        return [
            replace(whole, entries=own, against=tuple(sorted(self.against(own))))
            for place in places
            if (own := tuple(entry for entry in whole.entries if entry.location == place))
        ]

    def day_of(self, record: Record) -> str:
        """Its date in Intacct."""
        return iso(next(filter(None, (record.get(name) for name in self.day_fields))))

    def currency(self, record: Record) -> str:
        """Its currency in Intacct."""
        return str(record["CURRENCY"])

    def entry(self, line: Record) -> Entry:
        """A line as Intacct holds it."""
        return Entry(
            str(line.get(self.account) or ""), str(line.get(self.department) or ""), str(line.get(self.location) or ""),
            self.amount(line), self.taxes(line), self.rate(line), str(line.get(self.memo) or ""),
        )  # fmt: skip

    def amount(self, line: Record) -> Decimal:
        """What a line adds to the expenses, without its taxes."""
        return Decimal(str(line["TRX_AMOUNT"]))

    def taxes(self, line: Record) -> tuple[tuple[str, Decimal], ...]:
        """Its tax entries. Of several Intacct shows the last detail and the sum; no line of a round has several."""
        detail = str(line.get("DETAILID") or "")
        return ((detail, Decimal(str(line.get("TRX_TAX") or 0))),) if detail else ()

    def rate(self, line: Record) -> str:
        """The type of its rate, or the rate itself."""
        return str(line.get("EXCH_RATE_TYPE_ID") or line.get("EXCHANGE_RATE") or "") if self.states_rate else ""

    # What clerks do to it

    def deed(self, act: str, amount: str) -> dict[str, Any]:
        """An act in the sandbox's words, without the document to which it is done."""
        return {"action": act} | ({"amount": amount} if act == "edit_document" else {})
