"""Whatever clerks do to what the ledger has: it is listed, says what to do, and doing that ends it. Found by ``tests/walks``."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from certify_intacct.posting.sender import DocumentSender
from certify_intacct.staging.report_timeline import report_timeline
from certify_intacct.timeline.now import what_to_do
from tests.expense_company import DAY, Company, document_number

#: A day without reports: runs of later days do not read those of an earlier one by its date.
LATER = DAY + timedelta(days=1)


def record(company: Company, report: int, sequence: int = 1) -> dict[str, str]:
    (bill,) = company.bills()[document_number(report, sequence=sequence)]
    return {"object": "APBILL", "record": bill["RECORDNO"]}


def rules(company: Company, report: str) -> list[str]:
    """By which rules it waits, whether or not that can be decided about."""
    rows = company.sql("SELECT rule FROM ledger.open_item WHERE report_id = %s", report)
    return sorted({rule for row in rows for rule in row["rule"].split(", ") if rule})


def printed(company: Company, report: str) -> str:
    with company.loader() as connection:
        timeline = report_timeline(connection, report)
    assert timeline is not None
    return " ".join(what_to_do(timeline))


class Died(BaseException):
    """The worker is gone."""


def dies_before_sending(company: Company) -> None:
    """The worker dies between claim and send."""

    def dies(*_: object) -> None:
        raise Died

    plan = company.plan()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DocumentSender, "_patiently", dies)
        with pytest.raises(Died):
            company.load(*plan)


def never_found(company: Company) -> str:
    """A report whose document was claimed, never sent and so never found, beside one that is posted."""
    company.report(2)
    company.sync()
    report = company.report(1)
    dies_before_sending(company)
    for _ in range(2):
        company.sync(LATER)
    return report


@pytest.mark.parametrize("deed", ["reverse", "delete"])
def test_what_is_gone_from_intacct_is_listed_and_asked_about_by_the_next_run_of_any_date(company, deed):
    company.report(2)
    company.sandbox.settings(ap_approval=True)
    report = company.report(1)
    company.sync()
    company.sandbox.act(deed, **record(company, 1))
    company.sync(LATER)
    assert company.open_items() == {report: "found"}
    company.sync(LATER)
    assert rules(company, report) == ["post_again"]
    company.decide(report)
    company.sync(LATER)
    assert document_number(1, sequence=2) in company.bills()
    assert company.open_items() == {}


def test_a_report_is_not_finished_because_one_of_its_documents_was_posted_again(company):
    report = company.report(1, ("80", "80"), ("20", "0"))
    company.report(2, ("5", "0"))
    company.sync()
    company.sandbox.act("reverse", **record(company, 1))
    company.reconcile()
    company.sync(LATER)
    company.decide(report)
    company.sync(LATER)
    assert printed(company, report) == "Nothing: it is finished."
    company.sql(
        "UPDATE ledger.document SET state = 'altered' WHERE kind = 'credit_card_transaction' AND report_id = %s", report
    )
    assert printed(company, report) == "Compare it with Intacct, and correct it there."


def test_what_people_were_told_to_reverse_is_noticed_by_the_next_run_of_any_date(company):
    report = company.report(1)
    company.sync()
    company.sandbox.act("reprocess", report=report, amount="90.00")
    company.sync(LATER)
    assert rules(company, report) == ["changed_after_posting"]
    company.sandbox.act("reverse", **record(company, 1))
    company.sync(LATER)
    company.sync(LATER)
    assert rules(company, report) == ["post_again"]


def test_an_alarm_ends_when_its_document_was_reversed_as_it_says(company):
    report = company.report(1)
    company.sync()
    company.sandbox.act("unprocess", report=report)
    company.sync(LATER)
    assert rules(company, report) == ["unprocessed_after_posting"]
    company.sandbox.act("reverse", **record(company, 1))
    for _ in range(2):
        company.sync(LATER)
    assert rules(company, report) == ["unprocessed"]
    company.sandbox.act("process", report=report, date=str(DAY))
    company.sync(LATER)
    assert rules(company, report) == ["post_again"], "and it is read again when it is processed again"


def test_an_alarm_is_accepted_where_what_stands_is_right(company):
    report = company.report(1, ("80", "80"), ("20", "0"))
    company.sync()
    company.sandbox.act("unprocess", report=report)
    company.sync(LATER)
    assert len(company.waiting(report)) == 2, "each document is a case of its own"
    company.decide(report, reason="paid already; Certify keeps no more of it")
    for _ in range(2):
        company.sync(LATER)
        assert rules(company, report) == ["unprocessed"]
    company.sandbox.act("process", report=report, date=str(DAY))
    company.sync(LATER)
    assert (company.open_items(), len(company.posted())) == ({}, 2)


def test_what_waits_of_a_report_that_was_unprocessed_says_so_and_goes_on_when_it_is_processed_again(company):
    report = company.report(1, {"Amount": "20", "ReimAmount": "0", "PaymentCardName": "Mastercard 100"})
    company.sync()
    assert rules(company, report) == ["card_unmapped"]
    company.sandbox.act("unprocess", report=report)
    company.sync(LATER)
    assert rules(company, report) == ["unprocessed"]
    assert "not processed" in printed(company, report)
    company.sandbox.act("edit_report", report=report, line_changes={"PaymentCardName": "Corporate Visa"})
    company.sandbox.act("process", report=report, date=str(DAY))
    assert company.sync(LATER) == {"applied": 1}
    assert company.open_items() == {}


def test_to_unprocess_what_is_gone_ends_it_as_it_says(company):
    company.report(2)
    report = company.report(1)
    company.sync()
    company.sandbox.act("delete", **record(company, 1))
    company.reconcile()
    company.sync(LATER)
    assert "unprocess the report in Certify" in printed(company, report)
    company.sandbox.act("unprocess", report=report)
    company.sync(LATER)
    assert rules(company, report) == ["unprocessed"]


def test_a_worker_dies_between_claim_and_send_and_a_line_is_disapproved(company):
    company.report(2)
    company.sync()
    report = company.report(1, ("80", "80"), ("20", "20"))
    dies_before_sending(company)
    company.sandbox.act("disapprove_line", report=report)
    for _ in range(2):
        company.sync(LATER)
    assert rules(company, report) == ["held_document"]
    assert "plan it afresh" in printed(company, report)
    company.decide(report)
    assert company.sync(LATER) == {"applied": 1}
    assert (company.open_items(), len(company.posted())) == ({}, 2)


@pytest.mark.parametrize("decision", ["retry", "not_ours"])
def test_a_worker_dies_between_claim_and_send_and_the_report_is_unprocessed(company, decision):
    company.report(2)
    company.sync()
    report = company.report(1)
    dies_before_sending(company)
    company.sandbox.act("unprocess", report=report)
    for _ in range(2):
        company.sync(LATER)
    assert rules(company, report) == ["held_document"]
    company.decide(report, decision)
    company.sync(LATER)
    assert company.states() == {"in_gl": 1, "rejected": 1}
    company.sync(LATER)
    assert rules(company, report) in ([], ["unprocessed"])
    company.sandbox.act("process", report=report, date=str(DAY))
    company.sync(LATER)
    assert len(company.posted()) == (2 if decision == "retry" else 1)


@pytest.mark.parametrize("decision", ["booked_by_hand", "not_ours"])
def test_what_was_held_in_doubt_and_is_taken_out_counts_as_that(company, decision):
    report = never_found(company)
    company.decide(report, decision, record_no="99" if decision == "booked_by_hand" else "")
    company.sync(LATER)
    assert company.states() == {"in_gl": 1, "rejected": 1}
    assert company.reconciled()[0] == {"in_gl": Decimal("100.10"), decision: Decimal("100.10")}


def test_what_was_given_up_and_turns_up_after_all_is_a_finding(company):
    report = never_found(company)
    company.decide(report, "not_ours")
    company.sync(LATER)
    bill = {
        "RECORDID": document_number(1), "DOCNUMBER": document_number(1)[:11], "VENDORID": "E-1007", "CURRENCY": "USD",
        "TRX_TOTALENTERED": "100.10", "STATE": "Posted",
        "APBILLITEMS": [{"ACCOUNTNO": "6220", "LOCATIONID": "100", "TRX_AMOUNT": "100.10"}],
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [bill])
    assert "orphan" in company.reconciled()[1]


def test_a_declined_bill_is_listed_until_it_is_submitted_again_or_deleted(company):
    company.report(2)
    company.sandbox.settings(ap_approval=True)
    report = company.report(1)
    company.sync()
    company.sandbox.act("decline", record=record(company, 1)["record"])
    company.sync(LATER)
    for _ in range(2):
        company.sync(LATER)
        assert rules(company, report) == ["declined"]
    assert "submit it again" in printed(company, report)
    company.sandbox.act("edit_document", **record(company, 1), changes={"STATE": "Submitted"})
    for _ in range(2):
        company.sync(LATER)
    assert company.open_items() == {}
    company.sandbox.act("decline", record=record(company, 1)["record"])
    for _ in range(2):
        company.sync(LATER)
    company.sandbox.act("delete", **record(company, 1))
    for _ in range(2):
        company.sync(LATER)
    assert rules(company, report) == ["post_again"]


def test_the_first_document_of_a_company_in_doubt_is_a_persons_when_nothing_can_prove_its_absence(company):
    report = company.report(1)
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    for _ in range(3):
        company.sync()
    assert rules(company, report) == ["held_document"]
    assert "no other document" in company.waiting(report)[0].reason
    company.decide(report)
    assert company.sync(LATER) == {"applied": 1}
    assert (company.open_items(), len(company.posted())) == ({}, 1)


def test_somebody_has_our_number_and_no_decision_is_offered_that_would_change_nothing(company):
    report = company.report(1)
    taken = {
        "RECORDID": document_number(1), "VENDORID": "E-1007", "CURRENCY": "USD", "TRX_TOTALENTERED": "5.55", "STATE": "Posted",
        "APBILLITEMS": [{"ACCOUNTNO": "6220", "LOCATIONID": "100", "TRX_AMOUNT": "5.55"}],
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [taken])
    company.sync()
    assert rules(company, report) == ["number_taken"]
    assert "plan it afresh" not in printed(company, report)
    assert "another number" in printed(company, report)
    company.sandbox.act("edit_document", **record(company, 1), changes={"RECORDID": "INV-1"})
    assert company.sync(LATER) == {"applied": 1}
    assert company.open_items() == {}


@pytest.mark.parametrize("decision", ["post_again", "not_ours"])
def test_what_is_gone_is_a_finding_until_its_lines_are_settled_whatever_number_they_have_by_then(company, decision):
    company.report(2)
    report = company.report(1, ("80", "80"), ("20", "20"))
    company.sync()
    company.sandbox.act("reverse", **record(company, 1))
    company.sandbox.act("reprocess", report=report, remove_line=True)
    company.reconcile()
    assert "reversed" in company.reconciled()[1]
    for _ in range(2):
        company.sync(LATER)
    company.decide(report, decision)
    company.sync(LATER)
    assert document_number(1, ordinal=2) in company.bills() or decision == "not_ours"
    assert company.reconciled()[1] == set()


def test_a_document_of_ours_that_somebody_renumbered_is_no_orphan(company):
    company.report(1)
    company.sync()
    company.sandbox.act("edit_document", **record(company, 1), changes={"RECORDID": "INV-7"})
    assert "orphan" not in company.reconciled()[1]


def test_what_a_person_booked_while_it_was_in_doubt_is_not_sent_again(company):
    """The report as a whole waits by what does not change its document, and the document would be sent again by itself."""
    company.replays_are_refused()
    company.report(2)
    company.sync()
    report = company.report(1)
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_before", times=1)
    company.sync()
    assert company.open_items() == {report: "in_doubt"}
    company.sandbox.act("edit_report", report=report, changes={"InitialApproverEmail": "a.ruiz@example.com"})
    company.plan()
    (item,) = company.waiting(report, "self_approved")
    company.decide_one(item, "booked_by_hand", record_no="77")
    for _ in range(3):
        company.sync(LATER)
    assert (document_number(1) in company.bills(), company.open_items()) == (False, {})
    assert company.states() == {"in_gl": 1, "rejected": 1}


def test_what_waits_of_a_document_waits_on_while_its_report_cannot_be_read(company):
    report = never_found(company)
    company.sandbox.act("edit_report", report=report, line_changes={"Amount": "5.005", "ReimAmount": "5.005"})
    company.sync(LATER, validate=True)
    assert rules(company, report) == ["held_document", "quarantined"]
    (item,) = company.waiting(report, "held_document")
    company.decide_one(item, "retry")
    company.sandbox.act("edit_report", report=report, line_changes={"Amount": "5.00", "ReimAmount": "5.00"})
    for _ in range(2):
        company.sync(LATER, validate=True)
    assert (company.open_items(), company.states()) == ({}, {"in_gl": 2})
