"""GL journals: what the company paid, booked against a liability (docs/posting-rules.md, rule 17).

Intacct XML gateway reference, General Ledger > Journal entries (developer.intacct.com/api/general-ledger/journal-entries): amounts are
positive, and TR_TYPE says of each line whether it is a debit (1) or a credit (-1); account, department, location and currency stand on
the lines, journal and date on the header; nothing but the number in REFERENCENO says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar

from include.chaos.kinds.base import COMPANY, Kind, Member
from include.chaos.kinds.charges import latest_charge
from include.chaos.lists import Lists
from include.chaos.postings import Entry, Posting, Record

# The sandbox's company has both: a journal for expenses, and a liability to the card companies.
JOURNAL, OFFSET = "EEJ", "2050"
# And two accounts on which entities owe each other: lines that Intacct writes itself.
_BETWEEN_ENTITIES = ("1610", "2610")
_MARKED = "mark as reversed"


class GlJournal(Kind):
    """One journal for each entity and currency, dated by its latest charge; each line is balanced by one of its own."""

    payer = COMPANY
    target = "gl_journal"
    settings: ClassVar[Mapping[str, Any]] = {"journal": {"symbol": JOURNAL, "offset_account": OFFSET}}
    object = "GLBATCH"
    lines = "ENTRIES"
    letter = "J"
    number = "REFERENCENO"
    tag = "REFERENCENO"
    function = "create GLBATCH"
    subledger = "GL"
    payee_field = "JOURNAL"
    day_fields = ("BATCH_DATE",)
    department = "DEPARTMENT"
    location = "LOCATION"
    # It is entered as posted, and nobody pays it.
    acts = ("edit_document", "reverse", "delete", _MARKED)

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The journal."""
        return JOURNAL

    def hold(self, report: Record, members: Sequence[Member], lists: Lists) -> str:
        """The offset account is there and active, and none of the expenses'. No card is asked for."""
        account = lists.accounts.get(OFFSET)
        if account is None or account.get("STATUS") != "active":
            return "offset account"
        same = any(str(line["ExpenseCategoryGLCode"]) == OFFSET for line, _ in members)
        return "expense on the offset account" if same else ""

    def day(self, report: Record, members: Sequence[Member]) -> str:
        """That of the latest charge."""
        return latest_charge(members)

    def against(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Each line on the other side of the offset account, in the same place."""
        return [replace(entry, account=OFFSET, amount=-entry.amount) for entry in entries]

    def read(self, record: Record) -> Posting:
        """The lines on the offset account are what balances the others."""
        found = super().read(record)
        found = replace(found, entries=tuple(one for one in found.entries if one.account not in _BETWEEN_ENTITIES))
        ours = tuple(entry for entry in found.entries if entry.account != OFFSET)
        return replace(found, entries=ours, against=tuple(entry for entry in found.entries if entry.account == OFFSET))

    def parts(self, record: Record) -> list[Posting]:
        """Of several entities it is balanced by one line, in the source entity that it names; else it is nothing of ours."""
        whole = self.read(record)
        source = str(record.get("BASELOCATION_NO") or "")
        if len({entry.location for entry in whole.entries}) < 2:
            return [whole]
        balanced = [(one.location, one.amount) for one in whole.against] == [(source, -whole.total)]
        return super().parts(record) if balanced else [whole]

    def currency(self, record: Record) -> str:
        """That of its lines, or all of them."""
        return " ".join(sorted({str(line.get("CURRENCY") or "") for line in record.get(self.lines) or ()}))

    def amount(self, line: Record) -> Decimal:
        """A credit takes away."""
        return super().amount(line) * int(line["TR_TYPE"])

    def is_counter_entry(self, record: Record) -> bool:
        """The mirror of a journal keeps its words and is told by the date from which it was reversed."""
        return super().is_counter_entry(record) or bool(record.get("REVERSEDFROM"))

    def deed(self, act: str, amount: str) -> dict[str, Any]:
        """A journal that was reversed may go on being called Posted, and only says when."""
        if act == _MARKED:
            return {"action": "edit_document", "changes": {"REVERSED": "01/31/2026"}}
        return super().deed(act, amount)
