"""Claims documents in the ledger: ``sending`` is committed before anything leaves this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import BadInput
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.posting.claim_checks import ClaimChecks
from certify_intacct.posting.requests import function_of
from certify_intacct.staging import frozen_reports, ledger, ledger_reads, report_plans

if TYPE_CHECKING:
    from certify_intacct.intacct.functions import Function
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.report_locks import ReportLocks
    from certify_intacct.posting.report_outcomes import ReportOutcomes
    from certify_intacct.staging.report_plans import PlannedDocument


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A document that is ``sending`` in the ledger, and its function."""

    document_id: int
    planned: PlannedDocument
    function: Function


class Claims:
    """Enters documents into the ledger, or their next revisions.

    :param locks: holds the locks of the documents' reports
    """

    def __init__(self, run: PostingRun, *, locks: ReportLocks, outcomes: ReportOutcomes) -> None:
        self.run = run
        self.database = run.database
        self.company = run.company
        self.locks = locks
        self.outcomes = outcomes
        self.checks = ClaimChecks(run)

    def claim(self, batch: Sequence[PlannedDocument]) -> list[Claimed]:
        """Commits ``sending`` for each document of a request. What may not be sent, or of which no request can be made, is left out.

        :raises GuardTripped: posting is stopped
        """
        claimed = []
        self.locks.require()
        with self.database.connection() as connection:
            checked = self.checks.check(connection, batch)
            for item in batch:
                if item.document.number in checked.held:
                    self.outcomes.add(item, ChangeResult.HELD, *checked.held[item.document.number])
                    continue
                try:
                    function = function_of(item.document, item.revision)
                except BadInput as error:
                    # Planned by a version that did not build it yet. It stops nobody else.
                    self.outcomes.add(
                        item, ChangeResult.MOVED_ON, f"No valid request can be made of it; it is planned anew: {error}"
                    )
                    continue
                frozen_reports.freeze(
                    connection,
                    self.run.load_id,
                    item.report_id,
                    self.company.certify_company,
                    item.document.key.sequence,
                )
                # From here on every run reads the report again until it is whole, whatever becomes of this one.
                report_plans.begin(connection, self.company.certify_company, item, self.run.load_id)
                known = ledger_reads.by_place(connection, self.company.intacct_company_id, item.document)
                common: dict[str, Any] = {
                    "revision": item.revision,
                    "control_id": function.control_id,
                    "request": function.xml,
                    "config_hash": item.config_hash,
                    "load_id": self.run.load_id,
                    "run_id": self.run.run_id,
                    "actor": self.run.actor,
                    "approved_by": checked.approved_by.get(item.document.number, ""),
                    "backfill_id": checked.backfills.get(item.document.number),
                }
                if known is not None:
                    document_id = known.document_id
                    ledger.revise(connection, document_id, item.document, **common)
                else:
                    document_id = ledger.enter(connection, item.document, state=LedgerState.SENDING, **common)
                claimed.append(Claimed(document_id=document_id, planned=item, function=function))
        return claimed
