"""The expectations of Great Expectations that its pandas engine carries out over staged rows, and what their arguments hold.

It is written down here because importing the library takes seconds; a test compares it with the library
(https://greatexpectations.io/expectations, version of ``requirements.txt``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What an argument holds. A ``value`` is one of the column that is judged, and is read as that column is."""

    COLUMN = "the name of a column"
    COLUMNS = "a list of columns"
    VALUE = "a value of the column"
    VALUES = "a list of values of the column"
    PAIRS = "a list of pairs of values"
    NUMBER = "a number"
    FLAG = "true or false"
    TEXT = "a text"
    TEXTS = "a list of texts"
    QUANTILES = "quantiles, and a value range for each"
    CONDITION = "a condition"


class ColumnContent(StrEnum):
    """What a column holds."""

    TEXT = "texts"
    INTEGER = "whole numbers"
    AMOUNT = "amounts"
    DATE = "dates"
    BOOLEAN = "true or false"


@dataclass(frozen=True, kw_only=True)
class Known:
    """An expectation.

    :param arguments: all but those that every one of its kind has
    :param required: those that must be there
    :param columns: what the columns that it judges may hold
    :param by_row: whether it judges each row, so that a row can fail
    """

    arguments: Mapping[str, Holds]
    required: frozenset[str] = frozenset()
    columns: frozenset[ColumnContent] = frozenset(ColumnContent)
    by_row: bool = True


_ROWS = {"mostly": Holds.NUMBER, "row_condition": Holds.CONDITION}
_BETWEEN = {"min_value": Holds.VALUE, "max_value": Holds.VALUE, "strict_min": Holds.FLAG, "strict_max": Holds.FLAG}
_COUNTED = dict.fromkeys(("min_value", "max_value"), Holds.NUMBER) | dict.fromkeys(
    ("strict_min", "strict_max"), Holds.FLAG
)
_SET = {"value_set": Holds.VALUES}
_PAIR = {"column_A": Holds.COLUMN, "column_B": Holds.COLUMN, "ignore_row_if": Holds.TEXT}
_SEVERAL = {"column_list": Holds.COLUMNS, "ignore_row_if": Holds.TEXT}
_ALL = frozenset(ColumnContent)
_TEXT = frozenset({ColumnContent.TEXT})
_NUMBERS = frozenset({ColumnContent.INTEGER})
_ORDERED = frozenset({ColumnContent.INTEGER, ColumnContent.DATE})
_NO_AMOUNT = _ALL - {ColumnContent.AMOUNT}


def _one(columns: frozenset[ColumnContent], *required: str, **arguments: Holds) -> Known:
    """Judges each value of a column."""
    return Known(
        arguments={"column": Holds.COLUMN, **arguments, **_ROWS},
        required=frozenset({"column", *required}),
        columns=columns,
    )


def _several(arguments: Mapping[str, Holds], *required: str, columns: frozenset[ColumnContent]) -> Known:
    """Judges several columns of each row."""
    return Known(arguments={**arguments, **_ROWS}, required=frozenset(required), columns=columns)


def _whole(columns: frozenset[ColumnContent], *required: str, **arguments: Holds) -> Known:
    """Judges a column as a whole: no row can fail."""
    return Known(
        arguments={"column": Holds.COLUMN, "row_condition": Holds.CONDITION, **arguments},
        required=frozenset({"column", *required}),
        columns=columns,
        by_row=False,
    )


def _table(*required: str, **arguments: Holds) -> Known:
    return Known(arguments={"row_condition": Holds.CONDITION, **arguments}, required=frozenset(required), by_row=False)


#: By the library's own name.
KNOWN: Mapping[str, Known] = {
    "expect_column_values_to_be_between": _one(_ORDERED | {ColumnContent.AMOUNT}, **_BETWEEN),
    "expect_column_values_to_be_in_set": _one(_ALL, "value_set", **_SET),
    "expect_column_values_to_not_be_in_set": _one(_ALL, "value_set", **_SET),
    "expect_column_values_to_be_null": _one(_ALL),
    "expect_column_values_to_not_be_null": _one(_ALL),
    "expect_column_values_to_be_unique": _one(_NO_AMOUNT),
    "expect_column_value_lengths_to_be_between": _one(_TEXT, **_COUNTED),
    "expect_column_value_lengths_to_equal": _one(_TEXT, "value", value=Holds.NUMBER),
    "expect_column_values_to_match_regex": _one(_TEXT, regex=Holds.TEXT),
    "expect_column_values_to_not_match_regex": _one(_TEXT, "regex", regex=Holds.TEXT),
    "expect_column_values_to_match_regex_list": _one(_TEXT, "regex_list", regex_list=Holds.TEXTS, match_on=Holds.TEXT),
    "expect_column_values_to_not_match_regex_list": _one(_TEXT, "regex_list", regex_list=Holds.TEXTS),
    "expect_column_values_to_be_dateutil_parseable": _one(_TEXT),
    "expect_column_values_to_match_strftime_format": _one(_TEXT, "strftime_format", strftime_format=Holds.TEXT),
    "expect_column_value_z_scores_to_be_less_than": _one(
        _NUMBERS, "threshold", "double_sided", threshold=Holds.NUMBER, double_sided=Holds.FLAG
    ),
    "expect_column_values_to_not_be_outliers": _one(_NUMBERS, method=Holds.TEXT, multiplier=Holds.NUMBER),
    "expect_column_pair_values_a_to_be_greater_than_b": _several(
        {**_PAIR, "or_equal": Holds.FLAG}, "column_A", "column_B", columns=_ORDERED | {ColumnContent.AMOUNT}
    ),
    "expect_column_pair_values_to_be_equal": _several(_PAIR, "column_A", "column_B", columns=_ALL),
    "expect_column_pair_values_to_be_in_set": _several(
        {**_PAIR, "value_pairs_set": Holds.PAIRS}, "column_A", "column_B", "value_pairs_set", columns=_NO_AMOUNT
    ),
    "expect_compound_columns_to_be_unique": _several(_SEVERAL, "column_list", columns=_NO_AMOUNT),
    "expect_select_column_values_to_be_unique_within_record": _several(_SEVERAL, "column_list", columns=_NO_AMOUNT),
    "expect_multicolumn_values_to_be_equal": _several(_SEVERAL, "column_list", columns=_NO_AMOUNT),
    "expect_multicolumn_sum_to_equal": _several(
        {**_SEVERAL, "sum_total": Holds.VALUE},
        "column_list",
        "sum_total",
        columns=frozenset({ColumnContent.INTEGER, ColumnContent.AMOUNT}),
    ),
    "expect_column_distinct_values_to_be_in_set": _whole(_NO_AMOUNT, "value_set", **_SET),
    "expect_column_distinct_values_to_contain_set": _whole(_NO_AMOUNT, "value_set", **_SET),
    "expect_column_distinct_values_to_equal_set": _whole(_NO_AMOUNT, "value_set", **_SET),
    "expect_column_most_common_value_to_be_in_set": _whole(_NO_AMOUNT, "value_set", ties_okay=Holds.FLAG, **_SET),
    "expect_column_max_to_be_between": _whole(_ORDERED, **_BETWEEN),
    "expect_column_min_to_be_between": _whole(_ORDERED, **_BETWEEN),
    "expect_column_mean_to_be_between": _whole(_NUMBERS, **_COUNTED),
    "expect_column_median_to_be_between": _whole(_NUMBERS, **_COUNTED),
    "expect_column_stdev_to_be_between": _whole(_NUMBERS, **_COUNTED),
    "expect_column_sum_to_be_between": _whole(_NUMBERS, **_COUNTED),
    "expect_column_quantile_values_to_be_between": _whole(_NUMBERS, "quantile_ranges", quantile_ranges=Holds.QUANTILES),
    "expect_column_proportion_of_non_null_values_to_be_between": _whole(_ALL, **_COUNTED),
    "expect_column_proportion_of_unique_values_to_be_between": _whole(_NO_AMOUNT, **_COUNTED),
    "expect_column_unique_value_count_to_be_between": _whole(_NO_AMOUNT, **_COUNTED),
    "expect_table_row_count_to_be_between": _table(**_COUNTED),
    "expect_table_row_count_to_equal": _table("value", value=Holds.NUMBER),
}

_OTHER_DATABASE = "it asks a database by SQL, and only staged rows are judged"
_SHAPE = "it is about the columns of a table and their types, which are the connector's own"
_ORDER = "staged rows have no order"
_NO_PANDAS = "Great Expectations does not carry it out over staged rows; take a regex"
_JSON = "no staged column holds JSON"
#: Those that exist and cannot be taken, and why.
NOT_TAKEN: Mapping[str, str] = {
    "expect_query_results_to_match_comparison": _OTHER_DATABASE,
    "expect_table_row_count_to_equal_other_table": _OTHER_DATABASE,
    "unexpected_rows_expectation": _OTHER_DATABASE,
    "expect_column_to_exist": _SHAPE,
    "expect_column_type_to_be": _SHAPE,
    "expect_column_values_to_be_of_type": _SHAPE,
    "expect_column_values_to_be_in_type_list": _SHAPE,
    "expect_table_column_count_to_be_between": _SHAPE,
    "expect_table_column_count_to_equal": _SHAPE,
    "expect_table_columns_to_match_ordered_list": _SHAPE,
    "expect_table_columns_to_match_set": _SHAPE,
    "expect_column_values_to_be_increasing": _ORDER,
    "expect_column_values_to_be_decreasing": _ORDER,
    "expect_column_values_to_match_like_pattern": _NO_PANDAS,
    "expect_column_values_to_match_like_pattern_list": _NO_PANDAS,
    "expect_column_values_to_not_match_like_pattern": _NO_PANDAS,
    "expect_column_values_to_not_match_like_pattern_list": _NO_PANDAS,
    "expect_column_values_to_be_json_parseable": _JSON,
    "expect_column_values_to_match_json_schema": _JSON,
    "expect_column_kl_divergence_to_be_less_than": "it compares distributions of numbers, and amounts are never made floats",
    "expect_multicolumn_values_to_be_unique": "it was replaced by expect_select_column_values_to_be_unique_within_record",
}

#: What says when a row counts that lacks some of the values.
IGNORE_ROW_IF = {
    "column_B": ("both_values_are_missing", "either_value_is_missing", "neither"),
    "column_list": ("all_values_are_missing", "any_value_is_missing", "never"),
}
MATCH_ON = ("any", "all")


def snake(name: str) -> str:
    """The library's own name of an expectation, also for the name of its class (``ExpectColumnValuesToNotBeNull``)."""
    if "_" in name:
        return name
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+", name)
    return "_".join(part.lower() for part in parts)
