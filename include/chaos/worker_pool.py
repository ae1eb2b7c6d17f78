"""The workers from the outside: runs are ordered, watched, killed and started again as Airflow's scheduler does it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from include.chaos.environment import ORDERLY, ROOT

_LONGEST_RUN = 240.0


@dataclass(frozen=True)
class Job:
    """A run of a DAG."""

    dag: str
    params: dict[str, Any] = field(default_factory=dict)
    run_type: str = "manual"


class Referee(Protocol):
    """Who says when a lane goes on, and what strikes it; without one, lanes go on in real time."""

    def turn(self, lane: Lane, seconds: float, what: str, *, posts: bool = False) -> float:
        """Waits until the lane may go on; returns the time."""

    def points(self, lane: Lane) -> list[dict[str, Any]]:
        """Where a try that begins is to be struck."""

    def strike(self, lane: Lane, why: str) -> None:
        """The lane has come to such a point."""

    def began(self, lane: Lane, pid: int) -> None:
        """A process does its work."""

    def ended(self, lane: Lane) -> None:
        """It is gone."""


class WorkerPool:
    """The process from which all runs are forked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = str(folder / "workers.sock")
        self._log = (folder / "worker.log").open("ab")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "include.chaos.worker", self.path],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=environment
            | ORDERLY
            | {
                "AIRFLOW_HOME": str(folder / "airflow"),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
            },
        )
        assert self.process.stdout is not None
        # Whatever is imported may have something to say first.
        if not any(line.strip() == b"ready" for line in iter(self.process.stdout.readline, b"")):
            raise RuntimeError(f"The workers did not start; see {folder / 'worker.log'}.")

    def lane(self, number: int) -> Lane:
        """A place at which one run at a time is carried out."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.path)
        connection.settimeout(_LONGEST_RUN)
        return Lane(number, connection, self.folder / f"lane-{number}.log")

    def stop(self) -> None:
        """Ends the process."""
        self.process.terminate()
        self.process.wait(10)
        self._log.close()


class Lane:
    """One run at a time. `environment` is what its processes get; `counts` is what became of runs and tasks.

    `seconds` is what tasks took of a core.
    """

    def __init__(self, number: int, connection: socket.socket, log: Path) -> None:
        self.number = number
        self.environment: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.kills = 0
        self.referee: Referee | None = None
        self.log = log
        self._connection = connection
        self._stream = connection.makefile("rb")
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._orders = 0

    def close(self) -> None:
        """Gives the place up; the process behind it ends."""
        self._stream.close()
        self._connection.close()

    def kill(self) -> bool:
        """Ends the process of the run with SIGKILL, when there is one."""
        with self._lock:
            if self._pid is None:
                return False
            os.kill(self._pid, signal.SIGKILL)
            self._pid = None
            self.kills += 1
            return True

    def run(self, job: Job, run_id: str) -> str:
        """Carries a run out; a task that dies or fails is tried again as often as its DAG says.

        :returns: empty when every task succeeded, else what stopped the run
        """
        done, load_id, tries = 0, None, Counter[int]()
        while True:
            self._orders += 1
            order = {
                "number": self._orders, "dag": job.dag, "params": job.params, "run_id": run_id, "run_type": job.run_type, "done": done,
                "load_id": load_id, "environment": self.environment, "log": str(self.log),
            }  # fmt: skip
            if self.referee:
                now = self.referee.turn(self, 0, f"{job.dag} {run_id} from task {done}")
                order |= {
                    "now": now,
                    "points": self.referee.points(self),
                    "dice": f"{run_id}/{done}/{sum(tries.values())}",
                }
            self._connection.sendall(json.dumps(order).encode() + b"\n")
            trouble: dict[str, Any] = {"failed": done, "error": "killed", "retries": 3, "final": False}
            finished = False
            for said in self._said():
                if "done" in said:
                    done, load_id = said["done"] + 1, said["load_id"]
                    self.seconds[said["task"].partition("[")[0]] += said["seconds"]
                    trouble = {"failed": done, "error": "killed", "retries": 3, "final": False}
                elif "failed" in said:
                    trouble = said
                finished = finished or "finished" in said
            if finished:
                self.counts["finished"] += 1
                return ""
            self.errors[str(trouble["error"])[:160]] += 1
            if "trace" in trouble:
                with self.log.open("a", encoding="utf-8") as log:
                    log.write(
                        f"--- {run_id} {trouble['task']} try {tries[trouble['failed']] + 1}\n{trouble['trace']}\n"
                    )
            tries[trouble["failed"]] += 1
            self.counts["task tried again"] += 1
            if trouble["final"] or tries[trouble["failed"]] > trouble["retries"]:
                self.counts["failed"] += 1
                return str(trouble["error"])
            if not self.referee:
                time.sleep(0.05)

    def _said(self) -> Any:
        """What the process of the order says, until it has ended."""
        while True:
            try:
                line = self._stream.readline()
            except TimeoutError:
                raise RuntimeError(
                    f"A run of lane {self.number} is stuck for {_LONGEST_RUN:.0f} s; see {self.log}."
                ) from None
            if not line:
                raise RuntimeError(f"The worker of lane {self.number} is gone; see {self.log}.")
            try:
                said = json.loads(line)
            except ValueError:  # the kill came in the middle of a word
                continue
            if "pid" in said:
                with self._lock:
                    self._pid = said["pid"]
                if self.referee:
                    self.referee.began(self, said["pid"])
            elif "ended" in said:
                with self._lock:
                    self._pid = None
                if self.referee:
                    self.referee.ended(self)
                return
            elif "waits" in said or "struck" in said:
                self._answer(said)
            else:
                yield said

    def _answer(self, said: dict[str, Any]) -> None:
        """Lets the process go on when it may, unless something has struck it by then."""
        assert self.referee is not None
        now = 0.0
        if "waits" in said:
            now = self.referee.turn(self, said["waits"], said["what"], posts=said["posts"])
        else:
            self.referee.strike(self, said["struck"])
        with self._lock:
            if self._pid is not None:
                self._connection.sendall(json.dumps({"now": now}).encode() + b"\n")
