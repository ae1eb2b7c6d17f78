"""`make chaos`: its last line and its exit status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.chaos.__main__ import Tally, finish
from include.chaos.oracle import Verdict
from include.chaos.round import Result


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
        "wrongly_deactivated": 0, "in_doubt": 1, "undecidable": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong", ["posted_twice", "lost", "altered", "wrong_period", "users_twice", "wrongly_deactivated"]
)
def test_a_wrong_is_exit_status_1(wrong, capsys):
    tally = Tally(7)
    tally.add(result(**{wrong: ["something"]}))
    status, line, before = ended(tally, capsys)
    assert (status, line[wrong], before) == (1, 1, "bad rounds: 1")


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
