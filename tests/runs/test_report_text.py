"""The report of a run counts reports and people, not the lines that say what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.periods import Period
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.rules.texts import readable
from certify_intacct.runs.report_text import report_lines
from certify_intacct.staging.manifest import Load
from certify_intacct.staging.run_report import RunReport

DAY = date(2026, 3, 2)
LOAD = Load(
    load_id=7, dag_id="expense_sync", run_id="r", run_type="scheduled", direction="expense", period=Period(DAY, DAY), preview=False,
    entities=(), config_hash="c", state="loaded",
)  # fmt: skip


def waits(what: str, rule: str) -> dict[str, str]:
    return {"what": what, "of": what, "rule": rule, "reason": f"It is {rule}.", "cure": "Mend it."}


def test_a_report_that_waits_for_three_reasons_is_one_report():
    waiting = [
        waits("report r-1", "personal"), waits("report r-1", "personal"), waits("report r-1", "tax"), waits("report r-2", "tax"),
        waits("intacct_vendors V1", "code_unique"),
    ]  # fmt: skip
    lines = list(report_lines(RunReport(load=LOAD, zone=ZoneInfo("UTC"), counts={}, waiting=waiting, news=waiting[:1])))
    assert lines[1] == "Waiting for a person: 2 reports, 1 other; 1 new in this run."
    assert lines[4:6] == ["  personal (accounts payable): report r-1", "      It is personal. Mend it."]
    assert lines[6:8] == ["  tax (owner of connector.yaml): report r-1, report r-2", "      It is tax. Mend it."]


def test_uncovered_dates_are_told_with_a_command_for_each_row_of_them_whoever_tells():
    days = [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 2)]
    for dag_id in ("expense_sync", "expense_preview"):
        lines = list(
            report_lines(RunReport(load=replace(LOAD, dag_id=dag_id), zone=ZoneInfo("UTC"), counts={}, uncovered=days))
        )
        start = "  airflow backfill create --dag-id expense_sync"
        end = "--reprocess-behavior completed"
        assert f"{start} --from-date 2026-02-27 --to-date 2026-02-28 {end}" in lines
        assert f"{start} --from-date 2026-03-02 --to-date 2026-03-02 {end}" in lines
        assert "  2026-02-27, 2026-02-28, 2026-03-02" in lines


@given(st.sets(st.dates(date(2025, 12, 1), date(2026, 3, 1)), min_size=1))
def test_the_commands_name_each_date_that_is_asked_for_and_no_other(days):
    named = [
        re.findall(r"-date (\S+)", command) for command in backfill_commands("expense", sorted(days), ZoneInfo("UTC"))
    ]
    periods = [Period(*map(date.fromisoformat, both)) for both in named]
    assert [day for period in periods for day in period.dates()] == sorted(days)


def test_nothing_that_waits_is_nothing_said():
    assert not [
        line for line in report_lines(RunReport(load=LOAD, zone=ZoneInfo("UTC"), counts={})) if "Waiting" in line
    ]


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=60), st.text(max_size=900))
def test_all_but_a_command_to_copy_fits_and_no_reason_is_cut(names, reason):
    waiting = [waits(name, "tax") | {"reason": reason} for name in names]
    days = [date(2026, 1, day) for day in range(1, 31, 2)]
    report = RunReport(load=LOAD, zone=ZoneInfo("UTC"), counts={}, waiting=waiting, news=[], uncovered=days)
    lines = "\n".join(report_lines(report)).split("\n")
    assert not [line for line in lines if len(line) > 120 and "airflow backfill create" not in line]
    assert "".join(readable(f"{reason} Mend it.", 1000).split()) in "".join("".join(lines).split())
