"""What of connector.yaml decides about money, and what is another by now."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.configuration.kept_lists import KeptList

# How something is sent, what is written beside it, and how often is looked again, moves no money and lets nobody decide more.
_HARMLESS = {
    "posting": {"sending", "receipts", "lengths", "texts", "stopped", "recheck_lines_days"},
    "company": {"time_zone"},
}
# What a list of Certify offers neither: whatever stands on an expense is judged by Intacct's own list.
_OF_LISTS = frozenset(KeptList.model_fields)
_NONE = object()
_SECTIONS = ("company", "dimensions", "posting")
# A row more in one of these gives a place to what had none, and waited; anywhere else it may let pass what did not.
# An expectation more holds more.
_MAPPINGS = (
    "posting.accounts.map.",
    "posting.company_paid.cards.",
    "posting.closed_periods.",
    "dimensions.",
    "expectations.",
)


def of_money(configuration: Configuration) -> dict[str, Any]:
    """The values that decide about money, by their keys with dots; each entry of a list is a key of its own."""
    content = configuration.model_dump(mode="json")
    return {
        f"{section}.{name}": value
        for section in _SECTIONS
        for key, part in content[section].items()
        if key not in _HARMLESS.get(section, ())
        for name, value in _leaves(key, part)
        if section != "dimensions" or not _OF_LISTS.intersection(name.split(".")[1:2])
    }


def of_expectations(folder: Path) -> dict[str, Any]:
    """What a company's own expectations hold, each a key of its own: without one of them what it held would be sent.

    :param folder: expectations/ beside connector.yaml; those of them that cannot be read are refused elsewhere
    """
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("*.yaml")):
        with contextlib.suppress(OSError, UnicodeDecodeError, yaml.YAMLError):
            found |= _leaves(f"expectations.{file.stem}", yaml.safe_load(file.read_text(encoding="utf-8")) or [])
    return found


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value, start=1):
            # The first that fits decides.
            place = f"{position} " if name.endswith((".overrides", ".details")) else ""
            yield f"{name}.{place}{inner if isinstance(inner, str) else json.dumps(inner, sort_keys=True)}", True
    else:
        yield name, value


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What a second person decides about, and what is only recorded: a sentence for each value, with the old and the new one."""
    decisive: list[str] = []
    recorded: list[str] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old == new or (name not in before and new == _defaults().get(name, _NONE)):
            # A key that is new in this version says by default what was done before there was one.
            continue
        added = name not in before and name.startswith(_MAPPINGS)
        if name not in before:
            text = f"{name}: new{'' if new is True else f', {new}'}"
        elif name not in after:
            text = f"{name}: removed{'' if old is True else f', it was {old}'}"
        else:
            text = f"{name}: {_shown(old)} became {_shown(new)}"
        (recorded if added else decisive).append(text)
    return decisive, recorded


@cache
def _defaults() -> dict[str, Any]:
    """What the keys say that a file leaves out."""
    needed = {"time_zone": "UTC", "certify_company": "any", "intacct_company_id": "any"}
    vendors = {"employee_vendor_types": ["any"]}
    return of_money(Configuration.model_validate({"company": needed, "posting": {"vendors": vendors}}))


def _shown(value: Any) -> str:
    return "empty" if value in (None, "") else str(value)
