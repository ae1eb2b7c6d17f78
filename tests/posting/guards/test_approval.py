"""A run that is larger than its limits posts nothing until a second person approved exactly this plan."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from certify_intacct.model.errors import GuardTripped
from tests.expense_company import DAY
from tests.posting.guards.earlier import earlier_run


@pytest.fixture
def large(company):
    """A planned run of three documents where two are the most."""
    company.configure(limits={"documents_per_run": 2, "approvers": ["kim", "robin", "dana", "tests"]})
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [dana]")
    )
    for number in (1, 2, 3):
        company.report(number)
    return company.plan()


def test_a_run_within_its_limits_asks_nobody_and_a_preview_is_refused(company, approvals):
    company.report(1)
    load, run = company.plan()
    assert approvals.ask(load, run) is None
    assert company.load(load, run) == {"applied": 1}
    company.configure(limits={"documents_per_run": 1})
    company.report(2)
    company.report(3)
    with pytest.raises(GuardTripped, match="was opened as a preview"):
        approvals.ask(*company.plan(preview=True))
    assert approvals.requests == []


def test_a_run_above_its_limit_stops_before_any_write(company, large, untouched):
    with pytest.raises(GuardTripped) as caught:
        company.load(*large)
    text = str(caught.value)
    assert "3 documents; posting.limits.documents_per_run is 2. Nobody approved it." in text
    assert "Clear the task `approve`" in text
    company.configure(limits={"documents_per_run": 1000})
    with pytest.raises(GuardTripped, match="documents_per_run is 2"):
        company.load(*large)
    untouched()


def test_a_limit_that_was_lowered_after_the_plan_counts(company, untouched):
    company.report(1)
    company.report(2)
    load, run = company.plan()
    company.configure(limits={"documents_per_run": 1})
    with pytest.raises(GuardTripped, match="documents_per_run is 1"):
        company.load(load, run)
    untouched()


def test_a_second_person_is_told_what_is_above_which_limit_and_approves(company, large, approvals):
    load, run = large
    assert approvals.ask(load, run) is not None
    assert (approvals.parked.method_name, approvals.parked.timeout) == ("execute_complete", timedelta(days=3))
    (request,) = approvals.requests
    assert request.options == ["Approve", "Reject"]
    assert not request.defaults, "no answer is no approval"
    assert request.subject.startswith(f"Post 3 documents of {DAY}")
    assert "3 documents; posting.limits.documents_per_run is 2." in request.body
    assert "- USD 300.30 in 3 document(s)" in request.body
    assert f"/connector/expense_sync/loads/{load})" in request.body

    assert approvals.answer(load, run) == {"approved_by": "kim"}
    (row,) = company.sql("SELECT decision, decided_by, load_id, run_id, reasons FROM ledger.approval")
    assert (row["decision"], row["decided_by"], row["load_id"], row["run_id"]) == (
        "approved",
        "kim",
        load,
        run["run_id"],
    )
    assert "documents_per_run" in row["reasons"]
    assert approvals.ask(load, run) is None, "it stands when its task is cleared"

    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_before", times=1)
    company.load(load, run)
    company.load(load, run)
    assert len(company.posted()) == len(set(company.posted())), "the rest of the run needs no second approval"
    for statement in ("UPDATE ledger.approval SET decided_by = 'x'", "DELETE FROM ledger.approval"):
        for url in (company.database.loader_url, company.database.owner_url):
            with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
                connection.execute(statement)


def test_who_may_not_approve_and_an_answer_that_never_comes(company, large, approvals, untouched):
    load, run = large
    for user, said in (
        ({"id": "17", "name": "Dana "}, "edits connector.yaml"),
        ({"id": "dana", "name": "D. Weiss"}, "edits connector.yaml"),
        ({"id": "9", "name": "Tests"}, "triggered the run"),
        ({"id": "12", "name": "lee"}, "is not among posting.limits.approvers"),
        ({"id": "", "name": ""}, "Nobody is named"),
        (None, "Nobody is named"),
    ):
        event = {
            "chosen_options": ["Approve"],
            "params_input": {},
            "responded_at": None,
            "responded_by_user": user,
        }
        with pytest.raises(GuardTripped, match=said):
            approvals.answer(load, run, **event)
    with pytest.raises(GuardTripped, match="Nobody approved it within 3 days"):
        approvals.answer(load, run, error="The response timeout has passed.", error_type="timeout")
    assert company.sql("SELECT * FROM ledger.approval") == []
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        company.load(load, run)
    untouched()


def test_nobody_is_asked_by_the_question_about_an_earlier_plan(company, large, approvals, untouched):
    """The whole run was cleared: it has another plan, and Airflow shows the figures of the one before."""
    load, run = large
    assert approvals.ask(load, run) is not None
    company.report(4)
    again, newer = company.plan()
    newer["run_id"] = run["run_id"]
    with pytest.raises(GuardTripped, match=rf"earlier plan of this run, 'Post 3 documents of .* \(load {load}\)"):
        approvals.ask(again, newer)
    untouched()
    assert approvals.ask(load, run) is not None, "the same plan is asked about again"
    assert approvals.ask(*company.plan()) is not None, "and a new run asks about its own"


@pytest.mark.parametrize(
    ("account", "decides", "said"),
    [
        ("root", "kim", ""),
        ("airflow", "robin", ""),
        ("dana", "kim", ""),
        ("root", "dana", "edits connector.yaml"),
        ("dana", "dana", "edits connector.yaml"),
        ("kim", "kim", "triggered the run"),
        ("KIM", "kim", "triggered the run"),
        ("kim", "robin", ""),
    ],
)
def test_of_a_run_from_the_command_line_the_account_is_the_one_who_triggered(
    account, decides, said, company, approvals
):
    """Airflow records the operating system's account: nobody who may decide, unless it is called as one of them."""
    company.configure(limits={"documents_per_run": 1, "approvers": ["kim", "robin", "dana"]})
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [dana]")
    )
    company.report(1)
    company.report(2)
    load, run = company.plan(triggered_by=account)
    assert company.sql("SELECT actor FROM ops.load")[0]["actor"] == account
    if said:
        with pytest.raises(GuardTripped, match=said):
            approvals.answer(load, run, by=decides)
    else:
        assert approvals.answer(load, run, by=decides) == {"approved_by": decides}


def test_who_rejects_is_named_and_nothing_is_sent(company, large, approvals, untouched):
    load, run = large
    with pytest.raises(GuardTripped, match="kim rejected this run"):
        approvals.answer(load, run, "Reject")
    with pytest.raises(GuardTripped, match="kim rejected it"):
        company.load(load, run)
    with pytest.raises(GuardTripped, match="tests rejected this run"):
        approvals.answer(load, run, "Reject", by="tests")
    untouched()
    assert approvals.ask(load, run) is not None, "it may be asked again"
    approvals.answer(load, run, by="robin")
    assert company.load(load, run) == {"applied": 3}


def test_an_approval_is_for_exactly_this_plan(company, large, approvals, untouched):
    load, run = large
    approvals.answer(load, run)
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        company.load(*company.plan())
    company.sql(
        """
        INSERT INTO plan.document SELECT load_id, report_id, number || 'X', sequence, 9, kind, entity, session_entity, currency, total,
            line_count, payee_id, posting_date, revision, canonical, sha256, config_hash
        FROM plan.document WHERE load_id = %s LIMIT 1
        """,
        load,
    )
    with pytest.raises(GuardTripped, match="Nobody approved it"):
        company.load(load, run)
    untouched()


def test_a_run_far_above_the_usual_waits_as_well(company, approvals, untouched):
    company.configure(limits={"median_from_documents": 2})
    for days in range(6, 1, -1):
        earlier_run(company.database.owner_url, DAY - timedelta(days=days), ["20"])
    for number in range(1, 7):
        company.report(number, ("1", "1"))
    load, run = company.plan()
    words = (
        r"6 documents would be sent today without anybody's approval; usual are 1 document a day \(median of 5 days\), "
        "and up to 5 documents would pass"
    )
    with pytest.raises(GuardTripped, match=words):
        company.load(load, run)
    untouched()
    assert approvals.ask(load, run) is not None
    approvals.answer(load, run)
    assert company.load(load, run) == {"applied": 6}
