"""The hash by which a report is seen to have changed since it was posted.

Only what the business means goes in. What moves without anybody changing the report stays out: whether it was reimbursed, whether
some other system synchronized it, receipts that arrive later, and the approval code, of which nobody says whether it survives
reprocessing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from certify_intacct.model.content import content_hash
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import ExpenseLine, ExpenseReport

_REPORT_FIELDS = ("id", "employee_id", "currency", "total_amount", "reim_amount", "non_reim_amount", "processed_date")
_TOTALS = ("total_amount", "reim_amount", "non_reim_amount")
_LINE_FIELDS = (
    "id", "department_code", "category", "category_gl_code", "amount", "reim_amount", "reimbursable", "currency",
    "converted_amount", "converted_reim_amount", "converted_currency", "expense_date", "posting_date", "vendor", "reason", "billable",
    "vat_amount", "hst_amount", "pst_amount", "card_name", "card_last", "card_transaction_id",
)  # fmt: skip


def business_content(report: ExpenseReport, lines: Iterable[ExpenseLine]) -> dict[str, Any]:
    """The business fields as JSON values: the report's, and each line's by its ID."""
    kept = sorted((line for line in lines if not line.disapproved), key=lambda line: line.id)
    return {
        "report": {**_pick(report, _REPORT_FIELDS), "employee_glds": _codes(report.employee_gld_codes)},
        "lines": {
            line.id: {**_pick(line, _LINE_FIELDS), "report_glds": _codes(line.report_gld_codes)} for line in kept
        },
    }


def part_content(content: Mapping[str, Any], payer: Payer, expense_ids: Iterable[str]) -> dict[str, Any]:
    """What of a report's business content is one document's: its own lines, without the totals of the whole report.

    A line that the content has not is left out.
    """
    report = {name: value for name, value in content["report"].items() if name not in _TOTALS}
    lines = {line_id: content["lines"][line_id] for line_id in sorted(expense_ids) if line_id in content["lines"]}
    return {"payer": payer.value, "report": report, "lines": lines}


def source_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what ``business_content`` or ``part_content`` gave."""
    return content_hash(content)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two business contents, each as a short sentence for a person."""
    found = [f"{name}: {old!r} became {new!r}" for name, old, new in _changed(before["report"], after["report"])]
    for line_id in sorted(before["lines"].keys() | after["lines"].keys()):
        old_line, new_line = before["lines"].get(line_id), after["lines"].get(line_id)
        if new_line is None:
            found.append(f"line {line_id} ({old_line['amount']} {old_line['currency']}) is gone")
        elif old_line is None:
            found.append(f"line {line_id} ({new_line['amount']} {new_line['currency']}) is new")
        else:
            found += [
                f"line {line_id} {name}: {old!r} became {new!r}" for name, old, new in _changed(old_line, new_line)
            ]
    return found


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _pick(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # 10.5 and 10.50 are the same amount.
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, date) else value


def _codes(codes: Mapping[int, str]) -> dict[str, str]:
    return {str(number): code for number, code in sorted(codes.items()) if code}
