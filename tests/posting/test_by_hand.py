"""What a person booked in Intacct is not posted a second time, and is compared with what they said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company


def book(company: Company, total: str = "100.10", days: int = 20, vendor: str = "E-1007", entity: str = "") -> str:
    """A bill that accounts payable entered by hand, at top level or in an entity; gives its RECORDNO."""
    day = (DAY - timedelta(days=days)).strftime("%m/%d/%Y")
    record = {
        "RECORDID": "BY HAND", "VENDORID": vendor, "CURRENCY": "USD", "TRX_TOTALENTERED": total, "WHENCREATED": day, "WHENPOSTED": day,
        "STATE": "Posted", "MEGAENTITYID": entity,
    }  # fmt: skip
    company.sandbox.load("intacct", "APBILL", [record])
    (found,) = [one for one in company.sandbox.state("intacct", "APBILL") if one["RECORDID"] == "BY HAND"]
    return str(found["RECORDNO"])


def findings(company: Company, day: date = DAY) -> list[str]:
    load_id, context = company.plan(day)
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    rows = company.sql(
        "SELECT text FROM ops.reconciliation_finding WHERE load_id = %s AND finding = 'booked_by_hand'", load_id
    )
    return [row["text"] for row in rows]


def test_what_was_booked_by_hand_waits_and_is_not_posted(company):
    report = company.report(1)
    record_no = book(company)
    assert company.sync() == {"held": 1}
    assert company.open_items() == {report: "held"}
    (item,) = company.sql("SELECT rule, reason FROM ledger.open_item")
    assert item["rule"] == "look_alike"
    assert f"APBILL record {record_no}" in item["reason"]
    company.decide(report, "booked_by_hand", record_no=record_no)
    assert company.sync() == {}
    assert len(company.sandbox.state("intacct", "APBILL")) == 1
    assert company.open_items() == {}
    assert findings(company) == []


@pytest.mark.parametrize("posted_in", ["top_level", "entity"])
@pytest.mark.parametrize("entity", ["", "100", "200"])
def test_it_is_found_wherever_it_was_booked(company, posted_in, entity):
    company.configure(posting_entity=posted_in)
    company.report(1)
    book(company, entity=entity)
    assert company.sync() == {"held": 1}


def test_what_only_looks_alike_is_released(company):
    report = company.report(1)
    book(company)
    company.sync()
    company.decide(report)
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize(
    "other",
    [{"total": "100.11"}, {"days": 90}, {"vendor": "SUP-9"}],
    ids=lambda value: next(iter(value)),
)
def test_what_is_not_alike_holds_nothing(company, other):
    company.report(1)
    book(company, **other)
    assert company.sync() == {"applied": 1}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({}, "is over 55.00 USD"),
        ({"vendor": "SUP-9", "total": "100.10"}, "is for SUP-9, not for E-1007"),
        (None, "does not show it"),
    ],
    ids=["total", "vendor", "nothing"],
)
def test_a_record_that_is_not_as_was_said_is_a_finding(company, named, said):
    report = company.report(1, {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"})
    company.sync()
    record_no = "987654" if named is None else book(company, **{"total": "55.00", **named})
    company.decide(report, "booked_by_hand", record_no=record_no)
    (text,) = findings(company)
    assert said in text


def test_one_record_may_stand_for_several_reports(company):
    first, second = (company.report(number, EmpGLD1Code="777") for number in (1, 2))
    company.sync()
    record_no = book(company, total="200.20")
    for report in (first, second):
        company.decide(report, "booked_by_hand", record_no=record_no)
    assert company.sync() == {}
    assert findings(company) == []


def test_the_next_run_of_any_date_checks_what_was_named_and_goes_on_following_it(company):
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    part, whole = company.report(1, wrong), company.report(2, wrong, InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    record_no = book(company, total="200.20")
    for report in (part, whole):
        company.decide(report, "booked_by_hand", record_no=record_no)
    other = DAY - timedelta(days=20)
    assert findings(company, other) == []
    company.sandbox.act("edit_bill", record=record_no, changes={"VENDORID": "SUP-9"})
    (text,) = findings(company, other)
    assert "it is for SUP-9, not for E-1007" in text
    company.sandbox.act("edit_bill", record=record_no, changes={"VENDORID": "E-1007", "STATE": "Reversed"})
    (text,) = findings(company, other)
    assert text.endswith("it was reversed.")
    # Taken back, it waits again and is named no more.
    company.decide(part, "retry")
    company.decide(whole, "retry")
    assert findings(company, other) == []
    assert set(company.open_items()) == {part, whole}


@pytest.mark.parametrize(
    ("entered", "said"), [("50.00", ["it is over 50.00 USD, and -50.00 USD were decided."]), ("-50.00", [])]
)
def test_a_credit_that_was_entered_as_a_debt_is_a_finding(company, entered, said):
    report = company.report(1, ("-50", "-50"))
    company.sync()
    assert company.held() == {report: {"negative_document"}}
    company.decide(report, "booked_by_hand", record_no=book(company, total=entered))
    assert [text.partition("): ")[2] for text in findings(company)] == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"CURRENCY": ""}, []), ({"CURRENCY": "CAD"}, ["is over"]), ({"STATE": "Declined"}, ["it was declined."])],
)
def test_a_record_of_a_company_of_one_currency_states_none_and_one_that_was_declined_is_none(company, changes, said):
    report = company.report(1, {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"})
    company.sync()
    record_no = book(company)
    company.decide(report, "booked_by_hand", record_no=record_no)
    company.sandbox.act("edit_bill", record=record_no, changes=changes)
    found = findings(company)
    assert len(found) == len(said)
    assert all(words in text for words, text in zip(said, found, strict=True))


def test_each_document_is_compared_with_what_is_near_its_own_day(company):
    """One charge is of long ago; what was entered near that day by hand says nothing about the other."""
    old = str(DAY - timedelta(days=110))
    company.report(
        1, ("30", "0"), {"Amount": "77", "ReimAmount": "0", "ExpenseDate": old, "PostingDate": old, "Vendor": "Old"}
    )
    near = (DAY - timedelta(days=80)).strftime("%m/%d/%Y")
    by_hand = {
        "RECORDID": "BY HAND", "FINANCIALENTITY": "CORP-VISA", "CURRENCY": "USD", "WHENCREATED": near, "STATE": "Posted",
    }  # fmt: skip
    company.sandbox.load("intacct", "CCTRANSACTION", [by_hand | {"TRX_TOTALENTERED": "30.00"}])
    assert company.sync() == {"applied": 1}
    assert len(company.card_transactions()) == 3


def changed(company: Company, report: str, **changes: str) -> None:
    company.sandbox.act("edit_report", report=report, line_changes=changes)


@pytest.mark.parametrize("decision", ["booked_by_hand", "not_ours"])
@pytest.mark.parametrize("way", ["release", "again"])
def test_what_a_person_took_out_and_is_another_by_now_is_not_posted_beside_it(company, decision, way):
    """The cure of what held it comes later than the person who could not wait for it."""
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    report = company.report(1, wrong, ("20", "0"))
    assert company.sync() == {"applied": 1}
    record_no = book(company) if decision == "booked_by_hand" else ""
    company.decide(report, decision, record_no=record_no)
    assert company.sync() == {}
    changed(company, report, ExpenseCategoryGLCode="6220", Amount="110.10", ReimAmount="110.10")
    by_hand = [one for one in company.posted() if one == "BY HAND"]
    assert company.sync() == {}
    assert company.held() == {report: {"changed_after_decision"}}
    (item,) = company.waiting(report, "changed_after_decision")
    assert ("as record " + record_no in item.reason) if record_no else ("not ours" in item.reason)
    assert balance(company) == {"held": "110.10", "in_gl": "20.00"}
    if way == "release":
        company.decide_one(item, "release")
        assert company.sync() == {"applied": 1}
        assert len([one for one in company.posted() if one.endswith("B")]) == 1
        assert balance(company) == {"in_gl": "130.10"}
    else:
        if record_no:
            company.sandbox.act("edit_bill", record=record_no, changes={"TRX_TOTALENTERED": "110.10"})
        company.decide_one(item, decision, record_no=record_no)
        assert company.sync() == {}
        assert findings(company) == []
        assert balance(company) == {decision: "110.10", "in_gl": "20.00"}
        assert [one for one in company.posted() if one.endswith("B")] == []
    assert [one for one in company.posted() if one == "BY HAND"] == by_hand
    assert company.open_items() == {}


@pytest.mark.parametrize(
    ("decision", "over", "standing"),
    [("booked_by_hand", "150.10", {"booked_by_hand": "150.10"}),
     ("not_ours", "40.00", {"booked_by_hand": "40.00", "not_ours": "110.10"})],
)  # fmt: skip
def test_the_newest_decision_about_a_line_counts_and_what_of_the_earlier_one_is_left_stays(
    company, decision, over, standing
):
    """The earlier one is not taken back: what of it is unchanged would be posted."""
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    report = company.report(1, wrong, ("40", "40"))
    company.sync()
    record_no = book(company, total="140.10")
    company.decide(report, "booked_by_hand", record_no=record_no)
    assert (company.sync(), findings(company)) == ({}, [])
    changed(company, report, ExpenseCategoryGLCode="6220", Amount="110.10", ReimAmount="110.10")
    assert company.sync() == {}
    (item,) = company.waiting(report, "changed_after_decision")
    assert item.total == Decimal("110.10")
    assert balance(company) == {"held": "110.10", "booked_by_hand": "40.00"}
    company.decide_one(item, decision, record_no=record_no if decision == "booked_by_hand" else "")
    (found,) = findings(company)
    assert "it is over 140.10 USD" in found
    company.sandbox.act("edit_bill", record=record_no, changes={"TRX_TOTALENTERED": over})
    assert (company.sync(), findings(company)) == ({}, [])
    assert balance(company) == standing
    assert [one for one in company.posted() if one.endswith("B")] == []
    assert company.open_items() == {}


def test_once_its_record_was_reversed_the_decision_is_taken_back_and_all_of_it_is_posted(company):
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    report = company.report(1, wrong, ("40", "40"))
    company.sync()
    record_no = book(company, total="140.10")
    company.decide(report, "booked_by_hand", record_no=record_no)
    changed(company, report, ExpenseCategoryGLCode="6220")
    company.sync()
    assert company.held() == {report: {"changed_after_decision"}}
    company.sandbox.act("edit_bill", record=record_no, changes={"STATE": "Reversed"})
    (earlier,) = [one for one in company.waiting(report) if one.state == "booked_by_hand"]
    company.decide_one(earlier, "retry")
    assert company.sync() == {"applied": 1}
    assert (company.held(), balance(company)) == ({}, {"in_gl": "140.10"})


def test_what_is_added_to_what_was_booked_by_hand_is_posted(company):
    wrong = {"Amount": "100.10", "ReimAmount": "100.10", "ExpenseCategoryGLCode": "9999"}
    report = company.report(1, wrong)
    company.sync()
    company.decide(report, "booked_by_hand", record_no=book(company))
    company.sandbox.load("certify", "expenses", [company._line(report, 2, ("7", "7"), DAY)])
    company.sandbox.act("edit_report", report=report, changes={"TotalAmount": "107.10", "ReimAmount": "107.10"})
    assert company.sync() == {"applied": 1}
    assert company.held() == {}
    assert balance(company) == {"booked_by_hand": "100.10", "in_gl": "7.00"}


def test_what_was_processed_again_after_it_was_booked_by_hand_as_a_whole_stays_so(company):
    """Nothing of it holds it any more, and the journal that accounts payable entered has neither its vendor nor its totals."""
    report = company.report(1, ("80", "80"), ("20", "0"), InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    assert company.held() == {report: {"self_approved"}}
    company.decide(report, "booked_by_hand", record_no="77")
    company.sandbox.act("edit_report", report=report, changes={"InitialApproverEmail": "m.chan@example.com"})
    assert company.sync() == {}
    assert company.posted() == [], "nothing that is posted is another"
    company.sandbox.act("edit_report", report=report, changes={"ProcessedDate": str(DAY + timedelta(days=1))})
    assert company.sync(DAY + timedelta(days=1)) == {}
    assert company.posted() == []
    assert company.held() == {}


def test_a_report_that_a_person_took_out_stays_so_when_it_is_processed_again_whatever_holds_it(company):
    report = company.report(1, ("80", "80"), ("20", "0"), InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    company.decide(report, "booked_by_hand", record_no="77")
    company.sandbox.act("edit_report", report=report, changes={"ProcessedDate": str(DAY + timedelta(days=1))})
    assert company.sync(DAY + timedelta(days=1)) == {}
    assert (company.posted(), company.open_items()) == ([], {})


def test_what_a_whole_report_was_decided_over_stays_that_when_a_line_is_added(company):
    report = company.report(1, ("100.10", "100.10"), InitialApproverEmail="a.ruiz@example.com")
    company.sync()
    company.decide(report, "booked_by_hand", record_no=book(company))
    company.sandbox.load("certify", "expenses", [company._line(report, 2, ("7", "7"), DAY)])
    header = {"TotalAmount": "107.10", "ReimAmount": "107.10", "InitialApproverEmail": "m.chan@example.com"}
    company.sandbox.act("edit_report", report=report, changes=header)
    assert (company.sync(), company.held(), findings(company)) == ({"applied": 1}, {}, [])
    stands = {bucket: Decimal(amount) for bucket, amount in balance(company).items()}
    assert stands == {"booked_by_hand": Decimal("100.10"), "in_gl": Decimal(7)}


def test_what_stood_before_a_report_was_booked_by_hand_as_a_whole_is_no_part_of_that(company):
    report = company.report(1, ("80", "80"))
    company.sync()
    company.sandbox.load("certify", "expenses", [company._line(report, 2, ("20", "20"), DAY)])
    header = {"TotalAmount": "100", "ReimAmount": "100", "InitialApproverEmail": "a.ruiz@example.com"}
    company.sandbox.act("edit_report", report=report, changes=header)
    assert (company.sync(), company.held()) == ({}, {report: {"self_approved"}})
    company.decide(report, "booked_by_hand", record_no=book(company, total="20.00"))
    assert (company.sync(), findings(company)) == ({}, [])
    assert balance(company) == {"booked_by_hand": "20", "in_gl": "80.00"}


@pytest.mark.parametrize("hold", ["document", "report"])
def test_what_stood_when_a_whole_report_was_decided_about_and_is_gone_since_is_asked_about(company, hold):
    company.configure(hold=hold)
    report = company.report(1, ("80", "80"))
    company.sync()
    (bill,) = company.sandbox.state("intacct", "APBILL")
    company.sandbox.load("certify", "expenses", [company._line(report, 2, ("20", "20"), DAY)])
    header = {"TotalAmount": "100", "ReimAmount": "100", "InitialApproverEmail": "a.ruiz@example.com"}
    company.sandbox.act("edit_report", report=report, changes=header)
    company.sync()
    company.decide(report, "not_ours")
    assert (company.sync(), company.open_items()) == ({}, {})
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    assert "reversed" in company.reconciled()[1]
    assert company.sync() == {}
    assert company.held() == {report: {"post_again", "self_approved"}}
    (item,) = company.waiting(report, "post_again")
    assert item.total == Decimal(80)
    company.decide_one(item, "release")
    company.sync()
    (item,) = company.waiting(report, "post_again")
    company.decide_one(item, "post_again")
    assert company.sync() == {"applied": 1}
    assert (company.open_items(), balance(company)) == ({}, {"not_ours": "20", "in_gl": "80.00"})


def balance(company: Company) -> dict[str, str]:
    """The buckets of the day, of a load that plans it once more and sends nothing."""
    load_id, context = company.plan()
    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(context)
    rows = company.sql(
        "SELECT bucket, sum(amount)::text AS amount FROM ops.reconciliation WHERE load_id = %s GROUP BY 1", load_id
    )
    return {row["bucket"]: row["amount"] for row in rows}
