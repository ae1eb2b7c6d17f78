"""Tax of a line: in the currency of what is posted, and never more or less than the line together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from certify_intacct.documents import kind_of
from certify_intacct.model.references import Account
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, entity, line, plan_report, report

CANADIAN = replace(
    REFERENCES,
    dimensions=REFERENCES.dimensions | {"entity": {("100",): entity("100", "CAD")}},
    accounts=REFERENCES.accounts | {"2311": replace(REFERENCES.accounts["2310"], account_no="2311")},
)
CONFIGURATION = configuration(
    {"base_amounts": "converted"},
    tax={"default": {"mode": "map", "hst_account": "2310", "pst_account": "2311"}},
)


def converted(expense_id: str, amount: str, in_cad: str, **changes):
    """A line that was spent in US dollars and is owed in Canadian ones."""
    stated = {
        "converted_amount": Decimal(in_cad),
        "converted_reim_amount": Decimal(in_cad),
        "converted_currency": "CAD",
        **changes,
    }
    return line(expense_id, amount, **stated)


def planned(item):
    whole = item.converted_amount
    header = report(item, currency="CAD", total_amount=whole, reim_amount=whole, non_reim_amount=Decimal(0))
    return plan_report(header, [item], CANADIAN, CONFIGURATION, today=TODAY)


def test_tax_is_converted_by_the_ratio_of_its_line_and_the_remainder_stays_in_the_net():
    (bill,) = planned(converted("a", "113", "155", hst_amount=Decimal(13))).documents
    assert [(item.account, item.amount) for item in bill.lines] == [
        ("6220", Decimal("137.17")),
        ("2310", Decimal("17.83")),
    ]
    assert (bill.total, bill.currency) == (Decimal(155), "CAD")


def test_a_tax_entry_is_converted_too():
    uk = configuration(
        {"base_amounts": "converted"},
        tax={"default": {"mode": "map", "vat_detail": "UK standard", "solution": "UK - VAT"}},
    )
    item = converted("a", "120", "100", vat_amount=Decimal(20))
    header = report(item, currency="CAD", total_amount=Decimal(100), reim_amount=Decimal(100))
    (bill,) = plan_report(header, [item], CANADIAN, uk, today=TODAY).documents
    assert (bill.lines[0].amount, bill.lines[0].tax[0].amount) == (Decimal("83.33"), Decimal("16.67"))


@pytest.mark.parametrize("amount", ["0", None])
def test_tax_that_nothing_says_how_to_convert_is_held(amount):
    item = converted("a", "113", "155", hst_amount=Decimal(13))
    whole = replace(item, amount=None if amount is None else Decimal(amount))
    assert {hold.rule for hold in planned(whole).all_holds} == {"tax"}


def test_tax_of_a_line_with_two_payers_is_split_by_share_and_the_remainder_goes_to_the_last():
    config = configuration(tax={"default": {"mode": "map", "hst_account": "2310"}})
    on_card = {"card_name": "Corp Visa", "card_last": "4821", "card_transaction_id": "T-1"}
    item = line("a", "113", "100", hst_amount=Decimal(13), **on_card)
    bill, charge = plan_report(report(item), [item], REFERENCES, config, today=TODAY).documents
    assert [one.amount for one in bill.lines] == [Decimal("88.50"), Decimal("11.50")]
    assert [one.amount for one in charge.lines] == [Decimal("11.50"), Decimal("1.50")]


def test_tax_of_a_part_that_nobody_paid_is_not_claimed():
    config = configuration(tax={"default": {"mode": "map", "hst_account": "2310"}})
    item = line("a", "113", "100", hst_amount=Decimal(13))
    (bill,) = plan_report(report(item), [item], REFERENCES, config, today=TODAY).documents
    assert [one.amount for one in bill.lines] == [Decimal("88.50"), Decimal("11.50")]


@given(st.integers(2, 100_000), st.fractions(0, 1), st.fractions(0, 1), st.fractions(0, 1))
def test_tax_of_two_payers_adds_up(cents, owed, hst, share):
    amount = Decimal(cents) / 100
    reim = Decimal(int(cents * owed)) / 100
    taxes = int(cents * hst / 2)
    first = int(taxes * share)
    on_card = {"card_name": "Corp Visa", "card_last": "4821", "card_transaction_id": "T-1"}
    stated = {"2310": Decimal(first) / 100, "2311": Decimal(taxes - first) / 100}
    item = line("a", str(amount), str(reim), hst_amount=stated["2310"], pst_amount=stated["2311"], **on_card)
    config = configuration(
        tax={"default": {"mode": "map", "hst_account": "2310", "pst_account": "2311"}},
        currencies={"exchange_rate_type": "Daily"},
    )
    documents = plan_report(report(item), [item], CANADIAN, config, today=TODAY).documents
    assert sum(document.total for document in documents) == amount
    for account, tax in stated.items():
        assert sum(one.amount for document in documents for one in document.lines if one.account == account) == tax
    assert all(one.amount > 0 for document in documents for one in document.lines)


@pytest.mark.parametrize(
    ("target", "held"), [("2310", True), ("HST paid", False), ("HST paid ", True), ("HST of old", True)]
)
def test_in_label_mode_tax_goes_to_a_label_that_exists_or_the_report_waits(target, held):
    labels = {
        "Travel": Account(account_no="Travel"),
        "HST paid": Account(account_no="HST paid"),
        "HST of old": Account(account_no="HST of old", active=False),
    }
    config = configuration(
        accounts={"by_label": True, "map": {"Hotel": "Travel"}},
        tax={"default": {"mode": "map", "hst_account": target}},
    )
    item = line("a", "113", hst_amount=Decimal(13))
    plan = plan_report(report(item), [item], replace(REFERENCES, labels=labels), config, today=TODAY)
    assert {hold.rule for hold in plan.all_holds} == ({"tax"} if held else set())
    for bill in plan.documents:
        sent = etree.fromstring(kind_of(bill.kind).function(bill, "c").xml)
        assert [node.text for node in sent.iter("ACCOUNTLABEL")] == ["Travel", "HST paid"]
        assert not list(sent.iter("ACCOUNTNO"))


@given(
    st.integers(1, 1_000_000),
    st.integers(1, 1_000_000),
    st.fractions(0, 1),
    st.fractions(0, 1),
    st.sampled_from([1, -1]),
)
def test_every_cent_of_a_taxed_line_is_posted_once(cents, converted_cents, hst, share, sign):
    amount, whole = Decimal(cents * sign) / 100, Decimal(converted_cents * sign) / 100
    taxes = int(cents * hst)
    first = int(taxes * share)
    stated = {"2310": Decimal(first * sign) / 100, "2311": Decimal((taxes - first) * sign) / 100}
    taxed = converted("a", str(amount), str(whole), hst_amount=stated["2310"], pst_amount=stated["2311"])
    lines = [taxed, converted("b", "20000", "20000")]
    total = whole + 20000
    header = report(*lines, currency="CAD", total_amount=total, reim_amount=total, non_reim_amount=Decimal(0))
    (bill,) = plan_report(header, lines, CANADIAN, CONFIGURATION, today=TODAY).documents
    assert bill.total == total
    of_taxed = [item for item in bill.lines if item.expense_id == "a"]
    assert sum(item.amount for item in of_taxed) == whole
    for item in of_taxed:
        assert item.amount * sign >= 0
        if item.account in stated:
            # The last of two taxes gives way where both were rounded up.
            assert abs(item.amount - stated[item.account] * whole / amount) <= Decimal("0.015")


def test_the_account_of_a_tax_demands_what_every_account_does():
    """It would be refused by Intacct, document by document."""
    config = configuration(tax={"default": {"mode": "map", "hst_account": "6400"}})
    item = line("a", "113", hst_amount=Decimal(13))
    plan = plan_report(report(item), [item], REFERENCES, config, today=TODAY)
    (hold,) = plan.all_holds
    assert (hold.rule, plan.documents) == ("dimension_required", ())
    assert hold.reason.endswith("Account '6400' requires PROJECTID, which the line does not have.")
    assert hold.cure.endswith("or name another in posting.tax.")
    free = line("b", "113")
    assert plan_report(report(free), [free], REFERENCES, config, today=TODAY).documents
