"""The real Airflow as a thing that may be killed: the stack of `include.local` with every part in reach of SIGKILL, and its revival.

Airflow recovers by itself what its processes left behind: orphaned tasks are reset when a scheduler starts, tasks without a
heartbeat are tried again. Its own settings make that take seconds instead of minutes; a cluster policy does the same for the pauses
between tries.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from include.chaos.environment import Sandbox
from include.chaos.round import PATIENCE
from include.chaos.wire import Wire
from include.local import databases, sandbox
from include.local.console import say
from include.local.errors import StackError
from include.local.ports import free_port
from include.local.postgres import PostgresServer
from include.local.settings import ROOT, Settings
from include.local.stack import Stack

_AIRFLOW = {
    # Seconds without a sign of life until a task counts as dead, and how often that is looked at.
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "45",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "20",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "30",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "3",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "3",
    "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "5",
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
    "AIRFLOW__CORE__PARALLELISM": "4",
}
_POLICY = """\
from datetime import timedelta


def task_policy(task):
    task.retry_delay = task.max_retry_delay = timedelta(seconds=3)
    task.retries = 8
"""
_TASK = "airflow worker -- "


class StormyStack(Stack):
    """PostgreSQL, Airflow and a sandbox behind a relay, in one folder; on free ports.

    :param config_file: connector.yaml; it must exist
    """

    def __init__(self, folder: Path, config_file: Path) -> None:
        settings = Settings(
            folder=folder, ui_port=free_port(), sandbox_port=free_port(), sandbox_scale="empty", config_file=config_file,
            time_zone="UTC",
        )  # fmt: skip
        super().__init__(settings, with_sandbox=True)
        # The same port at every start, or nobody would find it again.
        self.postgres = PostgresServer(
            folder / "postgres",
            log_file=settings.logs / "postgres.log",
            settings={"shared_buffers": "128MB"},
            port=free_port(),
        )
        self.service = Sandbox(folder / "service")
        self.wire = Wire(self.service.port, 1)
        self._leaders: set[int] = set()

    @property
    def owner_url(self) -> str:
        """The connector's database as its owner."""
        return self.postgres.url(databases.CONNECTOR, databases.OWNER)

    def stop(self) -> None:
        """Ends everything, also what killed processes left behind."""
        self._note_leaders()
        super().stop()
        for process in self._ours():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.service.stop()
        self.wire.close()

    def _start_sandbox(self) -> None:
        self.service.start()
        policy = self.airflow.home / "config" / "airflow_local_settings.py"
        policy.parent.mkdir(parents=True, exist_ok=True)
        policy.write_text(_POLICY, encoding="utf-8")
        self._environment |= _AIRFLOW

    def _connections(self) -> dict[str, dict[str, Any]]:
        services = sandbox.connections(f"http://127.0.0.1:{self.wire.ports[0]}")
        for service in services.values():
            service["extra"] |= PATIENCE
        return {**super()._connections(), **services}

    def _outer_environment(self) -> dict[str, str]:
        # This checkout's connector, wherever the installed one lies.
        return super()._outer_environment() | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")])}

    def task_environment(self) -> dict[str, str]:
        """What a task outside of Airflow needs to do the same work: connections and connector.yaml."""
        wanted = ("AIRFLOW_CONN_", "CONNECTOR_CONFIG")
        return {name: value for name, value in self._environment.items() if name.startswith(wanted)}

    # Killing

    def kill(self, victim: str, dice: random.Random) -> bool:
        """Ends a part with SIGKILL; says whether there was one.

        :param victim: task, scheduler, api-server, dag-processor, postgres or sandbox
        """
        if victim == "sandbox":
            return self.service.kill()
        if victim == "postgres":
            return self.postgres.pid is not None and _kill(self.postgres.pid)
        if victim == "task":
            return self._kill_task(dice)
        child = next((child for child in self.processes.children if child.name == victim), None)
        return child is not None and child.process.poll() is None and _kill(child.process.pid)

    def tasks(self) -> list[psutil.Process]:
        """The processes that carry out tasks; those of executors have a title that begins alike."""
        titles = ((process, _title(process)) for process in self._ours())
        return [process for process, title in titles if title.startswith(_TASK) and "LocalExecutor" not in title]

    def _kill_task(self, dice: random.Random) -> bool:
        """A process that carries out a task; the one that speaks to a service when there is one, often with its supervisor."""
        tasks = self.tasks()
        if not tasks:
            return False
        speaking = [process for process in tasks if self._speaks(process)]
        victim = dice.choice(speaking or tasks)
        with contextlib.suppress(psutil.NoSuchProcess):
            above = victim.parent() if dice.random() < 0.5 else None
            victim.kill()
            if above is not None and _title(above).startswith("airflow worker"):
                above.kill()
        return True

    def _speaks(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            return any(one.raddr and one.raddr.port in self.wire.ports for one in process.net_connections("tcp"))
        return False

    def _ours(self) -> Iterator[psutil.Process]:
        """Every process of this stack's Airflow, whoever its parent is by now: each part has a session of its own."""
        self._note_leaders()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) in self._leaders:
                    yield process

    def _note_leaders(self) -> None:
        self._leaders |= {child.process.pid for child in self.processes.children}

    # Reviving

    def revive(self) -> list[str]:
        """Starts again what is not running, as a supervisor of services does; says what."""
        started = []
        if not self.service.alive():
            self.service.start()
            started.append("sandbox")
        if self.postgres.pid is None:
            self.postgres.start()
            started.append("postgres")
        for child in list(self.processes.children):
            if child.process.poll() is not None:
                self._note_leaders()
                self._end_session(child.process.pid)
                self.processes.children.remove(child)
                self.processes.start(
                    child.name,
                    self.airflow.processes()[child.name],
                    env=self._environment | self.airflow.only_for(child.name),
                    cwd=self.settings.folder,
                )
                started.append(child.name)
        if started:
            say(f"started again: {', '.join(started)}")
        return started

    def _end_session(self, leader: int) -> None:
        """Ends what a dead part left behind, as the end of a container or of a service does.

        Executors outlive their scheduler and hold its connection to PostgreSQL, with the locks of an open transaction on its runs.
        """
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, ProcessLookupError):
                if os.getsid(process.pid) == leader:
                    process.kill()

    def keep_alive(self, over: threading.Event, dice: random.Random, failures: list[BaseException]) -> None:
        """Revives what dies until `over`."""
        while not over.wait(0.5):
            try:
                if not self.postgres.pid or not self.service.alive() or self._dead():
                    time.sleep(dice.uniform(0.1, 2.0))
                    self.revive()
            except StackError:  # it was killed once more while it started
                continue
            except BaseException as error:
                failures.append(error)
                return

    def _dead(self) -> bool:
        return any(child.process.poll() is not None for child in self.processes.children)


def _kill(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _title(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
