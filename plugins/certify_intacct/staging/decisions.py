"""What waits for a person, and what persons decided. Decisions are added and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal as Amount
from typing import Any

from certify_intacct.model.decisions import Decision
from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.model.rules import OF_LINKS, AnyRule, Rule
from certify_intacct.staging.database import Connection
from certify_intacct.staging.locks import lock_key

# Rules about a document of the ledger, not about the content of the report.
_ONCE = (Rule.HELD_DOCUMENT, Rule.POST_AGAIN)


@dataclass(frozen=True, kw_only=True)
class OpenItem:
    """A report, or a part of one, that waits.

    :param content_hash: of exactly what waits: a decision is for that and nothing else
    :param number: the document in the ledger that it is about, empty when there is none
    :param triggered_by: who started the run that holds it; empty when the schedule did
    :param decision_id: the newest decision about it; 0 when there is none
    :param decided_by: who made that one, where no run has acted on it yet
    """

    certify_company: str
    report_id: str
    label: str
    state: str
    rules: tuple[str, ...]
    reason: str
    content_hash: str
    payer: str
    number: str
    currency: str
    total: Amount | None
    opened_at: datetime
    triggered_by: str
    decision_id: int = 0
    decided_by: str = ""


@dataclass(frozen=True, kw_only=True)
class KeptDecision:
    """A decision that was made.

    :param content: what ``content_hash`` is of, where that was asked for and is known
    :param stood: of a whole report, the parts of lines that it is not about (``stood_before``)
    """

    report_id: str
    content_hash: str
    number: str
    decision: Decision
    record_no: str
    reason: str
    decided_by: str
    decided_at: datetime
    content: Mapping[str, Any] | None = None
    stood: frozenset[ExpensePart] = frozenset()

    @property
    def said(self) -> str:
        """Who took what it is about out of the connector's hands, and why: the beginning of a sentence for a person."""
        return said(self.decision, self.decided_by, self.record_no)


@dataclass(frozen=True, kw_only=True)
class NewestDecision:
    """What was decided last about something, and by whom."""

    decision_id: int
    decision: Decision
    record_no: str
    reason: str
    decided_by: str
    user_id: str


def said(decision: Decision, decided_by: str, record_no: str) -> str:
    """Who took something out of the connector's hands, and why: the beginning of a sentence for a person."""
    why = f"it was booked by hand as record {record_no}" if decision is Decision.BOOKED_BY_HAND else "it is not ours"
    return f"{decided_by} decided that {why}"


def open_items(
    connection: Connection,
    certify_company: str,
    report_ids: Collection[str] | None = None,
    *,
    unplanned: bool = False,
    most: int | None = None,
) -> list[OpenItem]:
    """What waits, of those reports or of all, what has waited longest first.

    :param unplanned: with what no plan has seen yet, which has no hash and cannot be decided
    :param most: no more of it; None: all
    """
    rows = connection.execute(
        """
        SELECT i.certify_company, i.report_id, i.label, i.state, i.rule, i.reason, i.payer, i.number, i.currency, i.total, i.opened_at,
               coalesce(nullif(i.part, ''), i.source_hash) AS content_hash, l.actor AS triggered_by,
               coalesce(d.decision_id, 0) AS decision_id,
               CASE WHEN d.decided_at > i.seen_at THEN d.decided_by ELSE '' END AS decided_by
        FROM ledger.open_item i JOIN ops.load l USING (load_id)
        LEFT JOIN LATERAL (
            SELECT * FROM ledger.decision d WHERE d.certify_company = i.certify_company AND d.report_id = i.report_id
              AND d.content_hash = coalesce(nullif(i.part, ''), i.source_hash) ORDER BY d.decision_id DESC LIMIT 1
        ) d ON true
        WHERE i.certify_company = %(company)s AND (%(ids)s::text[] IS NULL OR i.report_id = ANY(%(ids)s))
          AND (%(unplanned)s OR coalesce(nullif(i.part, ''), i.source_hash) <> '')
        ORDER BY i.opened_at, i.report_id, i.part LIMIT %(most)s
        """,
        {
            "company": certify_company, "ids": None if report_ids is None else list(report_ids), "unplanned": unplanned,
            "most": most,
        },
    ).fetchall()  # fmt: skip
    return [
        OpenItem(**{name: value for name, value in row.items() if name != "rule"}, rules=_names(row["rule"]))
        for row in rows
    ]


def how_many_open(connection: Connection, certify_company: str) -> int:
    """How much waits, with what no plan has seen yet."""
    row = connection.execute(
        "SELECT count(*) AS n FROM ledger.open_item WHERE certify_company = %s", [certify_company]
    ).fetchone()
    return int(row["n"]) if row else 0


def taken_out(connection: Connection, certify_company: str, report_ids: Collection[str]) -> list[OpenItem]:
    """What persons took out of the connector's hands of these reports, and nobody took back: its state is the decision."""
    rows = connection.execute(
        """
        SELECT d.certify_company, d.report_id, coalesce(l.label, 'report ' || d.report_id) AS label, d.decision AS state, d.reason,
               d.payer, d.number, d.currency, d.total, d.decided_at AS opened_at, d.content_hash, '' AS triggered_by, d.decision_id
        FROM ledger.taken_out d
        LEFT JOIN LATERAL (SELECT label FROM ledger.report_label r WHERE r.report_id = d.report_id) l ON true
        WHERE d.certify_company = %(company)s AND d.report_id = ANY(%(ids)s) AND NOT EXISTS (
            SELECT FROM ledger.open_item i WHERE i.certify_company = d.certify_company AND i.report_id = d.report_id
              AND coalesce(nullif(i.part, ''), i.source_hash) = d.content_hash
        )
        ORDER BY d.decided_at
        """,
        {"company": certify_company, "ids": list(report_ids)},
    ).fetchall()
    return [OpenItem(**row, rules=()) for row in rows]


def newest(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], NewestDecision]:
    """The newest decision about each of what was ever decided about of these reports, by report ID and content."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (report_id, content_hash) report_id, content_hash, decision_id, decision, record_no, reason, decided_by,
            user_id
        FROM ledger.decision WHERE certify_company = %s AND report_id = ANY(%s) ORDER BY report_id, content_hash, decision_id DESC
        """,
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row.pop("report_id"), row.pop("content_hash")): NewestDecision(**row) for row in rows}


def latest(connection: Connection, certify_company: str, most: int) -> list[dict[str, Any]]:
    """The last decisions about reports, the newest first, each with the ``label`` of its report."""
    return connection.execute(
        """
        SELECT d.decided_at, d.decided_by, d.decision, d.record_no, d.reason, d.report_id, d.payer, d.total, d.currency,
               coalesce(l.label, 'report ' || d.report_id) AS label
        FROM (SELECT * FROM ledger.decision WHERE certify_company = %s ORDER BY decision_id DESC LIMIT %s) d
        LEFT JOIN LATERAL (SELECT label FROM ledger.report_label r WHERE r.report_id = d.report_id) l ON true
        ORDER BY d.decision_id DESC
        """,
        [certify_company, most],
    ).fetchall()


def one_at_a_time(connection: Connection, certify_company: str) -> None:
    """Lets others decide when this transaction is over, so that each sees what the one before decided."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"decisions {certify_company}")])


def keep(
    connection: Connection,
    item: OpenItem,
    decision: Decision,
    *,
    rules: Sequence[AnyRule],
    record_no: str,
    reason: str,
    decided_by: str,
    user_id: str,
) -> None:
    """Writes a decision down; when it was made, the database says."""
    connection.execute(
        """
        INSERT INTO ledger.decision (certify_company, report_id, content_hash, number, decision, rules, record_no, reason, decided_by,
            user_id, payer, currency, total)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            item.certify_company, item.report_id, item.content_hash, item.number, decision.value, [rule.value for rule in rules],
            record_no, reason, decided_by, user_id, item.payer, item.currency, item.total,
        ],
    )  # fmt: skip


def released(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """The rules that persons overruled, by report ID and the hash of what it was decided about.

    What was decided because of how a document stands in Intacct counts once: a document that was held, reversed or deleted since is
    another case, and nobody has looked at that one. What was decided about the record to which an EmployeeID leads counts for
    that record (``payee_links``).
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(
        """
        SELECT r.report_id, r.content_hash, r.rule FROM ledger.released_rule r
        WHERE r.certify_company = %s AND r.report_id = ANY(%s) AND NOT r.rule = ANY(%s) AND NOT (r.rule = ANY(%s) AND EXISTS (
            SELECT 1 FROM ledger.document d JOIN ledger.event e USING (document_id)
            WHERE d.certify_company = r.certify_company AND d.report_id = r.report_id
              AND e.after_state IN ('held', 'reversed', 'deleted') AND e.at >= r.decided_at
        ))
        """,
        [certify_company, list(report_ids), list(OF_LINKS), [rule.value for rule in _ONCE]],
    ):
        found[row["report_id"], row["content_hash"]].add(row["rule"])
    return {key: frozenset(rules) for key, rules in found.items()}


def only_decided_by(
    connection: Connection, certify_company: str, person: str, report_ids: Collection[str]
) -> set[tuple[str, str, str]]:
    """What nobody but this person overruled of these reports: report ID, hash of its content, rule."""
    rows = connection.execute(
        """
        SELECT report_id, content_hash, rule FROM ledger.released_rule WHERE certify_company = %s AND report_id = ANY(%s)
        GROUP BY 1, 2, 3 HAVING bool_and(lower(btrim(decided_by)) = lower(btrim(%s)))
        """,
        [certify_company, list(report_ids), person],
    ).fetchall()
    return {(row["report_id"], row["content_hash"], row["rule"]) for row in rows}


def closed(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], KeptDecision]:
    """What persons took out of the connector's hands (booked by hand, not ours) and nobody took back, by report and content.

    The oldest comes first.
    """
    rows = connection.execute(
        """
        SELECT t.decision_id, t.report_id, t.content_hash, t.number, t.decision, t.record_no, t.reason, t.decided_by, t.decided_at,
               coalesce(c.content, p.content) AS content
        FROM ledger.taken_out t
        LEFT JOIN ledger.part_content c USING (certify_company, report_id, content_hash)
        -- What was planned, and refused or held as it was to be sent.
        LEFT JOIN LATERAL (
            SELECT content FROM plan.document d WHERE d.report_id = t.report_id AND d.content_hash = t.content_hash
            UNION ALL
            SELECT content FROM plan.report r WHERE r.report_id = t.report_id AND r.source_hash = t.content_hash
            LIMIT 1
        ) p ON true
        WHERE t.certify_company = %s AND t.report_id = ANY(%s) ORDER BY t.decision_id
        """,
        [certify_company, list(report_ids)],
    ).fetchall()
    stood = stood_before(connection, certify_company, report_ids)
    return {
        (row["report_id"], row["content_hash"]): _kept(row | {"stood": stood.get(decision_id, frozenset())})
        for row in rows
        for decision_id in [row.pop("decision_id")]
    }


def stood_before(
    connection: Connection, certify_company: str, report_ids: Collection[str] | None = None
) -> dict[int, frozenset[ExpensePart]]:
    """By the IDs of decisions about whole reports, the parts of lines that stood in Intacct when they were made.

    Whoever decided that a report was booked by hand, or is not ours, decided about the others.
    """
    rows = connection.execute(
        """
        SELECT t.decision_id, e.expense_id, e.payer FROM ledger.taken_out t
        JOIN ledger.document x ON (x.certify_company, x.report_id) = (t.certify_company, t.report_id)
        JOIN ledger.document_expense e USING (document_id)
        WHERE t.certify_company = %(company)s AND (%(ids)s::text[] IS NULL OR t.report_id = ANY(%(ids)s))
          AND t.payer = '' AND t.number = '' AND (
              SELECT v.after_state FROM ledger.event v WHERE v.document_id = x.document_id AND v.at < t.decided_at
              ORDER BY v.event_id DESC LIMIT 1
          ) IN ('accepted', 'in_gl', 'declined', 'altered')
        """,
        {"company": certify_company, "ids": None if report_ids is None else list(report_ids)},
    ).fetchall()
    found: dict[int, set[ExpensePart]] = defaultdict(set)
    for row in rows:
        found[row["decision_id"]].add((row["expense_id"], Payer(row["payer"])))
    return {decision_id: frozenset(parts) for decision_id, parts in found.items()}


def accepted(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], KeptDecision]:
    """What persons accepted as it was posted, by the document's number and the hash of what Certify said then."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (number, content_hash) report_id, content_hash, number, decision, record_no, reason, decided_by, decided_at
        FROM ledger.decision
        WHERE certify_company = %s AND report_id = ANY(%s) AND decision = 'accept_as_posted'
        ORDER BY number, content_hash, decision_id DESC
        """,
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row["number"], row["content_hash"]): _kept(row) for row in rows}


def decided(connection: Connection, certify_company: str, report_id: str) -> list[KeptDecision]:
    """All decisions about a report, the oldest first."""
    rows = connection.execute(
        """
        SELECT report_id, content_hash, number, decision, record_no, reason, decided_by, decided_at FROM ledger.decision
        WHERE certify_company = %s AND report_id = %s ORDER BY decision_id
        """,
        [certify_company, report_id],
    ).fetchall()
    return [_kept(row) for row in rows]


def _kept(row: dict[str, Any]) -> KeptDecision:
    return KeptDecision(**{**row, "decision": Decision(row["decision"])})


def _names(rule: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in rule.split(",")) if name)
