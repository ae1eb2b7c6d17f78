"""Reads YAML as texts and remembers on which line each value stands.

Every scalar stays the text that was written, so that ``0100`` is not the number 64 and ``no`` is not false; pydantic then
reads numbers, dates and booleans where the configuration asks for them.
"""

from __future__ import annotations

from typing import Any

import yaml

from certify_intacct.model.errors import ConfigurationError

Path = tuple[str | int, ...]
_NOTHING = {"", "~", "null"}
# A few lines of aliases that name each other are billions of values, or values without an end; a shipped file has some hundred values,
# a few levels deep.
_DEEPEST, _MOST = 50, 200_000
# The loader in C reads it in a twentieth of the time; each task reads it anew.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, where: str) -> tuple[Any, dict[Path, int]]:
    """The document as dicts, lists and texts, and the line (from 1) of each path.

    :raises ConfigurationError: when it is not YAML, a key stands twice in one mapping, or it is deeper or larger than any could be
    """
    try:
        _check_depth(text, where)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise ConfigurationError(
            f"This is not YAML: {error.problem}.", where=place, cure="Check indentation, colons and quotes."
        ) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(
            f"This is not YAML: {error}", where=where, cure="Save the file as plain UTF-8 text."
        ) from None
    lines: dict[Path, int] = {}
    return (_value(root, (), lines, where) if root is not None else {}), lines


def _check_depth(text: str, where: str) -> None:
    """Before it is composed: the loader in C goes down as deep as a text asks, and ends the process where its stack does."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line if event.start_mark else 0
            raise _too_much(f"It is nested more than {_DEEPEST} levels deep.", line, where)


def _too_much(what: str, line: int, where: str) -> ConfigurationError:
    cure = "Write out what aliases (`*name`) stand for, as far as it is needed."
    return ConfigurationError(what, where=f"{where}, line {line + 1}", cure=cure)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], where: str) -> Any:
    if len(path) > _DEEPEST or len(lines) > _MOST:
        what = f"nested more than {_DEEPEST} levels deep" if len(path) > _DEEPEST else f"more than {_MOST} values"
        raise _too_much(f"Its aliases make it {what}.", node.start_mark.line, where)
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in result:
                raise ConfigurationError(
                    f"The key {key!r} stands twice.", where=f"{where}, line {line}", cure="Remove one of them."
                )
            lines[(*path, key)] = line
            result[key] = _value(value_node, (*path, key), lines, where)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), lines, where) for index, item in enumerate(node.value)]
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return None if plain and node.value in _NOTHING else node.value
