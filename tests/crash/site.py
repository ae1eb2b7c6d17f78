"""A company whose run is struck: how it is prepared, put back and judged."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.crash.relay import Moment, Scope, Strike
from tests.crash.snapshot import Contents, DatabaseSnapshots, SandboxSnapshot, differences
from tests.crash.stages import EVERYTHING, Stage
from tests.crash.trials import Striker, crash

#: All strikes at a statement: what is taken away, when.
WAYS = (
    (Moment.BEFORE, Scope.DATABASE),
    (Moment.AFTER, Scope.DATABASE),
    (Moment.BEFORE, Scope.CONNECTION),
    (Moment.AFTER, Scope.CONNECTION),
    (Moment.REFUSED, Scope.CONNECTION),
)
# With the database gone the worker can do nothing more, as when it dies. What a statement did inside of a transaction is rolled
# back, so after it is the same as before the next; only after these is something there to stay.
_LASTING = ("COMMIT", "SELECT pg_advisory", "SELECT pg_try_advisory")

#: ``python -m tests.crash`` asks for more than `make test` has time for.
ONLY = os.environ.get("CRASH_TASK", "")

Choice = Callable[[Stage, Sequence[str]], list[Any]]


def everything(_stage: Stage, statements: Sequence[str]) -> list[Strike]:
    """Each statement of a task in every way."""
    return [Strike(number, *way) for way in WAYS for number in range(1, len(statements) + 1)]


@dataclass
class Site:
    """What a run is struck on.

    :param stages: the tasks of the run, in order
    :param judge: for tasks that write to a service: goes on as the next days would, and says what is wrong
    :param expect: what ``judge`` compares with, taken after a run that nothing struck
    :param everything: each statement (or request) of a task in every way
    """

    stages: list[Stage]
    striker: Striker
    snapshots: DatabaseSnapshots
    sandbox: Any
    judge: Callable[[Stage, Any], list[str]]
    expect: Callable[[], Any]
    everything: Choice = everything

    def survey(self, quick: Choice) -> Outcome:
        """Strikes each task at the chosen statements, one after another, and then lets it work."""
        outcome = Outcome()
        choice = self._wanted if EVERYTHING else quick
        before = SandboxSnapshot(self.sandbox)
        for stage in self.stages:
            self.snapshots.take(stage.name)
            self.striker.arm(None)
            stage.work()
            statements = list(self.striker.statements)
            contents, expected = self.snapshots.contents(), self.expect()
            outcome.statements[stage.name] = len(statements)
            strikes = choice(stage, statements)
            for strike in strikes:
                self._start(stage, before)
                struck, problems = crash(stage, strike, statements, self.striker, self.snapshots)
                problems += self.judge(stage, expected) if stage.writes else self._same(stage, contents)
                outcome.add(stage, strike, struck, problems)
                if EVERYTHING:
                    print(f"{stage.name}, {strike}: {'; '.join(problems) or 'nothing wrong'}", flush=True)
            if strikes:
                self._start(stage, before)
                stage.work()
        return outcome

    def _wanted(self, stage: Stage, statements: Sequence[str]) -> list[Any]:
        return self.everything(stage, statements) if ONLY in ("", stage.name) else []

    def _start(self, stage: Stage, before: SandboxSnapshot) -> None:
        self.snapshots.restore(stage.name)
        if stage.writes:
            before.restore()

    def _same(self, stage: Stage, contents: Contents) -> list[str]:
        """Nothing was sent, so what is in the database is all there is: it is as if nothing had happened."""
        now = self.snapshots.contents()
        if stage.name == "open_load":
            # A try that got its load and died leaves it open and empty; the next one has its own.
            return [] if _loads(now) == _loads(contents) else differences(contents, now)
        return differences(contents, now)


@dataclass
class Outcome:
    """What came of all strikes."""

    statements: dict[str, int] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def add(self, stage: Stage, strike: Strike, struck: str, problems: list[str]) -> None:
        """Counts a strike, and keeps what is wrong after it."""
        self.strikes[stage.name] = self.strikes.get(stage.name, 0) + 1
        where = f"{stage.name}, {strike}: {struck[:90]}"
        self.findings += [f"{where}\n    {problem}" for problem in problems]

    def __str__(self) -> str:
        rows = [f"{name:32}{count:>11}{self.strikes.get(name, 0):>9}" for name, count in self.statements.items()]
        total = f"{'':32}{sum(self.statements.values()):>11}{sum(self.strikes.values()):>9}"
        return "\n".join([f"{'task':32}{'statements':>11}{'strikes':>9}", *rows, total, *self.findings])


def sampled(seed: int, share: float, everything: Choice = everything) -> Choice:
    """Some strikes of each task, drawn by a seed."""
    draw = random.Random(seed)

    def choose(stage: Stage, statements: Sequence[str]) -> list[Strike]:
        strikes = everything(stage, statements)
        wanted = int(len(strikes) * share + draw.random())
        return sorted(draw.sample(strikes, wanted), key=lambda strike: strike.number)

    return choose


def where_money_moves(statements: Sequence[str]) -> list[Strike]:
    """From the claim of the first document to the last answer written down: the database gone before each statement, and after
    each one whose effect stays."""
    claims = [number for number, text in enumerate(statements, 1) if text.startswith("INSERT INTO ledger.report")]
    outcomes = [number for number, text in enumerate(statements, 1) if "INTO plan.outcome" in text]
    begin = max(number for number in range(1, claims[0]) if statements[number - 1] == "(connect)")
    end = min(number for number in range(outcomes[-1], len(statements) + 1) if statements[number - 1] == "COMMIT")
    numbers = range(begin, end + 1)
    lasting = [number for number in numbers if statements[number - 1].startswith(_LASTING)]
    return sorted(
        [Strike(number, Moment.BEFORE) for number in numbers] + [Strike(number, Moment.AFTER) for number in lasting],
        key=lambda strike: (strike.number, strike.moment),
    )


def _loads(contents: Contents) -> set[str]:
    """The loads, whatever their numbers."""
    return {
        row.split('"load_id":', 1)[0] + row.split('"load_id":', 1)[1].split(",", 1)[1] for row in contents["ops.load"]
    }
