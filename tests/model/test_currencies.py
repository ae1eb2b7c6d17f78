"""How fine an amount of a currency may be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from certify_intacct.model.currencies import decimals, posted_unit


@pytest.mark.parametrize(
    ("currency", "stated", "posted"),
    [("USD", 2, "0.01"), ("JPY", 0, "1"), ("KRW", 0, "1"), ("KWD", 3, "0.01"), ("CLF", 4, "0.01"), ("XYZ", 2, "0.01")],
)
def test_decimals_are_the_currencys_own_and_intacct_keeps_two(currency, stated, posted):
    assert decimals(currency) == stated
    assert posted_unit(currency) == Decimal(posted)
