"""Supplier bills: what of an invoice report is one invoice, whose it is, when it is due, and what holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.intacct import envelope
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.inter_entity import InterEntity
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Account, References, Vendor
from certify_intacct.model.report_plans import ReportPlan
from certify_intacct.model.reports import INVOICES, ExpenseLine, ExpenseReport, Invoice
from certify_intacct.model.rules import Rule
from certify_intacct.posting.recheck import objection
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.numbering import InLedger
from tests.documents.test_requests import CREDENTIALS
from tests.intacct.request_schema import schema
from tests.rules.expenses import company
from tests.rules.expenses.company import REFERENCES, TODAY, plan_report

REPORT = f"{INVOICES}5d0f2c61-7a0e-4f0a-9a55-0c1f6f1f0001"
DATED = date(2026, 2, 25)
SUPPLIER = Vendor(vendor_id="20001", record_no="81", name="Acme Paper", vendor_type="Supplier", term="N30")
OTHER = Vendor(vendor_id="20002", record_no="82", name="Best Desks", term="")
KNOWN = replace(REFERENCES, vendors={**REFERENCES.vendors, "20001": SUPPLIER, "20002": OTHER})
JOURNAL = {"symbol": "EXP", "offset_account": "2310"}
ACCOUNTS = InterEntity(everyone=frozenset({"100", "200"}), accounts=frozenset({"1610", "2610"}))
#: Entities that keep their books in one currency.
SIDE_BY_SIDE = replace(
    KNOWN,
    dimensions={**KNOWN.dimensions, "entity": {(code,): company.entity(code, "USD") for code in ("100", "200")}},
    accounts={**KNOWN.accounts, "1610": Account(account_no="1610")},
    inter_entity=ACCOUNTS,
)


def configuration(invoices: dict[str, Any] | None = None, **posting: Any) -> Configuration:
    """The small company, which posts invoices; lines name their entity."""
    return company.configuration(
        dimensions={"entity": {"certify": "report_gld/1"}},
        invoices={"target": "supplier_bill", "since": "2020-01-01", **(invoices or {})},
        **posting,
    )


def line(name: str, amount: str, number: str = "INV-7", vendor: str = "20001", **changes: Any) -> ExpenseLine:
    """A line of an invoice."""
    invoice = Invoice(
        number=number,
        vendor_code=vendor,
        **{
            key: changes.pop(key)
            for key in ("vendor_id", "due_date", "po_number", "po_name", "image_link")
            if key in changes
        },
    )
    given = {
        "report_id": REPORT, "invoice": invoice, "expense_date": DATED, "vendor": "Acme Paper", "report_gld_codes": {1: "100"},
        "reason": "",
    }  # fmt: skip
    return company.line(f"{INVOICES}{name}", amount, "0", **{**given, **changes})


def report(*lines: ExpenseLine, **changes: Any) -> ExpenseReport:
    """An invoice report whose header fits the lines."""
    return company.report(*lines, **{"id": REPORT, "name": "March", "employee_gld_codes": {}, **changes})


def planned(
    *lines: ExpenseLine, known: References = KNOWN, config: Configuration | None = None, **more: Any
) -> ReportPlan:
    return plan_report(report(*lines), lines, known, config or configuration(), today=TODAY, **more)


def documents(plan: ReportPlan) -> list[Document]:
    return [part.document for part in plan.parts if part.document is not None]


def rules(plan: ReportPlan) -> set[str]:
    return {hold.rule for part in plan.parts for hold in part.holds} | {hold.rule for hold in plan.holds}


def fields(document: Document) -> dict[str, str]:
    """The header as it is sent."""
    bill = etree.fromstring(kind_of(document.kind).function(document, "c").xml).find("create/APBILL")
    return {node.tag: node.text or "" for node in bill if node.tag != "APBILLITEMS"}


def test_lines_of_one_supplier_and_number_are_one_bill_and_everything_else_is_another():
    plan = planned(
        line("a", "100.10"),
        line("b", "20.00", reason="second line"),
        line("c", "5.00", number="INV-8"),
        line("d", "7.00", vendor="20002", due_date=date(2026, 3, 20)),
    )
    found = {(one.payee_id, one.details["bill_number"]): one.total for one in documents(plan)}
    assert found == {
        ("20001", "INV-7"): Decimal("120.10"),
        ("20001", "INV-8"): Decimal("5.00"),
        ("20002", "INV-7"): Decimal("7.00"),
    }
    assert {one.kind for one in documents(plan)} == {DocumentKind.SUPPLIER_BILL}
    assert len({one.number for one in documents(plan)}) == 3


def test_what_waits_is_each_invoice_that_would_be_posted_so_that_a_decision_stays_that_of_one():
    lines = [line("a", "100.10"), line("b", "-100.10", number="CR-1"), line("c", "7.00", number="", vendor="")]
    waits, posts = (planned(*lines, config=configuration({"target": word})) for word in ("hold", "supplier_bill"))
    assert [part.content_hash for part in waits.parts] == [part.content_hash for part in posts.parts]
    assert [[hold.rule for hold in part.holds] for part in waits.parts] == [[Rule.TARGET_HOLD]] * 3
    assert not waits.skips


def test_it_has_the_suppliers_number_date_and_due_date_and_ours_in_the_reference():
    (document,) = documents(planned(line("a", "100.10", due_date=date(2026, 3, 20), po_number="PO-9")))
    sent = fields(document)
    assert sent | {
        "RECORDID": "INV-7", "DOCNUMBER": document.number, "VENDORID": "20001", "WHENCREATED": "02/25/2026",
        "WHENPOSTED": "02/25/2026", "WHENDUE": "03/20/2026", "CURRENCY": "USD",
        "DESCRIPTION": "104233 INV-7 PO PO-9 Acme Paper: March",
    } == sent  # fmt: skip
    assert document.number.endswith("S")


def test_it_is_posted_on_the_day_that_is_asked_for_and_dated_as_the_invoice():
    (document,) = documents(planned(line("a", "1"), config=configuration({"date": "processed_date"})))
    sent = fields(document)
    assert (sent["WHENCREATED"], sent["WHENPOSTED"]) == ("02/25/2026", "03/07/2026")


@pytest.mark.parametrize(
    ("due", "vendor", "expected"),
    [
        ({"rule": "vendor_term"}, "20001", (DATED + timedelta(days=30), "N30")),
        ({"rule": "days_after", "days": 10}, "20002", (DATED + timedelta(days=10), "")),
    ],
)
def test_without_a_due_date_it_is_due_by_the_rule_from_its_own_day(due, vendor, expected):
    (document,) = documents(planned(line("a", "1", vendor=vendor), config=configuration({"due": due})))
    assert (document.due_date, document.term) == expected


def test_the_vendor_is_the_field_that_is_chosen_and_mapped():
    invoice = line("a", "1", vendor="NOBODY", vendor_id="ACME")
    config = configuration({"vendor": "vendor_id", "vendors": {"ACME": "20001"}})
    assert [one.payee_id for one in documents(planned(invoice, config=config))] == ["20001"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"vendor": "20009"}, Rule.VENDOR_MISSING),
        ({"vendor": ""}, Rule.INVOICE_UNCLEAR),
        ({"number": " "}, Rule.INVOICE_UNCLEAR),
        ({"number": "7" * 43}, Rule.INVOICE_UNCLEAR),
        ({"number": "INV-7 "}, Rule.INVOICE_UNCLEAR),
        ({"number": "INV\u200b7"}, Rule.INVOICE_UNCLEAR),
        ({"expense_date": None}, Rule.INVOICE_UNCLEAR),
        ({"due_date": DATED - timedelta(days=1)}, Rule.INVOICE_UNCLEAR),
        ({"vendor": "E-1007"}, Rule.VENDOR_TYPE),
        ({"vendor": "20002"}, Rule.TERM_MISSING),
        ({"report_gld_codes": {}}, Rule.ENTITY_MISSING),
        ({"category": "Gift for myself"}, Rule.PERSONAL),
    ],
)
def test_what_cannot_be_posted_waits(changes, rule):
    plan = planned(line("a", "10", **changes))
    assert rules(plan) == {rule}
    assert documents(plan) == []


@pytest.mark.parametrize("posted_on", ["invoice_date", "processed_date", "run_date"])
@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date.max, Rule.FUTURE_DATE),
        (date(2062, 2, 25), Rule.FUTURE_DATE),
        (TODAY + timedelta(days=2), Rule.FUTURE_DATE),
        (date.min, Rule.IMPOSSIBLE_DATE),
        (date(1026, 2, 25), Rule.IMPOSSIBLE_DATE),
    ],
)
def test_an_invoice_of_a_day_that_no_bill_can_have_waits_whenever_it_would_be_posted(posted_on, day, rule):
    plan = planned(line("a", "10", expense_date=day), config=configuration({"date": posted_on}))
    assert (rules(plan), documents(plan)) == ({rule}, [])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"active": False}, Rule.VENDOR_INACTIVE),
        ({"on_hold": True}, Rule.VENDOR_ON_HOLD),
        ({"one_time": True}, Rule.VENDOR_TYPE),
        ({"entity": "200"}, Rule.VENDOR_OF_ENTITY),
    ],
)
def test_a_vendor_that_may_not_bill(changes, rule):
    known = replace(KNOWN, vendors={**KNOWN.vendors, "20001": replace(SUPPLIER, **changes)})
    assert rules(planned(line("a", "10"), known=known)) == {rule}


def test_a_fault_of_one_invoice_holds_no_other():
    plan = planned(line("a", "10"), line("b", "20", number="INV-8", vendor="20009"))
    assert [one.details["bill_number"] for one in documents(plan)] == ["INV-7"]
    assert rules(plan) == {Rule.VENDOR_MISSING}


@pytest.mark.parametrize(
    "changes",
    [
        {"expense_date": DATED + timedelta(days=1)},
        {"due_date": date(2026, 3, 30)},
        {"po_number": "PO-2"},
    ],
)
def test_lines_that_state_different_things_are_not_made_one(changes):
    stated = {"due_date": date(2026, 3, 20), "po_number": "PO-1"}
    plan = planned(line("a", "10", **stated), line("b", "20", **(stated | changes)))
    assert rules(plan) == {Rule.INVOICE_UNCLEAR}


@pytest.mark.parametrize(
    "policy", [{}, {"already_reimbursed": "clearing_account", "already_reimbursed_journal": JOURNAL}]
)
@pytest.mark.parametrize(
    "changes", [{"reimbursed": True}, {"reimbursement_transaction_id": "800412"}, {"reimbursement_transaction_id": "?"}]
)
def test_what_certify_paid_waits_and_is_never_cleared(policy, changes):
    lines = (line("a", "10"),)
    paid = report(*lines, **changes)
    config = configuration(policies=policy)
    (part,) = plan_report(paid, lines, KNOWN, config, today=TODAY).parts
    (hold,) = part.holds
    assert (hold.rule, part.document) == (Rule.ALREADY_REIMBURSED, None)
    assert "supplier" in hold.reason
    assert not any("employee" in text or "clearing_account" in text for text in (hold.reason, hold.cure))
    released = {part.content_hash: [Rule.ALREADY_REIMBURSED]}
    (document,) = documents(plan_report(paid, lines, KNOWN, config, today=TODAY, released=released))
    assert (document.kind, document.clears_payment) == (DocumentKind.SUPPLIER_BILL, False)


def test_what_certify_paid_since_it_was_planned_is_not_sent():
    whole = report(line("a", "10"))
    header = {
        "ReimAmount": "0", "NonReimAmount": "10", "TotalAmount": "10", "Currency": "USD", "EmployeeID": "E-1007",
        "ProcessedDate": "2026-03-07",
    }  # fmt: skip
    content = hashing.business_content(whole, [line("a", "10")])["report"]
    assert objection(content, header, (), Payer.COMPANY) == ""
    assert "supplier" in objection(content, header | {"Reimbursed": True}, (), Payer.COMPANY)
    assert objection(content, header | {"Reimbursed": True}, (Rule.ALREADY_REIMBURSED,), Payer.COMPANY) == ""


def test_an_invoice_that_was_entered_twice_in_one_report_waits_and_can_be_released():
    twice = (line("a", "10"), line("b", "10"))
    plan = planned(*twice)
    assert rules(plan) == {Rule.INVOICE_TWICE}
    (part,) = plan.parts
    released = planned(*twice, released={part.content_hash: [Rule.INVOICE_TWICE]})
    assert rules(released) == set()
    assert [one.total for one in documents(released)] == [Decimal(20)]


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ({"number": "INV-7"}, {"number": "inv-7"}, Rule.INVOICE_UNCLEAR),
        ({"number": "INV 7"}, {"number": "INV  7"}, Rule.INVOICE_UNCLEAR),
        ({"vendor": "OLD"}, {"vendor": "20001"}, Rule.INVOICE_UNCLEAR),
        ({"image_link": "https://one"}, {"image_link": "https://two"}, Rule.INVOICE_TWICE),
        ({"po_name": "Paper"}, {"po_name": "paper"}, Rule.INVOICE_TWICE),
    ],
)
def test_an_invoice_that_was_entered_once_more_in_another_form_is_known_again(first, second, rule):
    config = configuration({"vendors": {"OLD": "20001"}})
    plan = planned(line("a", "10", **first), line("b", "10", **second), config=config)
    assert (rules(plan), documents(plan), len(plan.parts)) == ({rule}, [], 1)


def test_a_line_in_another_form_that_is_added_to_a_posted_invoice_is_no_second_bill():
    config = configuration({"vendors": {"OLD": "20001"}})
    lines = (line("a", "10"), line("b", "20", number="inv-7", vendor="OLD"))
    ledger = InLedger(taken=frozenset({(lines[0].id, Payer.COMPANY)}), highest=1)
    plan = planned(*lines, ledger=ledger, config=config)
    assert (rules(plan), documents(plan)) == ({Rule.INVOICE_TWICE}, [])


def test_a_line_that_is_added_to_a_posted_invoice_is_no_second_bill_unless_somebody_says_so():
    lines = (line("a", "10"), line("b", "20", reason="forgotten"))
    ledger = InLedger(taken=frozenset({(lines[0].id, Payer.COMPANY)}), highest=1)
    plan = planned(*lines, ledger=ledger)
    assert (rules(plan), documents(plan)) == ({Rule.INVOICE_TWICE}, [])
    (part,) = plan.parts
    released = planned(*lines, ledger=ledger, released={part.content_hash: [Rule.INVOICE_TWICE]})
    assert [one.total for one in documents(released)] == [Decimal(20)]
    other = (lines[0], line("c", "5", number="INV-8"))
    assert [one.total for one in documents(planned(*other, ledger=ledger))] == [Decimal(5)]


def test_an_invoice_of_several_entities_is_never_two_bills():
    lines = (line("a", "10"), line("b", "20", report_gld_codes={1: "200"}))
    assert rules(planned(*lines)) == {Rule.INVOICE_ENTITIES}
    assert documents(planned(*lines)) == []


@pytest.mark.parametrize("several", ["one_document_each", "one_document"])
def test_an_invoice_that_moves_money_from_one_entity_to_another_books_something(several):
    """It adds up to nothing, on one account: each entity's books are changed all the same."""
    lines = (line("a", "10"), line("b", "-10", report_gld_codes={1: "200"}))
    plan = planned(*lines, known=SIDE_BY_SIDE, config=configuration(several_entities=several))
    assert (rules(plan), documents(plan)) == ({Rule.INVOICE_ENTITIES}, [])
    assert "zero_document" not in {skip.rule for skip in plan.skips}


@pytest.mark.parametrize(
    ("several", "inter_entity", "why"),
    [
        ("one_document_each", ACCOUNTS, "posting.several_entities says one_document_each"),
        ("one_document", InterEntity(), "no inter-entity accounts"),
        ("one_document", ACCOUNTS, ""),
    ],
)
def test_lines_of_several_entities_of_one_currency_are_one_bill_only_where_the_company_says_so_and_can(
    several, inter_entity, why
):
    known = replace(SIDE_BY_SIDE, inter_entity=inter_entity)
    lines = (line("a", "10"), line("b", "20", report_gld_codes={1: "200"}))
    plan = planned(*lines, known=known, config=configuration(several_entities=several))
    if why:
        (hold,) = plan.parts[0].holds
        assert (hold.rule, documents(plan)) == (Rule.INVOICE_ENTITIES, [])
        assert why in hold.reason
    else:
        (document,) = documents(plan)
        assert (document.total, document.shares) == (Decimal(30), {"100": Decimal(10), "200": Decimal(20)})


@pytest.mark.parametrize(
    ("rule", "changes", "limit"),
    [(Rule.OLD_DATE, {"expense_date": date(2025, 6, 1)}, None), (Rule.ABOVE_LIMIT, {}, 15)],
)
def test_what_a_person_may_release_of_an_invoice_can_be_released_where_its_lines_lie_in_several_entities(
    rule, changes, limit
):
    config = configuration(several_entities="one_document", limits={"document_amount": limit})
    lines = (line("a", "10", **changes), line("b", "20", report_gld_codes={1: "200"}, **changes))
    plan = planned(*lines, known=SIDE_BY_SIDE, config=config)
    (part,) = plan.parts
    assert ({hold.rule for hold in part.holds}, part.document) == ({rule}, None)
    released = planned(*lines, known=SIDE_BY_SIDE, config=config, released={part.content_hash: [rule]})
    assert [one.total for one in documents(released)] == [Decimal(30)]


def test_a_credit_waits_or_becomes_an_adjustment_of_the_supplier():
    credit = line("a", "-30", number="CN-1")
    assert rules(planned(credit)) == {Rule.NEGATIVE_DOCUMENT}
    config = configuration(credits={"company_paid": "adjustment", "adjustment_sign": "negative"})
    (document,) = documents(planned(credit, config=config))
    assert (document.kind, document.payee_id, document.total) == (DocumentKind.AP_ADJUSTMENT, "20001", Decimal(-30))
    assert "CN-1" in document.description
    config = configuration(credits={"company_paid": "negative"})
    (document,) = documents(planned(credit, config=config))
    assert (document.kind, document.total) == (DocumentKind.SUPPLIER_BILL, Decimal(-30))


def test_where_it_is_not_asked_for_nothing_of_it_is_posted_or_waits():
    for target, expected in (("none", set()), ("hold", {Rule.TARGET_HOLD})):
        plan = planned(line("a", "10"), config=configuration({"target": target}))
        assert (documents(plan), rules(plan)) == ([], expected)


def test_header_and_lines_have_to_agree_to_the_cent():
    lines = (line("a", "10"),)
    whole = report(*lines, total_amount=Decimal("10.01"), non_reim_amount=Decimal("10.01"))
    plan = plan_report(whole, lines, KNOWN, configuration(), today=TODAY)
    assert rules(plan) == {Rule.TOTALS_DIFFER}


def test_what_a_ledger_has_of_expenses_says_nothing_of_invoices():
    expense = company.line("a", "10")
    assert not {"number", "vendor_code", "vendor_id", "due_date", "po_number"} & hashing.line_content(expense).keys()
    invoice = hashing.line_content(line("a", "10", due_date=date(2026, 3, 20)))
    assert (invoice["number"], invoice["vendor_code"], invoice["due_date"]) == ("INV-7", "20001", "2026-03-20")


def test_its_form_in_a_ledger_is_read_back_as_it_was():
    (document,) = documents(planned(line("a", "100.10", due_date=date(2026, 3, 20))))
    assert Document.from_canonical(document.canonical()) == document


amounts = st.decimals(min_value=-5000, max_value=5000, places=2).filter(bool)


@given(
    st.lists(
        st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(["20001", "20002"]), amounts),
        min_size=1,
        max_size=9,
    )
)
def test_every_cent_of_an_invoice_report_is_in_one_bill_or_waits(items):
    lines = [
        line(f"{n:02}", str(amount), number, vendor, reason=str(n)) for n, (number, vendor, amount) in enumerate(items)
    ]
    config = configuration(
        {"due": {"rule": "days_after"}}, credits={"company_paid": "negative"}, limits={"document_amount": None}
    )
    plan = planned(*lines, config=config)
    sums: dict[tuple[str, str], Decimal] = {}
    for number, vendor, amount in items:
        sums[number, vendor] = sums.get((number, vendor), Decimal(0)) + amount
    posted = {(one.details["bill_number"], one.payee_id): one.total for one in documents(plan)}
    assert posted == {key: total for key, total in sums.items() if key in posted}
    assert all(sums[key] == 0 for key in sums.keys() - posted.keys())
    assert sum(posted.values()) == sum(amount for _, _, amount in items)


def test_what_is_sent_is_valid_by_the_schema_and_the_same_every_time():
    config = configuration(
        {"due": {"rule": "days_after"}}, credits={"company_paid": "adjustment", "adjustment_sign": "positive"}
    )
    plan = planned(
        line("a", "100.10", reason="<&> \"'\U0001f686"), line("b", "-3"), line("c", "-5", number="CN <1>"), config=config
    )  # fmt: skip
    functions = [kind_of(one.kind).function(one, f"control-{number}") for number, one in enumerate(documents(plan))]
    again = [
        kind_of(one.kind).function(Document.from_canonical(one.canonical()), f"control-{number}")
        for number, one in enumerate(documents(plan))
    ]
    assert [one.xml for one in functions] == [one.xml for one in again]
    assert [one.name for one in functions] == ["create APBILL", "create_apadjustment"]
    body = envelope.request(functions, CREDENTIALS, control_id="control", session_id="session..", unique=True)
    assert schema().validate(etree.fromstring(body)), schema().error_log
