"""A part of a tax is claimed: that part is the tax entry, the rest stays in the expense, and no cent is lost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.references import Category, TaxDetail
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, entity, line, plan_report, report

UK = {"mode": "map", "solution": "UK - VAT", "vat_detail": "UK standard", "zero_detail": "UK zero"}
ON_CARD = {"card_name": "Corp Visa", "card_last": "4821", "card_transaction_id": "T-1"}


def planned(item, policy, references=REFERENCES, **company):
    config = configuration(company, tax={"default": policy}, currencies={"exchange_rate_type": "Daily"})
    return plan_report(report(item), [item], references, config, today=TODAY)


def divided(plan) -> list[tuple[Decimal, str, Decimal]]:
    """Net, detail and tax of each line."""
    return [
        (item.amount, entry.detail_id, entry.amount)
        for document in plan.documents
        for item in document.lines
        for entry in item.tax
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (None, ("100", "UK standard", "20")),
        ({"reclaim": 50}, ("110", "UK standard", "10")),
        ({"reclaim": "33.33"}, ("113.33", "UK standard", "6.67")),
        ({"reclaim": 0}, ("120", "UK zero", "0")),
        ({"reclaim": {"VAT": 25}}, ("115", "UK standard", "5")),
        ({"reclaim": {"HST": 0}}, ("100", "UK standard", "20")),
        ({"reclaim": 50, "vat_detail": "UK half"}, ("110", "UK half", "10")),
    ],
)
def test_a_row_says_how_much_of_its_lines_tax_is_claimed(row, expected):
    half = {"UK half": TaxDetail(detail_id="UK half", solution="UK - VAT")}
    references = replace(REFERENCES, tax_details=REFERENCES.tax_details | half)
    policy = UK | ({"details": [row | {"categories": ["Hotel"]}]} if row else {})
    plan = planned(line("a", "120", vat_amount=Decimal(20)), policy, references)
    net, detail, tax = expected
    assert divided(plan) == [(Decimal(net), detail, Decimal(tax))]
    assert plan.documents[0].total == 120


def test_an_entity_claims_a_part_of_all_and_a_row_of_it_another():
    policy = UK | {"reclaim": 60, "details": [{"categories": ["Gift"], "reclaim": 100}]}
    assert divided(planned(line("a", "120", vat_amount=Decimal(20)), policy)) == [
        (Decimal(108), "UK standard", Decimal(12))
    ]
    known = replace(REFERENCES, categories=REFERENCES.categories | {"Gift": (Category(name="Gift", gl_code="6220"),)})
    gift = line("a", "120", vat_amount=Decimal(20), category="Gift")
    assert divided(planned(gift, policy, known)) == [(Decimal(100), "UK standard", Decimal(20))]


def test_a_row_says_of_one_tax_and_the_entity_of_the_other():
    policy = {
        "mode": "map", "solution": "UK - VAT", "hst_detail": "UK standard", "pst_detail": "UK zero", "zero_detail": "UK zero",
        "reclaim": {"PST": 50}, "details": [{"categories": ["Hotel"], "reclaim": {"HST": 25}}],
    }  # fmt: skip
    plan = planned(line("a", "112", hst_amount=Decimal(4), pst_amount=Decimal(8)), policy)
    assert divided(plan) == [(Decimal(107), "UK standard", Decimal(1)), (Decimal(107), "UK zero", Decimal(4))]


def test_half_a_cent_is_claimed_and_the_payers_parts_are_of_the_claimed_whole():
    item = line("a", "0.60", "0.30", vat_amount=Decimal("0.09"), **ON_CARD)
    plan = planned(item, UK | {"reclaim": 50})
    assert [(net, tax) for net, _, tax in divided(plan)] == [
        (Decimal("0.27"), Decimal("0.03")),
        (Decimal("0.28"), Decimal("0.02")),
    ]


@given(
    cents=st.integers(2, 1_000_000),
    owed=st.fractions(0, 1),
    taxed=st.fractions(0, 1),
    percent=st.decimals(0, 100, places=2),
    sign=st.sampled_from([1, -1]),
)
def test_what_is_claimed_and_what_stays_are_the_line_to_the_cent(cents, owed, taxed, percent, sign):
    amount, tax = Decimal(cents * sign) / 100, Decimal(int(cents * taxed) * sign) / 100
    item = line("a", str(amount), str(Decimal(int(cents * owed) * sign) / 100), vat_amount=tax, **ON_CARD)
    config = configuration(
        tax={"default": UK | {"reclaim": str(percent)}},
        credits={"employee_paid": "negative", "company_paid": "negative"},
    )
    plan = plan_report(report(item), [item], REFERENCES, config, today=TODAY)
    assert sum(document.total for document in plan.documents) == amount
    claimed = sum((tax for _, detail, tax in divided(plan) if detail == "UK standard"), Decimal(0))
    assert claimed * sign >= 0
    assert abs(claimed - tax * percent / 100) <= Decimal("0.005")
    for document in plan.documents:
        for one in document.lines:
            assert one.amount * sign >= 0
            assert one.amount.as_tuple().exponent >= -2


@given(
    cents=st.integers(2, 100_000),
    owed=st.fractions(0, 1),
    taxes=st.tuples(st.fractions(0, 1), st.fractions(0, 1)),
    percents=st.tuples(st.decimals(0, 100, places=1), st.decimals(0, 100, places=1)),
    on_account=st.booleans(),
)
def test_two_taxes_of_two_payers_are_claimed_each_by_its_share(cents, owed, taxes, percents, on_account):
    hst = int(cents * taxes[0])
    pst = int((cents - hst) * taxes[1])
    stated = (Decimal(hst) / 100, Decimal(pst) / 100)
    place = {"pst_account": "2310"} if on_account else {"pst_detail": "UK zero"}
    policy = {
        "mode": "map", "solution": "UK - VAT", "hst_detail": "UK standard", "zero_detail": "UK zero", **place,
        "reclaim": {"HST": str(percents[0]), "PST": str(percents[1])},
    }  # fmt: skip
    amount = Decimal(cents) / 100
    reim = str(Decimal(int(cents * owed)) / 100)
    plan = planned(line("a", str(amount), reim, hst_amount=stated[0], pst_amount=stated[1], **ON_CARD), policy)
    assert sum(document.total for document in plan.documents) == amount
    found = {"UK standard": Decimal(0), "UK zero": Decimal(0)}
    for _, detail, tax in divided(plan):
        found[detail] += tax
    on_accounts = [one.amount for document in plan.documents for one in document.lines if one.account == "2310"]
    claimed = (found["UK standard"], found["UK zero"] + sum(on_accounts))
    assert (found["UK zero"] == 0) or not on_account
    for tax, percent, got in zip(stated, percents, claimed, strict=True):
        assert abs(got - tax * percent / 100) <= Decimal("0.005")
    for document in plan.documents:
        assert all(one.amount >= 0 and one.tax for one in document.lines)


@given(st.integers(2, 100_000), st.integers(1, 100_000), st.fractions(0, 1), st.decimals(0, 100, places=2))
def test_the_claimed_part_of_a_converted_tax_leaves_the_rest_in_the_net(cents, converted, taxed, percent):
    amount, whole, tax = Decimal(cents) / 100, Decimal(converted) / 100, Decimal(int(cents * taxed)) / 100
    item = line(
        "a", str(amount), vat_amount=tax, converted_amount=whole, converted_reim_amount=whole, converted_currency="CAD"
    )
    header = report(item, currency="CAD", total_amount=whole, reim_amount=whole, non_reim_amount=Decimal(0))
    config = configuration({"base_amounts": "converted"}, tax={"default": UK | {"reclaim": str(percent)}})
    canadian = replace(REFERENCES, dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100", "CAD")}})
    (bill,) = plan_report(header, [item], canadian, config, today=TODAY).documents
    assert bill.total == whole
    claimed = sum(entry.amount for one in bill.lines for entry in one.tax)
    assert abs(claimed - tax * whole / amount * percent / 100) <= Decimal("0.011")
