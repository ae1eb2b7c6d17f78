"""``row_condition``: which rows an expectation is about, in the shape in which Great Expectations keeps a condition.

It is applied here and not by the library, whose conditions compare amounts as floats. (Of a condition written as a text it drops
all that follows the first comparison.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from certify_intacct.model.configuration.section import Name, Section

Row = Mapping[str, Any]
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": lambda value, other: value == other,
    "!=": lambda value, other: value != other,
    "<": lambda value, other: value < other,
    "<=": lambda value, other: value <= other,
    ">": lambda value, other: value > other,
    ">=": lambda value, other: value >= other,
    "IN": lambda value, other: value in other,
    "NOT_IN": lambda value, other: value not in other,
}


class ConditionColumn(Section):
    """The column of a condition."""

    name: Name


class Comparison(Section):
    """A column compared with a value. A row without a value meets no comparison."""

    type: Literal["comparison"]
    column: ConditionColumn
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "IN", "NOT_IN"]
    parameter: Any


class Nullity(Section):
    """Whether a column has no value."""

    type: Literal["nullity"]
    column: ConditionColumn
    is_null: bool


class AllOf(Section):
    """All of them are met."""

    type: Literal["and"]
    conditions: Annotated[tuple[Comparison | Nullity, ...], Field(min_length=1)]


class AnyOf(Section):
    """One of them is met."""

    type: Literal["or"]
    conditions: Annotated[tuple[Comparison | Nullity | AllOf, ...], Field(min_length=1)]


Condition = Annotated[Comparison | Nullity | AllOf | AnyOf, Field(discriminator="type")]


def parts_of(condition: Comparison | Nullity | AllOf | AnyOf) -> Iterator[Comparison | Nullity]:
    """What it is made of."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.conditions:
            yield from parts_of(part)
    else:
        yield condition


def meets(condition: Comparison | Nullity | AllOf | AnyOf, row: Row) -> bool:
    """Whether a row is one that the condition is about.

    :param condition: with parameters of the types of their columns
    """
    match condition:
        case AllOf():
            return all(meets(part, row) for part in condition.conditions)
        case AnyOf():
            return any(meets(part, row) for part in condition.conditions)
        case Nullity():
            return (row[condition.column.name] is None) is condition.is_null
        case Comparison():
            value = row[condition.column.name]
            return value is not None and _COMPARED[condition.operator](value, condition.parameter)
