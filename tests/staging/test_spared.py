"""Which streams a load need not read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from certify_intacct.model.configuration import config_path, load
from certify_intacct.staging.bulk import Staged
from certify_intacct.staging.manifest import get_load, record_extract
from certify_intacct.staging.spared import SNAPSHOT_AGE, spared
from tests import shipped_config

OWN = {"user_defined_1": {"object": "udd_test", "label": "campaign", "certify": "report_gld/3"}}


@pytest.fixture
def given(store, new_load, monkeypatch, tmp_path):
    """Asks for a stream that a load has read, for another load, of a run of a backfill unless it is told otherwise."""

    def ask(
        name: str, *, age: timedelta = timedelta(0), direction: str = "expense", run_type: str = "backfill", **dims
    ):
        first, second = new_load(run_id="a", direction=direction), new_load(run_id="b", direction=direction)
        content = shipped_config.content()
        content["dimensions"] |= dims
        path = tmp_path / "connector.yaml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
        with store.connection() as connection:
            record_extract(connection, first, name, Staged(rows=3, pages=1, duplicates=0), datetime.now(tz=UTC) - age)
            asked = replace(get_load(connection, second), run_type=run_type)
            why = spared(connection, asked, name, load(config_path()))
            found = connection.execute(
                "SELECT source_load_id, row_count FROM ops.extract WHERE load_id = %s AND stream = %s", [second, name]
            ).fetchone()
        source = found and {first: "another's", second: "its own"}[found["source_load_id"]]
        return why, source, found and found["row_count"]

    return ask


TO_BE_READ = ("", None, None)


def test_a_list_of_intacct_that_another_load_has_just_read_is_reused_in_a_backfill_alone(given):
    why, *found = given("intacct_vendors", age=SNAPSHOT_AGE - timedelta(minutes=1))
    assert why.startswith("the snapshot of ")
    assert found == ["another's", 3]


def test_one_that_is_too_old_is_read_anew(given):
    assert given("intacct_vendors", age=SNAPSHOT_AGE + timedelta(minutes=1)) == TO_BE_READ


@pytest.mark.parametrize("run_type", ["manual", "scheduled"])
def test_any_other_run_reads_for_itself(given, run_type):
    assert given("intacct_vendors", run_type=run_type) == TO_BE_READ


@pytest.mark.parametrize("name", ["certify_users", "certify_categories", "certify_expenses"])
def test_nothing_of_certify_is_reused(given, name):
    assert given(name) == TO_BE_READ


def test_what_connector_yaml_may_say_anew_is_read_anew(given):
    """Which object holds a dimension of the company's own, and which fields a list in Certify asks for."""
    assert given("intacct_user_defined_1", **OWN) == TO_BE_READ
    asks = {"project": {"certify": "report_gld/3", "sync": True, "filter": {"PROJECTTYPE": ["Billable"]}}}
    assert given("intacct_projects", direction="organization", **asks) == TO_BE_READ
    for direction, dims in (("expense", asks), ("organization", {"project": {"certify": "report_gld/3"}})):
        assert given("intacct_projects", direction=direction, **dims)[1] == "another's"


@pytest.mark.parametrize("run_type", ["manual", "scheduled", "backfill"])
def test_what_connector_yaml_does_not_use_is_there_without_a_row(given, run_type):
    """Whatever another load has read of it when it was used."""
    why, *found = given("intacct_inter_entity", run_type=run_type)
    assert why == "connector.yaml does not use it, so nothing is read"
    assert found == ["its own", 0]


def test_a_snapshot_is_found_whatever_has_reused_it(store, new_load):
    """As many loads as a long backfill has in half an hour, which say all that they observed it when it was read."""
    source, other = new_load(run_id="source"), new_load(run_id="other")
    reused = [new_load(run_id=f"run {number}") for number in range(200)]
    settings = load(config_path())
    read = (
        "SELECT seq_tup_read + idx_tup_fetch AS n FROM pg_stat_xact_user_tables WHERE relid = 'ops.extract'::regclass"
    )
    with store.connection() as connection:
        staged = Staged(rows=3, pages=1, duplicates=0)
        record_extract(connection, source, "intacct_vendors", staged, datetime.now(tz=UTC))
        record_extract(connection, other, "intacct_terms", staged, datetime.now(tz=UTC))
        for one in reused:
            assert spared(
                connection, replace(get_load(connection, one), run_type="backfill"), "intacct_vendors", settings
            )
    last = new_load(run_id="last")
    with store.connection() as connection:
        asked = replace(get_load(connection, last), run_type="backfill")
        (before,) = connection.execute(read).fetchall()
        assert spared(connection, asked, "intacct_vendors", settings)
        (after,) = connection.execute(read).fetchall()
    assert after["n"] - before["n"] <= 3
