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


def read_yaml(text: str, where: str) -> tuple[Any, dict[Path, int]]:
    """The document as dicts, lists and texts, and the line (from 1) of each path.

    :raises ConfigurationError: when it is not YAML, or a key stands twice in one mapping
    """
    # The loader in C reads it in a twentieth of the time; each task reads it anew.
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
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


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], where: str) -> Any:
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
