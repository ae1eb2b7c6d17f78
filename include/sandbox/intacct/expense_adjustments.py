"""Expense adjustments (EXPENSEADJUSTMENTS), which only create_expenseadjustmentreport and update_expenseadjustmentreport touch.

Intacct XML gateway reference, Time & Expenses > Employee expense adjustments: a debit lowers what an employee gets, a credit raises
it. The call has no word for either, so the sign of the amounts carries it (inferred). Which sign lowers, how a record shows it and
what it is when it is entered nobody publishes (settings `expense_adjustment_lowers`, `expense_adjustment_amounts` and
`expense_adjustment_state`). Amounts are those of an expense report; an attachment has a place in it.
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox.intacct import documents, expense_amounts, fields, general_ledger, problems
from include.sandbox.intacct.bills import numbered
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.documents import SETTLED, Document, owner_of
from include.sandbox.intacct.expense_reports import currencies, lines_given_again, require_employee
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import settle_lines
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money
from include.sandbox.settings import Settings


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The adjustment that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    if (before or {}).get("STATE") in SETTLED:
        raise problems.other(f"The adjustment is {(before or {})['STATE'].lower()} and cannot be changed.")
    header = {**(before or {}), **fields.settle(company, given, defaults=before is None, active=True)}
    fields.require(kind, header)
    header["WHENPOSTED"] = header.get("WHENPOSTED") or header["WHENCREATED"]
    wanted = given.lines if given.lines is not None else kept_lines(company, before)
    computed = expense_amounts.left_to_compute(company.settings, wanted)
    lines = settle_lines(company, header, wanted)
    if not lines:
        raise problems.no_lines(kind)
    if _turns(company.settings):
        for line in lines:
            line.amount, line.tax = -line.amount, -line.tax
            for name in ("TRX_TAX", "ORG_AMOUNT"):
                if line.record.get(name):
                    line.record[name] = money(-Decimal(line.record[name]), company.settings)
    require_employee(company, kind, header, lines, active=before is None or "EMPLOYEEID" in given.fields)
    owner, touched = owner_of(company, lines)
    header |= currencies(company, header, owner)
    records = expense_amounts.price(company, header, lines, computed)
    header |= expense_amounts.totals(company, header, lines)
    twice = company.settings.duplicate_adjustment_number
    numbered(company, kind.name, "Adjustment number", header, before, twice=twice)
    header |= {"RECORDTYPE": "ea", "MODULEKEY": kind.module or ""}
    return Document(
        kind, header | ({} if before else state(company, draft=False)), records, touched, header["WHENPOSTED"]
    )


def keep(company: Company, given: Given) -> Record:
    """Keep a new adjustment. Raises Problem."""
    return general_ledger.trace(company, given.kind, documents.keep(company, prepare(company, given)))


def kept_lines(company: Company, before: Record | None) -> list[Given]:
    """The lines of a kept adjustment as if they were given again, in the sense in which they were entered."""
    if before is None:
        return []
    again = lines_given_again(company, company.catalog["EXPENSEADJUSTMENTS"], before)
    for line in again if _turns(company.settings) else ():
        for name in ("AMOUNT", "ORG_AMOUNT"):
            if line.fields.get(name):
                line.fields[name] = f"{-Decimal(line.fields[name]):f}"
    return again


def state(company: Company, *, draft: bool) -> Record:
    """STATE and RAWSTATE of an adjustment that is entered, or handed in again, now."""
    word = "Draft" if draft else company.settings.expense_adjustment_state
    return {"STATE": word, "RAWSTATE": company.catalog["EXPENSEADJUSTMENTS"].fields["STATE"].values[word]}


def _turns(settings: Settings) -> bool:
    """Whether a record shows the other sign than it was entered with."""
    return settings.expense_adjustment_amounts == "owed" and settings.expense_adjustment_lowers == "positive"


RULES = documents.Rules(object="EXPENSEADJUSTMENTS", prepare=prepare, keep=keep, kept_lines=kept_lines)
