"""Great Expectations, as a task uses it: silent, in memory, and each result looked at for what it raised.

It takes seconds to import, so this is imported inside a task only.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types import base
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation

# It sets a level of its own (all others have that of the package).
base.logger.setLevel(logging.ERROR)


@contextmanager
def silent() -> Iterator[None]:
    """What the library and pandas warn of is about their own future; it is not for whoever reads a task's log."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def validate(name: str, frame: pd.DataFrame, expectations: Sequence[Expectation]) -> Any:
    """Judges a frame: a result with the keys of the rows that failed, and no values.

    :param frame: with the column ``key``
    """
    with silent():
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        batch_definition = (
            context.data_sources.add_pandas("verdicts")
            .add_dataframe_asset(name)
            .add_batch_definition_whole_dataframe("all")
        )
        return batch_definition.get_batch({"dataframe": frame}).validate(
            gx.ExpectationSuite(name=name, expectations=list(expectations)),
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["key"]},
        )


def raised(outcome: Any) -> str:
    """What an expectation raised instead of judging; empty when it judged."""
    info = outcome.exception_info or {}
    several = [one for one in (info, *info.values()) if isinstance(one, dict) and one.get("raised_exception")]
    return "; ".join(dict.fromkeys(str(one.get("exception_message") or "no text given") for one in several))


def failed_keys(outcome: Any) -> list[str]:
    """The keys of the rows that failed."""
    return [str(item["key"]) for item in outcome.result.get("unexpected_index_list") or []]
