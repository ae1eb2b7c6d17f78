"""Approvals of backfills: dates, and how much of each currency may be sent under them. They are added, and may be withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from psycopg.types.json import Jsonb

from certify_intacct.model.periods import Period
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class BackfillApproval:
    """An approval that stands.

    :param period: the processed dates whose runs it covers
    :param amounts: the most of each currency, and ``sent`` what was sent under it so far and not refused
    """

    backfill_id: int
    period: Period
    amounts: Mapping[str, Decimal]
    sent: Mapping[str, Decimal]
    reason: str
    decided_by: str
    user_id: str
    decided_at: datetime

    @property
    def name(self) -> str:
        """What it is called where a document tells of it."""
        return f"backfill {self.backfill_id}"

    @property
    def left(self) -> dict[str, Decimal]:
        """What may still be sent under it, by currency."""
        return {currency: most - self.sent.get(currency, Decimal(0)) for currency, most in self.amounts.items()}

    def covers(self, amounts: Mapping[str, Decimal]) -> bool:
        """Whether so much more of each currency may be sent under it."""
        left = self.left
        return all(amount <= left.get(currency, Decimal(0)) for currency, amount in amounts.items())


def standing(connection: Connection, intacct_company: str, covering: Period | None = None) -> list[BackfillApproval]:
    """The approvals that nobody has withdrawn, oldest first.

    :param covering: only those within whose dates all of this period lies
    """
    rows = connection.execute(
        """
        SELECT b.backfill_id, b.first_date, b.last_date, b.amounts, b.reason, b.decided_by, b.user_id, b.decided_at, (
            SELECT coalesce(jsonb_object_agg(currency, amount), '{}') FROM (
                SELECT d.currency, sum(abs(d.total))::text AS amount FROM ledger.document d
                WHERE d.backfill_id = b.backfill_id AND d.state <> 'rejected' GROUP BY d.currency
            ) sent
        ) AS sent
        FROM ledger.backfill_approval b
        WHERE b.intacct_company = %s AND (%s::date IS NULL OR (b.first_date <= %s AND b.last_date >= %s))
          AND NOT EXISTS (SELECT FROM ledger.backfill_withdrawal w WHERE w.backfill_id = b.backfill_id)
        ORDER BY b.backfill_id
        """,
        [
            intacct_company, covering.start if covering else None, covering.start if covering else None,
            covering.end if covering else None,
        ],
    ).fetchall()  # fmt: skip
    return [
        BackfillApproval(
            period=Period(row.pop("first_date"), row.pop("last_date")),
            amounts=_exact(row.pop("amounts")),
            sent=_exact(row.pop("sent")),
            **row,
        )
        for row in rows
    ]


def approve(
    connection: Connection,
    intacct_company: str,
    *,
    first: date,
    last: date,
    amounts: Mapping[str, Decimal],
    reason: str,
    decided_by: str,
    user_id: str,
) -> int:
    """Keeps an approval; returns its number, or that of the same by this person within the last hour that nobody has withdrawn."""
    stored = Jsonb({currency: str(most) for currency, most in amounts.items()})
    row = connection.execute(
        """
        SELECT b.backfill_id FROM ledger.backfill_approval b
        WHERE (b.intacct_company, b.first_date, b.last_date, b.amounts, b.reason, b.user_id) = (%s, %s, %s, %s, %s, %s)
          AND b.decided_at > now() - interval '1 hour'
          AND NOT EXISTS (SELECT FROM ledger.backfill_withdrawal w WHERE w.backfill_id = b.backfill_id)
        ORDER BY b.backfill_id LIMIT 1
        """,
        [intacct_company, first, last, stored, reason, user_id],
    ).fetchone() or connection.execute(
        """
        INSERT INTO ledger.backfill_approval (intacct_company, first_date, last_date, amounts, reason, decided_by, user_id)
        VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING backfill_id
        """,
        [intacct_company, first, last, stored, reason, decided_by, user_id],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row["backfill_id"])


def withdraw(
    connection: Connection, intacct_company: str, backfill_id: int, *, reason: str, decided_by: str, user_id: str
) -> bool:
    """Ends an approval, and says whether it stood; what was sent under it stays sent."""
    cursor = connection.execute(
        """
        INSERT INTO ledger.backfill_withdrawal (backfill_id, reason, decided_by, user_id)
        SELECT backfill_id, %s, %s, %s FROM ledger.backfill_approval WHERE (backfill_id, intacct_company) = (%s, %s)
        ON CONFLICT DO NOTHING
        """,
        [reason, decided_by, user_id, backfill_id, intacct_company],
    )
    return cursor.rowcount == 1


def _exact(amounts: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(text) for currency, text in amounts.items()}
