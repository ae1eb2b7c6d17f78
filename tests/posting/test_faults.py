"""Whatever happens to a request that posts: each document is in Intacct once, or a person knows about it."""

from __future__ import annotations

import contextlib
import threading

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.posting import requests
from certify_intacct.posting.sender import DocumentSender
from certify_intacct.rules.expenses import identity
from tests.expense_company import Company, report_id

EVERYTHING = [f"{identity.token('sandbox', report_id(number))}-1-001B" for number in range(1, 5)]


def start(company: Company) -> None:
    """One report is posted already; three more wait."""
    company.replays_are_refused()
    company.report(1)
    company.sync()
    for number in range(2, 5):
        company.report(number)


def until_settled(company: Company, runs: int = 5) -> None:
    """Runs until nothing is left open."""
    for _ in range(runs):
        company.sync()
        if not company.open_items():
            return


@pytest.mark.parametrize(
    "kind",
    [
        "drop_after_commit", "http_524_after_commit", "partial_commit", "missing_result", "shuffle_results", "truncate_body",
        "malformed_xml", "html_200", "drop_before", "http_500", "http_502_html", "http_503_html", "http_429", "http_400", "http_401",
        "http_403", "gw_0001", "rate_limit_text", "service_offline", "session_expired",
    ],
)  # fmt: skip
def test_a_fault_while_posting(company, kind):
    start(company)
    company.sandbox.fault(side="intacct", match="create", kind=kind, times=1)
    with contextlib.suppress(ConnectorError):  # a run may fail; what counts is what Intacct has in the end
        company.sync()
    company.sandbox.clear_faults()
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)
    assert company.states() == {"in_gl": 4}
    assert company.open_items() == {}


def test_a_lost_answer_is_settled_within_the_run_and_said(company):
    start(company)
    company.sandbox.fault(side="intacct", match="create", kind="drop_after_commit", times=1)
    assert company.sync() == {"applied": 3, "found_after_lost_answer": 3}
    assert set(company.outcomes().values()) == {"applied"}


def test_what_an_outage_kept_from_being_carried_out_goes_out_when_the_task_is_tried_again(company):
    start(company)
    load, run = company.plan()
    company.sandbox.fault(side="intacct", match="create", kind="gw_0001", times=4)
    with pytest.raises(ConnectorError):
        company.load(load, run)
    assert company.states() == {"in_gl": 1, "rejected": 3}
    assert company.load(load, run) == {"applied": 3}
    assert sorted(company.posted()) == sorted(EVERYTHING)
    assert set(company.outcomes().values()) == {"applied"}


def test_what_intacct_refused_is_not_sent_again_by_the_next_try(company):
    start(company)
    load, run = company.plan()
    company.sandbox.act("hold_vendor", vendor="E-1007")
    assert company.load(load, run) == {"rejected": 3}
    company.sandbox.clear_calls()
    assert company.load(load, run) == {}
    assert "create APBILL" not in company.sandbox.calls()["intacct"]


def test_what_was_found_meanwhile_is_not_sent_again_because_it_once_was_not_executed(company):
    company.report(1)
    load, run = company.plan()
    company.sandbox.fault(side="intacct", match="create", kind="gw_0001", times=4)
    with pytest.raises(ConnectorError):
        company.load(load, run)
    company.sql("UPDATE ledger.document SET state = 'held'")
    company.sql("UPDATE ledger.document SET state = 'accepted', record_no = '1'")
    company.sql(
        """
        INSERT INTO plan.outcome (change_id, run_id, result)
        SELECT change_id, 'other', 'in_doubt' FROM plan.change WHERE action = 'post'
        """
    )
    assert company.load(load, run) == {"already": 1}
    assert company.posted() == []


def test_what_was_committed_late_is_not_sent_again(company):
    start(company)
    company.configure(sending={"late_commit_minutes": 30, "absence_checks_minutes_apart": 0})
    company.sandbox.settings(late_commit_seconds=4)
    company.sandbox.fault(side="intacct", match="create", kind="drop_after_commit", times=1)
    assert company.sync() == {"in_doubt": 3}
    company.sync()
    assert company.states() == {"in_gl": 1, "in_doubt": 3}
    threading.Event().wait(4)
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)


@pytest.mark.parametrize("fact", [None, "false"])
def test_absent_but_replays_not_proven_safe_waits_for_a_person(company, fact):
    company.report(1)
    company.sync()
    if fact:
        company.fact("replay_refused", fact)
    company.report(2)
    company.sandbox.fault(side="intacct", match="create", kind="drop_before", times=1)
    company.sync()
    for _ in range(3):
        company.sync()
    assert company.states() == {"in_gl": 1, "held": 1}
    assert company.open_items() == {report_id(2): "held"}
    assert company.held() == {report_id(2): {"held_document"}}
    assert len(company.posted()) == 1


def test_absence_proves_nothing_when_the_lookup_is_blind(company):
    start(company)
    company.sandbox.fault(side="intacct", match="create", kind="drop_after_commit", times=1)
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 3600}})
    for _ in range(3):
        company.sync()
    # The witness is as old as it was, but what was just committed cannot be seen: only the late commit's time decides.
    company.sandbox.settings(visibility_delay_seconds={})
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)


def test_a_crash_between_their_commit_and_ours(company, monkeypatch):
    start(company)
    load, run = company.plan()

    class Crash(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(DocumentSender, "_write", dies)
        with pytest.raises(Crash):
            company.load(load, run)
    assert company.states() == {"in_gl": 1, "sending": 3}
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)


def test_a_restored_database_adopts_what_was_posted_since(company):
    """Last night's backup knows nothing of today's bills: they are found in Intacct and not posted again."""
    for number in range(1, 4):
        company.report(number, ("10", "10"), ("20", "5"))
    company.sync()
    before = company.posted()
    company.forget_everything_but_the_deployment()
    assert company.sync() == {"already": 3}
    assert company.posted() == before
    assert company.sql("SELECT count(*) AS n FROM ledger.document WHERE adopted") == [{"n": 6}]


def test_a_stranger_with_our_number_holds_the_report(company):
    mine = company.report(1)
    company.sandbox.load(
        "intacct", "APBILL",
        [{"RECORDID": EVERYTHING[0], "DOCNUMBER": EVERYTHING[0][:11], "VENDORID": "E-1007", "CURRENCY": "USD",
          "TRX_TOTALENTERED": "1.00", "STATE": "Posted", "WHENCREATED": "01/01/2026"}],
    )  # fmt: skip
    assert company.sync() == {"held": 1}
    assert company.open_items() == {mine: "held"}
    assert company.posted() == [EVERYTHING[0]]


def test_what_was_posted_as_another_kind_before_the_ledger_was_lost_is_not_posted_again(company):
    """A report that is a bill by today's mapping was a card transaction: that name is looked for too."""
    mine, number = company.report(1), f"{EVERYTHING[0][:-1]}C"
    company.sandbox.load(
        "intacct", "CCTRANSACTION",
        [{"RECORDID": number, "FINANCIALENTITY": "CORP-VISA", "CURRENCY": "USD", "TRX_TOTALENTERED": "100.10", "STATE": "Posted",
          "WHENCREATED": "01/01/2026"}],
    )  # fmt: skip
    assert company.sync() == {"held": 1}
    assert company.posted() == [number]
    assert company.open_items() == {mine: "held"}


def test_one_document_that_differs_holds_its_whole_report(company):
    mine = company.report(1, ("100.10", "100.10"), ("20", "0"))
    company.sandbox.load(
        "intacct", "APBILL",
        [{"RECORDID": EVERYTHING[0], "DOCNUMBER": EVERYTHING[0][:11], "VENDORID": "E-1007", "CURRENCY": "USD",
          "TRX_TOTALENTERED": "1.00", "STATE": "Posted", "WHENCREATED": "01/01/2026"}],
    )  # fmt: skip
    assert company.sync() == {"held": 1}
    assert company.posted() == [EVERYTHING[0]]
    assert company.open_items() == {mine: "held"}


def test_without_the_right_to_see_card_transactions_bills_are_posted(company):
    company.sandbox.settings(permissions_denied={"*": {"CCTRANSACTION": ["READ_BY_QUERY"]}})
    company.report(1)
    assert company.sync() == {"applied": 1}


def test_one_document_that_fails_the_schema_does_not_stop_the_others(company, monkeypatch):
    start(company)
    honest = requests.function_of

    def broken(document, revision):
        function = honest(document, revision)
        if document.number == EVERYTHING[2]:
            return type(function)(
                control_id=function.control_id, xml=function.xml.replace(b"create>", b"creator>"), name=function.name, writes=True
            )  # fmt: skip
        return function

    with monkeypatch.context() as patch:
        patch.setattr("certify_intacct.posting.claims.function_of", broken)
        assert company.sync() == {"applied": 2, "rejected": 1}
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)


def test_the_loader_cannot_change_what_happened(company):
    import psycopg

    company.report(1)
    company.sync()
    for statement in (
        "UPDATE ledger.event SET message = 'never'",
        "DELETE FROM ledger.event",
        "DELETE FROM ledger.document",
        "UPDATE ledger.document SET state = 'rejected', revision = revision",
        "UPDATE ledger.document SET report_id = 'x'",
        "UPDATE ledger.document SET canonical = 'x'",
        "UPDATE plan.document SET total = 1",
        "DELETE FROM ledger.release",
        "TRUNCATE ledger.event",
    ):
        with pytest.raises(psycopg.Error), company.loader() as connection:
            connection.execute(statement)
    events = company.sql("SELECT before_state, after_state FROM ledger.event ORDER BY event_id")
    assert [(row["before_state"], row["after_state"]) for row in events] == [
        (None, "sending"),
        ("sending", "accepted"),
        ("accepted", "in_gl"),
    ]


def test_the_databases_transitions_are_the_codes(company):
    from certify_intacct.model.ledger import TRANSITIONS

    rows = company.sql("SELECT before, after FROM ledger.transition")
    assert {(row["before"], row["after"]) for row in rows} == {
        (before.value if before else None, after.value) for before, afters in TRANSITIONS.items() for after in afters
    }
