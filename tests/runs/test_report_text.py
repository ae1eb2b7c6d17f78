"""The report of a run counts reports and people, not the lines that say what is wrong with them."""

from __future__ import annotations

from datetime import date

from certify_intacct.model.periods import Period
from certify_intacct.runs.report_text import report_lines
from certify_intacct.staging.manifest import Load
from certify_intacct.staging.run_report import RunReport

DAY = date(2026, 3, 2)
LOAD = Load(
    load_id=7, dag_id="expense_sync", run_id="r", run_type="scheduled", direction="expense", period=Period(DAY, DAY), dry_run=False,
    entities=(), config_hash="c", state="loaded",
)  # fmt: skip


def waits(what: str, rule: str) -> dict[str, str]:
    return {"what": what, "of": what, "rule": rule, "reason": f"It is {rule}.", "cure": "Mend it."}


def test_a_report_that_waits_for_three_reasons_is_one_report():
    waiting = [
        waits("report r-1", "personal"), waits("report r-1", "personal"), waits("report r-1", "tax"), waits("report r-2", "tax"),
        waits("intacct_vendors V1", "code_unique"),
    ]  # fmt: skip
    lines = list(report_lines(RunReport(load=LOAD, counts={}, waiting=waiting, news=waiting[:1])))
    assert lines[1] == "Waiting for a person: 3, of which 1 new: 2 reports, 1 other."
    assert "  personal (accounts payable): report r-1\n      It is personal. Mend it." in lines
    assert "  tax (owner of connector.yaml): report r-1, report r-2\n      It is tax. Mend it." in lines


def test_nothing_that_waits_is_nothing_said():
    assert not [line for line in report_lines(RunReport(load=LOAD, counts={})) if "Waiting" in line]
