"""The PostgreSQL of the local stack: safe, restartable, and clear about what it refuses."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from include.local import databases, reachable
from include.local.errors import StackError
from include.local.postgres import PostgresServer
from tests.postgres_fixture import Database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="connector-postgres-test-"))
    path.chmod(0o711)
    yield path
    reachable.remove(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(folder, log_file=folder / "postgres.log", settings={"fsync": "off"})
    yield server
    server.stop()


def listening_addresses(pid: int) -> set[str]:
    return {c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN}


def test_listens_on_loopback_only_and_opens_no_unix_socket(postgres_server: PostgresServer) -> None:
    assert postgres_server.pid is not None
    assert listening_addresses(postgres_server.pid) == {"127.0.0.1"}
    assert not psutil.Process(postgres_server.pid).net_connections(kind="unix")


@pytest.mark.parametrize("password", ["", "wrong"])
def test_refuses_every_role_without_its_password(postgres_server: PostgresServer, password: str) -> None:
    for role in ("postgres", databases.AIRFLOW, *databases.CONNECTOR_ROLES):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=postgres_server.port, dbname="postgres", user=role, password=password
            )


def test_password_file_is_private(postgres_server: PostgresServer) -> None:
    assert (postgres_server.folder / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_each_test_has_a_database_of_its_own_whose_owner_may_create(database: Database) -> None:
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("CREATE TABLE made_by_owner (x int)")
        assert connection.execute("SELECT current_database()").fetchone() == (database.name,)


def test_loader_and_analyst_may_connect_but_not_create(database: Database) -> None:
    for url in (database.loader_url, database.analyst_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.stray (x int)")


def test_airflow_role_may_not_connect_to_the_connector_database(
    postgres_server: PostgresServer, database: Database
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres_server.url(database.name, databases.AIRFLOW))


def test_data_and_passwords_survive_a_restart(server: PostgresServer) -> None:
    server.start()
    databases.make_all(server)
    with psycopg.connect(server.url("connector", databases.OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    again = PostgresServer(server.folder, log_file=server.log_file)
    again.start()
    try:
        databases.make_all(again)
        with psycopg.connect(again.url("connector", databases.OWNER)) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        again.stop()


def test_takes_over_after_its_starter_was_killed(folder: Path) -> None:
    """SIGKILL of the process that started the server leaves the server running: the next start ends it and goes on."""
    code = (
        "import sys, time; from pathlib import Path; from include.local.postgres import PostgresServer;"
        "f = Path(sys.argv[1]); s = PostgresServer(f, log_file=f / 'postgres.log'); s.start();"
        "print(s.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    orphan = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    assert psutil.pid_exists(orphan)
    server = PostgresServer(folder, log_file=folder / "postgres.log")
    server.start()
    try:
        assert not psutil.pid_exists(orphan)
        psycopg.connect(server.url("postgres")).close()
    finally:
        server.stop()


def test_a_pid_file_that_names_another_living_process_is_stale(server: PostgresServer) -> None:
    server.start()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    bystander = subprocess.Popen(["sleep", "600"], user=server.data.stat().st_uid if os.geteuid() == 0 else None)
    try:
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        server.start()
        psycopg.connect(server.url("postgres")).close()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_an_interrupted_initdb_is_begun_again(server: PostgresServer) -> None:
    (server.folder / "data.new" / "base").mkdir(parents=True)
    server.start()
    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_foreign_data_folder_is_refused_in_one_line(server: PostgresServer) -> None:
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("18\n")
    with pytest.raises(StackError, match="is not a data folder that this project made") as refusal:
        server.start()
    assert "\n" not in str(refusal.value)
    assert list(server.data.iterdir()) == [server.data / "PG_VERSION"]


def test_a_data_folder_of_another_version_is_refused_in_one_line(server: PostgresServer) -> None:
    server.password("postgres")
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(StackError, match="belongs to PostgreSQL 15, this is PostgreSQL 18") as refusal:
        server.start()
    assert "\n" not in str(refusal.value)


def test_stop_leaves_no_process_behind(server: PostgresServer) -> None:
    server.start()
    assert server.pid is not None
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    server.stop()
    deadline = time.monotonic() + 10
    while any(p.is_running() for p in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [p for p in family if p.is_running()]
