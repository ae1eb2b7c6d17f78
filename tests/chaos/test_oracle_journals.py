"""The oracle reads GL journals from their lines, and sees each wrong of them as it does of the other kinds."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.wire import Attempt
from tests.chaos.test_oracle import (
    ANSWER,
    MARK,
    OTHERS,
    REPORT,
    bill,
    card,
    journal,
    judged,
    other,
    report,
    world,
    wrongs,
)

BOOKED = {"worlds": [world(company="GLBATCH")], "bills": [bill()]}


def line(number: int, **changes: Any) -> dict[str, Any]:
    """A journal of which one line is another one."""
    entries = journal()["ENTRIES"]
    entries[number] |= changes
    return journal(ENTRIES=entries)


def test_what_should_stand_stands():
    verdict = judged(**BOOKED, journals=[journal()])
    assert verdict.fine
    assert verdict.documents == {"APBILL": 1, "GLBATCH": 1}


def test_charges_share_a_journal_of_the_latest_day_and_a_refund_stands_on_the_other_side():
    both = report(TotalAmount="132.85", NonReimAmount="32.75")
    refund = {**both["Expenses"][1], "ID": "3", "Amount": "-7.25", "CCTransactionID": "T2", "PostingDate": "2026-03-05"}
    both["Expenses"].append(refund)
    turned = [{**one, "TRX_AMOUNT": "7.25", "TR_TYPE": str(-int(one["TR_TYPE"]))} for one in journal()["ENTRIES"]]
    entries = [*turned, *journal()["ENTRIES"]]
    assert judged(both, **BOOKED, journals=[journal(ENTRIES=entries, BATCH_DATE="03/05/2026")]).fine
    assert not judged(both, **BOOKED, journals=[journal(ENTRIES=entries)]).fine


def test_no_card_is_asked_for():
    without = report()
    without["Expenses"][1] |= {
        "PaymentCardName": "",
        "CCTransactionID": "",
        "PostingDate": "",
        "ExpenseDate": "2026-03-03",
    }
    assert judged(without, **BOOKED, journals=[journal()]).fine


@pytest.mark.parametrize(
    ("journals", "kind"),
    [
        ([], "lost"),
        ([journal(), journal(RECORDNO="10")], "posted_twice"),
        ([journal(), journal(RECORDNO="10", REFERENCENO=f"{MARK}-2-002J")], "posted_twice"),
        ([journal(BATCH_DATE="04/01/2026")], "wrong_period"),
    ],
)
def test_each_wrong_of_a_journal(journals, kind):
    assert wrongs(judged(**BOOKED, journals=journals)) == {kind: 1}


@pytest.mark.parametrize(
    "wrong",
    [
        line(0, TRX_AMOUNT="40.01"),
        line(0, TR_TYPE="-1"),
        line(0, DEPARTMENT="31"),
        line(1, LOCATION="200"),
        line(1, ACCOUNTNO="2000"),
        line(1, CURRENCY="EUR"),
        journal(JOURNAL="GJ"),
        journal(ENTRIES=journal()["ENTRIES"][:1]),
    ],
)
def test_another_journal_is_altered_and_the_right_one_lost(wrong):
    assert wrongs(judged(**BOOKED, journals=[wrong])) == {"altered": 1, "lost": 1}


def test_another_kind_than_the_company_chose():
    assert wrongs(judged(**BOOKED, cards=[card()])) == {"altered": 1, "lost": 1}
    assert wrongs(judged(bills=[bill()], journals=[journal()])) == {"altered": 1, "lost": 1}
    assert wrongs(judged(**BOOKED, journals=[journal()], cards=[card(RECORDNO="10")])) == {"altered": 1}


@pytest.mark.parametrize("counter", [{"STATE": "Reversal"}, {"REVERSEDFROM": "03/03/2026"}])
def test_what_intacct_made_when_it_was_reversed_is_none_of_ours(counter):
    reversed_ = {"touched": {("GLBATCH", "9"): journal()}, "noticed": [journal()["REFERENCENO"]]}
    pair = [journal(REVERSED="03/31/2026"), journal(RECORDNO="10", **counter)]
    assert judged(**BOOKED, journals=pair, **reversed_).fine
    assert wrongs(judged(**BOOKED, journals=[pair[0]], touched=reversed_["touched"])) == {"altered": 1}


def test_what_bills_leave_in_the_general_ledger_is_none_of_ours():
    trace = {"RECORDNO": "11", "JOURNAL": "APJ", "STATE": "Posted", "BATCH_DATE": "03/10/2026", "PRBATCHKEY": "1"}
    assert judged(**BOOKED, journals=[journal(), trace]).fine


def test_closed_books_of_the_general_ledger_hold_it_and_others_do_not():
    for book, held in (("GL", True), ("*", True), ("AP", False), ("CM", False)):
        closed = world(company="GLBATCH", closed={"100": {book: "03/09/2026"}})
        verdict = judged(worlds=[closed], bills=[bill()], waiting=[REPORT])
        assert verdict.fine is held, book


def test_the_offset_account_is_there_and_none_of_the_expenses():
    for changes in ({"STATUS": "inactive"}, {"ACCOUNTNO": "2051"}):
        books = world(company="GLBATCH")
        books.lists.accounts.pop("2050")
        if "STATUS" in changes:
            books.lists.accounts["2050"] = {"ACCOUNTNO": "2050", **changes}
        assert books.expected(report()).hold == "offset account"
    same = report()
    same["Expenses"][1]["ExpenseCategoryGLCode"] = "2050"
    assert world(company="GLBATCH").expected(same).hold == "expense on the offset account"


def test_a_lost_journal_is_decidable_where_another_journal_shows_that_look_ups_find_any():
    lost = Attempt(journal()["REFERENCENO"], "c", 0, at=0.0)
    common = {**BOOKED, "attempts": [lost], "refused": True, "runs": ((6.0, 7.0), (8.0, 9.0))}
    # A bill is no witness of journals.
    assert judged(**common, waiting=[REPORT], in_doubt=[REPORT]).undecidable == {REPORT}
    witness = [journal(RECORDNO="12", REFERENCENO=other()["RECORDID"].replace("B", "J"))]
    others = {name: [report(ReimAmount="0", TotalAmount="40.00", Expenses=report()["Expenses"][1:])] for name in OTHERS}
    assert judged(**common, journals=witness, others=others, waiting=[REPORT], in_doubt=[REPORT]).undecidable == set()


def test_an_answer_counts_for_a_journal_as_for_the_others():
    refused = Attempt(journal()["REFERENCENO"], "c", 0, answer=bytearray(ANSWER % b"failure"))
    assert wrongs(judged(**BOOKED, attempts=[refused])) == {"lost": 1}
