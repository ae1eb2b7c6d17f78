"""How large the plan of a load is, against its limits and against what days of sending usually are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.model.currencies import money
from certify_intacct.model.rules import Rule
from certify_intacct.staging import configurations
from certify_intacct.staging.database import Connection
from certify_intacct.staging.sending_days import DOCUMENTS, SendingDay

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration


CONFIGURATION = "configuration"
_LONGEST = 4000


def much(amount: Decimal, currency: str) -> str:
    """What a day adds up to, for a person: money, or so many documents."""
    if currency != DOCUMENTS:
        return money(amount, currency)
    return f"{amount.normalize():,f} {'document' if amount == 1 else 'documents'}"


@dataclass(frozen=True, kw_only=True)
class AboveLimit:
    """One way in which a plan is larger than it may be without a second person.

    :param rule: ``documents_per_run``, ``documents_median``, ``amount_median``, ``day_amount`` or ``configuration``
    :param currency: of amounts, else ""
    :param found: documents of the plan; or what the day would add up to: documents, or an amount
    :param allowed: as much needs nobody
    :param median: of the earlier days of sending, of which there are ``runs``
    :param reason: for ``configuration``, what is another in connector.yaml
    """

    rule: str
    currency: str
    found: Decimal
    allowed: Decimal
    median: Decimal | None
    runs: int | None
    reason: str = ""

    def __str__(self) -> str:
        if self.rule == CONFIGURATION:
            return f"connector.yaml was changed in what decides about money: {self.reason}."
        if self.rule == "documents_per_run":
            return f"{self.found} documents; posting.limits.documents_per_run is {self.allowed}."
        found = f"{much(self.found, self.currency)} would be sent today without anybody's approval"
        allowed = much(self.allowed, self.currency)
        if self.median is None:
            return f"{found}; posting.limits.day_amount is {allowed}."
        return (
            f"{found}; usual are {much(self.median, self.currency)} a day (median of {self.runs} days), and up to {allowed} would "
            "pass (posting.limits.times_median)."
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


def above_limits(connection: Connection, load_id: int, configuration: Configuration) -> list[AboveLimit]:
    """In what the plan of a load is above its limits, as they are now, with what was sent today already.

    What a person released because of its amount is not counted: a second person has looked at it.
    """
    limits = configuration.posting.limits
    rows = _planned(connection, load_id, configuration)
    planned = sum(int(row["documents"]) for row in rows)
    found = []
    if planned > limits.documents_per_run:
        most = Decimal(limits.documents_per_run)
        found.append(
            AboveLimit(
                rule="documents_per_run", currency="", found=Decimal(planned), allowed=most, median=None, runs=None
            )
        )
    left = _left(rows)
    left[DOCUMENTS] = Decimal(sum(int(row["left_documents"]) for row in rows))
    if decisive := configurations.changed(connection, configuration).decisive:
        found.append(
            AboveLimit(
                rule=CONFIGURATION, currency="", found=Decimal(len(decisive)), allowed=Decimal(0), median=None, runs=None,
                reason="; ".join(decisive)[:_LONGEST],
            )
        )  # fmt: skip
    day = SendingDay(connection, configuration)
    found += [
        AboveLimit(rule=one.rule, currency=currency, found=total, allowed=one.allowed, median=one.median, runs=one.days)
        for currency, more in sorted(left.items())
        for total, one in day.above(currency, more)
    ]
    return found


def unsent_amounts(connection: Connection, load_id: int, configuration: Configuration) -> dict[str, Decimal]:
    """What of a plan is still to be sent and nobody released because of its amount, by currency."""
    return _left(_planned(connection, load_id, configuration))


def _left(rows: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    return {row["currency"]: row["left_amount"] for row in rows if row["left_amount"]}


def _planned(connection: Connection, load_id: int, configuration: Configuration) -> list[dict[str, Any]]:
    return connection.execute(
        """
        SELECT currency, count(*) AS documents, count(*) FILTER (WHERE needs) AS left_documents,
               coalesce(sum(abs(total)) FILTER (WHERE needs), 0) AS left_amount
        FROM (
            SELECT p.currency, p.total, coalesce(d.state, 'rejected') = 'rejected' AND NOT EXISTS (
                SELECT FROM ledger.released_rule q WHERE q.certify_company = %(certify)s AND q.report_id = p.report_id
                  AND q.content_hash IN (p.content_hash, r.source_hash) AND q.rule = ANY(%(amounts)s)
            ) AS needs
            FROM plan.document p JOIN plan.report r USING (load_id, report_id)
            LEFT JOIN ledger.document d ON d.number = p.number AND d.intacct_company = %(intacct)s
            WHERE p.load_id = %(load)s
        ) planned GROUP BY currency
        """,
        {
            "certify": configuration.company.certify_company,
            "intacct": configuration.company.intacct_company_id,
            "load": load_id,
            "amounts": [Rule.ABOVE_LIMIT, Rule.ABOVE_DAY_LIMIT],
        },
    ).fetchall()


def keep_above(connection: Connection, load_id: int, above: Iterable[AboveLimit]) -> None:
    """Keeps with the plan why it needs a second person. What is there stands."""
    connection.cursor().executemany(
        """
        INSERT INTO plan.above_limit (load_id, rule, currency, found, allowed, median, runs, reason)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        [(load_id, a.rule, a.currency, a.found, a.allowed, a.median, a.runs, a.reason) for a in above],
    )


def kept_above(connection: Connection, load_id: int) -> list[AboveLimit]:
    """Why the plan of a load needs a second person, as it was judged when it was made."""
    rows = connection.execute(
        """
        SELECT rule, currency, found, allowed, median, runs, reason FROM plan.above_limit WHERE load_id = %s
        ORDER BY rule DESC, currency
        """,
        [load_id],
    ).fetchall()
    return [AboveLimit(**row) for row in rows]
