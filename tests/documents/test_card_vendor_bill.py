"""What a bill of a card's vendor holds, when it is due, what it looks like on the wire, and what cannot become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.model.charges import asked
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Vendor
from certify_intacct.rules.expenses.statements import closing_day
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report
from tests.rules.expenses.test_properties import expense_lines

VISA = {"payment_card": "Corp Visa", "last": "4821", "card_id": "CORP-VISA", "vendor_id": "V-VISA", "statement_day": 27}
AMEX = {"payment_card": "US Amex", "vendor_id": "V-AMEX"}
SETTINGS = {"target": "card_vendor_bill", "cards": [VISA, AMEX]}
KIND = kind_of(DocumentKind.CARD_VENDOR_BILL)
VENDORS = {
    code: Vendor(vendor_id=code, record_no=number, name=name, vendor_type="Supplier")
    for code, number, name in (("V-VISA", "901", "Big Bank <Cards>"), ("V-AMEX", "902", "American Express"))
}
KNOWN = replace(REFERENCES, vendors=REFERENCES.vendors | VENDORS)


def plan(*lines, references=KNOWN, today=TODAY, company_paid=None, header=None, **posting):
    config = configuration(company_paid=SETTINGS | (company_paid or {}), **posting)
    return plan_report(report(*lines, **(header or {})), lines, references, config, today=today, has_receipts=True)


def planned(*lines, **more) -> tuple[Document, ...]:
    found = plan(*lines, **more)
    assert found.all_holds == ()
    return found.documents


def held(*lines, **more) -> dict[str, str]:
    """What holds a report, each rule with all that is said."""
    return {str(hold.rule): f"{hold.reason} {hold.cure}" for hold in plan(*lines, **more).all_holds}


def amex(expense_id, amount, **changes):
    return card_line(expense_id, amount, card_name="US Amex", card_last="1009", **changes)


def test_on_the_wire():
    (document,) = planned(card_line("a", "10.50", "T-1"), card_line("b", "-0.01", "T-2"))
    sent = etree.fromstring(KIND.function(document, "c").xml)
    header = {node.tag: node.text for node in sent.find("create/APBILL") if node.tag != "APBILLITEMS"}
    assert header == {
        "WHENCREATED": "02/27/2026", "WHENPOSTED": "02/27/2026", "VENDORID": "V-VISA", "RECORDID": document.number,
        "DOCNUMBER": document.token, "DESCRIPTION": "104233 Denver trip Ana Ruiz", "SUPDOCID": document.token,
        "WHENDUE": "03/29/2026", "BASECURR": "USD", "CURRENCY": "USD",
    }  # fmt: skip
    first, second = [{node.tag: node.text for node in item} for item in sent.iter("APBILLITEM")]
    assert first == {
        "ACCOUNTNO": "6220", "TRX_AMOUNT": "10.50", "LOCATIONID": "100", "DEPARTMENTID": "30",
        "ENTRYDESCRIPTION": "2026-02-25 Hotel Teatro (Ana Ruiz) Hotel: Client visit",
    }  # fmt: skip
    assert second == first | {"TRX_AMOUNT": "-0.01"}
    assert document.number.endswith("-1-001V")
    assert (document.payee_name, document.payer.value) == ("Big Bank <Cards>", "company")
    assert document == Document.from_canonical(document.canonical())


def test_merchant_and_cardholder_are_what_is_cut_last():
    long = card_line("a", "1", category="Hotel", reason="r" * 200)
    (document,) = planned(long, lengths={"memo": 40})
    assert document.lines[0].memo == "2026-02-25 Hotel Teatro (Ana Ruiz) Hote…"


def test_cards_statements_entities_and_payers_have_bills_of_their_own():
    lines = [
        card_line("a", "1", "T-1", posting_date=date(2026, 2, 27)),
        card_line("b", "2", "T-2", posting_date=date(2026, 2, 28)),
        card_line("c", "4", "T-3", posting_date=date(2026, 2, 1)),
        amex("d", "8"),
        # Without a PostingDate it is the day of the expense that counts.
        card_line("e", "16", posting_date=None, expense_date=date(2026, 3, 1)),
        card_line("f", "32", "T-4", report_gld_codes={1: "200"}),
        line("g", "64"),
    ]
    entities = {"entity": {"certify": "report_gld/1"}}
    found = planned(
        *[one if one.report_gld_codes else replace(one, report_gld_codes={1: "100"}) for one in lines],
        dimensions=entities,
        currencies={"exchange_rate_type": "Daily"},
    )
    assert {"".join(sorted(document.expense_ids)): (document.payee_id, document.entity) for document in found} == {
        "g": ("E-1007", "100"), "ac": ("V-VISA", "100"), "be": ("V-VISA", "100"), "d": ("V-AMEX", "100"), "f": ("V-VISA", "200"),
    }  # fmt: skip
    assert {document.number[-1] for document in found} == {"B", "V"}


@given(expense_lines(), st.integers(1, 31))
def test_whatever_the_lines_a_bill_is_of_one_statement_and_every_cent_is_in_one_bill_or_waits(lines, statement_day):
    settings = {"cards": [{**VISA, "statement_day": statement_day}]}
    found = plan(
        *lines,
        company_paid=settings,
        dimensions={"entity": {"certify": "report_gld/1"}},
        currencies={"exchange_rate_type": "Daily"},
    )
    by_id = {one.id: one for one in lines}
    of_company = [part for part in found.parts if part.payer is Payer.COMPANY]
    for document in (part.document for part in of_company if part.document is not None):
        own = [by_id[item.expense_id] for item in document.lines]
        assert len({(closing_day(one.expense_date, statement_day), one.report_gld_codes[1]) for one in own}) == 1
        assert document.total == sum(one.amount - one.reim_amount for one in own)
    if not found.holds:
        # What is left out cancels itself out.
        total = sum((one.amount - one.reim_amount for one in lines), Decimal(0))
        assert sum((part.total for part in of_company), Decimal(0)) == total


def test_two_cards_of_one_vendor_have_bills_of_their_own():
    both = {"cards": [VISA, {**AMEX, "vendor_id": "V-VISA", "statement_day": 27}]}
    assert [document.payee_id for document in planned(card_line("a", "1"), amex("b", "2"), company_paid=both)] == [
        "V-VISA",
        "V-VISA",
    ]


@pytest.mark.parametrize(
    ("by", "day"),
    [("charge_date", date(2026, 2, 26)), ("processed_date", date(2026, 3, 7)), ("statement_date", date(2026, 2, 27))],
)
def test_its_date_is_that_of_the_latest_charge_of_the_processing_or_of_the_statement(by, day):
    lines = [card_line("a", "1", posting_date=date(2026, 2, 20)), card_line("b", "2", posting_date=date(2026, 2, 26))]
    (document,) = planned(*lines, company_paid={"date": by})
    assert document.posting_date == day


def test_a_statement_that_has_not_closed_waits_until_it_has():
    open_still = card_line("a", "1", posting_date=date(2026, 2, 28))
    closed = card_line("b", "2", posting_date=date(2026, 2, 20))
    by_statement = {"date": "statement_date"}
    found = plan(open_still, closed, company_paid=by_statement)
    assert [sorted(document.expense_ids) for document in found.documents] == [["b"]]
    (hold,) = found.all_holds
    assert (hold.rule, "2026-03-27" in hold.reason) == ("future_date", True)
    assert "posted once that day has come" in hold.cure
    later = planned(open_still, closed, company_paid=by_statement, today=date(2026, 3, 27))
    assert [document.posting_date for document in later] == [date(2026, 3, 27), date(2026, 2, 27)]


@pytest.mark.parametrize(
    ("due", "told"),
    [
        ({}, (date(2026, 3, 29), "")),
        ({"days": 10}, (date(2026, 3, 9), "")),
        ({"rule": "term", "term": "N30"}, (date(2026, 3, 29), "N30")),
    ],
)
def test_it_is_due_by_a_rule_of_its_own(due, told):
    (document,) = planned(card_line("a", "1"), company_paid={"due": due}, employee_paid={"due": {"days": 99}})
    assert (document.due_date, document.term) == told


def test_a_vendor_without_the_term_that_decides_is_held_by_the_key_of_this_bill():
    said = held(card_line("a", "1"), company_paid={"due": {"rule": "vendor_term"}})
    assert "posting.company_paid.due.rule" in said["term_missing"]
    own = {"V-VISA": replace(VENDORS["V-VISA"], term="N30")}
    known = replace(KNOWN, vendors=KNOWN.vendors | own)
    assert held(card_line("a", "1"), company_paid={"due": {"rule": "vendor_term"}}, references=known) == {}


@pytest.mark.parametrize(
    ("changes", "rule", "said"),
    [
        ({"vendor_type": "Employee"}, "vendor_type", "'Employee': that is an employee"),
        ({"active": False}, "vendor_inactive", "Vendor V-VISA (Big Bank <Cards>) is inactive"),
        ({"on_hold": True}, "vendor_on_hold", "is on hold"),
        ({"entity": "200"}, "vendor_of_entity", "private to entity 200"),
    ],
)
def test_a_vendor_that_may_not_be_billed(changes, rule, said):
    known = replace(KNOWN, vendors=KNOWN.vendors | {"V-VISA": replace(VENDORS["V-VISA"], **changes)})
    found = plan(card_line("a", "1"), line("b", "2"), amex("c", "4"), references=known)
    (hold,) = found.all_holds
    assert (str(hold.rule), said in hold.reason) == (rule, True)
    assert [sorted(document.expense_ids) for document in found.documents] == [["b"], ["c"]], "nothing else waits for it"


def test_a_vendor_of_the_entity_in_whose_session_it_is_posted_may():
    known = replace(KNOWN, vendors=KNOWN.vendors | {"V-VISA": replace(VENDORS["V-VISA"], entity="100")})
    (document,) = planned(card_line("a", "1"), references=known, posting_entity="entity")
    assert document.session_entity == "100"


def test_a_vendor_that_is_not_there_is_named_with_what_it_looks_like():
    wrong = {"cards": [{**VISA, "vendor_id": "v-visa"}]}
    assert (
        "'v-visa', that of the card. It looks like 'V-VISA'."
        in held(card_line("a", "1"), company_paid=wrong)["vendor_missing"]
    )


@pytest.mark.parametrize(
    ("cards", "item", "rule"),
    [
        ([AMEX], card_line("a", "1"), "card_unmapped"),
        ([AMEX], card_line("a", "1", card_name='Corp "Visa" '), "card_unmapped"),
        ([{**VISA, "vendor_id": "", "statement_day": 31}, AMEX], card_line("a", "1"), "card_vendor_missing"),
        ([{"payment_card": "Corp Visa", "card_id": "X: #1"}, AMEX], card_line("a", "1"), "card_vendor_missing"),
    ],
)
def test_the_row_that_a_hold_prints_cures_it_and_other_cards_do_not_wait(cards, item, rule):
    settings = {"cards": cards}
    found = plan(item, amex("b", "2"), company_paid=settings)
    assert [document.payee_id for document in found.documents] == ["V-AMEX"]
    said = held(item, amex("b", "2"), company_paid=settings)
    assert said.keys() == {rule}
    (row,) = yaml.load(said[rule].split("`")[1].replace("VENDORID", "V-VISA"), Loader=yaml.BaseLoader)
    assert [document.payee_id for document in planned(item, company_paid={"cards": [row]})] == ["V-VISA"]
    kept = [card for card in cards if card["payment_card"] != row["payment_card"]]
    assert held(item, amex("b", "2"), company_paid={"cards": [row, *kept]}) == {}


def test_a_line_without_a_card_and_a_charge_without_a_day_wait_by_themselves():
    none = card_line("a", "1", card_name="", card_last="")
    undated = card_line("b", "2", posting_date=None, expense_date=None)
    found = plan(none, undated, card_line("c", "4"), company_paid={"date": "processed_date"})
    assert [sorted(document.expense_ids) for document in found.documents] == [["c"]]
    assert sorted((str(hold.rule), hold.expense_id) for hold in found.all_holds) == [
        ("card_missing", "a"),
        ("date_missing", "b"),
    ]


def test_a_charge_is_the_same_whatever_it_is_posted_as():
    """A company that has its charges billed from now on knows the charges of before; without a card account the vendor is it."""

    def keys(item, **company_paid):
        return plan(item, company_paid=company_paid).parts[0].charges[0].keys

    item = card_line("a", "1", "T-1")
    by_card = keys(item, target="credit_card_transaction", cards=[{**VISA, "statement_day": 31, "vendor_id": ""}])
    assert keys(item) == by_card
    assert "id|account|CORP-VISA|T-1" in by_card
    amex_keys = keys(amex("b", "1", card_transaction_id="T-1"))
    assert "id|account|vendor V-AMEX|T-1" in amex_keys
    assert not asked(amex_keys) & by_card


def test_a_total_below_zero_waits():
    assert held(card_line("a", "-1")).keys() == {"negative_document"}


def test_tax_and_another_currency_go_as_on_every_bill():
    uk = {"default": {"mode": "map", "vat_detail": "UK standard", "solution": "UK - VAT"}}
    (document,) = planned(card_line("a", "12", vat_amount=Decimal(2)), tax=uk)
    sent = etree.fromstring(KIND.function(document, "c").xml)
    assert [sent.findtext(f".//{name}") for name in ("TRX_AMOUNT", "DETAILID", "TRX_TAX", "INCLUSIVETAX")] == [
        "10.00", "UK standard", "2.00", "false",
    ]  # fmt: skip
    (foreign,) = planned(
        card_line("a", "1"), header={"employee_gld_codes": {1: "200"}}, currencies={"exchange_rate_type": "Daily"}
    )
    sent = etree.fromstring(KIND.function(foreign, "c").xml)
    assert [sent.findtext(f".//{name}") for name in ("BASECURR", "CURRENCY", "EXCH_RATE_TYPE_ID")] == [
        "EUR",
        "USD",
        "Daily",
    ]
