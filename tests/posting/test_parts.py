"""Documents of one report are held, cured, decided about and posted again one by one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.rules.expenses import identity
from tests.expense_company import Company, report_id

OTHER_CARD = {"Amount": "20", "ReimAmount": "0", "PaymentCardName": "Mastercard 100"}
REFUND = {"Amount": "-20", "ReimAmount": "0", "PaymentCardName": "Corporate Visa"}


def token(number: int = 1) -> str:
    return identity.token("sandbox", report_id(number))


def buckets(company: Company) -> dict[str, Decimal]:
    rows = company.sql(
        "SELECT bucket, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = (SELECT max(load_id) FROM ops.load) GROUP BY 1"
    )
    return {row["bucket"]: row["amount"] for row in rows}


@pytest.fixture
def reconcile(company):
    """Plans the day once more, which sends nothing, and reconciles it."""

    def run() -> None:
        plan, context = company.plan()
        ReconcileOperator(task_id="reconcile", load_id=plan).execute(context)

    return run


def cure(company: Company, report: str, field: str, value: str, line: int = 2) -> None:
    """Corrects a field of a line in Certify, which leaves every other line as it is."""
    (expense,) = [
        one for one in company.sandbox.state("certify", "expenses")
        if one["ExpenseReportID"] == report and one["ID"].endswith(f"{line:06d}")
    ]  # fmt: skip
    company.sandbox.act("edit_report", report=report, line=expense["ID"], line_changes={field: value})


def test_a_refund_on_a_card_does_not_hold_what_is_owed_to_the_employee(company, reconcile):
    report = company.report(1, ("800", "800"), REFUND)
    assert company.sync() == {"applied": 1}
    assert company.posted() == [f"{token()}-1-001B"]
    assert company.held() == {report: {"negative_document"}}
    assert company.open_items() == {report: "held"}
    reconcile()
    assert buckets(company) == {"in_gl": Decimal(800), "held": Decimal(-20)}
    (bill,) = company.bills()[f"{token()}-1-001B"]
    company.decide(report, "booked_by_hand", record_no="99")
    assert company.sync() == {}
    assert company.open_items() == {}
    reconcile()
    assert buckets(company) == {"in_gl": Decimal(800), "booked_by_hand": Decimal(-20)}
    assert bill in company.bills()[f"{token()}-1-001B"]


def test_what_was_not_posted_is_cured_in_certify_though_the_rest_was(company):
    report = company.report(1, ("800", "800"), OTHER_CARD)
    assert company.sync() == {"applied": 1}
    assert company.held() == {report: {"card_unmapped"}}
    cure(company, report, "PaymentCardName", "Corporate Visa")
    assert company.sync() == {"applied": 1}
    assert company.posted() == [f"{token()}-1-001B", f"{token()}-1-002C"]
    assert company.open_items() == {}


def test_a_changed_line_of_what_was_posted_holds_all_that_is_left(company):
    report = company.report(1, ("800", "800"), OTHER_CARD)
    company.sync()
    cure(company, report, "PaymentCardName", "Corporate Visa")
    cure(company, report, "Reason", "somebody else's", line=1)
    assert company.sync() == {}
    assert company.held() == {report: {"changed_after_posting"}}
    company.decide(report, "accept_as_posted", reason="only the reason was corrected")
    assert company.sync() == {"applied": 1}
    assert company.posted() == [f"{token()}-1-001B", f"{token()}-1-002C"]
    assert company.open_items() == {}
    cure(company, report, "Reason", "changed once more", line=1)
    company.sync()
    assert company.held() == {report: {"changed_after_posting"}}, "a decision is for exactly what was seen"


def test_an_accepted_difference_is_counted_as_that(company, reconcile):
    report = company.report(1, ("800", "800"))
    company.sync()
    company.sandbox.act("reprocess", report=report, amount="790.00")
    company.sync()
    company.decide(report, "accept_as_posted", reason="paid already; the rest is settled with the next report")
    assert company.sync() == {}
    assert company.open_items() == {}
    reconcile()
    assert buckets(company) == {"in_gl": Decimal(800), "accepted_difference": Decimal(-10)}


def test_a_reversed_bill_is_posted_again_while_the_card_transaction_stands(company):
    report = company.report(1, ("800", "800"), ("20", "0"))
    assert company.sync() == {"applied": 1}
    (bill,) = company.bills()[f"{token()}-1-001B"]
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    company.reconcile()
    company.sync()
    assert company.held() == {report: {"post_again"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert f"{token()}-2-001B" in company.bills()
    assert list(company.card_transactions()) == [f"{token()}-1-002C"]
    assert company.open_items() == {}


def test_what_is_held_in_doubt_and_changed_since_is_planned_afresh_when_a_person_has_looked(company):
    """The way out for a document that nobody knows of and that may not be sent again as it was."""
    company.report(2)
    company.sync()
    report = company.report(1, ("800", "800"), ("20", "20"))
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    for _ in range(4):
        company.sync()
    assert company.held() == {report: {"held_document"}}
    company.sandbox.act("reprocess", report=report, remove_line=True)
    company.sync()
    assert company.held() == {report: {"held_document"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
    assert len(company.posted()) == 2
    assert company.states() == {"in_gl": 2, "rejected": 1}


def test_what_is_nobodys_business_is_taken_back_by_planning_it_afresh(company, reconcile):
    report = company.report(1, ("800", "800"), OTHER_CARD)
    company.sync()
    company.decide(report, "not_ours", reason="the card belongs to another company")
    assert company.sync() == {}
    assert company.open_items() == {}
    reconcile()
    assert buckets(company) == {"in_gl": Decimal(800), "not_ours": Decimal(20)}
    company.decide(report, reason="it is ours after all")
    assert company.sync() == {}
    assert company.held() == {report: {"card_unmapped"}}
    assert company.open_items() == {report: "held"}


@pytest.mark.parametrize("line", [OTHER_CARD, REFUND], ids=["card", "refund"])
def test_a_company_may_have_the_whole_report_wait(company, line):
    company.configure(hold="report")
    report = company.report(1, ("800", "800"), line)
    assert company.sync() == {}
    assert company.posted() == []
    assert company.open_items() == {report: "held"}


def test_what_the_company_paid_is_posted_though_the_employee_was_reimbursed_already(company):
    """Asked when it is planned and again when it is sent: a storm found that the second asked of the whole report, every day anew."""
    report = company.report(1, ("800", "800"), ("20", "0"), Reimbursed=True)
    assert company.sync() == {"applied": 1}
    assert list(company.card_transactions()) == [f"{token()}-1-002C"]
    assert company.held() == {report: {"already_reimbursed"}}


def test_a_fault_of_the_report_holds_all_of_it(company):
    report = company.report(1, ("800", "800"), ("20", "0"), EmpGLD1Code="777")
    assert company.sync() == {}
    assert company.held() == {report: {"entity_unknown"}}
    assert company.posted() == []


def test_what_an_earlier_version_held_waits_for_a_person_though_the_rules_of_now_would_post_it(company):
    company.configure(hold="report")
    report = company.report(1, ("800", "800"), OTHER_CARD)
    company.sync()
    company.sql(
        "INSERT INTO ledger.held_before (certify_company, report_id, source_hash, rule) "
        "SELECT certify_company, report_id, source_hash, rule FROM ledger.open_item"
    )
    company.configure(hold="document")
    assert company.sync() == {}
    assert company.held() == {report: {"card_unmapped", "rule_changed"}}
    (item,) = company.waiting(report, "rule_changed")
    company.decide_one(item, "release")
    assert company.sync() == {"applied": 1}
    assert company.posted() == [f"{token()}-1-001B"]
