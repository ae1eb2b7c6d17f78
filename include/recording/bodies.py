"""The bodies of answers: read, redacted in the form that they have, and written so that people can read them.

Elements, attributes and JSON fields stay as they are, in order, kind and number; their values are redacted one by one. What is
neither XML nor JSON is prose: a page of what stands in front of a service.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from lxml import etree

from include.recording.redaction import Redaction, is_amount

# Where Intacct speaks of itself: of its own fields, rights, dimensions, preferences and errors.
_OF_THE_SERVICE = frozenset(
    {"Type", "type", "permissions", "dimensions", "relationship", "companypref", "errormessage", "control"}
)
# What has counts, and the name of an object, as its attributes.
_COUNTED = frozenset({"data", "listtype"})
# Of a page or an error of Certify, beside the records.
_OF_A_PAGE = frozenset({"page", "pagecount", "records", "recordcount", "errorcode"})
_KEYS = frozenset({"keys", "value", "userId", "query"})
_TAG = re.compile(r"<\s*(/?)\s*([A-Za-z!][\w-]*)[^>]*>")


def parsed_xml(body: bytes) -> etree._Element | None:
    """The root of an answer in XML; None when it is none. Nothing beyond the answer is read."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_blank_text=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    return None if root is None or _is_page(root) else root


def _is_page(root: etree._Element) -> bool:
    return str(root.tag).lower() == "html"


def parsed_json(body: bytes) -> Any:
    """An answer in JSON: objects are lists of pairs, numbers what they are digit for digit. Raises ValueError."""
    return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=Pairs)


class Pairs(list[tuple[str, Any]]):
    """A JSON object with its fields in order, none of them lost."""


def redacted(body: bytes, redaction: Redaction, asked: frozenset[str]) -> str:
    """An answer as it may be kept.

    :param asked: the words of the question, in lower case: they are ours
    """
    root = parsed_xml(body)
    if root is not None:
        _learn_own(root, redaction)
        _element(root, redaction, asked, of_the_service=False)
        return written_xml(root)
    try:
        return written_json(_json("", parsed_json(body), redaction, asked, outermost=True))
    except (ValueError, RecursionError):
        return _page(body, redaction, asked)


def redacted_question(content: bytes, redaction: Redaction) -> str:
    """Functions as they were asked, without the record numbers, IDs and users in them."""
    root = etree.fromstring(content)
    for element in root.iter():
        if element.tag in _KEYS and element.text:
            element.text = redaction.text(element.text)
    return etree.tostring(root, encoding="unicode")


def written_xml(root: etree._Element) -> str:
    """XML with an element a line."""
    etree.indent(root, space="  ")
    return etree.tostring(root, encoding="unicode") + "\n"


def written_json(content: Any) -> str:
    """JSON with a field a line, numbers digit for digit."""
    return _written(content, "") + "\n"


def _learn_own(root: etree._Element, redaction: Redaction) -> None:
    """What the company made itself: fields that `lookup` calls custom, and objects of dimensions of its own."""
    for field in root.iter("Field"):
        if _is_custom(field):
            redaction.own((field.findtext("ID") or "").strip())
    for dimension in root.iter("dimension"):
        if (dimension.findtext("userDefinedDimension") or "").strip().lower() == "true":
            for tag in ("objectName", "objectLabel", "termLabel"):
                redaction.own((dimension.findtext(tag) or "").strip())


def _is_custom(field: etree._Element) -> bool:
    return (field.findtext("ISCUSTOM") or "").strip().lower() == "true"


def _element(element: etree._Element, redaction: Redaction, asked: frozenset[str], *, of_the_service: bool) -> None:
    tag = str(element.tag) if isinstance(element.tag, str) else ""
    # What is called how in a field of the company's own, the company says.
    own = tag == "Field" and _is_custom(element)
    inside = (of_the_service or tag in _OF_THE_SERVICE) and not own
    for name, text in element.attrib.items():
        described = inside or tag in _COUNTED
        element.set(name, redaction.value(str(name), str(text), of_the_service=described, asked=asked))
    if tag and redaction.name(tag) != tag:
        element.tag = redaction.name(tag)
    # In a definition text may stand beside elements; elsewhere it is white space.
    if element.text and element.text.strip():
        element.text = redaction.value(tag, element.text, of_the_service=inside, asked=asked)
    for child in element:
        _element(child, redaction, asked, of_the_service=inside)
        if child.tail and child.tail.strip():
            child.tail = redaction.text(child.tail)


def _json(name: str, value: Any, redaction: Redaction, asked: frozenset[str], *, outermost: bool = False) -> Any:
    if isinstance(value, Pairs):
        return Pairs(
            (key, _field(key, inner, redaction, asked, of_the_service=outermost and key.lower() in _OF_A_PAGE))
            for key, inner in value
        )
    if isinstance(value, list):
        return [_json(name, inner, redaction, asked) for inner in value]
    return _field(name, value, redaction, asked, of_the_service=False)


def _field(name: str, value: Any, redaction: Redaction, asked: frozenset[str], *, of_the_service: bool) -> Any:
    if isinstance(value, (Pairs, list)):
        return _json(name, value, redaction, asked)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return redaction.amount(value)
    if isinstance(value, int):
        # 0 and 1 are flags, but for money.
        flag = value in (0, 1) and not is_amount(name)
        return value if flag else int(redaction.value(name, str(value), of_the_service=of_the_service))
    return redaction.value(name, value, of_the_service=of_the_service, asked=asked)


def _page(body: bytes, redaction: Redaction, asked: frozenset[str]) -> str:
    """A page or a plain text: names of its tags, and words."""
    made, place = [], 0
    text = body.decode("utf-8", "replace")
    for found in _TAG.finditer(text):
        made += [redaction.prose(text[place : found.start()], asked), f"<{found[1]}{found[2]}>"]
        place = found.end()
    return "".join([*made, redaction.prose(text[place:], asked)]).strip() + "\n"


def _written(value: Any, indent: str) -> str:
    further = indent + "  "
    if isinstance(value, Pairs):
        inner = [f"{further}{_quoted(key)}: {_written(one, further)}" for key, one in value]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}" if inner else "{}"
    if isinstance(value, list):
        inner = [further + _written(one, further) for one in value]
        return "[\n" + ",\n".join(inner) + f"\n{indent}]" if inner else "[]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def _quoted(text: str) -> str:
    """A JSON text; half of a surrogate pair, which no file can hold, is escaped."""
    return encode_basestring(text) if text.isprintable() else encode_basestring_ascii(text)
