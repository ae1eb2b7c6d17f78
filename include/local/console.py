"""What the user sees: one line for each thing that happens, with the seconds since the start, and never a silent half minute."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from include.local.errors import StackError

HEARTBEAT_SECONDS = 10.0
_BEGUN = time.monotonic()
_LOCK = threading.Lock()
_said = [_BEGUN]


def say(text: str) -> None:
    """Print one line at once, with the seconds since the start of the program."""
    with _LOCK:
        _said[0] = time.monotonic()
        # A terminal that was closed must not keep the stack from being stopped.
        with suppress(OSError):
            print(f"[{_said[0] - _BEGUN:5.0f} s] {text}", flush=True)


@contextmanager
def heartbeat(doing: str | Callable[[], str]) -> Iterator[None]:
    """While the block runs, break every silence of ten seconds.

    :param doing: what the user then reads, or what returns it.
    """
    done = threading.Event()
    begun = time.monotonic()

    def beat() -> None:
        while not done.wait(0.5):
            if time.monotonic() - _said[0] >= HEARTBEAT_SECONDS:
                text = doing if isinstance(doing, str) else doing()
                say(f"  … {text} ({time.monotonic() - begun:.0f} s)")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def wait_for(doing: str, is_done: Callable[[], bool], *, seconds: float, pause: float = 0.5) -> None:
    """Ask ``is_done`` until it says yes.

    :param doing: what is waited for, as the user should read it.
    :raises StackError: when ``seconds`` have passed.
    """
    give_up = time.monotonic() + seconds
    with heartbeat(doing):
        while not is_done():
            if time.monotonic() > give_up:
                raise StackError(f"Gave up after {seconds:.0f} s: {doing}.")
            time.sleep(pause)


def run_step(doing: str, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log_file: Path) -> str:
    """Run a command to its end with a heartbeat; its output goes to ``log_file`` and comes back as text.

    :raises StackError: when the command fails; the line quotes the last thing it said.
    """
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with heartbeat(doing):
        # A session of its own: Ctrl-C in the terminal is ours to handle, and a half-done migration is not interrupted.
        result = subprocess.run(
            list(command),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    with log_file.open("a", encoding="utf-8") as log:
        log.write(f"$ {os.path.basename(command[0])} {' '.join(command[1:])}\n{result.stdout}\n")  # noqa: PTH119
    if result.returncode != 0:
        raise StackError(f"Failed: {doing}: {last_words(result.stdout)} (all of it in {log_file}).")
    return result.stdout


def last_words(output: str) -> str:
    """Return the last line of a program's output that says something."""
    if "No space left on device" in output:
        return "the disk is full"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:300].rstrip(".") if lines else "it said nothing"
