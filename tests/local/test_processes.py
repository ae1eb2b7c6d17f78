"""Children of the stack: ended with all that they started, and nothing else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from include.local.errors import StackError
from include.local.processes import Processes, holder, only_one

ROOT = Path(__file__).parents[2]
# A child that has a child of its own in another session, and says who that is.
PARENT = (
    "import subprocess, time; p = subprocess.Popen(['sleep', '600'], start_new_session=True);"
    "print(p.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path, tmp_path / "logs")
    yield processes
    processes.stop()


def start(processes: Processes, code: str) -> None:
    processes.start("child", [sys.executable, "-c", code], env=dict(os.environ), cwd=ROOT)


def first_line(processes: Processes) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = processes.children[0].log_file.read_text()
        if "\n" in text:
            return text.splitlines()[0]
        time.sleep(0.05)
    raise AssertionError("the child said nothing")


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and time.monotonic() < deadline:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return not psutil.pid_exists(pid)


def test_stop_ends_a_child_and_its_children_in_other_sessions(processes: Processes) -> None:
    start(processes, PARENT)
    child, grandchild = processes.children[0].process.pid, int(first_line(processes))
    assert psutil.pid_exists(grandchild)
    processes.stop()
    assert gone(child)
    assert gone(grandchild)


def test_stop_ends_a_child_that_ignores_the_polite_signal(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.local.processes.STOP_SECONDS", 1.0)
    start(processes, "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)")
    first_line(processes)
    child = processes.children[0].process.pid
    processes.stop()
    assert gone(child)


def test_a_child_that_ends_by_itself_is_named_with_its_last_words(processes: Processes) -> None:
    start(processes, "import sys; print('the reason'); sys.exit(3)")
    processes.children[0].process.wait()
    with pytest.raises(StackError, match="child ended by itself with code 3: the reason"):
        processes.require_alive()


def test_leftovers_of_a_killed_session_are_ended(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from include.local.processes import Processes;"
        "p = Processes(Path(sys.argv[1]), Path(sys.argv[1]) / 'logs');"
        "c = p.start('child', ['sleep', '600'], env=dict(os.environ), cwd=Path('/'));"
        "print(c.process.pid, flush=True); time.sleep(600)"
    )
    session = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert session.stdout is not None
    leftover = int(session.stdout.readline())
    session.kill()
    session.wait()
    assert psutil.pid_exists(leftover)
    Processes(tmp_path, tmp_path / "logs").end_leftovers()
    assert gone(leftover)


def test_a_process_that_got_the_number_of_a_leftover_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        created = psutil.Process(bystander.pid).create_time() - 1000
        (tmp_path / "processes.json").write_text(
            json.dumps([{"name": "scheduler", "pid": bystander.pid, "created": created}])
        )
        Processes(tmp_path, tmp_path / "logs").end_leftovers()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_one_folder_has_one_stack(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from include.local.processes import only_one\n"
        "with only_one(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        assert holder(tmp_path) == other.pid
        with pytest.raises(StackError, match=f"process {other.pid}"), only_one(tmp_path):
            pass
    finally:
        other.kill()
        other.wait()
    with only_one(tmp_path):
        assert holder(tmp_path) == os.getpid()
    assert holder(tmp_path) is None


def test_a_terminal_that_is_gone_does_not_keep_the_children_from_being_ended(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from include.local.processes import Processes;"
        "p = Processes(Path(sys.argv[1]), Path(sys.argv[1]) / 'logs');"
        "c = p.start('child', ['sleep', '600'], env=dict(os.environ), cwd=Path('/'));"
        "print(c.process.pid, flush=True); sys.stdin.read(); p.stop()"
    )
    session = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert session.stdout is not None
    assert session.stdin is not None
    child = int(session.stdout.readline())
    session.stdout.close()
    session.stdin.close()
    session.wait(60)
    assert gone(child)
