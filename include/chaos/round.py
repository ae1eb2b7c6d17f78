"""One round: a fresh company, a storm, a calm, and the oracle's verdict.

All that is drawn is drawn from the seed and the round's number: the company, the settings, connector.yaml, the jobs of each lane, the
orders of faults (a weather after each run, in one order whichever lane ends first), the aimed kills, the moments of the sudden
ones, and for each act of a clerk its own dice. What a replay does not repeat is timing: which request meets which fault or kill when
lanes run at once, how far a run had come when a clerk or a kill struck, ports and process IDs, and today's date.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from include.chaos import dials, oracle
from include.chaos.arena import Arena
from include.chaos.calm import Calm, calm
from include.chaos.clerks import Clerks
from include.chaos.crew import Job, Lane
from include.chaos.judging import Case
from include.chaos.wire import ANSWERED, DELIVERED, SENT

PATIENCE = {
    "attempts": 3, "wait_initial": 0.02, "wait_max": 0.2, "connect_timeout": 2, "read_timeout": 4, "total_timeout": 20,
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How big a round is.

    :param runs: of each lane
    :param aimed: kills that wait for the moment when a document is on its way
    :param sudden: kills at any moment; without these and without acts, a round of one lane repeats itself
    :param heat: how many faults, 1 is usual
    :param organization: people are synced too
    """

    people: int = 40
    reports_per_day: int = 8
    days: int = 3
    runs: int = 3
    aimed: int = 9
    sudden: int = 4
    acts: int = 9
    heat: float = 1.3
    organization: bool = True


@dataclass
class Result:
    """What a round came to."""

    number: int
    verdict: oracle.Verdict
    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    runs: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    cpu_seconds: Counter[str] = field(default_factory=Counter)
    deactivated: int = 0
    calm: Calm = field(default_factory=Calm)
    seconds: float = 0.0
    storm_seconds: float = 0.0
    calm_seconds: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)


class Round:
    """Carries one round out on the arena."""

    def __init__(self, arena: Arena, lanes: Sequence[Lane], seed: int, number: int, size: Size) -> None:
        self.arena = arena
        self.lanes = lanes
        self.number = number
        self.size = size
        self.seed = f"{seed}/{number}"
        self.rng = self._dice("plan")
        self.kills: Counter[str] = Counter()
        self.struck: list[float] = []
        self.faults: Counter[str] = Counter()
        self.calmed = Calm()
        self._over = threading.Event()
        self._faults_lock = threading.Lock()
        self._runs = self._weather = 0

    def play(self) -> Result:
        """The whole round."""
        began = time.monotonic()
        self._prepare()
        refused = self._verify()
        if len(self.days) > 1 and self.rng.random() < 0.5:
            self._run(self.lanes[0], self._expense(self.days[0], self.days[0]))
        storm = time.monotonic()
        self._storm()
        self.clerks.leave()
        calm = time.monotonic()
        self._calm()
        verdict, deactivated = self._case(refused).judge()
        result = Result(
            self.number, verdict, self.faults, self.kills, self.clerks.counts, deactivated=deactivated,
            calm=self.calmed, seconds=time.monotonic() - began, storm_seconds=calm - storm,
            calm_seconds=time.monotonic() - calm, settings=self.settings,
        )  # fmt: skip
        for lane in self.lanes:
            result.runs += lane.counts
            result.errors += lane.errors
            result.cpu_seconds += lane.seconds
            lane.seconds.clear()
            lane.counts.clear()
            lane.errors.clear()
        return result

    # before the storm

    def _prepare(self) -> None:
        arena, sandbox = self.arena, self.arena.sandbox
        arena.revive()
        sandbox.ask("DELETE", "faults")
        sandbox.ask("DELETE", "settings")
        size = self.size
        sandbox.ask("POST", "reset", {
            "seed": self.rng.randrange(10_000),
            "scale": {"entities": self.rng.choice((2, 4, 10)), "departments": self.rng.choice((6, 12)), "people": size.people,
                      "reports_per_day": size.reports_per_day, "days": size.days, "lines": self.rng.choice((1, 2, 3))},
        })  # fmt: skip
        self.settings = dials.settings(self.rng)
        self.unknowable = self.rng.random() < 0.35
        self.verifies = dials.unknowable(self.rng, self.settings) if self.unknowable else self.rng.random() < 0.9
        sandbox.ask("POST", "settings", self.settings)
        arena.new_database(f"round_{self.number}")
        config = arena.folder / "connector.yaml"
        self.inside = dials.configuration(self.rng, config, few_together=self.unknowable)
        for lane in self.lanes:
            connections = arena.connections(lane.number)
            for connection in connections.values():
                connection.setdefault("extra", {}).update(PATIENCE)
            lane.environment = {
                "CONNECTOR_CONFIG": str(config),
                "AIRFLOW_CONN_CONNECTOR_DB": arena.loader_url,
                **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(one) for name, one in connections.items()},
            }
        arena.wire.disarm()
        arena.wire.attempts.clear()
        self.today = datetime.now(tz=UTC).date()
        self.days = [self.today - timedelta(days=back) for back in range(size.days, 0, -1)]
        self.clerks = Clerks(sandbox, arena.wire, f"{self.seed}/clerks", self.days)
        self.lists_before = sandbox.certify_lists()

    def _verify(self) -> bool:
        """Runs verify_company, or not; says whether it is known, and true, that replays are refused."""
        job = Job("verify_company", {"confirm": True, "wait_minutes": 0})
        if not self.verifies or self._run(self.lanes[0], job) or not dials.replays_refused(self.settings):
            return False
        # Measuring for an hour takes an hour. This is what it would find: the sandbox forgets no control ID before.
        with psycopg.connect(self.arena.owner_url) as connection:
            connection.execute("UPDATE ledger.company_fact SET value = '60' WHERE name = 'replay_refused_minutes'")
        return True

    def _expense(self, first: date | None = None, last: date | None = None, run_type: str = "manual") -> Job:
        period = {"period_start": str(first or self.days[0]), "period_end": str(last or self.days[-1])}
        return Job("expense_sync", {"dry_run": False, **period}, run_type)

    def _dice(self, name: str) -> random.Random:
        """Dice of their own for each purpose, so that they fall the same again whatever the order of the threads."""
        return random.Random(f"{self.seed}/{name}")

    def _run(self, lane: Lane, job: Job) -> str:
        with self._faults_lock:
            self._runs += 1
            run_id = f"{job.run_type}__{self.number}_{self._runs}"
        return lane.run(job, run_id)

    # the storm

    def _storm(self) -> None:
        """Runs of the same dates at once, while faults strike, processes die and clerks act."""
        plan = self._plan_of_runs()
        self._over.clear()
        helpers = [
            threading.Thread(target=self._revive),
            threading.Thread(target=self._trouble, args=(self.size.acts,)),
        ]
        workers = [
            threading.Thread(target=self._lane, args=(lane, jobs)) for lane, jobs in zip(self.lanes, plan, strict=True)
        ]
        self._failure: list[BaseException] = []
        self._order_faults()
        self._arm()
        for thread in (*helpers, *workers):
            thread.start()
        try:
            for thread in workers:
                thread.join()
        finally:
            # Nobody may revive anything any more when everything is about to be stopped.
            self._over.set()
            for thread in helpers:
                thread.join()
        self.arena.wire.disarm()
        self.arena.revive()
        self._collect_faults()
        if self._failure:
            raise self._failure[0]

    def _plan_of_runs(self) -> list[list[Job]]:
        plans = []
        for number in range(len(self.lanes)):
            jobs = []
            for _ in range(self.size.runs):
                first = self.rng.randrange(len(self.days))
                last = self.rng.randrange(first, len(self.days))
                whole = self._expense(run_type=self.rng.choice(("manual", "backfill", "scheduled")))
                part = self._expense(self.days[first], self.days[last], run_type="backfill")
                jobs.append(whole if self.rng.random() < 0.6 else part)
            if self.size.organization and (number == 0 or self.rng.random() < 0.3):
                jobs.insert(self.rng.randrange(len(jobs) + 1), Job("organization_sync", {"dry_run": False}))
            plans.append(jobs)
        return plans

    def _lane(self, lane: Lane, jobs: Sequence[Job]) -> None:
        try:
            for job in jobs:
                self._run(lane, job)
                self._order_faults()
        except BaseException as error:
            self._failure.append(error)
            self._over.set()

    def _order_faults(self) -> None:
        """The next weather, instead of the one before."""
        with self._faults_lock:
            self._weather += 1
            self._collect_faults()
            dice = self._dice(f"weather {self._weather}")
            for order in dials.faults(dice, self.size.heat, swallowing=self.unknowable):
                self.arena.sandbox.ask("POST", "faults", order)

    def _collect_faults(self) -> None:
        self.faults.update(self.arena.sandbox.ask("GET", "faults")["counts"])
        self.arena.sandbox.ask("DELETE", "faults")

    def _arm(self) -> None:
        """Kills that wait for the moment when a document is on its way."""
        for number in range(self.size.aimed):
            lane = self.rng.choice(list(self.lanes))
            victim = self.rng.choices(("worker", "postgres", "sandbox"), (6, 2, 1))[0]
            moment = self.rng.choices((ANSWERED, DELIVERED, SENT), (5, 2, 2))[0]
            self.arena.wire.arm(
                lane.number, moment, self._killing(victim, lane), skip=self.rng.randrange(4) if number else 0
            )

    def _killing(self, victim: str, lane: Lane) -> Callable[[], None]:
        def strike() -> None:
            if victim == "worker":
                struck = lane.kill()
            elif victim == "postgres":
                struck = self.arena.kill_postgres()
            else:
                struck = self.arena.sandbox.kill()
            if struck:
                self.kills[victim] += 1
                self.struck.append(time.monotonic())

        return strike

    def _trouble(self, acts: int) -> None:
        """Kills at any moment, and what clerks do."""
        dice = self._dice("trouble")
        try:
            deeds = [self.clerks.act] * acts
            for _ in range(self.size.sudden):
                victim = dice.choices(("worker", "postgres", "sandbox"), (4, 1, 1))[0]
                deeds.append(self._killing(victim, dice.choice(list(self.lanes))))
            dice.shuffle(deeds)
            for deed in deeds:
                if self._over.wait(dice.uniform(0.1, 2.0)):
                    return
                deed()
        except BaseException as error:
            self._failure.append(error)

    def _revive(self) -> None:
        dice = self._dice("revival")
        try:
            while not self._over.wait(0.1):
                if not self.arena.alive():
                    time.sleep(dice.uniform(0.05, 0.6))
                    self.arena.revive()
        except BaseException as error:
            self._failure.append(error)

    # the calm

    def _calm(self) -> None:
        """Runs without faults; people first, so that what they change is used by the others."""
        lane = self.lanes[0]
        if self.size.organization and (stopped := self._run(lane, Job("organization_sync", {"dry_run": False}))):
            self.calmed.stopped.append(stopped)
        over = calm(lambda: self._run(lane, self._expense()), self.arena.owner_url)
        self.calmed.stopped += over.stopped
        self.calmed.settled = over.settled

    def _case(self, replays_refused: bool) -> Case:
        return Case(
            place=self.arena, clerks=self.clerks, today=self.today, days=self.days, inside_entities=self.inside, kills=self.struck,
            replays_refused=replays_refused, lists_before=self.lists_before,
        )  # fmt: skip
