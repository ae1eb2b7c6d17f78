"""`make chaos`: its last line and its exit status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.chaos.__main__ import Tally, finish, show
from include.chaos.calm import Calm
from include.chaos.oracle import Verdict
from include.chaos.result import Result
from include.chaos.stack import idle


def result(**changes: Any) -> Result:
    found = Result(1, Verdict(in_doubt={"r"}, undecidable={"r"}))
    found.faults["intacct slow"] = 3
    found.kills["worker"] = 2
    for name, texts in changes.items():
        found.verdict.wrongs[name] += texts
    return found


def ended(tally: Tally, capsys: Any, lacks: str = "") -> tuple[int, dict[str, Any], str]:
    status = finish(tally, lacks)
    lines = capsys.readouterr().out.splitlines()
    return status, json.loads(lines[-1]), lines[-2]


def test_the_last_line_has_the_counts(capsys):
    tally = Tally(7)
    tally.add(result())
    status, line, _ = ended(tally, capsys)
    assert status == 0
    assert line == {
        "seed": 7, "faults": 3, "kills": 2, "posted_twice": 0, "lost": 0, "altered": 0, "wrong_period": 0, "users_twice": 0,
        "wrongly_deactivated": 0, "receipts": 0, "in_doubt": 1, "undecidable": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong", ["posted_twice", "lost", "altered", "wrong_period", "users_twice", "wrongly_deactivated", "receipts"]
)
def test_a_wrong_is_exit_status_1(wrong, capsys):
    tally = Tally(7)
    tally.add(result(**{wrong: ["something"]}))
    status, line, before = ended(tally, capsys)
    assert (status, line[wrong], before) == (1, 1, "bad rounds: 1")


@pytest.mark.parametrize(
    ("calm", "status"),
    [
        (Calm(), 0),
        (Calm(moving={"r"}), 0),
        (Calm(moving={"r", "s"}), 1),
        (Calm(stopped=["why"]), 1),
        (Calm(moving={"r"}, stopped=["why"]), 1),
    ],
)
def test_a_round_that_does_not_settle_fails_unless_nobody_could_decide_what_moves(calm, status, capsys):
    tally = Tally(7)
    found = result()
    found.calm = calm
    tally.add(found)
    show(found, "make chaos SEED=7 ROUND=1")
    assert ("again: make chaos SEED=7 ROUND=1" in capsys.readouterr().out) is bool(status)
    assert ended(tally, capsys)[0] == status


def test_a_scenario_in_which_a_sync_never_succeeded_proves_nothing():
    found = result()
    assert "no run of expense_sync succeeded" in idle(found)
    found.runs.update({"expense_sync manual success": 1, "after the storm organization_sync success": 1})
    assert idle(found) == "no run of organization_sync succeeded; no document was posted"
    found.runs["organization_sync backfill success"] += 1
    found.verdict.documents["any"] = 1
    assert idle(found) == ""


def test_too_few_faults_or_kills_is_exit_status_1_and_said(capsys):
    tally = Tally(7)
    tally.add(result())
    assert tally.lacks(60, 3, 2) == ""
    for faults, kills in ((4, 2), (3, 3)):
        lacks = tally.lacks(60, faults, kills)
        status, _, before = ended(tally, capsys, lacks)
        assert status == 1
        assert before == (
            f"ended after 60 minutes with only 3 faults and 2 kills of the {faults} and {kills} that were asked for"
        )
