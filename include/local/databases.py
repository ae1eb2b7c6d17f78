"""Roles and databases on the local PostgreSQL.

Airflow's metadata and the connector's data live in two databases of one server: both keep an ``alembic_version``.
Four roles work on the connector's data: the owner migrates, the loader runs tasks, the analyst reads, the decider writes down what
persons decide. What the last three may touch is granted by the migrations.
"""

from __future__ import annotations

from typing import Protocol

import psycopg
from psycopg import sql

AIRFLOW = "airflow"
CONNECTOR = "connector"
OWNER = "connector_owner"
LOADER = "connector_loader"
ANALYST = "connector_analyst"
DECIDER = "connector_decider"
CONNECTOR_ROLES = (OWNER, LOADER, ANALYST, DECIDER)


class Server(Protocol):
    """A PostgreSQL server that we may administer."""

    def url(self, database: str, role: str = ...) -> str:
        """Return ``postgresql://`` URL of ``database`` for ``role``, the administrator when none is given."""

    def password(self, role: str) -> str:
        """Return the password that ``role`` has or is to have."""


def make_roles(server: Server) -> None:
    """Make the roles that are missing and give each the password that ``server`` keeps for it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (AIRFLOW, *CONNECTOR_ROLES):
            # A role that exists gets its password again: passwords in the environment may be new.
            verb = "ALTER" if role in known else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(role), sql.Literal(server.password(role))
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
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(guest)
                )
            )


def drop_database(server: Server, name: str) -> None:
    """Drop the database ``name``, ending the sessions that still use it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def make_all(server: Server) -> None:
    """Make the roles and both databases of the stack; what exists stays as it is."""
    make_roles(server)
    make_database(server, AIRFLOW, owner=AIRFLOW)
    make_connector_database(server, CONNECTOR)


def make_connector_database(server: Server, name: str, *, template: str = "template0") -> None:
    """Make a database for the connector: owned by its owner, open to loader, analyst and decider."""
    make_database(server, name, owner=OWNER, guests=(LOADER, ANALYST, DECIDER), template=template)
