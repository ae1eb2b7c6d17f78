"""The command lines of docker-compose.yaml as processes: PostgreSQL, a real Redis and two Celery workers sync each side."""

from __future__ import annotations

import json
import re
import secrets
import shlex
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from include.deployment.processes import ROOT, Deployment
from include.local.airflow import Api
from include.local.console import wait_for
from include.local.postgres import PostgresServer
from tests import memory, needs

DAGS = ["organization_sync", "expense_sync"]
#: Every command line that ran while init did.
SEEN: set[str] = set()

pytestmark = needs.redis


@pytest.fixture(scope="module")
def deployment(sandbox: Any) -> Iterator[Deployment]:
    """Everything up: init has run, all services answer, two workers listen."""
    sandbox_scale = {"entities": 2, "departments": 4, "people": 12, "reports_per_day": 4, "days": 3}
    sandbox.reset(seed=7, scale=sandbox_scale)
    with memory.folder("connector-deployment-") as folder:
        postgres = PostgresServer(folder / "postgres", log_file=folder / "postgres.log", settings={"fsync": "off"})
        try:
            postgres.start()
            deployment = Deployment.beside(folder, postgres, sandbox.url)
            try:
                _start(deployment)
                yield deployment
            finally:
                deployment.processes.stop()
        finally:
            postgres.remove()


def _start(deployment: Deployment) -> None:
    deployment.start_redis()
    with command_lines() as seen:
        prepared = deployment.run("init", deployment.command("init"))
    SEEN.update(seen)
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    deployment.start_airflow({"worker-1": (), "worker-2": ("--celery-hostname", "second@%h")})


def _wait_for_dags(deployment: Deployment) -> None:
    api, wanted = deployment.api, {*DAGS, "expense_preview"}
    wait_for("the DAGs are read", lambda: {dag["dag_id"] for dag in api.get("dags")["dags"]} >= wanted, seconds=180)


def _runs_of(api: Api, dag_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"dags/{dag_id}/dagRuns")["dag_runs"]
    return found


def _session(
    deployment: Deployment, user: str, password: str
) -> Callable[[str, str, dict[str, Any]], requests.Response]:
    """Asks the api-server as somebody."""
    session = requests.Session()
    session.trust_env = False
    token = session.post(f"{deployment.url}/auth/token", json={"username": user, "password": password}, timeout=60)
    session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
    return lambda verb, path, body: session.request(verb, f"{deployment.url}/{path}", json=body, timeout=60)


def _runs(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """Unpause the DAGs and return the run of each that the scheduler then makes, once both have ended.

    At once, as they are due in production: while the one waits for the scheduler, the other has the machine.
    """
    api = deployment.api
    for dag_id in DAGS:
        api.patch(f"dags/{dag_id}", {"is_paused": False})
    ended: dict[str, dict[str, Any]] = {}

    def all_ended() -> bool:
        deployment.alive()
        for dag_id in set(DAGS) - ended.keys():
            runs = _runs_of(api, dag_id)
            if runs and runs[0]["state"] in ("success", "failed"):
                ended[dag_id] = runs[0]
        return len(ended) == len(DAGS)

    wait_for(f"{' and '.join(DAGS)} on Celery", all_ended, seconds=1200, pause=2)
    return ended


def test_two_workers_sync_each_side(deployment: Deployment) -> None:
    api = deployment.api
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
    api, ended = deployment.api, {"success", "failed"}
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
    lines = "\n".join(SEEN | now)
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
    url = f"{deployment.url}/auth"
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
