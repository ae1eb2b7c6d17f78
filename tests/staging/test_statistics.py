"""PostgreSQL knows what a load staged before it is judged, though the tables are not the loader's."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from certify_intacct.staging import statistics
from certify_intacct.staging.bulk import Staged
from certify_intacct.staging.manifest import record_extract
from tests.staging.test_stale_statistics import staged


def known(database) -> float:
    with psycopg.connect(database.owner_url) as owner:
        (rows,) = owner.execute(
            "SELECT reltuples FROM pg_class WHERE oid = 'staging.certify_expense_report'::regclass"
        ).fetchone()
    return rows


def loaded(database, store, new_load, reports: int) -> list[str]:
    load_id = new_load(direction="expense")
    with psycopg.connect(database.owner_url) as owner:
        staged(owner, load_id, reports)
    with store.connection() as connection:
        rows = Staged(rows=reports, pages=1, duplicates=0)
        record_extract(connection, load_id, "certify_expense_reports", rows, datetime.now(tz=UTC))
        return statistics.refresh_staging(connection, load_id)


def test_a_load_that_is_a_good_part_of_its_table_is_analyzed_and_a_small_one_is_not(database, store, new_load):
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE staging.certify_expense_report SET (autovacuum_enabled = false)")
    assert loaded(database, store, new_load, 500) == ["staging.certify_expense_report"]
    assert known(database) == 500
    assert loaded(database, store, new_load, 40) == []
    assert known(database) == 500
    assert loaded(database, store, new_load, 60) == ["staging.certify_expense_report"]
    assert known(database) == 600


def test_nothing_of_others_is_analyzed_by_that(store):
    with store.connection() as connection:
        asked = connection.execute(
            "SELECT ops.analyze_grown('{pg_catalog.pg_class,public.alembic_version,ops.load,\"x; DROP\"}', '{9,9,9,9}') AS done"
        ).fetchone()
    assert asked["done"] == []


def test_a_table_that_somebody_analyzes_just_now_is_left_to_them(database, store, new_load):
    with psycopg.connect(database.owner_url) as other:
        other.execute("ANALYZE staging.certify_expense_report")
        loaded(database, store, new_load, 500)
        other.rollback()
    assert known(database) < 500


@pytest.mark.parametrize("url", ["analyst_url", "decider_url"])
def test_nobody_else_may(database, url):
    with psycopg.connect(getattr(database, url)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT ops.analyze_grown('{}', '{}')")
