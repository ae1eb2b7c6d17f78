"""Posts a group of reports, in sessions of Intacct and under locks of its own.

The order for each document: frozen by the plan, looked for in Intacct, ``sending`` committed to the ledger, sent, the answer
committed, read back. A request is never repeated because its answer is missing: what is not known to be refused is in doubt, and
settled by looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.posting.claim_checks import require_started
from certify_intacct.posting.pre_send_checks import PreSendChecks
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.replayer import Replayer
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.posting.report_outcomes import ReportOutcomes
from certify_intacct.posting.sender import DocumentSender
from certify_intacct.staging.to_send import planned_documents

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.recheck import Recheck
    from certify_intacct.staging.to_send import PlannedDocument
    from certify_intacct.transport.progress import Progress


class WavePoster:
    """A sender of a load: several work side by side, and know no more of each other than runs do.

    :param recheck: asks Certify again at send time
    :param alike: why documents wait for a person, by number (see ``look_alikes``)
    :param over: is set when the run ends before its time: then no further request is begun
    :param progress: counts the documents of all senders
    :param pause: waits some seconds
    """

    def __init__(
        self,
        run: PostingRun,
        *,
        recheck: Recheck,
        alike: Mapping[str, str],
        over: Event,
        progress: Progress,
        pause: Callable[[float], None],
    ) -> None:
        self.run = run
        self.over = over
        self.progress = progress
        self.locks = ReportLocks(run.database, run.company.intacct_company_id, load_id=run.load_id)
        self.outcomes = ReportOutcomes(run)
        self.checks = PreSendChecks(run, recheck=recheck, alike=alike, outcomes=self.outcomes)
        self.recovery = Recovery(run, locks=self.locks, replayer=Replayer(run, recheck=recheck, locks=self.locks))
        self.sender = DocumentSender(run, locks=self.locks, outcomes=self.outcomes, pause=pause)

    def __enter__(self) -> WavePoster:
        self.locks.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.locks.__exit__(kind, error, trace)

    def post(self, report_ids: Sequence[str]) -> Counter[ChangeResult]:
        """Sends what the plan has of some reports and returns their outcomes, counted.

        :raises ConnectorError: Intacct or Certify cannot be worked with; what was done until then is recorded
        """
        with self.run.database.connection() as connection:
            wave = planned_documents(connection, self.run.load_id, report_ids)
        ours = self._ours(wave)
        self.progress.step(len(wave) - len(ours))
        try:
            self._send(ours)
        finally:
            counts = self.outcomes.record(wave)
            self.locks.give_back(item.document.token for item in ours)
        # The quickest way to settle a lost answer is to look at once.
        self.recovery.settle_just_sent({item.document.token for item in ours})
        return counts

    def _ours(self, wave: Sequence[PlannedDocument]) -> list[PlannedDocument]:
        """The documents of the wave whose reports are ours to send now; the others get an outcome that names who has them."""
        tokens = {item.document.token for item in wave}
        taken = self.locks.take(tokens)
        # Who has finished between our attempt and our question leaves a report that can be had now.
        winners = {token: self.locks.holder(token) for token in tokens - taken}
        taken |= self.locks.take(token for token, holder in winners.items() if holder is None)
        for item in wave:
            if item.document.token in taken:
                continue
            winner = winners[item.document.token] or self.locks.holder(item.document.token) or "Another run"
            self.outcomes.add(item, ChangeResult.MOVED_ON, f"{winner}, is sending this report just now.")
        return [item for item in wave if item.document.token in taken]

    def _send(self, wave: Sequence[PlannedDocument]) -> None:
        with self.run.database.connection() as connection:
            # Before attachments are made in Intacct; asked again with every request.
            require_started(connection, self.run)
        size = self.run.configuration.posting.sending.batch_size
        passed = self.checks.passed(wave)
        self.progress.step(len(wave) - len(passed))
        for session, members in groupby(passed, key=lambda item: item.document.session_entity):
            batch = list(members)
            for start in range(0, len(batch), size):
                if self.over.is_set():
                    return
                some = batch[start : start + size]
                self.sender.send(session, some)
                self.progress.step(len(some))
