"""One run of both syncs through Airflow, with a canary for every secret and every personal field, and everything refused once.

Scheduler, workers, dag-processor and api-server are those of the local stack; three runs are triggered over the REST API.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from include.local import databases
from include.local.airflow import Airflow, Api
from include.local.console import wait_for
from include.local.ports import free_port
from include.local.postgres import PostgresServer
from include.local.processes import Processes
from include.local.settings import ROOT, Settings
from tests.postgres_fixture import Database
from tests.security import served, world
from tests.security.canaries import canary
from tests.security.mail import MailServer
from tests.security.places import Run
from tests.security.relay import Relay

HERE = Path(__file__).parent
CONNECTOR = "connector_security"
DAGS = ("organization_sync", "expense_sync", "everything_refused")
SECRETS = ("user-password", "sender-password", "api-key", "api-secret", "smtp-password", "wrong-password", "in-address")


@pytest.fixture(scope="module")
def run(postgres_server: PostgresServer, database_template: str, sandbox: Any) -> Iterator[Run]:
    """The run, over and done with."""
    folder = Path(tempfile.mkdtemp(prefix="connector-security-"))
    secrets = {name: canary(name) for name in SECRETS}
    relay, mail = Relay(sandbox.url), MailServer(secrets["smtp-password"], refusals=1)
    processes = Processes(folder, folder / "logs")
    try:
        sandbox.clear_faults()
        sandbox.reset()
        sandbox.settings(
            sender_password=secrets["sender-password"], user_password=secrets["user-password"],
            certify_key=secrets["api-key"], certify_secret=secrets["api-secret"],
        )  # fmt: skip
        urls = _databases(postgres_server, database_template)
        done = Run(folder, sandbox, relay, mail, *urls, secrets, world.personal_canaries())
        company = world.fill(sandbox, done.database, folder / "connector.yaml", done.personal)
        airflow = Airflow(Settings(folder, free_port(), 0, "empty", company.config, "Europe/Berlin"), postgres_server)
        done.environment = _environment(airflow, done)
        _work(airflow, done, processes)
        for role in (*databases.CONNECTOR_ROLES, databases.AIRFLOW):
            secrets[f"password of {role}"] = postgres_server.password(role)
        keys = json.loads((airflow.home / "keys.json").read_text(encoding="utf-8"))
        secrets |= {f"Airflow's {name} key": key for name, key in keys.items()}
        secrets |= {f"session {number}": session for number, session in enumerate(sorted(relay.sessions))}
        yield done
    finally:
        processes.stop()
        relay.stop()
        mail.stop()
        sandbox._control("DELETE", "settings")
        for name in (CONNECTOR, databases.AIRFLOW):
            databases.drop_database(postgres_server, name)
        shutil.rmtree(folder, ignore_errors=True)


def _databases(server: PostgresServer, template: str) -> tuple[Database, str]:
    databases.make_connector_database(server, CONNECTOR, template=template)
    databases.make_database(server, databases.AIRFLOW, owner=databases.AIRFLOW)
    urls = {
        f"{role}_url": server.url(CONNECTOR, f"connector_{role}") for role in ("owner", "loader", "analyst", "decider")
    }
    return Database(CONNECTOR, **urls), server.url(databases.AIRFLOW, databases.AIRFLOW)


def _environment(airflow: Airflow, run: Run) -> dict[str, str]:
    """The environment of a local stack, with connections of the test, and DAGs of the test beside the shipped ones."""
    dags = run.folder / "dags"
    dags.mkdir()
    for path in (*(ROOT / "dags").glob("*.py"), HERE / "failing_dag.py"):
        shutil.copy(path, dags)
    good, refused = _connections(run)
    outer = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
    names = {service: sorted(by_name) for service, by_name in refused.items()}
    return airflow.environment(outer, good | {n: c for by_name in refused.values() for n, c in by_name.items()}) | {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        # Nothing runs but what is triggered.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
        "REFUSED_CONNECTIONS": json.dumps(names),
    }


def _connections(run: Run) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The three connections of a good run, and those that are refused, by service."""
    pace = {"attempts": 1, "read_timeout": 30}
    secrets = run.secrets

    def intacct(url: str, **changes: Any) -> dict[str, Any]:
        extra = {"company_id": "SANDBOX", "sender_id": "sandbox_sender", "sender_password": secrets["sender-password"]}
        fields = {
            "conn_type": "sage_intacct",
            "host": url,
            "login": "xml_gateway",
            "password": secrets["user-password"],
        }
        return {**fields, "extra": extra | pace, **changes}

    def certify(url: str, **changes: Any) -> dict[str, Any]:
        extra = {"api_key": secrets["api-key"]} | pace
        return {
            "conn_type": "emburse_certify",
            "host": url,
            "password": secrets["api-secret"],
            "extra": extra,
            **changes,
        }

    loader = {"conn_type": "postgres", "host": "127.0.0.1", "schema": CONNECTOR, "login": databases.LOADER}
    port, password = (
        run.database.loader_url.rpartition(":")[2].partition("/")[0],
        run.database.loader_url.split(":")[2].split("@")[0],
    )
    wrong = {"password": secrets["wrong-password"]}
    in_address = quote(secrets["in-address"], safe="")
    nowhere = f"http://127.0.0.1:{free_port()}"
    good = {
        "sage_intacct_default": intacct(run.relay.intacct("good")),
        "emburse_certify_default": certify(run.relay.certify("good")),
        "connector_db": {**loader, "port": int(port), "password": password},
    }
    modes = ("control", "function", "page", "redirect")
    refused = {
        "intacct": {
            **{f"intacct_{mode}": intacct(run.relay.intacct(mode)) for mode in modes},
            "intacct_wrong": intacct(run.relay.intacct("good"), **wrong),
            "intacct_nowhere": intacct(f"{nowhere}/ia/xml/xmlgw.phtml"),
            "intacct_address": intacct(f"http://me:{in_address}@127.0.0.1/ia/xml/xmlgw.phtml"),
        },
        "certify": {
            **{f"certify_{mode}": certify(run.relay.certify(mode)) for mode in ("refusal", "page", "redirect")},
            "certify_wrong": certify(run.relay.certify("plain"), **wrong),
            "certify_nowhere": certify(f"{nowhere}/v1/"),
            "certify_address": certify(f"http://me:{in_address}@127.0.0.1/v1/"),
        },
        "database": {"db_wrong": {**loader, "port": int(port), **wrong}},
    }
    return good, refused


def _work(airflow: Airflow, run: Run, processes: Processes) -> None:
    """Everything refused, then both syncs at once; at last every page is asked for."""
    _migrate(airflow, run)
    # Nobody approves anything here, so there is nothing for a triggerer to do.
    commands = {name: command for name, command in airflow.processes().items() if name != "triggerer"}
    for name, command in commands.items():
        processes.start(name, command, env=run.environment | airflow.only_for(name), cwd=run.folder)
    api = Api(airflow.url, airflow.user, airflow.password)

    def wait(doing: str, is_done: Any) -> None:
        wait_for(doing, lambda: (processes.require_alive(), is_done())[1], seconds=900, pause=1)

    wait("Airflow starts", api.healthy)
    api.set_pools(json.loads((ROOT / "include" / "pools.json").read_text(encoding="utf-8")))
    api.post("connections", _smtp(run))
    wait("the DAGs are read", lambda: {dag["dag_id"] for dag in api.get("dags")["dags"]} >= set(DAGS))
    conf = {"period_start": str(world.DAY), "period_end": str(world.DAY)}

    def started(dag: str) -> str:
        path = f"dags/{dag}/dagRuns"
        api.post(path, {"dag_run_id": "canaries", "logical_date": None, "conf": conf})
        return f"{path}/canaries"

    refused = started("everything_refused")
    wait("everything is refused, and told", lambda: api.get(refused)["state"] == "failed" and run.mail.messages)
    for path in [started("organization_sync"), started("expense_sync")]:
        wait(f"{path} ends", lambda path=path: api.get(path)["state"] in ("success", "failed"))
    run.served = served.everything(airflow, run.loads(), run.reports())
    processes.stop()


def _migrate(airflow: Airflow, run: Run) -> None:
    done = subprocess.run(
        airflow.command("db", "migrate"),
        env=run.environment,
        cwd=run.folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    run.output = done.stdout + done.stderr


def _smtp(run: Run) -> dict[str, Any]:
    """The connection that stands in the metadata database, encrypted, as people add it in the UI; the others come from outside."""
    options = {
        "from_email": "airflow@example.com", "disable_ssl": True, "disable_tls": True, "timeout": 5, "retry_limit": 1,
    }  # fmt: skip
    fields = {"connection_id": "smtp_default", "conn_type": "smtp", "host": "127.0.0.1", "port": run.mail.port}
    return {**fields, "login": "airflow", "password": run.secrets["smtp-password"], "extra": json.dumps(options)}
