"""What of a report is nobody's to post, by a named policy: it is counted, and the rest is posted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.configuration.paid import CompanyPaid
from certify_intacct.model.payers import Payer
from certify_intacct.rules.expenses.numbering import InLedger
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

NOTHING = InLedger()
JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310"}}


def plan(*lines, ledger=NOTHING, **posting):
    return plan_report(report(*lines), lines, REFERENCES, configuration(**posting), today=TODAY, ledger=ledger)


def outcome(planned):
    return (
        sorted((document.payer.value, document.total) for document in planned.documents),
        {hold.rule for hold in planned.all_holds},
        {skip.rule for skip in planned.skips},
    )


@pytest.mark.parametrize("company_paid", [{}, JOURNAL, {"target": "hold"}])
def test_what_a_policy_caps_is_not_owed_by_anybody(company_paid):
    posting = {"company_paid": company_paid} if company_paid else {}
    capped = line("a", "60", "50"), line("b", "800")
    assert outcome(plan(*capped, **posting)) == ([("employee", Decimal(850))], set(), {"unpaid_part"})
    refund = line("a", "-60", "-50"), line("b", "800")
    assert outcome(plan(*refund, **posting)) == ([("employee", Decimal(750))], set(), {"unpaid_part"})


@pytest.mark.parametrize("company_paid", [{}, JOURNAL])
def test_a_company_may_want_to_see_it(company_paid):
    posting = {"company_paid": company_paid} if company_paid else {}
    planned = plan(line("a", "60", "50"), line("b", "800"), unpaid_part="hold", **posting)
    assert outcome(planned) == ([("employee", Decimal(850))], {"card_missing"}, set())


def test_a_line_that_the_company_paid_whole_needs_its_card_as_before():
    assert outcome(plan(line("a", "60", "0"), line("b", "800"))) == (
        [("employee", Decimal(800))], {"card_missing"}, set(),
    )  # fmt: skip


def test_a_part_that_a_card_paid_is_posted_as_before():
    with_card = line("a", "60", "50", card_name="Corp Visa", card_last="4821", card_transaction_id="T-1")
    assert outcome(plan(with_card))[0] == [("company", Decimal(10)), ("employee", Decimal(50))]


@pytest.mark.parametrize("unpaid", ["ignore", "hold"])
def test_what_reaches_intacct_by_the_banks_feed_is_counted_and_the_bill_goes(unpaid):
    none = {"company_paid": {"target": "none"}, "unpaid_part": unpaid}
    mixed = card_line("a", "60", "T-1"), line("b", "800"), card_line("c", "-20", "T-2")
    planned = plan(*mixed, **none)
    assert outcome(planned) == ([("employee", Decimal(800))], set(), {"target_none"})
    assert {skip.expense_id for skip in planned.skips} == {"a", "c"}
    whole = plan(card_line("a", "60", "T-1"), **none)
    assert outcome(whole) == ([], set(), {"target_none"})


def test_only_the_companys_part_may_be_nobodys():
    assert "none" in CompanyPaid.model_fields["target"].annotation.__args__
    with pytest.raises(ValueError, match="none"):
        configuration(employee_paid={"target": "none"})


cents = st.integers(1, 100_000).map(lambda value: Decimal(value) / 100)


@given(
    st.lists(st.tuples(cents, st.sampled_from(["0", "part", "all"]), st.booleans(), st.booleans()), max_size=6),
    st.sampled_from(["none", "card"]),
)
def test_posted_held_and_left_out_are_all_there_is(drawn, target):
    """What documents of the ledger hold is posted, whatever connector.yaml would leave out by now."""
    lines, taken = [], {}
    for number, (amount, owed, card, posted) in enumerate(drawn):
        reim = {"0": Decimal(0), "part": amount / 2, "all": amount}[owed].quantize(Decimal("0.01"))
        maker = card_line if card else line
        lines.append(maker(f"e{number}", str(amount), reim_amount=reim, reimbursable=reim != 0))
        taken |= {(f"e{number}", Payer.COMPANY): amount - reim} if posted else {}
    posting = {"company_paid": {"target": "none"}} if target == "none" else {}
    planned = plan(*lines, ledger=InLedger(taken=frozenset(taken)), **posting)
    header = report(*lines)
    for payer, stated in ((Payer.EMPLOYEE, header.reim_amount), (Payer.COMPANY, header.non_reim_amount)):
        left = sum((skip.amount for skip in planned.skips if skip.payer is payer), Decimal(0))
        left += sum((amount for (_, whose), amount in taken.items() if whose is payer), Decimal(0))
        assert sum((part.total for part in planned.parts if part.payer is payer), Decimal(0)) + left == stated
