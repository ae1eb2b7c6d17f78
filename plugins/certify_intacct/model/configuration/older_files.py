"""What an older connector.yaml says where nothing stands any more, in the words of today."""

from __future__ import annotations

from typing import Any

from certify_intacct.model.configuration.lines import Path
from certify_intacct.model.dimensions import BY_NAME

_DIMENSIONS = {("posting", key) for key in ("entities", "departments", "dimensions")}


def moved(path: Path, value: Any) -> str:
    """How a key that an older file has is written today; empty for any other."""
    if path == ("notifications", "every_run"):
        said = "always" if str(value).lower() == "true" else "trouble"
        return f"this is `when` now: write `when: {said}` for what it said"
    if path in _DIMENSIONS:
        said = _dimensions(str(path[-1]), value)
        return "this has moved to a section of its own. Write at the top level: dimensions: {" + said + "}"
    return ""


def _dimensions(key: str, value: object) -> str:
    if key == "departments":
        return f"department: {{{_rest(value)}}}"
    if key == "entities":
        given = value if isinstance(value, dict) else {}
        place = f"certify: {given.get('source', 'employee_gld')}/{given.get('number', 1)}"
        return f"entity: {{{', '.join(filter(None, [place, _rest(value)]))}}}"
    by_line = {row.line: row for row in BY_NAME.values()}
    said = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and (row := by_line.get(str(item.get("field")))):
            parts = [f"certify: report_gld/{item.get('report_gld')}", "sync: false", _rest(item)]
            said.append(f"{row.name}: {{{', '.join(filter(None, parts))}}}")
    return ", ".join(said) or "project: {certify: report_gld/1}"


def _rest(value: object) -> str:
    """What is written as before."""
    kept = {name: value[name] for name in ("map", "required") if name in value} if isinstance(value, dict) else {}
    return ", ".join(
        f"{name}: {'{…}' if isinstance(item, dict) else item}" for name, item in kept.items() if item not in ({}, None)
    )
