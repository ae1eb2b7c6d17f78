"""A task that failed is told once: what it is about, why, what to do, where to look."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowTaskTimeout
from airflow.serialization.serialized_objects import DagSerialization

from certify_intacct.model.errors import (
    BooksDiffer,
    ConnectorError,
    CredentialsRefused,
    GuardTripped,
    ServiceUnavailable,
)
from certify_intacct.notifications.failure import RUNBOOK, FailureNotifier
from certify_intacct.runs.failing import StoppedForGood
from tests.docs import pages
from tests.docs.pages import ROOT
from tests.notifications.conftest import BASE, connect

WRONG = CredentialsRefused(
    "Sign-in information is incorrect.", where="connection sage_intacct_default", cure="Correct its password."
)


def failed(task_id="extract_intacct", error: BaseException | None = WRONG, *, index=-1, run_id="scheduled__1", **more):
    """The context of a task's failure callback; the DAG is as Airflow reads it back."""
    with DAG("expense_sync", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
        pass
    read_back = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    run = SimpleNamespace(
        dag_id="expense_sync", run_id=run_id, run_type="manual", run_after=datetime(2026, 11, 30, tzinfo=UTC),
        data_interval_start=None, data_interval_end=None,
    )  # fmt: skip
    ti = SimpleNamespace(
        task_id=task_id, map_index=index, log_url=f"{BASE}/dags/expense_sync/runs/{run_id}/tasks/{task_id}"
    )
    found = {
        "dag": read_back, "dag_run": run, "run_id": run_id, "ti": ti, "task": SimpleNamespace(load_id=7),
        "params": {"period_start": "2026-11-01", "period_end": "2026-11-02"},
    }  # fmt: skip
    return found | ({"exception": error} if error else {}) | more


# A task whose reason is known ends with an exit of its own, behind which the error stands.
@pytest.mark.parametrize("error", [WRONG, StoppedForGood(str(WRONG), WRONG)], ids=["error", "exit"])
def test_it_says_task_dates_cause_cure_and_where_to_look(mailbox, tells, error):
    tells(addresses=["ap@example.com", "hr@example.com"])
    FailureNotifier()(failed(error=error))
    (mail,) = mailbox.take()
    assert mail.to == ["ap@example.com", "hr@example.com"]
    assert mail.subject == "expense_sync 2026-11-01 to 2026-11-02: extract_intacct failed"
    for part in (mail.text, mail.html):
        for words in (
            "extract_intacct", "2026-11-01 to 2026-11-02", "connection sage_intacct_default", "Sign-in information is incorrect.",
            "Correct its password.", "Clear the whole run", f"{BASE}/connector/expense_sync/loads/7",
            f"{BASE}/dags/expense_sync/runs/scheduled__1/tasks/extract_intacct", f"{BASE}/dags/expense_sync", "In a run",
        ):  # fmt: skip
            assert words in part.replace("<span>.</span>", "."), words
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_the_runbook_has_the_sections_that_are_named():
    headings = pages.anchors(ROOT / "docs" / "operations.md")
    assert {section.lower().replace(" ", "-") for section in RUNBOOK.values()} <= set(headings)


def test_a_dag_whose_task_failed_tells_nothing_more_and_one_that_is_stuck_does(mailbox, tells):
    tells(addresses=["ap@example.com"])
    FailureNotifier()(failed(error=None, reason="task_failure"))
    assert mailbox.take() == []
    FailureNotifier()(failed(error=None, reason="all_tasks_deadlocked"))
    (mail,) = mailbox.take()
    assert mail.subject == "expense_sync 2026-11-01 to 2026-11-02: the run failed"
    assert "all_tasks_deadlocked" in mail.text


def test_where_airflow_has_no_error_it_says_so_and_where_the_log_is(mailbox, tells):
    tells(addresses=["ap@example.com"])
    FailureNotifier()(failed(error=None))
    (mail,) = mailbox.take()
    assert "the process that ran it is gone" in mail.text
    assert f"The log of the task: {BASE}/dags" in mail.text


def test_errors_of_airflow_are_told_and_those_of_others_may_hold_a_row_of_somebody(mailbox, tells):
    tells(addresses=["ap@example.com"])
    FailureNotifier()(failed(error=AirflowTaskTimeout("Timeout, PID: 7")))
    FailureNotifier()(failed(error=ValueError("Key (email)=(ana@example.com) already exists")))
    timeout, foreign = mailbox.take()
    assert "AirflowTaskTimeout: Timeout, PID: 7" in timeout.text
    assert "ValueError" in foreign.text
    assert "ana@" not in foreign.text + foreign.html


def test_what_airflow_masks_in_its_logs_is_masked_here(mailbox, tells):
    from airflow.sdk.log import mask_secret

    tells(addresses=["ap@example.com"])
    mask_secret("s3cr3t-of-a-connection")
    FailureNotifier()(failed(error=AirflowTaskTimeout("at postgres://u:s3cr3t-of-a-connection@h")))
    (mail,) = mailbox.take()
    assert "postgres: //u:***@h" in mail.text
    assert "s3cr3t" not in mail.html


def test_without_names_what_an_error_lists_stays_on_the_page(mailbox, tells):
    too_many = GuardTripped("9 users would be deactivated:\nE-1007 (Ana Ruiz)", cure="Release it.")
    for names, told in ((True, True), (False, False)):
        tells(addresses=["ap@example.com"], names=names)
        FailureNotifier()(failed("plan", too_many))
        (mail,) = mailbox.take()
        assert ("Ana" in mail.text, "Ana" in mail.html) == (told, told)
        assert "9 users would be deactivated" in mail.text
        assert "Release it." in mail.text


@pytest.mark.parametrize("wrapped", [False, True], ids=["error", "exit"])
def test_books_that_differ_are_told_by_the_report_and_not_once_more_as_a_failure(
    mailbox, tells, connections, caplog, wrapped
):
    tells(addresses=["ap@example.com"])
    differ = BooksDiffer("The books differ in 1 place:\naltered: 104001 (Ana Ruiz)", cure="Clear `reconcile`.")
    with caplog.at_level("INFO"):
        FailureNotifier()(failed("books_agree", StoppedForGood(str(differ), differ) if wrapped else differ))
    # Nor does the DAG tell it when its run ends, as it does of a task that could not tell.
    FailureNotifier()(failed("books_agree", error=None, reason="task_failure"))
    assert mailbox.take() == []
    assert "The books differ in 1 place" in caplog.text
    assert "the report of the run" in caplog.text
    # It was not told, so it hides no other task that failed beside it, and whose process is gone.
    FailureNotifier()(failed("report", error=None, reason="task_failure"))
    assert [mail.subject.rpartition(": ")[2] for mail in mailbox.take()] == ["report failed"]
    # That they cannot be compared is a failure.
    FailureNotifier()(failed("books_agree", ServiceUnavailable("The database is away."), run_id="scheduled__2"))
    assert [mail.subject.rpartition(": ")[2] for mail in mailbox.take()] == ["books_agree failed"]


def test_parts_of_a_task_that_fail_together_are_told_as_one_and_another_run_anew(mailbox, tells, connections, database):
    tells(addresses=["ap@example.com"])
    notifier = FailureNotifier()
    for index in range(20):
        notifier(failed(index=index))
    assert [mail.subject for mail in mailbox.take()] == [
        "expense_sync 2026-11-01 to 2026-11-02: extract_intacct, part 1 failed"
    ]
    notifier(failed("extract_certify", index=0, task=SimpleNamespace(load_id=7, stream="certify_expenses")))
    notifier(failed(run_id="scheduled__2", index=0))
    other, _ = mailbox.take()
    assert other.subject.endswith(": extract_certify, certify_expenses failed")
    # Cleared later, and failed again.
    with psycopg.connect(database.owner_url) as connection:
        connection.execute("UPDATE ops.told SET told_at = told_at - interval '61 minutes'")
    notifier(failed(index=3))
    assert len(mailbox.take()) == 1


def test_a_part_whose_mail_was_not_taken_leaves_it_to_the_next(mailbox, tells, connections, monkeypatch, server):
    tells(addresses=["ap@example.com"])
    server.unknown = {"ap@example.com"}
    FailureNotifier()(failed(index=0))
    server.unknown = set()
    FailureNotifier()(failed(index=1))
    assert len(mailbox.take()) == 1


def test_when_no_task_could_tell_the_dag_does_when_its_run_ends(mailbox, tells, connections, server):
    tells(addresses=["ap@example.com"])
    server.unknown = {"ap@example.com"}
    FailureNotifier()(failed())
    server.unknown = set()
    ended = failed(error=None, reason="task_failure")
    FailureNotifier()(ended)
    (mail,) = mailbox.take()
    assert mail.subject.endswith(": extract_intacct failed")
    assert "its own mail was not taken" in mail.text
    FailureNotifier()(ended)
    FailureNotifier()(failed("plan"))
    FailureNotifier()(ended)
    assert [mail.subject.rpartition(": ")[2] for mail in mailbox.take()] == ["plan failed"]


def test_when_several_tasks_failed_each_that_could_not_tell_is_told_when_the_run_ends(mailbox, tells, connections):
    """Airflow names the last of them alone."""
    tells(addresses=["ap@example.com"])
    FailureNotifier()(failed("extract_intacct", index=0))
    FailureNotifier()(failed("books_agree", BooksDiffer("The books differ.")))
    mailbox.take()
    states = {
        "open_load": "success", "extract_intacct_0": "failed", "extract_certify_0": "success", "extract_certify_11": "failed",
        "part_2": "failed", "plan": "upstream_failed", "report": "skipped", "books_agree": "failed",
    }  # fmt: skip
    with DAG("expense_sync", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
        for name in ("open_load", "extract_intacct", "extract_certify", "part_2", "plan", "report", "books_agree"):
            EmptyOperator(task_id=name)
    ended = failed("extract_intacct", None, reason="task_failure", dag=dag)
    ended["ti"].get_task_states = lambda **asked: dict.fromkeys(asked["run_ids"], states)
    for told in (["extract_certify", "part_2"], []):
        FailureNotifier()(ended)
        mails = mailbox.take()
        assert [mail.subject for mail in mails] == [
            f"expense_sync 2026-11-01 to 2026-11-02: {task} failed" for task in told
        ]
        for mail in mails:
            assert "its own mail was not taken" in mail.text
            assert f"{BASE}/dags/expense_sync/runs/scheduled__1" in mail.text
            # It is not the log of the one that failed last.
            assert "tasks/extract_intacct" not in mail.text


def test_a_database_that_is_gone_hides_no_failure(mailbox, tells, monkeypatch):
    tells(addresses=["ap@example.com"])
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", "postgres://loader@127.0.0.1:1/nothing?connect_timeout=1")
    for _ in range(2):
        FailureNotifier()(failed())
    assert len(mailbox.take()) == 2


def test_without_addresses_it_is_only_logged(mailbox, tells, caplog):
    tells(owners={"accounts payable": ["ap@example.com"]})
    with caplog.at_level("INFO"):
        FailureNotifier()(failed())
    assert mailbox.take() == []
    assert "Sign-in information is incorrect." in caplog.text


def test_without_a_connection_it_is_only_logged(tells, caplog):
    tells(addresses=["ap@example.com"])
    with caplog.at_level("INFO"):
        FailureNotifier()(failed())
    assert "extract_intacct failed" in caplog.text
    assert "There is no connection smtp_default" in caplog.text


def test_a_mail_server_that_is_not_there_fails_nothing(tells, monkeypatch, caplog):
    tells(addresses=["ap@example.com"])
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connect(monkeypatch, unused.getsockname()[1])
        FailureNotifier()(failed())
    assert "was not mailed" in caplog.text


def test_a_connection_without_a_sender_fails_nothing(mailbox, server, tells, monkeypatch, caplog):
    tells(addresses=["ap@example.com"])
    connect(monkeypatch, server.port, from_email="")
    FailureNotifier()(failed())
    assert mailbox.take() == []
    assert "has no from_email" in caplog.text


def test_an_address_that_the_server_does_not_know_keeps_the_mail_from_nobody_else(mailbox, server, tells, caplog):
    tells(addresses=["ap@example.com", "gone@example.com"])
    server.unknown = {"gone@example.com"}
    FailureNotifier()(failed())
    (mail,) = mailbox.take()
    assert mail.to == ["ap@example.com"]
    assert "does not take mail for gone@example.com" in caplog.text


def test_a_configuration_that_cannot_be_read_is_said(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "none.yaml"))
    FailureNotifier()(failed())
    assert "Nobody can be told" in caplog.text


@pytest.mark.parametrize("error", [ConnectorError("It broke"), KeyError("x"), None], ids=["ours", "foreign", "none"])
def test_a_context_with_next_to_nothing_is_told(mailbox, tells, error):
    """As `airflow dags test` and a run that is gone hand it over."""
    tells(addresses=["ap@example.com"])
    FailureNotifier()({"dag": SimpleNamespace(dag_id="preflight"), "run_id": "r", "exception": error})
    (mail,) = mailbox.take()
    assert mail.subject.startswith("preflight: ")
