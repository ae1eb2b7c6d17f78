"""The figures of a run in Airflow's own metrics, as StatsD and OpenTelemetry get them."""

from __future__ import annotations

import pytest
from airflow.sdk._shared.observability.metrics.base_stats_logger import NoStatsLogger
from airflow.sdk.observability import stats

from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.staging import api_use
from tests.expense_company import company

__all__ = ["company"]


class Heard(NoStatsLogger):
    """What Airflow hands to whatever its configuration names."""

    gauges: dict[str, tuple[float, dict[str, str]]] = {}

    @classmethod
    def gauge(cls, stat, value, rate=1, delta=False, *, tags=None) -> None:
        cls.gauges[stat] = (value, tags)


@pytest.fixture
def heard():
    Heard.gauges = {}
    stats.initialize(factory=Heard, export_legacy_names=False)
    yield Heard.gauges
    stats.initialize(factory=NoStatsLogger, export_legacy_names=False)


def test_a_run_sets_what_was_posted_what_is_held_and_in_doubt_and_for_how_long(company, heard):
    company.report(1)
    company.report(2, EmployeeID="E9")
    company.report(3)
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_before", times=1)
    load, run = company.plan()
    company.load(load, run)
    company.sql("UPDATE ledger.open_item SET opened_at = opened_at - interval '1 day' WHERE state = 'held'")
    RunReportOperator(task_id="report", load_id=load).execute(run)
    found = {name.removeprefix("certify_intacct."): value for name, (value, _) in heard.items()}
    assert {tuple(tags.items()) for _, tags in heard.values()} == {(("dag_id", "expense_sync"),)}
    assert 86_400 <= found.pop("oldest_waiting_seconds") < 90_000
    assert found.pop("billed_calls") == 0
    (counted,) = company.sql(
        "SELECT sum(written + pages) AS n, sum(written + pages) FILTER (WHERE load_id = %s) AS of_load FROM ops.api_use",
        load,
    )
    assert found.pop("api_calls") == counted["of_load"] > 0
    assert found.pop("api_calls_this_month") == counted["n"]
    assert found.pop("api_calls_this_month_expected") >= counted["n"]
    assert 0 <= found.pop("last_load_age_seconds") < 600
    assert found == {
        "documents_posted": 0, "changes_done": 0, "changes_held": 1, "changes_refused": 0, "reports_waiting": 1,
        "documents_in_doubt": 2, "dates_uncovered": found["dates_uncovered"],
    }  # fmt: skip


def test_what_a_month_is_billed_is_added_up_once_for_a_run(company, heard, monkeypatch):
    """It reads what all runs of the month have counted."""
    added, this_month = [], api_use.this_month
    monkeypatch.setattr(api_use, "this_month", lambda *given: added.append(this_month(*given)) or added[-1])
    load, run = company.plan()
    company.load(load, run)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    (month,) = added
    assert heard["certify_intacct.api_calls_this_month"][0] == month.so_far > 0


def test_what_is_not_there_is_told_as_nothing_so_that_an_alarm_ends(company, heard):
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    found = {name.removeprefix("certify_intacct."): value for name, (value, _) in heard.items()}
    assert (found["documents_posted"], found["changes_done"]) == (1, 1)
    assert found["billed_calls"] > 0
    for name in ("changes_held", "reports_waiting", "oldest_waiting_seconds", "documents_in_doubt"):
        assert found[name] == 0


def test_a_preview_sets_none(company, heard):
    company.report(1)
    load, run = company.plan(preview=True)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    assert heard == {}
