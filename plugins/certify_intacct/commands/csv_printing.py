"""What the commands share that print rows of the database as CSV."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConnectorError

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection


def parser(name: str, description: str | None) -> ArgumentParser:
    """The parser of a command's arguments.

    :param name: its module within the package
    """
    return ArgumentParser(prog=f"python -m certify_intacct.{name}", description=description)


def printed(arguments: ArgumentParser, text_of: Callable[[Connection, Namespace], str]) -> int:
    """Prints the CSV that ``text_of`` makes: 0, or 1 and the error in words when it cannot be read."""
    from certify_intacct.staging.database import Database, address

    options = arguments.parse_args()
    try:
        with Database(address(BaseHook.get_connection("connector_db"))).connection() as connection:
            text = text_of(connection, options)
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(text, end="")
    return 0
