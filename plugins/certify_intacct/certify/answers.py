"""Reads Certify's answers. Whatever comes, it ends in records or in a named error.

Errors are JSON with `errorCode` and `errorValue`, or `errorMessage` in its place, or a web page of what stands in front. A page
without a match has neither page numbers nor counts (Certify API reference, Paging and envelopes; Errors).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from certify_intacct.certify.resources import MISSPELT, ResourcePage, UpdateStatus
from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConfigurationError,
    ConnectorError,
    CredentialsRefused,
    PermissionDenied,
    RateLimited,
    RecordRefused,
    RequestRefused,
    ServiceUnavailable,
)
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor, excerpt, readable

_NO_SUCH_METHOD = 405
_UNREADABLE = object()
# Certify's are 36 characters long.
_LONGEST_ID = 100
_LONGEST_NUMBER = 200
_SHOWN = 40
# Each value takes far more memory than its text. A page of 2,000 records with all their fields has about 100,000.
_MOST_PARTS = 3_000_000


def read(answer: Answer, *, redact: Redactor, where: str) -> Any:
    """Return the content of an answer to a read. Numbers are int or Decimal, digit for digit.

    :raises ConnectorError: by status, and AnswerUnreadable when it is no JSON.
    """
    content = _parsed(answer.body)
    if not 200 <= answer.status < 300:
        raise _refusal(answer, content, redact, where)
    if content is _UNREADABLE:
        raise _not_json(answer, redact, where)
    if _is_error(content):
        raise RequestRefused(_words(content, redact), where=where)
    return content


def written(answer: Answer, *, redact: Redactor, where: str) -> Any:
    """Return the content of an answer to a write.

    Only a well-formed refusal with a status from 400 to 499 means that nothing was written, and 405 in whatever form: by RFC 9110,
    section 15.5.6, the path has no such method, so nothing behind it was asked.

    :raises AnswerUnreadable: it is in doubt whether anything was written.
    :raises RecordRefused, CredentialsRefused, PermissionDenied, RateLimited: nothing was written.
    """
    content = _parsed(answer.body)
    if 200 <= answer.status < 300 and content is not _UNREADABLE:
        if _is_error(content):
            raise RecordRefused(_words(content, redact), where=where)
        return content
    if answer.status != _NO_SUCH_METHOD and not (400 <= answer.status < 500 and _is_error(content)):
        raise _not_json(answer, redact, where)
    error = _refusal(answer, content, redact, where)
    if isinstance(error, (CredentialsRefused, PermissionDenied, RateLimited)):
        raise error
    raise RecordRefused(error.message, where=where, cure=error.cure)


def page(content: Any, key: str, number: int, *, where: str) -> ResourcePage:
    """Read one page of a list.

    :param key: the array's name; Certify's spelling of upper and lower case is not relied upon.
    :param number: the page asked for.
    :raises AnswerUnreadable: it is no such page, or contradicts itself.
    """
    records = _array(content, key)
    if records is None:
        raise AnswerUnreadable(f"The answer has no list {key}.", where=where)
    counts = {name: content.get(name) for name in ("Page", "PageCount", "Records", "RecordCount")}
    if all(value is None for value in counts.values()) and not records:
        return ResourcePage([], 0, number, 0)
    if not all(isinstance(counts[name], int) and counts[name] >= 0 for name in ("PageCount", "RecordCount")):
        raise AnswerUnreadable(f"The answer does not say how many {key} and pages there are.", where=where)
    if counts["Page"] not in (None, number):
        raise AnswerUnreadable(f"Page {number} was asked for and {_figure(counts['Page'])} came.", where=where)
    if counts["Records"] not in (None, len(records)):
        announced = _figure(counts["Records"])
        raise AnswerUnreadable(f"The page announces {announced} {key} and holds {len(records)}.", where=where)
    return ResourcePage([*map(_spelled, records)], counts["RecordCount"], number, counts["PageCount"])


def _spelled(record: Any) -> Any:
    """A record with the names that clients write, where it is a user with those that one client reads."""
    if isinstance(record, dict):
        for name in MISSPELT.keys() & record.keys():
            record.setdefault(MISSPELT[name], record.pop(name))
    return record


def one_record(content: Any, key: str, record_id: str, *, where: str) -> dict[str, Any] | None:
    """Read the answer for a single record: a page of one, a page of none, or the bare record.

    :param record_id: the record asked for; its spelling of upper and lower case is not relied upon.
    :raises AnswerUnreadable: it is none of these, or another record.
    """
    records = _array(content, key)
    if records is None:
        if isinstance(content, dict) and _is(content, record_id):
            return content
        raise AnswerUnreadable(f"The answer has no list {key} and is no record.", where=where)
    if len(records) > 1:
        raise AnswerUnreadable(f"One record was asked for and {len(records)} came.", where=where)
    if records and not _is(records[0], record_id):
        raise AnswerUnreadable(f"{record_id} was asked for and another record came.", where=where)
    return records[0] if records else None


def _is(record: dict[str, Any], record_id: str) -> bool:
    return str(record.get("ID")).casefold() == record_id.casefold()


def created_id(content: Any, *, redact: Redactor, where: str) -> str:
    """Read the ID of a record just created.

    :raises RecordRefused: the answer says that it was not created.
    :raises AnswerUnreadable: there is no ID, or a status that is no word.
    """
    item = content[0] if isinstance(content, list) and len(content) == 1 else content
    if isinstance(item, dict):
        status = item.get("Status")
        if not isinstance(status, str | None):
            raise AnswerUnreadable("The answer to the creation says two things.", where=where)
        if (status or "").casefold() == "error":
            raise RecordRefused(_words(item, redact), where=where)
        record_id = item.get("ID")
        if isinstance(record_id, str) and record_id.isprintable() and 0 < len(record_id) <= _LONGEST_ID:
            return record_id
    raise AnswerUnreadable("The answer to the creation holds no ID.", where=where)


def statuses(content: Any, ids: Sequence[str], *, redact: Redactor, where: str) -> list[UpdateStatus]:
    """Read what became of each record of an update, in the order of `ids`.

    :raises AnswerUnreadable: the statuses are not those of the records sent.
    """
    items = content if isinstance(content, list) else [content]
    found: dict[str, UpdateStatus] = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("ID"), str) or not isinstance(item.get("Status"), str):
            raise AnswerUnreadable("The answer to the update is not a list of statuses.", where=where)
        key = item["ID"].casefold()
        if key in found:
            raise AnswerUnreadable("The answer to the update names a record twice.", where=where)
        message = item.get("Message")
        found[key] = UpdateStatus(
            item["ID"],
            readable(item["Status"], redact, length=40),
            readable(message, redact) if isinstance(message, str) else "",
        )
    missing = [record_id for record_id in ids if record_id.casefold() not in found]
    if missing or len(found) != len(ids):
        raise AnswerUnreadable(
            f"{len(ids)} records were sent and {len(found)} statuses came; without a status: {', '.join(missing[:5]) or 'none'}.",
            where=where,
        )
    return [
        UpdateStatus(record_id, found[record_id.casefold()].status, found[record_id.casefold()].message)
        for record_id in ids
    ]


def _parsed(body: bytes) -> Any:
    if sum(body.count(mark) for mark in (b",", b"[", b"{")) > _MOST_PARTS:
        return _UNREADABLE
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            parse_int=_whole,
            parse_float=_exact,
            parse_constant=_no_number,
            object_pairs_hook=_named_once,
        )
    except (ValueError, ArithmeticError, RecursionError):
        return _UNREADABLE


# Of two values under one name parsers take the first or the last, as they like (RFC 8259, section 4). Here they are a list of both,
# which is no value of any column and no list of records: whatever says two things is refused, and nothing beside it.
def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        by_name: dict[str, list[Any]] = defaultdict(list)
        for name, value in pairs:
            by_name[name].append(value)
        for name, said in by_name.items():
            if any(value != said[0] or type(value) is not type(said[0]) for value in said):
                found[name] = said
    return found


# What stands in the place of a number and is none is a text that no column of numbers takes: its record is refused, and not the page.
def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _no_number(digits)


def _exact(digits: str) -> Decimal | str:
    try:
        number = Decimal(digits)
    except ArithmeticError:
        return _no_number(digits)
    # No amount has such an exponent; writing one out could fill the memory.
    fits = number.is_finite() and -100 <= number.adjusted() <= 100 and len(digits) <= _LONGEST_NUMBER
    return number if fits else _no_number(digits)


def _no_number(word: str) -> str:
    return f"{word[:_SHOWN]}{'…' if len(word) > _SHOWN else ' is no number'}"


def _array(content: Any, key: str) -> list[dict[str, Any]] | None:
    if not isinstance(content, dict):
        return None
    for name, value in content.items():
        if (
            name.casefold() == key.casefold()
            and isinstance(value, list)
            and all(isinstance(item, dict) for item in value)
        ):
            return value
    return None


def _figure(value: Any) -> str:
    """A count as it may stand in an error: anything but a figure is named by its kind only."""
    return str(value) if isinstance(value, int) else f"something of type {type(value).__name__}"


def _is_error(content: Any) -> bool:
    return isinstance(content, dict) and any(name in content for name in ("errorCode", "errorValue", "errorMessage"))


def _words(content: dict[str, Any], redact: Redactor) -> str:
    words = next((content[name] for name in ("errorValue", "errorMessage", "Message") if content.get(name)), "")
    code = content.get("errorCode")
    text = f"{words or 'no text given'}{f' ({code})' if code and str(code) not in str(words) else ''}"
    return readable(text, redact, length=500)


def _refusal(answer: Answer, content: Any, redact: Redactor, where: str) -> ConnectorError:
    said = _words(content, redact) if _is_error(content) else excerpt(answer.body, redact)
    text = f"HTTP status {answer.status}{': ' + said if said else ''}"
    if answer.status == 401:
        return CredentialsRefused(text, where=where, cure="Check API key and API secret in the connection.")
    if answer.status == 403:
        return PermissionDenied(text, where=where, cure="Check that the API key may use this resource.")
    if answer.status == 429:
        return RateLimited(
            text,
            where=where,
            cure="Let fewer tasks use the emburse_certify pool at the same time.",
            retry_after=answer.retry_after,
        )
    if answer.status >= 500:
        return ServiceUnavailable(text, where=where, retry_after=answer.retry_after)
    if answer.status in (404, 405) or 300 <= answer.status < 400:
        return ConfigurationError(text, where=where, cure="Check the base URL in the connection.")
    return RequestRefused(text, where=where)


def _not_json(answer: Answer, redact: Redactor, where: str) -> AnswerUnreadable:
    said = excerpt(answer.body, redact)
    return AnswerUnreadable(
        f"The answer (HTTP status {answer.status}) cannot be understood{': ' + said if said else ', it is empty'}.",
        where=where,
    )
