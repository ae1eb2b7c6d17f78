"""What Intacct should hold for a report, worked out from Certify's report and both services' lists alone.

A small re-statement of the rules (docs/posting-rules.md), written apart from the connector: what holds of every report stands here,
what is particular to a kind of document in its file (`include.chaos.kinds`). Whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.chaos.kinds import COMPANY, EMPLOYEE, Kind, Member, kind_of_number
from include.chaos.lists import Lists
from include.chaos.postings import Posting, Record, iso, money, yes


@dataclass(frozen=True)
class Expected:
    """What a report comes to: documents, or why there are none."""

    postings: tuple[Posting, ...] = ()
    hold: str = ""


def token(certify_company: str, report_id: str) -> str:
    """The mark that all documents of a report carry in their numbers (posting rules, Identity)."""
    digest = hashlib.sha256(f"{certify_company}\x1f{report_id.strip().lower()}".encode()).digest()
    return "C" + base64.b32encode(digest).decode()[:10]


class Books:
    """The lists of both services, the kinds of document that the company chose, and what is closed.

    :param kinds: by payer what the part of a report becomes
    :param credits: by payer what it becomes where it is below zero
    :param closed: through which day, by entity and subledger, mm/dd/yyyy
    :param by_department: the entity of lines of a report that states none; with any, lines of several may share a document
    """

    def __init__(
        self,
        lists: Lists,
        kinds: Mapping[str, Kind],
        closed: Mapping[str, Mapping[str, str]] | None = None,
        credits: Mapping[str, Kind] | None = None,
        by_department: Mapping[str, str] | None = None,
    ) -> None:
        self.lists = lists
        self.kinds = kinds
        self.credits = credits or {}
        self.by_department = by_department or {}
        self.closed = {place: {book: iso(day) for book, day in own.items()} for place, own in (closed or {}).items()}

    def place_of(self, posting: Posting) -> tuple[str, str]:
        """The object of a document and the session in which it is looked for."""
        inside = kind_of_number(posting.letter).inside(self.lists) and posting.entries
        return posting.object, posting.entries[0].location if inside else ""

    def is_closed(self, posting: Posting) -> bool:
        """Whether Intacct refuses the document's date: the books of its subledger are closed in one of its entities."""
        places = {"*", *(entry.location for entry in posting.entries)}
        books = kind_of_number(posting.letter).books
        return any(posting.day <= self.closed.get(place, {}).get(book, "") for place in places for book in books)

    def expected(self, report: Record) -> Expected:
        """What the report comes to; `report` holds its lines under `Expenses`."""
        lines = [line for line in report.get("Expenses", ()) if line.get("Status") != "Disapproved"]
        why = self._report(report, lines) or next(filter(None, map(self._amounts, lines)), "")
        if why:
            return Expected(hold=why)
        postings, held = [], ""
        for kind, place, members in self._groups(report, lines):
            total = sum((amount for _, amount in members), Decimal(0))
            if total == 0 and self._cancels(members):
                continue
            here = {**report, "EmpGLD1Code": place}
            if why := self._part(kind, here, members, total):
                held = held or why
            else:
                postings.append(kind.expected(here, members))
        return Expected(postings=tuple(postings), hold=held)

    def _cancels(self, members: Sequence[Member]) -> bool:
        """Whether lines that add up to nothing book nothing either; of what cannot be coded nobody knows."""
        booked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for line, amount in members:
            booked[str(line.get("ExpenseCategoryGLCode")), str(line.get("DepartmentCode"))] += amount
        return not any(booked.values()) and not any(self._line(line) for line, _ in members)

    def _part(self, kind: Kind, report: Record, members: Sequence[Member], total: Decimal) -> str:
        """Why one document waits, whatever becomes of the report's others."""
        paid = yes(report.get("Reimbursed")) or bool(report.get("ReimbursementTransactionID"))
        if total < 0 and not kind.lowers:
            return "negative document"
        if paid and kind.payer == EMPLOYEE:
            return "reimbursed"
        coding = next(filter(None, (self._line(line) for line, _ in members)), "")
        return coding or kind.hold(report, members, self.lists)

    def _place(self, report: Record, line: Record) -> str:
        """The entity of a line: the report's, else its department's."""
        stated = str(report.get("EmpGLD1Code") or "")
        return stated if stated.strip() else self.by_department.get(str(line.get("DepartmentCode") or ""), "")

    def _groups(self, report: Record, lines: Sequence[Record]) -> list[tuple[Kind, str, list[Member]]]:
        """The lines of each document, were it one entity's, with that entity; a line of which both paid a part is in two."""
        groups: dict[tuple[str, str, str], list[Member]] = defaultdict(list)
        for line in lines:
            owed = money(line["ReimAmount"])
            # What a cap leaves of an employee's own expense, no card has paid: it is nobody's.
            capped = owed != 0 and not str(line.get("PaymentCardName") or "").strip()
            for payer, amount in ((EMPLOYEE, owed), (COMPANY, money(line["Amount"]) - owed)):
                if amount and not (payer == COMPANY and capped):
                    groups[payer, self._place(report, line), self.kinds[payer].apart(line)].append((line, amount))
        return [(self._kind(payer, members), place, members) for (payer, place, _), members in groups.items()]

    def _kind(self, payer: str, members: Sequence[Member]) -> Kind:
        below = sum((amount for _, amount in members), Decimal(0)) < 0
        return self.credits.get(payer, self.kinds[payer]) if below else self.kinds[payer]

    def _report(self, report: Record, lines: Sequence[Record]) -> str:
        places = {self._place(report, line) for line in lines} or {str(report.get("EmpGLD1Code") or "")}
        entities = [self.lists.entities.get(place, {}) for place in places]
        total, owed, rest = (money(report[name]) for name in ("TotalAmount", "ReimAmount", "NonReimAmount"))
        employee = str(report.get("EmployeeID") or "")
        emails = {str(line.get("Email") or "").casefold() for line in lines}
        sums = (
            sum((money(line["ReimAmount"]) for line in lines), Decimal(0)),
            sum((money(line["Amount"]) - money(line["ReimAmount"]) for line in lines), Decimal(0)),
        )
        checks = (
            (not yes(report.get("Processed")), "unprocessed"),
            (str(report.get("ProcessedDate"))[:10] > self.lists.today, "future date"),
            (not employee, "no EmployeeID"),
            (any(str(line.get("EmployeeID") or "") != employee for line in lines), "EmployeeIDs differ"),
            ((owed, rest) != sums or total != owed + rest, "totals differ"),
            (any(_finer(amount) for amount in (total, owed, rest)), "third decimal"),
            (any(line.get("Currency") != report.get("Currency") for line in lines), "currencies differ"),
            (str(report.get("InitialApproverEmail") or "-").casefold() in emails, "self approved"),
            (any(entity.get("STATUS") != "active" for entity in entities), "entity"),
        )  # fmt: skip
        return next((why for wrong, why in checks if wrong), "")

    def _amounts(self, line: Record) -> str:
        amount, owed = money(line["Amount"]), money(line["ReimAmount"])
        checks = (
            (_finer(amount) or _finer(owed), "third decimal"),
            (not yes(line.get("Reimbursable")) and owed != 0, "not reimbursable"),
            (owed * amount < 0 or (amount - owed) * amount < 0 or (not amount and bool(owed)), "more than the amount"),
        )
        return next((why for wrong, why in checks if wrong), "")

    def _line(self, line: Record) -> str:
        account = self.lists.accounts.get(str(line.get("ExpenseCategoryGLCode") or ""))
        department = self.lists.departments.get(str(line.get("DepartmentCode") or ""))
        checks = (
            (line.get("ExpenseCategory") in self.lists.never, "personal or cash advance"),
            (account is None or account.get("STATUS") != "active", "account"),
            (department is None or department.get("STATUS") != "active", "department"),
        )
        return next((why for wrong, why in checks if wrong), "")


def _finer(amount: Decimal) -> bool:
    return amount != amount.quantize(Decimal("0.01"))
