"""The init step of docker-compose.yaml: ``python -m include.local.prepare``.

Makes roles and databases on the PostgreSQL of ``POSTGRES_URL``, migrates the connector's and Airflow's database, imports the
pools and makes the administrator of the UI. Every part may be repeated. Passwords come from the environment.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from include.local import databases
from include.local.errors import StackError

ROOT = Path(__file__).resolve().parents[2]
PASSWORDS = {
    databases.AIRFLOW: "AIRFLOW_DB_PASSWORD",
    databases.RECORD: "AIRFLOW_RECORD_PASSWORD",
    databases.OWNER: "CONNECTOR_OWNER_PASSWORD",
    databases.LOADER: "CONNECTOR_LOADER_PASSWORD",
    databases.ANALYST: "CONNECTOR_ANALYST_PASSWORD",
    databases.DECIDER: "CONNECTOR_DECIDER_PASSWORD",
}

_ADDRESS = re.compile(r"postgres(?:ql)?://(?:[^\s@/?#%\[\]]|%[0-9A-Fa-f]{2})+@[^\s@/?#]+(?:/[^\s@#]*)?")


class EnvironmentServer:
    """The PostgreSQL server that the environment describes."""

    def url(self, database: str, role: str = "") -> str:
        """Return the URL of ``database`` as ``role``, or as the administrator of POSTGRES_URL.

        :raises StackError: POSTGRES_URL is missing, or is none; what is wrong with it would be told with the password in it.
        """
        given = required("POSTGRES_URL")
        if not _ADDRESS.fullmatch(given):
            raise StackError(
                "POSTGRES_URL is no address of the form postgresql://USER:PASSWORD@HOST:PORT/postgres: signs of the password that "
                "are no letters, digits, '-', '.', '_' or '~' are written as a percent sign with two digits (@ is %40, / is %2F)."
            )
        parts = urlsplit(given)
        where = parts.netloc.rpartition("@")
        login = f"{role}:{quote(self.password(role), safe='')}" if role else where[0]
        # What it says of TLS holds for every database and role: without it a server would be believed that proves nothing.
        return urlunsplit(("postgresql", f"{login}@{where[2]}", f"/{database}", parts.query, ""))

    def password(self, role: str) -> str:
        """Return the password of ``role``."""
        return required(PASSWORDS[role])


def required(variable: str) -> str:
    """Return an environment variable.

    :raises StackError: when it is missing or empty.
    """
    value = os.environ.get(variable)
    if not value:
        raise StackError(f"{variable} is not set: `make env` writes it to .env.")
    return value


def prepare() -> None:
    """Do all of it.

    :raises StackError: when a variable is missing.
    :raises subprocess.CalledProcessError: when a step failed; the step has said why.
    """
    server = EnvironmentServer()
    say("roles and databases")
    if notice := databases.make_all(server):
        say(notice)
    say("migrations of the connector's database")
    run(
        [sys.executable, "-m", "certify_intacct.staging.migrate"],
        CONNECTOR_DB_URL=server.url(databases.CONNECTOR, databases.OWNER),
    )
    say("migrations of Airflow's database")
    run(["airflow", "db", "migrate"])
    databases.open_record(server)
    say("pools")
    run(["airflow", "pools", "import", str(ROOT / "include" / "pools.json")])
    say("administrator of the UI")
    for part in ("USER", "EMAIL", "PASSWORD"):
        required(f"AIRFLOW_ADMIN_{part}")
    run([sys.executable, "-m", "include.local.administrator"])
    say("ready")


def run(command: list[str], **variables: str) -> None:
    """Run one step; its output goes to ours."""
    subprocess.run(command, check=True, env=os.environ | variables, cwd=ROOT)


def say(text: str) -> None:
    """Print one line at once."""
    print(f"prepare: {text}", flush=True)


if __name__ == "__main__":
    try:
        prepare()
    except StackError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {' '.join(str(part) for part in error.cmd[:3])} failed with code {error.returncode}.")
