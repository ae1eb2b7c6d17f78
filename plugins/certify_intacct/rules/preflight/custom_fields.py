"""The company's own fields that connector.yaml fills: whether Intacct has them, and whether they can hold what is written there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from certify_intacct.model import templates
from certify_intacct.model.preflight import PreflightRow
from certify_intacct.rules.preflight.facts import of_field

_SEVERAL = "#~#"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_WHOLE = re.compile(r"-?\d+")
_DAYS = frozenset({"submitted_date", "processed_date", "report_end_date", "expense_date"})
#: By type of a field: what a text must be, which field of a template may stand there alone, and what to tell.
_FORMS: dict[str, tuple[Callable[[str], object], frozenset[str] | None, str]] = {
    "DATE": (lambda text: _is_day(text), _DAYS, "a date: one field such as {expense_date} alone, or YYYY-MM-DD"),
    "INTEGER": (_WHOLE.fullmatch, None, "a whole number"),
    "DECIMAL": (_NUMBER.fullmatch, None, "a number"),
    "CURRENCY": (_NUMBER.fullmatch, None, "an amount"),
    "PERCENT": (_NUMBER.fullmatch, None, "a number"),
    "BOOLEAN": (lambda text: text in ("true", "false"), frozenset({"billable"}), "true, false or {billable}"),
}


@dataclass(frozen=True, kw_only=True)
class Described:
    """A field as Intacct describes it.

    :param words: that it knows, where it knows only some
    :param longest: so many characters it holds; None where Intacct does not say
    """

    type: str = ""
    custom: bool = True
    read_only: bool = False
    words: tuple[str, ...] = field(default=())
    longest: int | None = None

    @property
    def picks(self) -> tuple[str, ...]:
        """The words of a pick-list. Of a checkbox, too, Intacct tells true and false, but that has a form."""
        return () if self.type == "BOOLEAN" else self.words


def rows(name: str, key: str, wanted: Mapping[str, str], known: Mapping[str, Described] | None) -> list[PreflightRow]:
    """One row for each field that connector.yaml fills of an object.

    :param key: where it says so
    :param wanted: templates by field
    :param known: the object's fields; None where Intacct does not say
    """
    rows = []
    for one, template in wanted.items():
        wrong = None if known is None else _wrong(one, template, known)
        told = wrong and f"{wrong} Every document would be refused."
        where = f"connector.yaml: {key}.{one}. Or Intacct: Platform Services > Objects > {name}."
        rows.append(of_field(f"Custom field {one} of {name}", told, where))
    return rows


def always_filled(wanted: Mapping[str, str]) -> frozenset[str]:
    """The fields that no document is sent without."""
    return frozenset(
        name for name, template in wanted.items() if not templates.may_be_empty(template) or _is_text(template)
    )


def _wrong(name: str, template: str, known: Mapping[str, Described]) -> str:
    described = known.get(name)
    if described is None:
        near = get_close_matches(name, [one for one, field_ in known.items() if field_.custom], n=1)
        return f"Intacct has no field {name} there{f'; it has {near[0]}' if near else ''}."
    if not described.custom:
        return f"{name} is no custom field; what Intacct has by itself the connector fills, or nobody."
    if described.read_only:
        return f"{name} is read-only in Intacct."
    text = templates.fill(template, {}) if _is_text(template) else None
    return _unfit(name, template, text, described)


def _unfit(name: str, template: str, text: str | None, described: Described) -> str:
    if described.picks and text is not None:
        unknown = [word for word in text.split(_SEVERAL) if word not in described.picks]
        return f"{unknown[0]!r} is no value of {name}; there are {', '.join(described.picks)}." if unknown else ""
    if text is not None and described.longest is not None and len(text) > described.longest:
        return f"{text!r} has {len(text)} characters, and {name} holds {described.longest}."
    if described.type not in _FORMS or described.picks:
        return ""
    fits, alone, form = _FORMS[described.type]
    if text is not None:
        return "" if fits(text) else f"{name} holds {form}, and not {text!r}."
    if alone is None or template.strip("[]") in {f"{{{one}}}" for one in alone}:
        return ""
    return f"{name} holds {form}, and not {template!r}."


def _is_text(template: str) -> bool:
    return not templates.fields_of(template)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False
