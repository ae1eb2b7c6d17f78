"""Reads the arguments of an expectation, each as the type that it has in Great Expectations, or as the column's own."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from certify_intacct.quality.own.catalogue import IGNORE_ROW_IF, KNOWN, MATCH_ON, ColumnContent, Holds, Known
from certify_intacct.quality.own.conditions import Comparison, Condition, parts_of

_CONDITION: TypeAdapter[Any] = TypeAdapter(Condition)
#: Those that hold one column against another.
COMPARED = frozenset(
    {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_multicolumn_sum_to_equal",
        "expect_multicolumn_values_to_be_equal",
    }
)
_NUMBERS = {ColumnContent.INTEGER, ColumnContent.AMOUNT}
_FLAGS = {"true": True, "false": False}


class Wrong(ValueError):
    """Something that is written cannot be.

    :param path: where, below the expectation
    """

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message if message.endswith((".", "?")) else f"{message}.")
        self.path = path


def read_arguments(
    expectation: str, written: Mapping[str, Any], columns: Mapping[str, ColumnContent]
) -> dict[str, Any]:
    """The arguments as they are judged by.

    :param written: as texts, lists and mappings
    :param columns: those of the stream, and what they hold
    :raises Wrong: an argument is unknown, missing or not what it must be
    """
    known = KNOWN[expectation]
    for name in written:
        if name not in known.arguments:
            allowed = ", ".join(sorted(known.arguments))
            raise Wrong(f"{expectation} has no argument {name!r}. Allowed: {allowed}", "arguments", name)
    if missing := sorted(known.required - written.keys()):
        raise Wrong(f"{expectation} needs {' and '.join(missing)}", "arguments")
    reader = _Reader(expectation, known, written, columns)
    names = sorted(written, key=lambda name: known.arguments[name] not in (Holds.COLUMN, Holds.COLUMNS))
    arguments = {name: reader.read(name) for name in names}
    kinds = {columns[name] for name in judged_columns(arguments)}
    if len(kinds) > 1 and expectation in COMPARED and kinds != _NUMBERS:
        raise Wrong(f"{expectation} compares its columns, and they hold {' and '.join(sorted(kinds))}", "arguments")
    return arguments


def columns_of(arguments: Mapping[str, Any]) -> Iterator[str]:
    """The columns that arguments name."""
    yield from judged_columns(arguments)
    if "row_condition" in arguments:
        yield from (part.column.name for part in parts_of(arguments["row_condition"]))


def judged_columns(arguments: Mapping[str, Any]) -> list[str]:
    """The columns that are judged, without those of a condition."""
    return [
        *(arguments[name] for name in ("column", "column_A", "column_B") if name in arguments),
        *arguments.get("column_list", ()),
    ]


def read_value(value: Any, kind: ColumnContent) -> Any:
    """A text as a value of a column.

    :raises ValueError: it is none
    """
    if not isinstance(value, str):
        raise ValueError
    match kind:
        case ColumnContent.TEXT:
            return value
        case ColumnContent.INTEGER:
            return int(value)
        case ColumnContent.DATE:
            return date.fromisoformat(value)
        case ColumnContent.BOOLEAN:
            return _flag(value)
        case ColumnContent.AMOUNT:
            return _decimal(value)


def _flag(value: Any) -> bool:
    if str(value).casefold() not in _FLAGS:
        raise ValueError
    return _FLAGS[str(value).casefold()]


def _decimal(value: str) -> Decimal:
    try:
        read = Decimal(value)
    except InvalidOperation:
        raise ValueError from None
    if not read.is_finite():
        raise ValueError
    return read


def _number(value: Any) -> int | float:
    read = _decimal(value) if isinstance(value, str) else Decimal("NaN")
    if not read.is_finite():
        raise ValueError
    return int(read) if read == read.to_integral_value() else float(read)


class _Reader:
    """The arguments of one expectation."""

    def __init__(
        self, expectation: str, known: Known, written: Mapping[str, Any], columns: Mapping[str, ColumnContent]
    ) -> None:
        self.expectation, self.known, self.written, self.columns = expectation, known, written, columns

    def read(self, name: str) -> Any:
        """An argument.

        :raises Wrong: it cannot be read
        """
        holds, value = self.known.arguments[name], self.written[name]
        by_kind: dict[Holds, Callable[[Any], Any]] = {
            Holds.COLUMN: lambda given: self._column(name, given),
            Holds.COLUMNS: lambda given: [self._column(name, one) for one in _list(given)],
            Holds.VALUE: lambda given: read_value(given, self._kind()),
            Holds.VALUES: lambda given: [read_value(one, self._kind()) for one in _list(given)],
            Holds.PAIRS: self._pairs,
            Holds.NUMBER: _number,
            Holds.FLAG: _flag,
            Holds.TEXT: lambda given: self._text(name, given),
            Holds.TEXTS: lambda given: [self._text(name, one) for one in _list(given)],
            Holds.QUANTILES: _quantiles,
            Holds.CONDITION: self._condition,
        }
        try:
            return by_kind[holds](value)
        except Wrong:
            raise
        except (ValueError, TypeError, KeyError):
            what = holds.value
            if holds in (Holds.VALUE, Holds.VALUES):
                what = (
                    f"{'one' if holds is Holds.VALUE else 'a list'} of {self._kind().value}, as its column holds them"
                )
            raise Wrong(f"{value!r} is not {what}", "arguments", name) from None

    def _column(self, argument: str, name: Any) -> str:
        if name not in self.columns:
            near = difflib.get_close_matches(str(name), self.columns, n=3, cutoff=0.5)
            said = f"Did you mean {' or '.join(near)}?" if near else f"Allowed: {', '.join(sorted(self.columns))}."
            raise Wrong(f"the stream has no column {name!r}. {said}", "arguments", argument)
        kind = self.columns[name]
        if kind not in self.known.columns:
            raise Wrong(self._not_of(name, kind), "arguments", argument)
        return str(name)

    def _not_of(self, name: str, kind: ColumnContent) -> str:
        if kind is ColumnContent.AMOUNT:
            exact = ", ".join(
                sorted(one for one, known in KNOWN.items() if ColumnContent.AMOUNT in known.columns and known.by_row)
            )
            return f"{self.expectation} would make floats of the amounts in {name!r}. Exact for amounts are: {exact}."
        takes = ", ".join(sorted(one.value for one in self.known.columns))
        return f"{self.expectation} judges {takes}, and {name!r} holds {kind.value}."

    def _kind(self) -> ColumnContent:
        """What the columns that are judged hold; those of a sum or a comparison are of one kind."""
        return self.columns[judged_columns(self.written)[0]]

    def _pairs(self, given: Any) -> list[tuple[Any, Any]]:
        kinds = [self.columns[self.written[name]] for name in ("column_A", "column_B")]
        pairs = [[read_value(*one) for one in zip(_list(pair), kinds, strict=True)] for pair in _list(given)]
        return [(pair[0], pair[1]) for pair in pairs]

    def _text(self, argument: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise ValueError
        allowed: tuple[str, ...] = ()
        if argument == "ignore_row_if":
            allowed = next(words for key, words in IGNORE_ROW_IF.items() if key in self.known.arguments)
        elif argument == "match_on":
            allowed = MATCH_ON
        if allowed and value not in allowed:
            raise Wrong(f"{value!r} is not known. Allowed: {', '.join(allowed)}", "arguments", argument)
        return value

    def _condition(self, given: Any) -> Any:
        if isinstance(given, str):
            raise Wrong(
                "a condition has a type, a column, an operator and a parameter, and is no text",
                "arguments",
                "row_condition",
            )
        try:
            condition = _CONDITION.validate_python(given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            kinds = {"comparison", "nullity", "and", "or", "Comparison", "Nullity", "AllOf", "AnyOf"}
            path = tuple(step for step in first["loc"] if step not in kinds)
            raise Wrong(first["msg"], "arguments", "row_condition", *path) from None
        return self._typed(condition)

    def _typed(self, condition: Any) -> Any:
        """The condition with its parameters as values of their columns."""
        if hasattr(condition, "conditions"):
            return condition.model_copy(update={"conditions": tuple(map(self._typed, condition.conditions))})
        name = condition.column.name
        if name not in self.columns:
            raise Wrong(
                f"the stream has no column {name!r}. Allowed: {', '.join(sorted(self.columns))}",
                "arguments",
                "row_condition",
            )
        if not isinstance(condition, Comparison):
            return condition
        kind, several = self.columns[name], condition.operator in ("IN", "NOT_IN")
        try:
            given = condition.parameter
            read = [read_value(one, kind) for one in _list(given)] if several else read_value(given, kind)
        except ValueError:
            wanted = f"a list of {kind.value}" if several else f"one of {kind.value}"
            raise Wrong(
                f"{condition.parameter!r} is not {wanted}, as {name!r} holds them", "arguments", "row_condition"
            ) from None
        return condition.model_copy(update={"parameter": read})


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValueError
    return value


def _quantiles(value: Any) -> dict[str, Any]:
    return {
        "quantiles": [_number(one) for one in _list(value["quantiles"])],
        "value_ranges": [
            [None if end in ("", None, "null") else _number(end) for end in _list(some)]
            for some in _list(value["value_ranges"])
        ],
    }
