"""Who may come in: senders, logins, and sliding sessions that survive a restart.

Order of checks and texts: Intacct XML gateway reference, Requests > Authentication, Error handling; support FAQ
(Web Services authorization).
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from include.sandbox.core import Sandbox
from include.sandbox.intacct import audit
from include.sandbox.intacct.types import Element, Failure, FunctionFailed, GatewayFailed, Session, SignInFailed
from include.sandbox.store import Record

_PREFIX = "session/"
CONSOLE_PARTS = 3
_WRONG_SENDER = "Incorrect Intacct XML Partner ID or password."
_WRONG_SIGN_IN = "Sign-in information is incorrect"


def check_sender(sandbox: Sandbox, sender: str, password: str) -> Failure | None:
    """The refusal of wrong sender credentials, or None. Raises GatewayFailed when the gateway's style is set."""
    settings = sandbox.settings
    right = (
        secrets.compare_digest(password.encode(), settings.sender_password.encode()) and sender == settings.sender_id
    )
    if right:
        return None
    if settings.credential_error_style == "invalid_request":
        raise GatewayFailed(400, "invalidRequest", "Invalid Request")
    if settings.credential_error_style == "gateway":
        raise GatewayFailed(400, "GW-0011", f"Invalid Request [Request ID: {secrets.token_hex(8).upper()}]")
    return Failure("XL03000006", _WRONG_SENDER)


def authenticate(sandbox: Sandbox, sender: str, block: Element, endpoint: str) -> Session:
    """The session of an operation's authentication block. Raises SignInFailed or GatewayFailed."""
    session_id = block.findtext("sessionid")
    if session_id is not None:
        return _resume(sandbox, sender, session_id.strip(), endpoint)
    login = block.find("login")
    if login is None:
        raise SignInFailed(Failure("XL03000006", _WRONG_SIGN_IN))
    return _sign_in(sandbox, sender, login, endpoint)


def _sign_in(sandbox: Sandbox, sender: str, login: Element, endpoint: str) -> Session:
    def text(name: str) -> str:
        return (login.findtext(name) or "").strip()

    settings, user, named = sandbox.settings, text("userid"), text("companyid")
    company, entity, console = _company_and_entity(named, text("clientid"))
    entity = text("locationid") or entity
    known = {name.casefold(): password for name, password in settings.other_users.items()}
    known[settings.user_id.casefold()] = settings.user_password
    expected = known.get(user.casefold(), "")
    given = login.findtext("password") or ""
    right = (
        company.casefold() == settings.company_id.casefold()
        and console.casefold() in ("", settings.console_id.casefold())
        and user.casefold() in known
        and secrets.compare_digest(given.encode(), expected.encode())
        and _user_may_sign_in(sandbox, user)
    )
    if not right:
        raise _refused_sign_in(sandbox, user, named)
    _check_authorization(sandbox, sender, user, company)
    if entity and not may_enter(sandbox, user, entity):
        raise _refused_sign_in(sandbox, user, named)
    now = sandbox.now()
    expires = now + timedelta(minutes=settings.session_minutes)
    return Session("", sender, company, user, _spelled(sandbox, entity), now, expires, now, endpoint)


def _company_and_entity(named: str, client: str) -> tuple[str, str, str]:
    """Company, entity and console of the ways to name them.

    Company; company|entity; console|client|entity; clientid.
    """
    parts = named.split("|")
    if client:
        return client, parts[1] if len(parts) > 1 else "", parts[0]
    if len(parts) == CONSOLE_PARTS:
        return parts[1], parts[2], parts[0]
    return parts[0], parts[1] if len(parts) > 1 else "", ""


def _refused_sign_in(sandbox: Sandbox, user: str, company: str) -> Exception:
    number = {"gateway": "XMLGW_JPP0002", "gateway_user": "UJPP0002"}.get(sandbox.settings.sign_in_error_style)
    if number is not None:
        return GatewayFailed(401, number, f"{_WRONG_SIGN_IN}. Please check your request.")
    return SignInFailed(Failure("XL03000006", _WRONG_SIGN_IN), user=user, company=company)


def _user_may_sign_in(sandbox: Sandbox, user: str) -> bool:
    records = sandbox.store.find("intacct", "USERINFO", "LOGINID", user)
    return all(record.get("STATUS", "active") == "active" for record in records)


def _check_authorization(sandbox: Sandbox, sender: str, user: str, company: str) -> None:
    if not sandbox.settings.sender_authorized:
        text = f"The sender ID '{sender}' is not authorized to make Web Services requests to company ID '{company}'."
        cure = "Contact the company administrator to grant Web Services authorization to this sender ID."
        refusal = Failure("XL03000006", text, "Invalid Web Services Authorization", cure)
        raise SignInFailed(refusal, user=user, company=company)


def _entity_record(sandbox: Sandbox, entity: str) -> Record | None:
    found = sandbox.store.find("intacct", "LOCATIONENTITY", "LOCATIONID", entity)
    return found[0] if found else None


def _spelled(sandbox: Sandbox, entity: str) -> str:
    record = _entity_record(sandbox, entity) if entity else None
    return str(record["LOCATIONID"]) if record else entity


def may_enter(sandbox: Sandbox, user: str, entity: str) -> bool:
    """Whether a session of the user may be in this entity: it exists, is active, and the user sees it."""
    record = _entity_record(sandbox, entity)
    allowed = sandbox.settings.user_entities.get(user)
    return (
        sandbox.settings.multi_entity
        and record is not None
        and record.get("STATUS", "active") == "active"
        and (allowed is None or entity in allowed)
    )


def _resume(sandbox: Sandbox, sender: str, session_id: str, endpoint: str) -> Session:
    """The session with this ID, its end moved to a full session length from now."""
    kept = sandbox.store.get_meta(_PREFIX + session_id) if session_id else None
    now = sandbox.now()
    if kept is None or kept["expires"] <= now.timestamp() or not _user_may_sign_in(sandbox, kept["user"]):
        raise SignInFailed(Failure("XL03000006", f"Invalid session {session_id[:1]}...."))
    _check_authorization(sandbox, sender, kept["user"], kept["company"])
    expires = now + timedelta(minutes=sandbox.settings.session_minutes)
    sandbox.store.set_meta(_PREFIX + session_id, {**kept, "expires": expires.timestamp()})
    started = datetime.fromtimestamp(kept["started"], UTC)
    return Session(session_id, sender, kept["company"], kept["user"], kept["entity"], started, expires, now, endpoint)


def open_session(sandbox: Sandbox, session: Session, entity: str | None) -> Session:
    """getAPISession.

    A new session of the same user; `entity` None keeps where it is, "" is the top level. Raises FunctionFailed.
    """
    where = session.entity if entity is None else entity
    if where and not may_enter(sandbox, session.user, where):
        raise FunctionFailed(Failure("Get API Session Failed", f"Invalid Location '{where}' specified."))
    now = sandbox.now()
    expires = now + timedelta(minutes=sandbox.settings.session_minutes)
    session_id = secrets.token_urlsafe(42)
    with sandbox.store.transaction():
        if not session.id:
            audit.login(sandbox.store, session.user, now)
        for key, kept in sandbox.store.metas(_PREFIX).items():
            if kept["expires"] <= now.timestamp():
                sandbox.store.delete_meta(key)
        sandbox.store.set_meta(
            _PREFIX + session_id,
            {
                "company": session.company,
                "user": session.user,
                "entity": where,
                "started": now.timestamp(),
                "expires": expires.timestamp(),
            },
        )
    return Session(
        session_id, session.sender, session.company, session.user, where, now, expires, now, session.endpoint
    )


def end_session(sandbox: Sandbox, session_id: str) -> None:
    """Forget a session, as if it had expired."""
    if session_id:
        sandbox.store.delete_meta(_PREFIX + session_id)
