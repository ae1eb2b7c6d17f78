"""A card charge that is handed in again in another report is posted once, and whoever waits for that is told."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.books import token
from include.chaos.oracle import Told, Verdict, judge_money
from include.chaos.oracle_recovery import Memory
from tests.chaos.test_oracle import REPORT, bill, card, journal, report, sent, world, wrongs

AGAIN = "00000000-0000-4000-8000-000000000009"
MARK = token("chaos", AGAIN)


def handed_in_again() -> dict[str, Any]:
    line = {**report()["Expenses"][1], "ID": "9"}
    return report(ID=AGAIN, TotalAmount="40.00", ReimAmount="0.00", NonReimAmount="40.00", Expenses=[line])


def second(number: str = "RECORDID", letter: str = "C", of: Any = card) -> dict[str, Any]:
    return {**of(), "RECORDNO": "19", number: f"{MARK}-1-001{letter}"}


def judged(
    documents: dict[str, list[Any]],
    waiting: tuple[str, ...] = (),
    *,
    attempts: Any = (),
    company: str = "CCTRANSACTION",
) -> Verdict:
    told = Told(
        certify_company="chaos", versions={REPORT: [report()], AGAIN: [handed_in_again()]}, touched={}, attempts=attempts, kills=(),
        memory=Memory(False), days={"2026-03-10"}, waiting=dict.fromkeys(waiting, ""), again={AGAIN: REPORT},
    )  # fmt: skip
    nothing: dict[str, list[Any]] = {"CCTRANSACTION": [], "GLBATCH": []}
    return judge_money([world(company=company)], told, {"APBILL": [bill()]} | nothing | documents)


@pytest.mark.parametrize(
    ("company", "first", "again"),
    [("CCTRANSACTION", card(), second()), ("GLBATCH", journal(), second("REFERENCENO", "J", journal))],
)
def test_a_charge_in_two_reports_is_posted_once(company, first, again):
    def found(documents: list[Any], *waiting: str) -> Verdict:
        return judged({company: documents}, waiting, company=company)

    assert found([first], AGAIN).fine
    assert found([again], REPORT).fine
    assert wrongs(found([first, again])) == {"posted_twice": 1}
    assert wrongs(found([first, again], AGAIN)) == {"posted_twice": 1}
    # Nobody is told that the second one waits; and it waits for nothing.
    assert wrongs(found([first])) == {"lost": 1}
    assert wrongs(found([], AGAIN)) == {"lost": 2}


def test_a_charge_that_may_be_posted_holds_the_other_one():
    lost = sent(number=f"{token('chaos', REPORT)}-1-002C")
    assert wrongs(judged({}, (AGAIN,), attempts=[lost])) == {}
