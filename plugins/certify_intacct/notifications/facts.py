"""All that a mail may tell of a run, asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.model.rules import Desk, rules_of
from certify_intacct.notifications import matters
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.runs.report_text import how_many
from certify_intacct.staging import overview, receipts
from certify_intacct.staging.load_tally import STATES, Tally, load_tally, quarantined
from certify_intacct.staging.waiting import WaitingSearch, waiting_rows, waits

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.notifications.matters import Matter
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.run_report import RunReport
    from certify_intacct.staging.told import Key
    from certify_intacct.staging.waiting import Waits

#: More than a person reads; behind it, what waits longest is told first, and the rest when that is done.
MOST = 5000


@dataclass(frozen=True, kw_only=True)
class PostedSum:
    """Documents of a kind and a currency that a load sent and that stand in Intacct."""

    kind: str
    currency: str
    documents: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What there is to tell.

    :param matters: all that waits, of expense reports whichever run met it, and ``findings``, which counts apart
    :param by_desk: how much of expense reports waits by who can act, counted as the page of what waits counts it
    :param quarantined: rows that data quality took out of the load
    :param in_doubt: documents whose answer was lost, and ``not_in_gl`` those that Intacct has not posted yet
    :param receipts: those of posted documents that are still to be attached
    :param seal: of the ledger, as a line
    """

    report: RunReport
    tally: Tally
    matters: tuple[Matter, ...] = ()
    findings: tuple[Matter, ...] = ()
    by_desk: Mapping[str, Waits] = field(default_factory=dict)
    quarantined: int = 0
    in_doubt: int = 0
    not_in_gl: int = 0
    receipts: int = 0
    seal: str = ""

    @cached_property
    def posted(self) -> list[PostedSum]:
        """Documents of the load's plan that stand in Intacct, with their amount, by kind and currency."""
        found: dict[tuple[str, str], tuple[int, Decimal]] = {}
        for row in self.tally.documents:
            documents, amount = found.get((row.kind, row.currency), (0, Decimal(0)))
            found[row.kind, row.currency] = documents + row.posted, amount + row.posted_amount
        return [
            PostedSum(kind=kind, currency=currency, documents=documents, amount=amount)
            for (kind, currency), (documents, amount) in sorted(found.items())
            if documents
        ]

    @property
    def synced(self) -> list[tuple[str, str, str, int]]:
        """What became of the plan: subject, action, result in words, and how many."""
        words = dict(STATES)
        return [
            (row.subject.replace("_", " "), row.action.replace("_", " "), words.get(row.state, row.state), row.changes)
            for row in self.tally.counted
        ]

    @property
    def how_many(self) -> str:
        """How much waits, as the log of the run says it; of a reconciliation, what it found."""
        found = len(self.findings)
        if self.report.load.direction == "reconciliation" and found:
            return f"{found} {'finding' if found == 1 else 'findings'}"
        return how_many(self.report)

    @property
    def commands(self) -> list[str]:
        """What covers the dates that no run has covered."""
        return backfill_commands(self.report.load.direction, self.report.uncovered, self.report.zone)

    @property
    def key(self) -> Key:
        """What this load did, as ``ops.told`` has it."""
        return f"what {self.report.load.dag_id} did", str(self.report.load.load_id)

    @property
    def did_something(self) -> bool:
        return bool(self.posted) or bool(self.tally.states.get(ChangeResult.APPLIED))


def facts_of(connection: Connection, configuration: Configuration, report: RunReport, seal: str) -> RunFacts:
    """Asks the database."""
    company, load = configuration.company, report.load
    of_expenses = load.direction != "organization"
    rows = waiting_rows(connection, company.certify_company, most=MOST) if report.waits else []
    desks = [desk.value for desk in Desk if desk is not Desk.NOBODY] if report.waits else []
    others = [item for item in report.waiting if not item["of"].startswith("report ")]
    states = (
        overview.states(connection, company.intacct_company_id, (LedgerState.SENDING, LedgerState.IN_DOUBT, LedgerState.ACCEPTED))
        if of_expenses
        else {}
    )  # fmt: skip
    return RunFacts(
        report=report,
        tally=load_tally(connection, load.load_id),
        matters=(*matters.of_reports(rows), *matters.of_others(load.dag_id, load.load_id, others)),
        findings=tuple(matters.of_findings(overview.findings(connection, most=MOST)[1])) if of_expenses else (),
        by_desk={
            desk: waits(connection, company.certify_company, WaitingSearch(rules=rules_of(desk))) for desk in desks
        },
        quarantined=quarantined(connection, load.load_id),
        in_doubt=states.get(LedgerState.SENDING, 0) + states.get(LedgerState.IN_DOUBT, 0),
        not_in_gl=states.get(LedgerState.ACCEPTED, 0),
        receipts=len(receipts.due(connection, company.intacct_company_id)) if of_expenses else 0,
        seal=seal,
    )
