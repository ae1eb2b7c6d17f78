"""After a full run no secret and no banned personal field stands anywhere but where it belongs."""

from __future__ import annotations

import email
import json
import re
from email import policy

import psycopg
from lxml import etree

from include.local import databases
from tests.security import world
from tests.security.canaries import canary, found, traces
from tests.security.mail import REFUSED
from tests.security.relay import MARK


def test_a_secret_is_found_in_every_spelling():
    secret = canary("x")
    for trace in traces(secret):
        assert found({"x": secret}, [("log", f"before {trace.upper()} after")]), trace
    assert not found({"x": secret}, [("log", canary("x"))])


def test_the_run_reached_every_place_that_is_searched(run):
    """Otherwise that nothing is found would say nothing."""
    places = run.places
    told = {
        MARK: (
            "logs/scheduler.log", "task_id=report", "task_id=intacct", "task_id=certify", "connector database", "mail",
            "served /connector/organization_sync/loads/", "served /connector/expense_sync/loads/",
            "served /connector/expense_sync/reports/", "why ",
            "served /api/v2/dags/everything_refused/dagRuns/canaries/taskInstances/intacct/logs/",
        ),
        REFUSED: ("dag_id=everything_refused/",),
        '"return_value"': ("/~/xcomEntries?",),
        "intacct_departments": ("dagRuns/canaries/taskInstances?", "served /api/v2/dagSources/"),
        "smtp_default": ("served /api/v2/connections",),
        "/connector/expense_sync/reports/": ("logs/api-server.log",),
        "Processing files": ("logs/dag-processor.log",),
    }  # fmt: skip
    for text, names in told.items():
        for name in names:
            assert any(name in place and text in shown for place, shown in places.items()), f"{text} in {name}"
    with psycopg.connect(run.metadata_url) as connection:
        counts = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("xcom", "rendered_task_instance_fields", "connection", "log", "serialized_dag")
        }
        encrypted = connection.execute("SELECT is_encrypted FROM connection WHERE conn_id = 'smtp_default'").fetchone()
    assert min(counts.values()) > 0, counts
    assert encrypted == (True,)
    for value in ('"intacct_departments"', "uncovered"):
        assert value in places["metadata database"]
    assert run.relay.sessions
    assert run.mail.messages


def test_the_run_did_both_syncs_and_met_every_refusal(run):
    with psycopg.connect(run.metadata_url) as connection:
        rows = connection.execute(
            "SELECT dag_id, task_id, map_index, state, rendered_map_index FROM task_instance"
        ).fetchall()
    states = {f"{dag}.{task}": state for dag, task, _, state, _ in rows}
    assert states["organization_sync.report"] == states["expense_sync.report"] == "success"
    refused = {name: state for dag, _, index, state, name in rows if dag == "everything_refused" and index >= 0}
    assert set(refused.values()) == {"failed"}
    wanted = [name for names in json.loads(run.environment["REFUSED_CONNECTIONS"]).values() for name in names]
    assert len([row for row in rows if row[0] == "everything_refused" and row[2] >= 0]) == len(wanted)
    with psycopg.connect(run.database.owner_url) as connection:
        documents = dict(connection.execute("SELECT state, count(*) FROM ledger.document GROUP BY 1").fetchall())
    assert documents.get("rejected"), documents
    assert documents.get("accepted", 0) + documents.get("in_gl", 0) > 0, documents


def test_tasks_that_fail_tell_why_and_parts_of_one_are_told_once(run):
    mails = [email.message_from_bytes(raw, policy=policy.default) for raw in run.mail.messages]
    told = [mail for mail in mails if mail["Subject"].strip().startswith("everything_refused ")]
    tasks = [found[1] for mail in told if (found := re.search(r": (\w+)", mail["Subject"]))]
    assert set(tasks) <= {"intacct", "certify", "database"}
    assert tasks.count("intacct") == tasks.count("certify") == 1, tasks
    for mail in told:
        text = mail.get_body(("plain",)).get_content()
        assert "What to do:" in text
        assert "does not foresee" not in text, text
    reports = [mail["Subject"] for mail in mails if "new to look at" in mail["Subject"]]
    assert {subject.split()[0] for subject in reports} == {"organization_sync", "expense_sync"}


def test_no_secret_is_anywhere(run):
    hits = found(run.secrets, run.places.items())
    assert not hits, "\n".join(hits[:20])


def test_no_banned_personal_field_is_anywhere(run):
    held = json.dumps([run.sandbox.state("intacct", name) for name in world.BANNED if name.isupper()])
    assert all(value in held for name, value in run.personal.items() if name.split(".")[0].isupper())
    hits = found(run.personal, run.places.items())
    assert not hits, "\n".join(hits[:20])


def test_no_banned_personal_field_is_asked_for_and_never_all_of_them(run):
    asked = set()
    for request in run.relay.asked:
        if request.body.startswith(b"<?xml"):
            for element in etree.fromstring(request.body).iter("field", "fields"):
                asked |= {name.strip().upper() for name in (element.text or "").split(",") if name.strip()}
    assert {"EMPLOYEEID", "VENDORID", "PERSONALINFO.EMAIL1"} <= asked
    assert "*" not in asked
    banned = {field.upper() for name, fields in world.BANNED.items() if name.isupper() for field in fields}
    assert not {name for name in asked if name.rpartition(".")[2] in banned}
    assert not {
        name for name in asked if re.search(r"SSN|BIRTH|GENDER|^ACH|BANK|TAXID|1099|ROUTING|SALARY|PHONE", name)
    }


def test_tasks_know_no_role_but_the_loader(run):
    environment = "\n".join(run.environment.values())
    assert run.secrets[f"password of {databases.LOADER}"] in environment
    for role in (databases.OWNER, databases.ANALYST, databases.DECIDER):
        assert run.secrets[f"password of {role}"] not in environment
