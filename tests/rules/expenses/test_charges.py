"""When two expense lines are one card charge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.charges import Charge, asked

charges = st.builds(
    Charge,
    account=st.sampled_from(["", "CORP-VISA", "CORP-AMEX"]),
    card=st.sampled_from(["", "Visa/4821", " visa/4821", "Amex/1009"]),
    transaction_id=st.sampled_from(["", "T-1", "T-2"]),
    day=st.sampled_from([date(2026, 3, 1), date(2026, 3, 2)]),
    merchant=st.sampled_from(["Blue Cab", "BLUE  cab", "Red|Cab"]),
    amount=st.sampled_from([Decimal("10"), Decimal("10.00"), Decimal("100")]),
    currency=st.sampled_from(["USD", "EUR"]),
)


def is_one(first: Charge, second: Charge) -> bool:
    return bool(asked(first.keys) & second.keys)


def said(charge: Charge) -> tuple[object, ...]:
    return charge.day, " ".join(charge.merchant.lower().split()), charge.amount, charge.currency


@given(first=charges, second=charges)
def test_two_lines_are_one_charge(first: Charge, second: Charge) -> None:
    """Said once more, in other words: the same card, and the same ID where both have one, else all that is said of it."""
    cards = [(one.account, one.card.strip().lower()) for one in (first, second)]
    same_card = any(mine and mine == theirs for mine, theirs in zip(*cards, strict=True))
    both = first.transaction_id and second.transaction_id
    same = first.transaction_id == second.transaction_id if both else said(first) == said(second)
    assert is_one(first, second) == (same_card and same)
    assert is_one(first, second) == is_one(second, first)


@given(charge=charges)
def test_a_charge_is_itself_wherever_a_card_is_named(charge: Charge) -> None:
    assert is_one(charge, charge) == bool(charge.account or charge.card)
    assert not replace(charge, account="", card="").keys
