"""What Intacct should hold for a report, worked out from Certify's report and both services' lists alone.

A small re-statement of the rules (docs/posting-rules.md), written apart from the connector: what holds of every report stands here,
what is particular to a kind of document in its file (`include.chaos.kinds`), and what the company chose beside it in the file of its
dimension (`include.chaos.varieties`). Whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from include.chaos.choices import Choices
from include.chaos.kinds import COMPANY, EMPLOYEE, Kind, Member, kind_of_number, reader_of
from include.chaos.kinds.gl_journal import CLEARING
from include.chaos.lists import Lists
from include.chaos.postings import Entry, Posting, Record, iso, money, spent_text, summed, yes
from include.chaos.varieties.overrides import HOLD, NONE
from include.chaos.varieties.policies import was_paid
from include.chaos.varieties.taxes import Waits


@dataclass(frozen=True)
class Expected:
    """What a report comes to: documents, or why there are none."""

    postings: tuple[Posting, ...] = ()
    hold: str = ""


def token(certify_company: str, report_id: str) -> str:
    """The mark that all documents of a report carry in their numbers (posting rules, Identity)."""
    digest = hashlib.sha256(f"{certify_company}\x1f{report_id.strip().lower()}".encode()).digest()
    return "C" + base64.b32encode(digest).decode()[:10]


@dataclass(frozen=True)
class _Group:
    """The lines of one document, were it one entity's.

    :param place: that entity
    :param kind: None where the company says that they wait
    """

    payer: str
    place: str
    kind: Kind | None
    members: list[Member]

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.members), Decimal(0))


class Books:
    """The lists of both services, what the company chose, and what is closed.

    :param closed: through which day, by entity and subledger, mm/dd/yyyy
    """

    def __init__(self, lists: Lists, choices: Choices, closed: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.lists = lists
        self.choices = choices
        self.varieties = choices.varieties
        self.closed = {place: {book: iso(day) for book, day in own.items()} for place, own in (closed or {}).items()}

    def read(self, name: str, record: Record) -> Posting:
        """A document as Intacct holds it: what lowers a debt is below zero, and what is in the currency of the books has no rate."""
        return self._told(reader_of(name).read(record))

    def parts(self, name: str, record: Record) -> list[Posting]:
        """The same as what it is for each of its entities."""
        return [self._told(part) for part in reader_of(name).parts(record)]

    def _told(self, found: Posting) -> Posting:
        turned = found.letter in self.choices.turned
        return replace(
            found,
            entries=tuple(sorted(self._read(entry, found.currency, turned=turned) for entry in found.entries)),
            against=tuple(sorted(self._read(entry, found.currency) for entry in found.against)),
        )

    def _read(self, entry: Entry, currency: str, *, turned: bool = False) -> Entry:
        own = currency == self.lists.bases.get(entry.location)
        entry = replace(entry, rate="") if own else entry
        if not turned:
            return entry
        return replace(entry, amount=-entry.amount, taxes=tuple((detail, -tax) for detail, tax in entry.taxes))

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
        for group in self._groups(report, lines):
            try:
                found = self._posting(_at(report, group.place), group)
            except Waits as why_it_waits:
                held = held or str(why_it_waits)
            else:
                postings += [found] if found else []
        return Expected(postings=tuple(postings), hold=held)

    def _posting(self, report: Record, group: _Group) -> Posting | None:
        """The document of a group; None where its lines cancel each other out.

        :raises Waits: it is not posted
        """
        if group.total == 0 and self._cancels(report, group):
            return None
        kind, members = group.kind, group.members
        paid = group.payer == EMPLOYEE and was_paid(report) and not self.varieties.policies.cleared(report)
        if kind is None or paid or (group.total < 0 and not kind.lowers):
            raise Waits("on hold" if kind is None else "reimbursed" if paid else "negative document")
        day = self._day(report, group, kind)
        if why := kind.hold(report, members, self.lists, day):
            raise Waits(why)
        rate = self._rate(report, kind, day)
        text = texts.title(kind.title, report, members[0][0], kind.longest) if (texts := self.varieties.texts) else ""
        entries = [
            replace(entry, rate=rate, memo=self._memo(kind, report, line))
            for line, entry in self._entries(report, group)
            if entry.amount or any(tax for _, tax in entry.taxes)
        ]
        if any(len(entry.taxes) > kind.most_taxes for entry in entries):
            raise Waits("more tax entries than a line takes")
        if kind.may_be_summed and self.varieties.journals == "summed":
            entries = summed(entries, self._full_text(report))
        return kind.expected(report, members, day=day, entries=entries, text=text)

    def _memo(self, kind: Kind, report: Record, line: Record) -> str:
        if self.varieties.texts is None:
            return ""
        spent, spent_in = money(line.get("SubmittedAmount")), str(line.get("SubmittedCurrency") or "")
        told = kind.states_spent and self.choices.spent and spent and spent_in not in ("", report["Currency"])
        return self.varieties.texts.memo(kind.template, report, line, spent_text(spent, spent_in) if told else "")

    def _full_text(self, report: Record) -> str:
        """The description before a journal's title cuts it."""
        return texts.title(Kind.title, report, {}, Kind.longest) if (texts := self.varieties.texts) else ""

    def _day(self, report: Record, group: _Group, kind: Kind) -> str:
        if kind is CLEARING:
            day = str(report.get("ReimbursedDate") or "")[:10]
        else:
            day = kind.own_day(group.members) or self.varieties.dates.day(
                group.payer, kind, report, group.members, self.lists.today
            )
        if not day or day > str(date.fromisoformat(self.lists.today) + timedelta(days=1)):
            raise Waits("future date" if day else "no date")
        return day

    def _rate(self, report: Record, kind: Kind, day: str) -> str:
        currency, base = str(report["Currency"]), self.lists.bases[str(report["EmpGLD1Code"])]
        rate = self.varieties.rates.rate(currency, base, day, self.lists.today, own=kind.states_rate)
        if rate is None:
            raise Waits("no rate of that day")
        return rate if kind.states_rate else ""

    def _entries(self, report: Record, group: _Group) -> list[tuple[Record, Entry]]:
        """Each line as it is booked.

        :raises Waits: one cannot be
        """
        place = str(report["EmpGLD1Code"])
        found = []
        for line, part in group.members:
            own, why = self.varieties.policies.marked(group.payer, line, part, self.lists)
            account = own or str(line.get("ExpenseCategoryGLCode") or "")
            if why := why or self._coding(line, account):
                raise Waits(why)
            net, taxes = self.varieties.taxes.divided(place, line, group.payer, part, ours=not own)
            found.append((line, Entry(account, str(line["DepartmentCode"]), place, net, taxes)))
        return found

    def _cancels(self, report: Record, group: _Group) -> bool:
        """Whether lines that add up to nothing book nothing either; of what cannot be coded nobody knows."""
        booked: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        try:
            entries = self._entries(report, group)
        except Waits:
            return False
        for _, entry in entries:
            booked[entry.account, entry.department] += entry.amount
            for detail, tax in entry.taxes:
                booked[entry.account, entry.department, detail] += tax
        return not any(booked.values())

    def _place(self, report: Record, line: Record) -> str:
        """The entity of a line: the report's, else its department's."""
        stated = str(report.get("EmpGLD1Code") or "")
        return stated if stated.strip() else self.choices.by_department.get(str(line.get("DepartmentCode") or ""), "")

    def _groups(self, report: Record, lines: Sequence[Record]) -> list[_Group]:
        """The lines of each document, were it one entity's; a line of which both paid a part is in two."""
        groups: dict[tuple[str, ...], _Group] = {}
        for line in lines:
            owed = money(line["ReimAmount"])
            # What a cap leaves of an employee's own expense, no card has paid: it is nobody's.
            capped = owed != 0 and not str(line.get("PaymentCardName") or "").strip()
            for payer, amount in ((EMPLOYEE, owed), (COMPANY, money(line["Amount"]) - owed)):
                place = self._place(report, line)
                target = self._target(payer, _at(report, place), line)
                if not amount or target == NONE or (payer == COMPANY and capped):
                    continue
                kind = target if isinstance(target, Kind) else None
                key = (payer, place, kind.target if kind else HOLD, kind.apart(line) if kind else "")
                groups.setdefault(key, _Group(payer, place, kind, [])).members.append((line, amount))
        return [self._as_credit(group) for group in groups.values()]

    def _target(self, payer: str, report: Record, line: Record) -> Kind | str:
        if "InvoiceNumber" in line:
            return self.choices.invoices or NONE
        target = self.choices.overrides.target(payer, report, line)
        clears = payer == EMPLOYEE and self.varieties.policies.cleared(report)
        return CLEARING if clears and target != HOLD else target

    def _as_credit(self, group: _Group) -> _Group:
        credit = group.kind and group.total < 0 and self.choices.credit(group.payer, group.kind)
        return replace(group, kind=credit) if credit else group

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

    def _coding(self, line: Record, code: str) -> str:
        account, department = (
            self.lists.accounts.get(code),
            self.lists.departments.get(str(line.get("DepartmentCode") or "")),
        )
        checks = (
            (account is None or account.get("STATUS") != "active", "account"),
            (department is None or department.get("STATUS") != "active", "department"),
        )
        return next((why for wrong, why in checks if wrong), "")


def _finer(amount: Decimal) -> bool:
    return amount != amount.quantize(Decimal("0.01"))


def _at(report: Record, place: str) -> Record:
    """The report as if it were that entity's."""
    return {**report, "EmpGLD1Code": place}
