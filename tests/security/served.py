"""What the api-server shows of a run to a person who is signed in: the connector's pages, and Airflow's own views over its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import requests

from include.local.airflow import Airflow

# Airflow's lists of everything; each page of its UI is made of these and of those of a run.
_LISTS = (
    "connections",
    "variables",
    "pools",
    "plugins",
    "providers",
    "eventLogs",
    "importErrors",
    "dagWarnings",
    "jobs",
    "dags",
)


def everything(
    airflow: Airflow, loads: Iterable[tuple[str, int]], reports: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Address and text of each page and of each answer."""
    browser = _Browser(airflow)
    for dag, load in loads:
        browser.open(f"/connector/{dag}/loads/{load}")
    for dag, report in reports:
        browser.open(f"/connector/{dag}/reports/{report}")
        browser.open(f"/connector/{dag}/reports?code={report}")
    for name in _LISTS:
        browser.ask(f"{name}?limit=1000")
    for run in browser.ask("dags/~/dagRuns?limit=1000")["dag_runs"]:
        browser.ask(f"dagSources/{run['dag_id']}")
        _run(browser, f"dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}/taskInstances")
    return browser.seen


def _run(browser: _Browser, path: str) -> None:
    """The tasks of a run with their rendered templates, their logs, and the names of their XComs, whose values the database holds."""
    browser.ask(f"{path}/~/xcomEntries?limit=1000")
    for task in browser.ask(f"{path}?limit=1000")["task_instances"]:
        for number in range(1, task["try_number"] + 1):
            browser.ask(f"{path}/{task['task_id']}/logs/{number}?map_index={task['map_index']}")


class _Browser:
    """The administrator's session; ``seen`` is all that was shown in it."""

    def __init__(self, airflow: Airflow) -> None:
        self.seen: dict[str, str] = {}
        self._url = airflow.url
        self._session = requests.Session()
        self._session.trust_env = False
        login = {"username": airflow.user, "password": airflow.password}
        answer = self._session.post(f"{self._url}/auth/token", json=login, timeout=60)
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def open(self, path: str) -> str:
        """A page."""
        answer = self._session.get(self._url + path, timeout=60)
        answer.raise_for_status()
        self.seen[f"served {path}"] = answer.text
        return answer.text

    def ask(self, path: str) -> dict[str, Any]:
        """An answer of Airflow's API."""
        answer = self._session.get(f"{self._url}/api/v2/{path}", timeout=60)
        answer.raise_for_status()
        self.seen[f"served /api/v2/{path}"] = answer.text
        content: dict[str, Any] = answer.json()
        return content
