"""What people are told by mail after a run, through the sandbox, PostgreSQL and SMTP: the report, digests, the escalation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import html

from certify_intacct.model.errors import BooksDiffer
from certify_intacct.notifications import telling
from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.operators.books_agree import BooksAgreeOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from tests.expense_company import DAY, report_id
from tests.notifications.conftest import BASE
from tests.notifications.test_failure import failed

ALL = "ap@example.com"
PAYABLES, INTACCT, CERTIFY, CHIEF = (
    "payables@example.com",
    "intacct@example.com",
    "certify@example.com",
    "chief@example.com",
)


def reported(company, load, run, **changes):
    """The task `report` of a run."""
    for name, value in changes.items():
        company.sql(f"UPDATE ops.load SET {name} = %s WHERE load_id = %s", value, load)
    return RunReportOperator(task_id="report", load_id=load).execute(run)


def ran(company, **changes):
    """A run up to its report."""
    load, run = company.plan()
    company.load(load, run)
    reported(company, load, run, **changes)
    return load, run


def held_and_posted(company):
    """One is posted, one waits for accounts payable, one for the administrator of Intacct."""
    company.report(1, ("100.10", "100.10"), ("20.00", "0"))
    company.report(2, ("50.00", "50.00"), Reimbursed=True)
    line = {"Amount": "7.25", "ReimAmount": "7.25", "EmployeeID": "E-9"}
    company.report(3, line, EmployeeID="E-9", FirstName="Bo", LastName="Öst")


def older(company, days, *numbers):
    """What waits began so many days earlier; of reports by number, or all."""
    company.sql(
        "UPDATE ledger.open_item SET opened_at = opened_at - make_interval(days => %s) WHERE report_id = ANY(%s) OR %s",
        days, [report_id(number) for number in numbers], not numbers,
    )  # fmt: skip


def links(mail):
    return set(html.fromstring(mail.html).xpath("//a/@href"))


def test_the_report_says_what_was_posted_and_what_waits_with_cure_age_and_links(company, mailbox, tells):
    held_and_posted(company)
    tells(addresses=[ALL, "hr@example.com"])
    load, _ = ran(company)
    (mail,) = mailbox.take()
    assert mail.to == [ALL, "hr@example.com"]
    assert mail.subject == f"expense_sync {DAY}: 2 new to look at, 2 reports waiting"
    read = html.fromstring(mail.html).text_content()
    for part in (mail.text, " ".join(read.split())):
        for words in (
            "AP bill", "100.10 USD", "card transaction", "20.00 USD", "2 new to look at, 2 reports waiting", "104002", "50.00 USD",
            "already_reimbursed", "Who can act: accounts payable", "104003", "Bo Öst", "vendor_missing",
            "Who can act: Intacct administrator", "(0 days)", "To do: ",
        ):  # fmt: skip
            assert words in part, words
    assert {
        f"{BASE}/connector/expense_sync/loads/{load}", f"{BASE}/connector/expense_sync/reports/{report_id(2)}",
        f"{BASE}/connector/waiting",
    } <= links(mail)  # fmt: skip
    assert f"{BASE}/connector/expense_sync/reports/{report_id(3)}" in mail.text


def test_each_owner_gets_what_he_can_act_on_and_the_rest_is_in_the_report(company, mailbox, tells):
    held_and_posted(company)
    company.report(4, {"Amount": "9", "ReimAmount": "0", "PaymentCardName": "Unknown"})
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES], "Intacct administrator": [INTACCT, PAYABLES, ALL]})
    ran(company)
    mails = {tuple(mail.to): mail for mail in mailbox.take()}
    assert set(mails) == {(ALL,), (PAYABLES,), (INTACCT,)}
    told = {to: [code for code in ("104002", "104003", "104004") if code in mail.text] for (to,), mail in mails.items()}
    assert told == {ALL: ["104002", "104003", "104004"], PAYABLES: ["104002", "104003"], INTACCT: ["104003"]}
    digest = mails[INTACCT,]
    assert digest.subject == "For you (Intacct administrator): 1 new, 1 report in all"
    assert f"{BASE}/connector/waiting?desk=Intacct%20administrator" in links(digest)
    assert "1 report waits, 7.25 USD." in html.fromstring(digest.html).text_content()


def test_who_was_told_is_not_told_again_and_what_comes_back_is_news(company, mailbox, tells):
    held_and_posted(company)
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]})
    load, run = ran(company)
    assert len(mailbox.take()) == 2
    # The task is cleared, and the next run has nothing to do.
    reported(company, load, run)
    ran(company)
    assert mailbox.take() == []
    company.report(5, ("3", "3"), Reimbursed=True)
    ran(company)
    mails = {tuple(mail.to): mail for mail in mailbox.take()}
    assert set(mails) == {(ALL,), (PAYABLES,)}
    assert mails[PAYABLES,].subject == "For you (accounts payable): 1 new, 2 reports in all"
    new, old = mails[PAYABLES,].text.split("* ")[1:]
    assert ("104005" in new, "NEW" in new, "104002" in old, "NEW" in old) == (True, True, True, False)
    # It waits no more, and then again.
    company.sql("DELETE FROM ledger.open_item WHERE report_id = %s", report_id(5))
    reported(company, load, run)
    assert mailbox.take() == []
    ran(company)
    assert sorted(mail.to for mail in mailbox.take()) == [[ALL], [PAYABLES]]


def test_nothing_is_forgotten_when_the_mail_server_was_away(company, mailbox, server, tells):
    held_and_posted(company)
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]}, escalation={"days": 3, "addresses": [CHIEF]})
    server.unknown = {ALL, PAYABLES, CHIEF}
    load, run = company.plan()
    company.load(load, run)
    older(company, 3)
    reported(company, load, run)
    assert mailbox.take() == []
    server.unknown = {PAYABLES}
    ran(company)
    assert sorted(mail.to for mail in mailbox.take()) == [[ALL], [CHIEF]]
    server.unknown = set()
    ran(company)
    assert [mail.to for mail in mailbox.take()] == [[PAYABLES]]
    ran(company)
    assert mailbox.take() == []


def test_what_waits_for_long_is_escalated_once_and_anew_when_it_begins_anew(company, mailbox, tells):
    held_and_posted(company)
    tells(escalation={"days": 3, "addresses": [CHIEF]})
    load, run = ran(company)
    assert mailbox.take() == []
    older(company, 2)
    reported(company, load, run)
    assert mailbox.take() == []
    company.sql(
        "UPDATE ledger.open_item SET opened_at = opened_at - interval '1 day' WHERE report_id = %s", report_id(2)
    )
    for _ in range(2):
        reported(company, load, run)
    (mail,) = mailbox.take()
    assert mail.to == [CHIEF]
    assert mail.subject == "Waiting for 3 days or longer: 1 report"
    assert "104002" in mail.text
    assert "(3 days)" in mail.text
    assert "104003" not in mail.text
    older(company, 1, 3)
    ran(company)
    (mail,) = mailbox.take()
    assert ("104002" in mail.text, "104003" in mail.text) == (False, True)
    # It waited for something else meanwhile, which is no other wait; then it was settled, and waits again.
    company.sql("UPDATE ledger.open_item SET rule = 'old_date' WHERE report_id = %s", report_id(2))
    reported(company, load, run)
    assert mailbox.take() == []
    company.sql(
        "UPDATE ledger.open_item SET opened_at = opened_at + interval '1 hour' WHERE report_id = %s", report_id(2)
    )
    company.sql("UPDATE ledger.open_item SET opened_at = now() - interval '3 days' WHERE report_id = %s", report_id(2))
    reported(company, load, run)
    (mail,) = mailbox.take()
    assert "104002" in mail.text


def test_an_escalation_that_some_did_not_get_is_told_to_those_again_and_to_nobody_twice(
    company, mailbox, server, tells
):
    held_and_posted(company)
    tells(escalation={"days": 3, "addresses": [CHIEF, ALL]})
    server.unknown = {ALL}
    load, run = ran(company)
    older(company, 3, 2)
    for _ in range(2):
        reported(company, load, run)
    assert [mail.to for mail in mailbox.take()] == [[CHIEF]]
    server.unknown = set()
    older(company, 3, 3)
    reported(company, load, run)
    told = {mail.to[0]: mail.text for mail in mailbox.take()}
    assert {who: [code in text for code in ("104002", "104003")] for who, text in told.items()} == {
        CHIEF: [False, True],
        ALL: [True, True],
    }
    reported(company, load, run)
    assert mailbox.take() == []
    # What was told to all of them as one, before this version, is told to none of them again.
    company.sql("UPDATE ops.told SET audience = 'escalation' WHERE audience = %s", f"escalation {CHIEF}")
    company.sql("DELETE FROM ops.told WHERE audience = %s", f"escalation {ALL}")
    reported(company, load, run)
    assert mailbox.take() == []


WHEN = [
    # when, and whether it is told that something new waits, that something was posted, and that nothing happened
    ("always", (True, True, True)),
    ("something", (True, True, False)),
    ("trouble", (True, False, False)),
]


@pytest.mark.parametrize(("when", "told"), WHEN)
def test_when_the_report_is_mailed(company, mailbox, tells, when, told):
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]}, when=when)
    company.report(1, Reimbursed=True)
    ran(company)
    trouble = mailbox.take()
    company.report(2)
    ran(company)
    posted = mailbox.take()
    ran(company)
    nothing = mailbox.take()
    assert tuple([ALL] in [mail.to for mail in mails] for mails in (trouble, posted, nothing)) == told
    # As long as anything waits an owner is reminded each time, or else told once.
    assert [[PAYABLES] in [mail.to for mail in mails] for mails in (trouble, posted, nothing)] == (
        [True] * 3 if when == "always" else [True, False, False]
    )


def test_a_date_that_no_run_covered_is_trouble(company, mailbox, tells):
    tells(addresses=[ALL], when="trouble")
    load, run = company.plan(DAY - timedelta(days=2))
    company.load(load, run)
    ran(company)
    mail = mailbox.take()[-1]
    assert f"--from-date {DAY - timedelta(days=1)} --to-date {DAY - timedelta(days=1)}" in mail.text


def test_a_backfill_is_told_by_the_next_run_unless_each_of_its_runs_is_wanted(company, mailbox, tells):
    held_and_posted(company)
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]}, escalation={"days": 1, "addresses": [CHIEF]})
    load, run = company.plan()
    company.load(load, run)
    older(company, 2)
    reported(company, load, run, run_type="backfill")
    assert mailbox.take() == []
    ran(company, run_type="scheduled")
    assert sorted(mail.to for mail in mailbox.take()) == [[ALL], [CHIEF], [PAYABLES]]
    tells(addresses=[ALL], when="always", backfills=True)
    reported(company, load, run, run_type="backfill")
    assert [mail.to for mail in mailbox.take()] == [[ALL]]


def test_a_preview_tells_nobody(company, mailbox, tells):
    held_and_posted(company)
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]}, when="always", backfills=True)
    load, run = company.plan(preview=True)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    assert mailbox.take() == []


def test_without_names_no_mail_names_anybody(company, mailbox, tells):
    held_and_posted(company)
    company.report(6, ("5", "5"), EmployeeID="E-1008", FirstName="Carla", LastName="Menéndez")
    named = ("Ana", "Ruiz", "Bo Öst", "Carla", "Menéndez", "a.ruiz")
    owners = {"accounts payable": [PAYABLES], "Intacct administrator": [INTACCT]}
    for names in (True, False):
        company.sql("DELETE FROM ops.told")
        tells(addresses=[ALL], owners=owners, escalation={"days": 1, "addresses": [CHIEF]}, names=names)
        load, run = company.plan()
        company.load(load, run)
        older(company, 1)
        reported(company, load, run)
        mails = mailbox.take()
        assert len(mails) == 4
        said = "\n".join(part for mail in mails for part in (mail.subject, mail.text, mail.html))
        assert [name for name in named if name in said] == (
            ["Ana", "Ruiz", "Bo Öst", "Carla", "Menéndez"] if names else []
        )
        for code in ("104002", "104003", "104006", "already_reimbursed", "vendor_missing", "vendor_is_someone_else"):
            assert code in said
        assert "E-9" in said
        assert f"{BASE}/connector/expense_sync/reports/{report_id(3)}" in said


def test_the_morning_s_reconciliation_tells_where_the_books_differ_and_once(company, mailbox, tells, context):
    company.report(1)
    tells(addresses=[ALL], owners={"accounts payable": [PAYABLES]}, when="trouble")
    ran(company)
    (record,) = company.sandbox.state("intacct", "APBILL")
    company.sandbox.act(
        "edit_document", object="APBILL", record=record["RECORDNO"], line=1, line_changes={"ACCOUNTNO": "6300"}
    )
    mailbox.take()
    for told in (True, False):
        run = context(run_id=f"morning-{told}", period_start=str(DAY), period_end=str(DAY))
        run["dag_run"].dag_id = "reconciliation"
        load = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(run)
        ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
        reported(company, load, run)
        mails = {tuple(mail.to): mail for mail in mailbox.take()}
        assert set(mails) == ({(ALL,), (PAYABLES,)} if told else set())
        if told:
            assert mails[ALL,].subject.endswith(": 1 new to look at, 1 finding waiting")
            assert "Reports that wait" not in mails[ALL,].text
        for mail in mails.values():
            assert "altered" in mail.text
            assert "account 6300 instead of 6220" in mail.text
            assert "accept it as posted" in mail.text


def test_a_red_books_agree_is_one_mail_and_what_waits_for_long_there_is_escalated_once(
    company, mailbox, tells, context
):
    """The task fails, and the report of the same run names the findings; days later those above are told, once."""
    company.report(1)
    ran(company)
    (record,) = company.sandbox.state("intacct", "APBILL")
    change = {"object": "APBILL", "record": record["RECORDNO"], "line": 1}
    company.sandbox.act("edit_document", **change, line_changes={"ACCOUNTNO": "6300"})
    tells(addresses=[ALL], escalation={"days": 3, "addresses": [CHIEF]})

    def morning(name):
        """A run of the DAG `reconciliation`, with what Airflow calls when its task fails; gives the mails."""
        run = context(run_id=f"morning {name}", period_start=str(DAY), period_end=str(DAY))
        run["dag_run"].dag_id = "reconciliation"
        load = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(run)
        ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
        try:
            BooksAgreeOperator(task_id="books_agree", load_id=load).execute(run)
        except BooksDiffer as error:
            FailureNotifier()(failed("books_agree", error, run_id=run["run_id"]))
        reported(company, load, run)
        return [(mail.to, mail) for mail in mailbox.take()]

    ((to, report),) = morning(1)
    assert (to, "altered" in report.text) == ([ALL], True)
    assert morning(2) == [], "nobody is told twice"
    company.sql("UPDATE ops.told SET told_at = told_at - interval '3 days'")
    ((to, escalated),) = morning(3)
    assert (to, escalated.subject) == ([CHIEF], "Waiting for 3 days or longer: 1 other")
    assert "(3 days)" in escalated.text
    assert f"{BASE}/connector/reconciliation" in links(escalated)
    assert morning(4) == []
    # Put right and altered once more, its days begin anew.
    company.sandbox.act("edit_document", **change, line_changes={"ACCOUNTNO": "6220"})
    assert morning(5) == []
    company.sandbox.act("edit_document", **change, line_changes={"ACCOUNTNO": "6300"})
    assert [to for to, _ in morning(6)] == [[ALL]]
    company.sql("UPDATE ops.told SET told_at = told_at - interval '3 days'")
    assert [to for to, _ in morning(7)] == [[CHIEF]]


@pytest.mark.parametrize(
    ("task", "error", "mailed"), [("books_agree", BooksDiffer("The books differ."), 0), ("reconcile", None, 1)]
)
def test_a_task_that_failed_beside_the_report_is_told_as_before_when_the_run_ends(
    company, mailbox, tells, task, error, mailed
):
    tells(addresses=[ALL], when="trouble")
    FailureNotifier()(failed(task, error))
    ran(company)
    FailureNotifier()(failed(task, None, reason="task_failure"))
    assert len(mailbox.take()) == mailed


def test_what_another_run_strikes_off_meanwhile_is_told_all_the_same(company, mailbox, tells, context, monkeypatch):
    """Findings are met by every run of expenses, and struck off by the one that no more finds them."""
    company.report(1)
    ran(company)
    (record,) = company.sandbox.state("intacct", "APBILL")
    change = {"object": "APBILL", "record": record["RECORDNO"], "line": 1}
    company.sandbox.act("edit_document", **change, line_changes={"ACCOUNTNO": "6300"})
    tells(addresses=[ALL])
    run = context(run_id="morning", period_start=str(DAY), period_end=str(DAY))
    run["dag_run"].dag_id = "reconciliation"
    load = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    monkeypatch.setattr(telling.told, "met", lambda *_: {})
    reported(company, load, run)
    (mail,) = mailbox.take()
    assert "altered" in mail.text


def test_whatever_goes_wrong_with_telling_the_run_goes_on(company, mailbox, tells, caplog):
    held_and_posted(company)
    tells(addresses=[ALL])
    load, run = company.plan()
    company.load(load, run)
    company.sql("ALTER TABLE ops.told RENAME TO told_elsewhere")
    try:
        assert reported(company, load, run)["reports"] == 2
    finally:
        company.sql("ALTER TABLE ops.told_elsewhere RENAME TO told")
    assert "The report of this run was not mailed." in caplog.text
    assert mailbox.take() == []


def test_many_are_cut_and_the_page_has_the_rest(company, mailbox, tells):
    company.report(1, Reimbursed=True)
    tells(addresses=[ALL], owners={"Intacct administrator": [INTACCT]})
    load, run = company.plan()
    company.load(load, run)
    company.sql(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, label, state, rule, reason, source_hash, load_id)
        SELECT 'sandbox', 'm' || n, 'approval code m' || n || ' (Many)', 'held', 'closed_period', 'x', 'h', %s
        FROM generate_series(1, 300) n
        """,
        load,
    )
    reported(company, load, run)
    mails = {tuple(mail.to): mail for mail in mailbox.take()}
    assert mails[ALL,].subject.endswith("301 new to look at, 301 reports waiting")
    assert mails[INTACCT,].subject == "For you (Intacct administrator): 300 new, 300 reports in all"
    assert "And 250 more" in mails[INTACCT,].text
    assert "And 251 more" in mails[ALL,].text
    assert len(mails[ALL,].html) < 100_000, "what is longer, mail programs cut"
