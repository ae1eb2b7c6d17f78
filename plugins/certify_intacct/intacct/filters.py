"""The filters of the Intacct `query` function that are used here, as small values.

The schema wants exactly one operator at the top, two or more under `and` and `or`, and 1 to 1,000 values under `in`
(Intacct XML gateway reference, query; the vendor's api.xsd, type filteroption). `And` and `Or` of a single condition become that
condition; what cannot be said is refused here, before anything is sent. Values may be str, int, Decimal, bool, date or datetime
and are written as the generic functions want them: mm/dd/yyyy, mm/dd/yyyy hh:mm:ss, plain decimals, true and false.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from certify_intacct.model.errors import BadInput

MAX_VALUES = 1000
"""The most values that `in` takes."""


@dataclass(frozen=True)
class _OneValue:
    field: str
    value: Any
    operator: ClassVar[str]


class Equal(_OneValue):
    """`field` is exactly `value` (case sensitive unless the query says otherwise)."""

    operator = "equalto"


class GreaterOrEqual(_OneValue):
    """`field` is at least `value`."""

    operator = "greaterthanorequalto"


class Like(_OneValue):
    """`field` fits the pattern `value`, with `%` for any text and `_` for one character."""

    operator = "like"


@dataclass(frozen=True, init=False)
class In:
    """`field` is one of `values` (1 to 1,000)."""

    field: str
    values: tuple[Any, ...]

    def __init__(self, field: str, values: Iterable[Any]) -> None:
        if isinstance(values, (str, bytes)):
            raise BadInput(f"The values for {field} are one text, not a list of values.")
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", tuple(values))
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise BadInput(
                f"{len(self.values)} values for {field}, but Intacct takes 1 to {MAX_VALUES} in one query.",
                cure="Split them over several queries.",
            )


@dataclass(frozen=True)
class Between:
    """`field` lies from `low` to `high`, both included."""

    field: str
    low: Any
    high: Any


@dataclass(frozen=True, init=False)
class _Joined:
    conditions: tuple[Filter, ...]
    operator: ClassVar[str]

    def __init__(self, *conditions: Filter) -> None:
        if not conditions:
            raise BadInput(f"A filter joins conditions with {self.operator}, but has none.")
        object.__setattr__(self, "conditions", conditions)


class And(_Joined):
    """Every one of the conditions holds."""

    operator = "and"


class Or(_Joined):
    """At least one of the conditions holds."""

    operator = "or"


Filter = _OneValue | In | Between | _Joined
"""Any filter."""
