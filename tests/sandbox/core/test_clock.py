"""A sandbox whose time is somebody else's: it passes when it is told to, and what is thrown falls alike at the same moment."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.sandbox_fixture import RunningSandbox

NOON = 1_800_000_000
HEADERS = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret"}


@pytest.fixture
def clocks(tmp_path: Path) -> list[Path]:
    """Two clocks, at noon."""
    files = [tmp_path / "first", tmp_path / "second"]
    for file in files:
        tell(file, 0)
    return files


def tell(clock: Path, seconds: float) -> None:
    """It is so many seconds after noon."""
    clock.write_text(f"{round((NOON + seconds) * 1_000_000):020d} 0\n", encoding="utf-8")


def test_a_late_commit_comes_when_the_clock_says_so(tmp_path, clocks):
    sandbox = RunningSandbox(tmp_path / "state", "--clock", str(clocks[0]))
    try:
        sandbox.settings(late_commit_seconds=3)
        sandbox.fault(side="certify", kind="drop_after_commit", times=1)
        with pytest.raises(requests.ConnectionError):
            requests.put(f"{sandbox.url}/v1/users", json={"Email": "one@example.com"}, headers=HEADERS, timeout=30)
        tell(clocks[0], 2.9)
        assert sandbox.state("certify", "users") == []
        tell(clocks[0], 3.1)
        assert [user["Email"] for user in sandbox.state("certify", "users")] == ["one@example.com"]
    finally:
        sandbox.stop()


def test_two_sandboxes_at_one_moment_mint_the_same(tmp_path, clocks):
    minted = []
    for clock in clocks:
        sandbox = RunningSandbox(tmp_path / f"state of {clock.name}", "--clock", str(clock))
        try:
            ids = sandbox.load("certify", "departments", [{"Name": "A"}, {"Name": "B"}])["ids"]
            tell(clock, 1)
            minted.append([*ids, *sandbox.load("certify", "departments", [{"Name": "C"}])["ids"]])
        finally:
            sandbox.stop()
    assert minted[0] == minted[1]
    assert len(set(minted[0])) == 3
