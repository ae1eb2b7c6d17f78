"""Signing in to Intacct once and working in that session: one session for each entity, renewed when it ends.

A request that reads is asked again by kind of error. A request that writes goes out once; if the gateway answers in so many words
that the session has ended, nothing was executed, and it goes out once more in a new one, with the same control IDs.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from certify_intacct.intacct import billing, envelope, responses
from certify_intacct.intacct.envelope import Credentials
from certify_intacct.intacct.errors import SessionEnded
from certify_intacct.intacct.functions import Function, get_api_session
from certify_intacct.intacct.hosts import HOSTS
from certify_intacct.intacct.sessions import IdleSessions, Session
from certify_intacct.model.errors import (
    AnswerUnreadable,
    BadInput,
    ConfigurationError,
    ConnectorError,
    GuardTripped,
    ServiceUnavailable,
)
from certify_intacct.transport import retries
from certify_intacct.transport.http import Answer, HttpClient
from certify_intacct.transport.metering import Meter
from certify_intacct.transport.redaction import readable

_HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml, text/xml"}


@dataclass(frozen=True)
class Sent:
    """An answer that nobody has read yet, and what it answers."""

    answer: Answer
    functions: Sequence[Function]
    control_id: str
    session: Session


class Gateway:
    """The gateway of one company.

    :param client: sends the requests; its redactor learns each session ID.
    :param url: the gateway's address, one of those in intacct/hosts.py.
    :param idle: sessions of the same user that others have laid down, to be used before a new one is opened.
    :param meter: counts what is asked; what it has not handed over is, when the gateway is closed.
    :raises ConfigurationError: any other address, to which passwords must not be sent.
    """

    def __init__(
        self,
        client: HttpClient,
        url: str,
        credentials: Credentials,
        idle: IdleSessions | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._client = client
        self._idle = idle or IdleSessions()
        self._meter = meter or Meter()
        self._gateway = HOSTS.address(url, where=client.where)
        self._credentials = credentials
        self._sessions: dict[str, Session] = {}
        self._sender = ThreadPoolExecutor(1, "intacct")
        self._ahead: Future[Sent] | None = None
        # As long as no answer has left it out.
        self._place_is_told = True

    @property
    def company_id(self) -> str:
        """The company that the connection names."""
        return self._credentials.company_id

    @property
    def sender_id(self) -> str:
        """The sender ID that the connection names."""
        return self._credentials.sender_id

    def execute(
        self, functions: Sequence[Function], *, entity: str | None, unique: bool
    ) -> tuple[responses.Result, ...]:
        """Send functions in one request and return their results in the same order; a function that failed is a result too.

        :param entity: work inside this entity; None or "" at top level.
        :raises AnswerUnreadable: for a request that writes: whether it was executed is not known.
        :raises ConnectorError: any other kind: none of the functions was executed.
        """
        if not any(function.writes for function in functions):
            return retries.read(
                lambda: self._in_session(functions, entity or "", self._sign_in, unique=unique),
                self._client.settings,
                what=f"{self._client.where}, {_names(functions)}",
            )
        # The sign-in before a write is a read, and asked again like one.
        return self._in_session(functions, entity or "", self._sign_in_patiently, unique=unique)

    def ask(
        self,
        function: Function,
        *,
        entity: str | None,
        where: str,
        first: Callable[[], Sent] | None = None,
        answered: responses.Result | None = None,
    ) -> responses.Result:
        """Send one function that reads; a failure of it is an error too, and one that may pass is asked again.

        :param where: named in errors.
        :param first: gives what was sent already, which is the first attempt then.
        :param answered: the same, when the answer has been read too.
        :raises ConnectorError: it failed, or the request did.
        """
        attempts, answers = iter([first] if first else []), iter([answered] if answered else [])

        def once() -> responses.Result:
            result = next(answers, None)
            if result is None:
                result = self._in_session(
                    [function],
                    entity or "",
                    self._sign_in,
                    unique=False,
                    sent=next(attempts, None),
                )[0]
            result.raise_for_failure(where=where)
            return result

        return retries.read(once, self._client.settings, what=where)

    def ask_in_passing(self, function: Function, *, entity: str, where: str) -> responses.Result:
        """Send one function that reads inside an entity that is asked nothing else, in a request that signs in itself.

        That is one request in place of two, with as many sign-ins. An answer that does not say in which entity it was given proves
        nothing: then it is asked in a session, whose opening says so.

        :param where: named in errors.
        :raises ConnectorError: as for :meth:`ask`
        """
        if self._place_is_told and entity not in self._sessions:
            result = retries.read(
                lambda: self._answered_in_passing(function, entity, where), self._client.settings, what=where
            )
            if result is not None:
                return result
            self._place_is_told = False
        return self.ask(function, entity=entity, where=where)

    def _answered_in_passing(self, function: Function, entity: str, where: str) -> responses.Result | None:
        """The result; None where the answer does not say in which entity it was given."""
        self._wait_for_one_ahead()
        control_id = str(uuid.uuid4())
        body = envelope.request([function], self._credentials, control_id=control_id, entity=entity)
        response = self._read(self._posted(self._gateway.url, [function], body), [function], control_id, place=entity)
        if not response.authentication.location_id:
            return None
        self._require_place(response.authentication.location_id, entity)
        response.results[0].raise_for_failure(where=where)
        return response.results[0]

    def send_ahead(self, function: Function, *, entity: str | None) -> Callable[[], Sent] | None:
        """Send one function that reads, once, while the caller does something else; whatever is sent next waits for its answer.

        :returns: waits for the answer (see ``first`` of :meth:`ask`); None when there is no session to send it in.
        """
        session = self._sessions.get(entity or "")
        if session is None or session.may_have_ended():
            return None
        self._wait_for_one_ahead()
        self._ahead = self._sender.submit(self._sent, [function], session, unique=False)
        return self._ahead.result

    def answer_to(
        self,
        functions: Sequence[Function],
        *,
        entity: str = "",
        signing_in: Mapping[str, str] | None = None,
        session_id: str | None = None,
        writing: bool = False,
    ) -> Answer:
        """The answer to functions, as it came, asked once: for whoever looks at answers themselves (include/recording).

        :param signing_in: sign in with this very request, with these parts of the credentials changed; none, with our own.
        :param session_id: ask in this session, which need be none; by default in our own of the entity.
        :param writing: functions that write are sent too, each with its control ID as a unique one.
        :raises BadInput: one of the functions writes, and nobody said that it may.
        """
        writes = any(function.writes for function in functions)
        if writes and not writing:
            raise BadInput("Only what reads is asked so.", where=self._client.where)
        control_id = str(uuid.uuid4())
        if signing_in is not None or session_id is not None:
            credentials = replace(self._credentials, **(signing_in or {}))
            body = envelope.request(
                functions,
                credentials,
                control_id=control_id,
                session_id=session_id,
                entity=entity or None,
                unique=writes,
            )
            return self._client.send("POST", self._gateway.url, headers=_HEADERS, body=body)
        self._wait_for_one_ahead()
        session = self._sessions.get(entity)
        if session is None or session.may_have_ended():
            session = self._sign_in_patiently(entity)[0]
        return self._sent(functions, session, unique=writes).answer

    def _wait_for_one_ahead(self) -> None:
        """The licence counts requests under way: there is one at a time, and its connection is used by one thread at a time."""
        if self._ahead is not None:
            wait([self._ahead])

    def sign_in(self, entity: str | None = None) -> responses.Authentication:
        """Sign in afresh and return what the gateway says about it.

        :raises ConnectorError: it did not work; never AnswerUnreadable.
        """
        self._wait_for_one_ahead()
        self._sessions.pop(entity or "", None)
        return self._sign_in(entity or "")[1]

    def lay_down(self) -> None:
        """Leave the sessions to whoever needs one next."""
        self._wait_for_one_ahead()
        self._idle.put(self._sessions)
        self._sessions.clear()

    def close(self) -> None:
        """Forget the sessions and close the connections. Intacct ends idle sessions by itself."""
        self._sender.shutdown(cancel_futures=True)
        self._sessions.clear()
        self._client.close()
        self._meter.hand_over()

    def _in_session(
        self,
        functions: Sequence[Function],
        entity: str,
        sign_in: Callable[[str], tuple[Session, responses.Authentication]],
        *,
        unique: bool,
        sent: Callable[[], Sent] | None = None,
    ) -> tuple[responses.Result, ...]:
        try:
            if sent is not None:
                return self._understood(sent())
            self._wait_for_one_ahead()
            session = self._sessions.get(entity)
            if session is None or session.may_have_ended():
                session = self._taken_over(entity) or sign_in(entity)[0]
            return self._understood(self._sent(functions, session, unique=unique))
        except SessionEnded:
            self._wait_for_one_ahead()
            self._sessions.pop(entity, None)
        session = sign_in(entity)[0]
        return self._understood(self._sent(functions, session, unique=unique))

    def _taken_over(self, entity: str) -> Session | None:
        session = self._idle.take(entity)
        if session is not None:
            self._client.redact.add(session.session_id)
            self._sessions[entity] = session
        return session

    def _sent(self, functions: Sequence[Function], session: Session, *, unique: bool) -> Sent:
        control_id = str(uuid.uuid4())
        body = envelope.request(
            functions,
            self._credentials,
            control_id=control_id,
            session_id=session.session_id,
            unique=unique,
        )
        return Sent(self._posted(session.endpoint, functions, body), functions, control_id, session)

    def _posted(self, url: str, functions: Sequence[Function], body: bytes) -> Answer:
        asked = [billing.asked(function) for function in functions]
        self._meter.sent(asked)
        try:
            return self._client.send("POST", url, headers=_HEADERS, body=body)
        except (ConfigurationError, ServiceUnavailable):
            self._meter.never_sent(asked)
            raise

    def _understood(self, sent: Sent) -> tuple[responses.Result, ...]:
        response = self._read(sent.answer, sent.functions, sent.control_id)
        sent.session.used = time.monotonic()
        sent.session.seconds = response.authentication.session_seconds or sent.session.seconds
        return response.results

    def _sign_in_patiently(self, entity: str) -> tuple[Session, responses.Authentication]:
        return retries.read(
            lambda: self._sign_in(entity), self._client.settings, what=f"{self._client.where}, signing in"
        )

    def _sign_in(self, entity: str) -> tuple[Session, responses.Authentication]:
        function = get_api_session()
        control_id = str(uuid.uuid4())
        body = envelope.request([function], self._credentials, control_id=control_id, entity=entity)
        where = self._where(entity)
        try:
            answer = self._posted(self._gateway.url, [function], body)
            response = self._read(answer, [function], control_id, place=entity)
            result = response.results[0]
            result.raise_for_failure(where=where)
            api = result.records[0] if result.records else {}
            session_id, endpoint = api.get("sessionid"), api.get("endpoint")
            if not isinstance(session_id, str) or not isinstance(endpoint, str) or not session_id or not endpoint:
                raise AnswerUnreadable("The answer to the sign-in has no session.", where=where)
        except AnswerUnreadable as error:
            # Whoever wanted to write has not written: an unclear sign-in must not be taken for an unclear posting.
            raise ServiceUnavailable(f"The sign-in failed: {error.message}", where=where, cure=error.cure) from None
        self._client.redact.add(session_id)
        location = api.get("locationid")
        if isinstance(location, str):
            self._require_place(location, entity)
        session = Session(
            session_id=session_id,
            endpoint=self._checked_endpoint(endpoint),
            seconds=response.authentication.session_seconds,
            used=time.monotonic(),
        )
        self._sessions[entity] = session
        return session, response.authentication

    def _where(self, entity: str) -> str:
        """How errors name the gateway, and the entity inside which it was asked."""
        return f"{self._client.where}, entity {entity}" if entity else self._client.where

    def _require_place(self, told: str, entity: str) -> None:
        """:raises GuardTripped: Intacct says that it is another entity than was asked for"""
        if told.casefold() != entity.casefold():
            raise GuardTripped(
                f"The session was opened for {self._shown(told) or 'top level'!r}, not for {entity or 'top level'!r} as asked.",
                where=self._client.where,
                cure="If the user is confined to one entity, name it as the entity ID in the connection.",
            )

    def _read(
        self, answer: Answer, functions: Sequence[Function], control_id: str, *, place: str = ""
    ) -> responses.Response:
        """:param place: the entity that the request signs in to"""
        where = self._where(place)
        writes = any(function.writes for function in functions)
        try:
            response = responses.read(
                answer,
                [function.control_id for function in functions],
                writes=writes,
                redact=self._client.redact,
                where=where,
            )
        except AnswerUnreadable:
            raise
        except ConnectorError:
            self._meter.refused([billing.asked(function) for function in functions])
            raise
        for function, result in zip(functions, response.results, strict=True):
            billing.answered(self._meter, function, result)
        if response.control_id and response.control_id != control_id:
            raise AnswerUnreadable("The answer belongs to another request.", where=where)
        company, ours = response.authentication.company_id, self._credentials.company_id
        # "company|entity" and consoles' "console|client" are other spellings of a company.
        if company and "|" not in ours and company.casefold() != ours.casefold():
            text = f"Intacct answered for company {self._shown(company)!r}, but the connection names {ours!r}."
            cure = "Check company ID and user in the connection."
            # It answers something that was carried out: what was to be written is in doubt, not refused.
            raise (
                AnswerUnreadable(text, where=where, cure=cure) if writes else GuardTripped(text, where=where, cure=cure)
            )
        return response

    def _checked_endpoint(self, endpoint: str) -> str:
        """Return the address that the session is to be used at, if the session may be sent there."""
        try:
            address = HOSTS.address(endpoint, where=self._client.where)
            known = address.origin == self._gateway.origin or (not self._gateway.loopback and HOSTS.owns(address))
        except ConfigurationError:
            known = False
        if not known:
            raise GuardTripped(
                f"The gateway at {self._gateway.host} sends the session elsewhere, to {self._shown(endpoint)!r}, which is not an "
                "address of Intacct.",
                where=self._client.where,
            )
        return address.url

    def _shown(self, text: str) -> str:
        return readable(text, self._client.redact, length=200)


def _names(functions: Sequence[Function]) -> str:
    names = list(dict.fromkeys(function.name for function in functions))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
