"""What the user reads when his machine is not as it should be: one line, and nothing left running."""

from __future__ import annotations

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.local import settings
from include.local.errors import StackError
from include.local.ports import free_port
from include.local.stack import Stack

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BOOTSTRAP = ROOT / "include" / "local" / "bootstrap.py"


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def local(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "include.local", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=120)


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_a_busy_port_of_the_ui(tmp_path: Path, busy_port: int) -> None:
    line = only_line(local("up", RUN_DIR=str(tmp_path), UI_PORT=str(busy_port)))
    assert f"Port {busy_port}" in line
    assert "UI_PORT=PORT" in line
    assert not (tmp_path / "postgres").exists()


def test_a_busy_port_of_the_sandbox(tmp_path: Path, busy_port: int) -> None:
    variables = {"RUN_DIR": str(tmp_path), "UI_PORT": str(free_port()), "SANDBOX_PORT": str(busy_port)}
    assert "SANDBOX_PORT=PORT" in only_line(local("demo", "--check", **variables))
    assert "SANDBOX_PORT=PORT" in only_line(local("sandbox", **variables))


def test_a_port_that_is_none(tmp_path: Path) -> None:
    assert "UI_PORT=http is not a port" in only_line(local("up", RUN_DIR=str(tmp_path), UI_PORT="http"))


def test_a_data_folder_of_another_postgresql(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    line = only_line(local("up", RUN_DIR=str(tmp_path), UI_PORT=str(free_port())))
    assert str(data) in line
    assert "RUN_DIR=FOLDER" in line


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be used" in only_line(local("up", RUN_DIR=str(tmp_path / "file"), UI_PORT=str(free_port())))


def test_a_configuration_that_is_missing(tmp_path: Path) -> None:
    line = only_line(local("up", RUN_DIR=str(tmp_path), CONNECTOR_CONFIG=str(tmp_path / "none.yaml")))
    assert "none.yaml does not exist" in line


def test_a_time_zone_that_does_not_exist(tmp_path: Path) -> None:
    config = tmp_path / "connector.yaml"
    config.write_text("company:\n  time_zone: Europe/Nowhere\n")
    line = only_line(local("up", RUN_DIR=str(tmp_path), CONNECTOR_CONFIG=str(config)))
    assert "'Europe/Nowhere' is no IANA name" in line


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_DIR", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 12_000_000))
    with pytest.raises(StackError, match="has only 12 MB free") as refusal:
        Stack(settings.read(settings.UP_FOLDER), with_sandbox=False).start()
    assert "\n" not in str(refusal.value)


def test_an_old_python_is_told_so_in_one_line() -> None:
    """The check must come before anything that an old Python cannot read or run."""
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 7))
    code = "import sys; sys.version_info = (3, 9, 2); exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'))"
    result = subprocess.run([sys.executable, "-c", code, str(BOOTSTRAP)], capture_output=True, text=True)
    line = only_line(result)
    assert "needs Python 3.11 or newer" in line
    assert "is 3.9.2" in line
    assert "PYTHON=" in line


def test_stop_without_a_stack_does_nothing(tmp_path: Path) -> None:
    result = local("stop", RUN_DIR=str(tmp_path / "none"))
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("interrupted", [False, True], ids=["fresh clone", "interrupted installation"])
@pytest.mark.parametrize("target", sorted(re.findall(r"^([a-z-]+): installed ##", MAKEFILE, re.MULTILINE)))
def test_a_target_that_asks_a_running_stack_says_where_there_is_none_what_to_do_first(
    tmp_path: Path, target: str, interrupted: bool
) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    if interrupted:
        # What is made first is there, without the packages.
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    answer = subprocess.run(["make", "-s", target], cwd=tmp_path, capture_output=True, text=True)
    said, *others = [line for line in answer.stderr.splitlines() if not line.startswith("make: ***")]
    assert (answer.returncode, others) == (2, [])
    assert (
        said == "error: nothing is set up here, so no stack can run: 'make demo' or 'make up' sets it up and starts one"
    )
    assert (tmp_path / ".venv").exists() == interrupted, "it takes minutes, and no stack would run after it"


def test_every_target_has_what_it_needs_or_says_so() -> None:
    """A recipe that starts our Python comes after what makes it, or after the look whether it is there."""
    recipes = re.findall(r"^([a-z-]+):(.*?)(?:##.*)?\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    bare = {
        name for name, needs, recipe in recipes if "$(RUN)" in recipe and needs.strip() not in ("venv", "installed")
    }
    # Of a folder without a virtual environment `clean` has only to delete what else is there.
    assert bare == {"clean"}
    assert len(recipes) > 20


def test_make_lists_every_target() -> None:
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True).stdout
    targets = [
        line.partition(":")[0] for line in (ROOT / "Makefile").read_text().splitlines() if ": " in line and "##" in line
    ]
    assert {"demo", "test", "up", "sandbox", "bench", "lint", "lock", "env", "clean"} <= set(targets)
    assert all(f"make {target} " in listed for target in targets)
