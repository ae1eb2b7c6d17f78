"""What every part of the work at Certify needs: the load, the requests, and the record of what became of each change."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.model.changes import REFERENCES, Change, parse_pending
from certify_intacct.model.errors import AnswerUnreadable
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.provisioning.certify_now import CertifyNow
from certify_intacct.staging.locks import require_session
from certify_intacct.staging.plans import created_ids, pending, record_outcomes, to_send, winner
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.certify.resources import UpdateStatus
    from certify_intacct.model.configuration.dimensions import Used
    from certify_intacct.staging.database import Connection, Database

log = logging.getLogger(__name__)

# Certify names no limit for the array of an update; this many keep one lost answer small.
UPDATE_BATCH = 100

Planned = tuple[int, Change]
#: change ID, result, Certify's ID, message
Outcome = tuple[int, ChangeResult, str | None, str]


class ProvisioningRun:
    """What every writer needs: the load, the IDs that its creates got, and the record of outcomes.

    :param hook: the Certify hook
    :param database: the connector's database
    :param listed: the dimensions whose lists are worked on
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
        listed: Sequence[Used],
        load_id: int,
        run_id: str,
        settle_seconds: float,
        lock: Connection | None = None,
    ) -> None:
        self.hook = hook
        self.lock = lock
        self.listed = listed
        self.now = CertifyNow(hook, listed)
        self.database = database
        self.load_id = load_id
        self.run_id = run_id
        self.settle_seconds = settle_seconds
        self.counts: Counter[str] = Counter()
        with database.connection() as connection:
            self.ids = created_ids(connection, load_id)
            self.progress = Progress("Changes at Certify", to_send(connection, load_id))

    def planned(self, subject: str) -> list[Planned]:
        """What is still to be sent of a subject; what another run has overtaken is recorded as such and left out."""
        with self.database.connection() as connection:
            changes = pending(connection, self.load_id, subject)
            overtaken = {change_id: run for change_id, _ in changes if (run := winner(connection, change_id))}
        self.record(
            (
                change_id,
                ChangeResult.MOVED_ON,
                change.target_id,
                f"Run {overtaken[change_id]} changed this record since it was planned, or found it right as it is.",
            )
            for change_id, change in changes
            if change_id in overtaken
        )
        left = [(change_id, change) for change_id, change in changes if change_id not in overtaken]
        if left:
            log.info("%s: %s changes to send.", str(subject), len(left))
        return left

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Commits outcomes as soon as they are known."""
        rows = list(outcomes)
        if rows:
            with self.database.connection() as connection:
                record_outcomes(connection, self.run_id, rows)
            self.counts.update(result for _, result, _, _ in rows)
            self.progress.step(len(rows))

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

    def created_before(self, change: Change) -> tuple[str, str] | None:
        """The run that last created this row of a list, and the ID that it got; None when no run has.

        A dimension may have had its list elsewhere before (``Change.source_key``): what was created there is not here.
        """
        with self.database.connection() as connection:
            row = connection.execute(
                """
                SELECT o.run_id, o.target_id FROM plan.change c JOIN plan.outcome o USING (change_id)
                WHERE c.subject = %s AND c.key = %s AND c.source_key = %s AND c.action = 'create' AND o.result = 'applied'
                  AND o.target_id IS NOT NULL
                ORDER BY o.at DESC LIMIT 1
                """,
                [str(change.subject), change.key, change.source_key],
            ).fetchone()
        return (row["run_id"], row["target_id"]) if row else None

    def named_before(self, change: Change) -> str:
        """The run that last gave a row the name that it shall have; empty when it was never given, or another one since."""
        with self.database.connection() as connection:
            row = connection.execute(
                """
                SELECT o.run_id, c.after ->> 'Name' AS name FROM plan.change c JOIN plan.outcome o USING (change_id)
                WHERE c.subject = %s AND c.key = %s AND c.after ? 'Name' AND o.result = 'applied' AND o.target_id = %s
                ORDER BY o.at DESC LIMIT 1
                """,
                [str(change.subject), change.key, change.target_id],
            ).fetchone()
        return str(row["run_id"]) if row and row["name"] == change.after.get("Name") else ""

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


def moved_on(change_id: int, change: Change, state: dict[str, Any]) -> Outcome | None:
    """What to record when the target is not any more as the plan saw it: nothing to do, or no business of this plan.

    :param state: the fields of ``change.after`` as they are now
    """
    if state == dict(change.after):
        return change_id, ChangeResult.ALREADY, change.target_id, ""
    if state == dict(change.before):
        return None
    differing = ", ".join(name for name, value in state.items() if value != change.before.get(name))
    return (
        change_id,
        ChangeResult.MOVED_ON,
        change.target_id,
        f"Certify's record was changed since the plan was made: {differing}.",
    )


def outcomes_of(batch: Sequence[Planned], statuses: Sequence[UpdateStatus] | None) -> list[Outcome]:
    """The outcomes of an update, in the order of the batch."""
    if statuses is None:
        return [
            (change_id, ChangeResult.IN_DOUBT, change.target_id, "The answer was lost twice.")
            for change_id, change in batch
        ]
    return [
        (change_id, ChangeResult.APPLIED if status.succeeded else ChangeResult.REJECTED, status.id, status.message)
        for (change_id, _), status in zip(batch, statuses, strict=True)
    ]
