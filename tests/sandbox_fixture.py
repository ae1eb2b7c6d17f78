"""The sandbox as a fixture: a real process on a free port, with handles for what tests do to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[1]


class RunningSandbox:
    """A sandbox process. `url` is its root; the other methods are its control routes."""

    def __init__(self, state: Path, *options: str) -> None:
        self.state_folder = state
        self.options = options
        self._port = 0
        self._http = requests.Session()
        self._http.trust_env = False
        self.start()

    def start(self) -> None:
        """Start the process (again, on the same port and with the same state)."""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "include.sandbox",
                "--port",
                str(self._port),
                "--state",
                str(self.state_folder),
                *self.options,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("sandbox: http://"):
            raise RuntimeError(f"the sandbox did not start: {line!r}, exit status {self.process.wait(5)}")
        self.url = line.removeprefix("sandbox: ").strip()
        self._port = int(self.url.rsplit(":", 1)[1])
        deadline = time.monotonic() + 30
        while True:
            try:
                self._http.get(self.url + "/_sandbox/alive", timeout=5).raise_for_status()
                return
            except requests.RequestException:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """End the process as an operator would."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process with SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=120)
        if answer.status_code >= 400:
            raise RuntimeError(f"{method} /_sandbox/{path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def reset(self, **body: Any) -> Any:
        """POST reset; by default to an empty company."""
        return self._control("POST", "reset", body or {"scale": "empty"})

    def load(self, side: str, object: str, records: list[dict[str, Any]]) -> Any:
        """Put records into the store as given."""
        return self._control("POST", "load", {"side": side, "object": object, "records": records})

    def state(self, side: str, object: str) -> list[dict[str, Any]]:
        """The records that a service holds, lines inside their document."""
        return self._control("GET", f"state/{side}/{object}")["records"]

    def calls(self) -> Any:
        """Counts of API calls: side to function to {"calls", "read", "written"}."""
        return self._control("GET", "calls")

    def clear_calls(self) -> None:
        """Count anew."""
        self._control("DELETE", "calls")

    def at_once(self) -> Any:
        """The most requests of each side that were under way at once since the calls are counted."""
        return self._control("GET", "at_once")

    def settings(self, **changes: Any) -> Any:
        """Change settings."""
        return self._control("POST", "settings", changes)

    def fault(self, **fault: Any) -> Any:
        """Order a fault: side, match, kind, times, probability…"""
        return self._control("POST", "faults", fault)

    def faults(self) -> Any:
        """What is ordered, and a log of what struck: fault, side, kind, names of the request."""
        return self._control("GET", "faults")

    def clear_faults(self) -> None:
        """Forget all faults."""
        self._control("DELETE", "faults")

    def act(self, action: str, **arguments: Any) -> Any:
        """Do what an actor does."""
        return self._control("POST", "act", {"action": action, **arguments})


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """An empty sandbox for the whole session. Use `fresh_sandbox` in tests."""
    running = RunningSandbox(tmp_path_factory.mktemp("sandbox"), "--scale", "empty")
    yield running
    running.stop()


@pytest.fixture
def fresh_sandbox(sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, empty, with default settings, no faults and counters at zero."""
    sandbox.clear_faults()
    sandbox._control("DELETE", "settings")
    sandbox.settings(amount_format="two_decimals")  # so that tests can write amounts as people do
    sandbox.reset()
    sandbox.clear_calls()
    yield sandbox
    sandbox.clear_faults()
