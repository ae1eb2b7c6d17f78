"""PostgreSQL for the tests: one server for the session, a migrated database from a template for each test."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from include.local import databases
from include.local.postgres import PostgresServer
from tests import memory

_ROOT = Path(__file__).parents[1]
_TEMPLATE = "connector_template"
_MIGRATE = "certify_intacct.staging.migrate"


@dataclass(frozen=True)
class Database:
    """A fresh database of the connector; each URL is a plain ``postgresql://`` URL of one role."""

    name: str
    owner_url: str
    loader_url: str
    analyst_url: str
    decider_url: str


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server on a free loopback port, with the roles of the stack, gone with the session."""
    # A password that is hashed once and not 4,096 times makes a new session several times faster. The log stays small in memory.
    speed = {
        "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB", "scram_iterations": "1",
        "max_wal_size": "128MB",
    }  # fmt: skip
    with memory.folder("connector-postgres-") as folder:
        server = PostgresServer(folder, log_file=folder / "postgres.log", settings=speed)
        try:
            server.start()
            databases.make_roles(server)
            yield server
        finally:
            server.remove()


@pytest.fixture(scope="session")
def database_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated database that nobody connects to, made once for the session."""
    databases.make_connector_database(postgres_server, _TEMPLATE)
    if _migrations_exist():
        subprocess.run(
            [sys.executable, "-m", _MIGRATE],
            check=True,
            cwd=_ROOT,
            env=os.environ
            | {
                "CONNECTOR_DB_URL": postgres_server.url(_TEMPLATE, databases.OWNER),
                "PYTHONPATH": os.pathsep.join([str(_ROOT / "plugins"), os.environ.get("PYTHONPATH", "")]),
            },
        )
    return _TEMPLATE


@pytest.fixture
def database(postgres_server: PostgresServer, database_template: str) -> Iterator[Database]:
    """A database of the connector with all migrations and no rows, for one test alone."""
    name = f"connector_test_{next(_NUMBERS)}"
    databases.make_connector_database(postgres_server, name, template=database_template)
    yield Database(
        name=name,
        owner_url=postgres_server.url(name, databases.OWNER),
        loader_url=postgres_server.url(name, databases.LOADER),
        analyst_url=postgres_server.url(name, databases.ANALYST),
        decider_url=postgres_server.url(name, databases.DECIDER),
    )
    databases.drop_database(postgres_server, name)


_NUMBERS = itertools.count(1)


def _migrations_exist() -> bool:
    return (_ROOT / "plugins" / Path(*_MIGRATE.split("."))).with_suffix(".py").exists()
