"""What was claimed and never left: the worker was killed between the ledger's note that it sends a document and the sending."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.oracle import Told, Verdict, judge_money
from include.chaos.oracle_recovery import Calendar, InDoubt, Memory
from include.chaos.wire import Attempt
from tests.chaos.test_oracle import ANSWER, MARK, OTHERS, REPORT, SENT, bill, card, other, report, world, wrongs

REFUSED = Memory(refused=True)
SECOND = f"{MARK}-1-003C"


def judged(
    attempts: list[tuple[float, bytes]],
    claims: list[float],
    kills: list[float],
    memory: Memory,
    *,
    number: str = SENT,
    given_up: float | None = 1090.0,
    version: Any = None,
    bills: Any = (),
    cards: Any = (),
    further: Any = (),
) -> Verdict:
    """A document that was sent at some moments and claimed at others, is not there, and that the connector lists as held."""
    tried = [Attempt(number, "c", 0, at=at, answered_at=at, answer=bytearray(answer)) for at, answer in attempts]
    told = Told(
        certify_company="chaos", versions={REPORT: [version or report()], **OTHERS}, touched={}, attempts=[*tried, *further],
        kills=kills, memory=memory, days={"2026-03-10"}, waiting={REPORT: "held_document"},
        in_doubt={REPORT: {number: InDoubt(claims[0], given_up, tuple(claims))}}, calendar=Calendar((), late_seconds=4.0),
    )  # fmt: skip
    held = [card()] if number == SENT else []
    documents = {"APBILL": [other(), *bills], "CCTRANSACTION": [*held, *cards], "GLBATCH": []}
    return judge_money([world()], told, documents)


@pytest.mark.parametrize("memory", [Memory(refused=False), REFUSED])
def test_a_claim_without_a_send_is_held_and_not_lost(memory):
    """Whoever was killed three times between claim and send has as little left as one whose answers were lost three times."""
    claims = [1000.0] if memory is not REFUSED else [1000.0, 1010.0, 1020.0]
    verdict = judged([], claims, [claim + 0.1 for claim in claims], memory)
    assert wrongs(verdict) == {}
    assert verdict.fine
    assert verdict.in_doubt == {REPORT}


def test_a_claim_without_a_send_counts_as_a_send_whose_answer_was_lost():
    lost = [(1000.1, b""), (1024.1, b"")]
    claims = [1000.0, 1012.0, 1024.0]
    assert judged(lost, claims, [1012.1], REFUSED).fine
    # Nobody was killed then, so nothing explains it: the connector gave up although it could have sent again.
    assert wrongs(judged(lost, claims, [1900.0], REFUSED)) == {"lost": 1}
    # Two are too few to give up.
    assert wrongs(judged(lost[:1], claims[:2], [1012.1], REFUSED)) == {"lost": 1}


def test_a_claim_after_a_refusal_that_was_read_is_in_doubt():
    """The next revision of a refused document was claimed; its worker was killed before it sent anything."""
    refused = [(1000.1, ANSWER % b"failure")]
    assert judged(refused, [1060.0], [1060.1], Memory(refused=False)).fine
    assert wrongs(judged(refused, [1060.0], [1900.0], Memory(refused=False))) == {"lost": 1}


def test_a_claim_without_a_send_beside_a_document_of_its_kind_that_was_refused():
    """Two charges of one report: Intacct refused the first, the second was claimed and never left."""
    two = report(TotalAmount="180.10", NonReimAmount="80.00")
    two["Expenses"].append({**two["Expenses"][1], "ID": "3", "CCTransactionID": "T2"})
    first = Attempt(f"{MARK}-1-002C", "d", 0, frozenset({"d"}), at=900.0, answered_at=900.0)
    first.answer += (ANSWER % b"failure").replace(b">c<", b">d<")
    told = judged(
        [], [1000.0], [1000.1], Memory(refused=False), number=SECOND, version=two, bills=[bill()], further=[first]
    )
    assert wrongs(told) == {}
    assert told.undecidable == {REPORT}


def test_what_was_coded_anew_while_it_was_in_doubt_is_held():
    """The connector reads the lines again before it sends anything, so it does not send what is no longer said."""
    anew = report()
    anew["Expenses"][0] |= {"Reason": "another one"}
    told = Told(
        certify_company="chaos", versions={REPORT: [report(), anew], **OTHERS}, touched={}, kills=[], memory=REFUSED,
        attempts=[Attempt(SENT, "c", 0, at=1000.1)], days={"2026-03-10"}, waiting={REPORT: "held_document"},
        in_doubt={REPORT: {SENT: InDoubt(1000.0, 1010.0, (1000.0,))}}, calendar=Calendar((), late_seconds=4.0),
    )  # fmt: skip
    documents = {"APBILL": [other()], "CCTRANSACTION": [card()], "GLBATCH": []}
    assert judge_money([world()], told, documents).fine
    told.versions = {REPORT: [report()], **OTHERS}
    assert wrongs(judge_money([world()], told, documents)) == {"lost": 1}
