"""GL journals: what the company paid, what somebody else pays to employees, and what they were paid elsewhere (rules 17 and 18).

Intacct XML gateway reference, General Ledger > Journal entries (developer.intacct.com/api/general-ledger/journal-entries): amounts are
positive, and TR_TYPE says of each line whether it is a debit (1) or a credit (-1); account, department, location and currency stand on
the lines, journal and date on the header; nothing but the number in REFERENCENO says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from include.chaos.kinds.base import COMPANY, EMPLOYEE, Kind, Member
from include.chaos.lists import Lists
from include.chaos.postings import Entry, Posting, Record

# Two accounts of the sandbox's company on which entities owe each other: lines that Intacct writes itself.
_BETWEEN_ENTITIES = ("1610", "2610")
_MARKED = "mark as reversed"
_VENDOR_OF_TAX = "20003"


class GlJournal(Kind):
    """One journal for each entity and currency; each line is balanced by one of its own."""

    payer = COMPANY
    target = "gl_journal"
    # The sandbox's company has both: a journal for expenses, and a liability to the card companies.
    symbol, offset = "EEJ", "2050"
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
    memo = "DESCRIPTION"
    text = "BATCH_TITLE"
    longest = 80
    most_taxes = 1
    may_be_summed = True
    # It is entered as posted, and nobody pays it.
    acts = ("edit_document", "reverse", "delete", _MARKED)

    @property
    def settings(self) -> Mapping[str, Any]:  # type: ignore[override]
        """The journal, with the vendor that it names where its lines carry tax."""
        return {"journal": {"symbol": self.symbol, "offset_account": self.offset, "vat_vendor": _VENDOR_OF_TAX}}

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The journal."""
        return self.symbol

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """The offset account is there and active, and none of the expenses'. No card is asked for."""
        account = lists.accounts.get(self.offset)
        if account is None or account.get("STATUS") != "active":
            return "offset account"
        same = any(str(line["ExpenseCategoryGLCode"]) == self.offset for line, _ in members)
        return "expense on the offset account" if same else ""

    def against(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Each line on the other side of the offset account, in the same place; its tax apart where both are converted."""
        balanced = []
        for entry in entries:
            tax = entry.gross - entry.amount
            amounts = (entry.amount, tax) if entry.rate and entry.amount and tax else (entry.gross,)
            balanced += [replace(entry, account=self.offset, amount=-amount, taxes=()) for amount in amounts]
        return balanced

    def read(self, record: Record) -> Posting:
        """The lines on the offset account are what balances the others."""
        found = super().read(record)
        offset = _OFFSETS.get(found.payee, "")
        ours = [entry for entry in found.entries if entry.account not in (offset, *_BETWEEN_ENTITIES)]
        balances = tuple(entry for entry in found.entries if entry.account == offset)
        return replace(found, entries=tuple(ours), against=balances)

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

    def taxes(self, line: Record) -> tuple[tuple[str, Decimal], ...]:
        """On the side of its line."""
        return tuple((detail, tax * int(line["TR_TYPE"])) for detail, tax in super().taxes(line))

    def is_counter_entry(self, record: Record) -> bool:
        """The mirror of a journal keeps its words and is told by the date from which it was reversed."""
        return super().is_counter_entry(record) or bool(record.get("REVERSEDFROM"))

    def deed(self, act: str, amount: str) -> dict[str, Any]:
        """A journal that was reversed may go on being called Posted, and only says when."""
        if act == _MARKED:
            return {"action": "edit_document", "changes": {"REVERSED": "01/31/2026"}}
        return super().deed(act, amount)


class _Payroll(GlJournal):
    """What somebody else than accounts payable pays to employees."""

    payer = EMPLOYEE
    symbol, offset = "GJ", "2300"


class _Clearing(GlJournal):
    """What employees were paid elsewhere, against the account through which that goes."""

    payer = EMPLOYEE
    symbol, offset = "CMJ", "1000"


PAYROLL, CLEARING = _Payroll(), _Clearing()
_OFFSETS = {kind.symbol: kind.offset for kind in (GlJournal(), PAYROLL, CLEARING)}
