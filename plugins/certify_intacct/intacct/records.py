"""The records of an answer; those of a query's page are read column by column where all of them are alike.

A query answers with up to 2,000 records that have the fields that were asked for, each a text. lxml makes an object of each
element that Python looks at; XPath gives the texts of a field in all records at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from certify_intacct.transport.columns import Columns

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: Fewer are read as quickly one by one.
FEWEST = 8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def records_of(data: Element) -> Sequence[dict[str, Any]]:
    """The records that an element holds: flat ones as texts by name, owned lines as nested lists, those of a large page by column."""
    columns = columns_of(data)
    if columns is not None:
        return columns
    records = []
    for element in data:
        value = value_of(element)
        records.append(value if isinstance(value, dict) else {_name(element): value})
    return tuple(records)


def columns_of(data: Element) -> Columns | None:
    """The records of a page.

    :param data: its element ``data``
    :returns: None where the records are not all alike and flat, or are few
    """
    if len(data) < FEWEST:
        return None
    names = [str(field.tag) for field in data[0]]
    if not names or not all(map(_NAME.fullmatch, names)) or not _alike(data, names):
        return None
    return Columns({name: _texts(data, name) for name in names})


def _alike(data: Element, names: list[str]) -> bool:
    """Whether each record has each of the fields once and no other, and none holds more than a text."""
    if len(set(names)) < len(names) or _found("boolean(*/@* | */*/@* | */*/* | */*/text()[2])")(data):
        return False
    count = len(data)
    return bool(_found("count(*/*)")(data) == count * len(names)) and all(
        _found(f"count(*/{name}[1])")(data) == count for name in names
    )


def _texts(data: Element, name: str) -> list[str]:
    texts: list[str] = _found(f"*/{name}/text()")(data)
    if len(texts) == len(data):
        return texts
    # An empty field has no text.
    return [""] * len(data) if not texts else [field.text or "" for field in _found(f"*/{name}")(data)]


@lru_cache(maxsize=4096)
def _found(path: str) -> Any:
    from lxml import etree

    return etree.XPath(path, smart_strings=False)


def value_of(element: Element) -> Any:
    """Turn an element into text, or into a dict of its children and attributes; a repeated child becomes a list."""
    if len(element) == 0 and not element.attrib:
        return element.text or ""
    record: dict[str, Any] = {f"@{name!s}": str(value) for name, value in element.attrib.items()}
    if len(element) == 0:
        if element.text and element.text.strip():
            record["#text"] = element.text
        return record
    for child in element:
        name, value = _name(child), value_of(child)
        if name not in record:
            record[name] = value
        elif isinstance(record[name], list):
            record[name].append(value)
        else:
            record[name] = [record[name], value]
    return record


def _name(element: Element) -> str:
    return element.tag if isinstance(element.tag, str) else "#entity"
