"""`make chaos SEED=1 FAULTS=2000 KILLS=200 MINUTES=60`: rounds of storms over the connector, until enough faults and kills were borne.

Prints a line for each round, then counts by fault and outcome, and last one line of JSON. Exit status 0 only when nothing was posted
twice, lost, altered or put into another period, nobody stands twice or was wrongly deactivated, exactly those reports are in doubt
that cannot be decided, and as many faults and kills were borne as were asked for. `ROUND=n` plays one round of a seed again, and
leaves what it did step by step. `SEEDS="1 2 3"` plays the storms of several seeds. `SENDERS=2` lets each run have two requests under
way, as in production; such a round is not the same when it is played again. `STACK=1` plays one scenario over the real Airflow.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from include.chaos import stack
from include.chaos.environment import Environment
from include.chaos.oracle import WRONGS
from include.chaos.result import Result
from include.chaos.round import Round
from include.chaos.size import Size
from include.chaos.worker_pool import Lane, WorkerPool
from include.local.environment import clean
from include.local.errors import StackError
from include.local.passwords import write_private
from include.local.postgres import binaries

_LANES = 2
# Enough for the one scenario over the real Airflow.
_STACK_FAULTS, _STACK_KILLS = 30, 12


class Tally:
    """The sum of all rounds."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.faults: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.acts: Counter[str] = Counter()
        self.runs: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.cpu_seconds: Counter[str] = Counter()
        self.wrongs: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()
        self.held = self.in_doubt = self.undecidable = self.deactivated = self.rounds = 0
        self.bad: list[int] = []

    def add(self, result: Result) -> None:
        """Adds a round."""
        self.faults += result.faults
        self.kills += result.kills
        self.acts += result.acts
        self.runs += result.runs
        self.errors += result.errors
        self.cpu_seconds += result.cpu_seconds
        verdict = result.verdict
        self.wrongs.update({name: len(found) for name, found in verdict.wrongs.items()})
        self.documents += verdict.documents
        self.held += verdict.held
        self.deactivated += result.deactivated
        self.in_doubt += len(verdict.in_doubt)
        self.undecidable += len(verdict.undecidable)
        self.rounds += 1
        if not result.fine:
            self.bad.append(result.number)

    def enough(self, faults: int, kills: int) -> bool:
        """Whether so many faults and kills were borne."""
        return self.faults.total() >= faults and self.kills.total() >= kills

    def lacks(self, minutes: float, faults: int, kills: int) -> str:
        """In words, that the time was over before so many faults and kills were borne; empty when they were."""
        if self.enough(faults, kills):
            return ""
        borne = f"{self.faults.total()} faults and {self.kills.total()} kills"
        return f"ended after {minutes:g} minutes with only {borne} of the {faults} and {kills} that were asked for"

    def line(self) -> str:
        """The last line of the output."""
        return json.dumps(
            {"seed": self.seed, "faults": self.faults.total(), "kills": self.kills.total()}
            | {name: self.wrongs[name] for name in WRONGS}
            | {"in_doubt": self.in_doubt, "undecidable": self.undecidable}
        )

    def table(self) -> str:
        """Counts for people."""
        rows = [
            f"{self.rounds} rounds, {self.documents.total()} documents posted, {self.held} reports that must wait, "
            f"{self.deactivated} users deactivated"
        ]
        for title, counts in (
            ("documents", self.documents),
            ("faults", self.faults),
            ("kills", self.kills),
            ("actors", self.acts),
            ("runs", self.runs),
        ):
            rows.append(f"{title}:")
            rows += [f"  {name:<34}{count:>8}" for name, count in sorted(counts.items())]
        rows.append("CPU seconds of tasks:")
        rows += [f"  {name:<34}{used:>8.1f}" for name, used in self.cpu_seconds.most_common()]
        rows.append("what tasks stumbled over (most frequent):")
        rows += [f"  {count:>6}  {text[:140]}" for text, count in self.errors.most_common(25)]
        return "\n".join(rows)


def show(result: Result, again: str) -> None:
    """A round's line, and what is wrong with it."""
    verdict = result.verdict
    wrong = {name: len(found) for name, found in verdict.wrongs.items() if found}
    print(
        f"round {result.number}: {result.faults.total()} faults, {result.kills.total()} kills, {result.acts.total()} acts, "
        f"{result.runs['finished']} runs finished, {result.runs['failed']} failed, "
        f"{verdict.posted} documents ({' and '.join(result.targets)}), "
        f"{len(verdict.in_doubt)} in doubt, {len(verdict.undecidable)} undecidable, {wrong or 'nothing wrong'}, "
        f"digest {result.digest}, {result.seconds:.0f} s (storm {result.storm_seconds:.0f}, calm {result.calm_seconds:.0f})"
        + (", not settled" if result.calm.stopped or result.calm.moving else ""),
        flush=True,
    )
    if result.drawn:
        print(f"  drawn: {', '.join(result.drawn)}", flush=True)
    for text in result.calm.stopped:
        print(f"  a run without any fault stopped: {text[:400]}")
    for report_id in sorted(result.calm.moving):
        print(f"  does not come to rest: report {report_id}")
    if result.fine:
        return
    for name, found in verdict.wrongs.items():
        for text in found:
            print(f"  {name}: {text}")
    for text in verdict.broken:
        print(f"  against the rules: {text}")
    for title, ids in (
        ("held in doubt, but decidable", verdict.in_doubt - verdict.undecidable),
        ("undecidable, but not in doubt", verdict.undecidable - verdict.in_doubt),
    ):
        for report_id in sorted(ids):
            print(f"  {title}: report {report_id}")
    print(f"  settings: {json.dumps(result.settings)}")
    print(f"  again: {again}", flush=True)


def write_course(result: Result, folder: Path) -> Path:
    """Writes what a round did, step by step: two plays of one round can be compared line by line."""
    path = folder / f"round-{result.number}-course.txt"
    write_private(path, "\n".join(result.course) + "\n")
    return path


def keep(environment: Environment, number: int, folder: Path) -> None:
    """Keeps the connector's database, the workers' log and what went over the wire of a round that went wrong."""
    dump = folder / f"round-{number}.sql"
    # What is staged is as private here as in the stack's own files.
    write_private(dump, "")
    subprocess.run(
        [str(binaries() / "pg_dump"), "--file", str(dump), environment.owner_url], check=False, capture_output=True
    )
    for log in environment.folder.glob("lane-*.log"):
        write_private(folder / f"round-{number}-{log.name}", log.read_text(encoding="utf-8", errors="replace"))
    wire = [
        f"{one.at:.3f} {one.answered_at or 0:.3f} lane {one.lane} {one.number} {one.control_id} {one.verdict}"
        for one in environment.wire.attempts
    ]
    write_private(folder / f"round-{number}-wire.txt", "\n".join(wire))
    print(f"  kept: {dump}, wire and logs", flush=True)


def _interrupted(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(given: list[str] | None = None) -> int:
    """Plays rounds; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="*", help="storms of several seeds, one after the other")
    parser.add_argument("--faults", type=int, default=2000, help="so many faults at least")
    parser.add_argument("--kills", type=int, default=200, help="so many kills at least")
    parser.add_argument("--minutes", type=float, default=60, help="no new round after that")
    parser.add_argument("--round", type=int, help="only this round of the seed")
    parser.add_argument(
        "--senders", type=int, default=1, help="requests that a run has under way; above 1 nothing replays"
    )
    parser.add_argument("--stack", action="store_true", help="one scenario over the real Airflow")
    parser.add_argument("--keep", type=Path, default=Path(".run/chaos"), help="where the traces of a bad round go")
    options = parser.parse_args(given)
    # Also when it runs in the background, where an interrupt is ignored by default.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    seeds = options.seeds or [options.seed]
    if options.stack:
        return _stack(seeds[0], options)
    status = 0
    with tempfile.TemporaryDirectory(prefix="connector-chaos-") as name:
        folder = Path(name)
        print("PostgreSQL, the sandbox and the workers are started", flush=True)
        environment = Environment(folder, _LANES)
        pool: WorkerPool | None = None
        try:
            environment.start()
            print("the workers import Airflow", flush=True)
            pool = WorkerPool(folder)
            lanes = [pool.lane(number) for number in range(_LANES)]
            for seed in seeds:
                status = max(status, _storm(environment, lanes, seed, options))
        finally:
            if pool is not None:
                pool.stop()
            environment.stop()
    return status


def _stack(seed: int, options: argparse.Namespace) -> int:
    tally = Tally(seed)
    faults, kills = min(options.faults, _STACK_FAULTS), min(options.kills, _STACK_KILLS)
    again = f"make chaos STACK=1 SEED={seed}"
    try:
        result = stack.play(seed, faults, kills, options.keep)
    except StackError as error:
        return finish(tally, f"{error} Again: {again}")
    tally.add(result)
    show(result, again)
    lacks = [tally.lacks(result.storm_seconds / 60, faults, kills), stack.idle(result)]
    return finish(tally, "; ".join(filter(None, lacks)))


def _storm(environment: Environment, lanes: list[Lane], seed: int, options: argparse.Namespace) -> int:
    """The rounds of a seed, or the one that is asked for; returns the exit status."""
    tally = Tally(seed)
    print(f"seed {seed}", flush=True)
    deadline = time.monotonic() + options.minutes * 60
    numbers = [options.round] if options.round is not None else range(1, 1_000_000)
    for number in numbers:
        for log in environment.folder.glob("lane-*.log"):
            log.unlink()
        result = Round(environment, lanes, seed, number, Size(at_once=options.senders)).play()
        tally.add(result)
        show(result, f"make chaos SEED={seed} ROUND={number}")
        if options.round is not None or not result.fine:
            print(f"  step by step: {write_course(result, options.keep)}", flush=True)
        if not result.fine:
            keep(environment, number, options.keep)
        if tally.enough(options.faults, options.kills) or time.monotonic() > deadline:
            break
    return finish(
        tally, "" if options.round is not None else tally.lacks(options.minutes, options.faults, options.kills)
    )


def finish(tally: Tally, lacks: str = "") -> int:
    """The end of the output, and the exit status.

    :param lacks: in words, what was asked for and not reached
    """
    print(tally.table())
    if tally.bad:
        print(f"bad rounds: {', '.join(map(str, tally.bad))}")
    if lacks:
        print(lacks)
    print(tally.line(), flush=True)
    return 1 if tally.bad or lacks else 0


if __name__ == "__main__":
    clean()
    sys.exit(main())
