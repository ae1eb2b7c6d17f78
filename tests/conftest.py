"""Fixtures for all tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# A busy machine is no failure: properties are not timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Before anything imports Airflow: the tests have an Airflow home of their own and never read the user's.
_ROOT = Path(__file__).parents[1]
_AIRFLOW_HOME = tempfile.mkdtemp(prefix="connector-airflow-")
atexit.register(shutil.rmtree, _AIRFLOW_HOME, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": _AIRFLOW_HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(_ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(_ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "America/New_York",
}
os.environ.pop("CONNECTOR_CONFIG", None)

pytest_plugins = ["tests.postgres_fixture", "tests.sandbox_fixture", "tests.store_fixture"]
