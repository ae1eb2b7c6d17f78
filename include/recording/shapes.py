"""What of a recorded answer can be compared with another company's: its form, its kinds of value, its words and its refusals.

Nothing of it depends on how a recording was redacted: what was replaced counts as ``…``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from include.recording.bodies import Pairs, parsed_json, parsed_xml
from include.recording.exchange import Exchange
from include.recording.files import Recorded
from include.recording.harmless import FORMS, WORDS, is_word
from include.recording.redaction import is_amount

_MOMENT = re.compile(r"(?:\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})(?P<time>[T ]\d\d:\d\d:\d\d\S*)?")
_FLAGS = frozenset({"true", "false"})
_REPLACED = "…"
_CHUNK = re.compile(r"\S+")
# Enumerations beside those that are kept as words: what a company chose of the vendor's.
_CHOSEN = frozenset(
    {
        "gmtoffset",
        "clock",
        "dateformat",
        "locale",
        "prefvalue",
        "basecurrency",
        "rights",
        "applicationname",
        "userdefineddimension",
    }
)
# What a definition says of a field.
_OF_A_FIELD = frozenset(
    {"DATATYPE", "REQUIRED", "READONLY", "externalDataName", "isRequired", "isReadOnly", "maxLength"}
)


@dataclass
class Shape:
    """The shape of one answer.

    :param single: what an answer has once, such as its HTTP status
    :param fields: by path the names below it, in the order in which they come first
    :param types: by path the kinds of value there; empty ones are none
    :param words: by place the words there
    """

    single: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    types: dict[str, set[str]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)

    def names(self, path: str, names: Iterable[str]) -> None:
        """There are these names below a path."""
        self.fields[path] = tuple(dict.fromkeys((*self.fields.get(path, ()), *names)))

    def leaf(self, path: str, kind: str) -> None:
        """There is a value of this kind."""
        if kind:
            self.types.setdefault(path, set()).add(kind)

    def word(self, place: str, *words: str) -> None:
        """There are these words."""
        self.words.setdefault(place, set()).update(filter(None, words))


def own_fields(recording: Iterable[Recorded]) -> frozenset[str]:
    """The names, replaced as they are, of fields that the company made itself."""
    found = set()
    for recorded in recording:
        if recorded.place.startswith("intacct/lookup_") and (root := parsed_xml(recorded.body.encode())) is not None:
            found |= {name for name, custom in _custom(root) if custom}
    return frozenset(found)


def shape(recorded: Recorded, exchange: Exchange, own: frozenset[str]) -> Shape:
    """The shape of a recorded answer.

    :param own: see :func:`own_fields`
    """
    found = Shape()
    found.single["HTTP status"] = str(recorded.status)
    found.single["content type"] = recorded.headers.get("content-type", "none").split(";")[0]
    found.single["packed as"] = recorded.headers.get("content-encoding", "nothing")
    body = recorded.body.encode("utf-8", "replace")
    root = parsed_xml(body)
    if root is not None:
        _xml(found, root, recorded, exchange, own)
        return found
    try:
        content = parsed_json(body)
    except (ValueError, RecursionError):
        found.single["refusal"] = template(re.sub(r"<[^>]*>", " ", recorded.body))
        return found
    _json(found, "", content)
    _certify(found, content, exchange)
    return found


def template(text: str) -> str:
    """A text for people without what was replaced in it."""
    said = _CHUNK.sub(lambda found: _chunk(found[0]), text)
    return re.sub(r"…(?: …)+", _REPLACED, said).strip()


def _chunk(chunk: str) -> str:
    bare = chunk.strip("'\"()[]{}.,:;!?‘’“”")
    inner = re.findall(r"[^\W_]+", bare)
    if not bare or (all(is_word(word) for word in inner) and inner):
        return chunk
    return chunk.replace(bare, _REPLACED)


# -- Intacct ---------------------------------------------------------------------------------------------------------------


def _xml(found: Shape, root: etree._Element, recorded: Recorded, exchange: Exchange, own: frozenset[str]) -> None:
    found.names("answer", (str(child.tag) for child in root))
    signed_in = root.find("operation/authentication")
    if signed_in is not None:
        found.names("authentication", (str(child.tag) for child in signed_in))
        _session(found, signed_in)
    refusals = [_refusal(error) for error in root.iter("error")]
    if refusals:
        found.single["refusal"] = " | ".join(refusals)
    results = root.findall("operation/result")
    found.single["results"] = ", ".join(result.findtext("status") or "" for result in results) or "none"
    data = []
    for result in results:
        block = result.find("data")
        if block is None:
            continue
        data.append(block)
        found.names("result", (str(child.tag) for child in result))
        found.names("data", (f"@{name!s}" for name in block.attrib))
        _amounts(found, block)
        if next(block.iter("Fields"), None) is not None:
            _definition(found, block)
            continue
        for record in block:
            _element(found, str(record.tag), record, own)
    _counts(found, data, recorded, exchange)


def _refusal(error: etree._Element) -> str:
    texts = [(error.findtext(tag) or "").strip() for tag in ("description", "description2", "correction")]
    return f"{(error.findtext('errorno') or '').strip()}: {' / '.join(template(text) for text in texts if text)}"


def _session(found: Shape, signed_in: etree._Element) -> None:
    try:
        begun, ends = (
            datetime.fromisoformat(signed_in.findtext(f"session{name}") or "") for name in ("timestamp", "timeout")
        )
    except ValueError:
        return
    found.single["a session lives for"] = f"{(ends - begun).total_seconds() / 60:g} minutes"


def _custom(root: etree._Element) -> Iterator[tuple[str, bool]]:
    for one in root.iter("Field"):
        name = one.findtext("ID") or one.findtext("Name") or one.text or ""
        yield name.strip(), (one.findtext("ISCUSTOM") or "").strip().lower() == "true"


def _definition(found: Shape, block: etree._Element) -> None:
    """What an object says of itself: its own fields count only as some."""
    named = dict(_custom(block))
    found.single["fields of the company's own"] = "some" if any(named.values()) else "none"
    # `inspect` does not tell which fields are the company's own.
    if any(one.find("ISCUSTOM") is not None for one in block.iter("Field")):
        vendor = (name for name, custom in named.items() if not custom and "GLDIM" not in name.upper())
        found.names("definition", vendor)
    for one in block.iter("Field"):
        name = (one.findtext("ID") or one.findtext("Name") or "").strip()
        found.names("definition of a field", (str(child.tag) for child in one))
        for child in one:
            if child.tag in _OF_A_FIELD and not named.get(name):
                found.word(f"{name} {child.tag}", (child.text or "").strip())
    for one in block.iter("Relationship"):
        found.names("relationship", (str(child.tag) for child in one))


def _element(found: Shape, path: str, element: etree._Element, own: frozenset[str]) -> None:
    children = [child for child in element if child.tag not in own and "GLDIM" not in str(child.tag).upper()]
    if len(element):
        found.leaf(path, "group of fields")
        found.names(path, (str(child.tag) for child in children))
        key = " ".join(filter(None, (element.findtext(tag) for tag in ("application", "preference"))))
        if element.find("preference") is not None:
            found.names("preferences", [key])
        for child in children:
            _element(found, f"{path}/{child.tag}", child, own)
            _word_of(found, f"{key} {child.tag}".strip(), child, inside=str(element.tag))
        return
    found.leaf(path, _kind(element.text or ""))


def _word_of(found: Shape, place: str, element: etree._Element, *, inside: str) -> None:
    text, name = (element.text or "").strip(), str(element.tag).lower()
    if len(element) or not text:
        return
    if name in _CHOSEN or (inside == "financialSetup" and text in _FLAGS):
        found.word(place, *text.split("|"))
    elif FORMS.get(name) == WORDS and all(is_word(word) for word in re.findall(r"[^\W_]+", text)):
        found.word(place, text)


def _amounts(found: Shape, block: etree._Element) -> None:
    texts = [element.text or "" for element in block.iter() if not len(element) and is_amount(str(element.tag))]
    amounts = [text for text in texts if re.fullmatch(r"-?\d+(\.\d+)?", text)]
    if any("." not in text or len(text.rpartition(".")[2]) == 1 for text in amounts):
        found.single["amounts are written"] = "as short as possible"
    elif any(re.fullmatch(r"-?\d+\.\d0", text) for text in amounts):
        found.single["amounts are written"] = "with two decimals"


def _counts(found: Shape, data: list[etree._Element], recorded: Recorded, exchange: Exchange) -> None:
    asked = re.search(r"<pagesize>(\d+)</pagesize>", recorded.asked)
    for block in data:
        count, remaining = (str(block.get(name, "")) for name in ("count", "numremaining"))
        if asked and count.isdigit():
            short = remaining not in ("", "0") and int(count) < int(asked[1])
            found.single["a page has"] = f"at most {count} records" if short else "as many as asked"
    if exchange.alike and len(data) > 1:
        listed = ["".join(map(str, block.itertext())) for block in data]
        found.single["asked twice, the order is"] = "the same" if len(set(listed)) == 1 else "another"
    if exchange.totals and len(data) > 1:
        counts = {block.get("totalcount") for block in data}
        found.single["in both ways as many are found"] = "yes" if len(counts) == 1 else "no"


# -- Certify ---------------------------------------------------------------------------------------------------------------


def _json(found: Shape, path: str, value: Any) -> None:
    if isinstance(value, Pairs):
        found.names(path or "answer", (name for name, _ in value))
        for name, inner in value:
            _json(found, f"{path}/{name}".strip("/"), inner)
            if isinstance(inner, str) and FORMS.get(name.lower()) == WORDS and inner and is_all_words(inner):
                found.word(name, inner)
    elif isinstance(value, list):
        for inner in value:
            _json(found, f"{path}[]", inner)
    elif isinstance(value, bool):
        found.leaf(path, "true or false")
    elif value is None:
        found.leaf(path, "null")
    elif isinstance(value, str):
        found.leaf(path, (_kind(value) and f"text: {_kind(value)}"))
    else:
        found.leaf(path, "number")


def _said(name: str, text: str) -> str:
    return text if name.lower() == "errorcode" else template(text)


def is_all_words(text: str) -> bool:
    """Whether a text consists of words that are kept."""
    return all(is_word(word) for word in re.findall(r"[^\W_]+", text))


def _certify(found: Shape, content: Any, exchange: Exchange) -> None:
    fields = dict(content) if isinstance(content, Pairs) else {}
    errors = [name for name in fields if name.lower() in ("errorcode", "errorvalue", "errormessage", "message")]
    if errors:
        found.single["refusal"] = " | ".join(f"{name}: {_said(name, str(fields[name]))}" for name in errors)
    if isinstance(fields.get("PageCount"), int) and fields["PageCount"] > 1 and fields.get("Page") == 1:
        found.single["a page has"] = f"{fields.get('Records')} records"
    count = fields.get("RecordCount") or sum(len(value) for value in fields.values() if isinstance(value, list))
    if exchange.counts == "any":
        found.single["finds"] = "some" if count else "none"
    elif exchange.counts == "one":
        found.single["finds"] = "one record" if count == 1 else "more than one"


def _kind(text: str) -> str:
    """What kind of value a text is; empty for none."""
    if not text.strip():
        return ""
    moment = _MOMENT.fullmatch(text)
    if moment:
        return "moment" if moment["time"] else "date"
    if text in _FLAGS:
        return "flag"
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return "number"
    if text.startswith("data:"):
        return "data URI"
    if len(text) > 60 and re.fullmatch(r"[A=]+(\r?\n[A=]+)+\s*", text):
        return "base64 in lines"
    return "base64" if len(text) > 60 and re.fullmatch(r"[A=]+", text) else "text"
