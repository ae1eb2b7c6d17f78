"""The connector's database: one PostgreSQL, plain SQL over psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import dict_row

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable

Connection: TypeAlias = "psycopg.Connection[dict[str, Any]]"


CONNECTION = "connection connector_db"

# A refused connection carries no SQLSTATE, only PostgreSQL's words.
_REFUSALS = (
    "password authentication failed",
    "does not exist",
    "no pg_hba.conf entry",
    "permission denied",
    "not permitted to log in",
)

_LONGEST = 500
# The server is gone, restarts, is out of room, or gave way to somebody else: worth another try. Everything else is an error of ours.
_PASSING = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.InternalError_,
)


class Database:
    """Opens connections to the connector's database.

    :param url: ``postgresql://user:password@host:port/database``, as the loader's role
    :param where: where a person finds this address when it is wrong
    """

    def __init__(self, url: str, *, where: str = CONNECTION) -> None:
        self._url = url
        self._where = where

    def connect(self, *, autocommit: bool = False, name: str = "certify_intacct") -> Connection:
        """A new connection with rows as dicts; the caller closes it.

        :param name: what PostgreSQL shows of it to others
        :raises ServiceUnavailable: when the server does not answer; it may be back at the next try
        :raises ConfigurationError: when it refuses the role or has no such database
        """
        try:
            return psycopg.connect(self._url, autocommit=autocommit, row_factory=dict_row, application_name=name)
        except psycopg.OperationalError as error:
            text = str(error).strip().splitlines()[-1]
            if any(words in text for words in _REFUSALS):
                raise ConfigurationError(
                    f"The connector's database refuses us: {text}",
                    where=self._where,
                    cure=f"Check user, password and database name of the {self._where}.",
                ) from None
            raise ServiceUnavailable(
                f"The connector's database does not answer: {text}",
                where=self._where,
                cure=f"Check that the server runs, and host and port of the {self._where}.",
            ) from None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in one transaction: committed when the block ends, rolled back when it raises.

        :raises ServiceUnavailable: the server went away, or could not carry out a statement just now; psycopg's error is its cause
        """
        connection = self.connect()
        try:
            with told(self._where), connection.transaction():
                yield connection
        finally:
            connection.close()


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
        cure="The task is tried again by itself and finishes the rest. If this stays, look at the server and its disk.",
    )
