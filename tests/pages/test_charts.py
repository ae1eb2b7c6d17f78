"""Charts stay within their picture, are as long as what they stand for, and say in words what they show."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.pages import charts
from certify_intacct.pages.listing import Paging, asked, linked, page_number

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def shown(value: Decimal) -> str:
    return f"{value:,.2f}"


@given(st.lists(st.lists(AMOUNTS, min_size=2, max_size=2), min_size=1, max_size=40), st.booleans())
def test_columns_stay_within_the_picture_and_every_value_stands_in_the_table(values, stacked):
    counted = [(f"2026-11-{place:02}", pair) for place, pair in enumerate(values)]
    made = charts.columns(
        "c", "Posted", "Day", ["bills", "cards"], counted, shown=shown, nothing="Nothing.", stacked=stacked
    )
    if all(value <= 0 for pair in values for value in pair):
        assert (made.bars, made.boxes) == ((), ())
        return
    assert [bar.texts for bar in made.bars] == [tuple(map(shown, pair)) for pair in values]
    assert len(made.boxes) == sum(value > 0 for pair in values for value in pair)
    for box in made.boxes:
        assert 0 <= box.x <= box.x + box.width <= made.width + 1
        # Each value that is more than nothing is seen, so a pile of small ones may rise by a little.
        assert -2 <= box.y <= box.y + box.height <= made.height
    heights = [sum(max(value, Decimal(0)) for value in pair) if stacked else max(pair) for pair in values]
    assert shown(max(heights)) in made.summary


@given(st.lists(st.tuples(st.text(max_size=60), st.integers(0, 10**7)), min_size=1, max_size=40))
def test_rows_count_everything_however_many_there_are(counted):
    made = charts.rows("r", "Held", "Rule", counted, unit="reports", nothing="Nothing.")
    whole = sum(number for _, number in counted)
    assert sum(bar.values[0] for bar in made.bars) == whole
    assert len(made.bars) <= 12
    assert bool(made.bars) == bool(whole)
    for box in made.boxes:
        assert box.x + box.width <= made.width
        assert box.y + box.height <= made.height


@given(st.text(max_size=20) | st.integers(0, 10**30).map(str) | st.just("9" * 5000), st.integers(0, 10**6))
def test_a_page_of_a_list_is_one_that_there_is(text, whole):
    number = page_number(text)
    assert 1 <= number <= 2000
    paging = Paging(number=number, address="waiting", filters={"q": "a&b"}, whole=whole)
    assert paging.last >= 1
    assert paging.to(1) == "waiting?q=a%26b"
    assert paging.to(2) == "waiting?q=a%26b&page=2"


@given(st.text(max_size=300))
def test_what_is_looked_for_can_be_asked_of_a_database_and_stands_in_an_address(text):
    filters = asked(q=text, rule="")
    assert "\x00" not in filters.get("q", "")
    assert len(filters.get("q", "")) <= 200
    assert ("q=" in linked("waiting", filters)) == bool(filters)
