"""The command lines of docker-compose.yaml as processes: PostgreSQL, a real Redis and two Celery workers sync each side."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from include.local import env_file, ports
from include.local.airflow import Api
from include.local.console import wait_for
from include.local.postgres import PostgresServer
from include.local.processes import Processes
from include.local.sandbox import connections
from tests import memory, needs
from tests.deployment import compose

ROOT = compose.ROOT
SERVICES = compose.load()["services"]
DAGS = ["organization_sync", "expense_sync"]
BIN = Path(sys.executable).parent

pytestmark = needs.redis


@dataclass
class Deployment:
    """The services as processes over one folder."""

    folder: Path
    processes: Processes
    places: dict[str, str]
    variables: dict[str, str]
    seen: set[str] = field(default_factory=set)
    """Every command line that ran while init did."""

    def environment(self, service: str, container: str = "") -> dict[str, str]:
        """What compose would give the service, with this machine's addresses and folders for those of its container."""
        given = {name: self._here(text) for name, text in SERVICES[service]["environment"].items()}
        outer = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
        here = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "AIRFLOW_HOME": str(self.folder / "airflow" / (container or service)),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": self.variables["UI_PORT"],
            "HOSTNAME": socket.gethostname(),
        }
        return outer | given | here

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

    def start(self, service: str, *more: str, name: str = "") -> None:
        command = [*self.command(service), *more]
        self.processes.start(name or service, command, env=self.environment(service, name), cwd=ROOT)

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment(service), cwd=ROOT, capture_output=True, text=True, timeout=300
        )

    def _here(self, text: str) -> str:
        text = compose.filled(str(text), self.variables)
        for container, here in self.places.items():
            text = text.replace(container, here)
        return text


@pytest.fixture(scope="module")
def deployment(sandbox: Any) -> Iterator[Deployment]:
    """Everything up: init has run, all services answer, two workers listen."""
    sandbox_scale = {"entities": 2, "departments": 4, "people": 12, "reports_per_day": 4, "days": 3}
    sandbox.reset(seed=7, scale=sandbox_scale)
    with memory.folder("connector-deployment-") as folder:
        postgres = PostgresServer(folder / "postgres", log_file=folder / "postgres.log", settings={"fsync": "off"})
        processes = Processes(folder, folder / "logs")
        try:
            postgres.start()
            deployment = Deployment(folder, processes, *_addresses(folder, postgres, sandbox.url))
            _start(deployment)
            yield deployment
        finally:
            processes.stop()
            postgres.remove()


def _start(deployment: Deployment) -> None:
    redis_port = deployment.places["redis:6379"].rpartition(":")[2]
    deployment.start("redis", "--port", redis_port, "--bind", "127.0.0.1", "--dir", str(deployment.folder))
    with command_lines() as deployment.seen:
        prepared = deployment.run("init", deployment.command("init"))
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    for service in ("api-server", "scheduler", "dag-processor", "triggerer"):
        deployment.start(service)
    deployment.start("worker", name="worker-1")
    deployment.start("worker", "--celery-hostname", "second@%h", name="worker-2")
    api = _api(deployment)
    wait_for("the deployment starts", lambda: _alive(deployment.processes) and api.healthy(), seconds=240)


def _addresses(folder: Path, postgres: PostgresServer, sandbox_url: str) -> tuple[dict[str, str], dict[str, str]]:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    variables = env_file.assignments(env_file.filled(example, {}))
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
    return places, variables


def _api(deployment: Deployment) -> Api:
    variables = deployment.variables
    url = f"http://127.0.0.1:{variables['UI_PORT']}"
    return Api(url, variables["AIRFLOW_ADMIN_USER"], variables["AIRFLOW_ADMIN_PASSWORD"])


def _wait_for_dags(deployment: Deployment) -> None:
    api, wanted = _api(deployment), {*DAGS, "expense_preview"}
    wait_for("the DAGs are read", lambda: {dag["dag_id"] for dag in api.get("dags")["dags"]} >= wanted, seconds=180)


def _runs_of(api: Api, dag_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"dags/{dag_id}/dagRuns")["dag_runs"]
    return found


def _session(
    deployment: Deployment, user: str, password: str
) -> Callable[[str, str, dict[str, Any]], requests.Response]:
    """Asks the api-server as somebody."""
    url = f"http://127.0.0.1:{deployment.variables['UI_PORT']}"
    session = requests.Session()
    session.trust_env = False
    token = session.post(f"{url}/auth/token", json={"username": user, "password": password}, timeout=60)
    session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
    return lambda verb, path, body: session.request(verb, f"{url}/{path}", json=body, timeout=60)


def _alive(processes: Processes) -> bool:
    processes.require_alive()
    return True


def _runs(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """Unpause the DAGs and return the run of each that the scheduler then makes, once both have ended.

    At once, as they are due in production: while the one waits for the scheduler, the other has the machine.
    """
    api = _api(deployment)
    for dag_id in DAGS:
        api.patch(f"dags/{dag_id}", {"is_paused": False})
    ended: dict[str, dict[str, Any]] = {}

    def all_ended() -> bool:
        _alive(deployment.processes)
        for dag_id in set(DAGS) - ended.keys():
            runs = _runs_of(api, dag_id)
            if runs and runs[0]["state"] in ("success", "failed"):
                ended[dag_id] = runs[0]
        return len(ended) == len(DAGS)

    wait_for(f"{' and '.join(DAGS)} on Celery", all_ended, seconds=1200, pause=2)
    return ended


def test_two_workers_sync_each_side(deployment: Deployment) -> None:
    api = _api(deployment)
    _wait_for_dags(deployment)
    assert {pool["name"] for pool in api.get("pools")["pools"]} >= {"sage_intacct", "emburse_certify", "posting"}
    for dag_id, run in _runs(deployment).items():
        tasks = api.get(f"dags/{dag_id}/dagRuns/{run['dag_run_id']}/taskInstances")["task_instances"]
        assert run["state"] == "success", {task["task_id"]: task["state"] for task in tasks}
        assert {task["executor"] for task in tasks if task["state"] == "success"} <= {None, "CeleryExecutor"}
    inspect = [
        "celery",
        "--app",
        "airflow.providers.celery.executors.celery_executor.app",
        "inspect",
        "stats",
        "--json",
    ]
    answer = deployment.run("worker", inspect)
    stats = json.loads(answer.stdout[answer.stdout.index("{") :])
    done = {name: sum(worker["total"].values()) for name, worker in stats.items()}
    assert len(done) == 2
    assert sum(done.values()) >= 7
    assert min(done.values()) > 0, done


def test_the_right_to_trigger_a_preview_is_not_the_right_to_post(deployment: Deployment) -> None:
    """With the role that docs/operations.md describes, and Airflow's FAB auth manager."""
    told = (
        (ROOT / "docs" / "operations.md")
        .read_text(encoding="utf-8")
        .split("## Who may start what")[1]
        .split("\n## ")[0]
    )
    (command,) = re.findall(r"`(airflow sync-perm[^`]*)`", told)
    _wait_for_dags(deployment)
    offered = deployment.run("api-server", shlex.split(command))
    assert offered.returncode == 0, offered.stdout + offered.stderr
    rights = {"DAG:expense_preview": "can_edit", "DAG Run:expense_preview": "can_create"}
    for resource, action in rights.items():
        assert re.search(rf"\*{action.replace('_', ' ')}\*\s+on\s+`{resource}`", told)
    actions = [{"action": {"name": action}, "resource": {"name": resource}} for resource, action in rights.items()]
    admin = _session(
        deployment, deployment.variables["AIRFLOW_ADMIN_USER"], deployment.variables["AIRFLOW_ADMIN_PASSWORD"]
    )
    assert admin("POST", "auth/fab/v1/roles", {"name": "Previews", "actions": actions}).ok
    person = {
        "username": "eve",
        "password": secrets.token_urlsafe(12),
        "email": "eve@example.com",
        "first_name": "Eve",
        "last_name": "P",
    }
    assert admin("POST", "auth/fab/v1/users", {**person, "roles": [{"name": "Viewer"}, {"name": "Previews"}]}).ok
    eve = _session(deployment, person["username"], person["password"])
    run = {"logical_date": None, "conf": {}}
    assert eve("POST", "api/v2/dags/expense_preview/dagRuns", run).status_code == 200
    assert eve("PATCH", "api/v2/dags/expense_preview", {"is_paused": False}).ok
    api, ended = _api(deployment), {"success", "failed"}
    wait_for(
        "the preview ends",
        lambda: {one["state"] for one in _runs_of(api, "expense_preview")} <= ended,
        seconds=600,
        pause=2,
    )
    (previewed,) = _runs_of(api, "expense_preview")
    assert (previewed["state"], previewed["triggering_user_name"]) == ("success", "eve")
    days = {"from_date": "2026-03-02T00:00:00Z", "to_date": "2026-03-03T00:00:00Z"}
    for verb, path, body in (
        ("POST", "api/v2/dags/expense_sync/dagRuns", run),
        ("POST", "api/v2/dags/organization_sync/dagRuns", run),
        ("POST", "api/v2/backfills", {"dag_id": "expense_sync", **days}),
        ("PATCH", "api/v2/dags/expense_sync", {"is_paused": False}),
        ("POST", "api/v2/dags/expense_sync/clearTaskInstances", {"dry_run": True, "task_ids": ["load_intacct"]}),
    ):
        assert eve(verb, path, body).status_code == 403, path


@pytest.mark.parametrize("service", ["redis", "api-server", "scheduler", "dag-processor", "triggerer", "worker"])
def test_health_check_sees_a_living_service(deployment: Deployment, service: str) -> None:
    command = deployment.health_check(service)
    if service == "redis":
        command = [command[0], "-p", deployment.places["redis:6379"].rpartition(":")[2], *command[1:]]
    deadline = time.monotonic() + 60
    while (answer := deployment.run(service, command)).returncode != 0 and time.monotonic() < deadline:
        time.sleep(2)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_redis_refuses_a_client_without_the_password(deployment: Deployment) -> None:
    port = deployment.places["redis:6379"].rpartition(":")[2]
    environment = deployment.environment("redis") | {"REDISCLI_AUTH": secrets.token_hex(8)}
    asked = subprocess.run(["redis-cli", "-p", port, "ping"], env=environment, capture_output=True, text=True)
    assert "PONG" not in asked.stdout


def test_no_password_is_in_a_command_line(deployment: Deployment) -> None:
    with command_lines() as now:
        time.sleep(1)
    lines = "\n".join(deployment.seen | now)
    for words in ("include.local.administrator", "redis-server", "airflow api_server"):
        assert words in lines
    secret = [text for name, text in deployment.variables.items() if re.search("PASSWORD|KEY|SECRET|CONN", name)]
    assert len(secret) > 10
    assert not [text for text in secret if text in lines]


@contextmanager
def command_lines() -> Iterator[set[str]]:
    """Collects the command lines of all processes of this machine, as anybody can, until the block ends."""
    found: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    found.add(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()


@pytest.mark.parametrize(("scheme", "is_secure"), [("https", True), (None, False)])
def test_cookies_are_secure_behind_the_proxy(deployment: Deployment, scheme: str | None, is_secure: bool) -> None:
    headers = {"X-Forwarded-Proto": scheme} if scheme else {}
    url = f"http://127.0.0.1:{deployment.variables['UI_PORT']}/auth"
    with requests.Session() as browser:
        browser.trust_env = False
        left = browser.get(f"{url}/logout", headers=headers, allow_redirects=False)
        asked = browser.get(f"{url}/login/", headers=headers, allow_redirects=False)
    cookies = left.raw.headers.getlist("Set-Cookie")
    assert [("secure" in cookie.lower()) for cookie in cookies if "_token=" in cookie] == [is_secure]
    # The session of the sign-in page is so in any case.
    assert "secure" in asked.headers["Set-Cookie"].lower()


def test_init_may_be_repeated(deployment: Deployment) -> None:
    again = deployment.run("init", deployment.command("init"))
    assert again.returncode == 0, again.stdout + again.stderr
