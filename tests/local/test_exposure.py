"""A port or a file that others could reach is named."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from include.local.exposure import exposed

LISTENER = "import socket, sys; s = socket.create_server((sys.argv[1], 0)); print(s.getsockname()[1], flush=True); sys.stdin.read()"
# A process whose child listens, as a server with workers has it.
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[2], sys.argv[1]])"


@pytest.mark.parametrize("code", [LISTENER, PARENT], ids=["itself", "its child"])
@pytest.mark.parametrize(("address", "is_exposed"), [("0.0.0.0", True), ("127.0.0.1", False)])
def test_a_listener_beyond_loopback_is_named(tmp_path: Path, code: str, address: str, is_exposed: bool) -> None:
    command = [sys.executable, "-c", code, address, LISTENER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        found = exposed([tmp_path], [process.pid])
        process.communicate("")
    assert [f"{address}:{port}" in line for line in found] == ([True] if is_exposed else [])


def test_a_file_that_others_may_open_is_named(tmp_path: Path) -> None:
    for name, mode in (("mine", 0o600), ("group", 0o640), ("world", 0o604)):
        (tmp_path / "inner").mkdir(exist_ok=True)
        (tmp_path / "inner" / name).write_text("")
        (tmp_path / "inner" / name).chmod(mode)
    (tmp_path / "link").symlink_to(os.devnull)
    lines = exposed([tmp_path], [])
    assert [line.partition(" ")[0] for line in lines] == [str(tmp_path / "inner" / name) for name in ("group", "world")]
    assert "mode 0640" in lines[0]


def test_a_process_that_is_gone_exposes_nothing(tmp_path: Path) -> None:
    with socket.socket():
        assert exposed([tmp_path], [2**22 - 7]) == []
