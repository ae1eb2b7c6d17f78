"""A page of records as one block of COPY text, made column by column.

The usual page takes this way, many times as fast as value by value. A page with anything that cannot be read has no block: it is
staged record by record (``certify_intacct.staging.bulk``), where each fault is named. Both ways stage the same rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import repeat
from json.encoder import encode_basestring
from typing import Any

from certify_intacct.staging.streams.stream import REFERENCE_COLUMNS, Column, Stream
from certify_intacct.staging.values import LONGEST_CODE, Unreadable, read_value
from certify_intacct.transport.columns import column
from certify_intacct.transport.text import RECORD_ID

Records = Sequence[Mapping[str, Any]]

_NULL = r"\N"
_ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))
_as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
# What the encoder makes of them, many times as fast.
_IN_JSON: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    type(None): lambda _: "null",
    bool: {True: "true", False: "false"}.__getitem__,
    int: str,
    Decimal: '"{}"'.format,
}
# What PostgreSQL reads as we do; no key is below zero.
_USUAL = {"integer": re.compile(r"0|[1-9][0-9]{0,17}"), "numeric": re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")}


def block_of(stream: Stream, load_id: int, records: Records) -> bytes | None:
    """The records as lines of COPY text: ``load_id``, the columns of the stream's table, ``unreadable`` and ``raw``.

    :returns: None when a value cannot be read, or holds a character that PostgreSQL cannot
    """
    given = {name: column(records, name) for name in ("", *stream.source_fields)}
    try:
        columns = _reference(stream, given) if stream.in_reference else _typed(stream, given)
        raw = _escaped(_raw(stream, records, given))
        text = "\n".join(map("\t".join, zip(repeat(str(load_id)), *columns, repeat("{}"), raw, strict=False)))
        # JSON may escape what PostgreSQL cannot hold; the other way tells whether it is that.
        return None if "\x00" in text or r"\u0000" in text else f"{text}\n".encode()
    except (Unreadable, UnicodeEncodeError, RecursionError):
        return None


def _typed(stream: Stream, given: Mapping[str, list[Any]]) -> list[list[str]]:
    return [_escaped(_texts(column, given[column.source])) for column in stream.columns]


def _reference(stream: Stream, given: Mapping[str, list[Any]]) -> list[Iterable[str]]:
    """The columns of the table that all lists share; what a list has besides goes into ``attributes``."""
    columns = {column.name: column for column in stream.columns}
    own = [
        _escaped(_texts(columns[name], given[columns[name].source])) if name in columns else repeat(_NULL)
        for name in REFERENCE_COLUMNS
    ]
    others = {
        name: _json_of_type(column, given[column.source])
        for name, column in columns.items()
        if name not in REFERENCE_COLUMNS
    }
    within = [[_in_array(value) for value in given[name]] for name in stream.within]
    arrays = [f"{{{','.join(codes)}}}" for codes in zip(*within, strict=True)]
    return [
        repeat(stream.name),
        *own,
        _escaped(arrays) if arrays else repeat("{}"),
        _escaped(_objects(others)) if others else repeat("{}"),
    ]


def _texts(column: Column, values: list[Any]) -> list[str | None]:
    """The values of a column as PostgreSQL reads them.

    :raises Unreadable: one of them cannot be read
    """
    if column.type == "id":
        if not all(type(value) is str and RECORD_ID.fullmatch(value) for value in values):
            raise Unreadable
        return values
    texts = _plain(column, values) if column.type in ("text", "code") else _converted(column, values)
    if column.key and (None in texts or "" in texts):
        raise Unreadable
    return texts


def _plain(column: Column, values: list[Any]) -> list[str | None]:
    kinds = set(map(type, values))
    if not kinds <= {str, type(None)}:
        if kinds & {dict, list}:
            raise Unreadable
        values = [None if value is None else str(value) for value in values]
    if column.type == "code" and max(map(len, filter(None, values)), default=0) > LONGEST_CODE:
        raise Unreadable
    return values


def _converted(column: Column, values: list[Any]) -> list[str | None]:
    texts = _as_text(values)
    usual = _USUAL.get(column.type)
    if usual is not None and all(map(usual.fullmatch, texts)):
        return list(texts)
    read = {text: read_value(column.type, text) for text in set(texts)}
    if column.key and any(isinstance(value, int) and value < 0 for value in read.values()):
        raise Unreadable
    shown = {text: None if value is None else str(value) for text, value in read.items()}
    return [shown[text] for text in texts]


def _json_of_type(column: Column, values: list[Any]) -> list[str]:
    """The values of a column as JSON of their type."""
    if column.type in ("text", "code", "id"):
        return _json(_texts(column, values))
    texts = _as_text(values)
    read = {text: _as_json(read_value(column.type, text)) for text in set(texts)}
    return [read[text] for text in texts]


def _as_text(values: list[Any]) -> list[str]:
    """For types in which an empty text is nothing.

    :raises Unreadable: a value is nested
    """
    if set(map(type, values)) & {dict, list}:
        raise Unreadable
    return ["" if value is None else value if type(value) is str else str(value) for value in values]


def _raw(stream: Stream, records: Records, given: Mapping[str, list[Any]]) -> list[str]:
    """Each record as received, without what is not on the allow-list."""
    names = stream.source_fields
    if any(None in given[name] and not all(name in record for record in records) for name in names):
        return [_as_json({name: record[name] for name in names if name in record}) for record in records]
    return _objects({name: _json(given[name]) for name in names})


def _objects(columns: Mapping[str, list[str]]) -> list[str]:
    """Objects of JSON from columns of JSON values."""
    parts: list[Iterable[str]] = []
    for name, values in columns.items():
        parts += [repeat(f"{', ' if parts else '{'}{_as_json(name)}: "), values]
    return list(map("".join, zip(*parts, repeat("}"), strict=False)))


def _json(values: list[Any]) -> list[str]:
    kinds = set(map(type, values))
    if len(kinds) == 1:
        return list(map(_IN_JSON.get(kinds.pop(), _as_json), values))
    return [_IN_JSON.get(type(value), _as_json)(value) for value in values]


def _in_array(value: Any) -> str:
    text = str(value or "").replace("\\", r"\\").replace('"', r"\"")
    return f'"{text}"'


def _escaped(values: list[Any]) -> list[str]:
    """The values so that no character of theirs means something to COPY; None is its NULL."""
    nothing = None in values
    joined = "".join(filter(None, values) if nothing else values)
    for mark, escape in _ESCAPES:
        if mark in joined:
            values = [value and value.replace(mark, escape) for value in values]
    return [_NULL if value is None else value for value in values] if nothing else values
