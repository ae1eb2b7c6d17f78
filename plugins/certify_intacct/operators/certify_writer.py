"""Sends planned changes to Certify, in the order of the plan, and records what became of each."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.model.changes import REFERENCES, Action, Change, Subject, parse_pending
from certify_intacct.model.changes import pending as stand_in
from certify_intacct.model.errors import AnswerUnreadable, RecordRefused
from certify_intacct.operators.certify_now import DEPARTMENTS, ENTITIES, CertifyNow, known_id
from certify_intacct.rules.lists import only
from certify_intacct.rules.organization import uses
from certify_intacct.staging.locks import require_session
from certify_intacct.staging.plans import created_ids, pending, record_outcomes, winner

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.certify.resources import UpdateStatus
    from certify_intacct.model.people import CertifyItem
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.streams.stream import Stream

log = logging.getLogger(__name__)

# Certify names no limit for the array of an update; this many keep one lost answer small.
UPDATE_BATCH = 100

Planned = tuple[int, Change]
#: change ID, result, Certify's ID, message
Outcome = tuple[int, str, str | None, str]


class Sending:
    """What every writer needs: the load, the IDs that its creates got, and the record of outcomes.

    :param hook: the Certify hook
    :param database: the connector's database
    :param load_id: the load whose plan is carried out
    :param run_id: the Airflow run, for the record
    :param lock: the session that holds the lock of Certify's only writer; nothing is sent when it is gone
    :param settle_seconds: the time between the two pulls that settle a create whose answer was lost
    """

    def __init__(
        self,
        *,
        hook: CertifyHook,
        database: Database,
        load_id: int,
        run_id: str,
        settle_seconds: float,
        lock: Connection | None = None,
    ) -> None:
        self.hook = hook
        self.lock = lock
        self.now = CertifyNow(hook)
        self.database = database
        self.load_id = load_id
        self.run_id = run_id
        self.settle_seconds = settle_seconds
        self.counts: Counter[str] = Counter()
        with database.connection() as connection:
            self.ids = created_ids(connection, load_id)

    def planned(self, subject: Subject) -> list[Planned]:
        """What is still to be sent of a subject; what another run has overtaken is recorded as such and left out."""
        with self.database.connection() as connection:
            changes = pending(connection, self.load_id, subject)
            overtaken = {change_id: run for change_id, _ in changes if (run := winner(connection, change_id))}
        self.record(
            (
                change_id,
                "moved_on",
                change.target_id,
                f"Run {overtaken[change_id]} changed this record since it was planned, or found it right as it is.",
            )
            for change_id, change in changes
            if change_id in overtaken
        )
        left = [(change_id, change) for change_id, change in changes if change_id not in overtaken]
        if left:
            log.info("%s: %s changes to send.", subject.value, len(left))
        return left

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Commits outcomes as soon as they are known."""
        rows = list(outcomes)
        if rows:
            with self.database.connection() as connection:
                record_outcomes(connection, self.run_id, rows)
            self.counts.update(result for _, result, _, _ in rows)

    def resolved(self, fields: dict[str, Any]) -> dict[str, Any] | None:
        """The fields with Certify's IDs for stand-ins; None when one of them was not created."""
        resolved = {
            name: self.ids.get(value) if name in REFERENCES and parse_pending(value) else value
            for name, value in fields.items()
        }
        return None if any(value is None for value in resolved.values()) else resolved

    def create(self, resource: str, body: dict[str, Any]) -> str:
        """Creates a record and returns its ID; errors as those of the hook."""
        self.require_lock()
        return self.hook.create(resource, body)

    def created_before(self, subject: Subject, key: str) -> tuple[str, str] | None:
        """The run that last created a row of this key, and the ID that it got; None when no run has."""
        with self.database.connection() as connection:
            row = connection.execute(
                """
                SELECT o.run_id, o.target_id FROM plan.change c JOIN plan.outcome o USING (change_id)
                WHERE c.subject = %s AND c.key = %s AND c.action = 'create' AND o.result = 'applied' AND o.target_id IS NOT NULL
                ORDER BY o.at DESC LIMIT 1
                """,
                [subject.value, key],
            ).fetchone()
        return (row["run_id"], row["target_id"]) if row else None

    def require_lock(self) -> None:
        """Makes sure that nobody else writes by now.

        :raises ServiceUnavailable: the session that held the lock is gone
        """
        if self.lock is not None:
            require_session(self.lock)

    def update(self, resource: str, records: Sequence[dict[str, Any]]) -> list[UpdateStatus] | None:
        """Updates records; None when the answer was lost. An update says how a record shall be, so it may be sent again."""
        for attempt in (1, 2):
            self.require_lock()
            try:
                return self.hook.update(resource, records)
            except AnswerUnreadable as error:
                log.warning(
                    "The answer to an update of %s %s was lost (attempt %s): %s", len(records), resource, attempt, error
                )
        return None


class CertifyWriter:
    """One load's work at Certify; parameters as those of :class:`Sending`."""

    def __init__(self, **sending: Any) -> None:
        self.sending = Sending(**sending)

    def run(self) -> dict[str, int]:
        """Carries out every subject in order and returns the outcomes counted."""
        from certify_intacct.operators.user_writer import UserWriter

        lists = (
            _ListWriter(
                self.sending, DEPARTMENTS, ("departments",), Subject.DEPARTMENT, Subject.DEPARTMENT_DEACTIVATION
            ),
            # The path of the create is not sure.
            _ListWriter(self.sending, ENTITIES, ("empglds/1", "empglds"), Subject.ENTITY, Subject.ENTITY_DEACTIVATION),
        )
        for writer in lists:
            writer.converge()
        UserWriter(self.sending).run()
        for writer in lists:
            writer.retire()
        return dict(self.sending.counts)


class _ListWriter:
    def __init__(
        self, sending: Sending, stream: Stream, paths: tuple[str, ...], subject: Subject, deactivation: Subject
    ) -> None:
        self.sending = sending
        self.stream = stream
        self.paths = paths
        self.subject = subject
        self.deactivation = deactivation

    def converge(self) -> None:
        """Creates and updates."""
        planned = self.sending.planned(self.subject)
        now = self.sending.now.items(self.stream) if planned else {}
        for change_id, change in planned:
            if change.action is Action.CREATE:
                self.sending.record([self._create(change_id, change, now)])
        self._update([(change_id, change) for change_id, change in planned if change.action is not Action.CREATE], now)

    def retire(self) -> None:
        """Deactivates, looking again whether anybody uses a row by now."""
        planned = self.sending.planned(self.deactivation)
        if not planned:
            return
        certify = self.sending.now.organization()
        used = {key: phrase for group in uses(certify, certify.users) for key, phrase in group.items()}
        self.sending.record(
            (change_id, "held", change.target_id, f"In use by now: {used[change.target_id or '']}.")
            for change_id, change in planned
            if change.target_id in used
        )
        now = self.sending.now.items(self.stream)
        self._update([(change_id, change) for change_id, change in planned if change.target_id not in used], now)

    def _create(self, change_id: int, change: Change, now: dict[str, CertifyItem]) -> Outcome:
        found = self._existing(change.key, now)
        if found and not known_id(found):
            return change_id, "held", None, "Certify has this code, under an ID that cannot be read."
        if found:
            return self._created(change_id, change, "already", found, "It existed already.")
        before = self.sending.created_before(self.subject, change.key)
        if before and before[1] not in now:
            # Certify deletes nothing, so it is there: only the list does not show it yet.
            message = f"Run {before[0]} created it, and Certify does not list it yet."
            return self._created(change_id, change, "in_doubt", before[1], message)
        refusal = ""
        for path in self.paths:
            body = dict(change.after) | ({} if path == self.paths[0] or "/" in path else {"EmpGLDIndex": 1})
            try:
                return self._created(change_id, change, "applied", self.sending.create(path, body), "")
            except RecordRefused as error:
                refusal = refusal or str(error)
            except AnswerUnreadable as error:
                return self._settled(change_id, change, error)
        return change_id, "refused", None, refusal

    def _settled(self, change_id: int, change: Change, error: AnswerUnreadable) -> Outcome:
        """Two pulls, some time apart, tell what became of a create whose answer was lost."""
        for wait in (0.0, self.sending.settle_seconds):
            time.sleep(wait)
            found = self._existing(change.key, self.sending.now.items(self.stream))
            if found and known_id(found):
                return self._created(
                    change_id, change, "applied", found, "The answer was lost; Certify has the record."
                )
        return change_id, "in_doubt", None, f"The answer was lost, and Certify does not list the record: {error}"

    def _existing(self, code: str, now: dict[str, CertifyItem]) -> str:
        found = only([item for item in now.values() if item.code == code])
        return found.id if found else ""

    def _created(self, change_id: int, change: Change, result: str, certify_id: str, message: str) -> Outcome:
        self.sending.ids[stand_in(self.subject, change.key)] = certify_id
        return change_id, result, certify_id, message

    def _update(self, planned: Sequence[Planned], now: dict[str, CertifyItem]) -> None:
        left: list[Planned] = []
        for change_id, change in planned:
            item = now.get(change.target_id or "")
            state = {"Name": item.name, "Active": int(item.active)} if item else {}
            outcome = moved_on(change_id, change, {name: state.get(name) for name in change.after})
            if outcome:
                self.sending.record([outcome])
            else:
                left.append((change_id, change))
        for start in range(0, len(left), UPDATE_BATCH):
            batch = left[start : start + UPDATE_BATCH]
            statuses = self.sending.update(
                self.paths[0], [{"ID": change.target_id, **change.after} for _, change in batch]
            )
            self.sending.record(outcomes_of(batch, statuses))


def moved_on(change_id: int, change: Change, state: dict[str, Any]) -> Outcome | None:
    """What to record when the target is not any more as the plan saw it: nothing to do, or no business of this plan.

    :param state: the fields of ``change.after`` as they are now
    """
    if state == dict(change.after):
        return change_id, "already", change.target_id, ""
    if state == dict(change.before):
        return None
    differing = ", ".join(name for name, value in state.items() if value != change.before.get(name))
    return (
        change_id,
        "moved_on",
        change.target_id,
        f"Certify's record was changed since the plan was made: {differing}.",
    )


def outcomes_of(batch: Sequence[Planned], statuses: Sequence[UpdateStatus] | None) -> list[Outcome]:
    """The outcomes of an update, in the order of the batch."""
    if statuses is None:
        return [(change_id, "in_doubt", change.target_id, "The answer was lost twice.") for change_id, change in batch]
    return [
        (change_id, "applied" if status.succeeded else "refused", status.id, status.message)
        for (change_id, _), status in zip(batch, statuses, strict=True)
    ]
