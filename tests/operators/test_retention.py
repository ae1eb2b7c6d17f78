"""What old loads staged is deleted, and nothing that somebody works on or waits for."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from certify_intacct.model.configuration import DEFAULT_CONFIG
from certify_intacct.model.errors import BadInput, ConfigurationError
from certify_intacct.operators.retention import DeleteOldStagingOperator
from certify_intacct.staging import retention
from certify_intacct.staging.bulk import stage_pages
from certify_intacct.staging.manifest import advance, get_load, record_extract, reuse_extract
from certify_intacct.staging.spared import SNAPSHOT_AGE
from certify_intacct.staging.streams import STREAMS

DEPARTMENTS = STREAMS["certify_departments"]


@pytest.fixture
def retain(monkeypatch, database):
    """Runs the task of ``retention``, or of ``retention_preview``."""
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)

    def run(*, preview=False, **params):
        return DeleteOldStagingOperator(task_id="delete_old_staging", preview=preview).execute({"params": params})

    return run


@pytest.fixture
def sql(database):
    """Asks as the owner."""

    def query(statement, *values):
        with psycopg.connect(database.owner_url, row_factory=dict_row) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    return query


@pytest.fixture
def staged(store, new_load, sql):
    """A load of so many days ago that read three departments; returns its ID."""

    def make(*, days=100, state="loaded", departments=3, **load):
        load_id = new_load(**load)
        records = [{"ID": f"d{n}", "Name": f"Department {n}", "Code": str(n), "Active": 1} for n in range(departments)]
        with store.connection() as connection:
            found = stage_pages(connection, DEPARTMENTS, load_id, [records])
            at = connection.execute("SELECT now() - make_interval(days => %s) AS at", [days]).fetchone()["at"]
            record_extract(connection, load_id, DEPARTMENTS.name, found, at)
        sql(
            "UPDATE ops.load SET state = %s, opened_at = %s, closed_at = %s WHERE load_id = %s",
            *(state, at, at if state in ("stopped", "loaded") else None, load_id),
        )
        return load_id

    return make


@pytest.fixture
def left(sql):
    """The loads that still have rows in staging."""
    return lambda: [row["load_id"] for row in sql("SELECT DISTINCT load_id FROM staging.reference ORDER BY 1")]


def test_the_count_of_api_calls_goes_when_it_is_older_than_it_is_kept(retain, sql):
    add = """
        INSERT INTO ops.api_use (day, service, company, load_id, dag_id, run_id, task, function, object, requests, functions, written,
            pages, failed, unanswered)
        SELECT current_date - age, 'intacct', 'ACME', 1, 'd', 'r', 't', 'query', 'APBILL', 1, 1, 0, 1, 0, 0
        FROM unnest(ARRAY[0, 398, 402]) AS age
        """
    sql(add)
    ages = "SELECT current_date - day AS age FROM ops.api_use ORDER BY 1"
    retain(preview=True)
    assert [row["age"] for row in sql(ages)] == [0, 398, 402]
    retain()
    assert [row["age"] for row in sql(ages)] == [0, 398]


def test_what_is_older_than_the_setting_goes_and_younger_rows_stay(retain, staged, left, sql):
    old, young = staged(days=91), staged(days=89)
    assert retain() == {"loads": 1, "rows": 3, "kept": 0}
    assert left() == [young]
    (marked,) = sql("SELECT load_id FROM ops.load WHERE staging_deleted_at IS NOT NULL")
    assert marked["load_id"] == old
    assert sql("SELECT row_count FROM ops.extract WHERE load_id = %s", old) == [{"row_count": 3}]


def test_again_is_harmless(retain, staged, left):
    staged()
    retain()
    young = staged(days=1)
    assert retain() == {"loads": 0, "rows": 0, "kept": 0}
    assert left() == [young]


def test_a_preview_says_what_would_go_and_deletes_nothing(retain, staged, left, sql, capfd):
    load_id = staged()
    assert retain(preview=True) == {"loads": 1, "rows": 3, "kept": 0}
    assert "3 staged rows would be deleted" in capfd.readouterr().out
    assert left() == [load_id]
    assert sql("SELECT 1 FROM ops.load WHERE staging_expired_at IS NOT NULL") == []
    assert retain() == {"loads": 1, "rows": 3, "kept": 0}
    assert left() == []


def test_who_asks_for_a_preview_in_the_old_way_deletes_nothing(retain, staged, left):
    load_id = staged()
    with pytest.raises(BadInput, match="trigger retention_preview"):
        retain(dry_run=True)
    assert left() == [load_id]


def test_it_goes_in_bounded_batches_and_goes_on_where_it_died(retain, staged, store, left, sql, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 4)
    loads = [staged(departments=5), staged(departments=4)]
    with store.connection() as connection:
        retention.expire(connection, retention.old_loads(connection, 90))
    # A transaction may not delete more than four rows; the trigger takes the third of them away.
    sql(
        """
        CREATE FUNCTION staging.at_most_four() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) FROM gone) > 4 THEN RAISE EXCEPTION 'too many at once'; END IF;
            IF (SELECT count(*) FROM staging.reference) < 4 THEN RAISE EXCEPTION 'the server went away'; END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER batches AFTER DELETE ON staging.reference REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION staging.at_most_four()
        """
    )
    with pytest.raises(psycopg.errors.RaiseException, match="the server went away"):
        retention.delete_expired(store)
    assert len(sql("SELECT 1 FROM staging.reference")) == 5
    sql("DROP TRIGGER batches ON staging.reference")
    assert retain() == {"loads": 2, "rows": 5, "kept": 0}
    assert left() == []
    assert len(sql("SELECT 1 FROM ops.load WHERE staging_deleted_at IS NOT NULL AND load_id = ANY(%s)", loads)) == 2


def test_what_has_not_finished_stays_until_a_later_run_covers_its_dates(retain, staged, left, capfd):
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    stuck = staged(state="planned", direction="expense", day=first)
    staged(direction="expense", day=second)
    assert retain()["kept"] == 1
    assert left() == [stuck]
    assert f"Load {stuck} (expense_sync" in capfd.readouterr().out
    staged(direction="expense", day=first)
    assert retain()["kept"] == 0
    assert left() == []


def test_people_have_no_past_so_any_later_run_covers_an_unfinished_one(retain, staged, left):
    staged(state="validated", day=date(2026, 3, 1))
    later = staged(days=1, day=date(2026, 6, 1))
    retain()
    assert left() == [later]


def test_a_load_that_read_nothing_is_not_spoken_of(retain, new_load, sql):
    """A reconciliation, or a run that failed before it read."""
    new_load(direction="reconciliation")
    new_load()
    sql("UPDATE ops.load SET opened_at = now() - interval '100 days'")
    assert retain() == {"loads": 0, "rows": 0, "kept": 0}


def test_an_unfinished_preview_was_nobodys(retain, staged, left):
    staged(state="open", preview=True)
    retain()
    assert left() == []


def test_the_load_of_a_report_that_waits_stays_with_the_snapshots_that_it_read(retain, staged, store, left, sql):
    snapshot, waiting = staged(days=101), staged(direction="expense", departments=0)
    for load_id in (waiting, staged(departments=0)):
        sql("UPDATE ops.extract SET source_load_id = %s WHERE load_id = %s", snapshot, load_id)
    sql(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, state, rule, load_id)
        VALUES ('sandbox', 'r-1', 'held', 'personal', %s)
        """,
        waiting,
    )
    assert retain()["kept"] == 2
    assert left() == [snapshot]
    sql("DELETE FROM ledger.open_item")
    retain()
    assert left() == []


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        (["sending"], 1),
        (["sending", "in_doubt"], 1),
        (["sending", "in_doubt", "held"], 1),
        (["sending", "rejected"], 1),
        (["sending", "accepted"], 0),
        (["sending", "accepted", "in_gl"], 0),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_the_load_of_a_document_that_is_not_settled_stays(retain, staged, left, sql, states, kept):
    load_id = staged(direction="expense")
    sql(
        """
        INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, source_hash, content, load_id)
        VALUES ('sandbox', 'r-1', 1, 'CAAAAAAAAA', '', 'E1', '', '{}', %s)
        """,
        load_id,
    )
    sql(
        """
        INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind, payer,
            entity, session_entity, currency, total, line_count, payee_id, posting_date, state, revision, control_id, canonical,
            sha256, request, config_hash, load_id, content)
        VALUES ('sandbox', 'SANDBOX', 'r-1', 1, 1, 'CAAAAAAAAA-B', 'CAAAAAAAAA', 'ap_bill', 'employee', '100', '', 'USD', 1, 1, 'E1',
            now(), 'sending', 1, 'c', '', '', '', '', %s, '{}')
        """,
        load_id,
    )
    for state in states[1:]:
        sql("UPDATE ledger.document SET state = %s", state)
    before = sql("SELECT * FROM ledger.event ORDER BY event_id")
    assert retain()["kept"] == kept
    assert left() == [load_id] * kept
    assert sql("SELECT * FROM ledger.event ORDER BY event_id") == before


def test_a_load_that_was_read_again_since_is_young(retain, staged, store, left):
    load_id = staged()
    with store.connection() as connection:
        again = stage_pages(connection, DEPARTMENTS, load_id, [[{"ID": "d1"}]])
        now = connection.execute("SELECT now() AS now").fetchone()["now"]
        record_extract(connection, load_id, DEPARTMENTS.name, again, now)
    retain()
    assert left() == [load_id]


def test_a_backfill_at_the_same_time_is_not_disturbed(retain, staged, new_load, store, left):
    """It stages in a transaction of its own and reuses a snapshot of just now, while old rows of the same table go."""
    staged()
    snapshot = staged(days=0)
    reading, reusing = new_load(run_id="backfill 1"), new_load(run_id="backfill 2")
    with store.connection() as backfill:
        backfill.execute("SET lock_timeout = '5s'")
        stage_pages(backfill, DEPARTMENTS, reading, [[{"ID": "d1"}]])
        assert reuse_extract(backfill, reusing, DEPARTMENTS.name, not_older_than=SNAPSHOT_AGE) is not None
        assert retain() == {"loads": 1, "rows": 3, "kept": 0}
        stage_pages(backfill, DEPARTMENTS, reading, [[{"ID": "d2"}]], keep=True)
    assert left() == [snapshot, reading]


def test_no_task_works_on_a_load_whose_rows_are_gone(retain, staged, store):
    """Without its rows a day would be planned as one on which nothing happened, and would count as covered."""
    load_id = staged(state="stopped")
    with store.connection() as connection:
        get_load(connection, load_id)
        retain()
    with store.connection() as connection, pytest.raises(BadInput, match=r"deleted from staging.*\n?.*whole run"):
        get_load(connection, load_id)
    with store.connection() as connection, pytest.raises(BadInput, match="deleted from staging"):
        advance(connection, load_id, "validated")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"retention": {"staging_days": 29}}, "retention.staging_days"),
        ({"retention": {"staging_days": 60}, "people": {"deactivation": {"audit_days": 61}}}, "audit_days 61"),
    ],
    ids=["younger than a month", "younger than the audit trail"],
)
def test_nobody_configures_less_than_what_is_needed(retain, staged, left, tmp_path, monkeypatch, section, said):
    load_id = staged()
    path = tmp_path / "connector.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(DEFAULT_CONFIG.read_text()), **section}))
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    with pytest.raises(ConfigurationError, match=said):
        retain()
    assert left() == [load_id]
