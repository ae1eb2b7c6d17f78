"""What memory a step takes does not depend on how many reports its load has."""

from __future__ import annotations

from tests import many_reports


def test_a_plan_takes_no_more_memory_for_ten_times_the_reports(company):
    taken = {}
    for reports in (100, 1000):
        load, _ = company.extract()
        many_reports.stage(company, load, reports)
        taken[reports] = many_reports.peak("plan", load)
        assert taken[reports]["documents"] > 5 * reports
    assert taken[1000]["megabytes"] < 1.05 * taken[100]["megabytes"], taken
