"""What is checked: a suite for each verdict view, a rule for each thing that can be wrong with a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from certify_intacct.model.verdicts import Severity


class Check(StrEnum):
    """How a verdict column is judged. SQL has done the arithmetic; what is left is a plain value."""

    IS_FALSE = "is_false"
    IS_TRUE = "is_true"
    IS_ZERO = "is_zero"
    AT_MOST_ONE = "at_most_one"
    ONE_OF = "one_of"
    MATCHES = "matches"


@dataclass(frozen=True, kw_only=True)
class QualityRule:
    """One rule over one column of a verdict view.

    :param name: short and stable: it is stored, counted and quoted
    :param column: the verdict column that it judges
    :param check: how
    :param argument: the set for ``ONE_OF``, the regular expression for ``MATCHES``
    :param severity: what happens to a row that fails
    :param reason: what is wrong with such a row, a sentence for a person
    :param cure: what that person does about it
    """

    name: str
    column: str
    check: Check
    severity: Severity
    reason: str
    cure: str
    argument: Any = None


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The rules of one stream.

    :param stream: the stream; its view is ``quality.<stream>_verdicts`` with columns ``key`` and ``label``
    :param rules: in the order in which they are reported
    :param minimum_rows: fewer rows than this stop the run (an extract that lost everything looks like an empty company)
    """

    stream: str
    rules: tuple[QualityRule, ...]
    minimum_rows: int = 0
