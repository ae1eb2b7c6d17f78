"""Approvals of runs are compared with what Airflow itself recorded, in Airflow's real tables."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from certify_intacct.commands import verify_ledger
from certify_intacct.operators.base import triggered_by
from certify_intacct.operators.reconcile import ReconcileOperator
from include.local import databases
from tests.e2e.test_backfill_dates import ROOT, airflow

NAME = "airflow_approved"
RUNS = [f"run-{number}" for number in range(1, 10)]
ASKED = "Post 3 documents?"


@pytest.fixture(scope="module")
def metadata(postgres_server) -> Iterator[str]:
    """Airflow's own database with runs of expense_sync, and the role that reads its record."""
    databases.make_database(postgres_server, NAME, owner=databases.AIRFLOW)
    url = postgres_server.url(NAME, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    trigger = [["dags", "trigger", "expense_sync", "--run-id", run_id] for run_id in RUNS]
    airflow([["db", "migrate"], ["dags", "reserialize"], *trigger], url, "Europe/Berlin")
    databases.open_record(postgres_server, NAME)
    yield url
    databases.drop_database(postgres_server, NAME)


@pytest.fixture
def record(postgres_server, metadata, monkeypatch) -> str:
    """The connection that leads to Airflow's record."""
    url = postgres_server.url(NAME, databases.RECORD)
    monkeypatch.setenv("AIRFLOW_CONN_AIRFLOW_RECORD_DB", url)
    return url


def person(metadata: str, *acts: tuple[str, ...]) -> list[datetime]:
    """Lets Airflow do this; gives the times of the answers."""
    return [datetime.fromisoformat(one) for one in happened(metadata, *acts) if one]


def happened(metadata: str, *acts: tuple[str, ...]) -> list[str | None]:
    """What Airflow says to each act."""
    environment = os.environ | {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.reconciliation.airflow_person", json.dumps(acts)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said: list[str | None] = json.loads(done.stdout.splitlines()[-1])
    return said


def approve(company, load: int, run_id: str, by: tuple[str, str], at: datetime, plan: str = "f00") -> None:
    """As a worker may write it down."""
    with company.loader() as connection:
        connection.execute(
            """
            INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, user_id, reasons, run_id, decided_at)
            VALUES (%s, %s, 'approved', %s, %s, 'large', %s, %s)
            """,
            [load, plan, by[1], by[0], run_id, at],
        )


def findings(company, load: int, run: dict[str, Any]) -> list[str]:
    outcome = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    rows = company.sql("SELECT text FROM ops.reconciliation_finding WHERE finding = 'approval' ORDER BY number, text")
    assert outcome.get("approval", 0) == len(rows)
    assert "approvals" not in outcome, outcome
    return [row["text"] for row in rows]


KIM = ("7", "kim")


def test_an_approval_that_a_person_gave_passes_also_when_it_was_cleared_and_repeated(company, metadata, record):
    load, run = company.plan()
    run_id = run["run_id"]
    first, second = person(
        metadata, ("ask", run_id, ASKED), ("answer", run_id, "8", "lee", "Approve"), ("clear", run_id),
        ("ask", run_id, ASKED), ("answer", run_id, *KIM, "Approve"), ("clear", run_id), ("ask", run_id, ASKED),
    )  # fmt: skip
    approve(company, load, run_id, ("8", "lee"), first)
    approve(company, load, run_id, KIM, second, plan="f01")
    assert findings(company, load, run) == []


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        (lambda at: (("9", "dana"), at), "kim"),
        (lambda at: (("9", "kim"), at), "kim"),
        (lambda at: (KIM, at - timedelta(minutes=5)), "kim"),
    ],
    ids=["another person", "another user of that name", "another time"],
)
def test_an_approval_that_airflow_does_not_know_is_found(forged, said, company, metadata, record):
    company.runs = 1
    load, run = company.plan()
    run_id = run["run_id"]
    (at,) = person(metadata, ("clear", run_id), ("ask", run_id, ASKED), ("answer", run_id, *KIM, "Approve"))
    approve(company, load, run_id, *forged(at))
    (text,) = findings(company, load, run)
    assert "Airflow recorded no such answer" in text
    assert said in text


def test_a_rejection_is_no_approval_and_an_answer_covers_one_plan(company, metadata, record):
    company.runs = 2
    load, run = company.plan()
    run_id = run["run_id"]
    rejected, approved = person(
        metadata, ("ask", run_id, ASKED), ("answer", run_id, *KIM, "Reject"), ("clear", run_id),
        ("ask", run_id, ASKED), ("answer", run_id, *KIM, "Approve"),
    )  # fmt: skip
    approve(company, load, run_id, KIM, rejected)
    approve(company, load, run_id, KIM, approved, plan="f01")
    approve(company, load, run_id, KIM, approved, plan="f02")
    assert len(findings(company, load, run)) == 2


def test_an_answer_of_before_a_plan_does_not_cover_it(company, metadata, record):
    company.runs = 3
    run_id = "run-4"
    (at,) = person(metadata, ("ask", run_id, ASKED), ("answer", run_id, *KIM, "Approve"))
    load, run = company.plan()
    with psycopg.connect(company.database.owner_url) as connection:
        connection.execute("UPDATE ops.load SET opened_at = now() + interval '1 hour'")
    approve(company, load, run_id, KIM, at)
    assert "before that load was opened" in findings(company, load, run)[0]


def test_whoever_triggered_the_run_by_airflow_s_record_cannot_have_approved_it(company, metadata, record):
    """Whoever the load says it was. These runs are from the command line, so it is the operating system's account."""
    company.runs = 4
    load, run = company.plan(triggered_by="somebody else")
    run_id, account = run["run_id"], getpass.getuser()
    (at,) = person(metadata, ("ask", run_id, ASKED), ("answer", run_id, "1", account, "Approve"))
    approve(company, load, run_id, ("1", account), at)
    assert f"{account} triggered the run" in findings(company, load, run)[0]


def test_whoever_started_a_backfill_over_a_run_cannot_have_approved_it(company, metadata, record):
    """Airflow keeps at the run who triggered it at first, and at the backfill who started that."""
    company.runs = 7
    load, run = company.plan(run_type="backfill", triggered_by="somebody else")
    run_id = run["run_id"]
    assert triggered_by(run) == "somebody else"
    *_, at = person(
        metadata, ("backfill", run_id, "lee"), ("backfill", run_id, "kim"), ("ask", run_id, ASKED),
        ("answer", run_id, *KIM, "Approve"),
    )  # fmt: skip
    assert triggered_by(run) == "kim"
    approve(company, load, run_id, KIM, at)
    assert "kim triggered the run" in findings(company, load, run)[0]


def test_a_run_that_airflow_does_not_have_any_more_or_never_had(company, metadata, record):
    company.runs = 5
    load, run = company.plan()
    (at,) = person(
        metadata, ("ask", "run-6", ASKED), ("answer", "run-6", *KIM, "Approve"), ("forget", "run-6")
    )  # fmt: skip
    approve(company, load, "run-6", KIM, at)
    approve(company, load, "run-600", KIM, at, plan="f01")
    assert ["has no run" in text for text in findings(company, load, run)] == [True, True]


def test_what_airflow_has_cleaned_away_since_is_told_as_not_compared_and_never_within_a_week(
    company, metadata, record, capsys, monkeypatch
):
    """`airflow db clean` takes runs away, and `make verify-ledger` looks at all approvals there ever were."""
    company.runs = 7
    load, _ = company.plan()
    approve(company, load, "run-cleaned", KIM, datetime.now(tz=UTC))
    monkeypatch.setattr("sys.argv", ["verify_ledger"])
    assert verify_ledger.main() == 1
    assert "Airflow has no run of that name" in capsys.readouterr().out
    company.sql(
        "ALTER TABLE ledger.approval DISABLE TRIGGER USER;"
        "UPDATE ledger.approval SET recorded_at = now() - interval '8 days';"
        "ALTER TABLE ledger.approval ENABLE TRIGGER USER"
    )
    assert verify_ledger.main() == 0
    told = capsys.readouterr()
    assert "The ledger is as it was written." in told.out
    assert "not compared: 1 older than a week, whose runs Airflow does not have any more" in told.err


def test_airflow_keeps_the_first_question(metadata):
    """So a run that was planned anew asks nobody by it."""
    answer = ("answer", "run-7", *KIM, "Approve")
    said = happened(metadata, ("ask", "run-7", "load 12?"), answer, ("clear", "run-7"), ("ask", "run-7", "load 13?"))
    assert said[-1] == "load 12?"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "there is no connection airflow_record_db"),
        ("{loader}", "cannot be read"),
        ("{record}x", "refuses us"),
    ],
    ids=["none", "not Airflow's", "refused"],
)
def test_where_airflow_s_record_cannot_be_read_the_run_says_so(url, said, company, metadata, record, monkeypatch):
    if url:
        monkeypatch.setenv(
            "AIRFLOW_CONN_AIRFLOW_RECORD_DB", url.format(loader=company.database.loader_url, record=record)
        )
    else:
        monkeypatch.delenv("AIRFLOW_CONN_AIRFLOW_RECORD_DB")
    load, run = company.plan()
    assert "approvals" not in ReconcileOperator(task_id="reconcile", load_id=load).execute(run), "there are none"
    approve(company, load, "run-1", KIM, datetime.now(tz=UTC))
    outcome = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert outcome["holds"] is True
    assert outcome["approvals"].startswith("not compared: ")
    assert said in outcome["approvals"]


def test_the_role_reads_who_answered_and_nothing_else(metadata, record, postgres_server):
    with psycopg.connect(record) as connection:
        readable = connection.execute(
            """
            SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND has_column_privilege(format('%I.%I', table_schema, table_name), column_name, 'SELECT')
            """
        ).fetchall()
    assert {name for (name,) in readable} == {
        f"{table}.{column}" for table, columns in databases.RECORD_COLUMNS.items() for column in columns
    }
    for statement in (
        "SELECT * FROM connection", "SELECT conf FROM dag_run", "SELECT * FROM hitl_detail", "DELETE FROM hitl_detail",
        "UPDATE hitl_detail SET responded_by = NULL", "CREATE TEMP TABLE mine (a int)", "CREATE TABLE mine (a int)",
        "INSERT INTO hitl_detail_history (ti_history_id) VALUES (gen_random_uuid())",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege), psycopg.connect(record) as connection:
            connection.execute(statement)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(postgres_server.url("connector_template", databases.RECORD))
