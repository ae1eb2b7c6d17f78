"""The connector's database: one PostgreSQL, plain SQL over psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import dict_row

from certify_intacct.model.errors import ConfigurationError, ServiceUnavailable

Connection: TypeAlias = "psycopg.Connection[dict[str, Any]]"


# A refused connection carries no SQLSTATE, only PostgreSQL's words.
_REFUSALS = (
    "password authentication failed",
    "does not exist",
    "no pg_hba.conf entry",
    "permission denied",
    "not permitted to log in",
)


class Database:
    """Opens connections to the connector's database.

    :param url: ``postgresql://user:password@host:port/database``, as the loader's role
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def connect(self, *, autocommit: bool = False) -> Connection:
        """A new connection with rows as dicts; the caller closes it.

        :raises ServiceUnavailable: when the server does not answer; it may be back at the next try
        :raises ConfigurationError: when it refuses the role or has no such database
        """
        try:
            return psycopg.connect(
                self._url, autocommit=autocommit, row_factory=dict_row, application_name="certify_intacct"
            )
        except psycopg.OperationalError as error:
            text = str(error).strip().splitlines()[-1]
            if any(words in text for words in _REFUSALS):
                raise ConfigurationError(
                    f"The connector's database refuses us: {text}",
                    where="connection connector_db",
                    cure="Check user, password and database name of the connection connector_db.",
                ) from None
            raise ServiceUnavailable(
                f"The connector's database does not answer: {text}",
                where="connection connector_db",
                cure="Check that the server runs, and host and port of the connection connector_db.",
            ) from None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in one transaction: committed when the block ends, rolled back when it raises."""
        connection = self.connect()
        try:
            with connection.transaction():
                yield connection
        finally:
            connection.close()
