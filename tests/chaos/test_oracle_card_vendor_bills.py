"""The oracle tells the two kinds of bills apart by their numbers, and sees each wrong of a bill of a card's vendor."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.wire import Attempt
from tests.chaos.test_oracle import MARK, OTHERS, REPORT, bill, card, journal, judged, other, report, world, wrongs

BOOKED = {"worlds": [world(company="card_vendor_bill")]}


def billed(recordno: str = "9", **changes: Any) -> dict[str, Any]:
    """The charge as a bill of its card's vendor."""
    plain = {"RECORDID": f"{MARK}-1-002V", "VENDORID": "20003", "WHENPOSTED": "03/03/2026", "amount": "40.00"}
    return bill(recordno, **{**plain, **changes})


def test_what_should_stand_stands():
    verdict = judged(**BOOKED, bills=[bill(), billed()])
    assert verdict.fine
    assert verdict.documents == {"APBILL": 2}


def two(**changes: Any) -> dict[str, Any]:
    """The report with another charge of 2.50."""
    both = report(TotalAmount="142.60", NonReimAmount="42.50")
    charge = {**both["Expenses"][1], "ID": "3", "Amount": "2.50", "CCTransactionID": "T2", **changes}
    both["Expenses"].append(charge)
    return both


@pytest.mark.parametrize(
    ("changes", "others"),
    [
        # The Visa's statement closes on the twelfth.
        ({"PostingDate": "2026-03-13"}, [{"WHENPOSTED": "03/13/2026"}]),
        ({"PaymentCardName": "Corporate Amex"}, [{"VENDORID": "20004"}]),
        ({"PostingDate": "2026-03-12"}, []),
        ({"PostingDate": "", "ExpenseDate": "2026-03-12"}, []),
    ],
)
def test_what_is_on_one_statement_of_one_card_shares_a_bill(changes, others):
    apart = [billed(), *(billed("10", RECORDID=f"{MARK}-1-003V", **one, amount="2.50") for one in others)]
    latest = max("03/03/2026", "/".join((*(changes.get("PostingDate") or "2026-03-03").split("-")[1:], "2026")))
    together = billed(WHENPOSTED=latest)
    together["APBILLITEMS"].append({**together["APBILLITEMS"][0], "TRX_AMOUNT": "2.50"})
    assert judged(two(**changes), **BOOKED, bills=[bill(), *apart]).fine is bool(others)
    assert judged(two(**changes), **BOOKED, bills=[bill(), together]).fine is not others


@pytest.mark.parametrize(
    ("bills", "kind"),
    [
        ([], "lost"),
        ([billed(), billed("10")], "posted_twice"),
        ([billed(), billed("10", RECORDID=f"{MARK}-2-002V")], "posted_twice"),
        ([billed(WHENPOSTED="04/01/2026")], "wrong_period"),
    ],
)
def test_each_wrong_of_it(bills, kind):
    assert wrongs(judged(**BOOKED, bills=[bill(), *bills])) == {kind: 1}


@pytest.mark.parametrize(
    "wrong",
    [
        billed(amount="40.01"),
        billed(VENDORID="20004"),
        # It says of itself that an employee is paid.
        billed(RECORDID=f"{MARK}-1-002B"),
    ],
)
def test_another_bill_is_altered_and_the_right_one_lost(wrong):
    assert wrongs(judged(**BOOKED, bills=[bill(), wrong])) == {"altered": 1, "lost": 1}


def test_never_beside_a_card_transaction_or_a_journal():
    assert wrongs(judged(**BOOKED, bills=[bill(), billed()], cards=[card(RECORDNO="10")])) == {"altered": 1}
    assert wrongs(judged(**BOOKED, bills=[bill(), billed()], journals=[journal(RECORDNO="10")])) == {"altered": 1}
    assert wrongs(judged(bills=[bill(), billed()])) == {"altered": 1, "lost": 1}


@pytest.mark.parametrize(
    "changes",
    [{"VENDTYPE": "Employee"}, {"STATUS": "inactive"}, {"ONHOLD": "true"}, {"MEGAENTITYID": "100"}, {"VENDORID": "x"}],
)
def test_a_vendor_that_may_not_be_billed_holds_it_and_not_the_employees_bill(changes):
    books = world(company="card_vendor_bill")
    vendor = {**books.lists.vendors.pop("20003"), **changes}
    books.lists.vendors[vendor["VENDORID"]] = vendor
    assert judged(worlds=[books], bills=[bill()], waiting=[REPORT]).fine
    assert wrongs(judged(worlds=[books], bills=[bill(), billed()], waiting=[REPORT])) == {"altered": 1}


def test_a_card_of_no_vendor_and_a_charge_without_a_day_wait():
    for changes in ({"PaymentCardName": "Petty Cash Card"}, {"PostingDate": "", "ExpenseDate": ""}):
        (posting,) = world(company="card_vendor_bill").expected(two(**changes)).postings[1:]
        assert (posting.total, posting.letter) == (40, "V")


def test_closed_payables_hold_it_and_closed_cards_do_not():
    for book, held in (("AP", True), ("GL", True), ("*", True), ("CM", False)):
        closed = world(company="card_vendor_bill", closed={"100": {book: "03/09/2026"}})
        assert judged(worlds=[closed], bills=[bill()], waiting=[REPORT]).fine is held, book


def test_a_bill_of_the_other_kind_shows_that_look_ups_find_any():
    lost = Attempt(billed()["RECORDID"], "c", 0, at=0.0)
    common = {
        **BOOKED,
        "attempts": [lost],
        "refused": True,
        "runs": ((6.0, 7.0), (8.0, 9.0)),
        "waiting": [REPORT],
        "in_doubt": [REPORT],
    }
    assert judged(**common).undecidable == {REPORT}
    assert judged(**common, bills=[bill(), other()], others=OTHERS).undecidable == set()
