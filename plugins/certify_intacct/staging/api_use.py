"""What was asked of the services (``ops.api_use``): written down at the end of a task and every half minute, and added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from certify_intacct.model.api_use import MonthOfCalls, month_of_calls
from certify_intacct.model.configuration import CompanyConfiguration
from certify_intacct.staging.csv_file import as_csv
from certify_intacct.staging.database import Connection, Database
from certify_intacct.transport.metering import Use

Rows = list[dict[str, Any]]

COLUMNS = ("month", "service", "function", "object", "requests", "functions", "billed", "failed", "unanswered")  # fmt: skip
#: How far back a rate of days is taken from.
_RATE_DAYS = 28


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Which task asks, and in whose name.

    :param load_id: 0 where it works on none
    :param companies: the company at each service
    :param zone: in which a day begins and ends
    """

    load_id: int
    dag_id: str
    run_id: str
    task: str
    companies: Mapping[str, str]
    zone: ZoneInfo


def keeper(database: Database, whose: Whose) -> Callable[[Use], None]:
    """What a meter hands its count over to. It opens a transaction of its own."""

    def keep(use: Use) -> None:
        with database.connection() as connection:
            add(connection, whose, use)

    return keep


def add(connection: Connection, whose: Whose, use: Use) -> None:
    """Adds a count to today's."""
    # In one order, whoever else adds to the same rows: so nobody waits for somebody who waits for them.
    rows = [(asked, *astuple(count)) for asked, count in sorted(use.items())]
    connection.execute(
        """
        INSERT INTO ops.api_use (day, service, company, load_id, dag_id, run_id, task, function, object,
                                 requests, functions, written, pages, failed, unanswered)
        SELECT %(day)s, service, %(companies)s::jsonb ->> service, %(load)s, %(dag)s, %(run)s, %(task)s, function, object,
               requests, functions, written, pages, failed, unanswered
        FROM unnest(%(service)s::text[], %(function)s::text[], %(object)s::text[], %(n0)s::bigint[], %(n1)s::bigint[],
                    %(n2)s::bigint[], %(n3)s::bigint[], %(n4)s::bigint[], %(n5)s::bigint[])
            AS u (service, function, object, requests, functions, written, pages, failed, unanswered)
        ON CONFLICT (day, service, company, load_id, dag_id, run_id, task, function, object) DO UPDATE SET
            requests = api_use.requests + EXCLUDED.requests, functions = api_use.functions + EXCLUDED.functions,
            written = api_use.written + EXCLUDED.written, pages = api_use.pages + EXCLUDED.pages,
            failed = api_use.failed + EXCLUDED.failed, unanswered = api_use.unanswered + EXCLUDED.unanswered
        """,
        {
            "day": datetime.now(tz=whose.zone).date(), "companies": Jsonb(dict(whose.companies)), "load": whose.load_id,
            "dag": whose.dag_id, "run": whose.run_id, "task": whose.task,
            "service": [row[0].service for row in rows], "function": [row[0].function for row in rows],
            "object": [row[0].object for row in rows], **{f"n{place}": [row[place + 1] for row in rows] for place in range(6)},
        },
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What reading for a run is likely to be billed: what it was for an earlier one.

    :param load_id: of that one; None where none was counted yet
    :param by: billed pages by function and object
    """

    load_id: int | None
    by: Mapping[tuple[str, str], int]

    @property
    def pages(self) -> int:
        """Pages that reading is billed for, of all functions."""
        return sum(self.by.values())


def expected_reading(connection: Connection, direction: str, *, before: int | None = None) -> Expected:
    """What the newest finished load of a direction read of Intacct, that was no preview and no part of a backfill, which reads less.

    :param before: the load that it is expected for
    """
    row = connection.execute(
        """
        SELECT l.load_id FROM ops.load l
        WHERE l.direction = %(direction)s AND NOT l.dry_run AND l.state = 'loaded' AND l.run_type <> 'backfill'
          AND (%(before)s::bigint IS NULL OR l.load_id < %(before)s)
          AND EXISTS (SELECT FROM ops.api_use u WHERE u.load_id = l.load_id AND u.service = 'intacct')
        ORDER BY l.load_id DESC LIMIT 1
        """,
        {"direction": direction, "before": before},
    ).fetchone()
    if row is None:
        return Expected(load_id=None, by={})
    rows = connection.execute(
        """
        SELECT function, object, sum(pages)::bigint AS pages FROM ops.api_use
        WHERE load_id = %s AND service = 'intacct' GROUP BY 1, 2 HAVING sum(pages) > 0
        """,
        [row["load_id"]],
    ).fetchall()
    return Expected(load_id=row["load_id"], by={(one["function"], one["object"]): one["pages"] for one in rows})


def planned_writing(connection: Connection, load_id: int) -> int:
    """The records that a load's plan is to write at Intacct."""
    row = connection.execute(
        "SELECT coalesce(sum(billed_calls), 0)::bigint AS n FROM plan.change WHERE load_id = %s", [load_id]
    ).fetchone()
    return int(row["n"]) if row else 0


def of_load(connection: Connection, load_id: int) -> Rows:
    """What was asked for a load, by service, function and object, what is billed most first."""
    return connection.execute(
        """
        SELECT service, function, object, sum(requests)::bigint AS requests, sum(functions)::bigint AS functions,
               sum(written)::bigint AS written, sum(pages)::bigint AS pages, sum(written + pages)::bigint AS billed,
               sum(failed)::bigint AS failed, sum(unanswered)::bigint AS unanswered
        FROM ops.api_use WHERE load_id = %s GROUP BY 1, 2, 3 ORDER BY billed DESC, service DESC, functions DESC, 2, 3
        """,
        [load_id],
    ).fetchall()


def billed_by_day(connection: Connection, intacct_company: str, first: date, last: date) -> dict[date, int]:
    """What was billed on each day of these, both included, on which anything was asked."""
    rows = connection.execute(
        """
        SELECT day, sum(written + pages)::bigint AS billed FROM ops.api_use
        WHERE service = 'intacct' AND company = %s AND day BETWEEN %s AND %s GROUP BY 1
        """,
        [intacct_company, first, last],
    ).fetchall()
    return {row["day"]: row["billed"] for row in rows}


def this_month(connection: Connection, company: CompanyConfiguration) -> MonthOfCalls:
    """What Intacct bills this month, as it was counted, and what that comes to."""
    today = datetime.now(tz=company.zone).date()
    first = min(today.replace(day=1), today - timedelta(days=_RATE_DAYS))
    by_day = billed_by_day(connection, company.intacct_company_id, first, today)
    return month_of_calls(by_day, today, company.api_tier)


def by_month(connection: Connection, companies: Mapping[str, str], *, months: int, today: date) -> Rows:
    """What was asked by month, service, function and object, newest month first, what is billed most first."""
    return connection.execute(
        """
        SELECT date_trunc('month', day)::date AS month, service, function, object, sum(requests)::bigint AS requests,
               sum(functions)::bigint AS functions, sum(written + pages)::bigint AS billed, sum(failed)::bigint AS failed,
               sum(unanswered)::bigint AS unanswered
        FROM ops.api_use
        WHERE company = %(companies)s::jsonb ->> service
          AND day >= (date_trunc('month', %(today)s::date) - make_interval(months => %(months)s - 1))::date
        GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2 DESC, billed DESC, functions DESC, 3, 4
        """,
        {"companies": Jsonb(dict(companies)), "today": today, "months": months},
    ).fetchall()


def in_csv(rows: Rows) -> str:
    """The rows of :func:`by_month` as CSV with their headings."""
    return as_csv(
        COLUMNS, ([f"{row[name]:%Y-%m}" if name == "month" else row[name] for name in COLUMNS] for row in rows)
    )


def delete_before(connection: Connection, day: date) -> int:
    """Deletes what was counted before a day, and gives how many rows that were."""
    return connection.execute("DELETE FROM ops.api_use WHERE day < %s", [day]).rowcount
