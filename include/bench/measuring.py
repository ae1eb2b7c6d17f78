"""What a task cost outside its own process: CPU of PostgreSQL and of the sandbox, and what the sandbox counted."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import psutil

from include.bench.surroundings import Sandbox


@dataclass(frozen=True)
class Cost:
    """What a task cost. Seconds, CPU seconds, MiB; at Certify a call is a request, at Intacct a function of a request."""

    task: str
    seconds: float
    cpu: float
    postgres_cpu: float
    sandbox_cpu: float
    peak_mib: float
    certify_calls: int
    intacct_calls: int
    intacct_requests: int


class Meter:
    """Stands between two moments."""

    def __init__(self, sandbox: Sandbox, postgres: int) -> None:
        """:param postgres: process ID of the server"""
        self._sandbox, self._postgres = sandbox, psutil.Process(postgres)
        sandbox.ask("DELETE", "calls")
        self._before = self._cpu()

    def cost(self, task: str, figures: dict[str, Any]) -> Cost:
        """What the task cost since, with what its own process says of itself."""
        before, after = self._before, self._cpu()
        counted = self._sandbox.ask("GET", "calls")
        calls = {side: sum(one["calls"] for one in functions.values()) for side, functions in counted.items()}
        return Cost(
            task,
            figures["seconds"],
            figures["cpu"],
            after[0] - before[0],
            after[1] - before[1],
            figures["peak_mib"],
            calls["certify"],
            calls["intacct"],
            figures["requests"].get("intacct", 0),
        )

    def _cpu(self) -> tuple[float, float]:
        return _of_all(self._postgres), sum(self._sandbox.process.cpu_times()[:2])


def _of_all(server: psutil.Process) -> float:
    """CPU seconds of the server and of all its processes, those included that have ended."""
    total = sum(server.cpu_times()[:4])
    for child in server.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            total += sum(child.cpu_times()[:2])
    return total
