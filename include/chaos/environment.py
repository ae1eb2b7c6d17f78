"""What the connector works with and what may be killed: PostgreSQL, the sandbox, and the relay between."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests

from include.chaos import clock
from include.chaos.clock import StormClock
from include.chaos.wire import Wire
from include.local import databases
from include.local.errors import StackError
from include.local.ports import free_port
from include.local.postgres import PostgresServer
from include.local.sandbox import connections

ROOT = Path(__file__).resolve().parents[2]
# Sets have one order in all processes and at all times.
ORDERLY = {"PYTHONHASHSEED": "0"}
_TEMPLATE = "connector_template"
# A kill loses nothing that was written; only a power failure could, and that is not played here.
# What PostgreSQL does by itself, at times of its own, is switched off.
_POSTGRES = {
    "fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "autovacuum": "off", "max_parallel_workers_per_gather": "0",
}  # fmt: skip
_STRANGERS = "SELECT pid FROM pg_stat_activity WHERE datname = ANY(%s) AND NOT client_port = ANY(%s)"
_AWAITED = "SELECT pid FROM pg_stat_activity WHERE datname = ANY(%s) AND wait_event_type = 'Lock'"


class Sandbox:
    """A sandbox process on one port, and its control routes."""

    def __init__(self, state: Path, clock: Path | None = None) -> None:
        self.state = state
        self.clock = clock
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._http = requests.Session()
        self._http.trust_env = False
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it (again, with the same data) and waits until it serves."""
        command = [sys.executable, "-m", "include.sandbox", "--port", str(self.port), "--state", str(self.state)]
        command += ["--clock", str(self.clock)] if self.clock else []
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / "sandbox.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=os.environ | ORDERLY)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self._http.get(f"{self.url}/_sandbox/alive", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise StackError(f"The sandbox did not start; see {self.state / 'sandbox.log'}.")

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> bool:
        """Ends it with SIGKILL; says whether it ran."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        return True

    def stop(self) -> None:
        """Ends it for good."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A control route; waits for a sandbox that is just being started again.

        :raises StackError: it refuses, or stays away
        """
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self._http.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=60)
                break
            except requests.RequestException as error:
                if time.monotonic() > deadline:
                    raise StackError(f"The sandbox does not answer {method} {path}: {error}") from None
                time.sleep(0.1)
        if not answer.ok:
            raise StackError(f"The sandbox refused {method} {path}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    def state_of(self, side: str, name: str) -> list[dict[str, Any]]:
        """What a service holds."""
        records: list[dict[str, Any]] = self.ask("GET", f"state/{side}/{name}")["records"]
        return records

    def certify_lists(self) -> list[dict[str, Any]]:
        """Departments and Employee GLDs of Certify."""
        return [*self.state_of("certify", "departments"), *self.state_of("certify", "empglds")]


class Environment:
    """Everything beside the workers, in one folder."""

    def __init__(self, folder: Path, lanes: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        self.postgres = PostgresServer(
            folder / "postgres", log_file=folder / "postgres.log", settings=_POSTGRES, port=free_port()
        )
        self.lanes = lanes
        self.databases: list[str] = []

    def start(self) -> None:
        """Starts PostgreSQL with a migrated template, the sandbox and the relay."""
        self.postgres.start()
        self.clock = StormClock(self.postgres.data.resolve() / clock.FILE)
        self.sandbox = Sandbox(self.folder / "sandbox", self.clock.file)
        databases.make_roles(self.postgres)
        databases.make_connector_database(self.postgres, _TEMPLATE)
        clock.rule(self.postgres.url(_TEMPLATE))
        subprocess.run(
            [sys.executable, "-m", "certify_intacct.staging.migrate"],
            check=True,
            cwd=ROOT,
            capture_output=True,
            env=os.environ
            | {
                "CONNECTOR_DB_URL": self.postgres.url(_TEMPLATE, databases.OWNER),
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
            },
        )
        self.sandbox.start()
        self.wire = Wire(self.sandbox.port, self.lanes, self.clock, tells=True)

    def new_databases(self, *names: str) -> None:
        """Fresh databases of the connector, one for each deployment; those of the round before go."""
        for name in self.databases:
            databases.drop_database(self.postgres, name)
        for name in names:
            databases.make_connector_database(self.postgres, name, template=_TEMPLATE)
        self.databases = list(names)

    def stop(self) -> None:
        """Ends everything and deletes the folder."""
        if hasattr(self, "wire"):
            self.wire.close()
        if hasattr(self, "sandbox"):
            self.sandbox.stop()
        self.postgres.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def owner_url(self) -> str:
        """The database of the first deployment as its owner."""
        return self.owner_urls[0]

    @property
    def owner_urls(self) -> list[str]:
        """The databases of all deployments as their owner."""
        return [self.postgres.url(name, databases.OWNER) for name in self.databases]

    def loader_url(self, deployment: int) -> str:
        """The database of a deployment as its tasks reach it."""
        return self.postgres.url(self.databases[deployment], databases.LOADER)

    def connections(self, lane: int) -> dict[str, dict[str, Any]]:
        """The Airflow connections of a lane, by ID: they lead through the relay."""
        return connections(f"http://127.0.0.1:{self.wire.ports[lane]}")

    def kill_postgres(self) -> bool:
        """Ends the server with SIGKILL, all of its processes, and waits until they are gone; says whether it ran."""
        pid = self.postgres.pid
        if pid is None:
            return False
        server = psutil.Process(pid)
        processes = [server, *server.children(recursive=True)]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        while self.postgres.pid is not None:
            time.sleep(0.001)
        psutil.wait_procs(processes[1:], timeout=10)
        return True

    def await_end_of_sessions(self, living: Collection[int], seconds: float = 30) -> None:
        """Waits until PostgreSQL has noticed that processes are gone: until it has sessions of the living ones only.

        :param living: process IDs
        """
        until = time.monotonic() + seconds
        while self.postgres.pid is not None and time.monotonic() < until:
            ports = [port for pid in living for port in _ports(pid)]
            with psycopg.connect(self.postgres.url("postgres")) as connection:
                if not connection.execute(_STRANGERS, [self.databases, ports]).fetchall():
                    return
            time.sleep(0.01)

    def lock_is_awaited(self) -> bool:
        """Whether a session waits for a lock that another one holds."""
        if self.postgres.pid is None:
            return False
        try:
            with psycopg.connect(self.postgres.url("postgres")) as connection:
                return connection.execute(_AWAITED, [self.databases]).fetchone() is not None
        except psycopg.OperationalError:
            return False

    def bring_back(self, name: str) -> None:
        """Starts PostgreSQL or the sandbox again, unless it runs."""
        if name == "sandbox" and not self.sandbox.alive():
            self.sandbox.start()
        elif name == "postgres" and self.postgres.pid is None:
            self.postgres.start()

    def revive(self) -> None:
        """Starts again what was killed, also when it is killed once more while it starts."""
        deadline = time.monotonic() + 90
        while not self.alive():
            try:
                if not self.sandbox.alive():
                    self.sandbox.start()
                if self.postgres.pid is None:
                    # The backends of the killed server may still be leaving.
                    self.postgres.start()
            except StackError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def alive(self) -> bool:
        """Whether everything runs."""
        return self.sandbox.alive() and self.postgres.pid is not None


def _ports(pid: int) -> list[int]:
    """The ports from which a process speaks."""
    try:
        return [one.laddr.port for one in psutil.Process(pid).net_connections("tcp")]
    except psutil.Error:
        return []
