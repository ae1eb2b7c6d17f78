"""The memory behind `uniqueid`: which function control IDs were executed and completed.

What is checked is the `controlid` attribute of each function, not the control block's (Intacct XML gateway reference,
Requests). Scope, retention and the answer to a replay are unknown and so are settings.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct.types import Failure, FunctionFailed, Outcome, Session

_PREFIX = "replay/"


def _key(sandbox: Sandbox, session: Session, control_id: str) -> str:
    company = session.company.casefold()
    scope = {
        "company": company,
        "sender": f"{company}/{session.sender}",
        "user": f"{company}/{session.user.casefold()}",
        "session": f"{company}/{session.id}",
    }[sandbox.settings.replay_scope]
    return f"{_PREFIX}{sandbox.settings.replay_scope}/{scope}/{control_id}"


def _remembered(sandbox: Sandbox, session: Session, control_id: str) -> Any:
    kept = sandbox.store.get_meta(_key(sandbox, session, control_id))
    retention = sandbox.settings.replay_retention_seconds
    if kept is None or (retention and kept["at"] + retention < sandbox.now().timestamp()):
        return None
    return kept


def answered(sandbox: Sandbox, session: Session, control_id: str) -> Outcome | None:
    """The answer to a control ID that was completed before; None when the function is to be executed.

    Raises FunctionFailed when replays are refused.
    """
    kept = _remembered(sandbox, session, control_id)
    answer = sandbox.settings.replay_answer
    if kept is None or answer == "executed":
        return None
    if answer == "first_answer" and "first" in kept:
        data = kept["first"]["data"]
        return Outcome(key=kept["first"]["key"], data=etree.fromstring(data) if data else None)
    text = sandbox.settings.replay_text.replace("{controlid}", control_id)
    raise FunctionFailed(Failure(sandbox.settings.replay_errorno, text))


def remember(sandbox: Sandbox, session: Session, control_id: str, outcome: Outcome) -> None:
    """Note a completed function. The answers of writing functions are kept, those of reading ones are not."""
    kept: dict[str, Any] = {"at": sandbox.now().timestamp()}
    if outcome.written:
        data = etree.tostring(outcome.data, encoding="unicode") if outcome.data is not None else ""
        kept["first"] = {"key": outcome.key, "data": data}
    sandbox.store.set_meta(_key(sandbox, session, control_id), kept)
