"""Migrations go up from every earlier version with data in it, lose nothing, and never go down."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from certify_intacct.staging import migrate as migrations
from certify_intacct.staging.migrations.kept import LedgerChanged, LedgerInUse
from include.local import databases
from tests.postgres_fixture import Database
from tests.staging.migration_rows import NEWEST_ROWS, ROWS, THEMSELVES

VERSIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(migrations.alembic_config("")).walk_revisions()))
]
SCHEMAS = ["ops", "staging", "quality", "plan", "ledger"]
PAYER_OF = {"ap_bill": "employee", "credit_card_transaction": "company"}
_NUMBERS = itertools.count(1)

Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(scope="module")
def at_version(postgres_server) -> Iterator[Callable[[str], Database]]:
    """Makes a database of an earlier version, with rows in all its tables that prove something."""
    made: dict[str, Database] = {}

    def make(version: str) -> Database:
        name = f"connector_version_{next(_NUMBERS)}"
        template = made.get(version)
        databases.make_connector_database(postgres_server, name, **({"template": template.name} if template else {}))
        database = Database(name, *(postgres_server.url(name, role) for role in databases.CONNECTOR_ROLES))
        names.append(name)
        if template is None:
            migrations.migrate(database.owner_url, version)
            fill(database)
            made[version] = database
            return make(version)
        return database

    names: list[str] = []
    yield make
    for name in names:
        databases.drop_database(postgres_server, name)


@pytest.fixture(scope="module")
def newest(at_version) -> Database:
    """A database of the newest version, for tests that leave it as it is."""
    return at_version(VERSIONS[-1])


def fill(database: Database) -> None:
    """Puts rows into every table there is, as the version at hand lets one."""
    with psycopg.connect(database.owner_url) as connection:
        there = set(tables(connection))
        payer = "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('ledger.document') AND attname = 'payer'"
        rows = NEWEST_ROWS if connection.execute(payer).fetchone() else ROWS
        for table, statements in rows.items():
            if table in there:
                for statement in statements:
                    connection.execute(statement)


def tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1", [SCHEMAS]
    ).fetchall()
    return [row[0] for row in rows]


def contents(database: Database) -> Rows:
    """All rows of all tables, in an order of their own."""
    with psycopg.connect(database.owner_url) as connection:
        return {
            table: sorted((row[0] for row in connection.execute(f"SELECT to_jsonb(t) FROM {table} t")), key=str)
            for table in tables(connection)
        }


def version_of(database: Database) -> str:
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute("SELECT version_num FROM public.alembic_version").fetchone()[0]


def test_every_table_that_proves_something_has_rows_here(newest):
    rows = contents(newest)
    empty = [name for name, found in rows.items() if not found and not name.startswith("staging.")]
    assert not empty, f"Add rows for {', '.join(empty)} to tests/staging/migration_rows.py."
    assert ROWS.keys() | THEMSELVES <= rows.keys()


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_upgrade_loses_nothing(version, at_version):
    database = at_version(version)
    before = contents(database)
    assert before["ops.load"]
    migrations.migrate(database.owner_url)
    assert version_of(database) == VERSIONS[-1]
    after = contents(database)
    for table, rows in before.items():
        if table == "ledger.transition":
            continue
        names = set(rows[0]) if rows else set()
        assert sorted(({n: row[n] for n in names} for row in after[table]), key=str) == sorted(
            ({n: written_anew(table, row)[n] for n in names} for row in rows), key=str
        ), table
    if "ledger.document" in before:
        the_ledger_still_works(database)
        assert {row["payer"] for row in after["ledger.document"]} == {"employee"}
    with psycopg.connect(database.analyst_url) as analyst:
        assert analyst.execute("SELECT count(*) FROM plan.change_result").fetchone() == (3,)


def written_anew(table: str, row: dict[str, object]) -> dict[str, object]:
    """A row as it must be afterwards: until version 0013 the kind of the document stood where its payer belonged."""
    kept = {"payer": PAYER_OF.get(row["payer"], row["payer"])} if table == "ledger.document_expense" else {}
    return row | kept


def the_ledger_still_works(database: Database) -> None:
    """What is on its way goes on, each step leaves its event, and the past stays."""
    with psycopg.connect(database.loader_url) as loader:
        loader.execute("UPDATE ledger.document SET state = 'accepted', record_no = '42' WHERE ordinal = 2")
        events = "SELECT after_state FROM ledger.event JOIN ledger.document USING (document_id) WHERE ordinal = 2 ORDER BY event_id"
        assert loader.execute(events).fetchall() == [("sending",), ("accepted",)]
    for statement in ("UPDATE ledger.document SET state = 'sending' WHERE ordinal = 1", "DELETE FROM ledger.event"):
        with psycopg.connect(database.loader_url) as loader, pytest.raises(psycopg.Error):
            loader.execute(statement)
    with psycopg.connect(database.owner_url) as owner, pytest.raises(psycopg.errors.RaiseException, match="only grows"):
        owner.execute("UPDATE ledger.event SET message = ''")


def test_going_down_is_refused_in_words(newest):
    before = contents(newest)
    with pytest.raises(RuntimeError, match="not downgraded: it holds the record of what was posted"):
        command.downgrade(migrations.alembic_config(newest.owner_url), "base")
    assert contents(newest) == before
    assert version_of(newest) == VERSIONS[-1]


@pytest.mark.parametrize("version", VERSIONS)
def test_no_version_goes_down(version):
    script = ScriptDirectory.from_config(migrations.alembic_config("")).get_revision(version)
    with pytest.raises(RuntimeError, match="Restore a backup instead"):
        script.module.downgrade()


@pytest.fixture
def another(tmp_path, monkeypatch) -> Callable[[str], None]:
    """Adds a migration of our own to the project's."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "MIGRATIONS", folder)

    def add(statements: str) -> None:
        lines = [
            "from alembic import op",
            f"revision, down_revision = '9999_another', {VERSIONS[-1]!r}",
            f"def upgrade():\n    op.get_bind().connection.cursor().execute({statements!r})",
        ]
        (Path(folder) / "versions" / "9999_another.py").write_text("\n".join(lines), encoding="utf-8")

    return add


OFF, ON = "ALTER TABLE ledger.{0} DISABLE TRIGGER USER; ", "; ALTER TABLE ledger.{0} ENABLE TRIGGER USER"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ("DROP TABLE ledger.document_expense", "ledger.document_expense with 2 rows is gone"),
        ("DROP TABLE ledger.document CASCADE", "ledger.document with 3 rows is gone"),
        ("DROP SCHEMA ledger CASCADE", "ledger.event with 6 rows is gone"),
        ("ALTER TABLE ledger.event DROP COLUMN message", "ledger.event has no message any more"),
        ("ALTER TABLE ledger.document RENAME COLUMN total TO amount", "ledger.document has no total any more"),
        ("ALTER TABLE ledger.document ALTER COLUMN total TYPE numeric(20, 1)", "ledger.document has other contents"),
        (OFF.format("event") + "TRUNCATE ledger.event" + ON.format("event"), "ledger.event has 0 rows instead of 6"),
        (
            OFF.format("event") + "UPDATE ledger.event SET actor = ''" + ON.format("event"),
            "ledger.event has other contents",
        ),
        (OFF.format("release") + "DELETE FROM ledger.release" + ON.format("release"), "ledger.release has 0 rows"),
        ("DELETE FROM ledger.receipt", "ledger.receipt has 0 rows instead of 1"),
        (
            "ALTER TABLE ledger.event DISABLE TRIGGER append_only",
            "The trigger append_only of ledger.event is off or gone",
        ),
        ("UPDATE ledger.document_expense SET payer = 'company'", "ledger.document_expense has other contents"),
        ("DROP TRIGGER transition ON ledger.document", "The trigger transition of ledger.document is off or gone"),
    ],
)
def test_a_migration_that_would_lose_what_was_posted_is_rolled_back(statements, said, newest, another):
    before = contents(newest)
    another(statements)
    with pytest.raises(LedgerChanged, match=said):
        migrations.migrate(newest.owner_url)
    assert contents(newest) == before
    assert version_of(newest) == VERSIONS[-1]


def test_a_migration_may_add(at_version, another):
    database = at_version(VERSIONS[-1])
    another(
        "ALTER TABLE ledger.document ADD COLUMN note text NOT NULL DEFAULT 'x'; CREATE INDEX ON ledger.event (at); "
        "CREATE TABLE ledger.more (a int); INSERT INTO ledger.transition VALUES ('deleted', 'sending')"
    )
    migrations.migrate(database.owner_url)
    assert version_of(database) == "9999_another"


def test_a_migration_that_fails_leaves_the_version_from_which_it_came(at_version, another):
    database = at_version(VERSIONS[0])
    before = contents(database)
    another("CREATE TABLE ledger.half (a int); SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        migrations.migrate(database.owner_url)
    assert contents(database) == before
    assert version_of(database) == VERSIONS[0]


def test_nothing_is_migrated_while_somebody_posts(at_version, another, monkeypatch):
    database = at_version(VERSIONS[-1])
    monkeypatch.setattr("certify_intacct.staging.migrations.kept._WAIT_SECONDS", 0.05)
    another("SELECT 1")
    with psycopg.connect(database.loader_url) as worker:
        worker.execute("UPDATE ledger.document SET message = 'on its way' WHERE ordinal = 2")
        with pytest.raises(LedgerInUse, match="Pause the DAGs"):
            migrations.migrate(database.owner_url)
    migrations.migrate(database.owner_url)
    assert version_of(database) == "9999_another"


def test_a_newer_database_is_refused_in_words(at_version):
    database = at_version(VERSIONS[-1])
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("UPDATE public.alembic_version SET version_num = '9998_of_tomorrow'")
    result = subprocess.run(
        [sys.executable, "-m", "certify_intacct.staging.migrate"],
        env=os.environ | {"CONNECTOR_DB_URL": database.owner_url},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "newer version of the project" in result.stderr
    assert "Traceback" not in result.stderr
