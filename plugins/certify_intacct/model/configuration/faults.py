"""Says what is wrong with a YAML file: file, line, path of the key, and what is allowed there."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from certify_intacct.model.configuration import lines as yaml_lines

# A person sees from its beginning what was meant.
_LONGEST = 200


def faults_of(
    error: ValidationError,
    model: Any,
    line_of: Mapping[yaml_lines.Path, int],
    where: str,
    *,
    known_as: Callable[[yaml_lines.Path, Any], str] = lambda _path, _value: "",
) -> list[str]:
    """A sentence for each fault.

    :param model: what the whole file was read as
    :param line_of: the line of each path (:func:`certify_intacct.model.configuration.lines.read_yaml`)
    :param known_as: what is said of a key that the model does not know, and somebody may still have; empty: that it is not known
    """
    return [_fault(item, model, line_of, where, known_as) for item in error.errors(include_url=False)]


def place_of(path: tuple[str | int, ...], line_of: Mapping[yaml_lines.Path, int], where: str) -> str:
    """Where that stands: file, line and path; the line of what is around it, where it is not written."""
    shown = path
    while shown and shown not in line_of:
        shown = shown[:-1]
    return f"{where}, line {line_of.get(shown, 1)}, {'.'.join(map(_step, path)) or 'the whole file'}"


def _step(step: str | int) -> str:
    """A key as it may stand in a sentence: whoever hands in a file writes no lines of a log, and no colours of a terminal."""
    text = str(step)
    return text if text.isprintable() and len(text) <= _LONGEST else _said(text)


def _said(value: Any) -> str:
    """What is written there, in quotes, and what nobody sees escaped."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def without_nothing(value: Any) -> Any:
    """A key without a value counts as not written, so that its default holds."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nothing(item) for item in value if item is not None]
    return value


def _fault(
    item: Any,
    model: Any,
    line_of: Mapping[yaml_lines.Path, int],
    where: str,
    known_as: Callable[[yaml_lines.Path, Any], str],
) -> str:
    # That it is the key of a mapping which is wrong, and not its value, its path says.
    path = tuple(step for step in item["loc"] if step != "[key]")
    place = place_of(path, line_of, where)
    match item["type"]:
        case "extra_forbidden" if said := known_as(path, item["input"]):
            return f"{place}: {said}."
        case "extra_forbidden":
            known = ", ".join(sorted(_keys_at(model, path[:-1])))
            return f"{place}: this key is not known. Allowed: {known}."
        case "missing":
            return f"{place}: this key is missing."
        case "literal_error":
            return f"{place}: {_said(item['input'])} is not known. Allowed: {item['ctx']['expected']}."
        case "value_error":
            return f"{place}: {item['ctx']['error']}."
        case _:
            return f"{place}: {_said(item['input'])} is wrong: {item['msg'][0].lower()}{item['msg'][1:]}."


def _keys_at(model: Any, path: tuple[str | int, ...]) -> set[str]:
    """The keys that the section at ``path`` knows; empty when there is no section there."""
    current: Any = model
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            current = current.model_fields[str(step)].annotation if str(step) in current.model_fields else None
        else:  # an item of a list or of a mapping: its last type argument
            arguments = [argument for argument in typing.get_args(current) if argument is not Ellipsis]
            current = arguments[-1] if arguments else None
        while typing.get_origin(current) in (types.UnionType, typing.Union):
            current = next((a for a in typing.get_args(current) if isinstance(a, type) and a is not type(None)), None)
    return set(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else set()
