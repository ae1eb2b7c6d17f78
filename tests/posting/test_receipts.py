"""Receipts become files of attachments in a task of their own: each once, and no posting waits for them or fails by them."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
from typing import Any

import pytest

from certify_intacct.model.errors import ConnectorError, GuardTripped, ServiceUnavailable
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.staging.database import Database
from tests.expense_company import Company, report_id
from tests.security.edited import Edit, edited
from tests.security.test_hostile_rows import certify  # noqa: F401 - a fixture
from tests.transport.replay import Asked, Reply

COVER = "Cover sheet"


def reports_with_receipts(company: Company, reports: int, receipts: int = 1) -> None:
    """Reports that can be posted, numbered from 1; receipt ``r-2-1`` is the first of the second."""
    for number in range(1, reports + 1):
        ids = [f"r-{number}-{one}" for one in range(1, receipts + 1)]
        company.report(number, *({"Amount": "10", "ReimAmount": "10", "ReceiptID": one} for one in ids))
        for one in ids:
            company.receipt("x", one)


def files(company: Company) -> dict[str, list[str]]:
    """Names of the files of each attachment in Intacct, by the report's number."""
    rows = company.sql("SELECT DISTINCT token, report_id FROM ledger.document")
    reports = {row["token"]: row["report_id"] for row in rows}
    return {
        reports[record["SUPDOCID"]]: sorted(_without_mark(file["attachmentname"]) for file in record["ATTACHMENTS"])
        for record in company.sandbox.state("intacct", "SUPDOC")
    }


def _without_mark(name: str) -> str:
    return name.rpartition("-")[0] or name


def posted_without_receipts(company: Company) -> tuple[int, dict[str, Any]]:
    """Posts what there is; the task that attaches receipts has not run."""
    from certify_intacct.operators.staging_to_intacct import StagingToIntacctOperator

    load, run = company.plan()
    StagingToIntacctOperator(task_id="load_intacct", load_id=load).execute(run)
    return load, run


def told(company: Company) -> list[str]:
    """What the newest load tells people of receipts."""
    rows = company.sql(
        "SELECT reason FROM ops.alarm WHERE rule = 'receipt' AND load_id = (SELECT max(load_id) FROM ops.load)"
    )
    return [row["reason"] for row in rows]


def test_documents_point_to_their_attachment_before_it_has_a_file(company):
    reports_with_receipts(company, 2, receipts=2)
    company.sandbox.clear_calls()
    load, run = posted_without_receipts(company)
    assert company.states() == {"in_gl": 2}
    assert files(company) == {report_id(1): [], report_id(2): []}
    attachments = {record["SUPDOCID"] for record in company.sandbox.state("intacct", "SUPDOC")}
    assert {bill["SUPDOCID"] for (bill,) in company.bills().values()} == attachments
    assert company.sandbox.calls()["certify"].get("GET receipts", {}).get("calls", 0) == 0
    assert company.attach(load, run) == {"attached": 4}
    assert files(company) == {report_id(number): [f"r-{number}-1", f"r-{number}-2"] for number in (1, 2)}
    assert company.attach(load, run) == {}


def test_attachments_of_many_reports_are_one_request(company):
    reports_with_receipts(company, 7)
    company.sandbox.clear_calls()
    load, run = posted_without_receipts(company)
    company.attach(load, run)
    calls = company.sandbox.calls()["intacct"]
    assert (calls["create_supdoc SUPDOC"]["calls"], calls["update_supdoc SUPDOC"]["calls"]) == (7, 7)
    assert company.sql("SELECT count(DISTINCT made_at) AS n FROM ledger.attachment") == [{"n": 1}]


@pytest.mark.parametrize("answer", ["refuse", "schema"])
def test_where_an_attachment_wants_a_file_it_gets_a_cover_sheet(company, answer):
    company.sandbox.settings(empty_attachment=answer)
    reports_with_receipts(company, 3)
    assert company.sync() == {"applied": 3}
    assert company.states() == {"in_gl": 3}
    assert files(company) == {report_id(number): [COVER, f"r-{number}-1"] for number in (1, 2, 3)}
    (record, *_) = company.sandbox.state("intacct", "SUPDOC")
    cover = next(file for file in record["ATTACHMENTS"] if file["attachmentname"] == COVER)
    assert "receipts of expense report" in base64.b64decode(cover["attachmentdata"]).decode()
    # What was learnt is known to the next run, which asks for nothing that is refused.
    company.report(4, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-4-1"})
    company.receipt("x", "r-4-1")
    company.sandbox.clear_calls()
    company.sync()
    assert company.sandbox.calls()["intacct"]["create_supdoc SUPDOC"]["calls"] == 1
    assert files(company)[report_id(4)] == [COVER, "r-4-1"]


def test_that_an_attachment_is_there_already_says_nothing_about_empty_ones(company):
    """A company that says of a second one that its files are missing, and a ledger that does not know of the first."""
    reports_with_receipts(company, 2)
    posted_without_receipts(company)
    company.sql("DELETE FROM ledger.attachment")
    company.forget_everything_but_the_deployment()
    company.sandbox.settings(empty_attachment="refuse")
    company.sync()
    assert company.states() == {"in_gl": 2}
    assert company.sql("SELECT 1 FROM ledger.company_fact WHERE name = 'empty_attachments'") == []
    assert files(company) == {report_id(1): ["r-1-1"], report_id(2): ["r-2-1"]}


def test_an_attachment_whose_files_are_too_much_for_an_answer_is_there(company, monkeypatch):
    company.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1-1"})
    company.receipt("x", "r-1-1", b"\x89PNG\r\n\x1a\n" + b"x" * 2_000_000)
    company.sync()
    company.sql("DELETE FROM ledger.attachment")
    company.forget_everything_but_the_deployment()
    company.sandbox.settings(empty_attachment="refuse")
    name = "AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"
    content = json.loads(os.environ[name])
    content["extra"] |= {"max_answer_bytes": 1_000_000}
    monkeypatch.setenv(name, json.dumps(content))
    company.sync()
    assert company.states() == {"in_gl": 1}
    assert files(company) == {report_id(1): ["r-1-1"]}


@pytest.mark.parametrize("cure", ["right", "setting"])
def test_an_attachment_that_cannot_be_made_holds_its_documents_until_one_of_the_cures_that_it_names(company, cure):
    reports_with_receipts(company, 1)
    company.report(2)
    company.sandbox.settings(permissions_denied={"*": {"SUPDOC": ["CREATE"]}})
    assert company.sync() == {"applied": 1, "held": 1}
    (held,) = company.sql("SELECT message FROM plan.change_result WHERE result = 'held'")
    assert "attachment for its receipts could not be made" in held["message"]
    assert company.open_items() == {report_id(1): "held"}
    if cure == "right":
        company.sandbox.settings(permissions_denied={})
    else:
        company.configure(receipts={"attach": False})
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}
    assert files(company) == ({report_id(1): ["r-1-1"]} if cure == "right" else {})


@pytest.mark.parametrize("again", ["refuse", "accept"])
@pytest.mark.parametrize("kind", ["drop_after_commit", "partial_commit", "http_500", "drop_before"])
@pytest.mark.parametrize("function", ["create_supdoc", "update_supdoc"])
def test_what_lost_its_answer_is_attached_once(company, function, kind, again):
    company.sandbox.settings(duplicate_attachment_file=again)
    reports_with_receipts(company, 3, receipts=2)
    company.sandbox.fault(side="intacct", match=function, kind=kind, times=1)
    for _ in range(3):
        with contextlib.suppress(ConnectorError):
            company.sync()
    assert company.states() == {"in_gl": 3}
    assert files(company) == {report_id(number): [f"r-{number}-1", f"r-{number}-2"] for number in (1, 2, 3)}
    assert company.sql("SELECT 1 FROM ledger.open_receipt") == []


def test_what_may_still_be_carried_out_is_not_sent_again_before_its_time(company):
    """Intacct may take its time: a file that is sent meanwhile would be there twice."""
    company.configure(sending={"late_commit_minutes": 30})
    company.sandbox.settings(duplicate_attachment_file="accept")
    reports_with_receipts(company, 1)
    load, run = posted_without_receipts(company)
    company.sandbox.fault(side="intacct", match="update_supdoc", kind="drop_before", times=1)
    assert company.attach(load, run) == {"waiting": 1}
    assert company.attach(load, run) == {"waiting": 1}
    assert files(company) == {report_id(1): []}
    company.sql("UPDATE ledger.open_receipt SET sent_at = sent_at - interval '31 minutes'")
    assert company.attach(load, run) == {"attached": 1}
    assert files(company) == {report_id(1): ["r-1-1"]}


def not_given(receipt: str, *, status: int) -> Edit:
    """Certify answers the question for a receipt with an error."""

    def edit(asked: Asked, text: str) -> str | Reply:
        return Reply(b"", status) if asked.path.endswith(f"/receipts/{receipt}") else text

    return edit


def test_a_receipt_that_certify_does_not_give_fails_neither_the_posting_nor_the_others(company, certify):  # noqa: F811
    reports_with_receipts(company, 3)
    with edited(company.sandbox.url, not_given("r-2-1", status=500)) as server:
        certify(server.url)
        assert company.sync() == {"applied": 3}
        assert company.states() == {"in_gl": 3}
        assert company.open_items() == {}
        assert files(company) == {report_id(1): ["r-1-1"], report_id(2): [], report_id(3): ["r-3-1"]}
        (said,) = told(company)
        assert "Receipt r-2-1 could not be attached yet" in said
    certify(company.sandbox.url)
    company.sync()
    assert files(company)[report_id(2)] == ["r-2-1"]
    assert told(company) == []


def test_an_outage_of_certify_ends_the_task_and_the_next_try_goes_on_from_there(company, certify):  # noqa: F811
    certify(company.sandbox.url)
    reports_with_receipts(company, 30)
    company.configure(sending={"batch_size": 4})
    load, run = posted_without_receipts(company)
    company.sandbox.fault(side="certify", match="receipts", kind="http_503_html", times=None, skip=12)
    with pytest.raises(ServiceUnavailable):
        company.attach(load, run)
    done = sum(map(len, files(company).values()))
    assert 4 <= done <= 12
    company.sandbox.clear_faults()
    assert company.attach(load, run) == {"attached": 30 - done}
    assert set(itertools.chain(*files(company).values())) == {f"r-{number}-1" for number in range(1, 31)}


@pytest.mark.parametrize("security", [{}, {"DISABLEEDIT": "true", "DISABLEDELETE": "true"}], ids=["off", "on"])
def test_late_receipts_come_with_the_run_that_reads_their_report_again(company, security):
    """Global transaction security lets nobody edit what is posted: the attachment gets a file more, and no transaction is touched."""
    if security:
        company.sandbox.load("intacct", "AFRSETUP", [security])
    line = {"Amount": "10", "ReimAmount": "10"}
    company.report(1, line | {"ReceiptID": "r-1-1"}, line)
    company.receipt("x", "r-1-1")
    company.sync()
    company.sandbox.act("late_receipt", report=report_id(1))
    company.sync()
    (names,) = files(company).values()
    assert (len(names), told(company)) == (2, [])


def test_what_is_reversed_before_its_receipt_came_gets_it_when_it_is_posted_again(company):
    """Nothing stands that it would prove; the attachment is the report's, so the bill that follows points to it too."""
    reports_with_receipts(company, 1)
    load, run = posted_without_receipts(company)
    ((bill,),) = company.bills().values()
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    company.reconcile()
    assert company.attach(load, run) == {}
    company.sync()
    assert files(company) == {report_id(1): []}
    assert told(company) == []
    company.decide(report_id(1))
    assert company.sync() == {"applied": 1}
    assert files(company) == {report_id(1): ["r-1-1"]}
    assert {one["SUPDOCID"] for of_number in company.bills().values() for one in of_number} == {bill["SUPDOCID"]}


@pytest.mark.parametrize("attachments", ["with_receipts", "always"])
def test_a_first_receipt_that_comes_after_the_posting_needs_an_attachment_that_is_there(company, attachments):
    company.configure(receipts={"attachments": attachments})
    company.report(1)
    company.sync()
    company.sandbox.act("late_receipt", report=report_id(1))
    company.sync()
    assert [len(names) for names in files(company).values()] == ([1] if attachments == "always" else [])


def test_what_another_task_attaches_just_now_is_left_to_it(company):
    reports_with_receipts(company, 2)
    load, run = posted_without_receipts(company)
    (first, _) = company.sql("SELECT token FROM ledger.document ORDER BY report_id")
    with ReportLocks(Database(company.database.loader_url), "SANDBOX", load_id=load, work="receipts") as other:
        assert other.take([first["token"]])
        assert company.attach(load, run) == {"attached": 1, "waiting": 1}
    assert company.attach(load, run) == {"attached": 1}


def test_posting_and_attaching_receipts_of_one_report_do_not_wait_for_each_other(company):
    reports_with_receipts(company, 1)
    load, run = posted_without_receipts(company)
    (row,) = company.sql("SELECT token FROM ledger.document")
    with ReportLocks(Database(company.database.loader_url), "SANDBOX", load_id=load) as posting:
        assert posting.take([row["token"]])
        assert company.attach(load, run) == {"attached": 1}


def test_who_was_told_of_a_receipt_for_thirty_days_is_told_no_more(company, certify):  # noqa: F811
    reports_with_receipts(company, 1)
    with edited(company.sandbox.url, not_given("r-1-1", status=500)) as server:
        certify(server.url)
        company.sync()
        company.sync()
        assert len(told(company)) == 1
        company.sql("UPDATE ledger.open_receipt SET since = since - interval '31 days'")
        company.sync()
        (said,) = told(company)
        assert "not available for 30 days" in said
        company.sync()
    assert told(company) == []
    assert company.sql("SELECT 1 FROM ledger.open_receipt") == []


def test_nothing_is_attached_while_posting_is_stopped(company):
    reports_with_receipts(company, 1)
    load, run = posted_without_receipts(company)
    company.configure(stopped=True)
    with pytest.raises(GuardTripped, match="stopped"):
        company.attach(load, run)
    assert files(company) == {report_id(1): []}
    company.configure(stopped=False)
    assert company.attach(load, run) == {"attached": 1}


def test_a_document_that_was_refused_gets_no_receipts_before_it_is_posted(company):
    reports_with_receipts(company, 1)
    company.sandbox.settings(permissions_denied={"*": {"APBILL": ["CREATE"]}})
    assert company.sync() == {"rejected": 1}
    assert [record["ATTACHMENTS"] for record in company.sandbox.state("intacct", "SUPDOC")] == [[]]
    company.sandbox.settings(permissions_denied={})
    assert company.sync() == {"applied": 1}
    assert files(company) == {report_id(1): ["r-1-1"]}


@pytest.mark.parametrize("long_texts", ["accept", "refuse"])
def test_a_receipt_of_many_megabytes_keeps_no_other_back_where_it_is_refused(company, long_texts):
    """Whether Intacct takes a text of ten million characters, which a file of 7.5 MB is, nobody publishes."""
    large = base64.b64encode(b"x" * 8_000_000).decode()
    company.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1-1"})
    company.report(2, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-2-1"})
    company.sandbox.load("certify", "receipts", [{"ID": "r-1-1", "Filename": "r-1-1.png", "ReceiptImage": large}])
    company.receipt("x", "r-2-1")
    company.sandbox.settings(long_texts=long_texts)
    company.sync()
    taken = ["r-1-1"] if long_texts == "accept" else []
    assert files(company) == {report_id(1): taken, report_id(2): ["r-2-1"]}
    assert len(told(company)) == (0 if taken else 1)
