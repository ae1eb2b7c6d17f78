"""Judges verdict rows with Great Expectations.

Great Expectations takes seconds to import, so this module is imported inside a task only, and one task judges all streams of
a direction. No amount ever enters the frame: SQL compares money, a verdict column says whether it agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, assert_never

import pandas as pd
from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_match_regex import ExpectColumnValuesToMatchRegex
from great_expectations.expectations.expectation import Expectation

from certify_intacct.model.errors import ConnectorError
from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.quality.gx import failed_keys, raised, validate
from certify_intacct.quality.suite import Check, QualityRule, Suite

ROWS_RULE = "enough_rows"
#: So many rows are judged at a time: memory holds no more of them.
AT_ONCE = 10_000


class RuleBroken(ConnectorError):
    """A rule itself could not be evaluated: the data is not to blame, the rule or the view is."""


def judge(suite: Suite, rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Judges the rows of ``quality.<stream>_verdicts`` by the suite's rules.

    A rule is about one row; what several have to do with each other, their view has counted.

    :param rows: each with the columns ``asked(suite)``
    :returns: a verdict for each rule, the rule on the number of rows first
    :raises RuleBroken: when an expectation raised instead of judging
    """
    columns = asked(suite)
    failed: dict[str, dict[str, None]] = {rule.name: {} for rule in suite.rules}
    count, left = 0, iter(rows)
    while some := list(islice(left, AT_ONCE)):
        frame = pd.DataFrame(([row[name] for name in columns] for row in some), columns=columns, dtype=object)
        count += len(some)
        for rule, keys in _judged(suite, frame).items():
            failed[rule] |= dict.fromkeys(keys)
    return [
        _enough_rows(suite, count),
        *(_verdict(suite, rule, count, tuple(failed[rule.name])) for rule in suite.rules),
    ]


def asked(suite: Suite) -> list[str]:
    """The columns of the verdicts that a suite judges by."""
    return ["key", *dict.fromkeys(rule.column for rule in suite.rules)]


def _judged(suite: Suite, frame: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The keys of the rows that failed, by rule."""
    result = validate(suite.stream, frame, [_expectation(rule) for rule in suite.rules])
    by_rule = {_rule_name(outcome): outcome for outcome in result.results}
    return {rule.name: _failed_keys(suite, rule, by_rule[rule.name], frame) for rule in suite.rules}


def _expectation(rule: QualityRule) -> Expectation:
    common: dict[str, Any] = {"column": rule.column, "severity": rule.severity.value, "meta": {"rule": rule.name}}
    match rule.check:
        case Check.IS_FALSE:
            return ExpectColumnValuesToBeInSet(value_set=[False], **common)
        case Check.IS_TRUE:
            return ExpectColumnValuesToBeInSet(value_set=[True], **common)
        case Check.IS_ZERO:
            return ExpectColumnValuesToBeInSet(value_set=[0], **common)
        case Check.AT_MOST_ONE:
            return ExpectColumnValuesToBeBetween(max_value=1, **common)
        case Check.ONE_OF:
            return ExpectColumnValuesToBeInSet(value_set=sorted(rule.argument), **common)
        case Check.MATCHES:
            return ExpectColumnValuesToMatchRegex(regex=rule.argument, **common)
        case _:
            assert_never(rule.check)


def _rule_name(outcome: Any) -> str:
    return str(outcome.expectation_config["meta"]["rule"])


def _failed_keys(suite: Suite, rule: QualityRule, outcome: Any, frame: pd.DataFrame) -> tuple[str, ...]:
    if problem := raised(outcome):
        raise RuleBroken(
            f"The rule {rule.name} of {suite.stream} could not be evaluated: {problem}",
            where="data quality",
            cure=f"Look at the column {rule.column} of the view quality.{suite.stream}_verdicts.",
        )
    failed = failed_keys(outcome)
    # Great Expectations ignores nulls; a verdict that SQL could not give is no pass.
    missing = (
        frame.loc[frame[rule.column].isna(), "key"].astype(str).tolist() if rule.check is not Check.MATCHES else []
    )
    return tuple(dict.fromkeys([*failed, *missing]))


def _enough_rows(suite: Suite, count: int) -> Verdict:
    enough = count >= suite.minimum_rows
    return Verdict(
        stream=suite.stream,
        rule=ROWS_RULE,
        severity=Severity.CRITICAL,
        reason=f"Only {count} rows came where at least {suite.minimum_rows} must exist.",
        cure="Check the rights of the API user and the connection: an extract without rights looks like an empty company.",
        checked=count,
        failed_keys=() if enough else ("*",),
    )


def _verdict(suite: Suite, rule: QualityRule, checked: int, failed: tuple[str, ...]) -> Verdict:
    return Verdict(
        stream=suite.stream,
        rule=rule.name,
        severity=rule.severity,
        reason=rule.reason,
        cure=rule.cure,
        checked=checked,
        failed_keys=failed,
    )
