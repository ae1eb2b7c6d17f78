"""Reports that were processed in Certify with a date of the past, as far as what is staged shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class Backdated:
    """What the staged reports show.

    :param reports: how many there are, of the dates that are looked at
    :param looked_twice: how many of these are of a date that a sweep had looked at again, a day after it was over
    :param examples: those that were processed with a date of the past, newest first: ``approval_code``, ``processed_date``,
        ``submitted_date``, and ``absent_at``, when a sweep did not list them though that date had passed; one of the two shows it
    """

    reports: int
    looked_twice: int
    examples: list[dict[str, Any]]


# A sweep brings in whatever it lists of a date that a run covered and no run has planned. What came with a later load only was not
# listed then: it was processed after that, whatever its date says. A day's grace, since lists may lag behind.
_REPORTS = """
WITH seen AS MATERIALIZED (
    SELECT DISTINCT ON (r.id) r.id, r.approval_code, r.processed_date, r.submitted_date, l.opened_at AS came
    FROM staging.certify_expense_report r JOIN ops.load l USING (load_id)
    WHERE r.processed AND r.processed_date >= %(first)s ORDER BY r.id, r.load_id
), covered AS MATERIALIZED (
    SELECT d::date AS day, min(l.closed_at) AS at FROM ops.load l, generate_series(l.period_start, l.period_end, interval '1 day') d
    WHERE l.direction = 'expense' AND l.state = 'loaded' AND l.entities = '{}' AND l.period_end >= %(first)s GROUP BY 1
), looked AS (
    SELECT seen.*, (
        SELECT max(s.swept_at) FROM ops.sweep s WHERE s.swept_at > c.at AND s.first_date <= seen.processed_date
          AND (s.swept_at AT TIME ZONE %(zone)s)::date > seen.processed_date + 1 AND s.swept_at < seen.came
    ) AS absent_at, EXISTS (
        SELECT FROM ops.sweep s WHERE s.swept_at > c.at AND s.first_date <= seen.processed_date
          AND (s.swept_at AT TIME ZONE %(zone)s)::date > seen.processed_date + 1
    ) AS twice
    FROM seen LEFT JOIN covered c ON c.day = seen.processed_date
)
SELECT approval_code, processed_date, submitted_date, absent_at, twice, count(*) OVER () AS reports,
       count(*) FILTER (WHERE twice) OVER () AS looked_twice
FROM looked ORDER BY (absent_at IS NULL AND NOT coalesce(processed_date < submitted_date, false)), processed_date DESC, approval_code
"""


def backdated(connection: Connection, zone: str, first: date) -> Backdated:
    """Those of processed dates from ``first`` on."""
    rows = connection.execute(_REPORTS, {"zone": zone, "first": first}).fetchall()
    shown = [row for row in rows if row["absent_at"] or (row["submitted_date"] or date.min) > row["processed_date"]]
    return Backdated(
        reports=rows[0]["reports"] if rows else 0,
        looked_twice=rows[0]["looked_twice"] if rows else 0,
        examples=shown,
    )
