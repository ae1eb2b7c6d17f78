"""What a load is about, as it is written down when a run opens it."""

from __future__ import annotations

import pytest

from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.staging.database import Database
from certify_intacct.staging.manifest import get_load, uncovered_dates


@pytest.fixture
def opened(connections, context, database):
    def run(direction: str, **options):
        load_id = OpenLoadOperator(task_id="open_load", direction=direction).execute(context(**options))
        with Database(database.loader_url).connection() as connection:
            return get_load(connection, load_id)

    return run


def test_a_reconciliation_by_hand_is_no_preview(opened):
    assert opened("reconciliation").dry_run is False, (
        "it changes nothing at either service: there is nothing to preview"
    )
    assert opened("expense").dry_run is True


def test_every_opening_is_a_load_of_its_own(opened):
    assert opened("expense").load_id != opened("expense").load_id


def test_a_run_for_some_entities_covers_no_date(opened, database):
    load = opened("expense", dry_run=False, entities=["100"])
    with Database(database.loader_url).connection() as connection:
        connection.execute("UPDATE ops.load SET state = 'loaded' WHERE load_id = %s", [load.load_id])
        assert uncovered_dates(connection, "expense", load.period.start, load.period.end) == [load.period.start]
