"""A load in a few lines: what was planned and became of it, what holds how much, and documents by kind, entity and currency."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.staging.database import Connection

#: What became of a change ``c``: what the service said, or that it was not to be sent, or that nothing has been sent yet.
STATE = """coalesce(c.result, CASE c.action WHEN 'hold' THEN 'held' WHEN 'skip' THEN 'skipped' ELSE 'not sent' END)"""
#: What became of changes, in words.
STATES = (
    ("held", "held"), (ChangeResult.REJECTED, "refused"), (ChangeResult.IN_DOUBT, "in doubt"), (ChangeResult.MOVED_ON, "moved on"),
    ("not sent", "not sent"), (ChangeResult.APPLIED, "done"), (ChangeResult.ALREADY, "done already"), ("skipped", "skipped"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Counted:
    """So many changes of a subject and an action, what became of them, and the calls that Intacct bills for them.

    What two rules hold is one change.
    """

    subject: str
    action: str
    state: str
    changes: int
    billed_calls: int


@dataclass(frozen=True, kw_only=True)
class HeldBy:
    """How many changes a rule holds; ``cure`` is what helps all of them, empty where each has its own."""

    rule: str
    changes: int
    cure: str


@dataclass(frozen=True, kw_only=True)
class DocumentSum:
    """Documents of a kind, an entity and a currency: how many are planned, how many stand in Intacct by now, and their amounts."""

    kind: str
    entity: str
    currency: str
    planned: int
    amount: Decimal
    posted: int
    posted_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A load, counted."""

    counted: list[Counted] = field(default_factory=list)
    held: list[HeldBy] = field(default_factory=list)
    documents: list[DocumentSum] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(row.changes for row in self.counted)

    @property
    def billed_calls(self) -> int:
        """API calls that Intacct bills for the plan: one for each record that is written."""
        return sum(row.billed_calls for row in self.counted)

    @property
    def states(self) -> dict[str, int]:
        """How many changes are in each state, what asks for a person first."""
        found: dict[str, int] = {}
        for row in self.counted:
            found[row.state] = found.get(row.state, 0) + row.changes
        return {name: found[name] for name in sorted(found, key=lambda name: (_rank(name), name))}

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The planned documents, by currency."""
        return self._sums("amount")

    @property
    def posted_amounts(self) -> dict[str, Decimal]:
        """Those that stand in Intacct, by currency."""
        return {currency: amount for currency, amount in self._sums("posted_amount").items() if amount}

    def _sums(self, name: str) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for row in self.documents:
            found[row.currency] = found.get(row.currency, Decimal(0)) + getattr(row, name)
        return dict(sorted(found.items()))


_ORDER = ("held", "rejected", "in_doubt", "moved_on", "not sent", "applied", "already", "skipped")


def _rank(state: str) -> int:
    return _ORDER.index(state) if state in _ORDER else len(_ORDER)


def load_tally(connection: Connection, load_id: int) -> Tally:
    """Counts a load."""
    counted = connection.execute(
        f"""
        SELECT subject, action, {STATE} AS state, count(DISTINCT (key, source_key)) AS changes,
               coalesce(sum(billed_calls), 0)::bigint AS billed_calls
        FROM plan.change_result c WHERE load_id = %s GROUP BY 1, 2, 3 ORDER BY min(position)
        """,  # noqa: S608
        [load_id],
    ).fetchall()
    return replace(plan_tally(connection, load_id), counted=[Counted(**row) for row in counted])


def plan_tally(connection: Connection, load_id: int) -> Tally:
    """Of a load what its plan holds and would post, without what became of each change."""
    held = connection.execute(
        """
        SELECT rule, count(DISTINCT (subject, key, source_key)) AS changes,
               CASE WHEN min(cure) = max(cure) THEN min(cure) ELSE '' END AS cure
        FROM plan.change WHERE load_id = %s AND action = 'hold' GROUP BY rule ORDER BY 2 DESC, 1
        """,
        [load_id],
    ).fetchall()
    return Tally(
        held=[HeldBy(**row) for row in held],
        documents=[DocumentSum(**row) for row in connection.execute(_DOCUMENTS, {"load": load_id}).fetchall()],
    )


# What an earlier load had in doubt is settled by a later one, and stays a document of the load that sent it.
_DOCUMENTS = """
    SELECT kind, entity, currency, sum(planned)::bigint AS planned, sum(amount) AS amount, sum(posted)::bigint AS posted,
           sum(posted_amount) AS posted_amount
    FROM (
        SELECT kind, entity, currency, 1 AS planned, total AS amount, 0 AS posted, 0 AS posted_amount
        FROM plan.document WHERE load_id = %(load)s
        UNION ALL
        SELECT kind, entity, currency, 0, 0, 1, total FROM ledger.document
        WHERE load_id = %(load)s AND state IN ('accepted', 'in_gl', 'declined', 'altered')
    ) d GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def quarantined(connection: Connection, load_id: int) -> int:
    """How many rows data quality took out of a load, whatever is wrong with them."""
    row = connection.execute(
        "SELECT count(DISTINCT (stream, key)) AS n FROM quality.quarantine WHERE load_id = %s", [load_id]
    ).fetchone()
    return int(row["n"]) if row else 0
