"""Expectations about amounts, asked of Decimals: Great Expectations makes floats of every bound, and 0.02 is not 0.02 then.

None stands for a row about which nothing is expected: Great Expectations passes over values that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Arguments = Mapping[str, Any]


def _between(row: Row, asked: Arguments) -> bool | None:
    value = row[asked["column"]]
    if value is None:
        return None
    low, high = asked.get("min_value"), asked.get("max_value")
    above = low is None or (value > low if asked.get("strict_min") else value >= low)
    below = high is None or (value < high if asked.get("strict_max") else value <= high)
    return above and below


def _in_set(row: Row, asked: Arguments) -> bool | None:
    value = row[asked["column"]]
    return None if value is None else value in asked["value_set"]


def _not_in_set(row: Row, asked: Arguments) -> bool | None:
    value = row[asked["column"]]
    return None if value is None else value not in asked["value_set"]


def _several(values: list[Any], asked: Arguments, judge: Callable[[list[Any]], bool]) -> bool | None:
    """What ``ignore_row_if`` says of rows that lack values; one that is judged without a value fails."""
    missing = [value is None for value in values]
    ignored = str(asked.get("ignore_row_if", "all"))
    if (any(missing) and ignored.startswith(("either", "any"))) or (
        all(missing) and ignored.startswith(("both", "all"))
    ):
        return None
    return not any(missing) and judge(values)


def _greater(row: Row, asked: Arguments) -> bool | None:
    return _several(
        [row[asked["column_A"]], row[asked["column_B"]]],
        asked,
        lambda pair: pair[0] >= pair[1] if asked.get("or_equal") else pair[0] > pair[1],
    )


def _equal(row: Row, asked: Arguments) -> bool | None:
    return _several([row[asked["column_A"]], row[asked["column_B"]]], asked, lambda pair: pair[0] == pair[1])


def _sum(row: Row, asked: Arguments) -> bool | None:
    values = [row[name] for name in asked["column_list"]]
    return _several(values, asked, lambda some: sum(some, Decimal(0)) == asked["sum_total"])


#: By the library's own name: what it says of a row.
EXACT: Mapping[str, Callable[[Row, Arguments], bool | None]] = {
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_pair_values_a_to_be_greater_than_b": _greater,
    "expect_column_pair_values_to_be_equal": _equal,
    "expect_multicolumn_sum_to_equal": _sum,
}
