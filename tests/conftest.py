"""Fixtures for all tests."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from include.local import environment
from tests import needs

# A busy machine is no failure: properties are not timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Before anything imports Airflow: nothing of the user's environment reaches the tests, and they have an Airflow home of their own.
environment.clean()
_ROOT = Path(__file__).parents[1]
_AIRFLOW_HOME = tempfile.mkdtemp(prefix="connector-airflow-")
atexit.register(shutil.rmtree, _AIRFLOW_HOME, ignore_errors=True)
os.environ |= {
    "AIRFLOW_HOME": _AIRFLOW_HOME,
    "AIRFLOW__CORE__DAGS_FOLDER": str(_ROOT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(_ROOT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # As a stack takes it from the shipped connector.yaml.
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Berlin",
}
os.environ.pop("CONNECTOR_CONFIG", None)

pytest_plugins = ["tests.airflow_fixture", "tests.postgres_fixture", "tests.sandbox_fixture", "tests.store_fixture"]

# The files that take a minute or more: started last, each would keep one core busy while the other has nothing left to do.
# The first and the last run a whole Airflow of their own, several processes each, and should not meet.
_LONG = (
    "tests/deployment/test_celery.py",
    "tests/crash/test_expenses.py",
    "tests/chaos/test_round.py",
    "tests/restore/",
    "tests/browser/test_journeys.py",
    "tests/browser/test_accessibility.py",
    "tests/crash/",
    "tests/e2e/test_backfill_dates.py",
    "tests/security/test_canaries.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Workers take the files in our order; by itself pytest-xdist starts those with the most tests, not the longest."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, then those with the most tests; within a file nothing moves."""
    tests = Counter(_file(item) for item in items)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        file = _file(item)
        return next((n for n, start in enumerate(_LONG) if file.startswith(start)), len(_LONG)), -tests[file], file

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line about what was skipped, and how to have it run."""
    line = needs.summary(_skipped(terminalreporter))
    if line:
        terminalreporter.write_line(line, yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run that is to decide what lands skips nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and needs.lacking(_skipped(reporter)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skipped(reporter: pytest.TerminalReporter) -> list[str]:
    return [str(report.longrepr[2]) for report in reporter.stats.get("skipped", [])]


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
