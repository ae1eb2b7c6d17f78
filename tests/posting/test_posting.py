"""Reports become bills and card transactions, once."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.model.errors import ConnectorError, GuardTripped
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.rules.expenses import identity
from tests.expense_company import DAY, report_id


def token(number: int) -> str:
    return identity.token("sandbox", report_id(number))


def test_a_report_with_both_parts_is_posted_and_read_back(company):
    company.report(1, ("100.10", "100.10"), ("50.00", "20.00"))
    assert company.sync() == {"applied": 1}
    (bill,) = company.bills()[f"{token(1)}-1-001B"]
    assert (bill["VENDORID"], bill["DOCNUMBER"], Decimal(bill["TRX_TOTALENTERED"])) == (
        "E-1007",
        token(1),
        Decimal("120.10"),
    )
    assert bill["DESCRIPTION"].startswith("104001 ")
    assert [line["LOCATIONID"] for line in bill["APBILLITEMS"]] == ["100", "100"]
    (charge,) = company.card_transactions()[f"{token(1)}-1-002C"]
    assert (charge["FINANCIALENTITY"], Decimal(charge["TRX_TOTALENTERED"])) == ("CORP-VISA", Decimal("30.00"))
    assert company.states() == {"in_gl": 2}
    assert company.open_items() == {}


def test_a_period_processed_twice_posts_nothing_new(company):
    for number in range(1, 6):
        company.report(number)
    company.sync()
    before = company.posted()
    company.sandbox.clear_calls()
    assert company.sync() == {}
    assert company.posted() == before
    assert not any(figures["written"] for figures in company.sandbox.calls()["intacct"].values())


def test_a_preview_changes_nothing_anywhere(company):
    company.report(1)
    company.sandbox.clear_calls()
    load, run = company.plan(preview=True)
    with pytest.raises(GuardTripped, match="was opened as a preview"):
        company.load(load, run)
    assert company.posted() == []
    assert not any(figures["written"] for side in company.sandbox.calls().values() for figures in side.values())
    assert company.sql("SELECT 1 FROM ledger.document UNION ALL SELECT 1 FROM ledger.open_item") == []
    assert company.sql("SELECT number, total FROM plan.document") == [
        {"number": f"{token(1)}-1-001B", "total": Decimal("100.10")}
    ]


def test_a_faulty_line_quarantines_its_report_and_stops_no_other(company):
    bad = company.report(1, ("10.00", "10.00"), {"Amount": "5.005", "ReimAmount": "5.005"})
    company.report(2)
    assert company.sync(validate=True) == {"applied": 1}
    assert list(company.bills()) == [f"{token(2)}-1-001B"]
    assert company.open_items() == {bad: "quarantined"}


def test_a_held_report_is_posted_once_it_is_cured_wherever_its_date_lies(company):
    held = company.report(1, {"Amount": "10", "ReimAmount": "10", "ExpenseCategoryGLCode": "9999"})
    company.sync()
    assert company.held() == {held: {"account_unknown"}}
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "9999", "TITLE": "New", "STATUS": "active"}])
    assert company.sync(day=DAY - timedelta(days=20), refresh=True) == {"applied": 1}
    assert company.open_items() == {}


def test_a_closed_period_is_refused_learnt_and_posted_when_it_opens(company):
    company.report(1)
    company.report(2)
    load, run = company.plan()
    company.sandbox.act("close_period", date=str(DAY), entity="100", subledger="AP")
    assert company.load(load, run) == {"rejected": 2}
    assert company.states() == {"rejected": 2}
    # What was refused for its period is learnt, and the next plan says so before sending.
    company.sync()
    assert {rule for rules in company.held().values() for rule in rules} >= {"closed_period"}
    company.sandbox.act("open_period")
    # Nothing tells that it is open again, so what was learnt is believed for less than a day.
    company.sync()
    assert company.states() == {"rejected": 2}
    company.sql("UPDATE ledger.closed_date SET learnt_at = now() - interval '20 hours'")
    company.sync()
    assert company.states().get("in_gl", 0) >= 2
    assert {
        row["revision"] for row in company.sql("SELECT revision FROM ledger.document WHERE token = %s", token(1))
    } == {2}


def test_a_category_whose_own_row_cannot_be_read_holds_its_reports(company):
    """It may be marked personal: what decides and cannot be read holds."""
    company.sandbox.load(
        "certify",
        "expensecategories",
        [{"Name": "Gifts", "GLCode": "6300", "PersonalExpenses": "perhaps", "Active": 1}],
    )
    report = company.report(
        1, {"Amount": "10", "ReimAmount": "10", "ExpenseCategory": "Gifts", "ExpenseCategoryGLCode": "6300"}
    )
    company.report(2)
    assert company.sync(validate=True) == {"applied": 1}
    assert company.held() == {report: {"category_unknown"}}


def test_a_part_that_nobody_paid_is_counted_and_the_bill_goes(company):
    """A cap of 50 on a line of 60: the report was held, and with it what is owed."""
    capped = {"Amount": "60.00", "ReimAmount": "50.00", "PaymentCardName": "", "CCLast": "", "CCTransactionID": ""}
    report = company.report(1, capped, ("800.00", "800.00"))
    assert company.sync() == {"applied": 1}
    assert (company.held(), company.open_items()) == ({}, {})
    (bill,) = company.sandbox.state("intacct", "APBILL")
    assert Decimal(bill["TRX_TOTALENTERED"]) == 850
    for _ in range(2):
        (*_, last) = company.sql(
            "SELECT action, rule, reason FROM plan.change WHERE key = %s ORDER BY change_id", report
        )
        assert (last["action"], last["rule"]) == ("skip", "unpaid_part")
        assert "10.00 USD" in last["reason"]
        company.sync()
    assert len(company.posted()) == 1


def test_company_cards_that_are_none_of_ours_hold_no_bill(company):
    company.configure(company_paid={"target": "none"})
    mixed = company.report(1, ("60.00", "0"), ("800.00", "800.00"))
    company.report(2, ("60.00", "0"))
    assert company.sync() == {"applied": 1}
    assert (company.held(), company.open_items()) == ({}, {})
    assert [number[-1] for number in company.posted()] == ["B"]
    rows = company.sql("SELECT key FROM plan.change WHERE action = 'skip' AND rule = 'target_none'")
    assert {row["key"] for row in rows} == {mixed, report_id(2)}


def test_an_unknown_entity_code_and_a_wrong_vendor_are_held(company):
    company.report(1, EmpGLD1Code="777")
    company.report(2, {"Amount": "1", "ReimAmount": "1", "EmployeeID": "20000"}, EmployeeID="20000")
    company.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "20000", "NAME": "Paper Ltd", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    company.sync()
    assert company.held() == {report_id(1): {"entity_unknown"}, report_id(2): {"vendor_type", "vendor_is_someone_else"}}
    assert company.posted() == []


def test_changed_after_posting_is_held_with_the_difference(company):
    changed = company.report(1, ("10", "10"))
    company.sync()
    company.sandbox.act("reprocess", report=changed, amount="12.00", approval_code="new")
    company.sync()
    assert company.held() == {changed: {"changed_after_posting"}}
    (row,) = company.sql("SELECT reason FROM plan.change WHERE rule = 'changed_after_posting'")
    assert "'10'" in row["reason"]
    assert "'12'" in row["reason"]
    assert len(company.posted()) == 1


@pytest.mark.parametrize("code", ["same", "new"])
def test_reprocessed_without_a_change_posts_nothing(company, code):
    report = company.report(1)
    company.sync()
    company.sandbox.act("reprocess", report=report, approval_code=code)
    assert company.sync() == {}
    assert (company.held(), len(company.posted())) == ({}, 1)


def test_unprocessed_after_posting_is_an_alarm(company):
    gone = company.report(1)
    company.sync()
    company.sandbox.act("unprocess", report=gone)
    company.sync()
    assert company.open_items() == {gone: "alarm"}
    assert company.held() == {gone: {"unprocessed_after_posting"}}
    company.sandbox.act("process", report=gone, date=str(DAY), approval_code="104001")
    company.sync()
    assert company.open_items() == {}


def test_a_late_report_of_a_covered_date_is_found_and_an_uncovered_date_is_left_to_its_own_run(company, caplog):
    company.report(1)
    company.sync()
    late = company.report(2)
    other = company.report(3, day=DAY - timedelta(days=1))
    assert company.sync(day=DAY + timedelta(days=1)) == {"applied": 1}
    assert company.outcomes() == {late: "applied"}
    (command,) = backfill_commands("expense", [DAY - timedelta(days=1)], ZoneInfo("Europe/Berlin"))
    assert command in caplog.text
    assert company.sync(day=DAY - timedelta(days=1)) == {"applied": 1}
    assert company.outcomes() == {other: "applied"}


def test_reversed_in_intacct_waits_for_a_release_and_posts_under_a_new_number(company):
    report = company.report(1)
    company.sync()
    (record,) = company.bills()[f"{token(1)}-1-001B"]
    company.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
    company.reconcile()
    assert company.states() == {"reversed": 1}
    company.sync()
    assert company.held() == {report: {"post_again"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert f"{token(1)}-2-001B" in company.bills()


def test_receipts_are_attached_before_the_bill_and_late_ones_added(company):
    report = company.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1"}, ("5", "5"))
    company.receipt("x", "r-1")
    company.sync()
    (bill,) = company.bills()[f"{token(1)}-1-001B"]
    assert bill["SUPDOCID"] == token(1)
    company.sandbox.act("late_receipt", report=report)
    company.sync()
    (attachment,) = company.sandbox.state("intacct", "SUPDOC")
    assert len(attachment["ATTACHMENTS"]) == 2


@pytest.mark.parametrize(
    "settings", [{"replay_text": "Nope."}, {"replay_text": "Nope.", "replay_failed_burns": True}, {}]
)
@pytest.mark.parametrize("kind", ["drop_after_commit", "partial_commit", "http_500"])
def test_receipts_whose_answer_was_lost_are_attached_once_in_whatever_words_intacct_refuses(company, settings, kind):
    company.sandbox.settings(**settings)
    line = {"Amount": "10", "ReimAmount": "10"}
    company.report(1, line | {"ReceiptID": "r-1"}, line | {"ReceiptID": "r-2"})
    company.receipt("x", "r-1")
    company.receipt("y", "r-2")
    company.sandbox.fault(side="intacct", match="create_supdoc", kind=kind, times=2)
    for _ in range(3):
        with contextlib.suppress(ConnectorError):
            company.sync()
    assert company.states() == {"in_gl": 1}
    (attachment,) = company.sandbox.state("intacct", "SUPDOC")
    assert len(attachment["ATTACHMENTS"]) == 2


def test_a_bill_that_waits_for_approval_is_followed_until_it_is_in_the_ledger_of_intacct(company):
    company.sandbox.settings(ap_approval=True)
    company.report(1)
    company.sync()
    assert company.states() == {"accepted": 1}
    (record,) = company.bills()[f"{token(1)}-1-001B"]
    assert record["STATE"] == "Submitted"
    company.sandbox.act("approve", record=record["RECORDNO"])
    company.sync()
    assert company.states() == {"in_gl": 1}


def test_in_the_entitys_own_session_the_documents_are_private_to_it(company):
    company.configure(posting_entity="entity")
    company.report(1, ("10", "10"), ("20", "5"))
    assert company.sync() == {"applied": 1}
    (bill,) = company.bills()[f"{token(1)}-1-001B"]
    (charge,) = company.card_transactions()[f"{token(1)}-1-002C"]
    assert bill["MEGAENTITYID"] == charge["MEGAENTITYID"] == "100"
    assert company.sync() == {}
    assert company.states() == {"in_gl": 2}


def test_a_card_of_an_entity_posts_in_that_entitys_session(company):
    company.sandbox.load(
        "intacct", "CREDITCARD", [{"CARDID": "MC-100", "LIABACCTNO": "2050", "STATUS": "active", "MEGAENTITYID": "100"}]
    )  # fmt: skip
    company.configure(company_paid={"cards": [{"payment_card": "Mastercard 100", "card_id": "MC-100"}]})
    company.report(1, {"Amount": "20", "ReimAmount": "0", "PaymentCardName": "Mastercard 100"})
    assert company.sync() == {"applied": 1}
    (charge,) = company.card_transactions()[f"{token(1)}-1-001C"]
    assert (charge["FINANCIALENTITY"], charge["MEGAENTITYID"]) == ("MC-100", "100")


def test_a_second_deployment_refuses(company):
    from certify_intacct.model.errors import GuardTripped

    company.report(1)
    company.sync()
    company.sql("UPDATE ledger.company_fact SET value = '\"another\"' WHERE name = 'deployment'")
    company.report(2)
    with pytest.raises(GuardTripped, match="Another deployment"):
        company.sync()
    assert len(company.posted()) == 1


def test_reimbursed_between_plan_and_sending(company):
    paid = company.report(1)
    company.report(2)
    load, run = company.plan()
    company.sandbox.act("reimburse", report=paid)
    assert company.load(load, run) == {"applied": 1, "moved_on": 1}
    assert list(company.bills()) == [f"{token(2)}-1-001B"]


def test_live_posting_refuses_without_its_statements_and_for_another_company(company):
    from certify_intacct.model.errors import ConfigurationError, GuardTripped

    company.report(1)
    text = company.config.read_text()
    company.config.write_text(text.replace("intacct_company_id: SANDBOX", "intacct_company_id: OTHER"))
    with pytest.raises(GuardTripped, match="OTHER"):
        company.sync()
    company.config.write_text(text.replace("first_post_date: '2020-01-01'", "first_post_date:"))
    with pytest.raises(ConfigurationError, match="first_post_date"):
        company.sync()
    assert company.posted() == []


def test_a_report_that_a_failed_run_never_reached_is_found_again(company):
    """Planned, not sent, its day covered: no open item points to it, so the sweep must."""
    company.sync()
    late = company.report(1)
    company.plan(day=DAY + timedelta(days=1))
    assert company.outcomes() == {late: None}
    assert company.sync(day=DAY + timedelta(days=1)) == {"applied": 1}


def test_an_empty_sunday_is_legal(company):
    assert company.sync(day=DAY) == {}
    assert company.posted() == []
