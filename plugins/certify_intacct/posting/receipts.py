"""Puts receipts into the attachments of posted documents: work of its own, whose failures fail no posting.

What is to be done stands in the ledger (``staging.receipts``). So it goes on where it was interrupted, and what could not be attached
is tried again by the next run.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from certify_intacct.model.errors import AnswerTooLarge
from certify_intacct.model.rules import Rule
from certify_intacct.posting.claim_checks import require_started
from certify_intacct.posting.receipt_fetching import ReceiptFetcher
from certify_intacct.posting.receipt_uploads import ReceiptUploads
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.rules.texts import readable
from certify_intacct.staging import ledger_reads, receipts
from certify_intacct.staging.alarms import Alarm, raise_alarms
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.receipts import OpenReceipt

log = logging.getLogger(__name__)

# Attachments that are locked and worked on together.
_TOGETHER = 100
#: Who reads of it in every report for so long has attached it by hand by now.
GIVE_UP = timedelta(days=30)


class Receipts:
    """Attaches what the ledger knows as still to be attached, and what the lines of the load name anew."""

    def __init__(self, run: PostingRun, *, certify: CertifyHook) -> None:
        self.run = run
        self.database = run.database
        self.company = run.company.intacct_company_id
        self.late = timedelta(minutes=run.configuration.posting.sending.late_commit_minutes)
        self.fetcher = ReceiptFetcher(certify, megabytes=run.configuration.posting.receipts.largest_megabytes)
        self.uploads = ReceiptUploads(run)
        self.left_out = 0
        # What people are told of a report.
        self._told: dict[str, list[str]] = defaultdict(list)

    def attach(self) -> dict[str, int]:
        """Attaches what can be had; returns how many receipts are attached since, left out for good, and still waiting.

        :raises ServiceUnavailable: Certify or Intacct does not answer; what was done stands, and the next try goes on from there
        :raises ConnectorError: one of them cannot be worked with
        :raises GuardTripped: posting is stopped
        """
        with self.database.connection() as connection:
            again = receipts.read_again(connection, self.company, self.run.company.certify_company, self.run.load_id)
            receipts.queue(connection, self.company, self.run.load_id, again)
            open_ones = receipts.due(connection, self.company)
        progress = Progress("Receipts", len(open_ones))
        with ReportLocks(self.database, self.company, load_id=self.run.load_id, work="receipts") as locks:
            for attachment_ids in _groups(open_ones):
                ours = locks.take(attachment_ids)
                try:
                    self._attach(ours, progress)
                finally:
                    locks.give_back(ours)
        with self.database.connection() as connection:
            waiting = receipts.due(connection, self.company)
            raise_alarms(connection, self.run.load_id, self._alarms(waiting))
        counts = Counter(attached=self.uploads.attached, left_out=self.left_out, waiting=len(waiting))
        return {name: count for name, count in counts.items() if count}

    def _attach(self, attachment_ids: Iterable[str], progress: Progress) -> None:
        """Attaches the receipts of a few attachments that nobody else works on."""
        with self.database.connection() as connection:
            require_started(connection, self.run)
            now = ledger_reads.now(connection)
            open_ones = receipts.due(connection, self.company, attachment_ids)
        wanted = [receipt for receipt in open_ones if receipt.sent_at is None]
        sent = [receipt for receipt in open_ones if receipt.sent_at is not None and now - receipt.sent_at >= self.late]
        wanted += self._not_there(sent)
        self.uploads.send_all(self._files(wanted, now, progress))

    def _not_there(self, sent: Sequence[OpenReceipt]) -> list[OpenReceipt]:
        """Those of the receipts, whose answer was lost once, that Intacct has not; the others are settled."""
        by_attachment: dict[str, list[OpenReceipt]] = defaultdict(list)
        for receipt in sent:
            by_attachment[receipt.attachment_id].append(receipt)
        missing = []
        for attachment_id, members in by_attachment.items():
            receipt_ids = [receipt.receipt_id for receipt in members]
            try:
                there = self.uploads.settle_by_looking(attachment_id, receipt_ids)
            except AnswerTooLarge as error:
                problem = f"What Intacct has of it cannot be looked at: {error}"
                self.uploads.failed(attachment_id, receipt_ids, problem, answered=False)
            else:
                missing += [receipt for receipt in members if receipt.receipt_id not in there]
        return missing

    def _files(
        self, wanted: Sequence[OpenReceipt], now: datetime, progress: Progress
    ) -> Iterator[tuple[OpenReceipt, dict[str, str]]]:
        """The receipts that can be sent, with their files; of the others it is noted why not."""
        for fetched in self.fetcher.fetched(wanted):
            progress.step()
            if fetched.file is not None:
                yield fetched.receipt, fetched.file
            elif fetched.left_out:
                self._leave_out(fetched.receipt, fetched.left_out)
            elif now - fetched.receipt.since > GIVE_UP:
                self._leave_out(fetched.receipt, f"not available for {GIVE_UP.days} days: {fetched.problem}")
            else:
                self.uploads.failed(fetched.receipt.attachment_id, [fetched.receipt.receipt_id], fetched.problem)

    def _leave_out(self, receipt: OpenReceipt, why: str) -> None:
        log.warning("Receipt %s of report %s is %s, and is not attached.", _shown(receipt), receipt.report_id, why)
        with self.database.connection() as connection:
            receipts.settle(connection, self.company, receipt.attachment_id, {receipt.receipt_id: why})
        self.left_out += 1
        self._told[receipt.report_id].append(f"Receipt {_shown(receipt)} is {why}, and is not attached.")

    def _alarms(self, waiting: Sequence[OpenReceipt]) -> Iterator[Alarm]:
        """What a person is told of each report that lacks receipts."""
        for receipt in waiting:
            if receipt.problem:
                log.warning("Receipt %s of report %s: %s", _shown(receipt), receipt.report_id, receipt.problem)
                text = f"Receipt {_shown(receipt)} could not be attached yet: {receipt.problem}"
                self._told[receipt.report_id].append(text)
        for report_id, told in self._told.items():
            yield Alarm(
                what=f"report {report_id}",
                rule=Rule.RECEIPT,
                reason=" ".join(told),
                cure="Its documents are posted. Attach by hand in Intacct what was left out; the rest is tried again by each run.",
            )


def _groups(open_ones: Sequence[OpenReceipt]) -> Iterator[list[str]]:
    """The attachments that wait for something, in groups, in the order of what waits."""
    attachment_ids = iter(dict.fromkeys(receipt.attachment_id for receipt in open_ones))
    while group := list(islice(attachment_ids, _TOGETHER)):
        yield group


def _shown(receipt: OpenReceipt) -> str:
    return readable(receipt.receipt_id, 100)
