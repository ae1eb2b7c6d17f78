"""Great Expectations judges verdict rows."""

from __future__ import annotations

import pytest

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.report import table
from certify_intacct.quality.runner import RuleBroken, judge
from certify_intacct.quality.suite import Check, QualityRule, Suite


def rule(name: str, check: Check, *, severity: Severity = Severity.WARNING, argument=None) -> QualityRule:
    return QualityRule(
        name=name,
        column=name,
        check=check,
        argument=argument,
        severity=severity,
        reason=f"{name} fails.",
        cure="Mend it.",
    )


SUITE = Suite(
    stream="things",
    minimum_rows=2,
    rules=(
        rule("missing", Check.IS_FALSE),
        rule("agrees", Check.IS_TRUE, severity=Severity.CRITICAL),
        rule("faults", Check.IS_ZERO),
        rule("copies", Check.AT_MOST_ONE),
        rule("state", Check.ONE_OF, argument={"active", "inactive"}),
        rule("email", Check.MATCHES, argument=r"[^@\s]+@[^@\s]+", severity=Severity.INFO),
    ),
)
GOOD = {"missing": False, "agrees": True, "faults": 0, "copies": 1, "state": "active", "email": "a@b.c"}


def failed(rows):
    return {verdict.rule: verdict.failed_keys for verdict in judge(SUITE, rows) if verdict.failed_keys}


def test_good_rows_pass():
    assert failed([{"key": "1", **GOOD}, {"key": "2", **GOOD}]) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [("missing", True), ("agrees", False), ("faults", 3), ("copies", 2), ("state", "gone"), ("email", "nobody")],
)
def test_each_rule_names_the_rows_that_fail(column, value):
    assert failed([{"key": "1", **GOOD}, {"key": "bad", **GOOD, column: value}]) == {column: ("bad",)}


def test_a_verdict_that_could_not_be_given_is_no_pass():
    assert failed([{"key": "1", **GOOD}, {"key": "bad", **GOOD, "agrees": None}]) == {"agrees": ("bad",)}


def test_too_few_rows_are_critical():
    (first, *_) = judge(SUITE, [])
    assert (first.rule, first.severity, first.failed_keys) == ("enough_rows", Severity.CRITICAL, ("*",))


def test_a_broken_rule_is_not_blamed_on_the_data():
    suite = Suite(stream="things", rules=(rule("copies", Check.AT_MOST_ONE),))
    with pytest.raises(RuleBroken, match="copies"):
        judge(suite, [{"key": "1", "copies": "text"}])


def test_the_table_shows_every_rule_and_what_to_do():
    text = table(judge(SUITE, [{"key": "1", **GOOD}, {"key": "bad", **GOOD, "agrees": False}]))
    assert "STOPS THE RUN" in text
    assert "things.agrees: agrees fails. Mend it. For example: bad" in text


def test_the_log_of_a_task_holds_our_table_and_nothing_of_the_library(caplog):
    caplog.set_level("INFO")
    judge(SUITE, [{"key": "1", **GOOD}, {"key": "2", **GOOD, "missing": True}])
    assert [record.name for record in caplog.records] == []


def test_a_suite_judges_the_same_however_many_rows_at_a_time(monkeypatch):
    rows = [
        {"key": str(number), **GOOD, "missing": number % 3 == 0, "copies": 2 if number % 5 == 0 else 1}
        for number in range(1, 20)
    ]
    whole = judge(SUITE, rows)
    assert [len(verdict.failed_keys) for verdict in whole] == [0, 6, 0, 0, 3, 0, 0]
    monkeypatch.setattr("certify_intacct.quality.runner.AT_ONCE", 4)
    assert judge(SUITE, iter(rows)) == whole
