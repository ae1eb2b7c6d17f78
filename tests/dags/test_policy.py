"""What every DAG of this project keeps to."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.runs.failing import last_words
from tests import shipped_config

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
        # The daily reconciliation is about all open dates, whenever it runs.
        if dag.timetable.can_be_scheduled and "period_start" in dag.params and dag.dag_id != "reconciliation":
            assert type(dag.timetable).__name__ == "CronDataIntervalTimetable", dag.dag_id
            assert dag.timetable.expression == "0 0 * * *", (
                f"{dag.dag_id}: another hour loses the last day of a backfill"
            )
        assert dag.catchup is False, dag.dag_id
        assert not dag.timetable.can_be_scheduled or str(dag.timezone) == "Europe/Berlin", dag.dag_id


SENDS = (
    "StagingToIntacctOperator",
    "StagingToCertifyOperator",
    "PostingApprovalOperator",
    "ReconcileOperator",
    "BooksAgreeOperator",
    "ReceiptsToIntacctOperator",
)
PREVIEWS = [("expense_sync", "expense_preview"), ("organization_sync", "organization_preview")]


def shape(task):
    """What a task is and where it stands, but for whether it previews."""
    streams = task.expand_input.value if task.is_mapped else {}
    return task.task_type, task.pool, getattr(task, "direction", ""), streams, task.upstream_task_ids


@pytest.mark.parametrize(("sync", "preview"), PREVIEWS)
def test_a_preview_is_the_sync_up_to_the_plan_and_has_no_task_that_sends(bag, sync, preview):
    whole, part = bag.dags[sync], bag.dags[preview]
    extra = {task.task_id for task in whole.tasks if task.task_type in SENDS}
    assert {task.task_type for task in part.tasks}.isdisjoint(SENDS)
    assert {task.task_id for task in part.tasks} == {task.task_id for task in whole.tasks} - extra
    for task in part.tasks:
        if task.task_id != "report":
            assert shape(task) == shape(whole.task_dict[task.task_id])
    assert part.task_dict["report"].upstream_task_ids == {"open_load", "plan"}
    assert {task.task_id for task in part.tasks if getattr(task, "preview", False)} == {"preflight", "open_load"}
    assert not any(getattr(task, "preview", False) for task in whole.tasks)
    assert part.params.dump() == whole.params.dump()
    assert not part.timetable.can_be_scheduled


def test_a_what_if_has_one_task_and_it_sends_nothing(bag):
    assert [task.task_type for task in bag.dags["expense_whatif"].tasks] == ["ExpenseWhatIfOperator"]


def test_beside_another_connector_there_is_no_task_that_sends(bag):
    """It is the preview without the open items, of which another connector has none, and a task that compares."""
    part, preview = bag.dags["shadow"], bag.dags["expense_preview"]
    assert {task.task_type for task in part.tasks}.isdisjoint(SENDS)
    assert part.task_ids == [name for name in preview.task_ids if name not in ("extract_open_items", "report")] + [
        "compare"
    ]
    for name in set(part.task_ids) & set(preview.task_ids) - {"validate", "extract_closed_books"}:
        assert shape(part.task_dict[name]) == shape(preview.task_dict[name])
    assert {task.task_id for task in part.tasks if getattr(task, "preview", False)} == {"preflight", "open_load"}
    assert [task.task_id for task in part.tasks if getattr(task, "as_if_ours", False)] == ["plan"]
    assert not any(
        getattr(task, "as_if_ours", False) for dag in bag.dags.values() if dag is not part for task in dag.tasks
    )


@pytest.mark.parametrize("name", ["expense_sync", "expense_preview", "shadow"])
def test_what_is_closed_is_asked_when_the_reports_of_a_run_are_known_and_before_it_plans(bag, name):
    """It is asked in their entities alone, those of open items among them."""
    asked = bag.dags[name].task_dict["extract_closed_books"]
    before, after = asked.get_flat_relative_ids(upstream=True), asked.get_flat_relative_ids(upstream=False)
    reports = {"extract_certify", "extract_open_items"} & {task.task_id for task in bag.dags[name].tasks}
    assert reports <= before
    assert {"validate", "plan"} <= after


def test_nothing_that_is_said_to_a_run_decides_whether_money_moves(dags):
    """The UI starts a backfill without the parameters that were typed, unless a tick is set."""
    harmless = {"period_start", "period_end", "entities"}
    # Has no task that sends, and its plans are loads that nothing is ever sent of.
    of_one = {"expense_whatif": {"configuration", "configuration_text"}}
    for dag in dags:
        if dag.dag_id != "verify_company":
            assert dag.params.keys() <= harmless | of_one.get(dag.dag_id, set()), dag.dag_id


def test_every_dag_says_what_it_does_and_whose_it_is(dags):
    for dag in dags:
        assert dag.doc_md, dag.dag_id
        assert "## Runbook" in dag.doc_md, dag.dag_id
        assert dag.tags, dag.dag_id
        assert {task.owner for task in dag.tasks} == {"finance-data"}, dag.dag_id


def test_every_task_says_what_it_does_and_a_mapped_one_what_each_of_it_is_about(dags):
    for dag in dags:
        for task in dag.tasks:
            assert task.doc_md, f"{dag.dag_id}.{task.task_id}"
            assert ":param" not in task.doc_md
            assert not task.is_mapped or task.partial_kwargs["map_index_template"] == "{{ task.stream }}"


def test_a_click_on_the_owner_writes_to_those_who_are_told_of_failed_runs(tmp_path):
    """As shipped nobody is named, so there is nothing to click."""
    content = shipped_config.content()
    content["notifications"]["addresses"] = ["ap@example.com", "it@example.com"]
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(content), encoding="utf-8")
    code = """
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags", collect_dags=True)
assert not bag.import_errors, bag.import_errors
print(sorted({tuple(dag.owner_links.items()) for dag in bag.dags.values()}))
"""
    told = []
    for environment in ({}, {"CONNECTOR_CONFIG": str(config)}):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(done.stdout.strip().splitlines()[-1])
    assert told == ["[()]", "[(('finance-data', 'mailto:ap@example.com,it@example.com'),)]"]


def test_each_task_tells_of_its_own_failure_and_the_dag_of_what_is_no_task_s(dags):
    for dag in dags:
        assert isinstance(dag.on_failure_callback, FailureNotifier), dag.dag_id
        for task in dag.tasks:
            teller, last = task.on_failure_callback
            assert (type(teller), last) == (FailureNotifier, last_words), f"{dag.dag_id}.{task.task_id}"
            assert task.on_retry_callback in (last_words, [last_words])


def test_every_dag_has_a_name_for_people_and_a_sentence(dags):
    names = [dag.dag_display_name for dag in dags]
    assert len(set(names)) == len(names)
    for dag in dags:
        assert dag.dag_display_name != dag.dag_id
        assert dag.description.endswith("."), dag.dag_id
        assert (": preview" in dag.dag_display_name) is ("preview" in dag.tags), dag.dag_id


def test_what_may_be_left_empty_has_no_star_and_each_parameter_says_what_it_is(dags):
    """Airflow's form marks as required what may not be null."""
    for dag in dags:
        for name, param in dag.params.items():
            param = dag.params.get_param(name)
            assert param.schema.get("title"), f"{dag.dag_id}.{name}"
            assert param.description, f"{dag.dag_id}.{name}"
            optional = not param.value and not isinstance(param.value, (bool, int))
            assert ("null" in param.schema["type"]) is optional, f"{dag.dag_id}.{name}"
            assert "boolean" not in param.schema["type"] or param.schema["type"] == "boolean", "a switch has two values"


def test_what_is_done_is_announced_and_starts_nothing_here(bag, dags):
    announced = {
        (dag.dag_id, task.task_id): [asset.name for asset in task.outlets]
        for dag in dags
        for task in dag.tasks
        if task.outlets
    }
    assert announced == {
        ("expense_sync", "load_intacct"): ["expenses_posted"],
        ("expense_sync", "books_agree"): ["books_agree"],
        ("reconciliation", "books_agree"): ["books_agree"],
        ("organization_sync", "load_certify"): ["people_provisioned"],
    }
    for dag in dags:
        assert not dag.timetable.asset_condition, f"{dag.dag_id} is started by an asset"


def test_a_query_of_a_runbook_asks_for_results_that_there_are(dags):
    asked = {word for dag in dags for word in re.findall(r"result = '(\w+)'", dag.doc_md or "")}
    assert asked
    assert asked <= set(ChangeResult)


def test_every_pool_exists(dags):
    pools = {"default_pool", *json.loads((ROOT / "include" / "pools.json").read_text())}
    for dag in dags:
        for task in dag.tasks:
            assert task.pool in pools, f"{dag.dag_id}.{task.task_id} would stay scheduled for ever: no pool {task.pool}"


def test_a_run_that_is_further_comes_first(dags):
    """By Airflow's own order the first run of a backfill waits with its reconciliation until the last one has extracted."""
    for dag in dags:
        scheduled = DagSerialization.from_dict(DagSerialization.to_dict(dag))
        weights = {task.task_id: task.weight_rule.get_weight(SimpleNamespace(task=task)) for task in scheduled.tasks}
        for task in scheduled.tasks:
            for before in task.upstream_task_ids:
                assert weights[task.task_id] > weights[before], f"{dag.dag_id}: {before} before {task.task_id}"


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


def test_what_waits_for_lists_does_not_wait_for_those_that_are_spared(dags):
    """``open_load`` skips the tasks of lists that need not be read; by Airflow's own rule what follows would be skipped too."""
    waiting = {
        (dag.dag_id, after): dag.task_dict[after].trigger_rule.value
        for dag in dags
        for task in dag.tasks
        if task.is_mapped
        for after in task.downstream_task_ids
    }
    assert waiting.keys() >= {("expense_sync", "extract_open_items"), ("organization_sync", "validate")}
    assert set(waiting.values()) == {"none_failed"}


def test_each_task_of_a_load_leads_to_its_page(dags):
    for dag in dags:
        of_loads = {task.task_id for task in dag.tasks if "open_load" in dag.task_ids and task.task_id != "preflight"}
        linked = {task.task_id for task in dag.tasks if "Load" in {link.name for link in task.operator_extra_links}}
        assert linked == of_loads, dag.dag_id


def test_few_tasks(dags):
    for dag in dags:
        assert len(dag.tasks) <= 14, dag.dag_id


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
