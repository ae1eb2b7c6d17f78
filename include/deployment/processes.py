"""The services of docker-compose.yaml as processes of this machine: their own command lines, without an engine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from include.deployment import compose
from include.local import env_file, ports
from include.local.airflow import Api
from include.local.console import wait_for
from include.local.postgres import PostgresServer
from include.local.processes import Processes
from include.local.sandbox import connections

ROOT = compose.ROOT
SERVICES = compose.load()["services"]
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")
_BIN = Path(sys.executable).parent
_START_SECONDS = 240.0


@dataclass
class Deployment:
    """The services as processes over one folder.

    :param places: what the compose file calls something, and what it is here
    :param variables: what `.env` would hold
    :param more: what every environment has besides
    """

    folder: Path
    processes: Processes
    places: dict[str, str]
    variables: dict[str, str]
    more: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def beside(
        cls, folder: Path, postgres: PostgresServer, sandbox_url: str, more: Mapping[str, str] | None = None
    ) -> Deployment:
        """One that is not started yet, on free ports, with generated secrets, against this PostgreSQL and this sandbox."""
        variables = env_file.assignments(env_file.filled((ROOT / ".env.example").read_text(encoding="utf-8"), {}))
        for name, connection in connections(sandbox_url).items():
            variables[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(connection)
        variables["UI_PORT"] = str(ports.free_port())
        variables["POSTGRES_PASSWORD"] = postgres.password("postgres")
        places = {
            "postgres:5432": f"127.0.0.1:{postgres.port}",
            '"host": "postgres", "port": 5432': f'"host": "127.0.0.1", "port": {postgres.port}',
            "redis:6379": f"127.0.0.1:{ports.free_port()}",
            "api-server:8080": f"127.0.0.1:{variables['UI_PORT']}",
            "127.0.0.1:8080": f"127.0.0.1:{variables['UI_PORT']}",
            "8974": str(ports.free_port()),
            "/opt/airflow/logs": str(folder / "task-logs"),
            "/opt/airflow": str(ROOT),
        }
        return cls(folder, Processes(folder, folder / "logs"), places, variables, more or {})

    @property
    def url(self) -> str:
        """Where the api-server answers."""
        return f"http://127.0.0.1:{self.variables['UI_PORT']}"

    @cached_property
    def api(self) -> Api:
        """A client of it, as the administrator."""
        return Api(self.url, self.variables["AIRFLOW_ADMIN_USER"], self.variables["AIRFLOW_ADMIN_PASSWORD"])

    def environment(self, service: str, container: str = "") -> dict[str, str]:
        """What compose would give the service, with this machine's addresses and folders for those of its container."""
        given = {name: self._here(text) for name, text in SERVICES[service]["environment"].items()}
        outer = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
        here = {
            "PATH": f"{_BIN}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.folder / "airflow" / (container or service)),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": self.variables["UI_PORT"],
            "HOSTNAME": socket.gethostname(),
        }
        return outer | given | here | dict(self.more)

    def command(self, service: str) -> list[str]:
        """The service's command line, behind the entry point of its image; that of Redis only changes the user."""
        stated = SERVICES[service]
        entry = compose.entry_point() if "build" in stated else stated.get("entrypoint", ())
        return [self._here(part).replace("docker-entrypoint.sh ", "") for part in (*entry, *stated["command"])]

    def health_check(self, service: str) -> list[str]:
        """The command line of the service's health check."""
        kind, *parts = SERVICES[service]["healthcheck"]["test"]
        parts = [self._here(part) for part in parts]
        return ["sh", "-c", *parts] if kind == "CMD-SHELL" else parts

    def start(self, service: str, *options: str, name: str = "") -> None:
        """Starts a service.

        :param options: behind its command line
        :param name: of its container, where a service has several
        """
        command = [*self.command(service), *options]
        self.processes.start(name or service, command, env=self.environment(service, name), cwd=ROOT)

    def start_redis(self) -> None:
        """Starts the broker."""
        redis_port = self.places["redis:6379"].rpartition(":")[2]
        self.start("redis", "--port", redis_port, "--bind", "127.0.0.1", "--dir", str(self.folder))

    def start_airflow(self, workers: Mapping[str, tuple[str, ...]]) -> None:
        """Starts Airflow, which init has prepared, and waits until it answers.

        :param workers: options of each worker by the name of its container
        """
        for service in PARTS:
            self.start(service)
        for name, options in workers.items():
            self.start("worker", *options, name=name)
        api = self.api
        wait_for("the deployment starts", lambda: self.alive() and api.healthy(), seconds=_START_SECONDS)

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs a command where the service runs."""
        return subprocess.run(
            command, env=self.environment(service), cwd=ROOT, capture_output=True, text=True, timeout=300
        )

    def alive(self) -> bool:
        """True.

        :raises StackError: a service has ended by itself
        """
        self.processes.require_alive()
        return True

    def _here(self, text: str) -> str:
        text = compose.filled(str(text), self.variables)
        for container, here in self.places.items():
            text = text.replace(container, here)
        return text
