"""The stack's child processes: each in a process group of its own, each known by id and start time.

Only what this checkout started is ever ended. What an earlier session left behind after a crash is recognised by process id
*and* start time, so that a process that merely got the same number is left alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from include.local.console import last_words, say
from include.local.errors import StackError

STOP_SECONDS = 20.0


@dataclass
class Child:
    """One running part of the stack."""

    name: str
    log_file: Path
    process: subprocess.Popen[bytes]

    def require_alive(self) -> None:
        """Raise when the process has ended by itself.

        :raises StackError: naming the process, its exit code and its last line.
        """
        code = self.process.poll()
        if code is not None:
            said = last_words(self.log_file.read_text(errors="replace"))
            raise StackError(f"{self.name} ended by itself with code {code}: {said} (see {self.log_file}).")


@dataclass
class Processes:
    """The children of one stack, in the order in which they were started."""

    folder: Path
    logs: Path
    children: list[Child] = field(default_factory=list)

    @property
    def _register(self) -> Path:
        return self.folder / "processes.json"

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Child:
        """Start one child in a session of its own; its output goes to ``logs/NAME.log``."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log_file = self.logs / f"{name}.log"
        if log_file.exists():
            log_file.replace(log_file.with_suffix(".log.1"))
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                list(command),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child = Child(name, log_file, process)
        self.children.append(child)
        self._write_register()
        return child

    def require_alive(self) -> None:
        """Raise a :class:`StackError` when one of the children has ended by itself."""
        for child in self.children:
            child.require_alive()

    def stop(self) -> None:
        """End all children with everything that they started, the last one first. Safe to call twice."""
        for child in reversed(self.children):
            say(f"stopping {child.name}")
            _end_group(child.process.pid)
            child.process.wait()
        self.children.clear()
        self._register.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End what an earlier session over the same folder left running."""
        if not self._register.exists():
            return
        for entry in json.loads(self._register.read_text(encoding="utf-8")):
            with suppress(psutil.NoSuchProcess):
                if psutil.Process(entry["pid"]).create_time() == entry["created"]:
                    say(f"ending {entry['name']}, left over from an earlier session")
                    _end_group(entry["pid"])
        self._register.unlink()

    def _write_register(self) -> None:
        entries = []
        for child in self.children:
            with suppress(psutil.NoSuchProcess):
                created = psutil.Process(child.process.pid).create_time()
                entries.append({"name": child.name, "pid": child.process.pid, "created": created})
        draft = self._register.with_suffix(".new")
        draft.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        draft.replace(self._register)


def _end_group(leader: int) -> None:
    """End the process group of ``leader`` and whatever its members started in groups of their own."""
    try:
        root = psutil.Process(leader)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=STOP_SECONDS)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for one stack at a time; ``folder/lock`` names the process that has it.

    :raises StackError: when another stack runs over the same folder, or the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # As root, PostgreSQL runs under another account that has to pass through, not to look around.
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        lock_file = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StackError(
            f"{folder} cannot be used: {error.strerror}. Choose another place with RUN_DIR=FOLDER."
        ) from None
    with lock_file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"A stack already runs over {folder} (process {holder(folder)}): stop it with Ctrl-C there, "
                "or with `make stop`."
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def holder(folder: Path) -> int | None:
    """Return the process id of the stack that holds ``folder`` now, or None."""
    path = folder / "lock"
    if not path.exists():
        return None
    with path.open("r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = lock.read().strip()
            return int(text) if text.isdigit() else None
    return None
