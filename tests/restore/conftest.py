"""Last night's backup, made and put back with PostgreSQL's own programs as docs/operations.md says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from include.local.postgres import binaries
from tests.expense_company import company  # noqa: F401


@pytest.fixture
def last_night(database, postgres_server, tmp_path) -> Callable[[], Callable[[], None]]:
    """Backs the database up; what it gives puts it back."""
    url = urlsplit(postgres_server.url(database.name))
    dump = tmp_path / "connector.dump"

    def program(name: str, *arguments: str) -> None:
        where = [
            "--host",
            url.hostname or "",
            "--port",
            str(url.port),
            "--username",
            url.username or "",
            "--no-password",
        ]
        environment = {"PATH": os.environ["PATH"], "PGPASSWORD": url.password or ""}
        subprocess.run([Path(binaries()) / name, *where, *arguments], env=environment, check=True)

    def back_up() -> Callable[[], None]:
        program("pg_dump", "--format=custom", f"--file={dump}", database.name)
        return lambda: program(
            "pg_restore", "--clean", "--if-exists", "--exit-on-error", f"--dbname={database.name}", str(dump)
        )

    return back_up
