"""The connector's database: one PostgreSQL, plain SQL over psycopg 3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import dict_row

from certify_intacct.model.errors import ConfigurationError

Connection: TypeAlias = "psycopg.Connection[dict[str, Any]]"


class Database:
    """Opens connections to the connector's database.

    :param url: ``postgresql://user:password@host:port/database``, as the loader's role
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def connect(self, *, autocommit: bool = False) -> Connection:
        """A new connection with rows as dicts; the caller closes it.

        :raises ConfigurationError: when the server cannot be reached or refuses the role
        """
        try:
            return psycopg.connect(
                self._url, autocommit=autocommit, row_factory=dict_row, application_name="certify_intacct"
            )
        except psycopg.OperationalError as error:
            raise ConfigurationError(
                f"The connector's database does not answer: {str(error).strip().splitlines()[0]}",
                where="connection connector_db",
                cure="Check host, port, user and password of the connection connector_db, and that the server runs.",
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
