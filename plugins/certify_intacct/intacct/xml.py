"""Python values as XML elements, by lxml: nothing is pasted together, so no text can become markup.

lxml is imported when first needed, because DAG files import the builders while Airflow parses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct.values import text_of
from certify_intacct.model.errors import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_TAG = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_DEEPEST = 16


def new(tag: str, /, **attributes: str) -> Element:
    """Make an element.

    :raises BadInput: `tag` is no element name.
    """
    if not _is_name(tag):
        raise BadInput(f"{tag!r} cannot be the name of a field: letters, digits, '_', '.' and '-' only.")
    made: Element = _lxml().Element(tag, attributes)
    return made


def add(parent: Element, tag: str, value: Any) -> None:
    """Append `value` to `parent` as one or more elements `tag`.

    None adds nothing, a mapping nests, a list repeats the element, anything else is text (see values.text_of).

    :raises BadInput: a value that cannot be written, named by its field.
    """
    _add(parent, tag, value, depth=0)


def add_date(parent: Element, tag: str, value: Any) -> None:
    """Append a date in the form of the legacy functions: `year`, `month`, `day`.

    :raises BadInput: `value` is not a date.
    """
    if isinstance(value, datetime) or not isinstance(value, date):
        raise BadInput(f"{tag} must be a date, not {type(value).__name__}.")
    element = new(tag)
    for name, figure in (("year", f"{value.year:04d}"), ("month", f"{value.month:02d}"), ("day", f"{value.day:02d}")):
        add(element, name, figure)
    parent.append(element)


def to_bytes(element: Element) -> bytes:
    """Write an element without declaration and without white space of ours; the same element gives the same bytes.

    ASCII with character references, so that the bytes mean the same wherever they are stored.
    """
    written: bytes = _lxml().tostring(element, encoding="ascii", xml_declaration=False)
    return written


@cache
def _lxml() -> Any:
    """Looked up once: a document is made of a hundred elements."""
    from lxml import etree

    return etree


@lru_cache(maxsize=4096)
def _is_name(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None


def _add(parent: Element, tag: str, value: Any, *, depth: int) -> None:
    if depth > _DEEPEST:
        raise BadInput(f"{tag} is nested more than {_DEEPEST} levels deep.")
    if value is None:
        return
    if isinstance(value, (list, tuple)):
        for item in value:
            _add(parent, tag, item, depth=depth + 1)
        return
    element = new(tag)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _add(element, name, inner, depth=depth + 1)
    else:
        element.text = text_of(value, field=tag)
    parent.append(element)
