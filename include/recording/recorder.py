"""Asks both services, by the hooks and the transport of the connector: passwords go where the connector sends them, and nowhere else.

What comes back stays in memory for the questions that depend on it; what is kept is redacted before it leaves this process.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from airflow.sdk import BaseHook
from lxml import etree

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.certify.resources import ARRAY_KEYS
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConnectorError
from certify_intacct.transport.http import Answer
from include.recording.bodies import Pairs, parsed_json, parsed_xml, redacted, redacted_question
from include.recording.exchange import CertifyQuestion, Exchange, IntacctQuestion, NothingToAsk, Question
from include.recording.files import HEADERS, Recorded
from include.recording.harmless import is_word
from include.recording.redaction import Redaction

# Parts of addresses that are ours or the service's own.
_PATHS = frozenset({*ARRAY_KEYS, "roles", "nosuchresource", *"12345"})


class Recorder:
    """One company, asked once: each exchange is played when it is wanted first.

    :param keep: takes each exchange as soon as it is redacted
    :param writing: what writes is sent too; without it, it is refused before it leaves
    """

    def __init__(
        self,
        exchanges: Iterable[Exchange],
        intacct: SageIntacctHook,
        certify: CertifyHook,
        *,
        keep: Callable[[Recorded], None] = lambda _: None,
        writing: bool = False,
    ) -> None:
        self.exchanges = {exchange.place: exchange for exchange in exchanges}
        self.intacct, self.certify = intacct, certify
        self._keep, self._writing = keep, writing
        self._redaction = Redaction(_identities(intacct.intacct_conn_id, certify.certify_conn_id))
        self._bodies: dict[str, bytes] = {}
        self._recorded: dict[str, Recorded] = {}
        self._known = Known(self)

    def all(self) -> Iterator[Recorded]:
        """Play every exchange, in the order of the table."""
        for place in self.exchanges:
            yield self.play(place)

    def play(self, place: str) -> Recorded:
        """One exchange, asked now unless it was before."""
        if place not in self._recorded:
            exchange = self.exchanges[place]
            recorded = self._played(exchange)
            self._recorded[place] = recorded
            self._keep(recorded)
        return self._recorded[place]

    def body(self, place: str) -> bytes:
        """The answer of an exchange as it came; empty when there is none."""
        self.play(place)
        return self._bodies.get(place, b"")

    def _played(self, exchange: Exchange) -> Recorded:
        try:
            question = exchange.ask(self._known)
        except NothingToAsk as nothing:
            return Recorded(exchange.place, answers=exchange.answers, missing=str(nothing))
        asked = _said(question, self._redaction)
        try:
            answer = self._answer(question)
        except ConnectorError as error:
            # What the error says may quote the service.
            missing = f"no answer came ({type(error).__name__})"
            return Recorded(exchange.place, asked=asked, answers=exchange.answers, missing=missing)
        self._bodies[exchange.place] = answer.body
        return Recorded(
            exchange.place,
            asked=asked,
            answers=exchange.answers,
            status=answer.status,
            headers={
                name: self._redaction.prose(text) if name == "retry-after" else text
                for name, text in answer.headers.items()
                if name in HEADERS
            },
            body=redacted(answer.body, self._redaction, _words(question)),
        )

    def _answer(self, question: Question) -> Answer:
        if isinstance(question, CertifyQuestion):
            client = self.certify.get_conn()
            return client.answer_to("/".join(question.path), question.params, headers=question.headers)
        return self.intacct.get_conn().answer_to(
            question.functions,
            entity=question.entity or self.intacct.entity_id or "",
            signing_in=question.signing_in,
            session_id=question.session_id,
            writing=self._writing,
        )


class Known:
    """What answers told that later questions are about. It stays in memory."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.today: date = datetime.now(tz=UTC).date()
        #: What tells apart what this recording writes.
        self.mark = secrets.token_hex(3)

    @property
    def user_id(self) -> str:
        """The web services user of the connection."""
        return self._recorder.intacct.user_id

    def records(self, place: str) -> list[dict[str, Any]]:
        """The records that an exchange found; none when it failed."""
        body = self._recorder.body(place)
        if place.startswith("certify/"):
            return [
                dict(record)
                for _, value in self._page(place)
                if isinstance(value, list)
                for record in value
                if isinstance(record, Pairs)
            ]
        root = parsed_xml(body)
        data = root.find("operation/result/data") if root is not None else None
        return [{str(field.tag): field.text or "" for field in record} for record in data] if data is not None else []

    def pages(self, place: str) -> int:
        """How many pages a list of Certify has."""
        return next((int(value) for name, value in self._page(place) if name == "PageCount"), 0)

    def fields(self, place: str) -> frozenset[str]:
        """The fields that a definition names."""
        root = parsed_xml(self._recorder.body(place))
        named = root.iterfind(".//Field/ID") if root is not None else ()
        return frozenset(element.text or "" for element in named)

    def _page(self, place: str) -> list[tuple[str, Any]]:
        try:
            content = parsed_json(self._recorder.body(place))
        except (ValueError, RecursionError):
            return []
        return content if isinstance(content, Pairs) else []


def _identities(*connections: str) -> Iterator[str]:
    """Who the connections sign in as, and with what: a text that quotes it is redacted whatever its words are."""
    for name in connections:
        connection = BaseHook.get_connection(name)
        yield from filter(None, (connection.login, connection.password))
        yield from (value for value in connection.extra_dejson.values() if isinstance(value, str))


def _said(question: Question, redaction: Redaction) -> str:
    """The question as it may be kept: without the envelope, and without what earlier answers told."""
    if isinstance(question, IntacctQuestion):
        who = "".join(
            text
            for told, text in ((question.entity, "in an entity: "), (question.session_id, "in no session: "))
            if told
        )
        who += {True: "signing in as somebody else: ", False: ""}[bool(question.signing_in)]
        return who + "".join(redacted_question(function.xml, redaction) for function in question.functions)
    path = "/".join(part if part in _PATHS else redaction.text(part) for part in question.path)
    params = "&".join(f"{name}={_parameter(value, redaction)}" for name, value in question.params.items())
    changed = f" with other {', '.join(question.headers)}" if question.headers else ""
    return f"GET {path}{'?' if params else ''}{params}{changed}"


def _parameter(value: Any, redaction: Redaction) -> str:
    return str(value) if isinstance(value, int) or is_word(str(value)) else redaction.text(str(value))


def _words(question: Question) -> frozenset[str]:
    """The words of a question that are ours: names of objects, fields and resources."""
    if isinstance(question, CertifyQuestion):
        ours = [*(part for part in question.path if part in _PATHS), *question.params]
    else:
        roots = [etree.fromstring(function.xml) for function in question.functions]
        named = ("object", "field", "fields")
        ours = [element.text or "" for root in roots for element in root.iter() if element.tag in named]
        ours += [str(element.get(name)) for root in roots for element in root.iter() for name in element.attrib]
    return frozenset(word.casefold() for text in ours for word in re.findall(r"[^\W_]+", text))
