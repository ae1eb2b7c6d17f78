"""What each role of the database may do: the loader adds to the record and cannot change it, the analyst reads, nobody else enters.

Every table that only grows is tried, whatever migration made it.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from include.local import databases
from tests.staging.migration_rows import NEWEST_ROWS

SCHEMAS = ["ops", "staging", "quality", "plan", "ledger"]
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException, psycopg.errors.GeneratedAlways)
PRIVILEGES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")

#: What only grows: neither a row is changed, nor one goes. A new table of the ledger belongs here, or among those that have a state.
GROWS = (
    "ledger.approval", "ledger.backfill_approval", "ledger.backfill_withdrawal",
    "ledger.configuration", "ledger.decision", "ledger.event", "ledger.first_read", "ledger.held_before", "ledger.link_question",
    "ledger.part_content", "ledger.people_release", "ledger.posted_before", "ledger.posting_switch", "ledger.processed_before",
    "ledger.release", "ledger.report", "ledger.seal", "ledger.user_link_event",
)  # fmt: skip
#: What is changed, but never goes.
STAYS = ("ledger.attachment", "ledger.document", "ledger.document_expense", "ledger.receipt", "ledger.transition")
#: What has a state, which the loader keeps; its history is in the events.
STATE = (
    "ledger.closed_date", "ledger.company_fact", "ledger.employee_link", "ledger.open_item", "ledger.open_receipt", "ledger.user_link",
    "ledger.vendor_link",
)  # fmt: skip
#: A plan stands as it was made.
IMMUTABLE = ("plan.above_limit", "plan.account_sum", "plan.change", "plan.document", "plan.outcome", "plan.report")


@pytest.fixture(scope="module")
def filled(postgres_server, database_template):
    """A database with rows in all tables; nothing here changes it."""
    from tests.postgres_fixture import Database

    name = "connector_rights"
    databases.make_connector_database(postgres_server, name, template=database_template)
    made = Database(name, *(postgres_server.url(name, role) for role in databases.CONNECTOR_ROLES))
    with psycopg.connect(made.owner_url) as connection:
        for statements in NEWEST_ROWS.values():
            for statement in statements:
                connection.execute(statement)
    yield made
    databases.drop_database(postgres_server, name)


def refused(url: str, statement: str | sql.Composable) -> bool:
    """Whether the role may not; what it may is rolled back."""
    with psycopg.connect(url) as connection:
        try:
            connection.execute(statement)
        except REFUSED:
            return True
        finally:
            connection.rollback()
    return False


def roles(database) -> dict[str, str]:
    return {"owner": database.owner_url, "loader": database.loader_url, "analyst": database.analyst_url}


def columns(database, table: str) -> list[str]:
    with psycopg.connect(database.analyst_url) as connection:
        rows = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        ).fetchall()
    return [row[0] for row in rows]


def test_every_table_of_the_ledger_is_in_one_of_these_lists(filled):
    with psycopg.connect(filled.analyst_url) as connection:
        rows = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('ledger', 'plan')"
        ).fetchall()
    assert sorted(row[0] for row in rows) == sorted((*GROWS, *STAYS, *STATE, *IMMUTABLE))


@pytest.mark.parametrize("role", ["owner", "loader", "analyst"])
@pytest.mark.parametrize("table", GROWS)
def test_what_only_grows_is_changed_by_nobody(table, role, filled):
    url = roles(filled)[role]
    name = sql.Identifier(*table.split("."))
    assert refused(url, sql.SQL("DELETE FROM {}").format(name))
    assert refused(url, sql.SQL("TRUNCATE {} CASCADE").format(name))
    for column in columns(filled, table):
        assert refused(url, sql.SQL("UPDATE {} SET {} = {}").format(name, *[sql.Identifier(column)] * 2)), column


@pytest.mark.parametrize("role", ["loader", "analyst"])
@pytest.mark.parametrize("table", [*STAYS, *IMMUTABLE])
def test_what_proves_something_is_never_taken_away(table, role, filled):
    url = roles(filled)[role]
    name = sql.Identifier(*table.split("."))
    assert refused(url, sql.SQL("DELETE FROM {}").format(name))
    assert refused(url, sql.SQL("TRUNCATE {} CASCADE").format(name))
    if table in IMMUTABLE:
        for column in columns(filled, table):
            assert refused(url, sql.SQL("UPDATE {} SET {} = {}").format(name, *[sql.Identifier(column)] * 2)), column


@pytest.mark.parametrize("table", ["ledger.document", *GROWS])
def test_not_even_the_owner_deletes_documents_by_mistake(table, filled):
    assert refused(filled.owner_url, sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))


@pytest.mark.parametrize("role", ["loader", "analyst"])
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger.event DISABLE TRIGGER ALL",
        "ALTER TABLE ledger.document DISABLE TRIGGER transition",
        "DROP TRIGGER append_only ON ledger.event",
        "CREATE TRIGGER mine BEFORE INSERT ON ledger.event EXECUTE FUNCTION ledger.refuse_change()",
        "CREATE RULE mine AS ON INSERT TO ledger.event DO INSTEAD NOTHING",
        "ALTER TABLE ledger.event ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE ledger.event OWNER TO CURRENT_USER",
        "ALTER TABLE ledger.event ADD COLUMN mine text",
        "ALTER TABLE ledger.event RENAME TO old_event",
        "DROP TABLE ledger.event",
        "DROP SCHEMA ledger CASCADE",
        "SET session_replication_role = replica",
        "SET SESSION AUTHORIZATION connector_owner",
        "SET ROLE connector_owner",
        "GRANT connector_owner TO CURRENT_USER",
        "GRANT DELETE ON ledger.event TO CURRENT_USER; DELETE FROM ledger.event",
        "ALTER ROLE connector_owner PASSWORD 'mine'",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "CREATE ROLE mine LOGIN SUPERUSER",
        "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE FUNCTION ledger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION plan.coalesce(text, text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
        "CREATE TABLE public.mine (a int)",
        "CREATE SCHEMA mine",
        "DROP EXTENSION plpgsql CASCADE",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY ledger.event TO '/tmp/events'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT rolpassword FROM pg_authid",
        "UPDATE public.alembic_version SET version_num = ''",
        "INSERT INTO ledger.transition VALUES ('deleted', 'sending')",
        "UPDATE ledger.transition SET after = 'sending'",
    ],
)
def test_no_way_round(statement, role, filled):
    assert refused(roles(filled)[role], statement)


def test_the_triggers_of_the_ledger_do_not_listen_to_a_search_path(filled):
    """A table of the loader's own, in the schema that it may make (its temporary one), must not stand in for the ledger's."""
    with psycopg.connect(filled.loader_url) as loader:
        loader.execute("CREATE TEMP TABLE transition (before text, after text)")
        loader.execute("INSERT INTO pg_temp.transition VALUES ('in_gl', 'sending')")
        loader.execute("CREATE TEMP TABLE event (LIKE ledger.event)")
        loader.execute("SET search_path = pg_temp, ledger, public")
        with pytest.raises(psycopg.errors.RaiseException, match="sending does not follow on in_gl"):
            loader.execute("UPDATE ledger.document SET state = 'sending' WHERE ordinal = 1")
        loader.rollback()


def test_what_runs_as_the_owner_names_where_it_looks(filled):
    """Functions and operators have no schema before their names, so each such function has a search path of its own."""
    with psycopg.connect(filled.analyst_url) as connection:
        rows = connection.execute(
            """
            SELECT p.proname, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = ANY(%s) AND p.prosecdef ORDER BY 1
            """,
            [SCHEMAS],
        ).fetchall()
    assert [name for name, _ in rows] == ["analyze_grown", "seal", "write_event", "write_user_link_event"]
    assert all(settings == ["search_path=pg_catalog, pg_temp"] for _, settings in rows)


def test_the_loader_cannot_write_the_past_of_a_document(filled):
    """An event is what the database saw happen, not what somebody says."""
    assert refused(
        filled.loader_url,
        """
        INSERT INTO ledger.event (document_id, number, before_state, after_state, revision, attempt, control_id, canonical, sha256,
                                  config_hash, message, answer, load_id, run_id, actor)
        SELECT document_id, number, 'sending', 'accepted', 1, 1, control_id, canonical, sha256, '', 'forged', '{}', 1, '', ''
        FROM ledger.document
        """,
    )
    assert refused(
        filled.loader_url,
        """
        INSERT INTO ledger.user_link_event (operation, person_key, origin, employee_id, email, deactivated, run_id)
        VALUES ('insert', 'employee/1', 'created', 'E1', 'e1@example.com', false, 'forged')
        """,
    )


def test_the_analyst_writes_nothing_anywhere(filled):
    with psycopg.connect(filled.analyst_url) as analyst:
        may = analyst.execute(
            """
            SELECT c.oid::regclass::text, p FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(%s::text[]) p
            WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'v', 'm', 'p') AND has_table_privilege(c.oid, p)
            UNION ALL
            SELECT n.nspname, 'CREATE' FROM pg_namespace n
            WHERE n.nspname NOT LIKE 'pg_temp%%' AND has_schema_privilege(n.oid, 'CREATE')
            """,
            [list(PRIVILEGES), [*SCHEMAS, "public"]],
        ).fetchall()
        assert may == []
        unreadable = analyst.execute(
            """
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'v') AND NOT has_table_privilege(c.oid, 'SELECT')
            """,
            [SCHEMAS],
        ).fetchall()
        assert unreadable == []


@pytest.mark.parametrize("role", ["analyst", "decider", "loader"])
@pytest.mark.parametrize(
    "call",
    [
        "pg_advisory_lock(1)", "pg_advisory_lock(1, 2)", "pg_advisory_lock_shared(1)", "pg_try_advisory_lock(1)",
        "pg_try_advisory_xact_lock(1)", "pg_advisory_xact_lock(1)", "pg_advisory_xact_lock_shared(1, 2)",
        "lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')", "lo_get(1)", "lo_put(1, 0, 'x')", "lo_unlink(1)",
        "lo_open(1, 131072)",
        "loread(0, 1)", "lowrite(0, 'x')", "lo_truncate(0, 0)",
    ],
)  # fmt: skip
def test_nobody_stops_the_others_or_keeps_things_by_functions_of_postgresql(call, role, filled):
    """A lock that the analyst takes would keep every run from sending."""
    url = {"analyst": filled.analyst_url, "decider": filled.decider_url, "loader": filled.loader_url}[role]
    locks_are_its_own = role != "analyst" and "advisory" in call
    assert refused(url, f"SELECT {call}") is not locks_are_its_own


def test_the_analyst_keeps_no_tables_of_its_own(filled):
    assert refused(filled.analyst_url, "CREATE TEMP TABLE mine (a int)")
    assert not refused(filled.loader_url, "CREATE TEMP TABLE mine (a int)")


def test_the_analyst_fills_no_disk_by_sorting(postgres_server, filled):
    large = "SELECT count(*) FROM (SELECT n FROM generate_series(1, 400000) n ORDER BY md5(n::text)) sorted"
    with psycopg.connect(filled.analyst_url) as analyst:
        assert analyst.execute("SHOW temp_file_limit").fetchone() == (databases.ANALYST_FILES,)
    for statement in (
        "SET temp_file_limit = -1",
        "ALTER ROLE CURRENT_USER SET temp_file_limit = -1",
        f"ALTER ROLE CURRENT_USER IN DATABASE {filled.name} SET temp_file_limit = -1",
    ):
        assert refused(filled.analyst_url, statement), statement
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as administrator:
        role = f"ALTER ROLE {databases.ANALYST} IN DATABASE {filled.name} SET temp_file_limit"
        administrator.execute(f"{role} = '1MB'")
        try:
            with (
                psycopg.connect(filled.analyst_url) as analyst,
                pytest.raises(psycopg.errors.ConfigurationLimitExceeded),
            ):
                analyst.execute(large)
        finally:
            administrator.execute(f"{role} = '{databases.ANALYST_FILES}'")
    with psycopg.connect(filled.loader_url) as loader:
        assert loader.execute(large).fetchone() == (400000,)


def test_the_analyst_takes_no_more_than_its_connections(postgres_server, filled):
    """Each session may fill the disk by itself, and the server has so many connections for all."""
    made = [psycopg.connect(filled.analyst_url) for _ in range(databases.ANALYST_SESSIONS)]
    try:
        assert len(made) == 5
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(filled.analyst_url)
        for url in (filled.loader_url, filled.decider_url, filled.owner_url):
            psycopg.connect(url).close()
        for statement in ("ALTER ROLE CURRENT_USER CONNECTION LIMIT -1", "ALTER ROLE CURRENT_USER CONNECTION LIMIT 50"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                made[0].execute(statement)
            made[0].rollback()
    finally:
        for one in made:
            one.close()


def test_a_role_of_before_gets_its_limit_too(postgres_server, filled):
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as administrator:
        administrator.execute(f"ALTER ROLE {databases.ANALYST} CONNECTION LIMIT -1")
        databases.make_roles(postgres_server)
        limits = dict(
            administrator.execute("SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname LIKE 'connector%'")
        )
    assert {name for name, limit in limits.items() if limit != -1} == {databases.ANALYST}
    assert limits[databases.ANALYST] == databases.ANALYST_SESSIONS


def test_a_server_whose_administrator_may_not_close_functions_is_named(postgres_server, filled):
    """On a managed server they belong to the provider."""
    with psycopg.connect(postgres_server.url(filled.name), autocommit=True) as connection:
        connection.execute("GRANT EXECUTE ON FUNCTION pg_advisory_lock(bigint), lo_create(oid) TO PUBLIC")

    class Managed:
        def url(self, database: str, role: str = "") -> str:
            return postgres_server.url(database, role or databases.OWNER)

    try:
        assert databases.close_functions(Managed(), filled.name, users=[databases.LOADER]) == [
            "lo_create(oid)", "pg_advisory_lock(bigint)"
        ]  # fmt: skip
        assert databases.close_functions(postgres_server, filled.name, users=[databases.LOADER]) == []
    finally:
        databases.make_connector_database(postgres_server, filled.name)


def test_nobody_says_when_a_decision_was_made(filled):
    """A decision of yesterday does not cover what happened to the document today, nor does one that claims to be of tomorrow."""
    decision = (
        "INSERT INTO ledger.decision (certify_company, report_id, content_hash, decision, reason, decided_by, user_id{}) "
        "VALUES ('acme', 'r-2', 'f01', 'not_ours', 'LastTold by phone', 'kim', '8'{})"
    )
    assert not refused(filled.decider_url, decision.format("", ""))
    assert refused(filled.decider_url, decision.format(", decided_at", ", 'infinity'"))
    approval = (
        "INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, reasons, run_id, decided_at{}) "
        "SELECT load_id, 'h', 'approved', 'kim', 'r', 'run', now(){} FROM ops.load LIMIT 1"
    )
    assert not refused(filled.loader_url, approval.format("", ""))
    assert refused(filled.loader_url, approval.format(", recorded_at", ", 'infinity'"))


def test_the_loader_has_no_more_than_each_table_says(filled):
    """Beyond staging, the loader deletes only what is replaced: extracts, verdicts, items open or settled, links, findings."""
    with psycopg.connect(filled.loader_url) as loader:
        may = loader.execute(
            """
            SELECT n.nspname || '.' || c.relname, p FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                   unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) p
            WHERE n.nspname = ANY(%s) AND n.nspname <> 'staging' AND c.relkind IN ('r', 'v') AND has_table_privilege(c.oid, p)
            ORDER BY 1, 2
            """,
            [SCHEMAS],
        ).fetchall()
    assert may == [
        (table, "DELETE")
        for table in (
            "ledger.closed_date", "ledger.open_item", "ledger.open_receipt", "ledger.user_link", "ops.api_metered", "ops.api_use",
            "ops.extract", "ops.reconciliation", "ops.reconciliation_finding", "ops.settled_report", "ops.told", "ops.unreached",
            "quality.data_docs", "quality.quarantine", "quality.result",
        )
    ]  # fmt: skip


def test_nobody_else_enters(postgres_server, filled):
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as administrator:
        administrator.execute("DROP ROLE IF EXISTS stranger")
        administrator.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
        try:
            url = postgres_server.url(filled.name, "stranger").replace(postgres_server.password("stranger"), "stranger")
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(url)
        finally:
            administrator.execute("DROP ROLE stranger")


DECIDED = (
    "INSERT INTO ledger.decision (certify_company, report_id, content_hash, decision, reason, decided_by, user_id) "
    "VALUES ('acme', 'r-2', 'f01', 'not_ours', 'LastTold by phone', 'kim', '8')"
)
BY_HAND = (
    DECIDED,
    "INSERT INTO ledger.people_release (kind, released_by, reason, expires_at) VALUES ('creates', 'kim', 'x', now())",
    "INSERT INTO ledger.release (certify_company, report_id, rule, source_hash, released_by, reason) "
    "VALUES ('acme', 'r-2', 'personal', 'f01', 'kim', 'x')",
)


def test_the_role_that_posts_decides_nothing(filled):
    for statement in BY_HAND:
        assert refused(filled.loader_url, statement), statement
        assert refused(filled.analyst_url, statement), statement
    for role in ("connector_decider", "connector_owner"):
        assert refused(filled.loader_url, f"SET ROLE {role}")


def test_the_role_that_keeps_decisions_does_nothing_else(filled):
    assert not refused(filled.decider_url, DECIDED)
    assert not refused(filled.decider_url, BY_HAND[1])
    for statement in (
        "UPDATE ledger.decision SET decided_by = 'lee'",
        "DELETE FROM ledger.decision",
        BY_HAND[2],
        "UPDATE ledger.people_release SET expires_at = NULL",
        "DELETE FROM ledger.open_item",
        "UPDATE ledger.document SET state = 'in_gl'",
        "INSERT INTO ops.load (dag_id) VALUES ('x')",
        "UPDATE plan.change SET rule = ''",
        "SELECT * FROM staging.certify_expense_report",
        "SELECT * FROM ledger.event",
        "CREATE TABLE ledger.mine (a int)",
        "SET ROLE connector_loader",
    ):
        assert refused(filled.decider_url, statement), statement
