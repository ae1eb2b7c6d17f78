"""The table of a reconciliation fits, whatever the services call their entities."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.reconciliation.balance import balance_table
from certify_intacct.staging.reconciliation_results import BalanceLine

names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=60)


@given(names, names, names, names, st.decimals(-(10**10), 10**10, places=2))
def test_amounts_stand_below_each_other_and_no_line_is_wider_than_a_log(entity, currency, kind, bucket, amount):
    line = BalanceLine(
        entity=entity, currency=currency, payer="employee", kind=kind, bucket=bucket, amount=amount, reports=12_345
    )
    lines = balance_table([line, line]).split("\n")
    assert max(map(len, lines)) <= 120
    assert len({len(one) for one in lines}) == 1
    assert lines[2].endswith(f"{amount:,.2f}")
    assert lines[-1].endswith(f"{amount + amount:,.2f}")


def test_what_is_cut_says_so():
    line = BalanceLine(
        entity="A-VERY-LONG-ENTITY", currency="EUR", payer="company", kind="credit_card_transaction",
        bucket="skipped: already_reimbursed_elsewhere", amount=Decimal("1.00"), reports=1,
    )  # fmt: skip
    assert "A-VERY-LON… EUR" in balance_table([line])
