"""No call to the connector's database lasts for ever, and every limit is a setting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import psycopg
import pytest
from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable
from certify_intacct.staging.bulk import stage_pages
from certify_intacct.staging.database import Database
from certify_intacct.staging.locks import exclusive
from certify_intacct.staging.migrate import migrate
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.time_limits import TimeLimits
from tests.silence import Quiet, Silent

SHORT = TimeLimits(connect_timeout=1, statement_timeout=0.5, lock_timeout=0.2)


@pytest.fixture
def silent() -> Iterator[Silent]:
    made = Silent()
    yield made
    made.stop()


@pytest.fixture
def quiet(database) -> Iterator[Quiet]:
    made = Quiet(database.loader_url)
    yield made
    made.stop()


def test_a_server_that_never_lets_in_is_left(silent):
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        Database(silent.url, limits=SHORT).connect()
    assert time.monotonic() - began < 10


def test_the_server_ends_a_statement_that_takes_too_long(database):
    began = time.monotonic()
    with (
        pytest.raises(ServiceUnavailable, match=r"statement timeout.*statement_timeout or lock_timeout") as caught,
        Database(database.loader_url, limits=SHORT).connection() as connection,
    ):
        connection.execute("SELECT pg_sleep(20)")
    assert isinstance(caught.value.__cause__, psycopg.errors.QueryCanceled)
    assert time.monotonic() - began < 10


def test_the_server_does_not_wait_for_ever_for_what_somebody_holds(database):
    slow = TimeLimits(lock_timeout=0.2)
    with psycopg.connect(database.owner_url) as holder:
        holder.execute("LOCK TABLE ops.load")
        began = time.monotonic()
        with (
            pytest.raises(ServiceUnavailable, match="lock timeout"),
            Database(database.loader_url, limits=slow).connection() as connection,
        ):
            connection.execute("SELECT count(*) FROM ops.load")
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("statement", ["SELECT 1", "COPY (SELECT 1) TO STDOUT"])
def test_a_server_that_falls_silent_is_left(quiet, statement):
    with pytest.raises(ServiceUnavailable, match=r"said nothing for 2\.5 seconds") as caught:
        ask(quiet, statement)
    assert isinstance(caught.value.__cause__, psycopg.OperationalError)


def ask(quiet: Quiet, statement: str) -> None:
    with Database(quiet.url, limits=SHORT).connection() as connection:
        connection.execute("SELECT 1")
        quiet.hush()
        began = time.monotonic()
        try:
            with connection.cursor() as cursor:
                if statement.startswith("COPY"):
                    with cursor.copy(statement) as copy:
                        copy.read()
                cursor.execute(statement)
        finally:
            # Neither the end of the transaction nor that of the COPY waits once more.
            assert time.monotonic() - began < 4


def test_a_lock_that_somebody_holds_is_waited_for(database):
    """Longer than any limit of a statement."""
    held, done = threading.Event(), []

    def hold() -> None:
        with exclusive(Database(database.loader_url), "here"):
            held.set()
            time.sleep(1.5)
            done.append("first")

    first = threading.Thread(target=hold)
    first.start()
    held.wait(10)
    with exclusive(Database(database.loader_url, limits=SHORT), "here"):
        done.append("second")
    first.join()
    assert done == ["first", "second"]


def test_pages_that_take_long_to_come_do_not_end_the_copy(database, new_load):
    def pages():
        yield [{"ID": "d1"}]
        time.sleep(1)
        yield [{"ID": "d2"}]

    with Database(database.loader_url, limits=SHORT).connection() as connection:
        staged = stage_pages(connection, STREAMS["certify_departments"], new_load(), pages())
        assert staged.rows == 2
        # What comes after it has its limit again.
        assert connection.execute("SHOW statement_timeout").fetchone() == {"statement_timeout": "500ms"}


def test_a_migration_has_limits_of_its_own(database, monkeypatch):
    seen = []
    connect = psycopg.connect

    def watched(address, **given):
        connection = connect(address, **given)
        seen.append(
            [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("statement_timeout", "lock_timeout")]
        )
        return connection

    monkeypatch.setattr(psycopg, "connect", watched)
    migrate(database.owner_url)
    assert seen == [["4h", "1h"]]


def limits_of(connection: psycopg.Connection) -> list[str]:
    names = ("statement_timeout", "lock_timeout", "geqo")
    return [connection.execute(f"SHOW {name}").fetchone()[name] for name in names]


def test_each_limit_is_a_setting_of_the_connection(database, monkeypatch):
    extra = {"statement_timeout": "90", "lock_timeout": "1.5", "connect_timeout": "7", "options": "-c geqo=off"}
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", f"{database.loader_url}?{urlencode(extra)}")
    with Database.of(BaseHook.get_connection("connector_db")).connect() as connection:
        assert limits_of(connection) == ["90s", "1500ms", "off"]
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    with Database.of(BaseHook.get_connection("connector_db")).connect() as connection:
        assert limits_of(connection) == ["15min", "1min", "on"]
    # What the server is told in its own words comes last.
    own = f"{database.loader_url}?{urlencode({'options': '-c statement_timeout=1000'})}"
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", own)
    with Database.of(BaseHook.get_connection("connector_db")).connect() as connection:
        assert limits_of(connection)[0] == "1s"


@pytest.mark.parametrize("value", ["soon", 0, -1, "nan", 1e12, True])
@pytest.mark.parametrize("name", ["statement_timeout", "lock_timeout", "connect_timeout"])
def test_a_wrong_limit_is_named(name, value):
    with pytest.raises(ConfigurationError, match=f"{name} is .* seconds above zero"):
        TimeLimits.from_extra({name: value}, where="x")
