"""Invoices of Certify's AP automation: some for the company of a round that posts them, and all of them as the judge sees reports.

Written from Certify's REST API (``invoicereports``, ``invoices``) and docs/posting-rules.md, rule 38, apart from the connector.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from include.chaos.environment import Sandbox
from include.chaos.postings import Record, money

#: Under which mark invoice reports are known beside expense reports.
MARK = "invoice-"
_MOST = 6
_NOBODY = "29999"
# What an invoice calls by a name of its own and an expense has too.
_OF_LINES = {
    "Email": "EmployeeEmail", "ExpenseCategory": "Category", "ExpenseCategoryGLCode": "CategoryGLCode", "ExpenseDate": "InvoiceDate",
    "Vendor": "VendorName",
}  # fmt: skip


@dataclass(frozen=True)
class InvoiceReport:
    """An invoice report with its lines, as Certify has them."""

    header: dict[str, Any]
    lines: list[dict[str, Any]]

    @property
    def id(self) -> str:
        """Under which it is known beside expense reports."""
        return f"{MARK}{self.header['ID']}"


def add(sandbox: Sandbox, days: Sequence[date], dice: random.Random) -> dict[str, str]:
    """Adds some; gives that which holds nothing but an invoice of another one, to that one."""
    people = [one for one in sandbox.state_of("certify", "expensereports") if one["Processed"] and one["Expenses"]]
    suppliers = sorted(
        str(one["VENDORID"]) for one in sandbox.state_of("intacct", "VENDOR") if one.get("VENDTYPE") != "Employee"
    )
    if not people or not suppliers:
        return {}

    def made(*wanted: tuple[str, str, int]) -> InvoiceReport:
        return _made(dice.choice(people), dice.choice(days), wanted, dice)

    reports = []
    for _ in range(_MOST):
        # Two suppliers may use one number.
        two = dice.sample(suppliers, min(2, len(suppliers)))
        code = str(dice.randrange(10_000, 99_999))
        whose = _NOBODY if dice.random() < 0.2 else two[-1]
        reports.append(made((two[0], code, dice.randint(1, 3)), (whose, code, 1), (two[0], f"{code}-2", 1)))
    single = made((suppliers[0], str(dice.randrange(1_000, 9_999)), 1))
    again = _handed_in_again(single, dice)
    everything = [*reports, single, again]
    _load(sandbox, "invoicereports", [one.header for one in everything])
    _load(sandbox, "invoices", [line for one in everything for line in one.lines])
    return {again.id: single.id}


def as_reports(sandbox: Sandbox) -> dict[str, list[Record]]:
    """All that Certify has, by ID, in the form of expense reports: the company pays all of them."""
    lines: dict[str, list[Record]] = defaultdict(list)
    for line in sandbox.state_of("certify", "invoices"):
        own = {name: line.get(theirs) for name, theirs in _OF_LINES.items()}
        lines[str(line["InvoiceReportID"])].append({**line, **own, "ReimAmount": "0", "Reimbursable": False})
    found: dict[str, list[Record]] = {}
    for header in sandbox.state_of("certify", "invoicereports"):
        total = header.get("TotalAmount")
        identity = f"{MARK}{header['ID']}"
        own = {"ID": identity, "ReimAmount": "0", "NonReimAmount": total, "Reimbursed": False}
        name = {"ExpenseReportName": header.get("InvoiceReportName"), "Expenses": lines[str(header["ID"])]}
        found[identity] = [{"EmpGLD1Code": "", **header, **own, **name}]
    return found


def _made(person: Record, day: date, wanted: Sequence[tuple[str, str, int]], dice: random.Random) -> InvoiceReport:
    """A report of a person's with invoices of these suppliers, numbers and lines; one in six is a credit."""
    identity = _guid(dice)
    like = person["Expenses"][0]
    whose = {name: person.get(name) for name in ("EmployeeID", "FirstName", "LastName", "Currency")}
    lines = []
    for vendor, number, count in wanted:
        sign = -1 if dice.random() < 1 / 6 else 1
        dated = day - timedelta(days=dice.randrange(20))
        for position in range(count):
            cents = dice.randint(1, 500_000) * (sign if position == 0 else dice.choice((1, 1, 1, -1)))
            lines.append({
                **whose, "ID": _guid(dice), "InvoiceReportID": identity, "EmployeeEmail": like.get("Email"),
                "DepartmentCode": like.get("DepartmentCode"), "DepartmentName": like.get("DepartmentName"),
                "Category": "Office Supplies", "CategoryGLCode": "6310", "Amount": f"{cents / 100:.2f}",
                "Reason": f"line {position + 1}", "ProcessedDate": str(day), "Processed": True, "InvoiceDate": str(dated),
                "DueDate": str(dated + timedelta(days=30)), "InvoiceNumber": number, "VendorName": f"Supplier {vendor}",
                "VendorCode": vendor, "PONumber": f"PO {number}",
            })  # fmt: skip
    total = sum(money(line["Amount"]) for line in lines)
    header = {
        **whose, "ID": identity, "TotalAmount": str(total), "Processed": True, "ProcessedDate": str(day),
        "ApprovalCode": str(dice.randrange(600_000, 700_000)), "InvoiceReportName": "Invoices",
        # Whether Certify's state the employee's dimensions is not published.
        "EmpGLD1Code": person.get("EmpGLD1Code"),
    }  # fmt: skip
    return InvoiceReport(header, lines)


def _handed_in_again(report: InvoiceReport, dice: random.Random) -> InvoiceReport:
    identity = _guid(dice)
    header = {**report.header, "ID": identity, "ApprovalCode": str(dice.randrange(600_000, 700_000))}
    return InvoiceReport(header, [{**line, "ID": _guid(dice), "InvoiceReportID": identity} for line in report.lines])


def _guid(dice: random.Random) -> str:
    return f"00000000-0000-4000-b000-{dice.getrandbits(48):012x}"


def _load(sandbox: Sandbox, name: str, records: Sequence[Record]) -> None:
    body = {"side": "certify", "object": name, "records": list(records), "unknown_fields": "keep"}
    sandbox.ask("POST", "load", body)
