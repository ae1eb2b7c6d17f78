"""Several workers at the same documents, and several deployments at the same company: each in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import yaml

from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import GuardTripped, ServiceUnavailable
from certify_intacct.posting import deployment, poster
from certify_intacct.posting.deployment import only_deployment
from certify_intacct.staging.database import Database
from include.local import databases
from tests.expense_company import DAY
from tests.posting.test_recovery import SECOND, lost, settle

LONGEST = 180
OTHER_DAY = DAY - timedelta(days=1)
_FORK = multiprocessing.get_context("fork")


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Carries out each job in a process of its own, all starting together; gives what they return, or the name of their error."""
    barrier, results = _FORK.Barrier(len(jobs)), _FORK.Queue()

    def work(number: int, job: Callable[[], Any]) -> None:
        barrier.wait(LONGEST)
        try:
            results.put((number, job()))
        except BaseException as error:
            results.put((number, f"{type(error).__name__}: {error}"))

    workers = [_FORK.Process(target=work, args=(number, job), daemon=True) for number, job in enumerate(jobs)]
    for worker in workers:
        worker.start()
    found = dict(results.get(timeout=LONGEST) for _ in workers)
    for worker in workers:
        worker.join(LONGEST)
        assert worker.exitcode == 0, "it hangs"
    return [found[number] for number in range(len(jobs))]


def test_a_daily_run_a_backfill_and_a_manual_run_post_once_and_the_losers_say_who_won(company, monkeypatch):
    monkeypatch.setattr(poster, "WAVE", 2)
    for number in range(1, 13):
        company.report(number, ("10", "10"), ("20", "5"))
    plans = [company.plan() for _ in range(3)]
    company.sandbox.settings(latency_ms=20)
    results = at_once(*(lambda plan=plan: company.load(*plan) for plan in plans))
    assert sum(result.get("applied", 0) for result in results) == 12, results
    assert sum(sum(result.values()) for result in results) == 36, results
    posted = company.posted()
    assert len(posted) == len(set(posted)) == 24
    assert company.states() == {"in_gl": 24}
    winners = company.sql(
        """
        SELECT c.key, c.load_id, o.run_id FROM plan.outcome o JOIN plan.change c USING (change_id) WHERE o.result = 'applied'
        """
    )
    won = {row["key"]: (str(row["load_id"]), row["run_id"]) for row in winners}
    losers = company.sql(
        """
        SELECT c.key, o.result, o.message FROM plan.outcome o JOIN plan.change c USING (change_id) WHERE o.result <> 'applied'
        """
    )
    assert len(losers) == 24
    for loser in losers:
        named = re.search(r"[Ll]oad (\d+) \(expense_sync, run (run-\d+)\D.*\d\d:\d\d:\d\d UTC", loser["message"])
        assert named, loser
        assert named.groups() == won[loser["key"]], loser
    company.sandbox.settings(latency_ms=0)
    assert company.sync() == {}
    assert company.open_items() == {}


@pytest.mark.parametrize("senders", [1, 2])
def test_two_loads_have_no_more_requests_under_way_than_slots_times_senders(company, senders):
    """What docs/deployment-scale.md counts with: two slots of `posting`, each a load with so many senders."""
    company.configure(sending={"batch_size": 1, "requests_at_once": senders})
    for day in (DAY, OTHER_DAY):
        for number in range(1, 9):
            company.report(number + 10 * (day == OTHER_DAY), ("10", "10"), ("20", "5"), day=day)
    plans = [company.plan(day) for day in (DAY, OTHER_DAY)]
    company.sandbox.settings(latency_ms=250)
    company.sandbox.clear_calls()
    results = at_once(*(lambda plan=plan: company.load(*plan) for plan in plans))
    assert results == [{"applied": 8}, {"applied": 8}]
    # No more, and more than one load has by itself: they did work at the same time.
    assert senders < company.sandbox.at_once()["intacct"] <= 2 * senders
    posted = company.posted()
    assert len(posted) == len(set(posted)) == 32


def test_what_several_settle_at_once_is_sent_again_once(company):
    company.replays_are_refused()
    lost(company, "drop_before")
    company.sync()
    company.sandbox.settings(latency_ms=20)
    at_once(*(lambda: settle(company) for _ in range(3)))
    assert company.posted().count(SECOND) == 1
    sends = company.sql("SELECT 1 FROM ledger.event WHERE number = %s AND after_state = 'sending'", SECOND)
    assert len(sends) == 2


@pytest.fixture
def deployments(company, postgres_server, database_template, monkeypatch) -> Any:
    """The jobs of two deployments, each with its own database, that ask whether they may post."""
    other = f"{company.database.name}_other"
    databases.make_connector_database(postgres_server, other, template=database_template)
    monkeypatch.setattr(deployment, "PAUSE_SECONDS", 0.2)
    company.sandbox.settings(latency_ms=150)  # both have looked before one of them has left its mark

    def job(url: str) -> Callable[[], str]:
        def ask() -> str:
            hook = SageIntacctHook()
            try:
                only_deployment(hook, Database(url), load(company.config))
            finally:
                hook.close()
            return "may post"

        return ask

    yield [job(company.database.loader_url), job(postgres_server.url(other, databases.LOADER))]
    databases.drop_database(postgres_server, other)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"visibility_delay_seconds": {"SUPDOCFOLDER": {"get_list": 1}}},
        {"duplicate_folder_name": "accept", "folder_record_numbers": True},
        {
            "duplicate_folder_name": "accept",
            "folder_record_numbers": True,
            "visibility_delay_seconds": {"SUPDOCFOLDER": {"get_list": 1}},
        },
        {"fault": "drop_after_commit"},
        {"fault": "drop_before"},
    ],
    ids=str,
)
def test_of_two_deployments_that_start_in_the_same_second_one_posts(company, deployments, monkeypatch, settings):
    settings = dict(settings)
    kind = settings.pop("fault", None)
    if kind:
        company.sandbox.fault(side="intacct", match="create_supdocfolder", kind=kind, times=1)
        monkeypatch.setattr(deployment, "PATIENCE_SECONDS", 1)
    company.sandbox.settings(**settings)
    said = at_once(*deployments)
    assert _one(said), said
    company.sandbox.settings(latency_ms=0)
    again = [_said(job) for job in deployments]
    assert [text[:10] for text in again] == [text[:10] for text in said], "who may post stays the same"


def test_a_mark_that_cannot_be_seen_lets_nobody_pass(company, deployments, monkeypatch):
    monkeypatch.setattr(deployment, "PATIENCE_SECONDS", 0.3)
    company.sandbox.settings(latency_ms=0, visibility_delay_seconds={"SUPDOCFOLDER": {"get_list": 3600}})
    for job in deployments:
        with pytest.raises(ServiceUnavailable, match="cannot be seen"):
            job()
    company.sandbox.settings(visibility_delay_seconds={})
    assert _one([_said(job) for job in deployments])


def test_who_takes_over_from_a_deployment_that_is_gone(company, deployments):
    company.sandbox.settings(latency_ms=0)
    first, second = deployments
    assert first() == "may post"
    with pytest.raises(GuardTripped):
        second()
    company.sandbox.act(
        "delete", object="SUPDOCFOLDER", record=company.sandbox.state("intacct", "SUPDOCFOLDER")[0]["RECORDNO"]
    )
    assert second() == "may post"
    with pytest.raises(GuardTripped):
        first()


def test_another_spelling_of_the_company_of_certify_gets_nobody_past_the_mark(company, deployments):
    company.sandbox.settings(latency_ms=0)
    first, second = deployments
    assert first() == "may post"
    text = yaml.safe_load(company.config.read_text(encoding="utf-8"))
    text["company"]["certify_company"] = "Sand Box"
    company.config.write_text(yaml.safe_dump(text), encoding="utf-8")
    with pytest.raises(GuardTripped, match="Another deployment"):
        second()


def _said(job: Callable[[], str]) -> str:
    try:
        return job()
    except GuardTripped as error:
        return f"GuardTripped: {error}"


def _one(said: Sequence[str]) -> bool:
    return sorted(text.split(":")[0] for text in said) == ["GuardTripped", "may post"]
