"""Says what is wrong with a YAML file: file, line, path of the key, and what is allowed there."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    return [
        _fault(item, path, model, line_of, where, known_as)
        for item, path in _told(error.errors(include_url=False), model, line_of)
    ]


def _told(
    items: Sequence[Any], model: Any, line_of: Mapping[yaml_lines.Path, int]
) -> Iterator[tuple[Any, yaml_lines.Path]]:  # fmt: skip
    """What is told of faults, with the path that each has in the file.

    Where a value may be written in several ways, pydantic tells what is wrong with it as each of them, the way being a step of the
    path: told is the one that goes furthest, as who writes amounts by currency meant that, or else has words of ours.
    """
    ways: dict[tuple[str, yaml_lines.Path], dict[str, list[tuple[Any, yaml_lines.Path]]]] = {}
    for item in items:
        path, before, way = _in_file(item, model, line_of)
        where = ("several ways", before) if way else ("one way", (len(ways),))
        ways.setdefault(where, {}).setdefault(way, []).append((item, path))
    for one in ways.values():
        yield from max(
            one.values(), key=lambda way: max((len(path), item["type"] == "value_error") for item, path in way)
        )


def _in_file(
    item: Any, model: Any, line_of: Mapping[yaml_lines.Path, int]
) -> tuple[yaml_lines.Path, yaml_lines.Path, str]:  # fmt: skip
    """The path as it is in the file; where on it a value may be written in several ways, and as which one it was read, or nothing."""
    path: yaml_lines.Path = ()
    before, way = path, ""
    kind = _written_as(model)
    for step in item["loc"]:
        if step == "[key]":
            # That it is the key of a mapping which is wrong, and not its value, its path says.
            continue
        if isinstance(step, str) and (*path, step) not in line_of and not way and _is_union(kind):
            before, way = path, step
            continue
        path = (*path, step)
        kind = _written_as(_below(kind, step))
    return path, before, way


def _written_as(kind: Any) -> Any:
    """A type without what it is annotated with, and without that it may be left out."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
            continue
        ways = [way for way in typing.get_args(kind) if way is not type(None)]
        if not _is_union(kind) or len(ways) > 1:
            return kind
        kind = ways[0]


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (types.UnionType, typing.Union)


def _below(kind: Any, step: str | int) -> Any:
    """The type of a key of a section, or of an item of a list or of a mapping: its last type argument."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields[str(step)].annotation if str(step) in kind.model_fields else None
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    return arguments[-1] if arguments else None


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
    path: yaml_lines.Path,
    model: Any,
    line_of: Mapping[yaml_lines.Path, int],
    where: str,
    known_as: Callable[[yaml_lines.Path, Any], str],
) -> str:
    place = place_of(path, line_of, where)
    match item["type"]:
        case "extra_forbidden" if said := known_as(path, item["input"]):
            return f"{place}: {said}."
        case "extra_forbidden":
            known = ", ".join(sorted(_keys_at(model, item["loc"][:-1])))
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
        current = _below(current, step)
        while _is_union(current):
            current = next((a for a in typing.get_args(current) if isinstance(a, type) and a is not type(None)), None)
    return set(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else set()
