"""What a company's own expectations make of rows: by Great Expectations, and exact where amounts are judged."""

from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.own.arguments import read_arguments
from certify_intacct.quality.own.catalogue import KNOWN
from certify_intacct.quality.own.catalogue import ColumnContent as Content
from certify_intacct.quality.own.files import OwnExpectation, OwnStream
from certify_intacct.quality.own.judging import judge_own

STREAM = OwnStream(
    columns={
        "text": Content.TEXT, "other": Content.TEXT, "count": Content.INTEGER, "more": Content.INTEGER, "day": Content.DATE,
        "later": Content.DATE, "flag": Content.BOOLEAN, "amount": Content.AMOUNT, "part": Content.AMOUNT,
    },
    judged_as="things",
    quarantines=True,
)  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {"key": "1", "text": "a", "other": "a", "count": 1, "more": 1, "day": date(2026, 1, 1), "later": date(2026, 1, 2), "flag": True,
     "amount": Decimal("0.02"), "part": Decimal("0.01")},
    {"key": "2", "text": "bb", "other": "2026-02-01", "count": 2, "more": 1, "day": date(2026, 2, 1), "later": date(2026, 2, 1),
     "flag": False, "amount": Decimal("0.10"), "part": Decimal("0.10")},
    {"key": "3", "text": None, "other": "x", "count": None, "more": 3, "day": None, "later": None, "flag": None, "amount": None,
     "part": None},
    {"key": "4", "text": "ccc", "other": "ccc", "count": 50, "more": 60, "day": date(2026, 3, 1), "later": date(2026, 2, 1),
     "flag": True, "amount": Decimal("99.99"), "part": Decimal("100.00")},
]  # fmt: skip


def own(expectation: str, severity: Severity = Severity.WARNING, **written: Any) -> OwnExpectation:
    return OwnExpectation(
        rule="own.x",
        stream="things",
        expectation=expectation,
        arguments=read_arguments(expectation, written, STREAM.columns),
        severity=severity,
        reason="It is wrong.",
        cure="Mend it.",
        where="own.yaml, line 7",
        about=STREAM,
    )


def failed(expectation: str, **written: Any) -> str:
    (verdict,) = judge_own([own(expectation, **written)], ROWS)
    assert verdict.severity is Severity.WARNING, verdict.reason
    return " ".join(verdict.failed_keys)


BY_ROW = [
    ("column_values_to_be_between", {"column": "count", "max_value": "10"}, "4"),
    ("column_values_to_be_between", {"column": "day", "max_value": "2026-02-01"}, "4"),
    ("column_values_to_be_between", {"column": "amount", "min_value": "0.02", "max_value": "0.10"}, "4"),
    ("column_values_to_be_between", {"column": "amount", "min_value": "0.02", "strict_min": "true"}, "1"),
    ("column_values_to_be_in_set", {"column": "text", "value_set": ["a"]}, "2 4"),
    ("column_values_to_be_in_set", {"column": "flag", "value_set": ["true"]}, "2"),
    ("column_values_to_be_in_set", {"column": "day", "value_set": ["2026-01-01"]}, "2 4"),
    ("column_values_to_be_in_set", {"column": "amount", "value_set": ["0.02", "0.1"]}, "4"),
    ("column_values_to_not_be_in_set", {"column": "text", "value_set": ["a"]}, "1"),
    ("column_values_to_not_be_in_set", {"column": "amount", "value_set": ["0.1"]}, "2"),
    ("column_values_to_be_null", {"column": "amount"}, "1 2 4"),
    ("column_values_to_not_be_null", {"column": "amount"}, "3"),
    ("column_values_to_not_be_null", {"column": "day"}, "3"),
    ("column_values_to_be_unique", {"column": "more"}, "1 2"),
    ("column_value_lengths_to_be_between", {"column": "text", "max_value": "2"}, "4"),
    ("column_value_lengths_to_equal", {"column": "text", "value": "1"}, "2 4"),
    ("column_values_to_match_regex", {"column": "text", "regex": "^a$"}, "2 4"),
    ("column_values_to_not_match_regex", {"column": "text", "regex": "^a$"}, "1"),
    ("column_values_to_match_regex_list", {"column": "text", "regex_list": ["^a", "b"], "match_on": "any"}, "4"),
    ("column_values_to_not_match_regex_list", {"column": "text", "regex_list": ["^a$", "c"]}, "1 4"),
    ("column_values_to_be_dateutil_parseable", {"column": "other"}, "1 3 4"),
    ("column_values_to_match_strftime_format", {"column": "other", "strftime_format": "%Y-%m-%d"}, "1 3 4"),
    ("column_value_z_scores_to_be_less_than", {"column": "more", "threshold": "1.4", "double_sided": "true"}, "4"),
    ("column_values_to_not_be_outliers", {"column": "more", "method": "iqr", "multiplier": "1"}, "4"),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "amount", "column_B": "part", "or_equal": "true"}, "4"),
    ("column_pair_values_a_to_be_greater_than_b", {"column_A": "later", "column_B": "day"}, "2 4"),
    ("column_pair_values_to_be_equal", {"column_A": "text", "column_B": "other"}, "2 3"),
    ("column_pair_values_to_be_equal", {"column_A": "amount", "column_B": "part"}, "1 4"),
    ("column_pair_values_to_be_in_set", {"column_A": "text", "column_B": "other", "value_pairs_set": [["a", "a"]]}, "2 3 4"),
    ("compound_columns_to_be_unique", {"column_list": ["more", "flag"], "row_condition": None}, ""),
    ("select_column_values_to_be_unique_within_record", {"column_list": ["text", "other"]}, "1 4"),
    ("multicolumn_values_to_be_equal", {"column_list": ["text", "other"]}, "2 3"),
    ("multicolumn_sum_to_equal", {"column_list": ["amount", "part"], "sum_total": "0.03"}, "2 4"),
    ("multicolumn_sum_to_equal", {"column_list": ["count", "more"], "sum_total": "2", "ignore_row_if": "any_value_is_missing"}, "2 4"),
]  # fmt: skip
OF_ALL: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("column_distinct_values_to_be_in_set", {"column": "text", "value_set": ["a"]}, {"value_set": ["a", "bb", "ccc"]}),
    ("column_distinct_values_to_contain_set", {"column": "text", "value_set": ["z"]}, {"value_set": ["a"]}),
    ("column_distinct_values_to_equal_set", {"column": "text", "value_set": ["a"]}, {"value_set": ["a", "bb", "ccc"]}),
    ("column_most_common_value_to_be_in_set", {"column": "flag", "value_set": ["false"]}, {"value_set": ["true"]}),
    ("column_max_to_be_between", {"column": "day", "max_value": "2026-02-01"}, {"max_value": "2026-03-01"}),
    ("column_min_to_be_between", {"column": "count", "min_value": "5"}, {"min_value": "1"}),
    ("column_mean_to_be_between", {"column": "more", "max_value": "5"}, {"max_value": "60"}),
    ("column_median_to_be_between", {"column": "more", "max_value": "1.5"}, {"max_value": "2"}),
    ("column_stdev_to_be_between", {"column": "more", "max_value": "1"}, {"max_value": "100"}),
    ("column_sum_to_be_between", {"column": "more", "max_value": "1"}, {"max_value": "65"}),
    ("column_quantile_values_to_be_between",
     {"column": "more", "quantile_ranges": {"quantiles": ["0.5"], "value_ranges": [["0", "0"]]}},
     {"quantile_ranges": {"quantiles": ["0.5"], "value_ranges": [["0", "3"]]}}),
    ("column_proportion_of_non_null_values_to_be_between", {"column": "amount", "min_value": "0.9"}, {"min_value": "0.75"}),
    ("column_proportion_of_unique_values_to_be_between", {"column": "more", "min_value": "0.9"}, {"min_value": "0.7"}),
    ("column_unique_value_count_to_be_between", {"column": "more", "min_value": "9"}, {"min_value": "3"}),
    ("table_row_count_to_be_between", {"min_value": "9"}, {"min_value": "4"}),
    ("table_row_count_to_equal", {"value": "9"}, {"value": "4"}),
]  # fmt: skip


def test_every_one_that_can_be_taken_is_tried_here():
    assert {f"expect_{name}" for name, *_ in (*BY_ROW, *OF_ALL)} == KNOWN.keys()


@pytest.mark.parametrize(("expectation", "written", "keys"), BY_ROW)
def test_it_names_the_rows_that_fail(expectation, written, keys):
    given_ = {name: value for name, value in written.items() if value is not None}
    assert failed(f"expect_{expectation}", **given_) == keys


@pytest.mark.parametrize(("expectation", "bad", "good"), OF_ALL)
def test_one_about_all_rows_fails_as_a_whole(expectation, bad, good):
    assert failed(f"expect_{expectation}", **bad) == "*"
    assert failed(f"expect_{expectation}", **{**bad, **good}) == ""


_AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=6)


@given(value=_AMOUNTS, step=st.sampled_from([Decimal("0.000001"), Decimal("-0.000001")]))
def test_a_bound_of_an_amount_is_exact_to_its_last_decimal(value, step):
    """As floats, many of these are one and the same number."""
    columns = {"amount": Content.AMOUNT}
    arguments = read_arguments(
        "expect_column_values_to_be_between", {"column": "amount", "min_value": str(value), "max_value": str(value)}, columns
    )  # fmt: skip
    from certify_intacct.quality.own.amounts import EXACT

    holds = EXACT["expect_column_values_to_be_between"]
    assert holds({"amount": value}, arguments) is True
    assert holds({"amount": value + step}, arguments) is False


def test_amounts_that_are_one_float_are_told_apart():
    rows = [
        {"key": "1", "amount": Decimal("9007199254740993.01")},
        {"key": "2", "amount": Decimal("9007199254740993.02")},
    ]
    expectation = own("expect_column_values_to_be_between", column="amount", max_value="9007199254740993.01")
    assert judge_own([expectation], rows)[0].failed_keys == ("2",)


def condition(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


@pytest.mark.parametrize(
    ("row_condition", "keys"),
    [
        (condition("amount", ">", "0.02"), "2 4"),
        (condition("amount", "<=", "0.02"), "1"),
        (condition("day", ">=", "2026-02-01"), "2 4"),
        (condition("text", "IN", ["a", "zz"]), "1"),
        (condition("text", "NOT_IN", ["a"]), "2 4"),
        (condition("flag", "!=", "true"), "2"),
        ({"type": "nullity", "column": {"name": "count"}, "is_null": "false"}, "1 2 4"),
        ({"type": "and", "conditions": [condition("more", "==", "1"), condition("amount", "<", "0.05")]}, "1"),
        ({"type": "or", "conditions": [condition("text", "==", "a"), {"type": "and", "conditions": [
            condition("more", ">", "50"), condition("flag", "==", "true")]}]},
         "1 4"),
    ],
)  # fmt: skip
def test_a_condition_says_which_rows_it_is_about_exactly(row_condition, keys):
    assert (
        failed("expect_column_values_to_be_in_set", column="other", value_set=["none"], row_condition=row_condition)
        == keys
    )


def test_mostly_lets_so_many_fail():
    assert failed("expect_column_values_to_be_in_set", column="amount", value_set=["0.02"], mostly="0.3") == ""
    assert failed("expect_column_values_to_be_in_set", column="amount", value_set=["0.02"], mostly="0.5") == "2 4"


def test_one_that_cannot_judge_says_so_with_its_line_and_is_critical_whatever_its_severity():
    wrong = own("expect_column_values_to_match_regex", Severity.INFO, column="text", regex="(")
    (verdict,) = judge_own([wrong], ROWS)
    assert (verdict.severity, verdict.failed_keys) == (Severity.CRITICAL, ("*",))
    assert verdict.reason.startswith("own.yaml, line 7: expect_column_values_to_match_regex could not judge things: ")
    assert "Traceback" not in verdict.reason
    assert "\n" not in verdict.reason


def test_of_no_rows_only_their_number_can_be_wrong():
    """A day without reports is no fault of theirs."""
    every = [
        own(f"expect_{name}", **{key: value for key, value in written.items() if value})
        for name, written, _ in (*BY_ROW, *OF_ALL)
    ]
    wrong = {one.expectation for one, verdict in zip(every, judge_own(every, []), strict=True) if verdict.failed_keys}
    assert wrong == {"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"}


def test_the_library_is_silent_whatever_it_judges(capfd, caplog, recwarn):
    """Neither its progress bars, nor what it logs, nor what it warns of."""
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    judge_own(
        [own(f"expect_{name}", **{k: v for k, v in written.items() if v}) for name, written, _ in (*BY_ROW, *OF_ALL)],
        ROWS,
    )
    judge_own([own("expect_column_values_to_match_regex", column="text", regex="(")], ROWS)
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("", "")
    assert [record.getMessage() for record in caplog.records] == []
    assert [str(warning.message) for warning in recwarn] == []
