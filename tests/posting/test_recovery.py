"""Documents in doubt are settled by looking; what is sent again is sent only where and as long as that was shown to be safe."""

from __future__ import annotations

import json
import os
import time

import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConnectorError
from certify_intacct.posting import requests
from certify_intacct.posting.posting_run import PostingRun
from certify_intacct.posting.recheck import Recheck
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.replayer import Replayer
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.posting.sender import DocumentSender
from certify_intacct.rules.expenses import identity
from certify_intacct.staging.database import Database
from include.chaos.wire import ANSWERED, Wire
from tests.expense_company import DAY, Company, report_id

FIRST, SECOND, THIRD, FOURTH = (f"{identity.token('sandbox', report_id(number))}-1-001B" for number in range(1, 5))


def settle(company: Company) -> None:
    """What every run does before and after its own work."""
    database, hook, certify = Database(company.database.loader_url), SageIntacctHook(), CertifyHook()
    with ReportLocks(database, "SANDBOX", load_id=1) as locks:
        run = PostingRun(
            hook=hook, database=database, configuration=load(company.config), load_id=1, run_id="settling", actor=""
        )
        recovery = Recovery(run, locks=locks, replayer=Replayer(run, recheck=Recheck(certify), locks=locks))
        recovery.settle()
        recovery.settle_again(time.sleep)
    hook.close()
    certify.close()


def old_bill(number: str) -> dict:
    """A bill as one run of long ago has posted it."""
    return {
        "RECORDID": number, "DOCNUMBER": number[:11], "VENDORID": "E-1007", "CURRENCY": "USD", "TRX_TOTALENTERED": "100.10",
        "STATE": "Posted", "WHENCREATED": "01/01/2026",
        "APBILLITEMS": [{"ACCOUNTNO": "6220", "LOCATIONID": "100", "TRX_AMOUNT": "100.10"}],
    }  # fmt: skip


def lost(company: Company, kind: str, number: int = 2) -> None:
    """The first report is posted; the answer to the next one is lost, and not looked for within its run."""
    company.report(1)
    company.sandbox.load("intacct", "APBILL", [old_bill(FIRST)])
    assert company.sync() == {"already": 1}
    company.report(number)
    company.sandbox.fault(side="intacct", match="create", kind=kind, times=1)


def document(company: Company, number: str = SECOND) -> dict:
    (row,) = company.sql("SELECT * FROM ledger.document WHERE number = %s", number)
    return row


def test_a_replay_that_was_provably_not_executed_does_not_count(company):
    company.replays_are_refused()
    lost(company, "drop_before")
    assert company.sync() == {"in_doubt": 1}
    company.sandbox.fault(side="intacct", match="create", kind="http_429", times=5)
    for _ in range(6):
        settle(company)
        if document(company)["state"] == "in_gl":
            break
    sends = company.sql("SELECT 1 FROM ledger.event WHERE number = %s AND after_state = 'sending'", SECOND)
    assert len(sends) > 4, "each send has left its event"
    company.sandbox.clear_faults()
    settle(company)
    assert (document(company)["state"], document(company)["attempts"]) == ("accepted", 2)
    assert company.posted() == sorted([FIRST, SECOND])


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ({"action": "unprocess"}, "no longer shows the report as processed"),
        ({"action": "edit_report", "changes": {"Reimbursed": True}}, "already reimbursed"),
        (
            {"action": "edit_report", "line_changes": {"ExpenseCategoryGLCode": "6300"}},
            "category_gl_code: '6220' became '6300'",
        ),
    ],
)
def test_what_changed_in_certify_meanwhile_is_not_sent_again(company, act, words):
    company.replays_are_refused()
    lost(company, "drop_before")
    assert company.sync() == {"in_doubt": 1}
    company.sandbox.act(**act, report=report_id(2))
    settle(company)
    settle(company)
    assert document(company)["state"] == "held"
    assert words in document(company)["message"]
    assert company.posted() == [FIRST]


def test_one_answer_that_lacks_the_report_does_not_mean_that_it_is_no_longer_processed(company):
    """It would be held for a person, though nobody has changed anything (a storm, seed 61001)."""
    company.replays_are_refused()
    lost(company, "drop_before")
    assert company.sync() == {"in_doubt": 1}
    company.sandbox.fault(side="certify", match="GET expensereports/{id}", kind="missing_result", times=1)
    settle(company)
    settle(company)
    assert company.sandbox.faults()["fired"], "the answer lacked the report"
    assert document(company)["state"] == "accepted", document(company)["message"]
    assert company.posted() == sorted([FIRST, SECOND])


@pytest.mark.parametrize("senders", [1, 2])
def test_nothing_more_is_sent_while_intacct_answers_no_question(company, monkeypatch, senders):
    """Each sender loses one answer at most."""
    once = {"batch_size": 1, "late_commit_minutes": 0, "absence_checks_minutes_apart": 0}
    company.configure(sending={**once, "requests_at_once": senders})
    for number in range(1, 5):
        company.report(number)
    load_id, run = company.plan()
    company.sandbox.fault(side="intacct", match="create", kind="http_524_after_commit", times=1)
    wire = Wire(int(company.sandbox.url.rpartition(":")[2]), lanes=1)
    wire.arm(0, ANSWERED, lambda: company.sandbox.fault(side="intacct", match="*", kind="http_503_html", times=None))
    direct = os.environ["AIRFLOW_CONN_SAGE_INTACCT_DEFAULT"]
    relayed = json.loads(direct.replace(company.sandbox.url, f"http://127.0.0.1:{wire.ports[0]}"))
    relayed["extra"] |= {"attempts": 1}
    with monkeypatch.context() as changed:
        changed.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", json.dumps(relayed))
        with pytest.raises(ConnectorError):
            company.load(load_id, run)
    wire.close()
    states = company.states()
    assert 1 <= states.pop("in_doubt") <= senders
    assert states == {} or (senders == 2 and states == {"accepted": 1}), (
        "the other's request may have been answered before"
    )
    company.sandbox.clear_faults()
    company.load(load_id, run)
    company.sync()
    posted = company.posted()
    assert len(posted) == len(set(posted)) == company.states()["in_gl"]
    # What the other one sent was not executed, and nobody has shown that it may be sent again.
    assert company.states().get("held", 0) == 4 - len(posted) < senders


def test_lost_answers_count(company):
    company.replays_are_refused()
    lost(company, "drop_before")
    company.sync()
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=None)
    for _ in range(6):
        settle(company)
    assert document(company)["state"] == "held"
    assert "sent 3 times" in document(company)["message"]


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"replay_errorno": "BL01001973", "replay_text": "Nothing doing."},
        {"replay_errorno": "BL34000061", "replay_text": "Another record with the given value already exists"},
    ],
)
def test_what_was_executed_and_cannot_be_seen_is_held_and_adopted_when_it_shows(company, words):
    company.replays_are_refused()
    lost(company, "drop_after_commit")
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 3600}}, **words)
    company.sync()
    settle(company)
    settle(company)
    assert document(company)["state"] == "held"
    assert "carried out before" in document(company)["message"]
    company.sandbox.settings(visibility_delay_seconds={})
    company.sync()
    assert document(company)["state"] == "in_gl"
    company.sync()
    assert company.open_items() == {}
    assert company.posted() == sorted([FIRST, SECOND])


def test_after_a_weekend_nothing_is_sent_again_on_an_unproven_assumption(company):
    """The memory of control IDs has faded, the bill is not to be seen yet: whoever replays posts twice."""
    company.replays_are_refused(minutes=0)
    company.sandbox.settings(replay_retention_seconds=0.001)
    lost(company, "drop_after_commit")
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 3600}})
    company.sync()
    settle(company)
    assert document(company)["state"] == "held"
    assert "verify_company" in document(company)["message"]
    company.sandbox.settings(visibility_delay_seconds={})
    settle(company)
    assert document(company)["state"] == "accepted"
    assert company.posted() == sorted([FIRST, SECOND])


def test_the_age_is_asked_after_certify_has_answered(company):
    """The first look is in time, and Certify takes so long to answer that the replay would not be."""
    company.fact("replay_refused", "true")
    lost(company, "drop_before")
    company.configure(sending={"late_commit_minutes": 60})
    assert company.sync() == {"in_doubt": 1}
    company.configure()
    (since,) = company.sql(
        "SELECT extract(epoch FROM clock_timestamp() - last_sent_at) AS seconds FROM ledger.document WHERE state = 'in_doubt'"
    )
    company.fact("replay_refused_minutes", str((since["seconds"] + 6) / 60))
    company.sandbox.fault(side="certify", match="expensereports", kind="slow", seconds=8, times=None)
    settle(company)
    settle(company)
    assert document(company)["state"] == "held"
    assert "first sent" in document(company)["message"]
    assert company.posted() == [FIRST]


def test_a_fact_without_its_minutes_is_worth_as_much_as_was_waited_for(company):
    company.fact("replay_refused", "true")
    lost(company, "drop_before")
    company.sync()
    settle(company)
    assert document(company)["state"] == "held"
    assert "for 0 minutes only" in document(company)["message"]


def test_a_held_document_that_turns_up_later_is_adopted_without_a_person(company):
    lost(company, "drop_before")
    company.sync()
    settle(company)
    assert document(company)["state"] == "held"
    assert company.open_items() == {report_id(2): "held"}
    line = {"ACCOUNTNO": "6220", "LOCATIONID": "100", "DEPARTMENTID": "30", "TRX_AMOUNT": "100.10"}
    late = old_bill(SECOND) | {"WHENCREATED": f"{DAY:%m/%d/%Y}", "APBILLITEMS": [line]}
    company.sandbox.load("intacct", "APBILL", [late])
    settle(company)
    assert document(company)["state"] == "accepted"
    assert company.open_items() == {report_id(2): "found"}
    assert company.sync() == {}
    assert company.open_items() == {}
    assert company.posted() == sorted([FIRST, SECOND])


def test_a_held_document_that_differs_waits_on(company):
    lost(company, "drop_before")
    company.sync()
    settle(company)
    company.sandbox.load("intacct", "APBILL", [old_bill(SECOND) | {"TRX_TOTALENTERED": "7.00"}])
    settle(company)
    assert document(company)["state"] == "held"
    assert "7.00 instead of 100.10" in document(company)["message"]


def test_a_bill_in_doubt_that_somebody_renumbered_is_not_sent_again(company):
    company.replays_are_refused()
    company.sandbox.settings(replay_retention_seconds=0.001)
    lost(company, "drop_before")
    company.sync()
    company.sandbox.load("intacct", "APBILL", [old_bill(SECOND) | {"RECORDID": "2026-17"}])
    settle(company)
    settle(company)
    assert document(company)["state"] == "held"
    assert "2026-17" in document(company)["message"]
    assert len(company.posted()) == 2


def test_what_cannot_be_looked_for_stops_nothing_else(company):
    company.report(1, ("20", "0"))
    company.sandbox.fault(side="intacct", match="record_cctransaction", kind="drop_before", times=1)
    company.sync()
    assert company.states() == {"in_doubt": 1}
    company.sandbox.settings(permissions_denied={"*": {"CCTRANSACTION": ["READ_BY_QUERY"]}})
    company.report(2)
    assert company.sync() == {"applied": 1}
    assert company.states() == {"in_doubt": 1, "in_gl": 1}
    (item,) = company.sql("SELECT state, reason FROM ledger.open_item")
    assert item["state"] == "in_doubt"
    assert "could not be looked for" in item["reason"]
    locks = "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory'"
    assert company.sql(f"{locks} AND datname = current_database()") == []


def test_half_of_a_request_whose_turn_never_came_is_not_in_doubt(company, monkeypatch):
    for number in (2, 3, 4):
        company.report(number)
    honest, halve = requests.function_of, DocumentSender._halve

    def broken(item, revision):
        function = honest(item, revision)
        xml = function.xml.replace(b"create>", b"creator>") if item.number == THIRD else function.xml
        return type(function)(control_id=function.control_id, xml=xml, name=function.name, writes=True)

    def while_intacct_goes_away(self, session, batch):
        company.sandbox.fault(side="intacct", match="create", kind="gw_0001", times=None)
        halve(self, session, batch)

    with monkeypatch.context() as patch:
        patch.setattr("certify_intacct.posting.claims.function_of", broken)
        patch.setattr(DocumentSender, "_halve", while_intacct_goes_away)
        with pytest.raises(ConnectorError):
            company.sync()
    assert company.states() == {"rejected": 3}


def test_an_answer_that_comes_after_another_run_has_settled_the_document(company, monkeypatch):
    """PostgreSQL restarts while Intacct works: the lock is gone, the next run finds the bill, and then our answer comes."""
    company.report(2)
    honest = DocumentSender._patiently

    def overtaken(self, session, batch):
        results = honest(self, session, batch)
        with company.loader() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        settle(company)
        company.reconcile()
        return results

    plan = company.plan()
    with monkeypatch.context() as patch:
        patch.setattr(DocumentSender, "_patiently", overtaken)
        assert company.load(*plan) == {"applied": 1, "found_after_lost_answer": 1}
    assert company.states() == {"in_gl": 1}
    assert company.posted() == [SECOND]


def test_a_user_who_lost_a_right_has_not_seen_a_deletion(company):
    """In the ledger, deleted is for ever, and a person may then post again: what nobody can see is not deleted."""
    company.configure(posting_entity="entity")
    company.report(1)
    company.sync()
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 3600}})
    company.reconcile()
    assert company.states() == {"in_gl": 1}


def test_what_was_taken_for_deleted_and_stands_is_not_posted_again(company):
    mine = company.report(1, ("100.10", "100.10"), ("20", "0"))
    company.sync()
    before = company.posted()
    company.sql("UPDATE ledger.document SET state = 'deleted'")
    company.sync()
    assert company.held() == {mine: {"post_again"}}
    company.decide(mine)
    assert company.sync() == {"held": 1}
    assert company.posted() == before


def test_lines_that_certify_does_not_give_just_now_hold_nothing_that_may_be_sent_again(company):
    company.replays_are_refused()
    lost(company, "drop_before")
    assert company.sync() == {"in_doubt": 1}
    company.sandbox.fault(side="certify", match="GET expensereports/{id}/expenses", kind="http_400", times=100)
    for _ in range(3):
        settle(company)
    assert document(company)["state"] == "in_doubt"
    company.sandbox.clear_faults()
    for _ in range(2):
        settle(company)
    assert document(company)["state"] in ("accepted", "in_gl")
    assert company.posted() == sorted([FIRST, SECOND])
