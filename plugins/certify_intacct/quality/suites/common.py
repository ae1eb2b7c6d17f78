"""Rules that several streams have, and short ways to write the others."""

from __future__ import annotations

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Check, Rule, Suite


def false(name: str, column: str, reason: str, cure: str, severity: Severity = Severity.WARNING) -> Rule:
    """The column of the verdict view says no."""
    return Rule(name=name, column=column, check=Check.IS_FALSE, severity=severity, reason=reason, cure=cure)


def true(name: str, column: str, reason: str, cure: str) -> Rule:
    """The column of the verdict view says yes."""
    return Rule(name=name, column=column, check=Check.IS_TRUE, severity=Severity.WARNING, reason=reason, cure=cure)


def once(name: str, column: str, reason: str, cure: str, severity: Severity = Severity.WARNING) -> Rule:
    """The column of the verdict view counts no more than one."""
    return Rule(name=name, column=column, check=Check.AT_MOST_ONE, severity=severity, reason=reason, cure=cure)


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


def came_once(what: str) -> Rule:
    """No ID of Intacct stands twice.

    :param what: the records, in the plural
    """
    return once(
        "code_unique",
        "code_count",
        f"Two {what} of Intacct came with the same ID.",
        "Run again; if it stays, ask Sage support how one ID can stand twice.",
    )


def coded_in_certify(stream: str, *, row: str, matches: str, give: str, rows: str) -> Suite:
    """The suite of a list of Certify's whose codes are IDs of Intacct.

    :param row: what a row is called, ``matches`` what it would match, ``give`` what its code should be, ``rows`` two active ones
    """
    return Suite(
        stream=stream,
        rules=(
            readable(),
            false(
                "code_present",
                "code_missing",
                f"{row} has no code, so it matches no {matches} of Intacct and is left alone.",
                f"Give it the {give} as its code, if it should be kept in step.",
                Severity.INFO,
            ),
            once(
                "code_unique",
                "active_code_count",
                f"Two active {rows} have the same code, so it is unclear which one is meant.",
                "Deactivate one of them in Certify, or give it another code.",
            ),
        ),
    )
