"""Posts the documents of a load to Intacct, each at most once, whatever happens on the way.

The reports are divided among as many senders as Intacct is asked by at the same time; each works as a run of its own would.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from threading import Event
from typing import TYPE_CHECKING

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.posting.look_alikes import look_alikes
from certify_intacct.posting.wave_poster import WavePoster
from certify_intacct.staging import to_send
from certify_intacct.transport.progress import Progress
from certify_intacct.transport.side_by_side import with_each

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.recheck import Recheck

# Reports that are looked up, checked and locked together.
WAVE = 200


class IntacctPoster:
    """One load's work at Intacct.

    :param runs: the load's run with each sender's own hook
    :param recheck: asks Certify again at send time
    :param pause: waits some seconds; tests pass their own
    """

    def __init__(
        self,
        runs: Sequence[PostingRun],
        *,
        recheck: Recheck,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.runs = runs
        self.pause = pause
        self.recheck = recheck

    def run(self) -> dict[str, int]:
        """Sends what is planned and returns the outcomes of the reports, counted.

        :raises ConnectorError: Intacct or Certify cannot be worked with; what was done until then is recorded
        """
        counts: Counter[str] = Counter()
        run = self.runs[0]
        with ExitStack() as opened:
            alike: dict[str, str] = {}
            over = Event()
            progress = Progress("Documents")
            posters = [opened.enter_context(self._poster(one, alike, over, progress)) for one in self.runs]
            recovery = posters[0].recovery
            recovery.settle()
            alike |= look_alikes(run)
            run.hook.lay_down_sessions()
            with run.database.connection() as connection:
                reports = to_send.reports_to_send(connection, run.load_id)
            progress.whole = sum(documents for _, documents in reports)
            waves = _waves(reports, len(posters), run.configuration.posting.sending.batch_size)
            with closing(with_each(posters, WavePoster.post, waves, over=over)) as posted:
                for counted in posted:
                    counts.update(counted)
            for one in self.runs:
                one.hook.lay_down_sessions()
            recovery.settle_again(self.pause)
        with run.database.connection() as connection:
            companies = run.company.certify_company, run.company.intacct_company_id
            found = to_send.settle_outcomes(connection, run.load_id, run.run_id, *companies)
        if found:
            counts[ChangeResult.IN_DOUBT] -= found
            counts[ChangeResult.APPLIED] += found
            counts["found_after_lost_answer"] += found
        return {result: count for result, count in counts.items() if count}

    def _poster(self, run: PostingRun, alike: Mapping[str, str], over: Event, progress: Progress) -> WavePoster:
        return WavePoster(run, recheck=self.recheck, alike=alike, over=over, progress=progress, pause=self.pause)


def _waves(reports: Sequence[tuple[str, int]], senders: int, batch_size: int) -> Iterator[list[str]]:
    """The IDs of the reports in groups of at most ``WAVE``, those of one session together.

    As many groups as give each sender the same share, unless a sender would have less than one request's documents.

    :param reports: ID and number of documents of each
    """
    shares = min(senders, math.ceil(sum(documents for _, documents in reports) / batch_size))
    rounds = math.ceil(len(reports) / (WAVE * max(shares, 1)))
    size = max(math.ceil(len(reports) / max(shares * rounds, 1)), 1)
    for start in range(0, len(reports), size):
        yield [report_id for report_id, _ in reports[start : start + size]]
