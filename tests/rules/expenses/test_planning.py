"""What becomes of one report: its documents and the reasons against them, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.references import CardAccount, Vendor
from certify_intacct.model.report_plans import ReportPlan
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, entity, line, plan_report, report

CONFIGURATION = configuration()


def plan(*lines, header=None, references=REFERENCES, config=CONFIGURATION, **more) -> ReportPlan:
    return plan_report(report(*lines, **(header or {})), lines, references, config, today=TODAY, **more)


def rules(planned: ReportPlan) -> set[str]:
    assert not (planned.holds and planned.documents), "a report that is held has no documents"
    return {hold.rule for hold in planned.all_holds}


def test_an_ordinary_report_becomes_one_bill():
    (bill,) = plan(line("a", "100.10"), line("b", "50.00")).documents
    assert bill.kind is DocumentKind.AP_BILL
    assert (bill.payee_id, bill.total, bill.currency, bill.entity) == ("E-1007", Decimal("150.10"), "USD", "100")
    assert (bill.posting_date, bill.due_date, bill.session_entity) == (date(2026, 3, 7), date(2026, 4, 6), "")
    assert bill.description == "104233 Denver trip Ana Ruiz"
    assert [(item.account, item.department_id, item.location_id) for item in bill.lines] == [("6220", "30", "100")] * 2
    assert bill.exchange_rate_type == ""
    assert bill.token in bill.number
    assert len(bill.number) <= 20


def test_a_partly_reimbursable_line_is_divided():
    partly = line(
        "a",
        "100.00",
        "60.00",
        card_name="Corp Visa",
        card_last="4821",
        card_transaction_id="T-1",
        posting_date=date(2026, 2, 27),
    )
    bill, charge = plan(partly).documents
    assert (bill.total, charge.total) == (Decimal("60.00"), Decimal("40.00"))
    assert (charge.kind, charge.payee_id, charge.posting_date) == (
        DocumentKind.CREDIT_CARD_TRANSACTION,
        "CORP-VISA",
        date(2026, 2, 27),
    )
    assert bill.expense_ids == charge.expense_ids == {"a"}


def test_each_card_charge_is_its_own_transaction_with_its_itemised_lines_together():
    charges = plan(
        card_line("a", "70", "T-1"),
        card_line("b", "30", "T-1"),
        card_line("c", "5", "T-2"),
        card_line("d", "6"),
        card_line("e", "7"),
    )
    assert sorted(document.total for document in charges.documents) == [
        Decimal(5),
        Decimal(6),
        Decimal(7),
        Decimal(100),
    ]
    assert len({document.number for document in charges.documents}) == 4


@pytest.mark.parametrize("charge", ["", "0", "000", " "])
def test_lines_without_a_charge_id_are_charges_of_their_own(charge):
    """A zero, or a blank, in place of an ID says of no two lines that they are one charge."""
    assert len(plan(card_line("a", "70", charge), card_line("b", "30", charge)).documents) == 2
    assert len(plan(card_line("a", "70", "10"), card_line("b", "30", "10")).documents) == 1


def test_two_entities_become_two_bills():
    config = configuration(
        dimensions={"entity": {"certify": "report_gld/2", "map": {"US": "100"}}},
        currencies={"exchange_rate_type": "Daily"},
    )
    first, second = plan(
        line("a", "1", report_gld_codes={2: "US"}), line("b", "2", report_gld_codes={2: "200"}), config=config
    ).documents
    assert (first.entity, first.exchange_rate_type) == ("100", "")
    assert (second.entity, second.base_currency, second.exchange_rate_type, second.exchange_rate_date) == (
        "200", "EUR", "Daily", date(2026, 3, 7),
    )  # fmt: skip


def test_in_the_entitys_own_session_when_configured():
    (bill,) = plan(line("a", "1"), config=configuration(posting_entity="entity")).documents
    assert bill.session_entity == "100"


def test_a_card_of_an_entity_posts_only_there():
    amex = {"card_name": "US Amex", "card_last": "1"}
    (charge,) = plan(card_line("a", "1", **amex)).documents
    assert (charge.payee_id, charge.session_entity) == ("US-AMEX", "100")
    elsewhere = plan(card_line("a", "1", **amex), header={"employee_gld_codes": {1: "200"}})
    assert rules(elsewhere) == {"card_of_other_entity"}


@pytest.mark.parametrize(
    ("lines", "header", "rule"),
    [
        ([line("a", "10.005")], {}, "third_decimal"),
        ([line("a", "10", reimbursable=False)], {}, "reimbursable_contradiction"),
        ([line("a", "10", "11")], {}, "more_than_the_amount"),
        ([line("a", "10", "-1")], {}, "more_than_the_amount"),
        ([line("a", "10", currency="EUR")], {}, "currencies_differ"),
        ([line("a", "10")], {"total_amount": Decimal("10.01")}, "totals_differ"),
        ([line("a", "10")], {"reim_amount": Decimal(9), "non_reim_amount": Decimal(1)}, "totals_differ"),
        ([line("a", "10")], {"total_amount": None}, "amount_missing"),
        ([replace(line("a", "10"), amount=None)], {"total_amount": Decimal(10)}, "amount_missing"),
        ([line("a", "-10")], {}, "negative_document"),
        ([card_line("a", "-10", "T-1"), line("b", "50")], {}, "negative_document"),
        ([line("a", "10", category_gl_code="")], {}, "category_unmapped"),
        ([line("a", "10", category_gl_code="1")], {}, "account_unknown"),
        ([line("a", "10", category_gl_code="6999")], {}, "account_inactive"),
        ([line("a", "10", category_gl_code="6400")], {}, "dimension_required"),
        ([line("a", "10", department_code="")], {}, "department_missing"),
        ([line("a", "10", department_code="39")], {}, "department_unknown"),
        ([line("a", "10", category="Gift for myself")], {}, "personal"),
        ([line("a", "10", category="Cash from the desk")], {}, "cash_advance"),
        ([line("a", "10"), line("a", "10")], {}, "line_twice"),
        ([line("a", "10", employee_id="E-1")], {}, "employee_ids_differ"),
        ([line("a", "10", vat_amount=Decimal("1.50"))], {}, "tax"),
        ([card_line("a", "10", card_name="")], {}, "card_missing"),
        ([card_line("a", "10", card_last="0000")], {}, "card_unmapped"),
        ([line("a", "10")], {"employee_gld_codes": {}}, "entity_missing"),
        ([line("a", "10")], {"employee_gld_codes": {1: "777"}}, "entity_unknown"),
        ([line("a", "10")], {"employee_gld_codes": {1: "900"}}, "entity_inactive"),
        ([line("a", "10")], {"employee_gld_codes": {1: "200"}}, "currency"),
        ([line("a", "10")], {"processed_date": date(2026, 3, 11)}, "future_processed_date"),
        ([line("a", "10")], {"processed_date": None}, "processed_date_missing"),
        ([card_line("a", "10", posting_date=date(2062, 2, 27))], {}, "future_date"),
        ([line("a", "10")], {"reimbursed": True}, "already_reimbursed"),
        ([line("a", "10")], {"reimbursement_transaction_id": "Manual Pay"}, "already_reimbursed"),
        ([line("a", "10")], {"initial_approver_email": "A.Ruiz@example.com"}, "self_approved"),
        ([line("a", "10")], {"employee_id": ""}, "employee_id_missing"),
        ([line("a", "10", employee_id="e-1007")], {"employee_id": "e-1007"}, "vendor_missing"),
        ([line("a", "10", employee_id="E-1007 ")], {"employee_id": "E-1007 "}, "vendor_missing"),
        ([line("a", "10", email="x@example.com")], {"first_name": "Bo"}, "vendor_is_someone_else"),
        ([line("a", "30000")], {}, "above_limit"),
    ],
)
def test_held(lines, header, rule):
    planned = plan(*lines, header=header, config=configuration(limits={"document_amount": "25000"}))
    assert rule in rules(planned)
    assert all(hold.reason and hold.cure for hold in planned.all_holds)


def test_one_bad_line_holds_its_own_document():
    planned = plan(line("a", "10"), card_line("b", "5", "T-1", category_gl_code="nowhere"))
    assert rules(planned) == {"account_unknown"}
    assert [document.expense_ids for document in planned.documents] == [{"a"}]
    planned = plan(line("a", "10"), line("b", "5", category_gl_code="nowhere"))
    assert planned.documents == (), "a document is never shortened"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"vendor_type": "Supplier"}, "vendor_type"),
        ({"vendor_type": ""}, "vendor_type"),
        ({"active": False}, "vendor_inactive"),
        ({"on_hold": True}, "vendor_on_hold"),
        ({"entity": "100"}, "vendor_of_entity"),
    ],
)
def test_a_vendor_that_may_not_be_paid(changes, rule):
    vendor = replace(REFERENCES.vendors["E-1007"], **changes)
    assert rules(plan(line("a", "10"), references=replace(REFERENCES, vendors={"E-1007": vendor}))) == {rule}


@pytest.mark.parametrize("name", ["Ruiz, Ana", "ana ruiz", "Ruiz Ana"])
def test_a_vendor_agrees_by_name_when_the_mail_differs(name):
    vendor = Vendor(vendor_id="E-1007", record_no="71", name=name, email="old@example.com", vendor_type="Employee")
    assert plan(line("a", "10"), references=replace(REFERENCES, vendors={"E-1007": vendor})).documents


def test_an_employee_id_of_two_users_and_a_changed_link():
    assert rules(plan(line("a", "1"), references=replace(REFERENCES, employee_id_uses={"E-1007": 2}))) == {
        "employee_id_not_unique"
    }
    assert rules(plan(line("a", "1"), references=replace(REFERENCES, links={("VENDOR", "E-1007"): "70"}))) == {
        "vendor_link_changed"
    }
    assert plan(line("a", "1"), references=replace(REFERENCES, links={("VENDOR", "E-1007"): "71"})).documents


def test_a_link_is_released_for_the_record_that_was_asked_about_and_for_no_other():
    moved = replace(REFERENCES, links={("VENDOR", "E-1007"): "70"})
    for released, posted in (("71", True), ("72", False)):
        known = replace(moved, released_links=frozenset({("VENDOR", "E-1007", released)}))
        assert bool(plan(line("a", "1"), references=known).documents) is posted


def test_a_release_counts_only_for_what_is_releasable():
    header = {"reimbursed": True}
    both = {"already_reimbursed", "third_decimal"}
    held = plan(line("a", "1"), header=header)
    (part,) = held.parts
    for decided_about in (held.source_hash, part.content_hash):
        released = plan(line("a", "1"), header=header, released={decided_about: both})
        assert released.documents
        assert released.parts[0].released == ("already_reimbursed",)
    wrong = plan(line("a", "1.001"), header=header)
    assert rules(plan(line("a", "1.001"), header=header, released={wrong.source_hash: both})) == {"third_decimal"}


def test_a_company_paid_report_needs_no_vendor_and_no_reimbursement():
    planned = plan(card_line("a", "1", "T-1"), references=replace(REFERENCES, vendors={}), header={"reimbursed": True})
    assert [document.kind for document in planned.documents] == [DocumentKind.CREDIT_CARD_TRANSACTION]


def test_negative_lines_post_within_a_positive_total_and_zero_is_counted():
    (bill,) = plan(line("a", "10"), line("b", "-3"), line("c", "0")).documents
    assert [item.amount for item in bill.lines] == [Decimal(10), Decimal(-3)]
    nothing = plan(line("a", "5"), line("b", "-5"))
    assert (nothing.documents, {skip.rule for skip in nothing.skips}) == ((), {"zero_document"})
    assert {skip.rule for skip in plan(line("c", "0")).skips} == {"zero_line", "zero_report"}


@pytest.mark.parametrize(
    "other",
    [{"department_code": "31"}, {"category_gl_code": "6300"}],
    ids=["another department", "another account"],
)
def test_a_document_of_zero_whose_lines_book_something_is_posted(other):
    (bill,) = plan(line("a", "500"), line("b", "-500", **other)).documents
    assert (bill.total, [item.amount for item in bill.lines]) == (Decimal(0), [Decimal(500), Decimal(-500)])
    charge = {"posting_date": date(2026, 2, 27)}
    (card,) = plan(card_line("a", "500", "T-1", **charge), card_line("b", "-500", "T-1", **charge, **other)).documents
    assert (card.kind, card.total) == (DocumentKind.CREDIT_CARD_TRANSACTION, Decimal(0))


def test_lines_that_cancel_out_need_no_vendor_and_lines_that_cannot_be_coded_wait():
    planned = plan(line("a", "5"), line("b", "-5"), references=replace(REFERENCES, vendors={}))
    assert (planned.all_holds, [(skip.rule, skip.payer) for skip in planned.skips]) == (
        (),
        [("zero_document", "employee")],
    )
    assert rules(plan(line("a", "5"), line("b", "-5", category_gl_code="7777"))) == {"account_unknown"}


def test_what_is_billed_on_and_taxed_differently_does_not_cancel_out():
    uk = {"mode": "map", "vat_detail": "UK standard", "zero_detail": "UK zero", "solution": "UK - VAT"}
    taxed = configuration(tax={"default": uk})
    (bill,) = plan(line("a", "5", vat_amount=Decimal(1)), line("b", "-5"), config=taxed).documents
    assert [(entry.detail_id, entry.amount) for item in bill.lines for entry in item.tax] == [
        ("UK standard", Decimal(1)),
        ("UK zero", Decimal(0)),
    ]
    same = plan(line("a", "5", vat_amount=Decimal(1)), line("b", "-5", vat_amount=Decimal(-1)), config=taxed)
    assert {skip.rule for skip in same.skips} == {"zero_document"}


def test_disapproved_lines_are_no_part_of_the_report():
    planned = plan(line("a", "10"), line("b", "99", status="Disapproved"))
    assert planned.documents[0].expense_ids == {"a"}
    assert {skip.rule for skip in planned.skips} == {"disapproved"}


@pytest.mark.parametrize(
    ("header", "company", "rule"),
    [
        ({"processed": False}, {}, "unprocessed"),
        ({"processed_date": date(2025, 12, 31)}, {}, "before_first_post_date"),
        ({}, {"previous_connector": {"posted": "until", "until": "2026-03-07"}}, "previous_connector"),
    ],
)
def test_what_is_not_ours_is_skipped_by_name(header, company, rule):
    planned = plan(line("a", "10"), header=header, config=configuration(company))
    assert ([skip.rule for skip in planned.skips], planned.documents, planned.all_holds) == ([rule], (), ())


def test_closed_periods():
    known = {"closed_through": {"100": {"AP": "2026-03-07"}}}
    assert rules(plan(line("a", "10"), config=configuration(closed_periods=known))) == {"closed_period"}
    policy = configuration(closed_periods={"policy": "next_open_day", **known})
    (bill,) = plan(line("a", "10"), config=policy).documents
    assert (bill.posting_date, bill.intended_date) == (date(2026, 3, 8), date(2026, 3, 7))
    # Another subledger of the same entity may be open.
    charge = card_line("a", "10", "T-1", posting_date=date(2026, 3, 7))
    assert plan(charge, config=policy).documents[0].intended_date is None


@pytest.mark.parametrize(
    ("due", "term", "expected"),
    [
        ({"rule": "days_after", "days": 5}, "N30", (date(2026, 3, 12), "")),
        ({"rule": "term", "term": "N30"}, "", (date(2026, 4, 6), "N30")),
        ({"rule": "vendor_term"}, "N30", (date(2026, 4, 6), "N30")),
    ],
)
def test_due_date_or_term(due, term, expected):
    vendor = replace(REFERENCES.vendors["E-1007"], term=term)
    config = configuration(employee_paid={"due": due})
    (bill,) = plan(line("a", "10"), references=replace(REFERENCES, vendors={"E-1007": vendor}), config=config).documents
    assert (bill.due_date, bill.term) == expected


@pytest.mark.parametrize(
    "due", [{"rule": "vendor_term"}, {"rule": "term", "term": "EOM"}], ids=["the vendor's", "the company's"]
)
def test_a_term_whose_due_date_nobody_can_tell_is_held(due):
    """A bill needs its due date, also beside a term: one of months, or one that Intacct does not have, says none."""
    vendor = replace(REFERENCES.vendors["E-1007"], term="EOM")
    references = replace(REFERENCES, vendors={"E-1007": vendor})
    planned = plan(line("a", "10"), references=references, config=configuration(employee_paid={"due": due}))
    assert rules(planned) == {"term_due_date"}
    assert "'EOM'" in planned.all_holds[0].reason


@pytest.mark.parametrize("days", [3_000_000, 10**9])
def test_a_term_that_ends_after_all_dates_holds_its_report_alone(days):
    config = configuration(employee_paid={"due": {"rule": "vendor_term"}})
    planned = plan(line("a", "10"), references=replace(REFERENCES, term_days={"N30": days}), config=config)
    assert rules(planned) == {"term_due_date"}
    assert f"{days} days" in planned.all_holds[0].reason


def test_a_vendor_without_a_term_is_held_when_the_term_decides():
    vendor = replace(REFERENCES.vendors["E-1007"], term="")
    config = configuration(employee_paid={"due": {"rule": "vendor_term"}})
    assert rules(plan(line("a", "10"), references=replace(REFERENCES, vendors={"E-1007": vendor}), config=config)) == {
        "term_missing"
    }


def test_tax_by_policy():
    taxed = line("a", "12.00", vat_amount=Decimal("2.00"))
    (gross,) = plan(taxed, config=configuration(tax={"default": {"mode": "gross"}})).documents
    assert [(item.amount, item.tax) for item in gross.lines] == [(Decimal(12), ())]
    uk = {"entities": {"100": {"mode": "map", "vat_detail": "UK standard", "solution": "UK - VAT"}}}
    (mapped,) = plan(taxed, config=configuration(tax=uk)).documents
    assert (mapped.lines[0].amount, mapped.lines[0].tax[0].amount, mapped.total) == (
        Decimal(10),
        Decimal(2),
        Decimal(12),
    )
    assert mapped.tax_solution == "UK - VAT"
    canada = {"default": {"mode": "map", "hst_account": "2310"}}
    (split,) = plan(line("a", "11.30", hst_amount=Decimal("1.30")), config=configuration(tax=canada)).documents
    assert [(item.account, item.amount) for item in split.lines] == [("6220", Decimal(10)), ("2310", Decimal("1.30"))]
    assert rules(plan(taxed, config=configuration(tax=canada))) == {"tax"}


def test_converted_amounts_when_the_company_states_them():
    foreign = line(
        "a",
        "1",
        currency="CHF",
        converted_amount=Decimal("1.10"),
        converted_reim_amount=Decimal("1.10"),
        converted_currency="USD",
    )
    config = configuration({"base_amounts": "converted"})
    totals = {"total_amount": Decimal("1.10"), "reim_amount": Decimal("1.10")}
    assert plan(foreign, header=totals, config=config).documents[0].total == Decimal("1.10")


def test_receipts_point_to_one_attachment_for_the_report():
    (bill,) = plan(line("a", "1"), has_receipts=True).documents
    assert bill.attachment_id == bill.token
    assert (
        plan(line("a", "1"), has_receipts=True, config=configuration(receipts={"attach": False}))
        .documents[0]
        .attachment_id
        == ""
    )


def test_an_entity_without_a_currency_takes_the_companys():
    references = replace(REFERENCES, dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100")}})
    assert rules(plan(line("a", "1"), references=references, config=configuration({"base_currency": "GBP"}))) == {
        "currency"
    }
    assert plan(line("a", "1"), references=references, config=configuration({"base_currency": "USD"})).documents


def test_nothing_is_posted_where_no_currency_of_the_books_is_known():
    references = replace(REFERENCES, dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100")}})
    assert rules(plan(line("a", "1"), references=references, config=configuration({"base_currency": ""}))) == {
        "currency"
    }


def test_lines_of_one_charge_on_two_cards():
    references = replace(REFERENCES, cards={"A": CardAccount(card_id="A")})
    two = configuration(company_paid={"cards": [{"payment_card": "V", "last": "1", "card_id": "A"}]})
    planned = plan(card_line("a", "1", "T", card_name="V", card_last="1"), references=references, config=two)
    assert planned.documents[0].payee_id == "A"
