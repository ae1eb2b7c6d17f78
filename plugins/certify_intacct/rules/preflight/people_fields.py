"""The fields of Intacct that ``people.sources`` names: whether the records have them, as what they are used for."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight.facts import of_field

#: By key the type that its field must be of, where Intacct tells types, and what people call it.
_TYPES = {
    "sync_field": ("BOOLEAN", "a checkbox"),
    "start_field": ("DATE", "a date"),
    "end_field": ("DATE", "a date"),
}


def rows(
    name: str, named: Mapping[str, str], places: Mapping[str, str], known: Mapping[str, str] | None
) -> list[PreflightRow]:
    """A row for each field.

    :param name: the object of the records
    :param named: by key of the source the field that it names
    :param places: where each of the keys stands
    :param known: the object's fields with their types; None where Intacct does not say
    """
    rows = []
    for key, field in named.items():
        wrong = None if known is None else _wrong(key, field, known)
        told = wrong and f"{wrong} Nobody could be read."
        where = f"{places[key]}. Or Intacct: Platform Services > Objects > {name}."
        rows.append(of_field(f"Field {field} of {name}", told, where))
    return rows


def _wrong(key: str, field: str, known: Mapping[str, str]) -> str:
    if field not in known:
        near = get_close_matches(field, known, n=1)
        return f"Intacct has no field {field} there{f'; it has {near[0]}' if near else ''}."
    wanted, words = _TYPES.get(key, ("", ""))
    if wanted and known[field] and known[field].upper() != wanted:
        return f"{field} is {known[field]} in Intacct, and {key} needs {words}."
    return ""
