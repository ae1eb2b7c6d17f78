"""How large the plan of a load is, against its limits and against what runs usually are.

The arithmetic is SQL's, over NUMERIC: no amount becomes a float (``percentile_disc`` takes a value as it stands, ``percentile_cont``
would compute one in floating point).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.staging.database import Connection

if TYPE_CHECKING:
    from certify_intacct.model.configuration.posting import Limits

#: So many earlier runs make the median.
_RUNS = 30


@dataclass(frozen=True, kw_only=True)
class AboveLimit:
    """One way in which a plan is larger than it may be without a second person.

    :param rule: ``documents_per_run``, ``documents_median`` or ``amount_median``
    :param currency: of ``amount_median``, else ""
    :param found: documents, or an amount, of the plan
    :param allowed: as much needs nobody
    :param median: of a day of the earlier ``runs``
    """

    rule: str
    currency: str
    found: Decimal
    allowed: Decimal
    median: Decimal | None
    runs: int | None

    def __str__(self) -> str:
        if self.rule == "documents_per_run":
            return f"{self.found} documents; posting.limits.documents_per_run is {self.allowed}."
        unit = self.currency or "documents"
        return (
            f"{self.found:,} {unit}; usual are {self.median:,.2f} {unit} a day (median of {self.runs} runs), and up to "
            f"{self.allowed:,} would pass (posting.limits.times_median)."
        )


@dataclass(frozen=True, kw_only=True)
class Total:
    """How much of a currency a plan would post."""

    currency: str
    documents: int
    total: Decimal


def totals(connection: Connection, load_id: int) -> list[Total]:
    """What a plan would post, by currency."""
    rows = connection.execute(
        "SELECT currency, count(*) AS documents, sum(total) AS total FROM plan.document WHERE load_id = %s GROUP BY 1 ORDER BY 1",
        [load_id],
    ).fetchall()
    return [Total(**row) for row in rows]


def above_limits(connection: Connection, load_id: int, limits: Limits) -> list[AboveLimit]:
    """In what the plan of a load is above its limits, as they are now."""
    row = connection.execute("SELECT count(*) AS n FROM plan.document WHERE load_id = %s", [load_id]).fetchone()
    documents = int(row["n"]) if row else 0
    found = []
    if documents > limits.documents_per_run:
        found.append(
            AboveLimit(
                rule="documents_per_run",
                currency="",
                found=Decimal(documents),
                allowed=Decimal(limits.documents_per_run),
                median=None,
                runs=None,
            )
        )
    if limits.times_median and documents >= limits.median_from_documents:
        found += _above_median(connection, load_id, limits)
    return found


def _above_median(connection: Connection, load_id: int, limits: Limits) -> list[AboveLimit]:
    """Compared by day, so that a month is not held against days. Runs that posted nothing do not say what is usual."""
    rows = connection.execute(
        """
        WITH mine AS (SELECT *, period_end - period_start + 1 AS days FROM ops.load WHERE load_id = %(load)s),
        earlier AS (
            SELECT l.load_id, l.period_end - l.period_start + 1 AS days FROM ops.load l, mine
            WHERE l.direction = mine.direction AND l.state = 'loaded' AND NOT l.dry_run AND l.entities = mine.entities
              AND l.load_id < mine.load_id AND EXISTS (SELECT FROM ledger.document d WHERE d.load_id = l.load_id)
            ORDER BY l.load_id DESC LIMIT %(most)s
        ),
        figure AS (
            SELECT '' AS currency, e.load_id, count(*)::numeric / e.days AS of_a_day
            FROM earlier e JOIN ledger.document d USING (load_id) GROUP BY e.load_id, e.days
            UNION ALL
            SELECT d.currency, e.load_id, sum(d.total) / e.days
            FROM earlier e JOIN ledger.document d USING (load_id) GROUP BY d.currency, e.load_id, e.days
        ),
        usual AS (
            SELECT currency, count(*)::integer AS runs, percentile_disc(0.5) WITHIN GROUP (ORDER BY of_a_day) AS median
            FROM figure GROUP BY currency HAVING count(*) >= %(least)s
        ),
        planned AS (
            SELECT '' AS currency, count(*)::numeric AS found FROM plan.document WHERE load_id = %(load)s
            UNION ALL
            SELECT currency, sum(total) FROM plan.document WHERE load_id = %(load)s GROUP BY currency
        )
        SELECT CASE WHEN p.currency = '' THEN 'documents_median' ELSE 'amount_median' END AS rule, p.currency, p.found,
               round(u.median * mine.days * %(times)s, CASE WHEN p.currency = '' THEN 0 ELSE 2 END) AS allowed, u.median, u.runs
        FROM planned p JOIN usual u USING (currency), mine
        WHERE p.found > u.median * mine.days * %(times)s ORDER BY p.currency
        """,
        {"load": load_id, "most": _RUNS, "least": limits.median_from_runs, "times": limits.times_median},
    ).fetchall()
    return [AboveLimit(**row) for row in rows]


def keep_above(connection: Connection, load_id: int, above: Iterable[AboveLimit]) -> None:
    """Keeps with the plan why it needs a second person. What is there stands."""
    connection.cursor().executemany(
        """
        INSERT INTO plan.above_limit (load_id, rule, currency, found, allowed, median, runs) VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        [(load_id, a.rule, a.currency, a.found, a.allowed, a.median, a.runs) for a in above],
    )


def kept_above(connection: Connection, load_id: int) -> list[AboveLimit]:
    """Why the plan of a load needs a second person, as it was judged when it was made."""
    rows = connection.execute(
        "SELECT rule, currency, found, allowed, median, runs FROM plan.above_limit WHERE load_id = %s ORDER BY rule DESC, currency",
        [load_id],
    ).fetchall()
    return [AboveLimit(**row) for row in rows]
