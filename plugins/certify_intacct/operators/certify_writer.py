"""Sends planned changes to Certify and records what became of each."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.errors import RecordRefused
from certify_intacct.staging.plans import pending, record_outcomes, winner

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.staging.database import Database

log = logging.getLogger(__name__)

# Certify names no limit for the array of an update; this many keep one lost answer small.
UPDATE_BATCH = 100

RESOURCES = {
    Subject.DEPARTMENT: "departments",
    Subject.DEPARTMENT_DEACTIVATION: "departments",
}

Planned = tuple[int, Change]
Outcome = tuple[int, str, str | None, str]


class CertifyWriter:
    """One load's work at Certify.

    :param hook: the Certify hook
    :param database: the connector's database
    :param load_id: the load whose plan is carried out
    :param run_id: the Airflow run, for the record
    """

    def __init__(self, *, hook: CertifyHook, database: Database, load_id: int, run_id: str) -> None:
        self.hook = hook
        self.database = database
        self.load_id = load_id
        self.run_id = run_id

    def run(self) -> dict[str, int]:
        """Carries out every subject in order and returns the outcomes counted."""
        counts: Counter[str] = Counter()
        for subject, resource in RESOURCES.items():
            with self.database.connection() as connection:
                planned = pending(connection, self.load_id, subject)
            if planned:
                log.info("%s: %s changes to send.", subject.value, len(planned))
            for outcomes in self._send(resource, planned):
                with self.database.connection() as connection:
                    record_outcomes(connection, self.run_id, outcomes)
                counts.update(result for _, result, _, _ in outcomes)
        return dict(counts)

    def _send(self, resource: str, planned: Sequence[Planned]) -> Iterator[list[Outcome]]:
        current: list[Planned] = []
        for change_id, change in planned:
            with self.database.connection() as connection:
                won = winner(connection, change_id)
            if won:
                yield [
                    (change_id, "moved_on", change.target_id, f"Run {won} changed this record since the plan was made.")
                ]
            elif change.action is Action.CREATE:
                yield [self._create(resource, change_id, change)]
            else:
                current.append((change_id, change))
        for batch in _batched(current, UPDATE_BATCH):
            yield self._update(resource, batch)

    def _create(self, resource: str, change_id: int, change: Change) -> Outcome:
        try:
            return change_id, "applied", self.hook.create(resource, dict(change.after)), ""
        except RecordRefused as error:
            return change_id, "refused", None, str(error)

    def _update(self, resource: str, batch: Sequence[Planned]) -> list[Outcome]:
        statuses = self.hook.update(resource, [{"ID": change.target_id, **change.after} for _, change in batch])
        by_id = {status.id: status for status in statuses}
        outcomes: list[Outcome] = []
        for change_id, change in batch:
            status = by_id.get(change.target_id or "")
            if status is None:
                outcomes.append(
                    (change_id, "in_doubt", change.target_id, "Certify's answer does not mention this record.")
                )
            elif status.status == "Updated":
                outcomes.append((change_id, "applied", change.target_id, ""))
            else:
                outcomes.append((change_id, "refused", change.target_id, status.message))
        return outcomes


def _batched(items: Sequence[Planned], size: int) -> Iterator[Sequence[Planned]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
