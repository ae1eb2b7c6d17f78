"""Expense reports (EEXPENSES), which only create_expensereport, update_expensereport and reverse_expensereport touch.

Intacct XML gateway reference, Time & Expenses > Employee expense reports. A report is Draft or Submitted; where the company's
own approval is off, a submitted report is Approved at once. The whole must not be negative (inferred).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from include.sandbox.intacct import documents, fields, problems
from include.sandbox.intacct.bills import next_number
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import SETTLED, Document, lines_again, owner_of
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, settle_lines
from include.sandbox.intacct.money import Rate, rate_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money, need_date, read_date, read_decimal

FROZEN = SETTLED | {"Approved", "Partially Approved"}


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The report that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    header = {**(before or {}), **fields.settle(company, given, defaults=before is None, active=True)}
    _state(company, given.action, header)
    fields.require(kind, header)
    _employee(company, header)
    header["WHENPOSTED"] = header.get("WHENPOSTED") or header["WHENCREATED"]
    lines = settle_lines(company, header, given.lines if given.lines is not None else kept_lines(company, before))
    if not lines:
        raise problems.no_lines(kind)
    owner, touched = owner_of(company, lines)
    report_rate = rate_of(
        company, {"CURRENCY": header.get("BASECURR", ""), "BASECURR": header.get("BASECURR", "")}, owner, ""
    )
    header |= {"BASECURR": report_rate.base, "CURRENCY": header.get("CURRENCY") or report_rate.base}
    records = _priced(company, header, owner, lines)
    header |= _totals(company, header, lines)
    _number(company, header, before)
    header |= {"RECORDTYPE": "ei", "MODULEKEY": kind.module or ""}
    return Document(kind, header, records, touched, header["WHENPOSTED"])


def keep(company: Company, given: Given) -> Record:
    """Keep a new report. Raises Problem."""
    return documents.keep(company, prepare(company, given))


def kept_lines(company: Company, before: Record | None) -> list[Given]:
    """The lines of a kept report as if they were given again."""
    number = (before or {}).get("RECORDNO", "")
    return lines_again(company, company.catalog["EEXPENSES"], number, without="GLACCOUNTNO")


def _state(company: Company, wanted: str, header: Record) -> None:
    current = header.get("STATE", "")
    if current in FROZEN:
        raise problems.other(f"The expense report is {current.lower()} and cannot be changed.")
    word = wanted.strip().lower() or (current or "submitted").lower()
    if word == "draft":
        header |= {"STATE": "Draft", "RAWSTATE": "D"}
    elif word != "submitted":
        raise problems.other(f"State '{wanted}' is not valid.")
    elif company.settings.expense_approval:
        header |= {"STATE": "Submitted", "RAWSTATE": "S"}
    else:
        header |= {"STATE": "Approved", "RAWSTATE": "A"}


def _employee(company: Company, header: Record) -> None:
    employee = company.refer(company.catalog["EEXPENSES"].fields["EMPLOYEEID"], header["EMPLOYEEID"], active=True)
    joined = read_date(employee.get("STARTDATE", ""))
    if joined is not None and need_date(header["WHENCREATED"]) < joined:
        raise problems.other(f"Cannot create expense before employee joining date {joined.strftime('%m/%d/%Y')}")


def _priced(company: Company, header: Record, owner: str, lines: Sequence[Line]) -> list[Record]:
    """Each expense has its own currency and rate; `amount` beside `trx_amount` is taken as its base amount."""
    records = []
    for number, line in enumerate(lines, start=1):
        record = line.record
        day = record.get("ENTRY_DATE") or header["WHENCREATED"]
        both = bool(record.get("AMOUNT")) and bool(record.get("EXCHANGE_RATE") or record.get("EXCH_RATE_TYPE_ID"))
        rate = rate_of(
            company, {**record, "BASECURR": "", "CURRENCY": record.get("CURRENCY") or header["CURRENCY"]}, owner, day
        )
        stated = read_decimal(record.get("AMOUNT", "")) if both and rate.currency != rate.base else None
        record |= rate.fields() | {"LINE_NO": str(number), "ENTRY_DATE": day}
        record["AMOUNT"] = money(stated if stated is not None else rate.base_amount(line.amount), company.settings)
        records.append(record)
    return records


def _totals(company: Company, header: Record, lines: Sequence[Line]) -> Record:
    base, transaction, company_paid = Decimal(0), Decimal(0), Decimal(0)
    for line in lines:
        rate = Rate("", "", Decimal(line.record["EXCHANGE_RATE"]), "", "")
        amount = Decimal(line.record["AMOUNT"]) + rate.base_amount(line.tax)
        same = line.record["CURRENCY"] == header["CURRENCY"]
        base += amount
        transaction += line.amount + line.tax if same else amount
        if line.record.get("NONREIMBURSABLE") == "true":
            company_paid += amount
    if base < 0:
        raise problems.other("The total of an expense report cannot be negative.")
    show = company.settings
    return {
        "TOTALENTERED": money(base, show),
        "TRX_TOTALENTERED": money(transaction, show),
        "TOTALDUE": money(base - company_paid, show),
        "TRX_TOTALDUE": money(transaction - company_paid, show),
        "TOTALPAID": money(Decimal(0), show),
        "TRX_TOTALPAID": money(Decimal(0), show),
        "NR_TOTALENTERED": money(company_paid, show),
        "NR_TRX_TOTALENTERED": money(company_paid, show),
    }


def _number(company: Company, header: Record, before: Record | None) -> None:
    if not header.get("RECORDID"):
        if "EEXPENSES" not in company.settings.numbering:
            raise problems.missing("Expense report number")
        header["RECORDID"] = next_number(company, "EEXPENSES")
    if company.settings.duplicate_expense_report_number == "accept":
        return
    for other in company.store.find(SIDE, "EEXPENSES", "RECORDID", header["RECORDID"]):
        if before is None or other["RECORDNO"] != before["RECORDNO"]:
            raise problems.duplicate(company.catalog["EEXPENSES"], header["RECORDID"])


RULES = documents.Rules(object="EEXPENSES", prepare=prepare, keep=keep, kept_lines=kept_lines)
