"""The oracle judges what lowers a debt: one for the part below zero, never a bill, never lines of both signs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.chaos.books import Books
from include.chaos.kinds import EMPLOYEE, kind_of_number
from include.chaos.oracle import Told, Verdict, judge_money
from include.chaos.oracle_recovery import Calendar, Memory
from include.chaos.wire import Attempt
from tests.chaos.test_oracle import MARK, REPORT, bill, report, world, wrongs

KIND = kind_of_number("A")


def credits_of(**changes: Any) -> Books:
    """The company of the oracle's tests, which has credits of employees adjusted."""
    plain = world(**changes)
    return Books(plain.lists, replace(plain.choices, credits={EMPLOYEE: KIND}))


def refund(*amounts: str) -> dict[str, Any]:
    """A report of what the employee gives back."""
    whole = report(TotalAmount=str(sum(map(int, amounts))), ReimAmount=str(sum(map(int, amounts))), NonReimAmount="0")
    first = whole["Expenses"][0]
    whole["Expenses"] = [
        {**first, "ID": str(place), "Amount": amount, "ReimAmount": amount} for place, amount in enumerate(amounts)
    ]
    return whole


def adjustment(recordno: str = "1", *, amount: str = "-10", **changes: Any) -> dict[str, Any]:
    """What should stand for it."""
    made = bill(recordno, RECORDID=f"{MARK}-1-001A", amount=amount)
    return {**made, "APADJUSTMENTITEMS": made.pop("APBILLITEMS"), **changes}


def judged(
    version: dict[str, Any], *, adjustments: Any = (), bills: Any = (), waiting: Any = None, **told: Any
) -> Verdict:
    """The verdict of one report."""
    about = Told(
        certify_company="chaos", versions={REPORT: [version]}, touched=told.pop("touched", {}), attempts=told.pop("attempts", ()),
        kills=(), memory=Memory(False), days={"2026-03-10"}, waiting=waiting or {}, calendar=Calendar((), late_seconds=4.0),
    )  # fmt: skip
    return judge_money([credits_of()], about, {"APADJUSTMENT": adjustments, "APBILL": bills})


def test_what_should_stand_stands():
    verdict = judged(refund("-10"), adjustments=[adjustment()])
    assert verdict.fine
    assert verdict.documents == {"APADJUSTMENT": 1}


@pytest.mark.parametrize(
    ("adjustments", "kind"),
    [
        ([], "lost"),
        ([adjustment(), adjustment("2")], "posted_twice"),
        ([adjustment(WHENPOSTED="04/01/2026")], "wrong_period"),
    ],
)
def test_each_wrong_of_it(adjustments, kind):
    assert wrongs(judged(refund("-10"), adjustments=adjustments)) == {kind: 1}


@pytest.mark.parametrize("wrong", [adjustment(amount="10"), adjustment(VENDORID="E2")])
def test_another_sign_or_vendor_is_altered_and_the_right_one_lost(wrong):
    assert wrongs(judged(refund("-10"), adjustments=[wrong])) == {"altered": 1, "lost": 1}


def test_never_a_bill_instead_of_it_nor_beside_it():
    negative = bill("2", amount="-10")
    assert wrongs(judged(refund("-10"), bills=[negative])) == {"altered": 1, "lost": 1}
    assert wrongs(judged(refund("-10"), adjustments=[adjustment()], bills=[negative])) == {"altered": 1}
    assert wrongs(judged(refund("10"), adjustments=[adjustment(amount="10")])) == {"altered": 1, "lost": 1}


def test_lines_of_both_signs_wait():
    assert judged(refund("-10", "3"), waiting={REPORT: "negative_document"}).fine
    assert wrongs(judged(refund("-10", "3"), adjustments=[adjustment(amount="-7")])) == {"altered": 1}


def test_it_waits_for_the_first_only_where_nobody_knows_how_that_one_stands():
    waiting = {REPORT: "first_credit"}
    other = adjustment("7", RECORDID="CBBBBBBBBBB-1-001A")
    assert wrongs(judged(refund("-10"), waiting=waiting)) == {"lost": 1}
    assert judged(refund("-10"), waiting=waiting, touched={("APADJUSTMENT", "7"): other}).wrongs["lost"] == []
    lost = Attempt(other["RECORDID"], "c", 0, at=0.0)
    assert judged(refund("-10"), waiting=waiting, attempts=[lost]).wrongs["lost"] == []
    assert wrongs(judged(refund("-10"), waiting={REPORT: "vendor_missing"}, attempts=[lost])) == {"lost": 1}
