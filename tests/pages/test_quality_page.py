"""The page of data quality: results over time, the rows that failed last with their links, and nothing for strangers."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.pages import sparkline
from certify_intacct.pages.rendering import THEME
from certify_intacct.staging.quality_history import LOADS, LoadVerdict, quality_history
from certify_intacct.staging.verdicts import store_verdicts

FIRST = date(2026, 9, 1)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def judged(store, new_load, database, monkeypatch):
    """Stores what a rule said in a load of its own, and returns the load's ID."""
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)

    def judge(
        day: int,
        *failed: str,
        direction: str = "expense",
        rule: str = "cents",
        stream="certify_expense_reports",
        reason="No.",
    ) -> int:
        load_id = new_load(day=FIRST + timedelta(days=day), run_id=f"run {day} {rule}", direction=direction)
        verdict = Verdict(
            stream=stream, rule=rule, severity=Severity.WARNING, reason=reason, cure="Mend it.", checked=10, failed_keys=failed
        )  # fmt: skip
        with store.connection() as connection:
            store_verdicts(connection, load_id, [verdict], {stream: {"r/1": f"Ana {HOSTILE}"}})
        return load_id

    return judge


def test_the_last_loads_are_told_with_what_failed_last(judged, store):
    for day in range(LOADS + 5):
        last = judged(day, *(["r/1", "r-2"] if day in (0, 20) else []))
    with store.connection() as connection:
        (history,) = quality_history(connection, "expense_sync")
        assert quality_history(connection, "organization_sync") == []
    assert [result.failed for result in history.results] == [0] * 15 + [2] + [0] * 14
    assert (history.last.load_id, history.last.failed, history.asked) == (last, 0, LOADS)
    assert [(row.label, row.report_id) for row in history.rows] == [(f"Ana {HOSTILE}", "r/1"), ("r-2", "r-2")]


def test_a_rule_that_was_not_asked_leaves_a_gap_and_the_newest_failure_comes_first(judged, store):
    judged(1, "a", rule="own.first")
    judged(2, "b", rule="own.second")
    judged(3, rule="own.third")
    with store.connection() as connection:
        found = quality_history(connection, "expense_sync")
    assert [one.rule for one in found] == ["own.second", "own.first", "own.third"]
    assert [result is None for result in found[0].results] == [True, False, True]


def test_a_reader_sees_bars_rows_reasons_and_links(judged, browser):
    load_id = judged(1, "r/1", reason=f"No {HOSTILE}.")
    judged(2, "*", rule="enough_rows", direction="organization", stream="intacct_employees")
    judged(3, rule="quiet")
    answer = browser("viewer").get("/connector/quality")
    html = answer.text
    assert answer.status_code == 200
    assert html.count("<script") == html.count(f"<script>{THEME}</script>") == 1
    links = set(re.findall(r'href="([^"]+)"', html))
    assert {"expense_sync/reports/r%2F1", f"expense_sync/loads/{load_id}"} <= links
    assert f"load {load_id}, 2026-09-02: 1 of 10 failed" in html
    for words in ("Mend it.", "all rows together", "1 rules that nothing failed"):
        assert words in html
    client = browser("viewer")
    assert client.get(f"/connector/expense_sync/loads/{load_id}").status_code == 200


def test_who_may_read_neither_sync_sees_nothing(judged, browser):
    judged(1, "r/1")
    assert browser(None).get("/connector/quality").status_code == 401
    answer = browser("").get("/connector/quality")
    assert answer.status_code == 403
    assert "r%2F1" not in answer.text


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), max_size=LOADS))
def test_a_bar_stays_in_the_drawing_and_one_that_failed_is_told_from_one_that_passed(failures):
    results = [
        None if failed is None else LoadVerdict(load_id=number, day=FIRST, checked=10**6, failed=failed)
        for number, failed in enumerate(failures)
    ]
    drawn = sparkline.bars(results)
    assert [bar.load_id for bar in drawn] == [result.load_id for result in results if result]
    for bar in drawn:
        assert bar.y >= 0
        assert bar.y + bar.height == sparkline.HEIGHT
        assert bar.failed is (bar.height > sparkline.PASSED)
