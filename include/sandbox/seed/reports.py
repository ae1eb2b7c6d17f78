"""Seeded expense reports: headers, lines and receipts that obey the law of amounts.

The ReimAmounts of the lines add up to the header's ReimAmount, their Amount − ReimAmount to NonReimAmount, both together to
TotalAmount. Amounts are whole cents throughout; nothing is ever a binary float.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from include.sandbox.seed import coding, taxes
from include.sandbox.seed.company import CATEGORIES, TROUBLED_CATEGORIES, SeededCompany
from include.sandbox.seed.people import Person, before
from include.sandbox.seed.pools import REASONS, REPORT_NAMES, dice, guid
from include.sandbox.store import Record

FIRST_APPROVAL_CODE = 104_000
ALL_CATEGORIES = CATEGORIES | TROUBLED_CATEGORIES


def money(cents: int) -> str:
    """Cents as a decimal with two places."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


@dataclass
class ExpenseLine:
    """One line: `cents` is its Amount, `reimbursed` its ReimAmount. `changes` are fields that a case sets as they are."""

    category: str
    cents: int
    reimbursed: int
    card: str = ""
    charge: str = ""
    last4: str = ""
    spent: date = date.min
    counted: bool = True
    changes: dict[str, Any] = field(default_factory=dict)

    def record(self, identity: str) -> Record:
        """What is the line's own, and its card charge's."""
        account, _, kind = ALL_CATEGORIES[self.category]
        amount, reimbursed = money(self.cents), money(self.reimbursed)
        own: Record = {
            "ID": identity,
            "ExpenseType": kind,
            "ExpenseCategory": self.category,
            "ExpenseCategoryGLCode": account,
            "Amount": amount,
            "ReimAmount": reimbursed,
            "SubmittedAmount": amount,
            "ConvertedAmount": amount,
            "ConvertedReimAmount": reimbursed,
            "Reimbursable": bool(self.reimbursed),
            "ExpenseDate": self.spent.isoformat(),
        }
        if not self.card:
            return own
        return own | {
            "PaymentCardName": self.card,
            "CCLast": self.last4,
            "CCTransactionID": self.charge,
            "PostingDate": (self.spent + timedelta(days=2)).isoformat(),
        }


@dataclass
class Report:
    """One report before it is written. `processed` is None while it is not processed."""

    id: str
    person: Person
    approver: str
    processed: date | None
    submitted: date
    approval_code: str
    name: str
    lines: list[ExpenseLine]
    company: SeededCompany
    case: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    def header(self) -> Record:
        """The expense report as Certify keeps it."""
        person, counted = self.person, [line for line in self.lines if line.counted]
        reimbursed = sum(line.reimbursed for line in counted)
        total = sum(line.cents for line in counted)
        spent = [line.spent for line in self.lines]
        day = self.processed.isoformat() if self.processed else ""
        state = "Processed" if self.processed else "Approved"
        return {
            "ID": self.id,
            "EmployeeDepartment": person.department.title,
            "FirstName": person.first,
            "LastName": person.last,
            "EmployeeID": person.id,
            "ReimAmount": money(self.totals.get("ReimAmount", reimbursed)),
            "NonReimAmount": money(self.totals.get("NonReimAmount", total - reimbursed)),
            "TotalAmount": money(self.totals.get("TotalAmount", total)),
            "Currency": person.entity.currency,
            "SubmittedDate": self.submitted.isoformat(),
            "InitialApprovalDate": (self.submitted + timedelta(days=1)).isoformat(),
            "Processed": bool(self.processed),
            "ProcessedDate": day,
            "ApprovalCode": self.approval_code,
            "InitialApproverEmail": self.approver,
            "StartDate": min(spent).isoformat(),
            "EndDate": max(spent).isoformat(),
            "ExpenseReportName": self.name,
            "Status": state,
            "LastAction": state,
            "EmpGLD1Name": person.entity.name,
            "EmpGLD1Code": person.entity.id,
            "_BatchID": f"B-{day}" if day else "",
            **coding.of_report(self.company, person.number),
        } | self.changes

    def expenses(self, rng: random.Random) -> Iterator[tuple[Record, Record | None]]:
        """Each line as Certify keeps it, with its receipt or None."""
        repeated = self._on_each_line()
        words = _WORDS[self.person.entity.locale]
        for line in self.lines:
            identity = guid(rng)
            # What a case says of a line's codes is all that it has.
            coded = {} if any("GLD" in name for name in line.changes) else coding.of_line(self.company, identity)
            record = (
                repeated
                | line.record(identity)
                | coded
                | taxes.stated(self.person.entity.country, line.category, line.cents)
                | {
                    "Vendor": rng.choice(words.companies),
                    "Location": rng.choice(words.cities),
                    "Reason": rng.choice(REASONS),
                }
            )
            receipt = self._receipt(record, guid(rng)) if rng.random() < 0.8 else None
            if receipt:
                link = f"https://receipts.example.com/{receipt['ID']}"
                record |= {"ReceiptID": receipt["ID"], "ReceiptImageLink": link}
            yield record | line.changes, receipt

    def _on_each_line(self) -> Record:
        """What Certify repeats of the report and its person on every line."""
        person, day = self.person, self.processed.isoformat() if self.processed else ""
        return {
            "ExpenseReportID": self.id,
            "FirstName": person.first,
            "LastName": person.last,
            "Email": person.email,
            "EmployeeID": person.id,
            "DepartmentName": person.department.title,
            "DepartmentCode": person.department.id,
            "ProcessedDate": day,
            "Processed": bool(self.processed),
            "Currency": person.entity.currency,
            "SubmittedCurrency": person.entity.currency,
            "ConvertedCurrency": person.entity.currency,
            "ExpenseReportName": self.name,
            "Status": "Approved",
            "LastAction": "Approved",
            "_BatchID": f"B-{day}" if day else "",
        }

    def _receipt(self, line: Record, identity: str) -> Record:
        return {
            "ID": identity,
            "Filename": f"receipt-{line['ID'][:8]}.png",
            "UploadDate": self.submitted.isoformat(),
            "ExpenseID": line["ID"],
            "_ExpenseReportID": self.id,
            "_ExpenseDate": line["ExpenseDate"],
            "_BatchID": line["_BatchID"],
        }


_WORDS: dict[str, Any] = {}


class Maker:
    """Makes plain reports of one company: in order, and all of it can be posted."""

    def __init__(self, company: SeededCompany, everybody: list[Person], lines: int) -> None:
        _WORDS.update(company.pools)
        self.company = company
        self.everybody = everybody
        self.lines = lines
        self.sound = [person for person in everybody if not person.trouble] or everybody
        self.categories = list(CATEGORIES)
        self._codes = 0

    def of_trouble(self, trouble: str) -> list[Person]:
        """The people with a trouble."""
        return [person for person in self.everybody if person.trouble == trouble]

    def plain(self, rng: random.Random, processed: date | None, person: Person | None = None) -> Report:
        """A report of somebody in order; processed on this day, or handed in and not processed (None is: of `today`)."""
        person = before(person or rng.choice(self.sound), self.company)
        day = processed or self.today
        submitted = day - timedelta(days=rng.randint(1, 4))
        lines = [self.line(rng, person, submitted) for _ in range(rng.randint(1, max(1, 2 * self.lines - 1)))]
        boss = self.everybody[person.supervisor] if person.supervisor is not None else None
        approver = boss.email if boss and boss.number != person.number else "accountant@example.com"
        city = rng.choice(self.company.pools[person.entity.locale].cities)
        code = ""
        if processed:
            self._codes += 1
            code = str(FIRST_APPROVAL_CODE + self._codes)
        name = f"{city} {rng.choice(REPORT_NAMES)}"
        return Report(guid(rng), person, approver, processed, submitted, code, name, lines, self.company)

    today: date = date.min

    def line(self, rng: random.Random, person: Person, submitted: date) -> ExpenseLine:
        """One line: paid by the employee, or by a company card one time in three."""
        cents = rng.randint(350, 64_000)
        spent = submitted - timedelta(days=rng.randint(1, 12))
        line = ExpenseLine(rng.choice(self.categories), cents, cents, spent=spent)
        return carded(line, rng, person) if rng.random() < 0.34 else line


def carded(line: ExpenseLine, rng: random.Random, person: Person, card: str = "") -> ExpenseLine:
    """The line as a charge of a company card: nothing of it is owed to the employee."""
    line.reimbursed = 0
    line.card = card or ("Corporate Amex" if person.number % 3 == 0 else "Corporate Visa")
    line.last4 = f"{4000 + person.number % 6000:04}"
    line.charge = f"T-{rng.getrandbits(40):010x}"
    return line


def invoices(company: SeededCompany, everybody: list[Person], today: date) -> Iterator[tuple[str, Record]]:
    """A few invoice reports with one invoice each."""
    rng = dice(company.seed, "invoices")
    for number in range(min(12, len(everybody))):
        person, report, day = everybody[number], guid(rng), (today - timedelta(days=1 + number % 7)).isoformat()
        amount = money(rng.randint(5_000, 400_000))
        yield (
            "invoicereports",
            {
                "ID": report,
                "EmployeeDepartment": person.department.title,
                "FirstName": person.first,
                "LastName": person.last,
                "EmployeeID": person.id,
                "TotalAmount": amount,
                "Currency": person.entity.currency,
                "Processed": True,
                "ProcessedDate": day,
                "ApprovalCode": str(90_000 + number),
                "InvoiceReportName": f"Invoices {number + 1}",
            },
        )
        yield (
            "invoices",
            {
                "ID": guid(rng),
                "InvoiceReportID": report,
                "EmployeeEmail": person.email,
                "EmployeeID": person.id,
                "FirstName": person.first,
                "LastName": person.last,
                "DepartmentName": person.department.title,
                "DepartmentCode": person.department.id,
                "Category": "Office Supplies",
                "CategoryGLCode": "6310",
                "Amount": amount,
                "Currency": person.entity.currency,
                "ProcessedDate": day,
                "Processed": True,
                "InvoiceDate": day,
                "DueDate": day,
                "InvoiceNumber": f"INV-{1000 + number}",
                "VendorName": rng.choice(company.pools["en_US"].companies),
                "VendorCode": str(20000 + number),
                "InvoiceReportName": f"Invoices {number + 1}",
            },
        )
