"""Suites of ``organization_sync``."""

from __future__ import annotations

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Check, Rule, Suite
from certify_intacct.quality.suites.common import readable

INTACCT_DEPARTMENTS = Suite(
    stream="intacct_departments",
    minimum_rows=1,
    rules=(
        readable(),
        Rule(
            name="code_present",
            column="code_missing",
            check=Check.IS_FALSE,
            severity=Severity.WARNING,
            reason="The department has no ID.",
            cure="Give it an ID in Intacct (Company > Setup > Departments): Certify's Code is taken from it.",
        ),
        Rule(
            name="title_present",
            column="title_missing",
            check=Check.IS_FALSE,
            severity=Severity.WARNING,
            reason="The department has no name.",
            cure="Fill in its name in Intacct (Company > Setup > Departments).",
        ),
        Rule(
            name="code_unique",
            column="code_count",
            check=Check.AT_MOST_ONE,
            severity=Severity.WARNING,
            reason="Two departments of Intacct came with the same ID.",
            cure="Run again; if it stays, ask Sage support how one ID can stand twice.",
        ),
    ),
)

CERTIFY_DEPARTMENTS = Suite(
    stream="certify_departments",
    rules=(
        readable(),
        Rule(
            name="code_present",
            column="code_missing",
            check=Check.IS_FALSE,
            severity=Severity.INFO,
            reason="The Certify department has no code, so it matches no department of Intacct and is left alone.",
            cure="Give it the Intacct department ID as its code, if it should be kept in step.",
        ),
        Rule(
            name="code_unique",
            column="active_code_count",
            check=Check.AT_MOST_ONE,
            severity=Severity.WARNING,
            reason="Two active Certify departments have the same code, so it is unclear which one is meant.",
            cure="Deactivate one of them in Certify, or give it another code.",
        ),
    ),
)

SUITES = (INTACCT_DEPARTMENTS, CERTIFY_DEPARTMENTS)
