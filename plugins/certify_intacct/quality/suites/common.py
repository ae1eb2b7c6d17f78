"""Rules that several streams have, and short ways to write the others."""

from __future__ import annotations

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Check, QualityRule


def false(name: str, column: str, reason: str, cure: str, severity: Severity = Severity.WARNING) -> QualityRule:
    """The column of the verdict view says no."""
    return QualityRule(name=name, column=column, check=Check.IS_FALSE, severity=severity, reason=reason, cure=cure)


def true(name: str, column: str, reason: str, cure: str) -> QualityRule:
    """The column of the verdict view says yes."""
    return QualityRule(
        name=name, column=column, check=Check.IS_TRUE, severity=Severity.WARNING, reason=reason, cure=cure
    )


def once(name: str, column: str, reason: str, cure: str, severity: Severity = Severity.WARNING) -> QualityRule:
    """The column of the verdict view counts no more than one."""
    return QualityRule(name=name, column=column, check=Check.AT_MOST_ONE, severity=severity, reason=reason, cure=cure)


def readable(severity: Severity = Severity.WARNING) -> QualityRule:
    """Every value could be read as the type of its column."""
    return QualityRule(
        name="readable",
        column="unreadable",
        check=Check.IS_ZERO,
        severity=severity,
        reason="A value of this record is not what its field should hold (a date that is none, text for a number, a NUL character).",
        cure="The columns are named in the staged row's `unreadable`; correct the record in the service it comes from.",
    )
