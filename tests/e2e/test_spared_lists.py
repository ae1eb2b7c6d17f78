"""Lists that another run of a backfill has read cost no task: Airflow's own scheduler and task runner, on its own database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certify_intacct.operators.intacct_to_staging import CLOSED_BOOKS
from certify_intacct.runs.streams import streams
from include.local import databases
from tests.expense_company import DAY, company

ROOT = Path(__file__).parents[2]
UNUSED = ("intacct_inter_entity", "intacct_filled_dimensions")

__all__ = ["company"]

Happened = Callable[..., list[dict[str, dict[str, str]]]]


@pytest.fixture(scope="module")
def metadata(postgres_server) -> Iterator[dict[str, str]]:
    """An Airflow whose database is ready and knows the DAGs."""
    name = "airflow_spared_lists"
    databases.make_database(postgres_server, name, owner=databases.AIRFLOW)
    url = postgres_server.url(name, databases.AIRFLOW).replace("postgresql://", "postgresql+psycopg2://", 1)
    found = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugins")]),
    }
    said("tests.e2e.airflow_commands", [["db", "migrate"], ["dags", "reserialize"]], found)
    yield found
    databases.drop_database(postgres_server, name)


@pytest.fixture
def happened(metadata, company) -> Happened:
    """Has runs of ``expense_sync`` carried out and cleared; gives the states of their tasks after each act."""

    def happen(*acts: tuple[Any, ...]) -> list[dict[str, dict[str, str]]]:
        acts = [(act, "expense_sync", run_id, *more) for act, run_id, *more in acts]
        found: list[dict[str, dict[str, str]]] = json.loads(said("tests.e2e.airflow_runs", acts, metadata))
        return found

    return happen


def said(module: str, told: Any, environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", module, json.dumps(told)]
    done = subprocess.run(command, env=os.environ | environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return (done.stdout.splitlines() or [""])[-1]


def of_intacct(states: dict[str, dict[str, str]]) -> dict[str, str]:
    """The state of each of the tasks that read Intacct, by stream."""
    read = lists()
    assert len(states["extract_intacct"]) == len(read)
    return {stream: states["extract_intacct"][str(place)] for place, stream in enumerate(read)}


def lists() -> list[str]:
    """Over what the task is mapped: what is closed is asked after Certify was read, by a task of its own."""
    return [name for name in streams("expense")[0] if name != CLOSED_BOOKS]


def read_by(company, run_id: str) -> list[dict[str, Any]]:
    """Which load's rows the newest load of a run reads of each list of Intacct that connector.yaml uses."""
    return company.sql(
        """
        SELECT stream, source_load_id, source_load_id = load_id AS own FROM ops.extract
        WHERE stream LIKE 'intacct_%%' AND stream <> ALL(%s) AND load_id = (SELECT max(load_id) FROM ops.load WHERE run_id = %s)
        """,
        [*UNUSED, CLOSED_BOOKS],
        run_id,
    )


def of_others(states: dict[str, dict[str, str]]) -> set[str]:
    """The states of all other tasks, those before and after."""
    return {state for task, parts in states.items() if task != "extract_intacct" for state in parts.values()}


def test_what_another_run_has_read_costs_no_task_and_is_read_again_by_a_run_that_is_cleared(company, happened):
    read, days = lists(), [DAY - timedelta(days=number) for number in (1, 2)]
    for number, day in enumerate(days):
        company.report(number, day=day)
    first, second = happened(("run", "one", str(days[0])), ("run", "two", str(days[1])))
    assert of_intacct(first) == {name: "skipped" if name in UNUSED else "success" for name in read}
    assert of_intacct(second) == dict.fromkeys(read, "skipped")
    assert of_others(first) == of_others(second) == {"success"}
    assert len(company.posted()) == 2
    (source,) = {row["source_load_id"] for row in read_by(company, "one")}
    assert {row["source_load_id"] for row in read_by(company, "two")} == {source}

    # A person clears a task that was spared, when its load is planned already: nothing comes to it any more, and the task says so.
    company.sql("UPDATE ops.extract SET observed_at = observed_at - interval '31 minutes'")
    _, cleared = happened(("clear", "two", "extract_intacct", read.index("intacct_vendors")), ("run", "two"))
    assert of_intacct(cleared) == dict.fromkeys(read, "skipped") | {"intacct_vendors": "failed"}
    assert not [row for row in read_by(company, "two") if row["own"]]

    # The whole run, as the task says: it opens a load of its own, and no list is young enough.
    _, anew = happened(("clear", "two", "", -1), ("run", "two"))
    assert of_intacct(anew) == {name: "skipped" if name in UNUSED else "success" for name in read}
    assert of_others(anew) == {"success"}
    assert all(row["own"] for row in read_by(company, "two"))
    assert len(company.posted()) == 2
