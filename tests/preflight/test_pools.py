"""A pool that somebody deleted, or gave no slots, has a run stand still without a word: preflight looks, in Airflow's real tables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from airflow.dag_processing.dagbag import DagBag

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.notifications.posted_by import tell_unless_posted
from certify_intacct.operators.dates_covered import DatesCoveredOperator
from certify_intacct.preflight.pools import pools
from certify_intacct.staging.manifest import advance
from include.local import databases
from tests.e2e.test_backfill_dates import ROOT, airflow

NAME = "airflow_pools"
IMPORT = ["pools", "import", str(ROOT / "include" / "pools.json")]


@pytest.fixture(scope="module")
def metadata(postgres_server) -> Iterator[str]:
    """Airflow's own database, and the role that reads its record."""
    databases.make_database(postgres_server, NAME, owner=databases.AIRFLOW)
    url = postgres_server.url(NAME, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    airflow([["db", "migrate"]], url, "Europe/Berlin")
    databases.open_record(postgres_server, NAME)
    yield url
    databases.drop_database(postgres_server, NAME)


@pytest.fixture
def pool(postgres_server, metadata, monkeypatch):
    """Does something to Airflow's pools, which are as shipped, and lets tasks read them."""
    monkeypatch.setenv("AIRFLOW_CONN_AIRFLOW_RECORD_DB", postgres_server.url(NAME, databases.RECORD))
    shipped = json.loads((ROOT / "include" / "pools.json").read_text(encoding="utf-8"))
    with psycopg.connect(postgres_server.url(NAME, databases.AIRFLOW), autocommit=True) as connection:
        connection.execute("DELETE FROM slot_pool WHERE pool <> 'default_pool'")
        for name, one in shipped.items():
            connection.execute(
                "INSERT INTO slot_pool (pool, slots, include_deferred) VALUES (%s, %s, false)", [name, one["slots"]]
            )
        yield connection.execute


def test_each_dag_s_tasks_wait_in_the_pools_that_are_looked_for():
    bag = DagBag(dag_folder=str(ROOT / "dags"), collect_dags=True)
    for direction in ("expense", "organization"):
        for kind in ("sync", "preview"):
            waits = {task.pool for task in bag.dags[f"{direction}_{kind}"].tasks} - {"default_pool"}
            assert waits == set(pools(direction, preview=kind == "preview")), (direction, kind)


def test_pools_that_are_there_are_a_row_and_one_without_an_end_is_none_without_slots(company, pool):
    pool("UPDATE slot_pool SET slots = -1 WHERE pool = 'posting'")
    company.check()
    assert company.outcomes()["Pools"] == "present"


def test_a_pool_that_is_missing_stops_the_run_also_on_the_day_of_a_good_check_until_it_is_imported(
    company, pool, metadata
):
    company.check()
    pool("DELETE FROM slot_pool WHERE pool IN ('posting', 'sage_intacct')")
    with pytest.raises(ConfigurationError, match="no pool posting: what waits in it never begins") as stopped:
        company.check()
    assert "no pool sage_intacct" in stopped.value.message
    assert "airflow pools import include/pools.json" in stopped.value.cure
    # As it is told.
    airflow([IMPORT], metadata, "Europe/Berlin")
    company.check()


def test_a_preview_needs_no_pool_of_those_that_post(company, pool):
    pool("DELETE FROM slot_pool WHERE pool IN ('posting', 'receipts')")
    company.check(preview=True)
    company.check("organization")
    assert company.outcomes()["Pools"] == "present"


def test_a_pool_without_slots_is_a_warning_since_somebody_may_want_it(company, pool):
    pool("UPDATE slot_pool SET slots = 0 WHERE pool = 'posting'")
    assert company.check()["stopping"] == 0
    row = company.rows()["Pools"]
    assert (row["outcome"], row["required"]) == ("missing", False)
    assert "The pool posting has 0 slots" in row["detail"]


def test_where_they_cannot_be_read_it_says_so_and_where_nobody_gave_a_way_nothing(company, pool, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AIRFLOW_RECORD_DB", company.database.loader_url)
    company.check()
    assert company.outcomes()["Pools"] == "cannot tell"
    monkeypatch.delenv("AIRFLOW_CONN_AIRFLOW_RECORD_DB")
    company.check(force=True)
    assert "Pools" not in company.outcomes()


def test_a_night_that_a_pool_kept_still_is_told_with_the_pool(company, pool, store, new_load, caplog):
    """The run has begun, and nothing of it moves: by the deadline, and by the morning's look."""
    caplog.set_level("INFO")
    zone = ZoneInfo("Europe/Berlin")
    yesterday = datetime.now(tz=zone).date() - timedelta(days=1)
    before = new_load(day=yesterday - timedelta(days=1), direction="expense", run_id="before")
    with store.connection() as connection:
        advance(connection, before, "loaded")
    new_load(day=yesterday, direction="expense", run_id="night")
    pool("UPDATE slot_pool SET slots = 0 WHERE pool = 'emburse_certify'")
    said = "The pool emburse_certify has 0 slots: what waits in it does not begin. Airflow, Admin > Pools"
    DatesCoveredOperator(task_id="dates_covered", load_id=1).execute({})
    assert said in " ".join(caplog.text.split())
    run = {
        "dag_id": "expense_sync", "dag_run_id": "night", "state": "running",
        "data_interval_start": f"{yesterday}T00:00:00+01:00",
    }  # fmt: skip
    assert said in asyncio.run(tell_unless_posted({"dag_run": run}, at="07:00", time_zone="Europe/Berlin"))
