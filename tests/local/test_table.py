"""The demo's closing table and verdict."""

from __future__ import annotations

import json
from dataclasses import replace

from include.local import table
from include.local.accounting import Accounts
from include.local.figures import Figures
from include.local.runs import Run

RUN = Run("expense_sync", "scheduled__1", "2026-11-20", "scheduled", "success", 12.0)
FIGURES = Figures(
    changes=[{"subject": "user", "action": "create", "result": "applied", "count": 5}],
    quarantined=[{"stream": "certify_expenses", "rule": "cents", "count": 1}],
    holds=[{"subject": "report", "action": "hold", "rule": "personal", "count": 1}],
    posted=[{"kind": "ap_bill", "currency": "EUR", "documents": 2, "total": "10.00"}],
    receipts={"attached": 3, "left_out": 1, "waiting": 0, "in_intacct": 3},
    accounts=Accounts(
        by_day={
            "2026-11-20": {"processed": 3, "posted": 2, "waiting": 1, "in progress": 0, "skipped": 0, "unaccounted": 0}
        },
        agreeing=2,
    ),
    answers_lost=1,
    recovered=[{"state": "in_gl", "documents": 25}],
)


def passed(runs: list[Run], found: Figures) -> bool:
    return bool(table.summary(runs, found, set_up=1.0, run=2.0)["passed"])


def test_it_shows_what_was_synced_posted_held_quarantined_and_reconciled() -> None:
    text = table.render([RUN], {}, FIGURES)
    rows = [" ".join(line.split()) for line in text.splitlines()]
    for row in (
        "expense_sync 2026-11-20 scheduled success 12",
        "user create applied 5",
        "ap_bill EUR 2 10.00",
        "report hold personal 1",
        "certify_expenses cents 1",
        "2026-11-20 3 2 1 0 0 0",
        "In doubt after a lost answer, looked up in Intacct, now in_gl: 25 documents",
        "Receipts: 3 attached, 3 files in Intacct; 1 left out, 0 waiting",
        "1 answer lost, 0 posted twice",
    ):
        assert row in rows


def test_it_names_the_failed_tasks_of_a_run_and_what_the_books_miss() -> None:
    failed = replace(RUN, state="failed")
    books = replace(FIGURES.accounts, missing=["CABCDEFGHIJ-1-001B"])
    text = table.render([failed], {failed: ["plan"]}, replace(FIGURES, accounts=books))
    assert "FAILED: expense_sync 2026-11-20: plan" in text
    assert "1 missing in Intacct: CABCDEFGHIJ-1-001B" in text


def test_the_verdict_needs_every_run_and_the_books() -> None:
    assert passed([RUN], FIGURES)
    assert not passed([], FIGURES)
    assert not passed([RUN, replace(RUN, state="failed")], FIGURES)
    for fault in ("unaccounted", "posted_twice", "missing", "orphans", "different"):
        assert not passed([RUN], replace(FIGURES, accounts=replace(FIGURES.accounts, **{fault: ["x"]}))), fault
    for change in ({"waiting": 1}, {"in_intacct": 4}):
        assert not passed([RUN], replace(FIGURES, receipts=FIGURES.receipts | change)), change


def test_the_summary_is_json() -> None:
    summary = table.summary([RUN], FIGURES, set_up=1.0, run=2.0)
    assert json.loads(json.dumps(summary))["posted"][0]["total"] == "10.00"
