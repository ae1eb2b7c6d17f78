"""What a company's own expectations may speak of, the rows that they judge, and the reports that failed nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql

from certify_intacct.model.rules import OWN
from certify_intacct.staging.database import Connection
from certify_intacct.staging.reference import only
from certify_intacct.staging.streams import STREAMS, Stream
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES
from certify_intacct.staging.streams.stream import REFERENCE_COLUMNS, Column

#: Lines joined with the headers of their reports, whose columns begin with ``report_``.
LINES_WITH_REPORTS = "lines_with_reports"
_OF_REPORT = "report_"
#: Streams of which a row that is quarantined is left out of what a run does, beside all lists.
_QUARANTINED = (
    CERTIFY_EXPENSE_REPORTS.name, CERTIFY_EXPENSES.name, "intacct_employees", "intacct_person_vendors", "intacct_users",
)  # fmt: skip
_AT_ONCE = 5000


def columns_of(stream: Stream) -> dict[str, Column]:
    """The columns of a stream that something may be expected of."""
    return {column.name: column for column in stream.columns}


def joined_columns() -> dict[str, Column]:
    """The columns of lines that are joined with their reports."""
    own = columns_of(CERTIFY_EXPENSES)
    return own | {
        f"{_OF_REPORT}{name}": column for name, column in columns_of(CERTIFY_EXPENSE_REPORTS).items() if name != "id"
    }


def quarantines(stream: str) -> bool:
    """Whether a row of the stream that is quarantined is left out of what a run does."""
    return stream in (*_QUARANTINED, LINES_WITH_REPORTS) or STREAMS[stream].in_reference


def rows_to_judge(
    connection: Connection, load_id: int, stream: str, columns: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The rows of a load with their ``key`` and these columns, an empty text as None: both services leave out or leave empty.

    Of people, only records that stand for somebody who is to have a user.

    :param stream: a stream's name, or :data:`LINES_WITH_REPORTS`
    """
    query = _joined(load_id, columns) if stream == LINES_WITH_REPORTS else _plain(load_id, STREAMS[stream], columns)
    with connection.cursor(name=f"own_{stream}") as cursor:
        cursor.itersize = _AT_ONCE
        for row in cursor.execute(query):
            yield {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    return None if value == "" else value


def _plain(load_id: int, stream: Stream, columns: Sequence[str]) -> sql.Composed:
    (key,) = stream.key_columns
    known = columns_of(stream)
    return sql.SQL(
        """
        SELECT {columns} FROM ops.extract x JOIN staging.{table} t ON t.load_id = x.source_load_id
        WHERE x.load_id = {load} AND x.stream = {stream} AND {own} AND {judged} ORDER BY t.{key}
        """
    ).format(
        columns=_selected(key.name, [(name, _cell("t", stream, known[name])) for name in columns]),
        table=sql.Identifier(stream.table),
        load=sql.Literal(load_id),
        stream=sql.Literal(stream.name),
        own=only(stream, sql.Identifier("t")),
        judged=_judged(load_id, stream),
        key=sql.Identifier(key.name),
    )


def _joined(load_id: int, columns: Sequence[str]) -> sql.Composed:
    of_line, of_report = columns_of(CERTIFY_EXPENSES), columns_of(CERTIFY_EXPENSE_REPORTS)
    cells = [
        (name, _cell("t", CERTIFY_EXPENSES, of_line[name]))
        if name in of_line
        else (name, _cell("r", CERTIFY_EXPENSE_REPORTS, of_report[name.removeprefix(_OF_REPORT)]))
        for name in columns
    ]
    return sql.SQL(
        """
        SELECT {columns} FROM ops.extract x JOIN staging.certify_expense t ON t.load_id = x.source_load_id
        JOIN ops.extract rx ON rx.load_id = x.load_id AND rx.stream = {reports}
        JOIN staging.certify_expense_report r ON r.load_id = rx.source_load_id AND r.id = t.report_id
        WHERE x.load_id = {load} AND x.stream = {lines} ORDER BY t.id
        """
    ).format(
        columns=_selected("id", cells),
        reports=sql.Literal(CERTIFY_EXPENSE_REPORTS.name),
        load=sql.Literal(load_id),
        lines=sql.Literal(CERTIFY_EXPENSES.name),
    )


def _selected(key: str, cells: Iterable[tuple[str, sql.Composable]]) -> sql.Composed:
    named = [sql.SQL("t.{}::text AS key").format(sql.Identifier(key))]
    named += [sql.SQL("{} AS {}").format(cell, sql.Identifier(name)) for name, cell in cells if name != "key"]
    return sql.SQL(", ").join(named)


_CASTS = {"integer": "bigint", "numeric": "numeric", "date": "date", "timestamp": "timestamptz", "boolean": "boolean"}


def _cell(alias: str, stream: Stream, column: Column) -> sql.Composed:
    if not stream.in_reference or column.name in REFERENCE_COLUMNS:
        return sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(column.name))
    cast = sql.SQL(_CASTS.get(column.type, "text"))
    return sql.SQL("({}.attributes ->> {})::{}").format(sql.Identifier(alias), sql.Literal(column.name), cast)


def _judged(load_id: int, stream: Stream) -> sql.Composed:
    return sql.SQL(
        "NOT EXISTS (SELECT FROM staging.judged_person j WHERE j.load_id = {} AND j.stream = {} AND NOT j.judged "
        "AND j.recordno::text = t.{}::text)"
    ).format(sql.Literal(load_id), sql.Literal(stream.name), sql.Identifier(stream.key_columns[0].name))


@dataclass(frozen=True, kw_only=True)
class OwnFault:
    """What a report, or a line of it, failed of a company's own expectations.

    :param line: what a person calls the line; empty for the report itself
    """

    rule: str
    reason: str
    cure: str
    line: str


def own_faults(connection: Connection, load_id: int, report_ids: Collection[str]) -> Mapping[str, tuple[OwnFault, ...]]:
    """What these reports failed of a company's own expectations, by report."""
    found: dict[str, list[OwnFault]] = defaultdict(list)
    for row in connection.execute(
        """
        SELECT coalesce(e.report_id, q.key) AS report_id, q.rule, q.reason, q.cure,
               CASE WHEN e.id IS NULL THEN '' ELSE split_part(q.label, ' of report ', 1) END AS line
        FROM quality.quarantine q
        LEFT JOIN ops.extract x ON x.load_id = q.load_id AND x.stream = q.stream AND q.stream = 'certify_expenses'
        LEFT JOIN staging.certify_expense e ON e.load_id = x.source_load_id AND e.id = q.key
        WHERE q.load_id = %s AND q.stream IN ('certify_expense_reports', 'certify_expenses') AND starts_with(q.rule, %s)
          AND coalesce(e.report_id, q.key) = ANY(%s)
        ORDER BY 1, q.rule, q.label
        """,
        [load_id, OWN, list(report_ids)],
    ):
        found[row.pop("report_id")].append(OwnFault(**row))
    return {report_id: tuple(faults) for report_id, faults in found.items()}
