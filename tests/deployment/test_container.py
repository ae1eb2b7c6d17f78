"""What a container begins with: Airflow's time zone is that of connector.yaml, whoever states it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from include.deployment import compose

SHOWS = ["sh", "-c", "cat $AIRFLOW_HOME/airflow.cfg 2>/dev/null; echo $AIRFLOW__CORE__DEFAULT_TIMEZONE"]


@pytest.fixture
def begun(tmp_path: Path):
    config = tmp_path / "connector.yaml"
    config.write_text("company:\n  time_zone: Europe/Lisbon\n", encoding="utf-8")
    home = tmp_path / "airflow"
    home.mkdir()

    def begin(**variables: str) -> subprocess.CompletedProcess[str]:
        outer = {name: text for name, text in os.environ.items() if not name.startswith("AIRFLOW")}
        environment = outer | {"CONNECTOR_CONFIG": str(config), "AIRFLOW_HOME": str(home)} | variables
        command = [sys.executable, *compose.entry_point()[1:], *SHOWS]
        return subprocess.run(command, env=environment, cwd=compose.ROOT, capture_output=True, text=True)

    return begin


def test_the_zone_of_connector_yaml_goes_into_airflow_cfg(begun) -> None:
    assert begun().stdout.split() == ["[core]", "default_timezone", "=", "Europe/Lisbon"]


def test_where_the_environment_states_it_airflow_cfg_is_left_alone(begun) -> None:
    """The Helm chart mounts its own, and nobody can write to it."""
    assert begun(AIRFLOW__CORE__DEFAULT_TIMEZONE="Europe/Lisbon").stdout.split() == ["Europe/Lisbon"]


def test_a_zone_that_is_another_one_is_refused_with_both(begun) -> None:
    refused = begun(AIRFLOW__CORE__DEFAULT_TIMEZONE="Europe/Berlin")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "Europe/Berlin" in refused.stderr
    assert "Europe/Lisbon" in refused.stderr
