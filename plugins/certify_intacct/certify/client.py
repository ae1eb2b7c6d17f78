"""Speaks to Certify's REST API: reads that are asked again by kind of error, writes that are sent once.

Certify's verbs are reversed from habit: PUT creates one record, POST updates one or more by their ID and answers HTTP 200 with a
status for each, failed ones included. Nothing can be deleted (Certify API reference, wire level).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from itertools import chain
from typing import Any
from urllib.parse import quote, urlencode

from certify_intacct.certify import answers
from certify_intacct.certify.resources import ResourcePage, UpdateStatus, array_key
from certify_intacct.model.errors import (
    BadInput,
    ConfigurationError,
    IncompleteAnswer,
    PermissionDenied,
    RecordRefused,
    ServiceUnavailable,
)
from certify_intacct.transport import retries
from certify_intacct.transport.addresses import Hosts
from certify_intacct.transport.http import Answer, HttpClient
from certify_intacct.transport.metering import Asked, Meter
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings
from certify_intacct.transport.side_by_side import in_order
from certify_intacct.transport.text import RECORD_ID, clean_text

# With a charset behind it, Certify's front end refuses the request with a web page.
_JSON = "application/json"
# Other names under certify.com are not the API's, and not all of them Emburse's own machines.
HOSTS = Hosts("Emburse Certify", "api.certify.com")


class CertifyClient:
    """One company's Certify.

    :param url: the base URL, up to and with the version.
    :param where: how errors name the service.
    :param meter: counts what is asked; what it has not handed over is, when the client is closed.
    :raises ConfigurationError: the URL is none of :data:`HOSTS`, or a key cannot be one.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str,
        api_secret: str,
        settings: TransportSettings,
        where: str,
        meter: Meter | None = None,
    ) -> None:
        for name, value in (("API key", api_key), ("API secret", api_secret)):
            if not value.isascii() or not value.isprintable() or value != value.strip():
                raise ConfigurationError(
                    f"The {name} holds characters that a key cannot have (spaces around it, perhaps).",
                    where=where,
                    cure="Copy it again into the connection.",
                )
        base = HOSTS.address(url, where=where)
        if "?" in base.target:
            raise ConfigurationError(
                f"{base.url!r} has a query.", where=where, cure="Correct the URL in the connection."
            )
        self._base = base.url.rstrip("/") + "/"
        self._where = where
        self._settings = settings
        self._meter = meter or Meter()
        self._redact = Redactor([api_secret, api_key])
        self._http = HttpClient(settings, self._redact, where=where, hosts=HOSTS)
        self._headers = {"x-api-key": api_key, "x-api-secret": api_secret, "Content-Type": _JSON, "Accept": _JSON}

    @property
    def requests_at_once(self) -> int:
        """How many requests a task may have under way."""
        return self._settings.requests_at_once

    def pages(self, resource: str, params: Mapping[str, Any]) -> Iterator[ResourcePage]:
        """Read page after page up to PageCount and prove that RecordCount records came. Without records: one empty page.

        The first page names their number; the others are asked for side by side, as many as the settings' requests_at_once.

        :raises IncompleteAnswer: what came is not what there is.
        """
        first = self._page(resource, params, 1)
        count = 0
        seen: set[Any] = set()
        # Each page but the last has a record: more pages than that are no list, and are not asked for ahead either.
        rest = range(2, min(first.page_count, first.record_count + 1) + 1)
        with closing(
            in_order(lambda n: self._page(resource, params, n), rest, self._settings.requests_at_once)
        ) as others:
            for page in chain([first], others):
                ids = {record["ID"] for record in page.records if isinstance(record.get("ID"), str)}
                count += len(page.records)
                fault = _fault(page, first, count) or ("a record came twice" if seen & ids else "")
                if fault:
                    raise self._incomplete(resource, fault)
                seen = ids
                yield page
        if count != first.record_count:
            raise self._incomplete(resource, f"{count} of {first.record_count} came")

    def first_page(self, resource: str) -> ResourcePage:
        """Read the first page of a resource."""
        return self._page(resource, {}, 1)

    def get(self, resource: str, record_id: str, *, most_bytes: int | None = None) -> dict[str, Any] | None:
        """Read one record by its ID; None if there is none.

        :raises AnswerUnreadable: another record came than the one that was asked for.
        :raises BadInput: the ID is none that an address can hold. Some IDs are texts of people (a line names its receipt), and
            one with a slash would name another resource.
        """
        if not RECORD_ID.fullmatch(record_id):
            raise BadInput(f"{record_id[:100]!r} is not the ID of a record of {resource}.", where=self._where)
        path = f"{resource.strip('/')}/{record_id}"
        url, where = self._url(path, {}), f"{self._where}, GET {path}"

        def ask() -> dict[str, Any] | None:
            answer = self._sent("GET", path, url, most_bytes=most_bytes)
            if answer.status == 404:
                return None
            content = answers.read(answer, redact=self._redact, where=where)
            return answers.one_record(content, array_key(resource), record_id, where=where)

        return retries.read(ask, self._settings, what=where)

    def answer_to(
        self, resource: str, params: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a GET, as it came: for whoever looks at answers themselves (include/recording).

        :param headers: what stands in place of our own headers of these names, in lower case but for Content-Type and Accept.
        """
        sent = self._headers | dict(headers or {})
        return self._http.send("GET", self._url(resource, params), headers=sent)

    def create(self, resource: str, body: Mapping[str, Any]) -> str:
        """PUT one record, once, and return its ID."""
        where = f"{self._where}, PUT {resource}"
        answer = self._sent("PUT", resource, self._url(resource, {}), body=_encoded(body, where))
        return answers.created_id(
            answers.written(answer, redact=self._redact, where=where), redact=self._redact, where=where
        )

    def update(self, resource: str, records: Sequence[Mapping[str, Any]]) -> list[UpdateStatus]:
        """POST records, once, and return the status of each in the same order.

        If Certify refuses them all for the sake of one (nothing was written then), they go out again in halves, so that only the
        bad one fails.
        """
        where = f"{self._where}, POST {resource}"
        ids = [record.get("ID") for record in records]
        wrong = [record_id for record_id in ids if not isinstance(record_id, str) or not record_id]
        if not ids or wrong or len({str(record_id).casefold() for record_id in ids}) != len(ids):
            raise BadInput("Each record of an update needs its own ID.", where=where)
        return self._updated(resource, list(records), where)

    def _updated(self, resource: str, records: list[Mapping[str, Any]], where: str) -> list[UpdateStatus]:
        ids = [str(record["ID"]) for record in records]
        answer = self._sent("POST", resource, self._url(resource, {}), body=_encoded(records, where))
        try:
            content = answers.written(answer, redact=self._redact, where=where)
        except RecordRefused as error:
            if len(records) == 1:
                return [UpdateStatus(ids[0], "Error", error.message)]
            half = len(records) // 2
            return self._updated(resource, records[:half], where) + self._updated(resource, records[half:], where)
        return answers.statuses(content, ids, redact=self._redact, where=where)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._meter.hand_over()

    def _sent(
        self, verb: str, resource: str, url: str, *, body: bytes | None = None, most_bytes: int | None = None
    ) -> Answer:
        """Send one request, once, and count it. Certify bills none, but there may not be too many at a time."""
        asked = Asked("certify", verb, _named(resource))
        self._meter.sent([asked])
        try:
            answer = self._http.send(verb, url, headers=self._headers, body=body, most_bytes=most_bytes)
        except (ConfigurationError, ServiceUnavailable):
            self._meter.never_sent([asked])
            raise
        self._meter.answered(asked, failed=answer.status >= 400)
        return answer

    def _page(self, resource: str, params: Mapping[str, Any], number: int) -> ResourcePage:
        url, where = self._url(resource, {**params, "page": number}), f"{self._where}, GET {resource}, page {number}"

        def ask() -> ResourcePage:
            answer = self._sent("GET", resource, url)
            content = answers.read(answer, redact=self._redact, where=where)
            return answers.page(content, array_key(resource), number, where=where)

        try:
            return retries.read(ask, self._settings, what=where)
        except PermissionDenied:
            if number == 1:
                raise
            # Allowed a page ago: what "forbidden" means here is that the page is gone.
            raise self._incomplete(resource, f"page {number} was there and is no more") from None

    def _url(self, resource: str, params: Mapping[str, Any]) -> str:
        segments = resource.strip("/").split("/")
        if not all(RECORD_ID.fullmatch(segment) for segment in segments):
            raise BadInput(f"{resource!r} is not the name of a resource.", where=self._where)
        given = {name: _parameter(name, value) for name, value in params.items() if value is not None}
        return self._base + "/".join(segments) + (f"?{urlencode(given, quote_via=quote)}" if given else "")

    def _incomplete(self, resource: str, what: str) -> IncompleteAnswer:
        return IncompleteAnswer(
            f"The records changed while they were read: {what}.",
            where=f"{self._where}, GET {resource}",
            cure="Reading them again from the start cures it.",
        )


def _named(resource: str) -> str:
    """A resource as it is counted: one name for all of its records."""
    first, *rest = resource.strip("/").split("/")
    return "/".join([first, *("{id}" if len(part) > 1 and place == 0 else part for place, part in enumerate(rest))])


def _fault(page: ResourcePage, first: ResourcePage, count: int) -> str:
    """What a page shows to have changed since the first; empty when nothing.

    :param count: how many records came with it and before it
    """
    if page.record_count != first.record_count:
        return f"there were {first.record_count} records at first and {page.record_count} later"
    if page.page_count != first.page_count:
        return f"there were {first.page_count} pages at first and {page.page_count} later"
    # Pages without an end would otherwise be read for ever.
    if count > page.record_count or (not page.records and page.page < page.page_count):
        return f"{count} of {page.record_count} came by page {page.page} of {page.page_count}"
    return ""


def _parameter(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (str, int)):
        return str(value)
    raise BadInput(f"The filter {name} is of type {type(value).__name__}.", cure="Use text, whole numbers or dates.")


def _encoded(body: Any, where: str) -> bytes:
    _check(body, "the body", where)
    return json.dumps(body, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _check(value: Any, name: str, where: str) -> None:
    """Refuse what JSON or Certify would bend: floats, unusual types, characters that no column can hold."""
    if isinstance(value, str):
        clean_text(value, field=name)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check(inner, str(key), where)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner, name, where)
    elif value is not None and not isinstance(value, int):
        raise BadInput(
            f"{name} is of type {type(value).__name__}.", where=where, cure="Use text, whole numbers, true or false."
        )
