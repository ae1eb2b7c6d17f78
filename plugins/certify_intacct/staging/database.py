"""The connector's database: one PostgreSQL, plain SQL over psycopg 3."""

from __future__ import annotations

import contextlib
import dataclasses
import select
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, Protocol, TypeAlias

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable
from certify_intacct.staging.time_limits import TimedConnection, TimeLimits

Connection: TypeAlias = "psycopg.Connection[dict[str, Any]]"


CONNECTION = "connection connector_db"

# A refused connection carries no SQLSTATE, only PostgreSQL's words.
_REFUSALS = (
    "password authentication failed",
    "does not exist",
    "no pg_hba.conf entry",
    "permission denied",
    "not permitted to log in",
    "invalid sslmode value",
    "invalid integer value",
    "server does not support SSL",
    "certificate verify failed",
    "does not match host name",
)

_LONGEST = 500
# The server's limits of a statement and of a lock.
_TOO_LONG = ("57014", "55P03")
_LONGER = (
    "The task is tried again by itself and finishes the rest. If this stays, look at what else the server does, or raise "
    "statement_timeout or lock_timeout in the extras of the connection."
)
# The server is gone, restarts, is out of room, or gave way to somebody else: worth another try. Everything else is an error of ours.
_PASSING = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.InternalError_,
)


# Airflow's own fields for what libpq knows under these names.
_FIELDS = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}


class PostgresConnection(Protocol):
    """A Postgres connection as Airflow hands it out."""

    conn_id: str
    conn_type: str | None
    host: str | None
    port: int | None
    login: str | None
    password: str | None
    schema: str | None

    @property
    def extra_dejson(self) -> Mapping[str, Any]: ...


def address(connection: PostgresConnection) -> str:
    """The address behind a Postgres connection of Airflow, with whatever of its extras libpq knows (sslmode, connect_timeout, …).

    :raises ConfigurationError: it is no Postgres connection, or an extra means nothing to libpq; it would be left out in silence
    """
    where = f"connection {connection.conn_id}"
    if connection.conn_type not in ("postgres", "postgresql"):
        raise ConfigurationError(
            f"It is of type {connection.conn_type!r}.",
            where=where,
            cure="Make it a Postgres connection with the role connector_loader.",
        )
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()} - _FIELDS.keys()
    limits = {field.name for field in dataclasses.fields(TimeLimits)} - known
    said = {name: value for name, value in connection.extra_dejson.items() if value is not None and name not in limits}
    strange = [name for name, value in said.items() if name not in known or isinstance(value, (dict, list))]
    if strange:
        raise ConfigurationError(
            f"The extra {', '.join(map(repr, sorted(strange)))} is no parameter of libpq with a plain value.",
            where=where,
            cure="Take it out; sslmode, sslrootcert, connect_timeout, statement_timeout, lock_timeout, keepalives_idle and the like "
            "may stand there, host, user and password in their own fields.",
        )
    extras: dict[str, Any] = {name: int(value) if isinstance(value, bool) else value for name, value in said.items()}
    fields = {name: getattr(connection, field) for name, field in _FIELDS.items()}
    return make_conninfo("", **extras, **{name: value for name, value in fields.items() if value})


class Database:
    """Opens connections to the connector's database.

    :param url: ``postgresql://user:password@host:port/database`` or what :func:`address` gives, as the loader's role
    :param where: where a person finds this address when it is wrong
    :param limits: how long it may take
    """

    def __init__(self, url: str, *, where: str = CONNECTION, limits: TimeLimits | None = None) -> None:
        self._url = url
        self._where = where
        self._limits = limits or TimeLimits()
        # Connections that nobody uses just now; None: none is kept.
        self._idle: list[Connection] | None = None

    @classmethod
    def of(cls, connection: PostgresConnection, *, most: TimeLimits | None = None) -> Database:
        """The database behind a Postgres connection of Airflow.

        :param most: it may take no longer than this, whatever the connection says
        :raises ConfigurationError: it is no such connection, or something in its extras is wrong
        """
        where = f"connection {connection.conn_id}"
        limits = TimeLimits.from_extra(connection.extra_dejson, where=where)
        limits = limits.at_most(most) if most else limits
        url = make_conninfo(address(connection), connect_timeout=max(1, round(limits.connect_timeout)))
        return cls(url, where=where, limits=limits)

    def connect(self, *, autocommit: bool = False, name: str = "certify_intacct") -> Connection:
        """A new connection with rows as dicts; the caller closes it.

        :param name: what PostgreSQL shows of it to others
        :raises ServiceUnavailable: when the server does not answer; it may be back at the next try
        :raises ConfigurationError: when it refuses the role or has no such database
        """
        try:
            opened = TimedConnection.connect(
                self._limits.applied(self._url), autocommit=autocommit, row_factory=dict_row, application_name=name
            )
            opened.limits = self._limits
            return opened
        except psycopg.ProgrammingError:
            # psycopg itself does not understand the address, and quotes it with its password.
            raise ConfigurationError(
                "The address of the connector's database cannot be understood.",
                where=self._where,
                cure=f"Check user, password, database name and extras of the {self._where}.",
            ) from None
        except psycopg.OperationalError as error:
            lines = str(error).strip().splitlines()
            refused = next((line for line in lines if any(words in line for words in _REFUSALS)), "")
            if refused:
                raise ConfigurationError(
                    f"The connector's database refuses us: {refused}",
                    where=self._where,
                    cure=f"Check user, password, database name and extras of the {self._where}.",
                ) from None
            raise ServiceUnavailable(
                f"The connector's database does not answer: {lines[-1]}",
                where=self._where,
                cure=f"Check that the server runs, and host and port of the {self._where}.",
            ) from None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in one transaction: committed when the block ends, rolled back when it raises.

        :raises ServiceUnavailable: the server went away, or could not carry out a statement just now; psycopg's error is its cause
        """
        connection = self._kept_one() or self.connect()
        try:
            with told(self._where), connection.transaction():
                yield connection
        finally:
            if self._idle is None or connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.close()
            else:
                self._idle.append(connection)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Within the block connections stay open for whoever needs one next, in any thread.

        To open one and to have the server learn its work anew costs more than most of what is done in it.
        """
        idle: list[Connection] = []
        self._idle, before = idle, self._idle
        try:
            yield
        finally:
            self._idle = before
            for connection in idle:
                connection.close()

    def _kept_one(self) -> Connection | None:
        # Threads take from the same list.
        with contextlib.suppress(IndexError):
            while self._idle:
                connection = self._idle.pop()
                # A server that went away has said so, and nobody has read it yet.
                said = select.poll()
                said.register(connection.fileno(), select.POLLIN)
                if not said.poll(0):
                    return connection
                connection.close()
        return None


def many(
    connection: Connection, statement: LiteralString | sql.Composed, values: Sequence[Any]
) -> list[dict[str, Any]]:
    """Executes a statement with each of ``values``, without waiting for each, and returns all rows that they give, in order."""
    if not values:
        return []
    cursor = connection.cursor()
    cursor.executemany(statement, values, returning=True)
    rows: list[dict[str, Any]] = []
    while True:
        if cursor.description is not None:
            rows += cursor.fetchall()
        if not cursor.nextset():
            return rows


@contextmanager
def told(where: str = CONNECTION) -> Iterator[None]:
    """Says in our words that a statement was not carried out just now, or that nobody knows whether it was.

    :raises ServiceUnavailable: psycopg's error is its cause
    """
    try:
        yield
    except _PASSING as error:
        raise _lost(error, where) from error


def _lost(error: psycopg.Error, where: str) -> ServiceUnavailable:
    said = " ".join(str(error).split()).rstrip(".")
    code = f" (SQLSTATE {error.sqlstate})" if error.sqlstate else ""
    return ServiceUnavailable(
        f"The connector's database did not finish a statement: {said[:_LONGEST]}{code}.",
        where=where,
        cure=_LONGER
        if error.sqlstate in _TOO_LONG
        else "The task is tried again by itself and finishes the rest. If this stays, look at the server and its disk.",
    )
