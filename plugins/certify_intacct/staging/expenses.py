"""The expense streams of a load as the model's records, without what validation quarantined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from psycopg import sql

from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.reports import ZERO, ExpenseLine, ExpenseReport, Invoice, of_invoices
from certify_intacct.staging.bulk import read_record
from certify_intacct.staging.database import Connection
from certify_intacct.staging.own_expectations import OwnFault, own_faults
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES
from certify_intacct.staging.streams.stream import Stream
from certify_intacct.staging.values import shown

# So many rows come from the server at a time.
_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class StagedReport:
    """A report with its lines, as staged.

    :param has_receipts: whether any line names a receipt
    """

    report: ExpenseReport
    lines: tuple[ExpenseLine, ...]
    has_receipts: bool


@dataclass(frozen=True, kw_only=True)
class QuarantinedReport:
    """A report that validation took out, with what it found in the header and in all lines.

    :param known: whether its ID could be read; without it nothing can be asked about it again
    :param own: what it failed of the company's own expectations, when it failed nothing else: it is planned then, and waits by these
    """

    report_id: str
    label: str
    processed_date: date | None
    reasons: str
    known: bool
    own: tuple[OwnFault, ...] = ()


def quarantined_reports(connection: Connection, load_id: int) -> list[QuarantinedReport]:
    """The reports that failed themselves or through one of their lines.

    A line whose report cannot be read may be one of any report of its employee and day: amounts that cancel each other out would not
    be missed, so all of these are taken out.
    """
    rows = connection.execute(
        """
        WITH fault AS (
            SELECT q.key AS report_id, q.label || ': ' || q.reasons AS reasons, q.own FROM quality.quarantined q
            WHERE q.load_id = %(load)s AND q.stream = 'certify_expense_reports'
            UNION ALL
            SELECT e.report_id, q.label || ': ' || q.reasons, q.own FROM quality.quarantined q
            JOIN ops.extract x ON x.load_id = q.load_id AND x.stream = q.stream
            JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
            WHERE q.load_id = %(load)s AND q.stream = 'certify_expenses'
            UNION ALL
            SELECT r.id, 'perhaps of this report, ' || q.label || ': ' || q.reasons, false FROM quality.quarantined q
            JOIN ops.extract x ON x.load_id = q.load_id AND x.stream = q.stream
            JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key AND e.report_id IS NULL
            JOIN ops.extract rx ON rx.load_id = q.load_id AND rx.stream = 'certify_expense_reports'
            JOIN staging.certify_expense_report r ON r.load_id = rx.source_load_id AND r.employee_id = e.employee_id
                AND coalesce(r.processed_date = e.processed_date, true)
            WHERE q.load_id = %(load)s AND q.stream = 'certify_expenses'
        )
        SELECT r.id AS report_id, r.processed_date, string_agg(DISTINCT f.reasons, ' ') AS reasons,
               NOT 'id' = ANY(r.unreadable) AS known, bool_and(f.own) AS only_own
        FROM fault f
        JOIN ops.extract x ON x.load_id = %(load)s AND x.stream = 'certify_expense_reports'
        JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id AND r.id = f.report_id
        GROUP BY r.id, r.unreadable, r.processed_date ORDER BY r.id
        """,
        {"load": load_id},
    ).fetchall()
    # Joined to the view, it would be left to statistics how often the view is worked out.
    labels = {
        row["key"]: row["label"]
        for row in connection.execute(
            "SELECT key, label FROM quality.certify_expense_reports_verdicts WHERE load_id = %s AND key = ANY(%s)",
            [load_id, [row["report_id"] for row in rows]],
        )
    }
    own = own_faults(connection, load_id, [row["report_id"] for row in rows if row["only_own"]])
    return [
        QuarantinedReport(
            report_id=row["report_id"],
            label=labels[row["report_id"]],
            processed_date=row["processed_date"],
            reasons=row["reasons"],
            known=row["known"],
            own=own.get(row["report_id"], ()),
        )
        for row in rows
    ]


def staged_reports(connection: Connection, load_id: int) -> Iterator[StagedReport]:
    """Every report of the load, quarantined or not, with its lines, by ID; read as they are asked for, in one transaction."""
    lines = groupby(
        _rows(connection, load_id, CERTIFY_EXPENSES, ["report_id", "id"]), key=lambda line: line["report_id"] or ""
    )
    at, of_one = next(lines, _NO_MORE)
    for row in _rows(connection, load_id, CERTIFY_EXPENSE_REPORTS, ["id"]):
        # Lines of which no report was read are passed over.
        while at is not None and at < row["id"]:
            at, of_one = next(lines, _NO_MORE)
        own = list(of_one) if at == row["id"] else []
        yield StagedReport(
            report=report_of_row(row),
            lines=tuple(_line(item) for item in own),
            has_receipts=any(item["receipt_id"] for item in own),
        )


def staged_count(connection: Connection, load_id: int) -> int:
    """How many reports were read for a load: about as many as :func:`staged_reports` gives, without looking at each."""
    row = connection.execute(
        "SELECT row_count FROM ops.extract WHERE load_id = %s AND stream = %s", [load_id, CERTIFY_EXPENSE_REPORTS.name]
    ).fetchone()
    return int(row["row_count"]) if row else 0


_NO_MORE: tuple[str | None, Iterator[dict[str, Any]]] = (None, iter(()))


def report_of(record: Mapping[str, Any]) -> tuple[ExpenseReport, list[str]]:
    """A header as Certify gives it, and what of it cannot be read (field and value, for a person)."""
    row, unreadable = _as_row(CERTIFY_EXPENSE_REPORTS, record)
    return report_of_row(row), unreadable


def line_of(record: Mapping[str, Any]) -> tuple[ExpenseLine, list[str]]:
    """A line as Certify gives it, and what of it cannot be read (field and value, for a person)."""
    row, unreadable = _as_row(CERTIFY_EXPENSES, record)
    return _line(row), unreadable


def _as_row(stream: Stream, record: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A record as it would come back from its staging table."""
    values, unreadable = read_record(stream, record)
    row = {column.name: value for column, value in zip(stream.columns, values, strict=True)}
    return row | {"id": row["id"] or ""}, [shown(column.source, record.get(column.source)) for column in unreadable]


def _rows(connection: Connection, load_id: int, stream: Stream, order: Sequence[str]) -> Iterator[dict[str, Any]]:
    read_by = sql.SQL("t.load_id = (SELECT x.source_load_id FROM ops.extract x WHERE x.load_id = {} AND x.stream = {})")
    return ordered_rows(connection, stream, read_by.format(sql.Literal(load_id), sql.Literal(stream.name)), order)


def ordered_rows(
    connection: Connection, stream: Stream, condition: sql.Composable, order: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The rows ``t`` of a stream's table for which a condition holds, ordered as Python orders texts; read as they are asked for."""
    # Not `*`: the record as received lies beside the columns and is large.
    query = sql.SQL("SELECT {} FROM {} t WHERE {} ORDER BY {}").format(
        sql.SQL(", ").join(sql.Identifier("t", column.name) for column in stream.columns),
        sql.Identifier("staging", stream.table),
        condition,
        sql.SQL(", ").join(sql.SQL('{} COLLATE "C"').format(sql.Identifier("t", name)) for name in order),
    )
    with connection.cursor(name=f"rows_of_{stream.table}") as cursor:
        cursor.itersize = _AT_ONCE
        yield from cursor.execute(query)


def report_of_row(row: Mapping[str, Any]) -> ExpenseReport:
    """A header as a staging table has it."""
    texts = (
        "employee_id", "first_name", "last_name", "name", "description", "currency", "approval_code", "status",
        "initial_approver_email", "reimbursement_transaction_id",
    )  # fmt: skip
    values = (
        "total_amount",
        "reim_amount",
        "non_reim_amount",
        "submitted_date",
        "end_date",
        "processed_date",
        "reimbursed_date",
    )
    fields: dict[str, Any] = {name: row[name] or "" for name in texts} | {name: row[name] for name in values}
    return ExpenseReport(
        id=row["id"],
        processed=bool(row["processed"]),
        reimbursed=bool(row["reimbursed"]),
        employee_gld_codes={n: row[f"emp_gld{n}_code"] for n in GLD_NUMBERS if row[f"emp_gld{n}_code"]},
        **fields,
    )


def _line(row: Mapping[str, Any]) -> ExpenseLine:
    texts = (
        "report_id", "employee_id", "email", "department_code", "department_name", "category", "category_gl_code", "currency",
        "submitted_currency", "converted_currency", "vendor", "location", "reason", "card_name", "card_last", "card_transaction_id",
        "status",
    )  # fmt: skip
    values = (
        "amount", "reim_amount", "submitted_amount", "converted_amount", "converted_reim_amount", "expense_date", "posting_date",
    )  # fmt: skip
    fields: dict[str, Any] = {name: row[name] or "" for name in texts} | {name: row[name] for name in values}
    fields |= {name: row[name] or ZERO for name in ("vat_amount", "hst_amount", "pst_amount")}
    return ExpenseLine(
        id=row["id"],
        reimbursable=bool(row["reimbursable"]),
        billable=bool(row["billable"]),
        report_gld_codes={n: row[f"report_gld{n}_code"] for n in GLD_NUMBERS if row[f"report_gld{n}_code"]},
        invoice=_invoice(row) if of_invoices(row["report_id"] or "") else None,
        **fields,
    )


def _invoice(row: Mapping[str, Any]) -> Invoice:
    names = ("vendor_code", "vendor_id", "po_number", "po_name", "image_link")
    texts = {name: row[name] or "" for name in names}
    return Invoice(number=row["invoice_number"] or "", due_date=row["due_date"], **texts)
