"""What stands of what persons took out of the connector's hands: of each line the newest decision counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.model.decisions import Decision
from certify_intacct.model.payers import ExpensePart, Payer
from certify_intacct.staging.decisions import stood_before

if TYPE_CHECKING:
    from certify_intacct.model.configuration.company import BaseAmounts
    from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class StandingDecision:
    """A decision that somebody booked something by hand, or that it is not ours.

    :param record_no: under which RECORDNO it was booked; empty when it is not ours
    :param payer: whose part of the report it is about; empty for both
    :param total: in ``currency``, without what stood and the lines that a later decision is about; None where that is not known
    :param employee_id: whose report it is; empty when that is not known any more
    :param content: the business fields of what it is about (``rules.expenses.hashing``); None where an earlier version kept only
        their hash
    :param stood: of a whole report, the parts of lines that stood in Intacct when it was made, and that it is not about
    """

    report_id: str
    decision: Decision
    record_no: str
    payer: str
    currency: str
    total: Decimal | None
    employee_id: str
    content: Mapping[str, Any] | None = None
    stood: frozenset[ExpensePart] = frozenset()

    def lines(self) -> Iterator[ExpensePart]:
        """The parts of lines that it is about."""
        payers = [Payer(self.payer)] if self.payer else list(Payer)
        return ((line_id, payer) for line_id in (self.content or {"lines": {}})["lines"] for payer in payers)


def standing(
    connection: Connection, certify_company: str, base: BaseAmounts, report_ids: Collection[str] | None = None
) -> list[StandingDecision]:
    """All that stand, the oldest first, of some reports or of all of which something was booked by hand.

    What a decision about a whole report does not say is from the header as it was then, or, where that is not known, from its newest.

    :param base: of which of Certify's amounts the company posts
    """
    rows = connection.execute(
        """
        SELECT t.decision_id, t.report_id, t.decision, t.record_no, coalesce(nullif(t.currency, ''), r.currency, '') AS currency,
               coalesce(nullif(t.payer, ''),
                        CASE WHEN h.non_reim = 0 THEN 'employee' WHEN h.reim = 0 THEN 'company' END, '') AS payer,
               coalesce(t.total, CASE WHEN 0 IN (h.reim, h.non_reim) THEN h.total END) AS total,
               coalesce(r.employee_id, '') AS employee_id, coalesce(c.content, p.content) AS content
        FROM ledger.taken_out t
        LEFT JOIN ledger.part_content c USING (certify_company, report_id, content_hash)
        LEFT JOIN LATERAL (
            SELECT content FROM plan.document s WHERE s.report_id = t.report_id AND s.content_hash = t.content_hash LIMIT 1
        ) p ON true
        LEFT JOIN LATERAL (
            SELECT * FROM staging.certify_expense_report s WHERE s.id = t.report_id ORDER BY s.load_id DESC LIMIT 1
        ) r ON true
        CROSS JOIN LATERAL (
            SELECT coalesce((told ->> 'total_amount')::numeric, r.total_amount) AS total,
                   coalesce((told ->> 'reim_amount')::numeric, r.reim_amount) AS reim,
                   coalesce((told ->> 'non_reim_amount')::numeric, r.non_reim_amount) AS non_reim
            FROM (SELECT coalesce(c.content, p.content) -> 'report' AS told) w
        ) h
        WHERE t.certify_company = %(company)s AND t.report_id = ANY(coalesce(%(ids)s, ARRAY(
            SELECT report_id FROM ledger.decision WHERE certify_company = %(company)s AND decision = 'booked_by_hand'
        ))) ORDER BY t.decision_id
        """,
        {"company": certify_company, "ids": None if report_ids is None else list(report_ids)},
    ).fetchall()
    stood = stood_before(connection, certify_company, report_ids)
    made = (
        StandingDecision(**row | {"decision": Decision(row["decision"]), "stood": stood.get(decision_id, frozenset())})
        for row in rows
        for decision_id in [row.pop("decision_id")]
    )
    return _each_line_once(made, base, everywhere=report_ids is None)


def _each_line_once(made: Iterable[StandingDecision], base: BaseAmounts, *, everywhere: bool) -> list[StandingDecision]:
    """Without what later decisions are about; one of which nothing is left stands no more.

    :param everywhere: later ones about whatever report; a line keeps its ID when it is moved into another one
    """
    later: dict[str, set[ExpensePart]] = defaultdict(set)
    found = []
    for one in reversed(list(made)):
        lines = set(one.lines())
        place = "" if everywhere else one.report_id
        again = lines & (later[place] | one.stood)
        later[place] |= lines
        if not lines or lines - again:
            found.append(_without(one, again, base))
    return found[::-1]


def _without(one: StandingDecision, again: Collection[ExpensePart], base: BaseAmounts) -> StandingDecision:
    if one.total is None or one.content is None:
        return one
    total = one.total
    for line_id, payer in again:
        total -= amount_of(one.content["lines"][line_id], payer, base)
    return replace(one, total=total)


def amount_of(line: Mapping[str, Any], payer: Payer, base: BaseAmounts) -> Decimal:
    """What a payer has of a line, by its business fields."""
    before = "converted_" if base == "converted" else ""
    amount, reimbursed = (Decimal(line.get(f"{before}{name}") or 0) for name in ("amount", "reim_amount"))
    return reimbursed if payer is Payer.EMPLOYEE else amount - reimbursed
