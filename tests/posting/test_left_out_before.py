"""What was left out by connector.yaml, or by its date, is not posted once that says otherwise: a person says whether it may be."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml

from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from tests.expense_company import DAY, Company, document_number
from tests.posting.test_what_if import ask, other

NEXT = DAY + timedelta(days=1)
EARLIER = DAY - timedelta(days=10)
CARDS = {"target": "credit_card_transaction"}
FEED = {"target": "none"}
LEFT_OUT, PROCESSED = {"left_out_before"}, {"processed_before"}


def boundary(company: Company, first: date, until: date | None = None) -> None:
    """Writes since when reports are ours, and until when the connector of before has posted."""
    text = yaml.safe_load(company.config.read_text(encoding="utf-8"))
    text["company"]["first_post_date"] = str(first)
    text["company"]["previous_connector"] = {"posted": "until", "until": str(until)} if until else {"posted": "nothing"}
    company.config.write_text(yaml.safe_dump(text), encoding="utf-8")


def fed(company: Company, *lines: Any) -> str:
    """A report whose charges reached Intacct by the bank's feed; its bill is posted, and staging is gone."""
    company.configure(company_paid=FEED)
    mine = company.report(1, *(lines or [("100", "100"), ("30", "0")]))
    assert company.sync() == {"applied": 1}
    company.sql("DELETE FROM staging.certify_expense; DELETE FROM staging.certify_expense_report")
    return mine


@pytest.mark.parametrize("way", ["released", "not ours", "booked by hand"])
def test_charges_of_the_feed_wait_when_they_would_be_posted_later_and_each_way_out_ends_it(company, way):
    mine = fed(company)
    company.configure(company_paid=CARDS)
    for preview in (True, False):
        load, _ = company.plan(preview=preview)
        assert company.held(load) == {mine: LEFT_OUT}
    (item,) = company.waiting(mine)
    assert (item.payer, item.total) == ("company", 30)
    assert "target_none" in item.reason
    if way == "released":
        company.decide(mine, reason="the feed was off")
        assert company.sync() == {"applied": 1}
        assert list(company.card_transactions()) == [document_number(1, 2, "C")]
    elif way == "not ours":
        company.decide(mine, "not_ours")
    else:
        company.sandbox.load("intacct", "CCTRANSACTION", [OF_THE_FEED])
        record = next(one["RECORDNO"] for one in company.sandbox.state("intacct", "CCTRANSACTION"))
        company.decide(mine, "booked_by_hand", record_no=str(record))
    company.sync()
    assert (company.held(), company.open_items()) == ({}, {})
    ours = [number for number in company.posted() if number.startswith("C")]
    assert len(ours) == (2 if way == "released" else 1)


OF_THE_FEED = {
    "RECORDID": "FEED-1", "FINANCIALENTITY": "CORP-VISA", "CURRENCY": "USD", "TRX_TOTALENTERED": "30.00",
    "WHENCREATED": f"{DAY:%m/%d/%Y}", "STATE": "Posted",
}  # fmt: skip


def test_a_plan_says_how_much_of_which_lines_is_left_out(company):
    fed(company, ("100", "100"), ("30", "0"), ("1.5", "0"))
    (row,) = company.sql("SELECT after FROM plan.change WHERE rule = 'target_none'")
    cards = [line["ID"] for line in company.sandbox.state("certify", "expenses") if Decimal(line["ReimAmount"]) == 0]
    assert row["after"] == {"payer": "company", "amount": "31.50", "expenses": sorted(cards)}


def test_a_changed_policy_works_for_what_is_new(company):
    fed(company)
    company.configure(company_paid=CARDS)
    new = company.report(2, ("40", "0"), day=NEXT)
    assert company.sync(NEXT) == {"applied": 1}
    assert company.outcomes() == {new: "applied"}
    assert (company.held(), company.open_items()) == ({}, {})


def test_an_open_report_that_is_planned_anew_waits_with_its_charges_alone(company):
    company.configure(company_paid=FEED)
    line = {"Amount": "10", "ReimAmount": "10", "EmployeeID": "E-4711"}
    mine = company.report(1, line, {"Amount": "30", "ReimAmount": "0", "EmployeeID": "E-4711"}, EmployeeID="E-4711")
    company.sync()
    company.configure(company_paid=CARDS)
    vendor = {"VENDORID": "E-4711", "NAME": "Ana Ruiz", "VENDTYPE": "Employee", "STATUS": "active"}
    company.sandbox.load("intacct", "VENDOR", [vendor])
    company.sync(NEXT, refresh=True)
    assert company.held() == {mine: LEFT_OUT}
    assert company.posted() == [document_number(1)]


AMEX = {"Amount": "7", "ReimAmount": "0", "PaymentCardName": "Corporate Amex", "CCLast": "1001"}


def test_only_the_lines_that_a_row_left_out_wait_when_it_is_gone(company):
    company.configure(company_paid={**CARDS, "overrides": [{"cards": ["Corporate Amex"], "target": "none"}]})
    mine = company.report(1, ("30", "0"), AMEX)
    assert company.sync() == {"applied": 1}
    company.configure(company_paid={**CARDS, "overrides": []})
    assert company.sync() == {}
    (item,) = company.waiting(mine)
    assert (item.rules, item.total) == (("left_out_before",), 7)


def test_what_a_plan_of_before_left_out_is_known_by_its_payer_and_what_waited_beside_it_is_not_that(company):
    """Earlier versions did not say which lines."""
    company.configure(company_paid={**CARDS, "overrides": [{"cards": ["Corporate Amex"], "target": "none"}]})
    fuel = {"Amount": "5", "ReimAmount": "0", "PaymentCardName": "Fuel Card", "CCLast": "2002"}
    mine = company.report(1, fuel, AMEX)
    company.sync()
    assert company.held() == {mine: {"card_unmapped"}}
    company.sql(
        "ALTER TABLE plan.change DISABLE TRIGGER USER; UPDATE plan.change SET after = after - 'expenses';"
        "ALTER TABLE plan.change ENABLE TRIGGER USER"
    )
    cards = [{"payment_card": name, "card_id": "CORP-VISA"} for name in ("Corporate Amex", "Fuel Card")]
    company.configure(company_paid={**CARDS, "overrides": [], "cards": cards})
    assert company.sync() == {"applied": 1}
    (item,) = company.waiting(mine)
    assert (item.rules, item.total) == (("left_out_before",), 7)


def test_what_was_posted_before_is_not_left_out_by_a_policy_of_now(company):
    mine = company.report(1, ("100", "100"), ("30", "0"))
    company.sync()
    company.configure(company_paid=FEED)
    company.sync()
    assert company.sql("SELECT rule FROM plan.change WHERE rule = 'target_none'") == []
    company.configure(company_paid=CARDS)
    company.sandbox.act("reverse", object="CCTRANSACTION", record=document_number(1, 2, "C"))
    company.reconcile()
    company.sync()
    assert company.held() == {mine: {"post_again"}}


def test_a_what_if_shows_what_becomes_of_it_and_says_that_it_would_wait(company):
    company.configure(company_paid=FEED)
    company.report(1, ("100", "100"), ("30", "0"))
    company.sync()
    found, _ = ask(company, other(company, company_paid=CARDS))
    assert [note for note in found.notes if "left_out_before" in note and note.startswith("Of 1 reports")]
    again, _ = ask(company, other(company, company_paid=FEED))
    assert not [note for note in again.notes if "left_out_before" in note]


@pytest.mark.parametrize("way", ["released", "not ours"])
@pytest.mark.parametrize("until", [EARLIER, None], ids=["the connector of before", "before it was ours"])
def test_what_was_processed_before_the_boundary_and_is_again_since_waits(company, until, way):
    boundary(company, EARLIER + timedelta(days=1), until)
    mine = company.report(1, ("100", "100"), ("30", "0"), day=EARLIER)
    assert company.sync(EARLIER) == {}
    assert company.open_items() == {}
    company.sandbox.act("reprocess", report=mine, date=str(DAY))
    company.report(2)
    assert company.sync() == {"applied": 1}
    assert company.held() == {mine: PROCESSED}
    waiting = company.waiting(mine)
    assert sorted(item.payer for item in waiting) == ["company", "employee"]
    assert all(f"Processed on {EARLIER}" in item.reason for item in waiting)
    company.decide(mine, "release" if way == "released" else "not_ours")
    assert company.sync() == ({"applied": 1} if way == "released" else {})
    assert company.open_items() == {}
    assert len(company.posted()) == (3 if way == "released" else 1)


def test_what_lay_before_the_boundary_waits_when_that_is_moved(company):
    boundary(company, NEXT, DAY)
    mine = company.report(1)
    company.sync()
    boundary(company, EARLIER)
    company.sync()
    assert company.held() == {mine: PROCESSED}
    company.decide(mine)
    assert company.sync() == {"applied": 1}


def test_a_month_beside_another_connector_tells_whose_a_report_is(company):
    """It is planned as if it were ours, and is not: what is processed again later is known by it."""
    mine = company.report(1, day=EARLIER)
    load, run = company.extract(EARLIER, preview=True)
    IntacctPlanOperator(task_id="plan", load_id=load, as_if_ours=True).execute(run)
    assert company.held() == {}
    boundary(company, DAY, EARLIER)
    company.sandbox.act("reprocess", report=mine, date=str(DAY))
    company.sync()
    assert company.held() == {mine: PROCESSED}
    load, run = company.extract(DAY, preview=True)
    IntacctPlanOperator(task_id="plan", load_id=load, as_if_ours=True).execute(run)
    assert company.held(load) == {}, "who asks what would be made of it is told that"


def test_what_a_sweep_lists_of_before_the_boundary_is_known_once_it_is_processed_again(company):
    """No run had its date, and nothing of it is planned or left to a run."""
    boundary(company, DAY)
    mine = company.report(1, day=EARLIER)
    company.plan(preview=True)
    assert company.sql("SELECT * FROM ledger.processed_before") == []
    for _ in range(2):
        assert company.sync() == {}
    (known,) = company.sql("SELECT report_id, processed_date FROM ledger.processed_before")
    assert known == {"report_id": mine, "processed_date": EARLIER}
    assert company.sql("SELECT key FROM plan.change") == []
    assert company.sql("SELECT DISTINCT headers FROM ops.sweep") == [{"headers": 0}]
    company.sandbox.act("reprocess", report=mine, date=str(DAY), amount="120.00")
    assert company.sync() == {}
    assert company.held() == {mine: PROCESSED}
    (item,) = company.waiting(mine)
    assert f"Processed on {EARLIER}, before company.first_post_date {DAY}" in item.reason
    company.decide(mine)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
