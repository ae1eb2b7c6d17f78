"""Posts the documents of a load to Intacct, each at most once, whatever happens on the way.

The order for each document: frozen by the plan, looked for in Intacct, ``sending`` committed to the ledger, sent, the answer
committed, read back. A request is never repeated because its answer is missing: what is not known to be refused is in doubt, and
settled by looking.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.posting.claim_checks import require_started
from certify_intacct.posting.pre_send_checks import PreSendChecks
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.replayer import Replayer
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.posting.report_outcomes import ReportOutcomes
from certify_intacct.posting.sender import DocumentSender
from certify_intacct.staging import report_plans

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.receipts import Receipts
    from certify_intacct.posting.recheck import Recheck
    from certify_intacct.staging.report_plans import PlannedDocument

# Reports that are looked up, checked and locked together.
WAVE = 200


class IntacctPoster:
    """One load's work at Intacct.

    :param recheck: asks Certify again at send time
    :param receipts: puts receipts into Intacct before the documents that point to them; None when none are attached
    :param pause: waits some seconds; tests pass their own
    """

    def __init__(
        self,
        run: PostingRun,
        *,
        recheck: Recheck,
        receipts: Receipts | None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.run_of = run
        self.database = run.database
        self.company = run.company
        self.pause = pause
        self.recheck = recheck
        self.outcomes = ReportOutcomes(run)
        self.checks = PreSendChecks(run, recheck=recheck, receipts=receipts, outcomes=self.outcomes)

    def run(self, planned: Sequence[PlannedDocument]) -> dict[str, int]:
        """Sends what is planned and returns the outcomes of the reports, counted.

        :raises ConnectorError: Intacct or Certify cannot be worked with; what was done until then is recorded
        """
        counts: Counter[str] = Counter()
        with ReportLocks(self.database, self.company.intacct_company_id, load_id=self.run_of.load_id) as locks:
            replayer = Replayer(self.run_of, recheck=self.recheck, locks=locks)
            recovery = Recovery(self.run_of, locks=locks, replayer=replayer)
            sender = DocumentSender(self.run_of, locks=locks, outcomes=self.outcomes, pause=self.pause)
            recovery.settle()
            for wave in _waves(planned):
                ours = self._ours(wave, locks)
                try:
                    self._wave(ours, sender)
                finally:
                    counts.update(self.outcomes.record(wave))
                    locks.give_back(item.document.token for item in ours)
                # The quickest way to settle a lost answer is to look at once.
                recovery.settle_just_sent()
            recovery.settle_again(self.pause)
        with self.database.connection() as connection:
            found = report_plans.settle_outcomes(
                connection, self.run_of.load_id, self.run_of.run_id, self.company.certify_company
            )
        if found:
            counts[ChangeResult.IN_DOUBT] -= found
            counts[ChangeResult.APPLIED] += found
            counts["found_after_lost_answer"] += found
        return {result: count for result, count in counts.items() if count}

    def _ours(self, wave: Sequence[PlannedDocument], locks: ReportLocks) -> list[PlannedDocument]:
        """The documents of the wave whose reports are ours to send now; the others get an outcome that names who has them."""
        tokens = {item.document.token for item in wave}
        taken = locks.take(tokens)
        # Who has finished between our attempt and our question leaves a report that can be had now.
        winners = {token: locks.holder(token) for token in tokens - taken}
        taken |= locks.take(token for token, holder in winners.items() if holder is None)
        for item in wave:
            if item.document.token in taken:
                continue
            winner = winners[item.document.token] or locks.holder(item.document.token) or "Another run"
            self.outcomes.add(item, ChangeResult.MOVED_ON, f"{winner}, is sending this report just now.")
        return [item for item in wave if item.document.token in taken]

    def _wave(self, wave: Sequence[PlannedDocument], sender: DocumentSender) -> None:
        with self.database.connection() as connection:
            # Before receipts are put into Intacct; asked again with every request.
            require_started(connection, self.run_of)
        size = self.run_of.configuration.posting.sending.batch_size
        for session, members in groupby(self.checks.passed(wave), key=lambda item: item.document.session_entity):
            batch = list(members)
            for start in range(0, len(batch), size):
                sender.send(session, batch[start : start + size])


def _waves(planned: Sequence[PlannedDocument]) -> Iterator[list[PlannedDocument]]:
    """The documents in groups of at most ``WAVE`` reports; a report is never divided, and sessions stay together."""
    by_report: Mapping[str, list[PlannedDocument]] = {
        report_id: list(members)
        for report_id, members in groupby(
            sorted(planned, key=lambda item: item.report_id), key=lambda item: item.report_id
        )
    }
    reports = sorted(by_report.values(), key=lambda members: (members[0].document.session_entity, members[0].report_id))
    for start in range(0, len(reports), WAVE):
        wave = [item for members in reports[start : start + WAVE] for item in members]
        yield sorted(wave, key=lambda item: (item.document.session_entity, item.report_id, item.document.key.ordinal))
