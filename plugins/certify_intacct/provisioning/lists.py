"""Sends the changes of Certify's lists, departments and the rows of GLDs: creates and updates first, deactivations last."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.changes import pending as stand_in
from certify_intacct.model.dimensions import PlaceKind
from certify_intacct.model.errors import AnswerUnreadable, RecordRefused
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.provisioning.certify_now import known_id
from certify_intacct.provisioning.provisioning_run import (
    UPDATE_BATCH,
    Outcome,
    Planned,
    ProvisioningRun,
    moved_on,
    outcomes_of,
)
from certify_intacct.rules.people.lists import only
from certify_intacct.rules.people.uses import uses

if TYPE_CHECKING:
    from certify_intacct.model.configuration.dimensions import Used
    from certify_intacct.model.people import CertifyItem


class ListWriter:
    """One load's work on the list of a dimension.

    :param run: the load at work
    :param used: the dimension, and where in Certify its list is
    """

    def __init__(self, run: ProvisioningRun, used: Used) -> None:
        self.run = run
        self.used = used
        self.subject = used.dimension.subject
        self.resource = used.settings.place.resource

    def converge(self) -> None:
        """Creates and updates."""
        planned = self.run.planned(self.subject)
        now = self.run.now.items(self.used) if planned else {}
        for change_id, change in planned:
            if change.action is Action.CREATE:
                self.run.record([self._create(change_id, change, now)])
        self._update([(change_id, change) for change_id, change in planned if change.action is not Action.CREATE], now)

    def retire(self) -> None:
        """Deactivates, looking again whether anybody uses a row by now."""
        planned = self.run.planned(self.used.dimension.deactivation)
        if not planned:
            return
        certify = self.run.now.organization()
        used = uses(certify, certify.users, [self.used])[self.used.dimension.name]
        self.run.record(
            (change_id, ChangeResult.HELD, change.target_id, f"In use by now: {used[change.target_id or '']}.")
            for change_id, change in planned
            if change.target_id in used
        )
        now = self.run.now.items(self.used)
        self._update([(change_id, change) for change_id, change in planned if change.target_id not in used], now)

    def _create(self, change_id: int, change: Change, now: dict[str, CertifyItem]) -> Outcome:
        found = self._existing(change.key, now)
        if found and not known_id(found):
            return change_id, ChangeResult.HELD, None, "Certify has this code, under an ID that cannot be read."
        if found:
            return self._created(change_id, change, ChangeResult.ALREADY, found, "It existed already.")
        if before := self.run.created_before(change):
            run, identity = before
            if identity not in now:
                # Certify deletes nothing, so it is there: only the list does not show it yet.
                message = f"Run {run} created it, and Certify does not list it yet."
                return self._created(change_id, change, ChangeResult.IN_DOUBT, identity, message)
            shown = now[identity].code
            if shown and shown != change.key and change.key.startswith(shown):
                return change_id, ChangeResult.HELD, identity, self._cut_code(run, shown)
        refusal = ""
        for path, fields in self._paths():
            body = dict(change.after) | fields
            try:
                return self._created(change_id, change, ChangeResult.APPLIED, self.run.create(path, body), "")
            except RecordRefused as error:
                refusal = refusal or str(error)
            except AnswerUnreadable as error:
                return self._settled(change_id, change, error)
        return change_id, ChangeResult.REJECTED, None, refusal

    def _cut_code(self, run: str, shown: str) -> str:
        """What is to be said where Certify keeps the beginning of a code alone: it would be created with each run."""
        return (
            f"Run {run} created it, and Certify shows its code as {shown!r}: it keeps no more. Write "
            f"dimensions.{self.used.dimension.name}.code_length: {len(shown)} in connector.yaml, and give it a shorter ID in Intacct."
        )

    def _paths(self) -> list[tuple[str, dict[str, int]]]:
        """Where a row may be created, the surest first, with what must stand in it there: the path of an Employee GLD is not sure."""
        place = self.used.settings.place
        paths: list[tuple[str, dict[str, int]]] = [(self.resource, {})]
        if place.kind is PlaceKind.EMPLOYEE_GLD:
            paths.append(("empglds", {place.number_field: place.number}))
        return paths

    def _settled(self, change_id: int, change: Change, error: AnswerUnreadable) -> Outcome:
        """Two pulls, some time apart, tell what became of a create whose answer was lost."""
        for wait in (0.0, self.run.settle_seconds):
            time.sleep(wait)
            found = self._existing(change.key, self.run.now.items(self.used))
            if found and known_id(found):
                return self._created(
                    change_id, change, ChangeResult.APPLIED, found, "The answer was lost; Certify has the record."
                )
        return (
            change_id,
            ChangeResult.IN_DOUBT,
            None,
            f"The answer was lost, and Certify does not list the record: {error}",
        )

    def _existing(self, code: str, now: dict[str, CertifyItem]) -> str:
        found = only([item for item in now.values() if item.code == code])
        return found.id if found else ""

    def _created(self, change_id: int, change: Change, result: ChangeResult, certify_id: str, message: str) -> Outcome:
        self.run.ids[stand_in(self.subject, change.key)] = certify_id
        return change_id, result, certify_id, message

    def _cut_short(self, change_id: int, change: Change) -> Outcome | None:
        """What is to be said where Certify shows the beginning of a name that it was given: it would be given it for ever."""
        shown, wanted = str(change.before.get("Name") or ""), str(change.after.get("Name") or "")
        if list(change.after) != ["Name"] or not shown or not wanted.startswith(shown):
            return None
        run = self.run.named_before(change)
        if not run:
            return None
        message = (
            f"Run {run} gave it this name, and Certify shows its first {len(shown)} characters: write "
            f"dimensions.{self.used.dimension.name}.name_length: {len(shown)} in connector.yaml, so that it is shortened to be read."
        )
        return change_id, ChangeResult.HELD, change.target_id, message

    def _update(self, planned: Sequence[Planned], now: dict[str, CertifyItem]) -> None:
        left: list[Planned] = []
        for change_id, change in planned:
            item = now.get(change.target_id or "")
            state = {"Name": item.name, "Active": int(item.active)} if item else {}
            outcome = moved_on(change_id, change, {name: state.get(name) for name in change.after})
            outcome = outcome or self._cut_short(change_id, change)
            if outcome:
                self.run.record([outcome])
            else:
                left.append((change_id, change))
        for start in range(0, len(left), UPDATE_BATCH):
            batch = left[start : start + UPDATE_BATCH]
            statuses = self.run.update(self.resource, [{"ID": change.target_id, **change.after} for _, change in batch])
            self.run.record(outcomes_of(batch, statuses))
