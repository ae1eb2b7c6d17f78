"""Rules that every stream has."""

from __future__ import annotations

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Check, Rule


def readable(severity: Severity = Severity.WARNING) -> Rule:
    """Every value could be read as the type of its column."""
    return Rule(
        name="readable",
        column="unreadable",
        check=Check.IS_ZERO,
        severity=severity,
        reason="A value of this record is not what its field should hold (a date that is none, text for a number, a NUL character).",
        cure="The columns are named in the staged row's `unreadable`; correct the record in the service it comes from.",
    )
