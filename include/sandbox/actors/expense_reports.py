"""What Certify's accountants do to expense reports: process, unprocess, reprocess, edit, pay, add receipts late.

A report is named by its ID or its approval code. Dates are YYYY-MM-DD, amounts decimal text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from include.sandbox import state
from include.sandbox.actors.registry import CannotAct, act, the_one
from include.sandbox.certify.resources import EXPENSE_REPORTS, EXPENSES, Resource, Type
from include.sandbox.core import Sandbox
from include.sandbox.store import Record

AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@act
def process(sandbox: Sandbox, *, report: str, date: str = "", approval_code: str = "") -> dict[str, Any]:
    """Process an approved report with this processing date (default: yesterday); a new approval code unless one is given."""
    record = _report(sandbox, report)
    if record.get("Processed"):
        raise CannotAct(
            f"Report {record['ID']} is processed already (on {record.get('ProcessedDate')}); unprocess it first."
        )
    return _process(sandbox, record, date, approval_code or _new_code(sandbox))


@act
def unprocess(sandbox: Sandbox, *, report: str) -> dict[str, Any]:
    """Send a processed report back to the queue: no processed date, no approval code, out of the processed reports."""
    record = _report(sandbox, report)
    if not record.get("Processed"):
        raise CannotAct(f"Report {record['ID']} is not processed.")
    changes = {
        "Processed": False,
        "ProcessedDate": "",
        "ApprovalCode": "",
        "Status": "Approved",
        "LastAction": "Unprocessed",
        "_BatchID": "",
        "_FormerApprovalCode": record.get("ApprovalCode", ""),
        "_FormerProcessedDate": record.get("ProcessedDate", ""),
    }
    return _changed(sandbox, record, changes)


@act
def reprocess(
    sandbox: Sandbox,
    *,
    report: str,
    date: str = "",
    approval_code: str = "",
    amount: str = "",
    line: str = "",
    remove_line: str | bool = "",
    entity: str = "",
) -> dict[str, Any]:
    """Unprocess and process again. `approval_code`: "same", "new" (default by setting) or a code; `date` defaults to the old one.

    What is changed on the way: the `amount` of a `line` (default the first), a line removed (`remove_line`: its ID or true
    for the last), the report moved to another `entity` (code of Employee GLD 1). Totals follow.
    """
    record = _report(sandbox, report)
    if record.get("Processed"):
        unprocess(sandbox, report=record["ID"])
        record = _report(sandbox, record["ID"])
    if amount:
        _set_amount(sandbox, _line(sandbox, record, line), amount)
    if remove_line:
        gone = _lines(sandbox, record)[-1] if remove_line is True else _line(sandbox, record, str(remove_line))
        sandbox.store.delete("certify", "expenses", gone["ID"])
    if entity:
        _move(sandbox, record, entity)
    _total(sandbox, record)
    wanted = approval_code or sandbox.settings.certify_approval_code_on_reprocess
    code = {"same": record.get("_FormerApprovalCode", ""), "new": _new_code(sandbox)}.get(wanted, wanted)
    return _process(sandbox, _report(sandbox, record["ID"]), date or record.get("_FormerProcessedDate", ""), code)


@act
def edit_report(
    sandbox: Sandbox,
    *,
    report: str,
    changes: Mapping[str, Any] | None = None,
    line: str = "",
    line_changes: Mapping[str, Any] | None = None,
    keep_totals: bool = False,
) -> dict[str, Any]:
    """Change fields of a report (`changes`) and of one of its lines (`line_changes`; `line` is its ID, default the first).

    Totals follow the lines unless `keep_totals`, which leaves a report whose header and lines disagree.
    """
    record = _report(sandbox, report)
    if line_changes:
        one = _line(sandbox, record, line)
        sandbox.store.update("certify", "expenses", one["ID"], known_fields(EXPENSES, line_changes))
        if not keep_totals:
            _total(sandbox, record)
    return _changed(sandbox, _report(sandbox, record["ID"]), known_fields(EXPENSE_REPORTS, changes or {}))


@act
def late_receipt(
    sandbox: Sandbox, *, report: str, line: str = "", filename: str = "late-receipt.png"
) -> dict[str, Any]:
    """Add a receipt to a line (default: the first without one), whether or not the report is processed."""
    record = _report(sandbox, report)
    without = [one for one in _lines(sandbox, record) if not one.get("ReceiptID")]
    if not line and not without:
        raise CannotAct(f"Every line of report {record['ID']} has a receipt; name a line.")
    target = _line(sandbox, record, line) if line else without[0]
    receipt = sandbox.store.insert(
        "certify",
        "receipts",
        {
            "Filename": filename,
            "UploadDate": sandbox.now().date().isoformat(),
            "ExpenseID": target["ID"],
            "_ExpenseReportID": record["ID"],
            "_ExpenseDate": target.get("ExpenseDate", ""),
            "_BatchID": record.get("_BatchID", ""),
        },
    )
    link = f"https://receipts.example.com/{receipt['ID']}"
    sandbox.store.update("certify", "expenses", target["ID"], {"ReceiptID": receipt["ID"], "ReceiptImageLink": link})
    return {"report": record["ID"], "line": target["ID"], "receipt": receipt["ID"]}


@act
def reimburse(sandbox: Sandbox, *, report: str, date: str = "", transaction: str = "Manual Pay") -> dict[str, Any]:
    """Mark a report as paid to the employee on this date (default: today), by a transaction number or by hand."""
    day = _day(date) if date else sandbox.now().date().isoformat()
    return _changed(
        sandbox,
        _report(sandbox, report),
        {
            "Reimbursed": True,
            "ReimbursedDate": day,
            "ReimbursementTransactionID": transaction,
        },
    )


@act
def disapprove_line(sandbox: Sandbox, *, report: str, line: str = "") -> dict[str, Any]:
    """Disapprove a line (default: the first): it leaves the list of lines and the header's totals."""
    record = _report(sandbox, report)
    status = sandbox.settings.certify_disapproved_status
    one = _line(sandbox, record, line)
    sandbox.store.update("certify", "expenses", one["ID"], {"Status": status, "LastAction": status})
    _total(sandbox, record)
    return _changed(sandbox, _report(sandbox, record["ID"]), {})


def _report(sandbox: Sandbox, name: str) -> Record:
    return the_one(sandbox.store, "certify", "expensereports", ("ApprovalCode",), name)


def _lines(sandbox: Sandbox, report: Record) -> list[Record]:
    lines = sandbox.store.find("certify", "expenses", "ExpenseReportID", report["ID"])
    if not lines:
        raise CannotAct(f"Report {report['ID']} has no lines.")
    return lines


def _line(sandbox: Sandbox, report: Record, identity: str) -> Record:
    lines = _lines(sandbox, report)
    if not identity:
        return lines[0]
    for line in lines:
        if line["ID"] == identity.lower():
            return line
    raise CannotAct(f"Report {report['ID']} has no line {identity}.")


def _process(sandbox: Sandbox, record: Record, day: str, code: str) -> dict[str, Any]:
    day = _day(day) if day else (sandbox.now().date() - timedelta(days=1)).isoformat()
    return _changed(
        sandbox,
        record,
        {
            "Processed": True,
            "ProcessedDate": day,
            "ApprovalCode": code,
            "Status": "Processed",
            "LastAction": "Processed",
            "_BatchID": f"B-{day}",
        },
    )


def _changed(sandbox: Sandbox, record: Record, changes: Record) -> dict[str, Any]:
    """Change a report; its lines and receipts repeat what they repeat."""
    report = sandbox.store.update("certify", "expensereports", record["ID"], changes)
    repeated = {name: changes[name] for name in state.REPEATED if name in changes}
    for line in sandbox.store.find("certify", "expenses", "ExpenseReportID", record["ID"]) if repeated else ():
        sandbox.store.update("certify", "expenses", line["ID"], repeated)
    if "_BatchID" in changes:
        for receipt in sandbox.store.find("certify", "receipts", "_ExpenseReportID", record["ID"]):
            sandbox.store.update("certify", "receipts", receipt["ID"], {"_BatchID": changes["_BatchID"]})
    names = ("ID", "ApprovalCode", "ProcessedDate", "TotalAmount", "ReimAmount", "NonReimAmount")
    return {"report": report["ID"]} | {name: report.get(name, "") for name in names[1:]}


def _total(sandbox: Sandbox, record: Record) -> None:
    """Make the header's totals those of its lines that are not disapproved."""
    gone = sandbox.settings.certify_disapproved_status
    lines = [
        line
        for line in sandbox.store.find("certify", "expenses", "ExpenseReportID", record["ID"])
        if line.get("Status") != gone
    ]
    owed = sum((Decimal(line.get("ReimAmount", "0")) for line in lines), Decimal("0.00"))
    total = sum((Decimal(line.get("Amount", "0")) for line in lines), Decimal("0.00"))
    sandbox.store.update(
        "certify",
        "expensereports",
        record["ID"],
        {
            "ReimAmount": f"{owed:f}",
            "NonReimAmount": f"{total - owed:f}",
            "TotalAmount": f"{total:f}",
        },
    )


def _set_amount(sandbox: Sandbox, line: Record, amount: str) -> None:
    text = _amount(amount)
    owed = text if Decimal(line.get("ReimAmount", "0")) else "0.00"
    sandbox.store.update(
        "certify",
        "expenses",
        line["ID"],
        {
            "Amount": text,
            "ReimAmount": owed,
            "SubmittedAmount": text,
            "ConvertedAmount": text,
            "ConvertedReimAmount": owed,
        },
    )


def _move(sandbox: Sandbox, record: Record, code: str) -> None:
    glds = [gld for gld in sandbox.store.find("certify", "empglds", "Code", code) if gld.get("EmpGLDIndex") == 1]
    if not glds:
        raise CannotAct(f"Employee GLD 1 has no code {code}.")
    changes = {"EmpGLD1Name": glds[0].get("Name", ""), "EmpGLD1Code": code}
    sandbox.store.update("certify", "expensereports", record["ID"], changes)


def _new_code(sandbox: Sandbox) -> str:
    last = int(sandbox.store.get_meta("sequence/approval code") or 900_000) + 1
    sandbox.store.set_meta("sequence/approval code", last)
    return str(last)


def known_fields(resource: Resource, changes: Mapping[str, Any]) -> Record:
    """The changes as the store keeps them. Raises CannotAct for a field that the resource has not."""
    unknown = sorted(name for name in changes if name not in resource.fields and not name.startswith("_"))
    if unknown:
        raise CannotAct(f"{resource.name} has no field {', '.join(unknown)}.")
    amounts = {name for name, kind in resource.fields.items() if kind is Type.AMOUNT}
    return {name: state.amount_text(value) if name in amounts else value for name, value in changes.items()}


def _amount(text: Any) -> str:
    if not AMOUNT.fullmatch(str(text)):
        raise CannotAct(f"amount is {text!r}; it must be a decimal number such as 12.30.")
    return str(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CannotAct(f"date is {text!r}; it must be YYYY-MM-DD.") from None
