"""Airflow runs every module it finds below plugins/ under its bare file name; only the plugin itself may be found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[2] / "plugins"

SCRIPT = """
import json, sys
from airflow import plugins_manager
plugins, errors = plugins_manager._get_plugins()[:2]
asked_for = {"__init__", "connector_plugin", "airflow_local_settings"}  # the last one by Airflow itself, by this name
names = {p.stem for p in __import__("pathlib").Path(%r).rglob("*.py")} - asked_for
def path(name):
    return str(getattr(sys.modules.get(name), "__file__", "") or "")
replaced = sorted(n for n in names if path(n).startswith(%r))
print(json.dumps({"plugins": [p.name for p in plugins], "errors": errors, "replaced": replaced}))
"""


def loaded(folder: Path, tmp_path: Path) -> dict:
    import json

    environment = {**os.environ, "AIRFLOW__CORE__PLUGINS_FOLDER": str(folder), "AIRFLOW_HOME": str(tmp_path)}
    code = SCRIPT % (str(folder), str(folder))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_only_the_plugin_is_run(tmp_path):
    found = loaded(PLUGINS, tmp_path)
    assert found == {"plugins": ["certify_intacct"], "errors": {}, "replaced": []}


def test_without_the_ignore_file_this_test_would_notice(tmp_path):
    folder = tmp_path / "plugins"
    (folder / "inner").mkdir(parents=True)
    (folder / "connector_plugin.py").write_text((PLUGINS / "connector_plugin.py").read_text())
    (folder / "inner" / "colorsys.py").write_text("")
    assert loaded(folder, tmp_path)["replaced"] == ["colorsys"]
