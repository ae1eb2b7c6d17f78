"""What a day of sending may add up to, and what is usual for one. Exact to the cent."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import psycopg
import pytest
import yaml

from certify_intacct.model.configuration import load as load_configuration
from certify_intacct.staging.run_limits import above_limits, keep_above, kept_above
from tests import shipped_config
from tests.posting.guards.earlier import earlier_run, planned_run
from tests.shipped_config import today


@pytest.fixture
def judge(database, store, tmp_path):
    """Judges a plan with these totals; what is above, with what would pass."""

    def judged(totals, *, days=1, currency="USD", **limits):
        text = shipped_config.content()
        text["posting"]["limits"] |= {"median_from_documents": 3, **limits}
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(text), encoding="utf-8")
        load = planned_run(database.owner_url, today(), totals, days=days, currency=currency)
        with store.connection() as connection:
            found = above_limits(connection, load, load_configuration(path))
            keep_above(connection, load, found)
            keep_above(connection, load, found)
            assert sorted(map(str, kept_above(connection, load))) == sorted(map(str, found))
        return {f"{one.rule} {one.currency}".strip(): (one.found, one.allowed) for one in found}

    return judged


@pytest.fixture
def above(judge, database):
    """The same after five days of sending, with two documents and 40.00 USD each."""
    for back in range(1, 6):
        earlier_run(database.owner_url, today() - timedelta(days=back), ["10.00", "30.00"])
    return judge


def test_up_to_the_limit_nothing_is_above_it(above):
    assert above(["20.00"] * 10) == {}
    assert above([]) == {}


def test_one_document_more(above):
    assert above(["0.01"] * 11) == {"documents_median": (11, 10)}


def test_one_cent_more(above):
    assert above(["100.00", "50.00", "50.01"]) == {"amount_median USD": (Decimal("200.01"), Decimal("200.00"))}


def test_one_large_document_is_above_the_usual_amount_however_few_there_are(above):
    assert above(["200.01"]) == {"amount_median USD": (Decimal("200.01"), Decimal("200.00"))}


def test_a_currency_has_a_median_of_its_own(above):
    assert above(["9999"] * 3, currency="JPY") == {}, "no day had it before: there is nothing usual"


@pytest.mark.parametrize("days", [1, 365])
def test_a_longer_period_may_send_no_more(above, days):
    """What counts is the day of sending: a period that starts a year earlier was a way around it."""
    assert above(["1.00"] * 11, days=days) == {"documents_median": (11, 10)}


def test_what_was_sent_today_counts_and_what_somebody_approved_does_not(above, database):
    earlier_run(database.owner_url, today(), ["150.00"], at=time(0))
    earlier_run(database.owner_url, today(), ["9999"], approved_by="plan approved by kim")
    earlier_run(database.owner_url, today(), ["9999"], document="rejected")
    assert above(["50.00"]) == {}
    assert above(["50.01"]) == {"amount_median USD": (Decimal("200.01"), Decimal("200.00"))}
    earlier_run(database.owner_url, today() - timedelta(days=1), ["1.00"], at=time(23, 59))
    assert above(["50.00"]) == {}, "the last minute of yesterday is not today"


def test_what_this_plan_sent_already_counts_once(above, database):
    """The task was cut off after it had sent some."""
    totals = ["90.00", "60.00", "50.00"]
    assert above(totals) == {}
    earlier_run(database.owner_url, today(), ["90.00"])
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("ALTER TABLE ledger.document DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE ledger.document SET number = 'D1' WHERE number = (SELECT max(number) FROM ledger.document)"
        )
        connection.execute("ALTER TABLE ledger.document ENABLE TRIGGER USER")
    assert above(totals) == {}


def test_days_of_the_last_thirty_say_what_is_usual(above, database):
    for back in range(31, 60):
        earlier_run(database.owner_url, today() - timedelta(days=back), ["100000.00"] * 3)
    assert above(["200.01"]) == {"amount_median USD": (Decimal("200.01"), Decimal("200.00"))}


@pytest.mark.parametrize("limits", [{"median_from_days": 6}, {"times_median": 0}, {"times_median": 500}], ids=str)
def test_young_companies_and_a_limit_that_is_off(above, limits):
    assert above(["20.00"] * 40, **limits) == {}


def test_few_documents_are_not_compared_by_their_number(above):
    assert above(["1.00"] * 40, median_from_documents=41) == {}


@pytest.mark.parametrize(
    ("limit", "currency", "allowed"),
    [
        ("1000.00", "USD", "1000.00"),
        ("1000.00", "EUR", "1000.00"),
        ({"USD": "1000.00", "EUR": "900.00"}, "EUR", "900.00"),
        # Of what nobody thought of, nothing passes by itself.
        ({"USD": "1000.00"}, "CHF", "0"),
    ],
)
def test_without_history_a_fixed_amount(judge, limit, currency, allowed):
    most = Decimal(allowed)
    if most:
        assert judge([str(most)], currency=currency, day_amount=limit) == {}
    found = judge([*([allowed] if most else []), "0.01"], currency=currency, day_amount=limit)
    assert found == {f"day_amount {currency}": (most + Decimal("0.01"), most)}


def test_the_most_of_a_run_needs_no_history(database, store, judge):
    assert judge(["1.00"] * 3, documents_per_run=3) == {}
    assert judge(["1.00"] * 3, documents_per_run=2) == {"documents_per_run": (3, 2)}
