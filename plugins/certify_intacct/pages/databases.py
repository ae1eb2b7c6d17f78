"""The connector's database as pages open it: to read, and to keep what a person decided.

What deciding signs in with is no connection of Airflow: the api-server hands each connection of its own to any task that asks for it
by name.
"""

from __future__ import annotations

import os
from dataclasses import replace

from airflow.sdk import BaseHook

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.staging import urls
from certify_intacct.staging.database import Database
from certify_intacct.staging.time_limits import TimeLimits

# Whoever reads a page waits for it: what takes longer is not waited for, whatever the connection says.
LIMITS = TimeLimits(connect_timeout=2, statement_timeout=2, lock_timeout=1)
# A file is made of more than a page shows, and whoever wants it waits for it.
FILE_LIMITS = replace(LIMITS, statement_timeout=15)

CONNECTION = "connector_db"
DECIDER = "CONNECTOR_DECIDER_URL"


def reading() -> Database:
    """The database as the pages read it."""
    return Database.of(BaseHook.get_connection(CONNECTION), most=LIMITS)


def reading_for_a_file() -> Database:
    """The same for a file of all pages."""
    return Database.of(BaseHook.get_connection(CONNECTION), most=FILE_LIMITS)


def deciding() -> Database:
    """The database as the role that keeps decisions.

    :raises ConfigurationError: this api-server was not given it, or it is no address
    """
    url = os.environ.get(DECIDER, "")
    if not url:
        raise ConfigurationError(
            "Nothing can be decided here: this api-server does not know how to sign in as the role connector_decider.",
            where=f"variable {DECIDER}",
            cure="Set it in the environment of the api-server, and of nothing else (docs/operations.md, Who decides).",
        )
    where = f"variable {DECIDER} of the api-server"
    return Database(urls.checked(url, where=where), where=where, limits=LIMITS)
