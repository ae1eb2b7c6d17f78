"""Migrations go up from every earlier version with data in it, lose nothing, and never go down."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from certify_intacct.model.charges import Charge
from certify_intacct.model.configuration import DimensionsConfiguration, PeopleConfiguration
from certify_intacct.model.references import Account, CardAccount, Category, TaxDetail, Vendor
from certify_intacct.staging import migrate as migrations
from certify_intacct.staging.database import Database as StoreDatabase
from certify_intacct.staging.migrations.kept import LedgerChanged, LedgerInUse
from certify_intacct.staging.people import certify_organization, intacct_organization
from certify_intacct.staging.reference import rows_of
from certify_intacct.staging.references import references
from certify_intacct.staging.streams import STREAMS
from certify_intacct.staging.verdicts import unreadable_values
from include.local import databases
from tests.postgres_fixture import Database
from tests.staging.migration_rows import LISTS, NEWEST_ROWS, ROWS, ROWS_WITH_PAYER, THEMSELVES, WITHOUT_LISTS

VERSIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(migrations.alembic_config("")).walk_revisions()))
]
#: The tables that lists had for themselves, and their streams.
STREAM_OF = {
    table: table.removeprefix("staging.").replace("entity", "entitie").replace("category", "categorie") + "s"
    for table in LISTS
    if table not in ("staging.certify_user", "staging.certify_unprocessed_report")
}
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
            fill(database, version)
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


def fill(database: Database, version: str) -> None:
    """Puts rows into every table there is, as the version at hand lets one."""
    lists = LISTS if VERSIONS.index(version) < VERSIONS.index(WITHOUT_LISTS) else {}
    with psycopg.connect(database.owner_url) as connection:
        there = set(tables(connection))
        has = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('ledger.document')"
        columns = {name for (name,) in connection.execute(has)}
        rows = NEWEST_ROWS if "content" in columns else ROWS_WITH_PAYER if "payer" in columns else ROWS
        for table, statements in [*rows.items(), *((table, (statement,)) for table, statement in lists.items())]:
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
        if table == "ledger.transition" or table in LISTS:
            continue
        names = set(rows[0]) if rows else set()
        assert sorted(({n: row[n] for n in names} for row in after[table]), key=str) == sorted(
            ({n: written_anew(table, row)[n] for n in names} for row in rows), key=str
        ), table
    the_lists_are_carried_over(before, after)
    if "ledger.document" in before:
        the_ledger_still_works(database)
        assert {row["payer"] for row in after["ledger.document"]} == {"employee"}
        if "content" not in before["ledger.document"][0]:
            documents_remember_their_own_lines(after)
            documents_remember_their_charges(after)
    with psycopg.connect(database.analyst_url) as analyst:
        assert analyst.execute("SELECT count(*) FROM plan.change_result").fetchone() == (3,)


def documents_remember_their_own_lines(after: Rows) -> None:
    """Without the totals of the report, and what was held is noted as held."""
    contents = {row["ordinal"]: row["content"] for row in after["ledger.document"]}
    assert (contents[1]["payer"], contents[1]["report"]) == ("employee", {"id": "r-1"})
    assert {line_id: line["amount"] for line_id, line in contents[1]["lines"].items()} == {"e-1": "100.1"}
    assert [(row["report_id"], row["source_hash"], row["rule"]) for row in after["ledger.held_before"]] == [
        ("r-2", "f01", "personal")
    ]


def documents_remember_their_charges(after: Rows) -> None:
    """As a plan of now would write them for the same lines."""
    charge = Charge(
        account="", card="My Visa/0001", transaction_id="", day=date(2026, 3, 1), merchant="Blue Cab", amount=Decimal("100.10"),
        currency="USD",
    )  # fmt: skip
    kept = {row["ordinal"]: row["charges"] for row in after["ledger.document"]}
    assert (kept[1], kept[2]) == (sorted(charge.keys), [])


def written_anew(table: str, row: dict[str, object]) -> dict[str, object]:
    """A row as it must be afterwards: until version 0013 the kind of the document stood where its payer belonged."""
    kept = {"payer": PAYER_OF.get(row["payer"], row["payer"])} if table == "ledger.document_expense" else {}
    return row | kept


def the_lists_are_carried_over(before: Rows, after: Rows) -> None:
    """Every row with the record as received; a table that is still there keeps its rows."""
    gone = {table: rows for table, rows in before.items() if table in LISTS and table not in after}
    assert len(after["staging.reference"]) == sum(map(len, gone.values()))
    for table, rows in gone.items():
        stream = STREAM_OF[table]
        kept = {
            (row["load_id"], row["key"]): row["raw"] for row in after["staging.reference"] if row["stream"] == stream
        }
        assert kept == {(row["load_id"], str(row.get("recordno", row.get("id")))): row["raw"] for row in rows}, table
    for table in LISTS.keys() & before.keys() & after.keys():
        assert [row["id"] for row in after[table]] == [row["id"] for row in before[table]]


def test_a_load_of_before_the_upgrade_reads_its_own_lists(at_version):
    """A task that is cleared after the upgrade goes on with what its load read before."""
    database = at_version(VERSIONS[VERSIONS.index(WITHOUT_LISTS) - 1])
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("DELETE FROM ops.extract")
        for stream in (*STREAM_OF.values(), "certify_users", "certify_unprocessed_reports"):
            owner.execute("INSERT INTO ops.extract VALUES (2, %s, 1, 1, 1, 0, now())", [stream])
        owner.execute(
            "INSERT INTO quality.quarantine VALUES (2, 'certify_departments', 'c', 'Odd', 'readable', 'It is odd.', 'Look.')"
        )
    migrations.migrate(database.owner_url)
    used = DimensionsConfiguration()
    with StoreDatabase(database.loader_url).connection() as connection:
        known = references(connection, 2, "ACME", used)
        intacct = intacct_organization(connection, 2, used, PeopleConfiguration())
        certify = certify_organization(connection, 2, used, PeopleConfiguration())
        nameless = [row for row in rows_of(connection, 2, "intacct_departments") if not row.known]
        assert unreadable_values(connection, STREAMS["intacct_gl_accounts"], 2) == {"9": "REQUIRELOC is missing"}
    account = Account(account_no="6220", title="Travel", requires=frozenset({"department", "class"}))
    assert known.accounts == {"6220": account}
    assert known.labels["Travel"].requires == account.requires
    assert known.vendors["E-1"] == Vendor(
        vendor_id="E-1", record_no="71", name="Ana Ruiz", contact_name="Ana Ruiz", email="a@b.cd", vendor_type="Employee",
        on_hold=True, term="N30", entity="100",
    )  # fmt: skip
    assert known.cards["VISA"] == CardAccount(card_id="VISA", active=False, entity="100")
    assert (known.entities["100"].currency, known.term_days, known.tax_details) == (
        "CHF",
        {"N30": 30},
        {"UK standard": TaxDetail(detail_id="UK standard", solution="UK - VAT")},
    )
    assert known.categories == {"Hotel": (Category(name="Hotel", gl_code="6220"),)}
    assert [one.key for one in nameless] == ["-2"]
    assert {(one.code, one.active) for one in intacct.lists["department"]} == {("", False), ("30", True)}
    assert intacct.locations == {"101": "100", "100": "100"}
    departments = {one.id: (one.code, one.active) for one in certify.lists["department"]}
    assert departments == {"a": ("30", True), "b": ("40", False), "c": ("50", False)}
    assert [(user.id, user.emp_gld1_id) for user in certify.users] == [("u", "g"), ("v", "")]
    assert [report.emp_gld1_code for report in certify.unprocessed] == ["100"]


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
        (
            "DROP VIEW ledger.payment; ALTER TABLE ledger.document ALTER COLUMN total TYPE numeric(20, 1)",
            "ledger.document has other contents",
        ),
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
