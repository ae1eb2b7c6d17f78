"""What is measured about a company at go-live, under everything that it may do with a control ID that comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from certify_intacct.model.errors import AnswerUnreadable, BadInput, GuardTripped
from certify_intacct.operators.replay_is_due import ReplayIsDueSensor
from certify_intacct.operators.verify_company import VerifyCompanyOperator
from certify_intacct.operators.verify_replay_later import VerifyReplayLaterOperator
from certify_intacct.staging import company_facts
from certify_intacct.staging.database import Database


class Measuring:
    """The tasks of the DAG, one after the other."""

    def __init__(self, sandbox, database, context):
        self.sandbox = sandbox
        self.database = database
        self.context = context

    def measure(self, **options):
        options = {"confirm": True, **options}
        return VerifyCompanyOperator(task_id="measure", longest_delay=0.2).execute(self.context(**options))

    def is_due(self, *, longer=False, **params):
        return ReplayIsDueSensor(task_id="wait", mode="reschedule", longer=longer).poke(self.context(**params))

    def pass_time(self, minutes):
        """Time passes at Intacct and here."""
        self.sandbox.settings(clock_shift_seconds=minutes * 60)
        earlier = (datetime.now(tz=UTC) - timedelta(minutes=minutes)).isoformat()
        with psycopg.connect(self.database.owner_url) as connection:
            connection.execute(
                """
                UPDATE ledger.company_fact SET value = value || jsonb_build_object('made_at', %s::text, 'came_at', %s::text)
                WHERE name = 'replay_experiment'
                """,
                [earlier, earlier],
            )

    def again(self, *, longer=False, **params):
        return VerifyReplayLaterOperator(task_id="measure_again", longer=longer).execute(self.context(**params))

    def all(self):
        self.measure()
        self.pass_time(40)
        assert self.is_due()
        return self.again()

    def fact(self, name):
        with Database(self.database.loader_url).connection() as connection:
            return company_facts.fact(connection, "SANDBOX", name)


@pytest.fixture
def measuring(fresh_sandbox, database, connections, context, monkeypatch):
    monkeypatch.delenv("CONNECTOR_CONFIG", raising=False)
    return Measuring(fresh_sandbox, database, context)


@pytest.mark.parametrize(
    ("settings", "refused", "words"),
    [
        ({}, True, "refused"),
        ({"replay_errorno": "BL01001973", "replay_text": "Nothing doing."}, True, "Nothing doing."),
        (
            {"replay_errorno": "BL34000061", "replay_text": "Another record with the given value(s) already exists"},
            True,
            "refused",
        ),
        ({"replay_scope": "user"}, True, "refused"),
        ({"replay_failed_burns": True}, True, "refused"),
        ({"replay_answer": "first_answer"}, False, "without being executed"),
        ({"replay_answer": "executed"}, False, "executed again"),
        ({"replay_scope": "session"}, False, "executed again"),
    ],
)
def test_replays(settings, refused, words, measuring):
    measuring.sandbox.settings(**settings)
    assert measuring.all() is refused
    assert measuring.fact("replay_refused") is refused
    assert words in measuring.fact("replay_answer")


def test_a_memory_that_fades_before_a_document_would_be_sent_again_is_none(measuring):
    measuring.sandbox.settings(replay_retention_seconds=600)
    measuring.measure()
    assert measuring.fact("replay_refused") is None, "refused at once is not enough"
    measuring.pass_time(40)
    assert measuring.again() is False
    assert measuring.fact("replay_refused") is False


def test_how_long_replays_are_refused_is_measured_on(measuring):
    assert measuring.all() is True
    assert 39 < measuring.fact("replay_refused_minutes") <= 40
    assert measuring.is_due(longer=True), "without wait_minutes there is no further trial"
    assert not measuring.is_due(longer=True, wait_minutes=1560)
    measuring.pass_time(1570)
    assert measuring.is_due(longer=True, wait_minutes=1560)
    assert measuring.again(longer=True, wait_minutes=1560) is True
    assert 1569 < measuring.fact("replay_refused_minutes") <= 1570
    assert measuring.is_due(longer=True, wait_minutes=1560), "it is settled"


def test_a_memory_that_fades_later_counts_as_long_as_it_lasts(measuring):
    measuring.sandbox.settings(replay_retention_seconds=3600)
    assert measuring.all() is True
    measuring.pass_time(1570)
    assert measuring.again(longer=True, wait_minutes=1560) is False
    assert measuring.fact("replay_refused") is True
    assert 39 < measuring.fact("replay_refused_minutes") <= 40
    assert "after 1570 minutes executed again" in measuring.fact("replay_answer")


def test_a_lost_answer_starts_the_clock_anew(measuring):
    """The lost request may have refreshed the memory: what is measured counts from it."""
    measuring.measure()
    measuring.pass_time(40)
    measuring.sandbox.fault(side="intacct", match="create_supdocfolder", kind="drop_after_commit", times=1)
    with pytest.raises(AnswerUnreadable):
        measuring.again()
    assert measuring.fact("replay_refused") is None
    assert not measuring.is_due()
    measuring.pass_time(80)
    assert measuring.again() is True


def test_it_waits_as_long_as_a_document_in_doubt(measuring):
    measuring.measure()
    assert not measuring.is_due()
    measuring.pass_time(32)
    assert not measuring.is_due()
    measuring.pass_time(39)
    assert measuring.is_due()


def test_there_is_nothing_to_wait_for_when_the_first_answer_says_it(measuring):
    measuring.sandbox.settings(replay_answer="executed")
    measuring.measure()
    assert measuring.is_due()
    assert measuring.again() is False


def test_a_company_that_refused_once_and_does_no_more_is_believed_today(measuring):
    assert measuring.all() is True
    measuring.sandbox.settings(replay_answer="executed")
    measuring.measure()
    assert measuring.fact("replay_refused") is False


def test_a_lost_answer_measures_nothing_and_another_attempt_does(measuring):
    measuring.sandbox.fault(side="intacct", match="create_supdocfolder", kind="drop_after_commit", times=1)
    with pytest.raises(AnswerUnreadable):
        measuring.measure()
    assert measuring.fact("replay_refused") is None
    assert measuring.all() is True


@pytest.mark.parametrize("setting", [{}, {"replay_answer": "executed"}, {"replay_answer": "first_answer"}])
def test_nothing_but_folders_is_made(setting, measuring):
    measuring.sandbox.settings(**setting)
    measuring.sandbox.clear_calls()
    measuring.all()
    calls = measuring.sandbox.calls()["intacct"]
    assert {name for name, figures in calls.items() if figures["written"]} == {"create_supdocfolder SUPDOCFOLDER"}
    names = [folder["NAME"] for folder in measuring.sandbox.state("intacct", "SUPDOCFOLDER")]
    assert len(names) <= 4
    assert all(name.startswith("certify-intacct check ") for name in names)


def test_how_long_a_folder_stays_unseen(measuring):
    assert measuring.measure()["visibility_delay_seconds"]["query"] is not None
    measuring.sandbox.settings(visibility_delay_seconds={"SUPDOCFOLDER": {"query": 3600}})
    measuring.measure()
    delays = measuring.fact("visibility_delay_seconds")
    assert delays["query"] is None
    assert delays["get_list"] is not None


def test_lengths_and_approval(measuring):
    measuring.sandbox.settings(ap_approval=True, field_lengths={"APBILL": {"RECORDID": 31}})
    measuring.measure()
    assert measuring.fact("field_lengths")["APBILL.RECORDID"] == 31
    assert measuring.fact("ap_approval") is True


@pytest.mark.parametrize("options", [{"confirm": False}, {"confirm": None}, {"run_type": "scheduled"}])
def test_a_person_has_to_want_it(options, measuring):
    with pytest.raises(BadInput, match="confirm"):
        measuring.measure(**options)
    assert measuring.sandbox.calls()["intacct"] == {}


def test_another_company_is_left_alone(measuring, monkeypatch, tmp_path):
    from certify_intacct.model.configuration import DEFAULT_CONFIG

    config = tmp_path / "connector.yaml"
    text = DEFAULT_CONFIG.read_text(encoding="utf-8").replace(
        "intacct_company_id: SANDBOX", "intacct_company_id: OTHER"
    )
    config.write_text(text, encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(config))
    with pytest.raises(GuardTripped, match="OTHER"):
        measuring.measure()
    assert measuring.sandbox.state("intacct", "SUPDOCFOLDER") == []
