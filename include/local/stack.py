"""The stack on one machine: started in order, watched, and stopped without a remainder."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from include.local import databases, environment, ports, sandbox
from include.local.airflow import Airflow, Api
from include.local.console import run_step, say, wait_for
from include.local.errors import StackError
from include.local.passwords import write_private
from include.local.postgres import PostgresServer
from include.local.processes import Processes, only_one
from include.local.settings import ROOT, Settings

DISK_BYTES = 500_000_000
START_SECONDS = 180.0


def environment_file(settings: Settings) -> Path:
    """Where a running stack keeps its environment, for the commands that a person runs in it (mode 0600)."""
    return settings.folder / "environment.json"


class Stack:
    """PostgreSQL, the sandbox when asked for, and Airflow over one folder.

    ``start`` returns when everything answers; ``stop`` ends all of it and nothing else.
    """

    def __init__(self, settings: Settings, *, with_sandbox: bool) -> None:
        """Only remember; ``with_sandbox`` also decides whether the user's own Airflow variables reach the processes."""
        self.settings = settings
        self.with_sandbox = with_sandbox
        self.postgres = PostgresServer(
            settings.folder / "postgres", log_file=settings.logs / "postgres.log", settings={"shared_buffers": "128MB"}
        )
        self.processes = Processes(settings.folder, settings.logs)
        self.sandbox = sandbox.SandboxClient(settings)
        self._airflow: Airflow | None = None
        self._environment: dict[str, str] = {}

    @property
    def airflow(self) -> Airflow:
        """Airflow of this stack, once PostgreSQL runs."""
        assert self._airflow is not None, "start() first"
        return self._airflow

    @property
    def api(self) -> Api:
        """A client of Airflow's REST API."""
        return Api(self.airflow.url, self.airflow.user, self.airflow.password)

    def start(self) -> None:
        """Start every part and wait until it answers.

        :raises StackError: one line that says what keeps the stack from running.
        """
        self._require_room()
        self.processes.end_leftovers()
        ports.require_free(self.settings.ui_port, "the Airflow UI", "UI_PORT")
        if self.with_sandbox:
            ports.require_free(self.settings.sandbox_port, "the sandbox", "SANDBOX_PORT")
        self._start_postgres()
        self._airflow = Airflow(self.settings, self.postgres)
        self._environment = self.airflow.environment(self._outer_environment(), self._connections())
        if self.with_sandbox:
            self._start_sandbox()
        self._migrate()
        self._start_airflow()
        write_private(environment_file(self.settings), json.dumps(self._environment))

    def stop(self) -> None:
        """End everything that was started, in reverse order. Safe to call twice."""
        environment_file(self.settings).unlink(missing_ok=True)
        self.processes.stop()
        if self.postgres.pid is not None:
            say("stopping PostgreSQL")
            self.postgres.stop()

    def pids(self) -> list[int]:
        """The processes that were started and still run; they may have started more."""
        started = [self.postgres.pid, *(child.process.pid for child in self.processes.children)]
        return [pid for pid in started if pid is not None]

    def run_airflow(self, doing: str, *arguments: str) -> str:
        """Run ``airflow ARGUMENTS`` to its end and return what it printed."""
        return run_step(
            doing,
            self.airflow.command(*arguments),
            env=self._environment,
            cwd=self.settings.folder,
            log_file=self.settings.logs / "commands.log",
        )

    def watch(self) -> None:
        """Return never, unless a part of the stack ends by itself."""
        while True:
            self.processes.require_alive()
            if self.postgres.pid is None:
                raise StackError(f"PostgreSQL ended by itself (see {self.postgres.log_file}).")
            time.sleep(1)

    def _require_room(self) -> None:
        folder = self.settings.folder
        free = shutil.disk_usage(folder).free
        if free < DISK_BYTES:
            raise StackError(
                f"The disk that holds {folder} has only {free // 1_000_000} MB free, the stack needs "
                f"{DISK_BYTES // 1_000_000} MB: make room, or choose another place with RUN_DIR=FOLDER."
            )

    def _start_postgres(self) -> None:
        new = not self.postgres.data.exists()
        self.postgres.start()
        databases.make_all(self.postgres)
        say(f"PostgreSQL on {ports.LOOPBACK}:{self.postgres.port}{' (new data folder)' if new else ''}")

    def _start_sandbox(self) -> None:
        new = not (self.settings.folder / "sandbox").exists()
        self.processes.start("sandbox", sandbox.command(self.settings), env=self._outer_environment(), cwd=ROOT)
        self._wait("the sandbox fills its company" if new else "the sandbox starts", self.sandbox.answers)
        say(f"sandbox of Sage Intacct and Certify on {self.sandbox.url}")

    def _migrate(self) -> None:
        owner = {"CONNECTOR_DB_URL": self.postgres.url(databases.CONNECTOR, databases.OWNER)}
        run_step(
            "migrating the connector's database",
            [str(self.settings.bin / "python"), "-m", "certify_intacct.staging.migrate"],
            env=self._environment | owner,
            cwd=ROOT,
            log_file=self.settings.logs / "commands.log",
        )
        say("database of the connector is up to date")
        self.run_airflow("migrating Airflow's database", "db", "migrate")
        databases.open_record(self.postgres)
        say("database of Airflow is up to date")

    def _start_airflow(self) -> None:
        for name, command in self.airflow.processes().items():
            self.processes.start(
                name, command, env=self._environment | self.airflow.only_for(name), cwd=self.settings.folder
            )
        api = self.api
        self._wait("Airflow starts", api.healthy)
        api.set_pools(json.loads((ROOT / "include" / "pools.json").read_text(encoding="utf-8")))
        say(f"Airflow on {self.airflow.url}: api-server, scheduler, dag-processor and triggerer are healthy")

    def _wait(self, doing: str, is_done: Any) -> None:
        def done_or_dead() -> bool:
            self.processes.require_alive()
            return bool(is_done())

        wait_for(doing, done_or_dead, seconds=START_SECONDS)

    def _connections(self) -> Mapping[str, dict[str, Any]]:
        def of(role: str, database: str) -> dict[str, Any]:
            return {
                "conn_type": "postgres", "host": ports.LOOPBACK, "port": self.postgres.port, "login": role,
                "password": self.postgres.password(role), "schema": database,
            }  # fmt: skip

        services = sandbox.connections(self.sandbox.url) if self.with_sandbox else {}
        return {
            "connector_db": of(databases.LOADER, databases.CONNECTOR),
            "airflow_record_db": of(databases.RECORD, databases.AIRFLOW),
            **services,
        }

    def _outer_environment(self) -> dict[str, str]:
        """What the processes get from the user: against the sandbox, none of his network and Airflow settings."""
        outer = environment.allowed(os.environ, own_services=not self.with_sandbox)
        # macOS ends a forked child that touches its networking; Airflow forks for each task.
        return outer | {"OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES", "PYTHONUNBUFFERED": "1"}


@contextmanager
def running(settings: Settings, *, with_sandbox: bool) -> Iterator[Stack]:
    """A started stack; whatever happens in the block, everything is stopped after it."""
    with only_one(settings.folder):
        stack = Stack(settings, with_sandbox=with_sandbox)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
