"""What Intacct's own meter told (``ops.api_metered``), beside what we had counted when it was asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from certify_intacct.staging.csv_file import as_csv
from certify_intacct.staging.database import Connection

Whose = Literal["ours", "others", "all"]

#: What Intacct tells of a day may still grow for as long, and is asked again.
SETTLED_AFTER = timedelta(days=3)
#: How far back the meter tells, by the vendor's help.
KEPT = timedelta(days=60)

COLUMNS = ("month", "since", "counted", "intacct", "difference", "others", "all", "read_at")


@dataclass(frozen=True, kw_only=True)
class MeteredCalls:
    """What Intacct told of a day, or of the month that begins on it.

    :param whose: by our sender and user, by others, or by all where it does not tell them apart
    """

    day: date
    monthly: bool
    whose: Whose
    calls: int


def since(connection: Connection, intacct_company: str, today: date) -> date:
    """From which day on the meter is asked: what it told before is settled."""
    row = connection.execute(
        "SELECT max(read_at)::date AS day FROM ops.api_metered WHERE company = %s", [intacct_company]
    ).fetchone()
    return max(today - KEPT, row["day"] - SETTLED_AFTER) if row and row["day"] else today - KEPT


def keep(connection: Connection, intacct_company: str, told: Sequence[MeteredCalls], first: date) -> None:
    """Keeps what the meter told from a day on, in place of what it told of these days before, each with what we have counted.

    :param told: of days from ``first`` on, and of whole months
    """
    months = [one.day for one in told if one.monthly]
    connection.execute(
        """
        DELETE FROM ops.api_metered WHERE company = %(company)s
          AND (day >= %(first)s OR monthly AND day >= date_trunc('month', %(first)s::date)
               OR date_trunc('month', day) = ANY(%(months)s))
        """,
        {"company": intacct_company, "first": first, "months": months},
    )
    connection.cursor().executemany(
        """
        INSERT INTO ops.api_metered (company, day, monthly, whose, calls, counted)
        SELECT %(company)s, %(day)s, %(monthly)s, %(whose)s, %(calls)s, coalesce(sum(written + pages), 0) FROM ops.api_use
        WHERE service = 'intacct' AND company = %(company)s AND day >= %(day)s
          AND day < %(day)s::date + CASE WHEN %(monthly)s THEN interval '1 month' ELSE interval '1 day' END
        """,
        [
            {"company": intacct_company, "day": one.day, "monthly": one.monthly, "whose": one.whose, "calls": one.calls}
            for one in told
        ],
    )


def by_month(connection: Connection, intacct_company: str, *, months: int, today: date) -> list[dict[str, Any]]:
    """By month, newest first, what we counted, and what Intacct told beside it.

    Where it told of a month, both are of the same days: those of which both tell; ``since`` is the first of them. ``intacct`` is what
    it told of ours, ``difference`` that less what we counted. Where it tells nobody apart both are null, and ``all`` is all callers'.
    """
    return connection.execute(
        """
        WITH used AS (
            SELECT date_trunc('month', day)::date AS month, min(day) AS day, sum(written + pages)::bigint AS billed
            FROM ops.api_use WHERE service = 'intacct' AND company = %(company)s
              AND day >= (date_trunc('month', %(today)s::date) - make_interval(months => %(months)s - 1))::date
            GROUP BY 1
        ), began AS (
            SELECT min(day) AS day FROM ops.api_use WHERE service = 'intacct' AND company = %(company)s
        ), days AS (
            -- What nobody asked on a day, the meter does not list.
            SELECT date_trunc('month', m.day)::date AS month, m.day, max(m.counted) AS counted,
                   sum(m.calls) FILTER (WHERE m.whose = 'ours') AS ours, sum(m.calls) FILTER (WHERE m.whose = 'others') AS others,
                   sum(m.calls) FILTER (WHERE m.whose = 'all') AS every, max(m.read_at) AS read_at
            FROM ops.api_metered m, began
            WHERE m.company = %(company)s AND (m.day >= began.day OR m.monthly AND m.day >= date_trunc('month', began.day))
            GROUP BY m.day, m.monthly
        ), told AS (
            SELECT month, min(day) AS day, sum(counted)::bigint AS counted, count(every) > 0 AS mixed,
                   coalesce(sum(ours), 0)::bigint AS ours, coalesce(sum(others), 0)::bigint AS others, sum(every)::bigint AS every,
                   max(read_at) AS read_at
            FROM days GROUP BY month
        )
        SELECT u.month, greatest(u.day, t.day) AS since, coalesce(t.counted, u.billed) AS counted,
               CASE WHEN NOT t.mixed THEN t.ours END AS intacct, CASE WHEN NOT t.mixed THEN t.ours - t.counted END AS difference,
               CASE WHEN NOT t.mixed THEN t.others END AS others, t.every AS "all", t.read_at
        FROM used u LEFT JOIN told t USING (month) ORDER BY u.month DESC
        """,
        {"company": intacct_company, "months": months, "today": today},
    ).fetchall()


def in_csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows of :func:`by_month` as CSV with their headings."""
    return as_csv(COLUMNS, ([_cell(row, name) for name in COLUMNS] for row in rows))


def _cell(row: dict[str, Any], name: str) -> object:
    match name:
        case "month":
            return f"{row[name]:%Y-%m}"
        case "read_at":
            return row[name] and row[name].isoformat(timespec="seconds")
        case _:
            return row[name]
