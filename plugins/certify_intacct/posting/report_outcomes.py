"""What became of each report of a load: the outcomes of its documents, put together and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from certify_intacct.model.outcomes import ChangeResult, OpenState
from certify_intacct.staging import report_plans
from certify_intacct.staging.plans import record_outcomes

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.report_plans import PlannedDocument

# Which of its documents' results a report is known by, worst first; and what that makes of an open item.
_RANK = (
    ChangeResult.IN_DOUBT, ChangeResult.HELD, ChangeResult.REJECTED, ChangeResult.MOVED_ON, ChangeResult.APPLIED, ChangeResult.ALREADY,
)  # fmt: skip
_OPEN = {
    ChangeResult.IN_DOUBT: OpenState.IN_DOUBT,
    ChangeResult.HELD: OpenState.HELD,
    ChangeResult.REJECTED: OpenState.REJECTED,
    ChangeResult.MOVED_ON: OpenState.FOUND,
}


class ReportOutcomes:
    """Collects the results of documents, and records them report by report."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.database = run.database
        self.company = run.company
        self._results: dict[int, list[tuple[ChangeResult, str]]] = {}
        self._reached: dict[int, set[str]] = {}
        self._notes: dict[int, list[str]] = {}

    def add(self, item: PlannedDocument, result: ChangeResult, message: str) -> None:
        """Notes the result of one document."""
        self._results.setdefault(item.change_id, []).append((result, message))
        self._reached.setdefault(item.change_id, set()).add(item.document.number)

    def note(self, item: PlannedDocument, text: str) -> None:
        """Adds a sentence that people are to read whatever became of the report."""
        self._notes.setdefault(item.change_id, []).append(text)

    def record(self, wave: Sequence[PlannedDocument]) -> Counter[ChangeResult]:
        """Writes the outcome of each report of the wave, and lists or unlists it as an open item."""
        counts: Counter[ChangeResult] = Counter()
        with self.database.connection() as connection:
            for report_id, members in groupby(
                sorted(wave, key=lambda item: item.report_id), key=lambda item: item.report_id
            ):
                documents = list(members)
                item = documents[0]
                results = self._results.pop(item.change_id, [])
                reached = self._reached.pop(item.change_id, set())
                if not results:  # the run stopped before its turn came
                    continue
                worst = min((result for result, _ in results), key=_RANK.index)
                if worst not in _OPEN and any(document.document.number not in reached for document in documents):
                    # The run stopped in the midst of it: no outcome yet, and an open item since its first document was claimed.
                    continue
                said = [text for result, text in results if result == worst and text]
                message = " ".join(dict.fromkeys([*said, *self._notes.pop(item.change_id, [])]))
                record_outcomes(connection, self.run.run_id, [(item.change_id, worst, item.document.token, message)])
                counts[worst] += 1
                self._follow_up(connection, report_id, item, worst, message)
        return counts

    def _follow_up(
        self, connection: Connection, report_id: str, item: PlannedDocument, result: ChangeResult, message: str
    ) -> None:
        if result in _OPEN:
            report_plans.keep_open(
                connection,
                certify_company=self.company.certify_company,
                report_id=report_id,
                state=_OPEN[result],
                load_id=self.run.load_id,
                rule=result,
                reason=message,
                label=item.label,
                processed_date=item.processed_date,
            )
        else:
            report_plans.close_open(connection, self.company.certify_company, [report_id])
