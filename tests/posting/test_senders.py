"""Several senders of one run: the reports are divided among them, and each document is sent once."""

from __future__ import annotations

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.errors import CredentialsRefused
from certify_intacct.posting.poster import WAVE, _waves

REPORTS = 12


@pytest.fixture
def divided(company):
    """A company with reports for several requests."""
    company.configure(sending={"batch_size": 3, "requests_at_once": 3})
    for number in range(1, REPORTS + 1):
        company.report(number, ("10", "10"), ("20", "5"))
    return company


def sent_once(company) -> None:
    posted = company.posted()
    assert len(posted) == len(set(posted)) == 2 * REPORTS
    assert company.sql("SELECT max(revision) AS n FROM ledger.document") == [{"n": 1}]


def test_each_report_is_sent_by_one_of_them(divided):
    divided.sandbox.settings(latency_ms=30)
    divided.sandbox.clear_calls()
    assert divided.sync() == {"applied": REPORTS}
    sent_once(divided)
    assert divided.states() == {"in_gl": 2 * REPORTS}


def test_no_more_requests_at_once_than_the_configuration_says(divided):
    """The company's licence allows as many, and none is refused."""
    divided.sandbox.settings(latency_ms=30, concurrency_limit=3)
    assert divided.sync() == {"applied": REPORTS}
    sent_once(divided)
    refused = divided.sql("SELECT count(*) AS n FROM ledger.event WHERE after_state = 'rejected'")
    assert refused == [{"n": 0}]


@pytest.mark.parametrize("kind", ["drop_after_commit", "http_524_after_commit", "drop_before", "missing_result"])
def test_an_answer_that_one_of_them_loses_is_settled(divided, kind):
    divided.configure(sending={"late_commit_minutes": 0, "absence_checks_minutes_apart": 0})
    divided.sandbox.fault(side="intacct", match="create APBILL", kind=kind, times=2, skip=1)
    divided.sync()
    divided.sync()
    divided.sync()
    sent = divided.posted()
    assert len(sent) == len(set(sent))
    assert divided.states().keys() <= {"in_gl", "in_doubt", "held"}


def test_when_one_cannot_go_on_the_others_finish_what_they_began_and_the_task_fails(divided):
    load, run = divided.plan()
    divided.sandbox.fault(side="intacct", match="create APBILL", kind="http_401", times=1)
    with pytest.raises(CredentialsRefused):
        divided.load(load, run)
    posted = divided.posted()
    assert len(posted) == len(set(posted)) < 2 * REPORTS
    assert "sending" not in divided.states()
    divided.load(load, run)
    assert len(divided.posted()) == 2 * REPORTS


def test_a_task_that_is_ended_begins_no_further_request(divided):
    """Airflow ends a task by an error in its main thread: what a sender has under way comes to its end, and no more."""
    divided.configure(sending={"batch_size": 1, "requests_at_once": 2})
    load, run = divided.plan()
    divided.sandbox.settings(latency_ms=500)

    class Ended(BaseException):
        pass

    def end(*_: object) -> None:
        raise Ended

    before = signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, 6)
        with pytest.raises(Ended):
            divided.load(load, run)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(divided.posted()) < 2 * REPORTS
    assert divided.states().get("sending", 0) == 0, "the answers that were under way were written down"
    divided.sandbox.settings(latency_ms=0)
    divided.load(load, run)
    sent_once(divided)


@given(st.lists(st.integers(1, 4), max_size=3 * WAVE), st.integers(1, 8), st.sampled_from([1, 25, 100]))
def test_every_report_is_in_one_wave_and_senders_have_equal_shares(documents, senders, batch):
    reports = [(f"r{number}", count) for number, count in enumerate(documents)]
    waves = list(_waves(reports, senders, batch))
    assert [report_id for wave in waves for report_id in wave] == [report_id for report_id, _ in reports]
    sizes = [len(wave) for wave in waves]
    assert all(0 < size <= WAVE for size in sizes)
    assert sum(documents) > batch or len(waves) <= 1, "one request needs one sender"
    if sum(documents) >= batch * senders:
        assert max(sizes, default=0) <= -(-len(reports) // senders)
