"""What a day of sending adds up to, and what days usually do. A day is the company's own.

The arithmetic is SQL's, over NUMERIC: no amount becomes a float (``percentile_disc`` takes a value as it stands, ``percentile_cont``
would compute one in floating point).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.staging.database import Connection

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration

#: Of so many days before today those on which something was sent say what is usual.
DAYS = 30
#: Stands for the number of documents where otherwise a currency stands.
DOCUMENTS = ""


@dataclass(frozen=True, kw_only=True)
class Ceiling:
    """What a day may add up to without a second person.

    :param rule: ``day_amount``, ``amount_median`` or ``documents_median``
    :param median: of ``days`` earlier days of sending, where that is what it is made of
    """

    rule: str
    allowed: Decimal
    median: Decimal | None = None
    days: int | None = None


class SendingDay:
    """The company's day of now: what was sent on it so far without anybody's approval.

    What Intacct provably refused was not sent; what was reversed since was.

    :param usual: what is usual by day, which does not change while the day lasts: filled here, and used again
    """

    def __init__(
        self,
        connection: Connection,
        configuration: Configuration,
        usual: dict[datetime, Mapping[str, Ceiling]] | None = None,
    ) -> None:
        self._limits = configuration.posting.limits
        since = _began(connection, configuration)
        known = {} if usual is None else usual
        if since not in known:
            known[since] = _usual(connection, configuration, since) if self._limits.times_median else {}
        self._usual = known[since]
        # Each request of a run asks: where there is no ceiling, the day need not be added up again and again.
        limited = bool(self._limits.day_amount or self._usual)
        company = configuration.company.intacct_company_id
        self._sent = _sent_since(connection, company, since) if limited else defaultdict(Decimal)

    def send(self, currency: str, amount: Decimal) -> None:
        """Counts a document that nobody approved."""
        self._sent[currency] += abs(amount)
        self._sent[DOCUMENTS] += 1

    def above(self, currency: str, more: Decimal) -> Iterator[tuple[Decimal, Ceiling]]:
        """What the day would add up to with so much more, and what it may, where that is less.

        :param currency: or ``DOCUMENTS``, and ``more`` is a number of them
        """
        total = self._sent[currency] + more
        fixed = None if currency == DOCUMENTS else self._limits.of(self._limits.day_amount, currency)
        if more and fixed is not None and total > fixed:
            yield total, Ceiling(rule="day_amount", allowed=fixed)
        usual = self._usual.get(currency)
        few = currency == DOCUMENTS and total < self._limits.median_from_documents
        if more and usual is not None and not few and total > usual.allowed:
            yield total, usual


def _began(connection: Connection, configuration: Configuration) -> datetime:
    """When today began, by PostgreSQL's clock."""
    row = connection.execute("SELECT clock_timestamp() AS now").fetchone()
    assert row is not None
    zone = configuration.company.zone
    return datetime.combine(row["now"].astimezone(zone).date(), time(), zone)


def _sent_since(connection: Connection, intacct_company: str, since: datetime) -> defaultdict[str, Decimal]:
    rows = connection.execute(
        """
        SELECT currency, sum(abs(total)) AS amount, count(*) AS documents FROM ledger.document
        WHERE intacct_company = %s AND last_sent_at >= %s AND state <> 'rejected' AND approved_by = '' GROUP BY currency
        """,
        [intacct_company, since],
    ).fetchall()
    sent = defaultdict(Decimal, {row["currency"]: row["amount"] for row in rows})
    sent[DOCUMENTS] = Decimal(sum(row["documents"] for row in rows))
    return sent


def _usual(connection: Connection, configuration: Configuration, since: datetime) -> dict[str, Ceiling]:
    limits, company = configuration.posting.limits, configuration.company
    rows = connection.execute(
        """
        WITH sent AS (
            SELECT (last_sent_at AT TIME ZONE %(zone)s)::date AS day, currency, sum(abs(total)) AS amount, count(*) AS documents
            FROM ledger.document
            WHERE intacct_company = %(company)s AND last_sent_at >= %(first)s AND last_sent_at < %(since)s AND state <> 'rejected'
            GROUP BY 1, 2
        ), figure AS (
            SELECT currency, amount AS of_a_day FROM sent
            UNION ALL SELECT '', sum(documents) FROM sent GROUP BY day
        )
        SELECT currency, count(*)::integer AS days, percentile_disc(0.5) WITHIN GROUP (ORDER BY of_a_day) AS median
        FROM figure GROUP BY currency HAVING count(*) >= %(least)s
        """,
        {
            "zone": company.time_zone, "company": company.intacct_company_id, "since": since, "first": since - timedelta(days=DAYS),
            "least": limits.median_from_days,
        },
    ).fetchall()  # fmt: skip
    return {
        row["currency"]: Ceiling(
            rule="amount_median" if row["currency"] else "documents_median",
            allowed=round(row["median"] * limits.times_median, 2 if row["currency"] else 0),
            median=row["median"],
            days=row["days"],
        )
        for row in rows
    }
