"""Roles and databases on the local PostgreSQL.

Airflow's metadata and the connector's data live in two databases of one server: both keep an ``alembic_version``.
Four roles work on the connector's data: the owner migrates, the loader runs tasks, the analyst reads, the decider writes down what
persons decide. What the last three may touch is granted by the migrations. One role reads in Airflow's database who answered
approvals and which pools there are, and nothing else there.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import psycopg
from psycopg import sql

AIRFLOW = "airflow"
CONNECTOR = "connector"
OWNER = "connector_owner"
LOADER = "connector_loader"
ANALYST = "connector_analyst"
DECIDER = "connector_decider"
#: So much of the disk the queries of a session of the analyst may take at a time, for what they sort and join.
ANALYST_FILES = "4GB"
#: And so many sessions it may have at a time.
ANALYST_SESSIONS = 5
CONNECTOR_ROLES = (OWNER, LOADER, ANALYST, DECIDER)
RECORD = "airflow_record"
_ANSWER = ("responded_by", "responded_at", "chosen_options")
#: By table of Airflow what the role RECORD reads: who started a run, who answered which task of it, when and how; and its pools.
RECORD_COLUMNS = {
    "hitl_detail": ("ti_id", *_ANSWER),
    "hitl_detail_history": ("ti_history_id", *_ANSWER),
    "task_instance": ("id", "dag_id", "run_id", "task_id"),
    "task_instance_history": ("task_instance_id", "dag_id", "run_id", "task_id"),
    "dag_run": ("id", "dag_id", "run_id", "triggering_user_name"),
    "backfill": ("id", "triggering_user_name"),
    "backfill_dag_run": ("backfill_id", "dag_run_id"),
    "slot_pool": ("pool", "slots"),
}


class Server(Protocol):
    """A PostgreSQL server that we may administer."""

    def url(self, database: str, role: str = ...) -> str:
        """Return ``postgresql://`` URL of ``database`` for ``role``, the administrator when none is given."""

    def password(self, role: str) -> str:
        """Return the password that ``role`` has or is to have."""


def make_roles(server: Server) -> None:
    """Make the roles that are missing, give each the password that ``server`` keeps for it, and the analyst its few sessions."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (AIRFLOW, RECORD, *CONNECTOR_ROLES):
            # A role that exists gets its password again: passwords in the environment may be new.
            verb = "ALTER" if role in known else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(role), sql.Literal(server.password(role))
                )
            )
        limit = sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}")
        connection.execute(limit.format(sql.Identifier(ANALYST), sql.Literal(ANALYST_SESSIONS)))


def limit_files(server: Server, name: str) -> None:
    """Let no query of who only reads fill the disk of database ``name`` with what it sorts.

    Only a superuser may say so. A managed server has limits of its own.
    """
    with (
        psycopg.connect(server.url("postgres"), autocommit=True) as connection,
        suppress(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET temp_file_limit = {}").format(
                sql.Identifier(ANALYST), sql.Identifier(name), sql.Literal(ANALYST_FILES)
            )
        )


def make_database(
    server: Server, name: str, *, owner: str, guests: tuple[str, ...] = (), template: str = "template0"
) -> None:
    """Make the database ``name`` unless it exists; only ``owner`` and ``guests`` may connect to it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template)
                )
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        for guest in guests:
            role = sql.Identifier(guest)
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(name), role))
            # Who only reads keeps nothing, not even for as long as a session lasts.
            may = "CONNECT" if guest == ANALYST else "CONNECT, TEMPORARY"
            connection.execute(
                sql.SQL("GRANT {} ON DATABASE {} TO {}").format(sql.SQL(may), sql.Identifier(name), role)
            )


def close_functions(server: Server, name: str, *, users: Sequence[str]) -> list[str]:
    """Take from everybody in database ``name`` what PostgreSQL lets whoever may connect do: keep others from their locks, and keep
    large objects.

    :param users: the roles that work with advisory locks.
    :return: what is open all the same, because the administrator is no superuser: on a managed server these belong to the provider.
    """
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        found = connection.execute(_OPEN).fetchall()
        for signature, locks, _ in found:
            function = sql.SQL(signature)
            try:
                connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(function))
                for role in users if locks else ():
                    connection.execute(
                        sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(function, sql.Identifier(role))
                    )
            except psycopg.errors.InsufficientPrivilege:
                continue
        return [signature for signature, _, is_open in connection.execute(_OPEN).fetchall() if is_open]


_OPEN = r"""
SELECT p.oid::regprocedure::text, proname LIKE '%advisory%', EXISTS (
    SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0 AND privilege_type = 'EXECUTE'
) FROM pg_proc p
WHERE pronamespace = 'pg_catalog'::regnamespace AND (proname ~ '^(pg_(try_)?advisory_|lo_)' OR proname IN ('loread', 'lowrite'))
ORDER BY 1
"""


def open_record(server: Server, name: str = AIRFLOW) -> None:
    """Let the role RECORD read who answered approvals in Airflow's database ``name``, once that is migrated."""
    close_functions(server, name, users=[AIRFLOW])
    role = sql.Identifier(RECORD)
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), role))
        for table, columns in RECORD_COLUMNS.items():
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            connection.execute(sql.SQL("GRANT SELECT ({}) ON {} TO {}").format(listed, sql.Identifier(table), role))


def drop_database(server: Server, name: str) -> None:
    """Drop the database ``name``, ending the sessions that still use it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def make_all(server: Server) -> str:
    """Make the roles and both databases of the stack; what exists stays as it is.

    :return: what an administrator should know, a sentence, or nothing.
    """
    make_roles(server)
    make_database(server, AIRFLOW, owner=AIRFLOW)
    still_open = make_connector_database(server, CONNECTOR)
    if not still_open:
        return ""
    return (
        f"On this server whoever may connect to the database {CONNECTOR} may also call {', '.join(still_open)}: {ANALYST} could keep "
        'runs waiting with them. See "A PostgreSQL of your own" in docs/operations.md.'
    )


def make_connector_database(server: Server, name: str, *, template: str = "template0") -> list[str]:
    """Make a database for the connector: owned by its owner, open to loader, analyst and decider.

    :return: the functions that :func:`close_functions` could not close.
    """
    make_database(server, name, owner=OWNER, guests=(LOADER, ANALYST, DECIDER), template=template)
    limit_files(server, name)
    return close_functions(server, name, users=(OWNER, LOADER, DECIDER))
