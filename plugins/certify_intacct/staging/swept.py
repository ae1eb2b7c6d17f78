"""The headers that a sweep lists: they lie in a table while it lasts, and are compared there. Memory holds one page of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from psycopg import sql

from certify_intacct.model.periods import Period
from certify_intacct.model.reports import INVOICES, ExpenseReport
from certify_intacct.staging.bulk import stage_pages
from certify_intacct.staging.database import Connection
from certify_intacct.staging.expenses import ordered_rows, report_of_row
from certify_intacct.staging.streams.expense import CERTIFY_EXPENSE_REPORTS

_SWEPT = replace(CERTIFY_EXPENSE_REPORTS, name="certify_swept_reports", table="certify_swept_report")


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A sweep that came to its end.

    :param hours: how long ago
    """

    load_id: int
    swept_at: datetime
    hours: float


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Reports of dates that no run has covered: their own runs will do them."""

    reports: int
    days: tuple[date, ...]


def last_sweep(connection: Connection) -> Sweep | None:
    """The sweep that came to its end last."""
    row = connection.execute(
        """
        SELECT load_id, swept_at, extract(epoch FROM now() - swept_at)::float / 3600 AS hours FROM ops.sweep
        ORDER BY swept_at DESC LIMIT 1
        """
    ).fetchone()
    return Sweep(**row) if row else None


def stage(connection: Connection, load_id: int, pages: Iterable[Sequence[Mapping[str, Any]]]) -> int:
    """Lists the headers of a load's sweep, all of them or none; returns how many there are."""
    return stage_pages(connection, _SWEPT, load_id, pages).rows


def set_earlier_aside(connection: Connection, load_id: int, certify_company: str, first: date) -> int:
    """Takes what was processed before ``first`` from what a load's sweep lists, and keeps since when it is known to be processed.

    :returns: how many headers that were
    """
    values = {"load": load_id, "company": certify_company, "first": first}
    connection.execute(
        """
        INSERT INTO ledger.processed_before (certify_company, report_id, processed_date)
        SELECT %(company)s, id, processed_date FROM staging.certify_swept_report
        WHERE load_id = %(load)s AND processed_date < %(first)s AND processed AND NOT 'id' = ANY(unreadable)
        ON CONFLICT DO NOTHING
        """,
        values,
    )
    return connection.execute(
        "DELETE FROM staging.certify_swept_report WHERE load_id = %(load)s AND processed_date < %(first)s", values
    ).rowcount


def finish(connection: Connection, load_id: int, first: date, headers: int) -> None:
    """Notes that all that the sweep of a load found is in the load, and lets the headers go."""
    connection.execute("DELETE FROM staging.certify_swept_report WHERE load_id = %s", [load_id])
    connection.execute(
        """
        INSERT INTO ops.sweep (load_id, first_date, headers) VALUES (%s, %s, %s)
        ON CONFLICT (load_id) DO UPDATE SET first_date = EXCLUDED.first_date, headers = EXCLUDED.headers, swept_at = now()
        """,
        [load_id, first, headers],
    )


def unseen(connection: Connection, load_id: int, today: date, aside: Collection[str]) -> tuple[list[str], Waiting]:
    """What no run has dealt with: the reports that are late or lie in the future, and those whose dates wait for a run of their own.

    Dealt with is what a load that was no preview planned, with an outcome, and what is in the ledger. A report that was planned and
    then not reached, or left to another entity's run, is not.

    :param aside: reports that the load reads in any case
    """
    # Each report is looked up by its ID, and lists are hashed, whatever PostgreSQL knows of the tables.
    rows = connection.execute(
        """
        WITH unseen AS MATERIALIZED (
            SELECT s.id, s.processed_date AS day FROM staging.certify_swept_report s
            WHERE s.load_id = %(load)s AND NOT 'id' = ANY(s.unreadable) AND s.id NOT IN (SELECT unnest(%(aside)s::text[]))
              AND NOT EXISTS (SELECT FROM staging.certify_expense_report e WHERE e.load_id = %(load)s AND e.id = s.id)
              AND NOT EXISTS (SELECT FROM ledger.report r WHERE r.report_id = s.id)
              AND NOT EXISTS (
                  SELECT FROM plan.change c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
                  WHERE c.subject = 'report' AND c.key = s.id AND c.rule <> 'other_entity'
                    AND (c.action <> 'post' OR EXISTS (SELECT FROM plan.outcome o WHERE o.change_id = c.change_id))
              )
        ), judged AS (
            SELECT id, day, coalesce(
                day <= %(today)s AND day NOT IN (SELECT c.day FROM ops.covered_date c WHERE c.direction = 'expense'), false
            ) AS waits FROM unseen
        )
        SELECT CASE WHEN NOT waits THEN id END AS late, CASE WHEN waits THEN day END AS day, count(*) AS n
        FROM judged GROUP BY 1, 2 ORDER BY 1, 2
        """,
        {"load": load_id, "today": today, "aside": list(aside)},
    ).fetchall()
    waiting = [row for row in rows if row["late"] is None]
    return [row["late"] for row in rows if row["late"] is not None], Waiting(
        reports=sum(row["n"] for row in waiting), days=tuple(row["day"] for row in waiting)
    )


def done_before(connection: Connection, load_id: int, certify_company: str) -> Iterator[ExpenseReport]:
    """The headers, as they are now, of the reports that the ledger knows, and of the processed ones with which a plan was done though
    nothing of them is posted: left out, or taken out of the connector's hands by a person."""
    condition = sql.SQL(
        "t.load_id = {load} AND (EXISTS (SELECT FROM ledger.report r WHERE r.certify_company = {company} AND r.report_id = t.id) "
        "OR t.processed AND EXISTS (SELECT FROM ops.settled_report s WHERE s.certify_company = {company} AND s.report_id = t.id))"
    ).format(load=sql.Literal(load_id), company=sql.Literal(certify_company))
    return map(report_of_row, ordered_rows(connection, _SWEPT, condition, ["id"]))


def shown_processed(connection: Connection, load_id: int, report_ids: Collection[str]) -> dict[str, bool]:
    """Of these reports, those that the sweep listed, and whether they are processed."""
    rows = connection.execute(
        """
        SELECT id, coalesce(processed, false) AS processed FROM staging.certify_swept_report
        WHERE load_id = %s AND id = ANY(%s)
        """,
        [load_id, list(report_ids)],
    ).fetchall()
    return {row["id"]: row["processed"] for row in rows}


def give(connection: Connection, load_id: int, report_ids: Collection[str]) -> int:
    """Adds the headers of these reports, as the sweep listed them, to what the load has staged; returns how many."""
    return _give(connection, load_id, sql.SQL("id = ANY({})").format(sql.Literal(list(report_ids))))


def give_nameless(connection: Connection, load_id: int, period: Period) -> int:
    """The same for processed reports without an ID that can be read, of other dates than the load's own."""
    other = sql.SQL("processed AND 'id' = ANY(unreadable) AND (processed_date BETWEEN {} AND {}) IS NOT TRUE")
    return _give(connection, load_id, other.format(sql.Literal(period.start), sql.Literal(period.end)))


def _give(connection: Connection, load_id: int, condition: sql.Composable) -> int:
    names = ["load_id", *(column.name for column in _SWEPT.columns), "unreadable", "raw"]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    return connection.execute(
        sql.SQL(
            "INSERT INTO staging.certify_expense_report ({0}) SELECT {0} FROM staging.certify_swept_report "
            "WHERE load_id = {1} AND {2} ON CONFLICT DO NOTHING"
        ).format(columns, sql.Literal(load_id), condition)
    ).rowcount


def posted_and_missing(
    connection: Connection, load_id: int, certify_company: str, first: date
) -> dict[str, tuple[str, date]]:
    """Reports with a live document, processed not before ``first``, that the sweep does not show as processed: labels and dates."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (r.report_id) r.report_id, r.label, r.processed_date FROM ledger.report r
        JOIN ledger.document d USING (certify_company, report_id, sequence)
        WHERE r.certify_company = %s AND r.processed_date >= %s
          AND d.state IN ('sending', 'in_doubt', 'accepted', 'in_gl', 'declined', 'altered')
          AND NOT EXISTS (
              SELECT FROM staging.certify_swept_report s WHERE s.load_id = %s AND s.id = r.report_id AND s.processed
          )
        ORDER BY r.report_id, r.sequence DESC
        """,
        [certify_company, first, load_id],
    ).fetchall()
    return {row["report_id"]: (row["label"], row["processed_date"]) for row in rows}


def posted_invoices(
    connection: Connection, certify_company: str, first: date, last: date | None = None
) -> frozenset[str]:
    """The invoice reports with a live document that were processed not before ``first``, and not after ``last``: lists are asked for
    them, whatever connector.yaml says of invoices by now."""
    rows = connection.execute(
        """
        SELECT DISTINCT r.report_id FROM ledger.report r JOIN ledger.document d USING (certify_company, report_id, sequence)
        WHERE r.certify_company = %s AND r.processed_date BETWEEN %s AND %s AND starts_with(r.report_id, %s)
          AND d.state IN ('sending', 'in_doubt', 'held', 'accepted', 'in_gl', 'declined', 'altered')
        """,
        [certify_company, first, last or date.max, INVOICES],
    ).fetchall()
    return frozenset(row["report_id"] for row in rows)


def cleared_and_unpaid(connection: Connection, load_id: int, certify_company: str) -> list[str]:
    """Reports that Intacct has as paid elsewhere, and of which the sweep lists no payment that is beyond doubt."""
    rows = connection.execute(
        """
        SELECT s.id FROM staging.certify_swept_report s
        CROSS JOIN LATERAL (SELECT lower(btrim(coalesce(s.reimbursement_transaction_id, '')))) AS t (said)
        WHERE s.load_id = %(load)s AND s.processed AND NOT 'reimbursed' = ANY(s.unreadable)
          AND NOT CASE WHEN t.said ~ '^0*$' THEN coalesce(s.reimbursed, false) ELSE t.said ~ '^([0-9]+|manual pay)$' END
          AND EXISTS (
              SELECT FROM ledger.document d WHERE d.certify_company = %(company)s AND d.report_id = s.id
                AND d.state IN ('accepted', 'in_gl', 'declined', 'altered')
                -- As the partial index has it.
                AND position('"paid":"elsewhere"'::bytea IN d.canonical) > 0
          )
        """,
        {"load": load_id, "company": certify_company},
    ).fetchall()
    return [row["id"] for row in rows]


# Reports of which Intacct has, or may have, something.
_POSTED = """
FROM staging.certify_swept_report s WHERE s.load_id = %s AND s.processed_date IS NOT NULL AND EXISTS (
    SELECT FROM ledger.document d WHERE d.certify_company = %s AND d.report_id = s.id
      AND d.state IN ('sending', 'in_doubt', 'held', 'accepted', 'in_gl', 'declined', 'altered')
)
"""


def posted_days(connection: Connection, load_id: int, certify_company: str) -> list[date]:
    """The dates on which reports were processed of which Intacct has, or may have, something."""
    rows = connection.execute(
        f"SELECT DISTINCT s.processed_date AS day {_POSTED}", [load_id, certify_company]
    ).fetchall()
    return [row["day"] for row in rows]


def posted_on(connection: Connection, load_id: int, certify_company: str, days: Sequence[date]) -> set[str]:
    """Those reports that were processed on these dates."""
    rows = connection.execute(
        f"SELECT s.id {_POSTED} AND s.processed_date = ANY(%s)", [load_id, certify_company, list(days)]
    ).fetchall()
    return {row["id"] for row in rows}
