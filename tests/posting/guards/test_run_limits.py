"""What is usual for a run, and what is far above it. Exact to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from certify_intacct.model.configuration.posting import Limits
from certify_intacct.staging.run_limits import above_limits, keep_above, kept_above
from tests.posting.guards.earlier import earlier_run, planned_run

DAY = date(2026, 11, 20)


@pytest.fixture
def above(database, store):
    """Judges a plan with these totals after five days of two documents and 40.00 USD each; what is above, with what would pass."""
    for back in range(1, 6):
        earlier_run(database.owner_url, DAY - timedelta(days=back), ["10.00", "30.00"])

    def judge(totals, *, days=1, currency="USD", **limits):
        load = planned_run(database.owner_url, DAY, totals, days=days, currency=currency)
        given = Limits(**{"median_from_documents": 3, **limits})
        with store.connection() as connection:
            found = above_limits(connection, load, given)
            keep_above(connection, load, found)
            keep_above(connection, load, found)
            assert sorted(map(str, kept_above(connection, load))) == sorted(map(str, found))
        return {f"{one.rule} {one.currency}".strip(): (one.found, one.allowed) for one in found}

    return judge


def test_up_to_the_limit_nothing_is_above_it(above):
    assert above(["20.00"] * 10) == {}
    assert above([]) == {}


def test_one_document_more(above):
    assert above(["0.01"] * 11) == {"documents_median": (11, 10)}


def test_one_cent_more(above):
    assert above(["100.00", "50.00", "50.01"]) == {"amount_median USD": (Decimal("200.01"), Decimal("200.00"))}


def test_a_currency_has_a_median_of_its_own(above):
    assert above(["9999"] * 3, currency="JPY") == {}, "no run had it before: there is nothing usual"


def test_several_days_are_judged_by_day(above):
    assert above(["1.00"] * 20, days=2) == {}
    assert above(["1.00"] * 21, days=2) == {"documents_median": (21, 20)}


def test_earlier_periods_count_by_day_as_well(above, database):
    for back in range(6, 16):
        earlier_run(database.owner_url, DAY - timedelta(days=10 * back), ["1.00"] * 10, days=10)
    assert above(["1.00"] * 5) == {}
    assert above(["1.00"] * 6) == {"documents_median": (6, 5), "amount_median USD": (Decimal(6), Decimal(5))}


def test_the_newest_thirty_runs_say_what_is_usual(above, database):
    for back in range(30):
        earlier_run(database.owner_url, DAY - timedelta(days=back), ["1.00"])
    assert above(["1.00"] * 6) == {"documents_median": (6, 5), "amount_median USD": (Decimal(6), Decimal(5))}


@pytest.mark.parametrize(
    "limits", [{"median_from_documents": 41}, {"median_from_runs": 6}, {"times_median": 0}, {"times_median": 500}]
)
def test_small_runs_young_companies_and_a_limit_that_is_off(above, limits):
    assert above(["20.00"] * 40, **limits) == {}


@pytest.mark.parametrize(
    "other", [{"state": "planned"}, {"dry_run": True}, {"entities": ["100"]}, {"totals": []}], ids=str
)
def test_what_posted_nothing_or_for_some_entities_only_is_not_usual(above, database, other):
    for back in range(1, 7):
        earlier_run(database.owner_url, DAY - timedelta(days=back), **{"totals": ["1000.00"] * 12} | other)
    assert set(above(["20.00"] * 11)) == {"documents_median", "amount_median USD"}


def test_the_most_of_a_run_needs_no_history(database, store):
    load = planned_run(database.owner_url, DAY, ["1.00"] * 3)
    with store.connection() as connection:
        assert above_limits(connection, load, Limits(documents_per_run=3)) == []
        (one,) = above_limits(connection, load, Limits(documents_per_run=2))
    assert str(one) == "3 documents; posting.limits.documents_per_run is 2."
