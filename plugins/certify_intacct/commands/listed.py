"""What every list has in common that is printed on a terminal: it is CSV on standard output, or a sentence on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConnectorError

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection


def printed(listed: Callable[[Connection], str]) -> int:
    """Prints what a question to the connector's database gives: 0, or 1 when it cannot be read or cannot be meant."""
    from certify_intacct.staging.database import Database, address

    try:
        with Database(address(BaseHook.get_connection("connector_db"))).connection() as connection:
            text = listed(connection)
    except ConnectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(text, end="")
    return 0
