"""One round: a fresh company, a storm, a calm, and the oracle's verdict.

All that is drawn is drawn from the seed and the round's number: the day on which it is played, the company, the settings,
connector.yaml, the jobs of each lane, which lane goes on at each step (`include.chaos.referee`), the orders of faults (a weather after
each run), at which request, statement or step something is killed and when it is back, and for each act of an actor its step and its
dice. The time is that of `include.chaos.clock`. What a replay does not repeat: ports, process IDs, passwords, session IDs, and how
PostgreSQL and the machine share their processors within a step.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from include.chaos import invoices, parameters, sandbox_settings, shared_reports
from include.chaos.actors import Actors
from include.chaos.calm import Calm, calm
from include.chaos.choices import draw_credits, draw_kinds
from include.chaos.environment import Environment
from include.chaos.furnishing import furnish
from include.chaos.judging import Case
from include.chaos.kinds import Kind
from include.chaos.measuring import measured
from include.chaos.oracle_recovery import Memory
from include.chaos.questions import records_written, vendors_to_make
from include.chaos.referee import Referee
from include.chaos.result import Result
from include.chaos.rivals import Contest, contest, deployment, judge_contest
from include.chaos.size import Size
from include.chaos.strikes import Strikes
from include.chaos.varieties import SHIPPED, Varieties, draw
from include.chaos.worker_pool import Job, Lane

# Time-outs are real: no answer that is not meant to be late takes so long on a busy machine.
PATIENCE = {
    "attempts": 3, "wait_initial": 0.02, "wait_max": 0.2, "connect_timeout": 10, "read_timeout": 12, "total_timeout": 20,
}  # fmt: skip


# So often each lane is a deployment of its own, and only one of them may post.
_RIVALS = 0.2
# So often lines of several entities may stand in one document.
_SHARED = 0.4
# So often neither of them is taxed: each entity claims its tax in documents of its own.
_UNTAXED = 0.7


class Round:
    """Carries one round out on the environment."""

    def __init__(
        self,
        environment: Environment,
        lanes: Sequence[Lane],
        seed: int,
        number: int,
        size: Size,
        varieties: Varieties | None = None,
    ) -> None:
        self.environment = environment
        self.lanes = list(lanes)
        self.number = number
        self.size = size
        self.seed = f"{seed}/{number}"
        self.varieties = varieties or draw(seed, number)
        self.rng = self._dice("plan")
        self.calmed = Calm()
        self._runs = self.written_again = 0
        self.payable: list[tuple[str, str]] | None = None
        self.referee = Referee(environment, self._dice)
        self.clock = environment.clock

    def play(self) -> Result:
        """The whole round."""
        began = time.monotonic()
        self._prepare()
        self.memory = self._verify()
        if len(self.days) > 1 and self.rng.random() < 0.5 and not self.rivals:
            self._run(self.lanes[0], self._expense(self.days[0], self.days[0]))
        storm = time.monotonic()
        self._storm()
        self.actors.leave()
        calm = time.monotonic()
        found = self._contest() if self.rivals else None
        self._calm()
        self.payable = self._payable()
        verdict, deactivated = self._case().judge()
        if found is not None:
            judge_contest(verdict, found, deployment(self.environment.owner_url))
        result = Result(
            self.number, verdict, self.strikes.faults, self.strikes.kills, self.actors.counts, deactivated=deactivated,
            calm=self.calmed, seconds=time.monotonic() - began, storm_seconds=calm - storm,
            calm_seconds=time.monotonic() - calm, settings=self.settings, targets=[kind.target for kind in self._kinds],
            drawn=self.choices.varieties.names,
            course=self.referee.course,
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
        environment, sandbox = self.environment, self.environment.sandbox
        environment.revive()
        self.clock.set(self._moment())
        self.today = self._moment().date()
        sandbox.ask("DELETE", "faults")
        sandbox.ask("DELETE", "settings")
        size = self.size
        sandbox.ask("POST", "reset", {
            "seed": self.rng.randrange(10_000), "today": str(self.today),
            "scale": {"entities": self.rng.choice((2, 4, 10)), "departments": self.rng.choice((6, 12)), "people": size.people,
                      "reports_per_day": size.reports_per_day, "days": size.days, "lines": self.rng.choice((1, 2, 3))},
        })  # fmt: skip
        places = {str(one["LOCATIONID"]) for one in sandbox.state_of("intacct", "LOCATIONENTITY")}
        by_department = self._by_department(places)
        self.varieties = self.varieties.within(places)
        self.settings = sandbox_settings.settings(self._dice) | self.varieties.sandbox
        self.unknowable = self.rng.random() < 0.35
        self.verifies = parameters.unknowable(self.rng, self.settings) if self.unknowable else self.rng.random() < 0.9
        self.memory = parameters.memory(self.rng, self.settings)
        sandbox.ask("POST", "settings", self.settings)
        self.rivals = size.rivals and len(self.lanes) > 1 and self.rng.random() < _RIVALS
        if not self._people:
            self.varieties = replace(self.varieties, kept=SHIPPED.kept)
        environment.new_databases(f"round_{self.number}", *([f"round_{self.number}_rival"] if self.rivals else ()))
        config = environment.folder / "connector.yaml"
        dice = self._dice("kinds")
        kinds = draw_kinds(dice)
        credits = draw_credits(dice, kinds)
        spent = dice.random() < 0.5
        choices = parameters.configuration(
            self.rng, config, kinds, credits, spent=spent, few_together=self.unknowable, at_once=size.at_once,
            by_department=by_department, varieties=self.varieties, today=self.today,
        )  # fmt: skip
        positive = self.varieties.sign == "positive"
        turned = [
            kind.letter
            for kind in choices.posted
            if kind.lowers and positive and self.settings.get(kind.shows) != "owed"
        ]
        self.choices = replace(choices, turned=turned)
        furnish(sandbox, self.choices, self._dice("furnishing"))
        if self.choices.by_department:
            shared_reports.add(sandbox, self._dice("shared"))
        for lane in self.lanes:
            lane.referee = self.referee
            connections = environment.connections(lane.number)
            for connection in connections.values():
                connection.setdefault("extra", {}).update(PATIENCE | {"requests_at_once": size.at_once})
            lane.environment = {
                "CONNECTOR_CONFIG": str(config),
                "AIRFLOW_CONN_CONNECTOR_DB": environment.loader_url(lane.number if self.rivals else 0),
                **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(one) for name, one in connections.items()},
            }
        environment.wire.disarm()
        environment.wire.attempts.clear()
        self.days = [self.today - timedelta(days=back) for back in range(size.days, 0, -1)]
        again = invoices.add(sandbox, self.days, self._dice("invoices")) if self.varieties.invoices else {}
        # The word is part of the dice: with another one, no earlier round could be played again.
        self.actors = Actors(
            sandbox, environment.wire, f"{self.seed}/clerks", self.days, self._kinds, self.varieties.kept
        )
        self.actors.invoices_again |= again
        self.strikes = Strikes(
            environment, self.lanes, self.referee, size,
            dice=self._dice, plan=self.rng, people=self._people, faults=self._faults,
        )  # fmt: skip
        self.lists_before = sandbox.certify_lists()

    def _by_department(self, taxed: set[str]) -> Mapping[str, str]:
        """The entities whose lines may share a document, where any may; mostly they are none of the taxed ones, which never do."""
        dice = self._dice("entities")
        if dice.random() >= _SHARED:
            return {}
        if dice.random() < _UNTAXED:
            taxed -= set(shared_reports.BY_DEPARTMENT.values())
        return shared_reports.BY_DEPARTMENT

    def _moment(self) -> datetime:
        """When the round is played: any day of some years, and an hour after which it ends on the same day."""
        dice = self._dice("day")
        day = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=dice.randrange(3 * 365))
        return day + timedelta(hours=dice.randrange(1, 22), minutes=dice.randrange(60))

    def _verify(self) -> Memory:
        """Runs verify_company, or not; says what Intacct remembers of control IDs, and what is known of it and true."""
        job = Job("verify_company", {"confirm": True, "wait_minutes": 0})
        verifying = self.lanes[: len(self.environment.databases)] if self.verifies else []
        stopped = [self._run(lane, job) for lane in verifying]
        known = bool(verifying) and not any(stopped) and parameters.replays_refused(self.settings)
        return replace(self.memory, refused=known and measured(self.environment.owner_urls, self.memory))

    def _expense(self, first: date | None = None, last: date | None = None, run_type: str = "manual") -> Job:
        period = {"period_start": str(first or self.days[0]), "period_end": str(last or self.days[-1])}
        return Job("expense_sync", period, run_type)

    def _dice(self, name: str) -> random.Random:
        """Dice of their own for each purpose, so that they fall the same again whatever the order of the threads."""
        return random.Random(f"{self.seed}/{name}")

    @property
    def _kinds(self) -> list[Kind]:
        """The kinds of document that are posted."""
        return self.choices.posted

    @property
    def _people(self) -> bool:
        """Whether people are synced. Only posting is refused to a second deployment."""
        return self.size.organization and not self.rivals

    def _run(self, lane: Lane, job: Job) -> str:
        self._runs += 1
        stopped = lane.run(job, f"{job.run_type}__{self.number}_{self._runs}")
        self.referee.note(f"lane {lane.number} {job.dag}: {'stopped' if stopped else 'finished'}")
        return stopped

    # the storm

    def _storm(self) -> None:
        """Runs of the same dates at once, while faults strike, processes die and actors act."""
        plan = self._plan_of_runs()
        self._failure: list[BaseException] = []
        self.strikes.order_faults()
        self.strikes.aim()
        self.strikes.plan_trouble(self._act)
        self.referee.turns.expect([lane.number for lane in self.lanes])
        workers = [
            threading.Thread(target=self._lane, args=(lane, jobs)) for lane, jobs in zip(self.lanes, plan, strict=True)
        ]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()
        self.environment.wire.disarm()
        self.referee.forget()
        self.environment.revive()
        self.strikes.collect_faults()
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
            if self._people and (number == 0 or self.rng.random() < 0.3):
                jobs.insert(self.rng.randrange(len(jobs) + 1), Job("organization_sync"))
            plans.append(jobs)
        return plans

    def _lane(self, lane: Lane, jobs: Sequence[Job]) -> None:
        try:
            for job in jobs:
                self.referee.turn(lane, 0, "is free")
                self._run(lane, job)
                self.strikes.order_faults()
        except BaseException as error:
            self._failure.append(error)
        finally:
            self.referee.turns.leave(lane.number)

    def _faults(self, dice: random.Random) -> list[dict[str, Any]]:
        heat, lists = self.size.heat, bool(self.varieties.kept.lists)
        return parameters.faults(dice, heat, self._kinds, swallowing=self.unknowable, lists=lists) if heat else []

    def _act(self) -> None:
        self.referee.services()
        before = Counter(self.actors.counts)
        self.actors.act()
        self.referee.note(f"act {' '.join(self.actors.counts - before) or 'nothing'}")

    # the calm

    def _contest(self) -> Contest:
        """Which deployment posts; it comes first from now on."""
        found = contest(self.environment.wire.attempts, lambda number: self._run(self.lanes[number], self._expense()))
        if found.winner:
            self.lanes = self.lanes[::-1]
            self.environment.databases.reverse()
        return found

    def _calm(self) -> None:
        """Runs without faults; people first, so that what they change is used by the others."""
        lane = self.lanes[0]
        # What was lost on the way to Certify may still be carried out.
        self.clock.sleep(self.settings.get("late_commit_seconds", 0) + 0.3)
        stopped = self._calm_people(lane) if self._people else ""
        clerks = self.actors.changed_books
        self.calmed = calm(
            lambda: self._run(lane, self._expense()), self.environment.owner_url, self.clock, clerks=clerks
        )
        if stopped:
            self.calmed.stopped.insert(0, stopped)

    def _calm_people(self, lane: Lane) -> str:
        """People and lists; where a company keeps more of them than others, once more: all is done, and nothing is written again."""
        job = Job("organization_sync")
        stopped = self._run(lane, job)
        self.written_again = 0
        if self.varieties.kept.lists and not stopped:
            before = records_written(self.environment)
            stopped = self._run(lane, job)
            self.written_again = records_written(self.environment) - before
        return stopped

    def _payable(self) -> list[tuple[str, str]] | None:
        asked = self.varieties.kept.vendors and not self.calmed.stopped
        return vendors_to_make(self.environment, self.lanes[0]) if asked else None

    def _case(self) -> Case:
        return Case(
            place=self.environment, actors=self.actors, today=self.today, days=self.days, choices=self.choices,
            kills=self.strikes.killed_at, memory=self.memory, calm_runs=self.calmed.runs, lists_before=self.lists_before,
            people_synced=self._people and not self.calmed.stopped, written_again=self.written_again, payable=self.payable,
            keeps=self.settings.get("certify_users_keep", "all") == "all",
        )  # fmt: skip
