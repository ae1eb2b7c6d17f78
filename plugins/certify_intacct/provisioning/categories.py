"""Sends the changes of Certify's expense categories: creates, and GL codes that follow their accounts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.errors import AnswerUnreadable, RecordRefused
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.provisioning.provisioning_run import (
    UPDATE_BATCH,
    Outcome,
    Planned,
    ProvisioningRun,
    moved_on,
    outcomes_of,
)
from certify_intacct.rules.likeness import compared
from certify_intacct.rules.people.categories import SUBJECT

_RESOURCE = "expensecategories"
_Rows = dict[str, Mapping[str, Any]]


class CategoryWriter:
    """One load's work on the categories.

    :param run: the load at work
    """

    def __init__(self, run: ProvisioningRun) -> None:
        self.run = run

    def converge(self) -> None:
        """Creates and updates."""
        planned = self.run.planned(SUBJECT)
        if not planned:
            return
        now = self._now()
        for change_id, change in planned:
            if change.action is Action.CREATE:
                self.run.record([self._create(change_id, change, now)])
        self._update([one for one in planned if one[1].action is Action.UPDATE], now)

    def _now(self) -> _Rows:
        pages = self.run.hook.pages(_RESOURCE)
        return {str(row.get("ID") or ""): row for page in pages for row in page.records}

    def _create(self, change_id: int, change: Change, now: _Rows) -> Outcome:
        if found := _of_name(now, change):
            return change_id, ChangeResult.ALREADY, found, "It existed already."
        if before := self.run.created_before(change):
            return self._made_before(change_id, *before, now)
        try:
            return change_id, ChangeResult.APPLIED, self.run.create(_RESOURCE, dict(change.after)), ""
        except RecordRefused as error:
            return change_id, ChangeResult.REJECTED, None, str(error)
        except AnswerUnreadable as error:
            return self._settled(change_id, change, error)

    def _made_before(self, change_id: int, run: str, identity: str, now: _Rows) -> Outcome:
        """Certify deletes nothing, so it is there: the list does not show it yet, or people, or Certify, call it otherwise."""
        if identity not in now:
            return (
                change_id,
                ChangeResult.IN_DOUBT,
                identity,
                f"Run {run} created it, and Certify does not list it yet.",
            )
        name = str(now[identity].get("Name") or "")
        message = f"Run {run} created it, and it is called {name!r} by now: give it its name again, or Intacct's record another."
        return change_id, ChangeResult.HELD, identity, message

    def _settled(self, change_id: int, change: Change, error: AnswerUnreadable) -> Outcome:
        """Two pulls, some time apart, tell what became of a create whose answer was lost."""
        for wait in (0.0, self.run.settle_seconds):
            time.sleep(wait)
            if found := _of_name(self._now(), change):
                return change_id, ChangeResult.APPLIED, found, "The answer was lost; Certify has the record."
        message = f"The answer was lost, and Certify does not list the record: {error}"
        return change_id, ChangeResult.IN_DOUBT, None, message

    def _update(self, planned: list[Planned], now: _Rows) -> None:
        left: list[Planned] = []
        for change_id, change in planned:
            row = now.get(change.target_id or "", {})
            state = {name: str(row.get(name) or "") for name in change.after}
            if outcome := moved_on(change_id, change, state):
                self.run.record([outcome])
            else:
                left.append((change_id, change))
        for start in range(0, len(left), UPDATE_BATCH):
            batch = left[start : start + UPDATE_BATCH]
            statuses = self.run.update(_RESOURCE, [{"ID": change.target_id, **change.after} for _, change in batch])
            self.run.record(outcomes_of(batch, statuses))


def _of_name(rows: _Rows, change: Change) -> str:
    wanted = compared(str(change.after["Name"]))
    return next((identity for identity, row in rows.items() if compared(str(row.get("Name") or "")) == wanted), "")
