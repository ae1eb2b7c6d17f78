"""Brings the connector's database to the newest schema: ``python -m certify_intacct.staging.migrate``.

Reads the owner's URL from ``CONNECTOR_DB_URL`` (``postgresql://owner:password@host:port/connector``). The three roles
``connector_owner``, ``connector_loader`` and ``connector_analyst`` must exist.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.staging.migrations.kept import LedgerChanged, LedgerInUse
from certify_intacct.staging.urls import checked

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(url: str) -> Config:
    """Alembic's configuration for ``url``; there is no alembic.ini, so that no file can hold a password."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    # Not set_main_option: its interpolation would choke on a percent sign in a password.
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Runs every migration up to ``revision``, all or none; nothing happens when the schema is there already.

    :raises LedgerChanged: a migration would have lost what the ledger holds
    :raises LedgerInUse: somebody posts just now
    :raises alembic.util.CommandError: the schema is newer than this version of the project
    """
    command.upgrade(alembic_config(url), revision)


def newest_revision() -> str:
    """The newest migration that this version of the project has."""
    return str(ScriptDirectory.from_config(alembic_config("")).get_current_head())


def main() -> int:
    """Migrates the database of ``CONNECTOR_DB_URL`` as its owner; the exit status: 2 without an address, 1 where it was refused."""
    url = os.environ.get("CONNECTOR_DB_URL", "")
    try:
        checked(url, where="CONNECTOR_DB_URL, the address of the owner")
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        migrate(url)
    except (LedgerChanged, LedgerInUse) as error:
        print(error, file=sys.stderr)
        return 1
    except CommandError as error:
        print(
            f"{error} The schema was made by a newer version of the project than this one ({newest_revision()}): start that version, "
            "or restore the backup from before the upgrade.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
