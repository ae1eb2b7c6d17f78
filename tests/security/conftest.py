"""One run of both syncs through Airflow itself, with a canary for every secret and every personal field, and everything refused once.

Airflow's task supervisor, its logs, its metadata database and its execution API are the real ones; `airflow dags test` stands in for
the scheduler.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from include.local import databases
from include.local.airflow import Airflow
from include.local.passwords import write_private
from include.local.ports import free_port
from include.local.postgres import PostgresServer, binaries
from include.local.processes import Processes
from include.local.settings import ROOT, Settings
from tests.postgres_fixture import Database
from tests.security import world
from tests.security.canaries import canary
from tests.security.mail import MailServer
from tests.security.relay import Relay

HERE = Path(__file__).parent
CONNECTOR = "connector_security"
DAGS = ("organization_sync", "expense_sync", "everything_refused")
SECRETS = ("user-password", "sender-password", "api-key", "api-secret", "smtp-password", "wrong-password")


@dataclass
class Run:
    """What a run left behind, and which secrets it worked with."""

    folder: Path
    sandbox: Any
    relay: Relay
    mail: MailServer
    database: Database
    metadata_url: str
    secrets: dict[str, str]
    personal: dict[str, str]
    environment: dict[str, str] = field(default_factory=dict)
    output: str = ""

    def places(self) -> dict[str, str]:
        """Everything that a person, a colleague or a backup may get to see: name and text of each place."""
        logs = (path for path in sorted(self.folder.rglob("*.log*")) if path.is_file())
        return {
            "output of the commands": self.output,
            **{str(path.relative_to(self.folder)): path.read_text(errors="replace") for path in logs},
            "connector database": dump(self.database.owner_url),
            "metadata database": dump(self.metadata_url),
            **{f"mail {number}": text for number, text in enumerate(self.mails())},
            **self.pages(),
        }

    def mails(self) -> list[str]:
        """Each mail as it went over the wire, and its text as a person reads it."""
        read = (email.message_from_bytes(raw, policy=email.policy.default) for raw in self.mail.messages)
        texts = (
            "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
            for mail in read
        )
        return [raw.decode(errors="replace") + text for raw, text in zip(self.mail.messages, texts, strict=True)]

    def pages(self) -> dict[str, str]:
        """The page of each load, as the Airflow UI shows it."""
        from certify_intacct.pages.app import rendered
        from certify_intacct.staging.database import Database as Store
        from certify_intacct.staging.load_page import load_page

        with Store(self.database.loader_url).connection() as connection:
            loads = connection.execute("SELECT dag_id, load_id FROM ops.load").fetchall()
            found = {load["load_id"]: load_page(connection, load["dag_id"], load["load_id"]) for load in loads}
        return {f"page {key}": bytes(rendered("load.html", page=page).body).decode() for key, page in found.items()}


def dump(url: str) -> str:
    """All rows of a database as text."""
    command = [str(binaries() / "pg_dump"), "--data-only", "--inserts", url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def run(postgres_server: PostgresServer, database_template: str, sandbox: Any) -> Iterator[Run]:
    """The run, over and done with."""
    folder = Path(tempfile.mkdtemp(prefix="connector-security-"))
    secrets = {name: canary(name) for name in SECRETS}
    relay, mail = Relay(sandbox.url), MailServer(secrets["smtp-password"])
    processes = Processes(folder, folder / "logs")
    try:
        sandbox.clear_faults()
        sandbox.reset()
        sandbox.settings(
            sender_password=secrets["sender-password"], user_password=secrets["user-password"],
            certify_key=secrets["api-key"], certify_secret=secrets["api-secret"],
        )  # fmt: skip
        done = Run(
            folder,
            sandbox,
            relay,
            mail,
            *_databases(postgres_server, database_template),
            secrets,
            world.personal_canaries(),
        )
        company = world.fill(sandbox, done.database, folder / "connector.yaml", done.personal)
        airflow = Airflow(Settings(folder, free_port(), 0, "empty", company.config, "Europe/Berlin"), postgres_server)
        done.environment = _environment(airflow, done)
        _work(airflow, done, processes)
        for role in (databases.OWNER, databases.LOADER, databases.ANALYST, databases.AIRFLOW):
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
    urls = {f"{role}_url": server.url(CONNECTOR, f"connector_{role}") for role in ("owner", "loader", "analyst")}
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
        "REFUSED_CONNECTIONS": json.dumps(names),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
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
        },
        "certify": {
            **{f"certify_{mode}": certify(run.relay.certify(mode)) for mode in ("refusal", "page", "redirect")},
            "certify_wrong": certify(run.relay.certify("plain"), **wrong),
            "certify_nowhere": certify(f"{nowhere}/v1/"),
        },
        "database": {"db_wrong": {**loader, "port": int(port), **wrong}},
    }
    return good, refused


def _work(airflow: Airflow, run: Run, processes: Processes) -> None:
    """Both syncs, then everything refused, each as `airflow dags test` runs it in Airflow's own task processes."""
    # In the metadata database, encrypted, as people add it in the UI; the others come from the environment.
    smtp = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": run.mail.port,
        "login": "airflow",
        "password": run.secrets["smtp-password"],
    }
    options = {
        "from_email": "airflow@example.com",
        "disable_ssl": True,
        "disable_tls": True,
        "timeout": 5,
        "retry_limit": 1,
    }
    added = {"smtp_default": {**smtp, "extra": options}}
    write_private(run.folder / "connections.json", json.dumps(added))
    run.output += _airflow(run, ["db", "migrate"], ["connections", "import", str(run.folder / "connections.json")])
    (run.folder / "connections.json").unlink()
    processes.start(
        "api-server", airflow.command("api-server", "--apps", "execution"), env=run.environment, cwd=run.folder
    )
    conf = json.dumps({"dry_run": False, "period_start": str(world.DAY), "period_end": str(world.DAY)})
    run.output += _airflow(
        run,
        ["dags", "reserialize"],
        *(["dags", "test", dag, "--use-executor", "--conf", conf] for dag in DAGS),
    )
    processes.stop()


def _airflow(run: Run, *commands: list[str]) -> str:
    command = [sys.executable, "-m", "tests.security.airflow_commands", json.dumps(commands)]
    done = subprocess.run(command, env=run.environment, cwd=run.folder, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr
