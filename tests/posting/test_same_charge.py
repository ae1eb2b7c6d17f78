"""A card charge is posted once, in whatever report it is handed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, Company, report_id

SPENT = DAY - timedelta(days=5)
CHARGE = {
    "Amount": "42.50", "ReimAmount": "0", "CCTransactionID": "T-88", "PaymentCardName": "Corporate Visa", "CCLast": "4821",
    "ExpenseDate": str(SPENT),
}  # fmt: skip
NO_ID = CHARGE | {"CCTransactionID": "", "Vendor": "Blue Cab"}
OWN_CARD = NO_ID | {"ReimAmount": "42.50", "PaymentCardName": "My own Visa", "CCLast": "0001"}


def number(report: int, document: str = "1-001C") -> str:
    return f"{identity.token('sandbox', report_id(report))}-{document}"


def reason(company: Company, report: str) -> str:
    (item,) = company.waiting(report, "same_charge")
    return item.reason


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CHARGE, CHARGE),
        # By its ID, whatever was made of the rest.
        (CHARGE, CHARGE | {"Vendor": "Other", "Amount": "40", "ExpenseDate": str(DAY)}),
        # Another name of the same card account.
        (CHARGE, CHARGE | {"PaymentCardName": "Company Visa card"}),
        # Without an ID, on either side or both, by what it looks like.
        (NO_ID, NO_ID | {"Vendor": " blue  CAB"}),
        (NO_ID, NO_ID | {"CCTransactionID": "T-88"}),
        (NO_ID | {"CCTransactionID": "T-88"}, NO_ID | {"CCTransactionID": "000"}),
        # The company paid it; now the employee wants it, too.
        (CHARGE, CHARGE | {"ReimAmount": "42.50"}),
        (OWN_CARD, OWN_CARD),
    ],
)
def test_a_charge_that_is_handed_in_again_is_held(company, first, second):
    cards = [
        {"payment_card": name, "last": "4821", "card_id": "CORP-VISA"}
        for name in ("Corporate Visa", "Company Visa card")
    ]
    company.configure(company_paid={"cards": cards})
    company.report(1, first)
    assert company.sync() == {"applied": 1}
    (posted,) = company.posted()
    again = company.report(2, second, day=DAY + timedelta(days=1))
    assert company.sync(DAY + timedelta(days=1)) == {}
    assert company.held() == {again: {"same_charge"}}
    assert posted in reason(company, again), "the other document is named"
    assert "104001" in reason(company, again), "and its report"
    (record,) = company.sql("SELECT record_no FROM ledger.document")
    assert f"record {record['record_no']}" in reason(company, again)
    assert company.posted() == [posted]


@pytest.mark.parametrize(
    "second",
    [
        CHARGE | {"CCTransactionID": "T-89"},
        CHARGE | {"PaymentCardName": "Corporate Amex", "CCLast": "1009"},
        NO_ID | {"Amount": "42.51"},
        NO_ID | {"Vendor": "Red Cab"},
        NO_ID | {"ExpenseDate": str(DAY - timedelta(days=6))},
        NO_ID | {"PaymentCardName": "", "CCLast": "", "ReimAmount": "42.50"},
    ],
)
def test_another_charge_is_posted(company, second):
    cards = [
        {"payment_card": "Corporate Visa", "last": "4821", "card_id": "CORP-VISA"},
        {"payment_card": "Corporate Amex", "last": "1009", "card_id": "CORP-AMEX"},
    ]
    company.configure(company_paid={"cards": cards})
    first = CHARGE if second.get("CCTransactionID") else NO_ID
    company.report(1, first)
    company.report(2, second)
    assert company.sync() == {"applied": 2}
    assert len(company.posted()) == 2


def test_the_cure_that_is_named_posts_the_rest_of_the_report(company):
    company.report(1, OWN_CARD)
    company.sync()
    again = company.report(2, OWN_CARD | {"Vendor": "Red Cab"}, OWN_CARD)
    assert company.sync() == {}
    assert company.held() == {again: {"same_charge"}}
    assert "take the line out" in cure(company).lower()
    company.sandbox.act("reprocess", report=again, remove_line=True)
    assert company.sync() == {"applied": 1}
    assert company.posted() == sorted([number(1, "1-001B"), number(2, "1-001B")])


def cure(company: Company) -> str:
    (row,) = company.sql("SELECT cure FROM plan.change WHERE rule = 'same_charge' ORDER BY change_id DESC LIMIT 1")
    return row["cure"]


def test_a_release_posts_it(company):
    company.report(1, CHARGE)
    company.sync()
    again = company.report(2, CHARGE)
    company.sync()
    assert "posts it" in company.decide(again, "release")[0]
    assert company.sync() == {"applied": 1}
    assert company.posted() == sorted([number(1), number(2)])
    assert company.sync() == {}, "and it is no matter any more"
    assert company.held() == {}


def test_of_two_in_one_run_the_first_is_posted(company):
    company.report(1, CHARGE)
    again = company.report(2, CHARGE, ("10", "10"))
    assert company.sync() == {"applied": 2}
    assert company.posted() == sorted([number(1), number(2, "1-001B")]), "the bill of the second does not wait"
    assert number(1) in reason(company, again)


def test_when_the_first_is_reversed_the_second_is_posted(company):
    company.report(1, CHARGE)
    company.sync()
    again = company.report(2, CHARGE)
    company.sync()
    (charge,) = company.card_transactions()[number(1)]
    company.sandbox.act("reverse", object="CCTRANSACTION", record=charge["RECORDNO"])
    company.reconcile()
    assert company.sync() == {"applied": 1}
    assert number(2) in company.card_transactions()
    assert company.held().get(again) is None


def test_itemised_lines_of_one_charge_and_equal_lines_of_one_report_are_posted_and_named(company):
    report = company.report(1, CHARGE, CHARGE, NO_ID, NO_ID)
    company.sync()
    assert len(company.posted()) == 3
    (change,) = company.sql("SELECT after FROM plan.change WHERE key = %s AND action = 'post'", report)
    assert change["after"]["notes"] == [
        "2 lines are alike: 42.50 USD for Hotel at 'Hotel <Ünïon> & Co' on " + f"{SPENT}.",
        "2 lines are alike: 42.50 USD for Hotel at 'Blue Cab' on " + f"{SPENT}.",
    ]


def test_two_runs_at_once_send_it_once(company):
    """Each has planned before the other one claimed."""
    company.report(1, CHARGE)
    other = company.report(2, CHARGE, day=DAY + timedelta(days=1))
    first, second = company.plan(), company.plan(DAY + timedelta(days=1))
    assert company.load(*first) == {"applied": 1}
    assert company.load(*second) == {"held": 1}
    assert company.posted() == [number(1)]
    assert number(1) in reason(company, other)
    company.sync(DAY + timedelta(days=1))
    assert company.held() == {other: {"same_charge"}}


def reconcile(company: Company) -> dict[str, Any]:
    plan, context = company.plan()
    return ReconcileOperator(task_id="reconcile", load_id=plan).execute(context)


def test_what_is_there_twice_already_is_a_finding_until_a_person_decides(company):
    """Posted by a version that did not compare: the ledger has both."""
    first = company.report(1, CHARGE)
    second = company.report(2, CHARGE | {"CCTransactionID": "T-89"})
    company.sync()
    company.sql("ALTER TABLE ledger.document DISABLE TRIGGER USER")
    company.sql(
        "UPDATE ledger.document SET charges = (SELECT charges FROM ledger.document WHERE number = %s)", number(1)
    )
    company.sql("ALTER TABLE ledger.document ENABLE TRIGGER USER")
    assert reconcile(company)["same_charge"] == 2
    assert company.open_items() == {first: "alarm", second: "alarm"}
    company.sync()
    assert company.held() == {first: {"same_charge"}, second: {"same_charge"}}
    assert "stays as it is" in company.decide(second)[0]
    company.sync()
    assert (company.held(), company.open_items()) == ({}, {}), "one decision is about both"
    assert reconcile(company)["holds"]


def test_what_is_there_twice_and_is_reversed_is_no_finding(company):
    company.report(1, CHARGE)
    second = company.report(2, CHARGE | {"CCTransactionID": "T-89"})
    company.sync()
    company.sql("ALTER TABLE ledger.document DISABLE TRIGGER USER")
    company.sql(
        "UPDATE ledger.document SET charges = (SELECT charges FROM ledger.document WHERE number = %s)", number(1)
    )
    company.sql("ALTER TABLE ledger.document ENABLE TRIGGER USER")
    reconcile(company)
    (charge,) = company.card_transactions()[number(2)]
    company.sandbox.act("reverse", object="CCTRANSACTION", record=charge["RECORDNO"])
    company.reconcile()
    company.sync()
    assert company.held() == {second: {"post_again"}}
    company.decide(second, "not_ours", reason="it was handed in twice")
    company.sync()
    assert (company.held(), company.open_items()) == ({}, {})
    assert "same_charge" not in reconcile(company)


@pytest.mark.parametrize("decision", ["booked_by_hand", "not_ours"])
def test_a_charge_that_somebody_booked_by_hand_is_held_in_another_report(company, decision):
    """What was booked is over more than the charge: nothing there looks like it."""
    company.configure(company_paid={"target": "hold"})
    first = company.report(1, CHARGE, CHARGE | {"CCTransactionID": "T-89"})
    company.sync()
    company.decide(first, decision, record_no="99" if decision == "booked_by_hand" else "")
    company.configure()
    again = company.report(2, CHARGE, day=DAY + timedelta(days=1))
    if decision == "not_ours":
        assert company.sync(DAY + timedelta(days=1), refresh=True) == {"applied": 1}
        return
    assert company.sync(DAY + timedelta(days=1), refresh=True) == {}
    assert company.held() == {again: {"same_charge"}}
    assert f"report {first} (booked by hand, record 99)" in reason(company, again)
    company.decide(again)
    assert company.sync(DAY + timedelta(days=1)) == {"applied": 1}
