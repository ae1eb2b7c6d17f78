"""Expense reports of Intacct: what is owed to an employee, as an employee (docs/posting-rules.md, rules 12, 14 and 19).

Intacct XML gateway reference, Employee expenses > Expense reports: the header's currency is the one in which the employee is paid
back; what was spent in another one stands beside it. Which field of a line shows which amount nobody says, so a line is read in the
report's currency from the field that is stated in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from include.chaos.kinds.base import EMPLOYEE, LONGEST, Kind, Member
from include.chaos.kinds.persons import is_the_employee
from include.chaos.lists import Lists
from include.chaos.postings import Entry, Posting, Record, iso, spent_text


class ExpenseReport(Kind):
    """One report for each entity and currency."""

    payer = EMPLOYEE
    target = "expense_report"
    first = "first_spent_currency"
    object = "EEXPENSES"
    lines = "EEXPENSESITEMS"
    letter = "E"
    tag = "expensereportno"
    function = "create_expensereport"
    subledger = "EE"
    payee_field = "EMPLOYEEID"
    day_fields = ("WHENPOSTED", "WHENCREATED")
    account = "GLACCOUNTNO"
    memo = "DESCRIPTION2"
    states_rate = False
    states_spent = True

    def payee(self, report: Record, members: Sequence[Member]) -> str:
        """The employee whose ID is the EmployeeID."""
        return str(report["EmployeeID"])

    def hold(self, report: Record, members: Sequence[Member], lists: Lists, day: str) -> str:
        """The employee of Intacct is the one of Certify, beyond doubt, and had joined by the report's date, or nothing is posted."""
        employee_id, place = self.payee(report, members), str(report["EmpGLD1Code"])
        employee = lists.employees.get(employee_id)
        if employee is None:
            return "no employee"
        joined = str(employee.get("STARTDATE") or "")
        session = place if self.inside(lists) else ""
        checks = (
            (lists.ids[employee_id] > 1, "EmployeeID twice"),
            (employee.get("STATUS") != "active", "employee inactive"),
            (not _agrees(employee, report, lists), "employee is somebody else"),
            (bool(joined) and iso(joined) > day, "joined later"),
            (employee.get("MEGAENTITYID") not in (None, "", session), "employee of an entity"),
        )
        return next((why for wrong, why in checks if wrong), "")

    def inside(self, lists: Lists) -> bool:
        """Where the entities keep their books in different currencies, always."""
        return super().inside(lists) or lists.several_currencies

    def read(self, record: Record) -> Posting:
        """The lines in the report's currency; what was spent in another one is read as if each memo said it."""
        found = super().read(record)
        entries = [self._paid_back(line, found.currency) for line in record.get(self.lines) or ()]
        return replace(found, entries=tuple(sorted(entries)))

    def _paid_back(self, line: Record, currency: str) -> Entry:
        entry, spent_in = self.entry(line), str(line.get("ORG_CURRENCY") or currency)
        said = "" if spent_in == currency else spent_text(Decimal(str(line["ORG_AMOUNT"])), spent_in)
        room = LONGEST - len(said)
        memo = entry.memo if len(entry.memo) <= room else f"{entry.memo[: room - 1].rstrip()}…"
        return replace(entry, amount=_paid_back(line, currency), memo=memo + said)


def _paid_back(line: Record, currency: str) -> Decimal:
    """What the employee gets for a line: TRX_AMOUNT where that is in the report's currency, else AMOUNT."""
    own = line.get("CURRENCY") or currency
    return Decimal(str(line["TRX_AMOUNT" if own == currency else "AMOUNT"]))


def _agrees(employee: Record, report: Record, lists: Lists) -> bool:
    """Whether name or e-mail address of the employee's contact are those of Certify."""
    contact = lists.contacts.get(str(employee.get("PERSONALINFO.CONTACTNAME")), {})
    names = (f"{contact.get('FIRSTNAME') or ''} {contact.get('LASTNAME') or ''}", contact.get("PRINTAS"))
    return is_the_employee(report, names=names, addresses=[contact.get("EMAIL1")])
