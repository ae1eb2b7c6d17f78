"""What every DAG of this project keeps to."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

ROOT = Path(__file__).parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
HEAVY = ("pandas", "lxml", "great_expectations", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "alembic")


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(dag_folder=str(ROOT / "dags"), collect_dags=True)


@pytest.fixture(scope="module")
def dags(bag):
    assert bag.import_errors == {}
    assert len(bag.dags) >= len(DAG_FILES)
    return bag.dags.values()


def test_days_are_whole_days_of_the_company(dags):
    for dag in dags:
        if dag.timetable.can_be_scheduled and "period_start" in dag.params:
            assert type(dag.timetable).__name__ == "CronDataIntervalTimetable", dag.dag_id
            assert dag.timetable.expression == "0 0 * * *", (
                f"{dag.dag_id}: another hour loses the last day of a backfill"
            )
        assert dag.catchup is False, dag.dag_id
        assert not dag.timetable.can_be_scheduled or str(dag.timezone) == "America/New_York", dag.dag_id


def test_every_dag_says_what_it_does_and_whose_it_is(dags):
    for dag in dags:
        assert dag.doc_md, dag.dag_id
        assert "## Runbook" in dag.doc_md, dag.dag_id
        assert dag.tags, dag.dag_id
        assert {task.owner for task in dag.tasks} == {"finance-data"}, dag.dag_id


def test_every_pool_exists(dags):
    pools = {"default_pool", *json.loads((ROOT / "include" / "pools.json").read_text())}
    for dag in dags:
        for task in dag.tasks:
            assert task.pool in pools, f"{dag.dag_id}.{task.task_id} would stay scheduled for ever: no pool {task.pool}"


def test_what_talks_to_a_service_waits_for_its_pool(dags):
    for dag in dags:
        for task in dag.tasks:
            if task.task_id.startswith(("extract_", "load_")):
                assert task.pool != "default_pool", f"{dag.dag_id}.{task.task_id}"


def test_failures_are_tried_again_by_kind_of_error(dags):
    for dag in dags:
        for task in dag.tasks:
            assert task.retries >= 1, f"{dag.dag_id}.{task.task_id}"


def test_no_last_task_can_hide_a_failure(dags):
    for dag in dags:
        for task in dag.leaves:
            assert task.trigger_rule == "all_success", f"{dag.dag_id}.{task.task_id}"


def test_few_tasks(dags):
    for dag in dags:
        assert len(dag.tasks) <= 12, dag.dag_id


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_reads_as_the_process(path):
    lines = path.read_text().splitlines()
    assert len(lines) < 80
    assert ast.get_docstring(ast.parse("\n".join(lines)))


def test_parsing_twice_gives_the_same_version(dags):
    again = DagBag(dag_folder=str(ROOT / "dags"), collect_dags=True)
    for dag in dags:
        first, second = (DagSerialization.to_dict(one) for one in (dag, again.dags[dag.dag_id]))
        assert json.dumps(first, sort_keys=True, default=str) == json.dumps(second, sort_keys=True, default=str), (
            dag.dag_id
        )


def test_parsing_imports_nothing_heavy():
    code = f"""
import sys
sys.path.insert(0, "dags")
from airflow.sdk import dag
before = set(sys.modules)
for name in {[path.stem for path in DAG_FILES]!r}:
    __import__(name)
print([name for name in {HEAVY!r} if name in set(sys.modules) - before])
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip().splitlines()[-1] == "[]"
