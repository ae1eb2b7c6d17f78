"""What became of each report of a load: the outcomes of its documents, put together and written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from certify_intacct.model.outcomes import ChangeResult, OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.staging import open_reports
from certify_intacct.staging.plans import record_outcomes

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.to_send import PlannedDocument

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
        self._results: dict[int, list[tuple[PlannedDocument, ChangeResult, str]]] = {}
        self._rules: dict[str, Rule] = {}
        self._notes: dict[int, list[str]] = {}

    def add(self, item: PlannedDocument, result: ChangeResult, message: str, rule: Rule = Rule.HELD_DOCUMENT) -> None:
        """Notes the result of one document; ``rule`` is by what it is held."""
        self._results.setdefault(item.change_id, []).append((item, result, message))
        self._rules[item.document.number] = rule

    def note(self, item: PlannedDocument, text: str) -> None:
        """Adds a sentence that people are to read whatever became of the report."""
        self._notes.setdefault(item.change_id, []).append(text)

    def record(self, wave: Sequence[PlannedDocument]) -> Counter[ChangeResult]:
        """Writes the outcome of each report of the wave, and lists or unlists its documents as open items."""
        outcomes: list[tuple[int, str, str | None, str]] = []
        finished: list[tuple[str, str]] = []
        counts: Counter[ChangeResult] = Counter()
        with self.database.connection() as connection:
            for _, members in groupby(sorted(wave, key=lambda item: item.report_id), key=lambda item: item.report_id):
                documents = list(members)
                change_id = documents[0].change_id
                results = self._results.pop(change_id, [])
                for item, result, message in results:
                    if result in _OPEN:
                        self._keep_open(connection, item, result, message)
                    else:
                        finished.append((item.report_id, item.content_hash))
                worst = _worst(documents, results)
                if worst is None:
                    continue
                said = [text for _, result, text in results if result == worst and text]
                message = " ".join(dict.fromkeys([*said, *self._notes.pop(change_id, [])]))
                outcomes.append((change_id, worst, documents[0].document.token, message))
                counts[worst] += 1
            open_reports.close_parts(connection, self.company.certify_company, finished)
            record_outcomes(connection, self.run.run_id, outcomes)
        return counts

    def _keep_open(self, connection: Connection, item: PlannedDocument, result: ChangeResult, message: str) -> None:
        rule = self._rules[item.document.number] if result is ChangeResult.HELD else ""
        open_reports.keep_open(
            connection, self.company.certify_company, self.run.load_id, item.as_open(_OPEN[result], rule, message)
        )


def _worst(
    documents: Sequence[PlannedDocument], results: Sequence[tuple[PlannedDocument, ChangeResult, str]]
) -> ChangeResult | None:
    """By which of its documents' results a report is known; None as long as the run stopped before their turn, or in the midst."""
    reached = {item.document.number for item, _, _ in results}
    worst = min((result for _, result, _ in results), key=_RANK.index, default=None)
    unreached = any(item.document.number not in reached for item in documents)
    return None if worst is None or (worst not in _OPEN and unreached) else worst
