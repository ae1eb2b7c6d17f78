"""Writes a legacy function from its content model: fields in the schema's order, whatever order they were given in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct import xml
from certify_intacct.intacct.content_models import CUSTOM_FIELD, Model
from certify_intacct.model.errors import BadInput

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def element(tag: str, model: Model, fields: Mapping[str, Any]) -> Element:
    """Build the element `tag` with `fields`; a field that is None counts as not given.

    :raises BadInput: an unknown or missing field, a choice not made or made twice, a value that cannot be written; named by element
        and field.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    _check(tag, model, given)
    result = xml.new(tag)
    for name in model.fields:
        if name not in given:
            continue
        if name in model.lists:
            result.append(_list(tag, name, model, given[name]))
        elif name in model.dates:
            xml.add_date(result, name, given[name])
        else:
            if isinstance(given[name], (Mapping, list, tuple)):
                raise BadInput(f"{name} of {tag} must be one value.")
            xml.add(result, name, given[name])
    return result


def _check(tag: str, model: Model, given: Mapping[str, Any]) -> None:
    unknown = sorted(set(given) - set(model.fields))
    if unknown:
        raise BadInput(f"{tag} has no field {', '.join(unknown)}.", cure=f"It knows: {', '.join(model.fields)}.")
    missing = [name for name in model.required if name not in given]
    if missing:
        raise BadInput(f"{tag} lacks {', '.join(missing)}.")
    for group in model.one_of:
        count = sum(name in given for name in group)
        if count != 1:
            raise BadInput(f"{tag} needs exactly one of {', '.join(group)}, and has {count}.")
    for left, right in model.not_both:
        if left in given and right in given:
            raise BadInput(f"{tag} cannot have both {left} and {right}.")
    for name, others in model.needs:
        if name in given and not any(other in given for other in others):
            raise BadInput(f"{tag} has {name}, which goes only with {' or '.join(others)}.")


def _list(tag: str, name: str, model: Model, value: Any) -> Element:
    item_tag, item_model = model.lists[name]
    if item_model is CUSTOM_FIELD and isinstance(value, Mapping):
        value = [{"customfieldname": key, "customfieldvalue": inner} for key, inner in value.items()]
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Sequence) or not value:
        raise BadInput(f"{name} of {tag} must be a list with at least one {item_tag}.")
    result = xml.new(name)
    for item in value:
        result.append(element(item_tag, item_model, item))
    return result
