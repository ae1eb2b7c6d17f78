"""Settings: known names only, kept over a restart, described."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.sandbox.core import Sandbox
from include.sandbox.settings import Settings, UnknownSetting, described


def test_unknown_names_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    with pytest.raises(UnknownSetting, match=r"Unknown settings: latency\. Known: .*latency_ms"):
        sandbox.change_settings({"latency": 3})
    with pytest.raises(UnknownSetting, match="session_minutes"):
        sandbox.change_settings({"session_minutes": 0})
    assert sandbox.settings == Settings()


def test_changes_survive_a_restart_and_can_be_undone(tmp_path: Path) -> None:
    first = Sandbox(tmp_path)
    first.change_settings({"latency_ms": 3})
    first.change_settings({"replay_answer": "executed"})
    again = Sandbox(tmp_path)
    assert (again.settings.latency_ms, again.settings.replay_answer) == (3, "executed")
    again.forget()
    assert Sandbox(tmp_path).settings.latency_ms == 3
    again.reset_settings()
    assert Sandbox(tmp_path).settings == Settings()


def test_each_setting_says_what_it_is() -> None:
    for name, entry in described(Settings()).items():
        assert entry["value"] == entry["default"], name
        assert (entry["meaning"] or "").endswith((".", "]")), name


def test_forgetting_starts_numbers_anew() -> None:
    sandbox = Sandbox()
    sandbox.store.insert("intacct", "CLASS", {"CLASSID": "A"})
    sandbox.calls.count("intacct", "query CLASS", read=1)
    sandbox.forget()
    assert sandbox.calls.all() == {"intacct": {}, "certify": {}}
    assert sandbox.store.insert("intacct", "CLASS", {"CLASSID": "A"})["RECORDNO"] == "1"
