"""What a company made of its own, as a request says it and a record states it: custom fields, and dimensions that it defined.

Platform Services: in a generic function they are child elements under their names, in a legacy one `customfields`
(developer.intacct.com/customization-services). A date is written as Intacct writes dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct.values import text_of
from certify_intacct.model.dimensions import OWN_LINE, legacy_field
from certify_intacct.model.documents import Document, DocumentLine

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.model.configuration import Configuration

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FRACTION = re.compile(r"-?\d+\.\d+")
#: How an entry of `Stands` names one: `field TRIP_CODE`.
FIELD = "field "


def fields_of(document: Document) -> dict[str, str]:
    """The custom fields of a document's header, as elements of a generic function."""
    return _sent(document.custom_fields)


def codes_of(line: DocumentLine) -> dict[str, str]:
    """The further dimensions and the custom fields of a line, as elements of a generic function."""
    return dict(sorted(line.dimensions.items())) | _sent(line.custom_fields)


def legacy_fields_of(document: Document) -> dict[str, Any]:
    """The custom fields of a document's header, as a legacy function has them."""
    return _custom(fields_of(document))


def legacy_codes_of(line: DocumentLine) -> dict[str, Any]:
    """The further dimensions and the custom fields of a line, as a legacy function has them."""
    codes = sorted(line.dimensions.items())
    own = {name: code for name, code in codes if name.startswith(OWN_LINE)}
    return {legacy_field(name): code for name, code in codes if name not in own} | _custom(
        own | _sent(line.custom_fields)
    )


def stated(fields: Mapping[str, Any]) -> dict[str, str]:
    """Custom fields as `Stands` compares them, by what Intacct states or was sent: 12.50 is 12.5 there."""
    found = {}
    for name, value in sorted(fields.items()):
        text = str(value or "").strip()
        text = text.rstrip("0").rstrip(".") if _FRACTION.fullmatch(text) else text
        if text:
            found[f"{FIELD}{name}"] = text
    return found


def stated_by(line: DocumentLine) -> dict[str, str]:
    """The custom fields of a line of ours."""
    return stated(_sent(line.custom_fields))


def names_on_lines(document: Document) -> set[str]:
    """The custom fields that some line of a document fills."""
    return {name for line in document.lines for name in line.custom_fields}


def only(entry: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """An entry without the custom fields that are not among ``names``: who else fills them is no concern of ours. Dimensions stay."""
    kept = {f"{FIELD}{name}" for name in names}
    return {
        name: value
        for name, value in entry.items()
        if name in kept or not name.startswith(FIELD) or name.startswith(f"{FIELD}{OWN_LINE}")
    }


def as_far_as_read(stands: Mapping[str, Any], header: Iterable[str], lines: Iterable[str]) -> Mapping[str, Any]:
    """What is compared, without what nobody reads of a document any more: then nothing is known of it.

    :param header: the custom fields that were read of its header, and ``lines`` those and the dimensions of its lines
    """
    read = {f"{FIELD}{name}" for name in lines}
    entries = [
        {name: value for name, value in entry.items() if not name.startswith(FIELD) or name in read}
        for entry in stands["entries"]
    ]
    fields = {
        name: value for name, value in stands.get("fields", {}).items() if name.removeprefix(FIELD) in set(header)
    }
    return {**stands, "entries": entries, "fields": fields}


def reads(configuration: Configuration, kinds: Iterable[Kind]) -> dict[str, frozenset[str]]:
    """What is read of headers and lines beside what every company has, by object."""
    found: dict[str, frozenset[str]] = {}
    dimensions = frozenset(used.dimension.line for used in configuration.dimensions.used if used.dimension.own)
    for kind in kinds:
        fields = configuration.posting.custom_fields.of(kind.kind)
        for name, own in ((kind.object, fields.header.keys()), (kind.line_object, fields.line.keys() | dimensions)):
            found[name] = found.get(name, frozenset()) | own
    return found


def _custom(fields: Mapping[str, str]) -> dict[str, Any]:
    return {"customfields": dict(fields)} if fields else {}


def _sent(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: _as_intacct_writes(value) for name, value in sorted(fields.items())}


def _as_intacct_writes(value: str) -> str:
    try:
        return text_of(date.fromisoformat(value), field="date") if _DAY.fullmatch(value) else value
    except ValueError:
        return value
