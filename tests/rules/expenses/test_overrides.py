"""Lines that become something else than the rest of their payer's part."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.configuration.changes import changes, of_money
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

REPORTED = {"categories": ["Hotel"], "target": "expense_report"}
HELD = {"departments": ["31"], "target": "hold"}


def planned(*lines, employee=(), company=(), **more):
    config = configuration(employee_paid={"overrides": employee}, company_paid=with_cards({"overrides": company}))
    return plan_report(report(*lines), lines, REFERENCES, config, today=TODAY, **more)


def with_cards(section):
    shipped = configuration().posting.company_paid.model_dump()
    return {"cards": shipped["cards"], **section}


def kinds(plan) -> dict[str, str]:
    return {expense: document.kind.value for document in plan.documents for expense in document.expense_ids}


def test_the_first_row_that_fits_decides():
    lines = [
        line("a", "1"),
        line("b", "2", department_code="31"),
        line("c", "3", category="Gift", category_gl_code="6220"),
    ]
    found = planned(*lines, employee=[HELD, REPORTED])
    assert (kinds(found)["a"], "b" in kinds(found)) == ("expense_report", False)
    found = planned(*lines, employee=[REPORTED, HELD])
    assert {kinds(found)[name] for name in "ab"} == {"expense_report"}


def test_a_row_fits_when_each_of_its_lists_has_the_line():
    both = {"categories": ["Hotel"], "departments": ["31"], "entities": ["100", "200"], "target": "expense_report"}
    found = planned(line("a", "1"), line("b", "2", department_code="31"), employee=[both])
    assert kinds(found) == {"a": "ap_bill", "b": "expense_report"}
    assert [document.number[-5:] for document in found.documents] == ["-001B", "-002E"]


def test_a_card_whose_charges_come_another_way_is_left_out_and_counted():
    feed = {"cards": ["Corp Visa"], "target": "none"}
    found = planned(card_line("a", "10"), line("b", "3"), company=[feed])
    assert kinds(found) == {"b": "ap_bill"}
    assert [(skip.rule.value, skip.amount) for skip in found.skips] == [("target_none", Decimal(10))]


@pytest.mark.parametrize("listed", ["hotel", "Hotel ", "Ｈotel", "Ho\u200btel"])
def test_what_only_looks_like_a_row_waits(listed):
    found = planned(line("a", "1"), employee=[{"categories": [listed], "target": "expense_report"}])
    assert not found.documents
    assert [hold.rule.value for part in found.parts for hold in part.holds] == ["target_hold"]
    elsewhere = {"categories": [listed], "entities": ["200"], "target": "hold"}
    assert planned(line("a", "1"), employee=[elsewhere]).documents


AMOUNTS = st.decimals(min_value=1, max_value=99, places=2)


@given(
    amounts=st.lists(st.tuples(AMOUNTS, st.sampled_from(["30", "31"]), st.booleans()), min_size=1, max_size=8),
    order=st.permutations([REPORTED, HELD | {"target": "ap_bill"}, {"entities": ["100"], "target": "expense_report"}]),
)
def test_every_cent_is_in_one_document_whatever_the_rows(amounts, order):
    lines = [
        (card_line if by_card else line)(f"e{number}", str(amount), department_code=department)
        for number, (amount, department, by_card) in enumerate(amounts)
    ]
    found = planned(*lines, employee=list(order), company=[{"departments": ["31"], "target": "hold"}])
    for payer in Payer:
        whole = sum((amount for amount, _, by_card in amounts if by_card is (payer is Payer.COMPANY)), Decimal(0))
        assert sum((part.total for part in found.parts if part.payer is payer), Decimal(0)) == whole


def test_a_kind_that_only_a_row_asks_for_needs_its_settings_too():
    row = {"categories": ["Hotel"], "target": "gl_journal"}
    with pytest.raises(ValueError, match="journal"):
        configuration(company_paid=with_cards({"overrides": [row]}))
    with pytest.raises(ValueError, match="it must name categories"):
        configuration(employee_paid={"overrides": [{"target": "hold"}]})
    assert tuple(configuration(employee_paid={"overrides": [REPORTED]}).posting.kinds) == (
        DocumentKind.AP_BILL, DocumentKind.EXPENSE_REPORT, DocumentKind.CREDIT_CARD_TRANSACTION,
    )  # fmt: skip


def test_ap_account_labels_are_no_expense_types():
    with pytest.raises(ValueError, match="name the expense types in employee_paid"):
        configuration(employee_paid={"overrides": [REPORTED]}, accounts={"by_label": True})
    named = {"overrides": [REPORTED], "expense_report": {"expense_types": {"Hotel": "Lodging"}}}
    assert configuration(employee_paid=named, accounts={"by_label": True}).posting.accounts.by_label


def test_the_order_of_rows_decides_about_money():
    before, after = (
        of_money(configuration(employee_paid={"overrides": rows})) for rows in ([HELD, REPORTED], [REPORTED, HELD])
    )
    decisive, recorded = changes(before, after)
    assert (len(decisive), recorded) == (4, [])


def test_a_key_that_a_new_version_brings_asks_nobody_as_long_as_it_says_what_was_done_before():
    after = of_money(configuration())
    before = {name: value for name, value in after.items() if "policies" not in name}
    assert changes(before, after) == ([], [])
    posting = of_money(configuration(policies={"self_approved": "post"}))
    assert changes(before, posting) == (["posting.policies.self_approved: new, post"], [])


RATE = {"currency": "USD", "base": "CAD", "since": "2026-03-01", "rate": "1.4"}


@pytest.mark.parametrize(
    ("posting", "said"),
    [
        ({"policies": {"personal": "account"}}, "give `personal_account: ACCOUNT`"),
        ({"policies": {"cash_advance_account": "1150"}}, "give `cash_advance_account: ACCOUNT`"),
        ({"policies": {"already_reimbursed": "clearing_account"}}, "give `already_reimbursed_journal`"),
        ({"policies": {"personal": "skip"}}, "'hold' or 'account'"),
        ({"employee_paid": {"target": "gl_journal"}}, "needs `journal` with symbol and offset_account"),
        ({"currencies": {"rates": [RATE, RATE]}}, "is listed twice"),
        ({"currencies": {"rates": [RATE | {"base": "USD"}]}}, "needs no rate into itself"),
        ({"currencies": {"rates": [RATE | {"until": "2026-02-01"}]}}, "before it begins"),
        ({"currencies": {"rates": [RATE | {"rate": "0"}]}}, "greater than 0"),
    ],
)
def test_what_lacks_its_other_half_or_contradicts_itself_is_refused(posting, said):
    with pytest.raises(ValueError, match=said.replace("`", ".")):
        configuration(**posting)
