"""Sends the changes of users: creates, adoptions and updates, then approvers, then what Certify may not take, then deactivations."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.changes import pending as stand_in
from certify_intacct.model.errors import AnswerUnreadable, RecordRefused
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.model.people import CertifyUser
from certify_intacct.provisioning.provisioning_run import (
    UPDATE_BATCH,
    Outcome,
    Planned,
    ProvisioningRun,
    moved_on,
    outcomes_of,
)
from certify_intacct.rules.likeness import compared
from certify_intacct.rules.people.approver_graph import closes_loop, leads_to
from certify_intacct.rules.people.deactivation import reports_of, serving
from certify_intacct.rules.people.user_fields import KINDS
from certify_intacct.rules.people.users import FURTHER_WIRE, WIRE, fields_of
from certify_intacct.staging import user_links

log = logging.getLogger(__name__)

_FIELDS = WIRE | FURTHER_WIRE
_ATTRIBUTES = {field: attribute for attribute, field in _FIELDS.items()}
_APPROVERS = (WIRE["first_approver_id"], WIRE["second_approver_id"])


class UserWriter:
    """One load's work on users.

    :param run: the load at work
    """

    def __init__(self, run: ProvisioningRun) -> None:
        self.work = run
        self.users: dict[str, CertifyUser] = {}
        self.addresses: dict[str, set[str]] = {}

    def run(self) -> None:
        """Everybody first, then who approves for whom, then who leaves."""
        people, approvers, further, leavers = map(
            self.work.planned, (Subject.USER, Subject.APPROVER, Subject.USER_FIELDS, Subject.USER_DEACTIVATION)
        )
        if not (people or approvers or further or leavers):
            return
        self._look()
        self._people(people)
        self._approvers(approvers)
        for kind in KINDS:
            given = [(change_id, change) for change_id, change in further if change.rule == kind]
            self._update(list(self._found(given, "The user, or a row of a list, was not created.")))
        if leavers:
            self._look()
            self._leavers(leavers)

    def _look(self) -> None:
        self.users = {}
        self.addresses = defaultdict(set)
        for user in self.work.now.users().values():
            self._keep(user)

    def _keep(self, user: CertifyUser) -> None:
        if earlier := self.users.get(user.id):
            self.addresses[compared(earlier.email)].discard(user.id)
        self.users[user.id] = user
        self.addresses[compared(user.email)].add(user.id)

    # people ------------------------------------------------------------------------------------------------------------------

    def _people(self, planned: Sequence[Planned]) -> None:
        waiting: list[Planned] = []
        for change_id, change in planned:
            if change.action is Action.CREATE:
                # A create may want an address that an update before it gives up.
                self._update(waiting)
                waiting = []
                self.work.record([self._create(change_id, change)])
            else:
                if change.action is Action.ADOPT:
                    self._link(change, change.target_id or "", change.after.get("Email", ""))
                waiting.append((change_id, change))
        self._update(waiting)

    def _create(self, change_id: int, change: Change) -> Outcome:
        fields = self.work.resolved(dict(change.after))
        if fields is None:
            return (
                change_id,
                ChangeResult.HELD,
                None,
                "Its department or entity was not created, so the user is not either.",
            )
        email = str(change.after["Email"])
        found, intended = self._by_email(email), self._intended(change.source_key)
        if found and not intended:
            return change_id, ChangeResult.MOVED_ON, None, f"Certify has a user with the e-mail {email} by now."
        certify_id, doubt = (found.id, "") if found else self._put(change, email, sent_before=intended)
        if not certify_id:
            return (
                change_id,
                ChangeResult.IN_DOUBT if doubt.startswith("The answer") else ChangeResult.REJECTED,
                None,
                doubt,
            )
        self._link(change, certify_id, email)
        self.work.ids[stand_in(Subject.USER, change.source_key)] = certify_id
        self._keep(self.users.get(certify_id) or CertifyUser(id=certify_id, email=email))
        rest = {name: value for name, value in fields.items() if name != "Email"}
        statuses = self.work.update("users", [{"ID": certify_id, **rest}])
        if statuses is None or not statuses[0].succeeded:
            why = statuses[0].message if statuses else "the answer was lost"
            return (
                change_id,
                ChangeResult.APPLIED,
                certify_id,
                f"The user was created, but not everything about it was taken: {why}",
            )
        self._know(certify_id, rest)
        return change_id, ChangeResult.APPLIED, certify_id, ""

    def _put(self, change: Change, email: str, *, sent_before: bool) -> tuple[str, str]:
        """The new user's ID, or what went wrong.

        The intention is committed first: whatever happens from here on, the user is known to be ours.

        :param sent_before: the answer to an earlier create was lost. When this one is refused, perhaps because the user exists and is
            not to be seen yet, the intention stays.
        """
        work = self.work
        with work.database.connection() as connection:
            user_links.intend_create(connection, change.source_key, change.key, email, work.run_id)
        try:
            return work.create("users", {"Email": email, "SendWelcomeEmail": 0}), ""
        except RecordRefused as error:
            if not sent_before:
                with work.database.connection() as connection:
                    user_links.forget_create(connection, change.source_key)
            return "", str(error)
        except AnswerUnreadable as error:
            lost = error
        for wait in (0.0, work.settle_seconds):
            time.sleep(wait)
            self._look()
            if found := self._by_email(email):
                return found.id, ""
        return "", f"The answer was lost, and Certify does not list the user: {lost}"

    def _by_email(self, email: str) -> CertifyUser | None:
        return next((self.users[user_id] for user_id in sorted(self.addresses.get(compared(email), ()))), None)

    def _intended(self, person_key: str) -> bool:
        with self.work.database.connection() as connection:
            links = user_links.all_links(connection)
        return any(link.person_key == person_key and link.certify_id is None for link in links)

    def _link(self, change: Change, certify_id: str, email: str) -> None:
        with self.work.database.connection() as connection:
            known = self.users.get(certify_id)
            address = email or (known.email if known else "")
            user_links.link(connection, change.source_key, certify_id, change.key, address, self.work.run_id)

    # approvers ----------------------------------------------------------------------------------------------------------------

    def _approvers(self, planned: Sequence[Planned]) -> None:
        """In the plan's order: roles are raised, approvers assigned from the top down, roles lowered.

        A batch ends where an approver is changed by it, so that at no moment anybody approves in a loop.
        """
        batch: list[Planned] = []
        for change_id, change in self._found(planned, "The user, or the approver, was not created."):
            approvers = {change.after[name] for name in _APPROVERS if name in change.after}
            if batch and (batch[0][1].rule != change.rule or approvers & {one.target_id for _, one in batch}):
                self._update(batch)
                batch = []
            if problem := self._approver_problem(str(change.target_id), change.after):
                self.work.record([(change_id, ChangeResult.HELD, change.target_id, problem)])
            else:
                batch.append((change_id, change))
        self._update(batch)

    def _found(self, planned: Iterable[Planned], missing: str) -> Iterator[Planned]:
        """The changes with the IDs of what this load has created; where something was not, that is recorded."""
        for change_id, change in planned:
            target = change.target_id or self.work.ids.get(stand_in(Subject.USER, change.source_key))
            fields = self.work.resolved(dict(change.after))
            if target is None or fields is None:
                self.work.record([(change_id, ChangeResult.HELD, target, missing)])
            else:
                yield change_id, replace(change, target_id=target, after=fields)

    def _approver_problem(self, user_id: str, fields: Mapping[str, Any]) -> str:
        given = [fields[name] for name in _APPROVERS if name in fields]
        if any((approver := self.users.get(one)) is None or not approver.active for one in given):
            return "The approver is not an active user of Certify by now."
        firsts = {user.id: user.first_approver_id for user in self.users.values()}
        loop = "FirstApproverID" in fields and closes_loop(firsts, user_id, fields["FirstApproverID"])
        if not loop and "SecondApproverID" in fields:
            both = {one.id: (one.first_approver_id, one.second_approver_id) for one in self.users.values()}
            loop = leads_to(both, fields["SecondApproverID"], user_id)
        return "The user would come to approve for themselves." if loop else ""

    # leavers ------------------------------------------------------------------------------------------------------------------

    def _leavers(self, planned: Sequence[Planned]) -> None:
        """Looks once more at what forbids a deactivation: a plan may be older than the truth."""
        going = {change.target_id for _, change in planned if change.target_id}
        serves = serving(going, self.users)
        unprocessed = self.work.now.unprocessed()
        clear: list[Planned] = []
        for change_id, change in planned:
            user = self.users.get(change.target_id or "")
            if user and user.privileged:
                self.work.record(
                    [
                        (
                            change_id,
                            ChangeResult.HELD,
                            user.id,
                            "The user is an administrator, treasurer or accountant by now.",
                        )
                    ]
                )
            elif user and user.id in serves:
                others = ", ".join(serves[user.id][:3])
                self.work.record(
                    [
                        (
                            change_id,
                            ChangeResult.HELD,
                            user.id,
                            f"The user approves for, or is accountant of, {others}.",
                        )
                    ]
                )
            elif user and (reports := reports_of([user], unprocessed)):
                self.work.record(
                    [(change_id, ChangeResult.HELD, user.id, f"{reports} reports are not processed by now.")]
                )
            else:
                clear.append((change_id, change))
        self._update(clear)

    # all ----------------------------------------------------------------------------------------------------------------------

    def _update(self, planned: Sequence[Planned]) -> None:
        for batch in self._batches(planned):
            leaving = {change.target_id for _, change in batch if change.after.get("Active") == 0}
            # Before it is sent: whatever happens from here on, it is known that it was not an administrator who did it.
            self._mark(leaving, active=False)
            records = [{"ID": change.target_id, **change.after} for _, change in batch]
            outcomes = outcomes_of(batch, self.work.update("users", records))
            for (_, change), (_, result, user_id, _) in zip(batch, outcomes, strict=True):
                if result == ChangeResult.APPLIED and user_id:
                    self._know(user_id, dict(change.after))
            self._mark(
                {user_id for _, result, user_id, _ in outcomes if result == ChangeResult.REJECTED} & leaving,
                active=True,
            )
            self.work.record(outcomes)

    def _mark(self, users: Iterable[str | None], *, active: bool) -> None:
        ids = sorted(user_id for user_id in users if user_id)
        if not ids:
            return
        with self.work.database.connection() as connection:
            for user_id in ids:
                user_links.mark_active(connection, user_id, active=active, run_id=self.work.run_id)

    def _batches(self, planned: Sequence[Planned]) -> Iterator[list[Planned]]:
        """What is still to be sent, in arrays; an address that one user gives up is taken in a later array."""
        batch: list[Planned] = []
        for change_id, change in planned:
            fields = self.work.resolved(dict(change.after))
            user = self.users.get(change.target_id or "")
            if fields is None:
                self.work.record(
                    [(change_id, ChangeResult.HELD, change.target_id, "The department or entity was not created.")]
                )
                continue
            if not fields:
                self.work.record([(change_id, ChangeResult.APPLIED, change.target_id, "")])
                continue
            ready = replace(change, after=fields)
            state = {name: value for name, value in fields_of(user, _FIELDS).items() if name in fields} if user else {}
            before = self.work.resolved(dict(change.before)) or {}
            if outcome := moved_on(change_id, replace(ready, before=before), state):
                self.work.record([outcome])
                continue
            given_up = {compared(str(one.before.get("Email", ""))) for _, one in batch}
            if len(batch) == UPDATE_BATCH or compared(str(fields.get("Email", ""))) in given_up - {""}:
                yield batch
                batch = []
            batch.append((change_id, ready))
        if batch:
            yield batch

    def _know(self, user_id: str, fields: dict[str, Any]) -> None:
        """Keeps our picture of Certify true after an update, and remembers whom we deactivated."""
        values = {_ATTRIBUTES[name]: value for name, value in fields.items() if name in _ATTRIBUTES}
        if "active" in values:
            values["active"] = bool(values["active"])
            if values["active"]:
                self._mark([user_id], active=True)
        self._keep(replace(self.users[user_id], **values))
