"""A comparison with another connector's documents: what a load planned for it, and what came of it, a row a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from typing import Any

from certify_intacct.model.documents import Document
from certify_intacct.staging.csv_file import Money, as_csv
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class ShadowReport:
    """A report of the load.

    :param waits: why not all of it would be posted, for a person
    """

    approval_code: str
    employee_id: str
    waits: str


@dataclass(frozen=True, kw_only=True)
class ShadowRow:
    """A document of either, or both of them together.

    :param outcome: ``differs``, ``only_theirs``, ``only_ours`` or ``same``
    :param kind: of ours, and ``number`` what it would be called; empty where this connector would have posted none
    :param ours: its total, and ``theirs`` that of record ``record_no`` of ``object``
    :param differences: each a line (empty: the document), a field, what they say and what ours would say
    :param note: why there is none of ours, as far as a rule says so
    """

    outcome: str
    report_id: str
    approval_code: str
    kind: str
    number: str
    payee_id: str
    entity: str
    currency: str
    ours: Decimal | None
    object: str
    record_no: str
    their_number: str
    record_url: str
    theirs: Decimal | None
    differences: Sequence[Sequence[str]]
    note: str


_NAMES = tuple(field.name for field in fields(ShadowRow))
_COLUMNS = ", ".join(_NAMES)


def reports_of(connection: Connection, load_id: int) -> dict[str, ShadowReport]:
    """The processed reports that a load read, by ID, with why they wait or are left out."""
    rows = connection.execute(
        """
        SELECT r.id, coalesce(r.approval_code, '') AS approval_code, coalesce(r.employee_id, '') AS employee_id,
               coalesce((SELECT string_agg(DISTINCT c.rule || ': ' || c.reason, ' ') FROM plan.change c
                         WHERE c.load_id = x.load_id AND c.subject = 'report' AND c.key = r.id AND c.action IN ('hold', 'skip')), '')
                   AS waits
        FROM ops.extract x JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id
        WHERE x.load_id = %s AND x.stream = 'certify_expense_reports' AND r.processed ORDER BY r.id
        """,
        [load_id],
    )
    return {
        row["id"]: ShadowReport(
            approval_code=row["approval_code"], employee_id=row["employee_id"], waits=row["waits"]
        )
        for row in rows
    }  # fmt: skip


def planned(connection: Connection, load_id: int) -> list[tuple[str, Document]]:
    """The documents of a load's plan, each with its report."""
    rows = connection.execute(
        "SELECT report_id, canonical FROM plan.document WHERE load_id = %s ORDER BY number", [load_id]
    )
    return [(row["report_id"], Document.from_canonical(bytes(row["canonical"]))) for row in rows]


def store(connection: Connection, load_id: int, rows: Sequence[ShadowRow]) -> None:
    """Keeps what came of it, in the order given; what an earlier try of the task kept goes."""
    connection.execute("DELETE FROM staging.shadow_document WHERE load_id = %s", [load_id])
    values = ", ".join(["%s"] * (len(_NAMES) + 2))
    connection.cursor().executemany(
        f"INSERT INTO staging.shadow_document (load_id, position, {_COLUMNS}) VALUES ({values})",  # noqa: S608
        [
            (
                load_id,
                position,
                *(json.dumps(value) if name == "differences" else value for name, value in _values(row)),
            )
            for position, row in enumerate(rows, start=1)
        ],
    )


def _values(row: ShadowRow) -> Iterable[tuple[str, Any]]:
    return zip(_NAMES, astuple(row), strict=True)


def counted(connection: Connection, load_id: int) -> list[dict[str, Any]]:
    """By outcome and currency how many documents, and the money of ours and theirs."""
    return connection.execute(
        """
        SELECT outcome, currency, count(*) AS documents, coalesce(sum(ours), 0) AS ours, coalesce(sum(theirs), 0) AS theirs
        FROM staging.shadow_document WHERE load_id = %s GROUP BY 1, 2 ORDER BY min(position)
        """,
        [load_id],
    ).fetchall()


def rows_of(
    connection: Connection, load_id: int, outcome: str = "", *, most: int, after: int = 0
) -> list[ShadowRow]:  # fmt: skip
    """What came of it, what asks for a look first.

    :param outcome: that one alone
    """
    rows = connection.execute(
        f"""
        SELECT {_COLUMNS} FROM staging.shadow_document WHERE load_id = %(load)s AND %(outcome)s IN ('', outcome)
        ORDER BY position LIMIT %(most)s OFFSET %(after)s
        """,  # noqa: S608
        {"load": load_id, "outcome": outcome, "most": most, "after": after},
    )
    return [ShadowRow(**row) for row in rows]


def in_csv(rows: Iterable[ShadowRow]) -> str:
    """The same as CSV: a row a field that differs, and one a document without any."""
    names = [name for name in _NAMES if name != "differences"]
    return as_csv(
        [*names, "line", "field", "theirs_say", "ours_says"],
        ([*(_cell(row, name) for name in names), *said] for row in rows for said in row.differences or [[""] * 4]),
    )


def _cell(row: ShadowRow, name: str) -> object:
    value = getattr(row, name)
    return Money(value, row.currency) if name in ("ours", "theirs") else value
