"""What a benchmark runs against: a sandbox and a PostgreSQL of its own, and the environment of the processes that are measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests
import yaml

from include.local import databases
from include.local.postgres import PostgresServer
from include.local.sandbox import connections

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "include" / "connector.yaml"
# Whatever else is installed, what is measured is this folder.
MODULES = os.pathsep.join([str(ROOT / "plugins"), str(ROOT)])


class Sandbox:
    """A running sandbox and its control routes."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url, self.process = url, process
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(connect=20, backoff_factor=0.2))
        self._session.mount("http://", adapter)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A control route.

        :raises requests.HTTPError: it refuses
        """
        answer = self._session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=600)
        answer.raise_for_status()
        return answer.json()

    def load(self, side: str, name: str, records: list[dict[str, Any]]) -> None:
        """Puts records into a service."""
        self.ask("POST", "load", {"side": side, "object": name, "records": records})


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that goes again, and that PostgreSQL's account may pass through."""
    path = Path(tempfile.mkdtemp(prefix="connector-bench-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running_sandbox(folder: Path) -> Iterator[Sandbox]:
    """A sandbox of its own with an empty company."""
    state = folder / "sandbox"
    command = [sys.executable, "-m", "include.sandbox", "--port", "0", "--state", str(state), "--scale", "empty"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONPATH": MODULES}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("sandbox: ").strip()
            sandbox = Sandbox(url, psutil.Process(process.pid))
            sandbox.ask("GET", "settings")
            yield sandbox
        finally:
            process.terminate()


@contextmanager
def running_database(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """A PostgreSQL of its own, as it comes but for these settings, with the connector's migrated database."""
    server = PostgresServer(folder / "postgres", log_file=folder / "postgres.log", settings=settings)
    try:
        server.start()
        databases.make_roles(server)
        databases.make_connector_database(server, databases.CONNECTOR)
        subprocess.run(
            [sys.executable, "-m", "certify_intacct.staging.migrate"],
            check=True,
            cwd=ROOT,
            env=os.environ
            | {"CONNECTOR_DB_URL": server.url(databases.CONNECTOR, databases.OWNER), "PYTHONPATH": MODULES},
        )
        yield server
    finally:
        server.remove()


def child_environment(
    sandbox: Sandbox, server: PostgresServer, folder: Path, *, receipts: bool = True
) -> dict[str, str]:
    """The environment of a process that does a task's work: as shipped, with connections to both.

    :param receipts: whether they are attached, as connector.yaml says as shipped
    """
    config = CONFIG
    if not receipts:
        config = folder / CONFIG.name
        content = yaml.safe_load(CONFIG.read_text("utf-8"))
        content["posting"]["receipts"]["attach"] = False
        config.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    named = {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps(connection) for name, connection in connections(sandbox.url).items()
    }
    return (
        os.environ
        | named
        | {
            "AIRFLOW_CONN_CONNECTOR_DB": server.url(databases.CONNECTOR, databases.LOADER),
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DEFAULT_TIMEZONE": yaml.safe_load(CONFIG.read_text("utf-8"))["company"]["time_zone"],
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "BENCH_SANDBOX": sandbox.url,
            "CONNECTOR_CONFIG": str(config),
            "PYTHONPATH": MODULES,
        }
    )
