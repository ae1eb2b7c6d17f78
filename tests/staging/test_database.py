"""Reaching the connector's database, or saying why not."""

from __future__ import annotations

import re

import psycopg
import pytest

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.runs.failing import FINAL
from certify_intacct.staging.database import Database
from certify_intacct.staging.locks import exclusive
from include.local.ports import free_port
from tests.crash.relay import REFUSALS, Moment, Relay, Scope, Strike


def test_a_server_that_is_away_is_worth_another_try():
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        Database(f"postgresql://connector_loader:x@127.0.0.1:{free_port()}/connector").connect()


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [(r":[^:@]+@", ":wrong@"), (r"/[^/]+$", "/no_such_database")],
    ids=["password", "database"],
)
def test_a_wrong_connection_is_for_a_person_and_shows_no_password(pattern, replacement, database):
    with pytest.raises(ConfigurationError) as error:
        Database(re.sub(pattern, replacement, database.loader_url)).connect()
    assert "connector_db" in str(error.value)
    assert "wrong@" not in str(error.value)


@pytest.fixture
def relay(database):
    made = Relay(database.loader_url)
    yield made
    made.close()


def said(error: BaseException) -> str:
    """What a person reads: one line in our words, worth another try, with psycopg's error behind it."""
    assert isinstance(error, ServiceUnavailable)
    assert not isinstance(error, FINAL)
    assert isinstance(error.__cause__, psycopg.Error)
    text = str(error)
    assert text.startswith("connection connector_db: The connector's database did not finish a statement: ")
    assert "\n" not in text
    assert "tried again by itself" in text
    return text


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("moment", [Moment.BEFORE, Moment.AFTER])
def test_a_server_that_goes_away_in_the_middle_of_a_statement(relay, moment, scope):
    relay.arm(Strike(3, moment, scope))
    with pytest.raises(ServiceUnavailable) as caught, Database(relay.url).connection() as connection:
        connection.execute("SELECT 1")
    said(caught.value)
    assert relay.struck == "SELECT 1"


@pytest.mark.parametrize("number", range(3, 3 + len(REFUSALS)))
def test_a_server_that_cannot_do_it_just_now(relay, number):
    relay.arm(Strike(number, Moment.REFUSED, Scope.CONNECTION))

    def ask() -> None:
        with Database(relay.url).connection() as connection:
            for _ in REFUSALS:
                connection.execute("SELECT 1")

    with pytest.raises(ServiceUnavailable) as caught:
        ask()
    code, words = REFUSALS[number % len(REFUSALS)]
    assert f"{words} " in said(caught.value)
    assert f"(SQLSTATE {code})" in said(caught.value)


@pytest.mark.parametrize("statement", ["SELEC", "SELECT * FROM nowhere", "SELECT 1 / 0", "DELETE FROM ledger.event"])
def test_a_fault_of_ours_stays_one(store, statement):
    with pytest.raises(psycopg.Error), store.connection() as connection:
        connection.execute(statement)


def test_locks_that_are_lost_say_so_too(relay):
    relay.arm(Strike(2, Moment.BEFORE, Scope.CONNECTION))
    with pytest.raises(ServiceUnavailable) as caught, exclusive(Database(relay.url), "x"):
        pass
    said(caught.value)
    for use in ("take", "holder"):
        relay.arm(Strike(2, Moment.BEFORE, Scope.CONNECTION))
        with pytest.raises(ServiceUnavailable) as caught, ReportLocks(Database(relay.url), "C", load_id=1) as locks:
            locks.take(["T"]) if use == "take" else locks.holder("T")
        said(caught.value)


@pytest.mark.parametrize("words", ["COPY", "COMMIT"])
def test_a_task_that_loses_the_database_says_so(
    relay, new_load, context, connections, fresh_sandbox, monkeypatch, words
):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", relay.url)
    fresh_sandbox.load("certify", "departments", [{"Name": "Sales", "Code": "30", "Active": 1}])
    load_id = new_load(run_id="manual__1")
    task = CertifyToStagingOperator(task_id="extract", load_id=load_id, stream="certify_departments")
    relay.arm(None)
    task.execute(context())
    number = next(number for number, text in enumerate(relay.statements, 1) if text.startswith(words))
    # Pages are copied while the service's connection is closed, and what it was asked counted: it may be either that comes first.
    for _ in range(20):
        relay.arm(Strike(number, Moment.BEFORE, Scope.DATABASE))
        with pytest.raises(ServiceUnavailable) as caught:
            task.execute(context())
        said(caught.value)
        relay.heal()
        if relay.struck.startswith(words):
            break
    assert relay.struck.startswith(words)
    assert task.execute(context())["stream"] == "certify_departments"


def backend(database: Database) -> int:
    with database.connection() as connection:
        row = connection.execute("SELECT pg_backend_pid() AS pid").fetchone()
    return row["pid"]


def test_within_a_block_a_connection_is_used_again_and_closed_at_its_end(database):
    loader = Database(database.loader_url)
    assert backend(loader) != backend(loader)
    with loader.kept():
        pid = backend(loader)
        assert backend(loader) == pid
        with loader.connection(), loader.connection() as second:
            assert second.info.backend_pid != pid, "two at a time are two"
        with pytest.raises(psycopg.errors.DivisionByZero), loader.connection() as connection:
            connection.execute("SELECT 1 / 0")
        with loader.connection() as connection:
            assert connection.execute("SELECT current_setting('statement_timeout') <> '0' AS it").fetchone() == {
                "it": True
            }
    with Database(database.owner_url).connection() as connection:
        left = connection.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid])
        assert not left.rowcount


def test_a_kept_connection_whose_server_went_away_is_replaced(database):
    loader = Database(database.loader_url)
    with loader.kept():
        pid = backend(loader)
        with psycopg.connect(database.loader_url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert backend(loader) not in (0, pid)
