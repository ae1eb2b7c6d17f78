"""The hash by which a report is seen to have changed since it was posted.

Only what the business means goes in. What moves without anybody changing the report stays out: whether it was reimbursed, whether
some other system synchronized it, receipts that arrive later, and the approval code, of which nobody says whether it survives
reprocessing. A date of the header goes in for the payer whose documents have it by connector.yaml, and for nobody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.configuration.tax import BY_LOCATION
from certify_intacct.model.content import content_hash
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.rules.expenses.dates import dated_by

_REPORT_FIELDS = ("id", "employee_id", "currency", "total_amount", "reim_amount", "non_reim_amount", "processed_date")
#: Of a header what is said of the whole report.
TOTALS = ("total_amount", "reim_amount", "non_reim_amount")
_LINE_FIELDS = (
    "id", "department_code", "category", "category_gl_code", "amount", "reim_amount", "reimbursable", "currency",
    "converted_amount", "converted_reim_amount", "converted_currency", "expense_date", "posting_date", "vendor", "reason", "billable",
    "vat_amount", "hst_amount", "pst_amount", "card_name", "card_last", "card_transaction_id",
)  # fmt: skip
#: What of a line decides about money where connector.yaml has it so. Forms of before have none of it, and neither have those of
#: companies that do not use it; where either of two has not, it is no difference.
ALSO = ("location",)
#: The same of a header: by payer the date that its documents have. In a document's own content it is a field like any other.
DATED_BY = "dated_by"
DATES = ("submitted_date", "end_date", "reimbursed_date")
_LEARNT = frozenset({*ALSO, *DATES, DATED_BY})
# None of an expense's: what is in ledgers already stays as it is.
_INVOICE_FIELDS = ("number", "vendor_code", "vendor_id", "due_date", "po_number")
# A report's amounts are proven together, and so is whose they are.
_OF_THE_REPORT = (
    "amount", "reim_amount", "reimbursable", "currency", "converted_amount", "converted_reim_amount", "converted_currency",
    "report_glds",
)  # fmt: skip


def also_decides(configuration: Configuration) -> tuple[str, ...]:
    """Which of ``ALSO`` a company uses."""
    return ALSO if configuration.posting.tax.country == BY_LOCATION else ()


def content_for(
    report: ExpenseReport,
    lines: Iterable[ExpenseLine],
    configuration: Configuration,
    released: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Any]:
    """``business_content`` with what decides where connector.yaml is as it is.

    :param released: rules that persons overruled of the report, by the hash of what they decided about
    """
    overruled = frozenset(rule for rules in (released or {}).values() for rule in rules)
    dated = dated_by(report, configuration.posting, overruled)
    return business_content(report, lines, also_decides(configuration), dated)


def business_content(
    report: ExpenseReport,
    lines: Iterable[ExpenseLine],
    also: Iterable[str] = (),
    dated: Mapping[Payer, str] | None = None,
) -> dict[str, Any]:
    """The business fields as JSON values: the report's, and each line's by its ID.

    :param also: those of ``ALSO`` that the company uses
    :param dated: of ``DATES`` the one that dates a payer's documents
    """
    kept = sorted((line for line in lines if not line.disapproved), key=lambda line: line.id)
    return {"report": report_content(report, dated), "lines": {line.id: line_content(line, also) for line in kept}}


def report_content(report: ExpenseReport, dated: Mapping[Payer, str] | None = None) -> dict[str, Any]:
    """The business fields of a header."""
    by_payer = {payer.value: _pick(report, [name]) for payer, name in (dated or {}).items()}
    content = {**_pick(report, _REPORT_FIELDS), "employee_glds": _codes(report.employee_gld_codes)}
    return content | ({DATED_BY: by_payer} if by_payer else {})


def line_content(line: ExpenseLine, also: Iterable[str] = ()) -> dict[str, Any]:
    """The business fields of a line."""
    invoice = {} if line.invoice is None else _pick(line.invoice, _INVOICE_FIELDS)
    return {**_pick(line, (*_LINE_FIELDS, *also)), **invoice, "report_glds": _codes(line.report_gld_codes)}


def part_content(content: Mapping[str, Any], payer: Payer, expense_ids: Iterable[str]) -> dict[str, Any]:
    """What of a report's business content is one document's: its own lines and its date, without the totals of the whole report.

    A line that the content has not is left out.
    """
    report = {name: value for name, value in content["report"].items() if name not in (*TOTALS, DATED_BY)}
    report |= content["report"].get(DATED_BY, {}).get(payer.value, {})
    lines = {line_id: content["lines"][line_id] for line_id in sorted(expense_ids) if line_id in content["lines"]}
    return {"payer": payer.value, "report": report, "lines": lines}


def plain_form(content: Mapping[str, Any]) -> dict[str, Any]:
    """What ``business_content`` or ``part_content`` gave as a company has it that uses none of ``ALSO`` and ``DATES``."""
    return _without(_without(content, "lines"), "report")


def forms(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The hashes of what ``business_content`` or ``part_content`` gave, as it is and as whoever uses less has it, or had it."""
    return tuple(
        dict.fromkeys(
            source_hash(_without(_without(content, *some), *others))
            for some, others in product(((), ("lines",)), ((), ("report",)))
        )
    )


def _without(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Content of whose lines, or whose report, nothing is left that only some companies use."""
    found = dict(content)
    if "lines" in names:
        found["lines"] = {line_id: _plainly(line) for line_id, line in content["lines"].items()}
    if "report" in names:
        found["report"] = _plainly(content["report"])
    return found


def _plainly(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _LEARNT}


def source_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what ``business_content`` or ``part_content`` gave."""
    return content_hash(content)


def recoded(before: Mapping[str, Any], now: Mapping[str, Any], apart: Collection[str] = ()) -> list[str]:
    """What of a report's lines speaks against sending a document that was planned from them, each a short sentence for a person.

    Lines that are new do not: the header's totals are those of the planned ones, and what else is added is planned beside them.

    :param before: the report's lines as they were planned, by ID
    :param now: the same as Certify has them now
    :param apart: lines of other documents, whose coding is no matter of this one; what counts for the whole report is
    """
    changed = {
        line_id: line
        for line_id, line in before.items()
        if line_id not in apart
        or line_id not in now
        or any(line.get(name) != now[line_id].get(name) for name in _OF_THE_REPORT)
    }
    return differences(
        {"report": {}, "lines": changed}, {"report": {}, "lines": {id_: now[id_] for id_ in changed if id_ in now}}
    )


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
        if before.get(name) != after.get(name) and not (name in _LEARNT and not (name in before and name in after))
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
