"""A company's own expectations are refused in words, with their line, before anything runs."""

from __future__ import annotations

from pathlib import Path

import great_expectations.expectations as library
import pytest
import yaml
from great_expectations.expectations.expectation import Expectation

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConfigurationError
from certify_intacct.quality.own.catalogue import KNOWN, NOT_TAKEN, snake
from certify_intacct.quality.own.judging import check
from certify_intacct.runs.own_expectations import own_expectations

#: What every expectation of the library has, and a file says in its own words or not at all.
_COMMON = {
    "id", "meta", "notes", "result_format", "description", "catch_exceptions", "rendered_content", "severity", "windows", "batch_id",
    "condition_parser", "library_metadata", "allow_relative_error",
}  # fmt: skip
GOOD = {
    "stream": "certify_expenses",
    "expectation": "expect_column_values_to_not_be_null",
    "arguments": {"column": "reason"},
    "severity": "warning",
    "reason": "The line says no reason.",
    "cure": "Have it said in Certify.",
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes the file and reads it as the tasks do."""
    config = tmp_path / "connector.yaml"
    config.write_text(Path("include/connector.yaml").read_text(), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(config))

    def read(*expectations, text: str = "", name: str = "own.yaml"):
        folder = tmp_path / "expectations"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text or yaml.safe_dump(list(expectations), sort_keys=False), encoding="utf-8")
        found = own_expectations(load(config))
        check(found)
        return found

    return read


def _classes() -> dict[str, type[Expectation]]:
    named = {name: getattr(library, name) for name in dir(library)}
    return {
        name: kind
        for name, kind in named.items()
        if isinstance(kind, type) and issubclass(kind, Expectation) and kind is not Expectation
    }


def test_every_expectation_of_the_library_can_be_taken_or_is_said_not_to_be():
    ours = {*KNOWN, *NOT_TAKEN}
    theirs = {snake(name) for name in _classes() if name.startswith("Expect")}
    assert theirs == ours - {"unexpected_rows_expectation"}
    assert not KNOWN.keys() & NOT_TAKEN.keys()


@pytest.mark.parametrize("name", sorted(name for name in _classes() if snake(name) in KNOWN))
def test_its_arguments_are_the_library_s_own(name):
    kind, known = _classes()[name], KNOWN[snake(name)]
    assert kind.expectation_type == snake(name)
    assert set(known.arguments) == set(kind.__fields__) - _COMMON
    assert known.required == {field for field, value in kind.__fields__.items() if value.required}


def test_it_is_named_by_class_or_by_its_own_name_and_has_a_name_of_its_own(own):
    first, second = own(GOOD, {**GOOD, "expectation": "ExpectColumnValuesToNotBeNull", "name": "lines_have_a_reason"})
    assert (first.expectation, second.expectation) == ("expect_column_values_to_not_be_null",) * 2
    assert (first.rule, second.rule) == ("own.column_values_to_not_be_null_reason", "own.lines_have_a_reason")
    assert first.where.endswith("own.yaml, line 1")


def test_no_folder_and_a_file_of_comments_expect_nothing(own, tmp_path):
    assert own(text="# Nothing yet.\n") == ()
    (tmp_path / "expectations" / "own.yaml").unlink()
    (tmp_path / "expectations").rmdir()
    assert own_expectations(load(tmp_path / "connector.yaml")) == ()


def _changed(**changes):
    return {key: value for key, value in {**GOOD, **changes}.items() if value is not None}


def _condition(**condition):
    return _changed(arguments={"column": "reason", "row_condition": condition})


@pytest.mark.parametrize(
    ("written", "line", "words"),
    [
        (_changed(stream="certify_expense"), 1, "Did you mean certify_expenses"),
        (_changed(stream="payroll"), 1, "Allowed: certify_categories, "),
        (_changed(expectation="expect_column_values_to_be_nul"), 2, "Did you mean expect_column_values_to_be_null"),
        (_changed(expectation="ExpectNothing"), 2, "docs/data-quality.md lists those"),
        (_changed(expectation="expect_column_values_to_be_increasing"), 2, "staged rows have no order"),
        (_changed(arguments={"colum": "reason"}), 4, "has no argument 'colum'. Allowed: column, mostly, row_condition"),
        (_changed(arguments={"mostly": 1}), 3, "needs column"),
        (_changed(arguments={"column": "raison"}), 4, "no column 'raison'. Did you mean reason"),
        (_changed(arguments={"column": "reason", "mostly": "most"}), 5, "'most' is not a number"),
        (_changed(arguments={"column": "reason", "mostly": 3}), 1, "Great Expectations does not take"),
        (_changed(reason=None), 1, "reason: this key is missing"),
        (_changed(cure=" "), 7, "cure"),
        (_changed(severity="fatal"), 5, "Allowed: 'critical', 'warning' or 'info'"),
        (_changed(reason_="x"), 8, "Allowed: arguments, cure, expectation, name, reason, severity, stream"),
        (_changed(name="Lines!"), 8, "name: 'Lines!' is wrong"),
        (_changed(stream="certify_users", arguments={"column": "email"}), 5, "no row of certify_users is ever taken out"),
        (_changed(expectation="expect_table_row_count_to_equal", arguments={"value": 4}), 5, "no row can be quarantined"),
        (_changed(expectation="expect_column_values_to_match_regex", arguments={"column": "expense_date", "regex": "x"}), 4,
         "judges texts, and 'expense_date' holds dates"),
        (_changed(expectation="expect_column_values_to_be_unique", arguments={"column": "amount"}), 4,
         "would make floats of the amounts in 'amount'. Exact for amounts are: expect_column_pair_values_a_to_be_greater_than_b"),
        (_changed(expectation="expect_column_values_to_be_between", arguments={"column": "amount", "max_value": "1,000"}), 5,
         "'1,000' is not one of amounts"),
        (_changed(expectation="expect_column_pair_values_to_be_equal", arguments={"column_A": "amount", "column_B": "reason"}), 3,
         "they hold amounts and texts"),
        (_changed(expectation="expect_column_pair_values_to_be_equal",
                  arguments={"column_A": "amount", "column_B": "amount", "ignore_row_if": "never"}), 6,
         "Allowed: both_values_are_missing, either_value_is_missing, neither"),
        (_condition(type="comparison", column={"name": "kategory"}, operator="==", parameter="x"), 5, "no column 'kategory'"),
        (_condition(type="comparison", column={"name": "amount"}, operator=">", parameter="much"), 5, "'much' is not one of amounts"),
        (_condition(type="comparison", column={"name": "amount"}, operator="~", parameter="1"), 9, "Input should be '=='"),
        (_changed(arguments={"column": "reason", "row_condition": 'col("amount") > 5'}), 5, "and is no text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line_and_what_is_allowed(own, written, line, words):
    with pytest.raises(ConfigurationError) as refused:
        own(written)
    assert f"own.yaml, line {line}" in str(refused.value)
    assert words in str(refused.value)


def test_every_fault_of_every_file_is_named_at_once(own):
    with pytest.raises(ConfigurationError) as refused:
        own(_changed(severity="fatal"), _changed(stream=None))
    assert "line 1" in str(refused.value) or "line 5" in str(refused.value)
    with pytest.raises(ConfigurationError) as refused:
        own(_changed(stream="payroll"), name="second.yaml")
    assert "own.yaml, line 5, 0.severity" in str(refused.value)
    assert "own.yaml, line 8, 1.stream" in str(refused.value)
    assert "second.yaml, line 1, 0.stream" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stream: certify_expenses", "must be a list of expectations"),
        ("- stream: [", "This is not YAML"),
        ("- stream: x\n  stream: y", "stands twice"),
    ],
)
def test_a_file_that_is_no_list_is_refused(own, text, words):
    with pytest.raises(ConfigurationError, match=words):
        own(text=text)


def test_two_of_one_name_are_refused_and_a_name_cures_it(own):
    with pytest.raises(ConfigurationError, match=r"2 expectations are called .*: give each a `name`"):
        own(GOOD, GOOD)
    assert len(own(GOOD, {**GOOD, "name": "again"})) == 2


def test_the_examples_that_are_shipped_expect_nothing_and_can_be_taken_as_they_are(own):
    shipped = Path("include/expectations/example.yaml").read_text(encoding="utf-8")
    assert own(text=shipped) == ()
    found = own(text=shipped.replace("#: ", ""))
    assert [one.rule for one in found] == [
        "own.dear_meals_say_why",
        "own.column_values_to_be_in_set_currency",
        "own.table_row_count_to_be_between",
    ]
