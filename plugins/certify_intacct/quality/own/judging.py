"""Judges staged rows by a company's own expectations, with Great Expectations.

It is imported inside a task only, and only where a company has any. No amount enters the frame: what is expected of amounts is asked
of Decimals, and the library is told of each row whether that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.registry import get_expectation_impl

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.quality.gx import failed_keys, raised, silent, validate
from certify_intacct.quality.own.amounts import EXACT
from certify_intacct.quality.own.arguments import judged_columns
from certify_intacct.quality.own.catalogue import ColumnContent
from certify_intacct.quality.own.conditions import meets
from certify_intacct.quality.own.files import OwnExpectation

#: The column that says of each row whether what is expected of its amounts holds.
_HOLDS = "as_expected"
_NUMBERS = (ColumnContent.AMOUNT, ColumnContent.INTEGER)
#: What fails where no single row does.
ALL_ROWS = "*"


def check(expectations: Iterable[OwnExpectation]) -> None:
    """Passes expectations that the library takes.

    :raises ConfigurationError: names file and line of each that it does not
    """
    faults = []
    for own in expectations:
        try:
            _expectation(own)
        except ValueError as error:  # the library's pydantic
            faults.append(
                f"{own.where}: Great Expectations does not take {own.expectation} like this: {_words(error)}."
            )
    if faults:
        raise ConfigurationError("\n".join(faults), cure="Correct the file; nothing was started.")


def judge_own(expectations: Sequence[OwnExpectation], rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Judges the rows of a stream; those of one stream must be in memory together, since some expectations are about all of them.

    :param rows: with ``key`` and all columns of the expectations
    :returns: a verdict for each. One that could not judge is critical, whatever its severity: nobody knows what it would have found
    """
    every = list(rows)
    return [_verdict(own, every) for own in expectations]


def _verdict(own: OwnExpectation, every: Sequence[Mapping[str, Any]]) -> Verdict:
    condition = own.arguments.get("row_condition")
    rows = every if condition is None else [row for row in every if meets(condition, row)]
    if not rows and own.columns:  # nothing to judge; the library makes faults of some means of nothing
        return _said(own, 0, ())
    try:
        outcome = validate(own.rule, _frame(own, rows), [_expectation(own)]).results[0]
        problem = raised(outcome)
    except Exception as error:  # whatever it raises, the data of a company made it do so, and a person must read it
        outcome, problem = None, _words(error)
    if problem:
        return Verdict(
            stream=own.about.judged_as,
            rule=own.rule,
            severity=Severity.CRITICAL,
            reason=f"{own.where}: {own.expectation} could not judge {own.stream}: {problem}. Nobody knows what it would have found.",
            cure="Correct the expectation, or take it out of the file, and clear the task.",
            checked=len(rows),
            failed_keys=(ALL_ROWS,),
        )
    failed = () if outcome.success else tuple(dict.fromkeys(failed_keys(outcome))) or (ALL_ROWS,)
    return _said(own, len(rows), failed)


def _said(own: OwnExpectation, checked: int, failed: tuple[str, ...]) -> Verdict:
    return Verdict(
        stream=own.about.judged_as,
        rule=own.rule,
        severity=own.severity,
        reason=own.reason,
        cure=own.cure,
        checked=checked,
        failed_keys=failed,
    )


def _exact(own: OwnExpectation) -> bool:
    """Whether it is asked of Decimals: of amounts always, and of whole numbers, whose bounds the library makes floats of too."""
    return own.expectation in EXACT and any(
        own.about.columns[name] in _NUMBERS for name in judged_columns(own.arguments)
    )


def _expectation(own: OwnExpectation) -> Expectation:
    common: dict[str, Any] = {"severity": own.severity.value, "meta": {"rule": own.rule}}
    arguments = {name: _given(value) for name, value in own.arguments.items() if name != "row_condition"}
    with silent():
        if _exact(own):
            mostly = {"mostly": arguments["mostly"]} if "mostly" in arguments else {}
            return ExpectColumnValuesToBeInSet(column=_HOLDS, value_set=[True], **mostly, **common)
        made: Expectation = get_expectation_impl(own.expectation)(**arguments, **common)
        return made


def _given(value: Any) -> Any:
    """An argument as the library compares it: with a date it compares nothing, with a moment it does."""
    if isinstance(value, list):
        return [_given(one) for one in value]
    if isinstance(value, tuple):
        return tuple(_given(one) for one in value)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value  # noqa: DTZ001 - a day


def _frame(own: OwnExpectation, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The columns that are judged; of amounts only whether there is one."""
    frame = pd.DataFrame({"key": pd.Series([row["key"] for row in rows], dtype=object)})
    if _exact(own):
        holds = EXACT[own.expectation]
        return frame.assign(**{_HOLDS: pd.Series([holds(row, own.arguments) for row in rows], dtype=object)})
    for name in judged_columns(own.arguments):
        frame[name] = _column([row[name] for row in rows], own.about.columns[name])
    return frame


def _column(values: list[Any], holds: ColumnContent) -> Any:
    match holds:
        case ColumnContent.AMOUNT:
            return pd.Series([None if value is None else True for value in values], dtype=object)
        case ColumnContent.INTEGER:
            return pd.array(values, dtype="Int64")
        case ColumnContent.DATE:
            return pd.Series(pd.to_datetime(pd.Series(values, dtype=object)))
        case _:
            return pd.Series(values, dtype=object)


def _words(error: Exception) -> str:
    """An error in one line."""
    return " ".join(str(error).split()) or type(error).__name__
