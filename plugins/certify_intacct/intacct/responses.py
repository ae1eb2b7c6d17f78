"""Reads the gateway's answers. Whatever comes, it ends in results or in a named error.

Four levels can fail: the gateway in front, the control block, the authentication, and each function for itself (Intacct XML
gateway reference, Responses and errors). The first three mean that nothing was executed. Results are matched to what was sent by
control ID, never by position; one that is missing, extra or double makes the whole answer unreadable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import errors as catalog
from certify_intacct.intacct.records import records_of
from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConfigurationError,
    ConnectorError,
    IntacctError,
    RateLimited,
    ServiceUnavailable,
)
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor, excerpt, readable

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_STATUSES = frozenset({"success", "failure", "aborted"})
_ERROR_TEXTS = ("errorno", "description", "description2", "correction")
# An error is read by a person and kept for years.
_LONGEST_TEXT = 10_000
_MOST_ERRORS = 20
# Where a whole answer, or what became of a function, is told: what stands there once.
_ONCE = {
    ".": ("control", "operation", "errormessage"),
    "control": ("status", "controlid", "errormessage"),
    "operation": ("authentication", "errormessage"),
    "operation/authentication": ("status", "companyid", "userid", "locationid", "errormessage"),
    "operation/result": ("status", "function", "controlid", "key", "data", "listtype", "errormessage"),
}
# Each element takes far more memory than its text. A page of 2,000 records with 40 fields has 160,000 tags.
_MOST_TAGS = 3_000_000


@dataclass(frozen=True)
class Result:
    """What became of one function.

    :param control_id: that of the function.
    :param status: "success", "failure", or "aborted" (rolled back because another function of its transaction failed).
    :param function: its name on the wire.
    :param key: the new record's key: `<key>` of a legacy function, RECORDNO of a generic create. Only on success.
    :param records: the records in the answer; flat ones are dict[str, str], owned lines are nested lists. Those of a large page are
        held by column (``transport.columns``).
    :param errors: why it failed, most specific first.
    :param listtype: the object's name as the answer gives it.
    :param total_count: how many records there are in all, for `query`; None when not said.
    :param count: how many this answer says it holds; None when not said.
    :param offset: where this page begins.
    :param remaining: how many come after this page; None when not said.
    """

    control_id: str
    status: str
    function: str
    key: str | None = None
    records: Sequence[dict[str, Any]] = ()
    errors: tuple[IntacctError, ...] = ()
    listtype: str | None = None
    total_count: int | None = None
    count: int | None = None
    offset: int = 0
    remaining: int | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it did what it was asked."""
        return self.status == "success"

    def raise_for_failure(self, *, where: str) -> None:
        """Do nothing after success.

        :raises PermissionDenied, RateLimited, ServiceUnavailable, FunctionFailed: by the reason of the failure.
        """
        if not self.succeeded:
            raise catalog.failed(self.errors, where=where)


@dataclass(frozen=True)
class Authentication:
    """What the gateway says about the session that a request ran in; "" where it says nothing.

    :param session_seconds: how long the session lives from its last use; None when not said.
    """

    company_id: str = ""
    user_id: str = ""
    location_id: str = ""
    session_seconds: float | None = None


@dataclass(frozen=True)
class Response:
    """The answer to a request that was carried out. `results` are in the order in which the functions were sent."""

    control_id: str
    authentication: Authentication
    results: tuple[Result, ...] = field(default=())


def read(answer: Answer, control_ids: Sequence[str], *, writes: bool, redact: Redactor, where: str) -> Response:
    """Read the answer to a request that sent functions with these control IDs.

    :param writes: whether one of the functions writes. Then only a well-formed refusal, with an HTTP status below 500, counts as
        "not executed"; everything else that is no answer is AnswerUnreadable, be it ever so plainly a rate limit or an outage.
    :raises AnswerUnreadable: it is not an answer of the gateway, not whole, or its results are not those of the functions sent.
    :raises CredentialsRefused, SessionEnded, PermissionDenied, RateLimited, ServiceUnavailable, RequestRefused: it was refused as a
        whole, and nothing was executed.
    """
    try:
        root = _parse(answer, redact, where)
    except (RateLimited, ServiceUnavailable, ConfigurationError) as error:
        raise AnswerUnreadable(error.message, where=where) if writes else error from None
    if writes and answer.status >= 500:
        raise AnswerUnreadable(f"HTTP status {answer.status} leaves open what was executed.", where=where)
    _require_once(root, where)
    control = root.find("control")
    if control is None:
        raise AnswerUnreadable("The answer has no control block.", where=where)
    refusal = _refusal(root, control)
    if refusal is not None:
        if root.find("operation/result") is not None:
            raise AnswerUnreadable("The answer refuses the request and holds results nevertheless.", where=where)
        raise _with_pause(catalog.refused(_cleaned(refusal, redact), where=where), answer)
    if answer.status >= 300 or _text(control, "status") != "success":
        raise AnswerUnreadable(
            f"HTTP status {answer.status} and control status {_shown(_text(control, 'status'), redact)!r} do not make an answer.",
            where=where,
        )
    operation = root.find("operation")
    authentication = operation.find("authentication") if operation is not None else None
    accepted = authentication is not None and _text(authentication, "status") == "success"
    if operation is None or authentication is None or not accepted:
        raise AnswerUnreadable(
            "The answer says neither that the sign-in was accepted nor that it was refused.", where=where
        )
    results = [_result(element, redact, where) for element in operation.findall("result")]
    return Response(
        _text(control, "controlid"),
        _authentication(authentication),
        tuple(_matched(results, control_ids, redact, where)),
    )


def _parse(answer: Answer, redact: Redactor, where: str) -> Element:
    from lxml import etree

    body = answer.body
    if body.count(b"<") > _MOST_TAGS:
        raise AnswerUnreadable(f"The answer has more than {_MOST_TAGS} tags.", where=where)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        if _is_html(body):
            raise _not_xml(answer, redact, where)
        raise AnswerUnreadable("The answer holds a document type, which the gateway never sends.", where=where)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise _not_xml(answer, redact, where) from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise AnswerUnreadable("The answer holds a document type, which the gateway never sends.", where=where)
    if root.tag != "response":
        raise _not_xml(answer, redact, where)
    return root


def _require_once(root: Element, where: str) -> None:
    """:raises AnswerUnreadable: something is said twice that is said once, so that it may be one or the other"""
    for place, names in _ONCE.items():
        for element in root.iterfind(place):
            for name in names:
                if len(element.findall(name)) > 1:
                    raise AnswerUnreadable(f"The answer has two elements {name} in one {element.tag}.", where=where)


def _is_html(body: bytes) -> bool:
    return b"<html" in body[:2000].lower() or b"<!doctype html" in body[:200].lower()


def _not_xml(answer: Answer, redact: Redactor, where: str) -> ConnectorError:
    """Say what came instead of the gateway's XML."""
    said = excerpt(answer.body, redact)
    if answer.status == 429 or b"rate limit exceeded" in answer.body[:2000].lower():
        return RateLimited(
            "The API rate limit is exceeded.",
            where=where,
            cure="Let fewer tasks use the sage_intacct pool at the same time.",
            retry_after=answer.retry_after,
        )
    if answer.status >= 500 or b"temporarily off-line" in answer.body[:2000].lower():
        return ServiceUnavailable(
            f"HTTP status {answer.status}{', saying: ' + said if said else ''}.",
            where=where,
            retry_after=answer.retry_after,
        )
    if answer.status in (404, 405):
        return ConfigurationError(
            f"There is no gateway at this address (HTTP status {answer.status}).",
            where=where,
            cure="Check the URL in the connection.",
        )
    what = "a web page" if _is_html(answer.body) else "not XML of the gateway" if said else "empty"
    return AnswerUnreadable(
        f"The answer (HTTP status {answer.status}) is {what}{': ' + said if said else ''}.", where=where
    )


def _refusal(root: Element, control: Element) -> Element | None:
    """Find the error message of a request that was refused as a whole, or None."""
    if _text(control, "status") == "failure":
        message = root.find("errormessage")
        return message if message is not None else control.find("errormessage")
    operation = root.find("operation")
    if operation is None or operation.find("result") is not None:
        return None
    authentication = operation.find("authentication")
    if authentication is None or _text(authentication, "status") != "failure":
        return None
    message = operation.find("errormessage")
    return message if message is not None else authentication.find("errormessage")


def _with_pause(error: ConnectorError, answer: Answer) -> ConnectorError:
    if isinstance(error, (RateLimited, ServiceUnavailable)):
        error.retry_after = answer.retry_after
    return error


def _cleaned(message: Element, redact: Redactor) -> tuple[IntacctError, ...]:
    return tuple(
        _without_secrets(catalog.clean(*(_text(error, name)[:_LONGEST_TEXT] for name in _ERROR_TEXTS)), redact)
        for error in message.findall("error")[:_MOST_ERRORS]
    )


def _without_secrets(error: IntacctError, redact: Redactor) -> IntacctError:
    return IntacctError(**{name: readable(text, redact) for name, text in asdict(error).items()})


def _authentication(element: Element) -> Authentication:
    return Authentication(
        company_id=_text(element, "companyid"),
        user_id=_text(element, "userid"),
        location_id=_text(element, "locationid"),
        session_seconds=_seconds(_text(element, "sessiontimestamp"), _text(element, "sessiontimeout")),
    )


def _seconds(start: str, end: str) -> float | None:
    try:
        seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError):
        return None
    return seconds if seconds > 0 else None


def _matched(results: list[Result], control_ids: Sequence[str], redact: Redactor, where: str) -> list[Result]:
    by_id: dict[str, Result] = {}
    for result in results:
        if result.control_id in by_id:
            raise AnswerUnreadable(f"Two results have the control ID {_shown(result.control_id, redact)}.", where=where)
        by_id[result.control_id] = result
    missing = [control_id for control_id in control_ids if control_id not in by_id]
    extra = [control_id for control_id in by_id if control_id not in set(control_ids)]
    if missing or extra:
        lacking, surplus = (_shown(", ".join(ids), redact) or "none" for ids in (missing, extra))
        raise AnswerUnreadable(
            f"{len(control_ids)} functions were sent and {len(results)} results came back; "
            f"without a result: {lacking}; not asked for: {surplus}.",
            where=where,
        )
    return [by_id[control_id] for control_id in control_ids]


def _result(element: Element, redact: Redactor, where: str) -> Result:
    status = _text(element, "status")
    if status not in _STATUSES:
        raise AnswerUnreadable(f"A result has the status {_shown(status, redact)!r}.", where=where)
    message = element.find("errormessage")
    errors = _cleaned(message, redact) if message is not None else ()
    data = element.find("data")
    listed = element.find("listtype")
    records = records_of(data) if data is not None else ()
    source = data if data is not None else element
    return Result(
        control_id=_text(element, "controlid"),
        status=status,
        function=_text(element, "function"),
        key=_key(element, records) if status == "success" else None,
        records=records,
        errors=errors,
        listtype=(listed.text if listed is not None else source.get("listtype")),
        total_count=_count(listed.get("total") if listed is not None else source.get("totalcount"), redact, where),
        count=_count(source.get("count"), redact, where),
        offset=_count(source.get("offset"), redact, where) or 0,
        remaining=_count(source.get("numremaining"), redact, where),
    )


def _key(element: Element, records: Sequence[dict[str, Any]]) -> str | None:
    key = _text(element, "key")
    if key:
        return key
    if _text(element, "function").lower() in ("create", "update") and len(records) == 1:
        number = records[0].get("RECORDNO")
        return number if isinstance(number, str) and number else None
    return None


def _text(parent: Element, name: str) -> str:
    found = parent.find(name)
    return (found.text or "").strip() if found is not None else ""


def _count(text: str | None, redact: Redactor, where: str) -> int | None:
    if text is None or not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit()) or len(text.strip()) > 18:
        raise AnswerUnreadable(f"A count in the answer is {_shown(text, redact)!r}.", where=where)
    return int(text)


def _shown(text: str, redact: Redactor) -> str:
    return readable(text, redact, length=200)
