"""What staging still has of past days: the rows of each report as they were read last, and which load read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from certify_intacct.model.periods import Period
from certify_intacct.staging.database import Connection

#: The run type of loads that plan anew what others staged. Nothing happened to a report by them, and none is compared with a run's.
WHAT_IF = "what_if"

# Loads that read Certify's reports and judged them, and whose rows are still there. One that a critical rule stopped judged nothing
# that a plan could be made of.
_READ = """
    SELECT l.load_id, l.period_start, l.period_end, l.opened_at FROM ops.load l
    JOIN ops.extract x ON x.load_id = l.load_id AND x.stream = 'certify_expense_reports' AND x.source_load_id = l.load_id
    WHERE l.direction = 'expense' AND l.state IN ('validated', 'planned', 'previewed', 'loaded') AND l.staging_expired_at IS NULL
"""


@dataclass(frozen=True, kw_only=True)
class StagedDay:
    """What one load stands for in a past period.

    :param opened_at: when it was opened: the rules of dates are asked as of then
    :param report_ids: the reports of the period of which it has the newest reading
    """

    load_id: int
    opened_at: datetime
    report_ids: frozenset[str]


def staged_history(connection: Connection, period: Period) -> list[StagedDay]:
    """The loads that stand for the dates of a period, oldest first.

    Of each report the newest reading counts. One that the newest reading of its whole date does not have any more is left out: it was
    set back in Certify, or has another date by now.
    """
    rows = connection.execute(
        f"""
        WITH done AS ({_READ}), wanted AS (
            SELECT DISTINCT r.id FROM done JOIN staging.certify_expense_report r USING (load_id)
            WHERE r.processed_date BETWEEN %(first)s AND %(last)s
        ), newest AS (
            SELECT DISTINCT ON (r.id) r.id, r.processed_date, done.load_id, done.opened_at
            FROM done JOIN staging.certify_expense_report r USING (load_id) WHERE r.id IN (SELECT id FROM wanted)
            ORDER BY r.id, done.load_id DESC
        )
        SELECT n.load_id, n.opened_at, array_agg(n.id ORDER BY n.id) AS report_ids FROM newest n
        WHERE n.processed_date BETWEEN %(first)s AND %(last)s AND n.load_id >= coalesce((
            SELECT max(d.load_id) FROM done d WHERE n.processed_date BETWEEN d.period_start AND d.period_end
        ), 0)
        GROUP BY 1, 2 ORDER BY 1
        """,  # noqa: S608
        {"first": period.start, "last": period.end},
    ).fetchall()
    return [
        StagedDay(load_id=row["load_id"], opened_at=row["opened_at"], report_ids=frozenset(row["report_ids"]))
        for row in rows
    ]


def unread_dates(connection: Connection, period: Period) -> list[date]:
    """The dates of a period of which no load's rows are there any more, or ever were."""
    rows = connection.execute(
        f"""
        WITH done AS ({_READ})
        SELECT d::date AS day FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
        WHERE NOT EXISTS (SELECT FROM done WHERE d::date BETWEEN period_start AND period_end) ORDER BY 1
        """,  # noqa: S608
        {"first": period.start, "last": period.end},
    ).fetchall()
    return [row["day"] for row in rows]


def lists_elsewhere(
    connection: Connection, load_id: int, streams: Mapping[str, str], before: Mapping[str, str]
) -> tuple[Mapping[str, int], Sequence[str]]:
    """Of the lists that a plan looks up those that the load has not read so, since its connector.yaml did not use them, or otherwise.

    :param streams: of what each is to be read (``Stream.read_as``)
    :param before: the same as the connector.yaml in use says: so a load is taken to have read it that did not write it down
    :returns: by list the load that read it last, and the lists that no load has read whose rows are still there
    """
    names = sorted(streams)
    rows = connection.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest(%(names)s::text[], %(read_as)s::text[], %(before)s::text[]) AS w (stream, read_as, before)
        ), known AS (
            SELECT x.stream, x.load_id FROM ops.extract x JOIN ops.load l USING (load_id) JOIN wanted w USING (stream)
            WHERE x.source_load_id = x.load_id AND x.page_count > 0 AND l.staging_expired_at IS NULL
              AND coalesce(nullif(x.read_as, ''), w.before) = w.read_as
        )
        SELECT w.stream, (SELECT max(k.load_id) FROM known k WHERE k.stream = w.stream) AS load_id
        FROM wanted w
        WHERE NOT EXISTS (
            SELECT FROM ops.extract x JOIN known k ON k.stream = x.stream AND k.load_id = x.source_load_id
            WHERE x.load_id = %(load)s AND x.stream = w.stream
        )
        """,
        {
            "load": load_id,
            "names": names,
            "read_as": [streams[name] for name in names],
            "before": [before.get(name, streams[name]) for name in names],
        },
    ).fetchall()
    found: defaultdict[bool, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        found[row["load_id"] is not None].append((row["stream"], row["load_id"]))
    return dict(found[True]), sorted(stream for stream, _ in found[False])
