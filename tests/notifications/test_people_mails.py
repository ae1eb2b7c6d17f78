"""What people are told by mail after a run of organization_sync."""

from __future__ import annotations

import psycopg
import pytest

from certify_intacct.operators.run_report import RunReportOperator
from tests.notifications.conftest import BASE
from tests.organization_run import loaded, planned
from tests.people_company import configured, load_lists, load_people

HR, INTACCT, CHIEF = "hr@example.com", "intacct@example.com", "chief@example.com"


@pytest.fixture
def ran(connections, context, fresh_sandbox, tmp_path, tells):
    """Runs organization_sync for two people of whom one has no department; gives the load."""
    load_lists(fresh_sandbox)
    load_people(fresh_sandbox, 1)
    load_people(fresh_sandbox, 2, DEPARTMENTID="")
    configured(tmp_path / "connector.yaml")
    runs = iter(range(1, 100))

    def run(**notifications):
        tells(addresses=[HR], owners={"Intacct administrator": [INTACCT]}, **notifications)
        run_context = context(run_id=f"run {next(runs)}")
        load = planned(run_context)
        loaded(load, run_context)
        RunReportOperator(task_id="report", load_id=load).execute(run_context)
        return load

    return run


def test_who_was_created_and_who_waits_is_told_once_to_whom_it_concerns(ran, mailbox):
    load = ran()
    mails = {tuple(mail.to): mail for mail in mailbox.take()}
    assert set(mails) == {(HR,), (INTACCT,)}
    report = mails[HR,]
    assert report.subject.startswith("organization_sync ")
    assert "1 new to look at, 1 other waiting" in report.subject
    assert "user, create, done: 1" in report.text
    assert "Documents in doubt" not in report.text
    digest = mails[INTACCT,]
    assert digest.subject == "For you (Intacct administrator): 1 new, 1 other in all"
    for part in (report.text, digest.text):
        assert "no_department" in part
        assert "Who can act: Intacct administrator" in part
        assert f"{BASE}/connector/organization_sync/loads/{load}" in part
    ran()
    assert mailbox.take() == []


def test_people_who_wait_for_long_are_escalated_once_and_anew_when_they_wait_anew(
    ran, mailbox, database, fresh_sandbox
):
    above = {"escalation": {"days": 3, "addresses": [CHIEF]}}

    def age():
        with psycopg.connect(database.owner_url) as owner:
            owner.execute("UPDATE ops.told SET told_at = told_at - interval '3 days'")

    ran(**above)
    assert CHIEF not in {to for mail in mailbox.take() for to in mail.to}
    age()
    ran(**above)
    (mail,) = mailbox.take()
    assert (mail.to, mail.subject) == ([CHIEF], "Waiting for 3 days or longer: 1 other")
    for words in ("E2", "no_department", "(3 days)", "Who can act: Intacct administrator", f"{BASE}/connector/waiting"):
        assert words in mail.text, words
    ran(**above)
    assert mailbox.take() == []
    # They leave, so that nobody has to do anything, and come back as they were.
    for happens in ("terminate", "rehire"):
        fresh_sandbox.act(happens, employee="E2")
        ran(**above)
    assert CHIEF not in {to for mail in mailbox.take() for to in mail.to}
    age()
    ran(**above)
    assert [mail.to for mail in mailbox.take()] == [[CHIEF]]


def test_without_names_people_are_their_ids(ran, mailbox):
    ran(names=False)
    mails = mailbox.take()
    assert len(mails) == 2
    for mail in mails:
        said = mail.subject + mail.text + mail.html
        for name in ("Zoë", "Brien", "Söhne", "Person 2", "p2@"):
            assert name not in said
        assert "E2" in said
        assert "no_department" in said
