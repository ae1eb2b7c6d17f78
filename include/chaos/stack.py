"""`make chaos STACK=1 SEED=1 KILLS=12`: one storm over the real Airflow.

The daily run, a backfill and a manual run of expense_sync over the same dates, and those of organization_sync beside them, go at
once through the scheduler, executor and task processes, while actors change reports, documents and people, faults strike, and SIGKILL
ends tasks, the scheduler, the api-server, PostgreSQL and the sandbox, above all while a document is on its way. What dies is started
again; Airflow recovers its tasks by itself and carries both syncs out once more. Then come a calm and the oracle, as after every
other round; the runs of the calm are no matter of Airflow's any more, so the workers of those rounds do them.
"""

from __future__ import annotations

import itertools
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from include.chaos import parameters, sandbox_settings
from include.chaos.actors import Actors
from include.chaos.calm import Calm, calm
from include.chaos.choices import Choices, draw_credits, draw_kinds
from include.chaos.clock import MachineClock
from include.chaos.judging import Case
from include.chaos.oracle_recovery import Memory
from include.chaos.result import Result
from include.chaos.stack_parts import StormyStack
from include.chaos.wire import ANSWERED, DELIVERED, SENT, USERS_WRITTEN
from include.chaos.worker_pool import Job, WorkerPool
from include.local.console import say
from include.local.errors import StackError
from include.local.runs import Runs

DAYS = 2
_SCALE = {"entities": 4, "departments": 6, "people": 40, "reports_per_day": 10, "days": DAYS, "lines": 2}
# The storm ends when all kills were done and as many faults struck as were asked for, at the latest after that; and so long Airflow
# may take afterwards until nothing runs any more.
_STORM_SECONDS = 330.0
_RECOVERY_SECONDS = 600.0
_WEATHER_SECONDS = 20.0
# Between two kills; a scheduler needs the most of it to be back.
_PAUSE_SECONDS = (10.0, 22.0)
# So long a task is waited for.
_TASK_SECONDS = 20.0
_EXPENSES, _PEOPLE = "expense_sync", "organization_sync"
# The last task of a run. It is red where clerks changed what was posted, and all else of the run is done by then.
_BOOKS_AGREE = "books_agree"
_AIMED = (
    (ANSWERED, "task"),
    (ANSWERED, "task"),
    (DELIVERED, "task"),
    (ANSWERED, "postgres"),
    (SENT, "sandbox"),
    (ANSWERED, "scheduler"),
    (USERS_WRITTEN, "task"),
    (USERS_WRITTEN, "task"),
)
_SUDDEN = ("task", "scheduler", "task", "postgres", "task", "sandbox", "task", "api-server", "task", "scheduler")


def play(seed: int, faults: int, kills: int, keep: Path) -> Result:
    """Starts everything, plays the scenario, stops everything.

    :param faults: so many must strike before the storm may end
    :param kills: so many must strike, those that are aimed included
    :param keep: where the logs go when not all was well
    """
    with tempfile.TemporaryDirectory(prefix="connector-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        dice = random.Random(f"{seed}/stack")
        config = folder / "connector.yaml"
        drawn = random.Random(f"{seed}/kinds")
        kinds = draw_kinds(drawn)
        today = datetime.now(tz=UTC).date()
        choices = parameters.configuration(dice, config, kinds, draw_credits(drawn, kinds), today=today)
        stack, fine = StormyStack(folder, config), False
        try:
            stack.start()
            result = _Scenario(stack, seed, (faults, kills), dice, choices).play()
            fine = result.fine
            return result
        finally:
            stack.stop()
            if not fine:
                shutil.copytree(stack.settings.logs, keep / "stack-logs", dirs_exist_ok=True)


def idle(result: Result) -> str:
    """What of the scenario was not put to the test, in words; empty when all of it was."""
    missing = [f"no run of {sync} succeeded" for sync in (_EXPENSES, _PEOPLE) if not _succeeded(result, sync)]
    if not result.verdict.posted:
        missing.append("no document was posted")
    return "; ".join(missing)


def _succeeded(result: Result, sync: str) -> int:
    return sum(count for name, count in result.runs.items() if name.startswith(sync) and name.endswith("success"))


class _Scenario:
    def __init__(
        self, stack: StormyStack, seed: int, wanted: tuple[int, int], dice: random.Random, choices: Choices
    ) -> None:
        self.stack = stack
        self.sandbox, self.wire, self.owner_url = stack.service, stack.wire, stack.owner_url
        self.seed = seed
        self.wanted = wanted
        self.dice = dice
        self.choices = choices
        self.kinds = choices.posted
        self.today = datetime.now(tz=UTC).date()
        self.days = [self.today - timedelta(days=back) for back in range(DAYS, 0, -1)]
        self.kills: Counter[str] = Counter()
        self.struck: list[float] = []
        self.faults: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self.failures: list[BaseException] = []
        self.over = threading.Event()

    def play(self) -> Result:
        began = time.monotonic()
        self._prepare()
        storm = time.monotonic()
        self._storm()
        self.actors.leave()
        after = time.monotonic()
        calmed = self._calm()
        verdict, deactivated = Case(
            place=self, actors=self.actors, today=self.today, days=self.days, choices=self.choices, kills=self.struck,
            memory=Memory(refused=False), calm_runs=calmed.runs, lists_before=self.lists_before, people_synced=not calmed.stopped,
        ).judge()  # fmt: skip
        return Result(
            0, verdict, self.faults, self.kills, self.actors.counts, self.runs, deactivated=deactivated, calm=calmed,
            seconds=time.monotonic() - began, storm_seconds=after - storm, calm_seconds=time.monotonic() - after,
            settings=self.settings, targets=[kind.target for kind in self.kinds],
        )  # fmt: skip

    def _prepare(self) -> None:
        self.sandbox.ask("POST", "reset", {"seed": self.dice.randrange(10_000), "scale": _SCALE})
        self.settings = sandbox_settings.settings(lambda name: random.Random(f"{self.seed}/{name}"))
        self.sandbox.ask("POST", "settings", self.settings)
        # The word is part of the dice: with another one, no earlier round could be played again.
        self.actors = Actors(self.sandbox, self.wire, f"{self.seed}/clerks", self.days, self.kinds)
        self.lists_before = self.sandbox.certify_lists()
        # More than one task may post at once, or the same dates would never meet.
        self.stack.api.set_pools({"posting": {"slots": 4, "description": "", "include_deferred": False}})
        Runs(self.stack).wait_for_dags([_EXPENSES, _PEOPLE])

    # the storm

    def _storm(self) -> None:
        helpers = [
            threading.Thread(
                target=self.stack.keep_alive, args=(self.over, random.Random(f"{self.seed}/revival"), self.failures)
            ),
            threading.Thread(target=self._weather),
            threading.Thread(target=self._trouble),
        ]
        self._order_runs()
        self._arm()
        for thread in helpers:
            thread.start()
        deadline = time.monotonic() + _STORM_SECONDS
        try:
            while time.monotonic() < deadline and not self.failures and not self._enough():
                busy = {run["dag_id"] for run in self._busy()}
                for sync in {_EXPENSES, _PEOPLE} - busy:
                    self._trigger(sync)
                time.sleep(2)
        finally:
            # Nobody may revive anything any more when everything is about to be stopped.
            self.over.set()
            for thread in helpers:
                thread.join()
        if self.failures:
            raise self.failures[0]
        self.wire.disarm()
        self.stack.revive()
        self._next_weather(None)
        say("the storm is over; Airflow brings its runs to an end")
        self._wait_until_idle()

    def _enough(self) -> bool:
        faults, kills = self.wanted
        return self.faults.total() >= faults and self.kills.total() >= kills

    def _order_runs(self) -> None:
        """The daily run (by taking the pause away), a backfill and a manual run of both syncs, all over the same dates."""
        api, first, last = self.stack.api, _midnight(self.days[0]), _midnight(self.days[-1])
        for sync in (_EXPENSES, _PEOPLE):
            api.patch(f"dags/{sync}", {"is_paused": False})
            days = {"from_date": first, "to_date": last if sync == _EXPENSES else first}
            api.post("backfills", {"dag_id": sync, **days, "max_active_runs": 3, "reprocess_behavior": "none"})
            self._trigger(sync)

    def _trigger(self, sync: str) -> str:
        conf: dict[str, Any] = {}
        if sync == _EXPENSES:
            conf |= {"period_start": str(self.days[0]), "period_end": str(self.days[-1])}
        made = self._patiently(
            lambda: self.stack.api.post(f"dags/{sync}/dagRuns", {"logical_date": None, "conf": conf})
        )
        return str(made["dag_run_id"])

    def _weather(self) -> None:
        number = 0
        try:
            while True:
                number += 1
                self._next_weather(random.Random(f"{self.seed}/weather {number}"))
                if self.over.wait(_WEATHER_SECONDS):
                    return
        except BaseException as error:
            self.failures.append(error)

    def _next_weather(self, dice: random.Random | None) -> None:
        self.faults.update(self.sandbox.ask("GET", "faults")["counts"])
        self.sandbox.ask("DELETE", "faults")
        for order in parameters.faults(dice, 1.0, self.kinds) if dice else ():
            self.sandbox.ask("POST", "faults", order)

    def _arm(self) -> None:
        for number, (moment, victim) in enumerate(_AIMED):
            self.wire.arm(0, moment, self._killing(victim), skip=self.dice.randrange(3) if number else 0)

    def _killing(self, victim: str) -> Callable[[], None]:
        def strike() -> None:
            if self.stack.kill(victim, self.dice):
                say(f"killed: {victim}")
                self.kills[victim] += 1
                self.struck.append(time.monotonic())

        return strike

    def _trouble(self) -> None:
        dice = random.Random(f"{self.seed}/trouble")
        victims = itertools.cycle(_SUDDEN)
        try:
            while not self.over.wait(dice.uniform(*_PAUSE_SECONDS)):
                self.actors.act()
                self.actors.act_on_people()
                victim = next(victims)
                patience = time.monotonic() + _TASK_SECONDS
                while victim == "task" and not self.stack.tasks() and time.monotonic() < patience:
                    time.sleep(0.2)
                self._killing(victim)()
        except BaseException as error:
            self.failures.append(error)

    # Airflow

    def _patiently(self, ask: Callable[[], Any], seconds: float = 120.0) -> Any:
        """What Airflow's API answers, once it does: it may be dead for the moment, or its database."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return ask()
            except (StackError, requests.RequestException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def _busy(self) -> list[dict[str, Any]]:
        found = self._patiently(lambda: self.stack.api.get("dags/~/dagRuns", state=["running", "queued"]))
        return list(found["dag_runs"])

    def _wait_until_idle(self) -> None:
        """Until Airflow has brought every run to an end by itself.

        :raises StackError: it does not
        """
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while busy := self._busy():
            if time.monotonic() > deadline:
                where = ", ".join(f"{run['dag_id']} {run['dag_run_id']} {run['state']}" for run in busy)
                raise StackError(f"Airflow has not recovered after {_RECOVERY_SECONDS:.0f} s: {where}")
            self.stack.revive()
            time.sleep(2)
        for run in self._patiently(lambda: self.stack.api.get("dags/~/dagRuns", limit=100))["dag_runs"]:
            differ = run["state"] == "failed" and self._books_differ(run["dag_id"], run["dag_run_id"])
            self.runs[f"{run['dag_id']} {run['run_type']} {'success' if differ else run['state']}"] += 1

    def _recovered(self) -> list[str]:
        """Both syncs through Airflow once more, at once; returns what stopped them."""
        runs = {sync: self._trigger(sync) for sync in (_PEOPLE, _EXPENSES)}
        return [why for sync, run_id in runs.items() if (why := self._ended(sync, run_id))]

    def _ended(self, sync: str, run_id: str) -> str:
        deadline = time.monotonic() + _RECOVERY_SECONDS
        while time.monotonic() < deadline:
            run = self._patiently(lambda: self.stack.api.get(f"dags/{sync}/dagRuns/{run_id}"))
            if run["state"] == "success":
                self.runs[f"after the storm {sync} success"] += 1
                return ""
            if run["state"] == "failed":
                if self._books_differ(sync, run_id):
                    self.runs[f"after the storm {sync} success"] += 1
                    return ""
                return f"{sync} {run_id}: {', '.join(self._failed(sync, run_id))} failed"
            self.stack.revive()
            time.sleep(1)
        return f"{sync} {run_id} did not end"

    def _failed(self, sync: str, run_id: str) -> list[str]:
        """The tasks of a run that failed."""
        tasks = self._patiently(lambda: self.stack.api.get(f"dags/{sync}/dagRuns/{run_id}/taskInstances"))
        return [task["task_id"] for task in tasks["task_instances"] if task["state"] == "failed"]

    def _books_differ(self, sync: str, run_id: str) -> bool:
        """Whether a run that failed did all of its work, and found what clerks did."""
        return self.actors.changed_books and self._failed(sync, run_id) == [_BOOKS_AGREE]

    def _calm(self) -> Calm:
        say("both syncs through Airflow once more, without faults")
        stopped = self._recovered()
        say("the calm: runs until nothing moves")
        folder = self.stack.settings.folder / "calm"
        folder.mkdir()
        pool = WorkerPool(folder)
        try:
            lane = pool.lane(0)
            lane.environment = self.stack.task_environment()
            stopped.append(lane.run(Job(_PEOPLE), "calm_people"))
            period = {"period_start": str(self.days[0]), "period_end": str(self.days[-1])}
            numbers = itertools.count(1)
            calmed = calm(
                lambda: lane.run(Job(_EXPENSES, period), f"calm_{next(numbers)}"), self.owner_url, MachineClock(),
                clerks=self.actors.changed_books,
            )  # fmt: skip
        finally:
            pool.stop()
        calmed.stopped[:0] = filter(None, stopped)
        return calmed


def _midnight(day: date) -> str:
    return f"{day}T00:00:00Z"
