"""One `<operation>`.

Its functions in order, each in its own transaction or all in one, with the memory of control IDs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from include.sandbox.core import Sandbox
from include.sandbox.intacct import reads, replay, sessions, usage, writes
from include.sandbox.intacct.envelope import ROLLED_BACK
from include.sandbox.intacct.types import Element, FunctionFailed, Outcome, Session


@dataclass(slots=True)
class Done:
    """A function and what came of it: "success", "failure" or "aborted"."""

    function: Element
    status: str
    outcome: Outcome


class _Undo(Exception):
    """Leaves a transaction that is to be rolled back."""


def names_of(function: Element) -> list[str]:
    """What a function is called in counts and faults: its name, and name and object ("query APBILL")."""
    call = function[0]
    found = object_of(call)
    return [call.tag, f"{call.tag} {found}"] if found else [call.tag]


def object_of(call: Element) -> str:
    """The object that a generic function is about, in upper case; "" when it has none."""
    if call.tag in ("create", "update"):
        return next((child.tag.upper() for child in call if isinstance(child.tag, str)), "")
    return (call.get("object") or call.findtext("object") or "").strip().upper()


def counted_as(function: Element, outcome: Outcome | None = None) -> str:
    """The name under which a call is counted."""
    call = function[0]
    found = (outcome.object if outcome else "") or object_of(call)
    return f"{call.tag} {found}" if found else call.tag


def run(
    sandbox: Sandbox,
    session: Session,
    functions: Sequence[Element],
    *,
    transaction: bool,
    unique: bool,
    stop_after: int | None = None,
) -> list[Done]:
    """Execute the functions of an operation.

    `transaction` makes them one unit: a failure rolls back all, and every other function is reported aborted.
    `stop_after` executes only so many, as when the request is cut short (a transaction then comes to nothing).
    """
    if transaction:
        return _all_or_nothing(sandbox, session, functions, unique, stop_after)
    chosen = functions if stop_after is None else functions[:stop_after]
    return [_one(sandbox, session, function, unique) for function in chosen]


def _one(sandbox: Sandbox, session: Session, function: Element, unique: bool) -> Done:
    done: Done | None = None
    try:
        with sandbox.store.transaction():
            done = _executed(sandbox, session, function, unique)
            if done.status != "success" and not done.outcome.keep:
                raise _Undo
            _count(sandbox, session, done)
    except _Undo:
        assert done is not None
        _after_failure(sandbox, session, done, unique)
    return done


def _all_or_nothing(
    sandbox: Sandbox, session: Session, functions: Sequence[Element], unique: bool, stop_after: int | None
) -> list[Done]:
    dones: list[Done] = []
    failed: Done | None = None
    try:
        with sandbox.store.transaction():
            for number, function in enumerate(functions):
                if stop_after is not None and number >= stop_after:
                    raise _Undo
                done = _executed(sandbox, session, function, unique)
                if done.status != "success":
                    failed = done
                    raise _Undo
                dones.append(done)
                _count(sandbox, session, done)
            if stop_after is not None:
                raise _Undo
    except _Undo:
        if failed is None:
            return []
        _after_failure(sandbox, session, failed, unique)
        return [_rolled_back(failed, function) for function in functions]
    return dones


def _rolled_back(failed: Done, function: Element) -> Done:
    if function is failed.function:
        failed.outcome.errors.append(ROLLED_BACK)
        return failed
    return Done(function, "aborted", Outcome(errors=[ROLLED_BACK]))


def _executed(sandbox: Sandbox, session: Session, function: Element, unique: bool) -> Done:
    control_id = function.get("controlid", "")
    try:
        outcome = replay.answered(sandbox, session, control_id) if unique else None
        if outcome is None:
            outcome = _dispatched(sandbox, session, function)
            if unique and not outcome.errors:
                replay.remember(sandbox, session, control_id, outcome)
    except FunctionFailed as failure:
        outcome = Outcome(data=failure.data, errors=list(failure.errors))
    return Done(function, "failure" if outcome.errors else "success", outcome)


def _dispatched(sandbox: Sandbox, session: Session, function: Element) -> Outcome:
    call = function[0]
    if call.tag == "getAPISession":
        location = call.find("locationid")
        entity = None if location is None else (location.text or "").strip()
        return reads.session_opened(sessions.open_session(sandbox, session, entity))
    if call.tag in reads.FUNCTIONS:
        return reads.FUNCTIONS[call.tag](sandbox, session, call)
    return writes.execute(sandbox.store, sandbox.settings, session, call)


def _after_failure(sandbox: Sandbox, session: Session, done: Done, unique: bool) -> None:
    done.outcome.written = 0
    with sandbox.store.transaction():
        _count(sandbox, session, done)
        if unique and sandbox.settings.replay_failed_burns:
            replay.remember(sandbox, session, done.function.get("controlid", ""), Outcome())


def _count(sandbox: Sandbox, session: Session, done: Done) -> None:
    sandbox.calls.count(
        "intacct", counted_as(done.function, done.outcome), read=done.outcome.read, written=done.outcome.written
    )
    usage.count(
        sandbox, session, done.function[0].tag, written=done.outcome.written, succeeded=done.status == "success"
    )
