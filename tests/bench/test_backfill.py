"""``make bench BACKFILL=1``: the days are runs of a backfill, and what they have cost is told after each length."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

import pytest

from include.bench.backfill import Spent, backfill, exponents


def test_what_was_spent_is_told_after_each_length():
    with redirect_stdout(StringIO()) as text:
        one, two = backfill([1, 2], receipts=False, reports=1)
    assert (one.days, two.days) == (1, 2)
    assert (one.documents, two.documents) == (5, 10)  # the first report of a day has four charges
    for name in ("seconds", "cpu", "postgres_cpu", "statements", "rows_read", "certify_calls", "intacct_requests"):
        assert 0 < getattr(one, name) < getattr(two, name), name
    headings, *rows = text.getvalue().splitlines()
    assert [row.split()[0] for row in rows] == ["1", "2", "exponents"]
    assert len({len(row) for row in [headings, *rows]}) == 1


@pytest.mark.parametrize("power", [1, 2])
def test_exponents_are_those_of_the_days(power):
    told = [Spent(days, days, *[100 * days**power] * 7) for days in (30, 100, 300)]
    documents, *costs = exponents(told)
    assert documents == pytest.approx(1)
    assert costs == [pytest.approx(power)] * 7
