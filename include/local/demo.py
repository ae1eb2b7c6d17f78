"""`make demo`: the main job from start to end on this machine, against the sandbox."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta

from include.local import databases, figures, table
from include.local.console import say
from include.local.exposure import exposed
from include.local.passwords import write_private
from include.local.runs import Run, Runs, last_complete_day
from include.local.settings import ROOT, Settings, employee_target
from include.local.stack import Stack, running

EXPENSES = "expense_sync"
DAGS = ("organization_sync", EXPENSES)
BACKFILLED_DAYS = 3
#: What posts what is owed to employees, by the word of connector.yaml, and what that is called. The function's full name: that of the
#: object alone would also match a look-up.
_LOST = {
    "ap_bill": ("create APBILL", "AP bill"),
    "expense_report": ("create_expensereport", "expense report"),
    "gl_journal": ("create GLBATCH", "journal"),
}


def demo(settings: Settings, *, check: bool) -> int:
    """Run the demo; serve until Ctrl-C unless ``check``.

    :return: 0 only if every run succeeded, nothing was posted twice, the reconciliation holds, and neither a port nor a file of the
        stack is open to others.
    :raises StackError: when something on this machine keeps the stack from running.
    """
    begun = time.monotonic()
    with running(settings, with_sandbox=True) as stack:
        set_up = time.monotonic() - begun
        _say_logins(stack)
        passed = _main_job(stack, set_up)
        if not check:
            _say_logins(stack)
            say("it serves until Ctrl-C, which stops everything")
            try:
                stack.watch()
            except KeyboardInterrupt:
                say("stopping")
    return 0 if passed else 1


def _say_logins(stack: Stack) -> None:
    for line in stack.airflow.logins():
        say(line)


def _main_job(stack: Stack, set_up: float) -> bool:
    dag_ids = [name for name in DAGS if (ROOT / "dags" / f"{name}.py").exists()]
    analyst = stack.postgres.url(databases.CONNECTOR, databases.ANALYST)
    since = figures.database_clock(analyst)
    begun = time.monotonic()
    runs = Runs(stack)
    runs.wait_for_dags(dag_ids)
    stack.sandbox.clear_faults()
    if EXPENSES in dag_ids:
        function, what = _LOST.get(employee_target(stack.settings.config_file), _LOST["ap_bill"])
        stack.sandbox.fault("intacct", function, "drop_after_commit")
        say(f"the sandbox will commit one {what} and lose the answer")
    last = last_complete_day(stack.settings.time_zone)
    finished = _run_days(runs, dag_ids, last)
    found = figures.read(analyst, since, {run.day for run in finished if run.dag_id == EXPENSES}, stack.sandbox)
    stack.sandbox.clear_faults()
    failures = {run: runs.failures(run) for run in finished if run.state != "success"}
    summary = table.summary(finished, found, set_up=set_up, run=time.monotonic() - begun)
    # As root in a private folder, the cluster lies outside of it.
    folder, home = stack.settings.folder, stack.postgres.data.resolve().parent
    folders = [folder] if home.is_relative_to(folder) else [folder, home]
    summary["exposed"] = exposed(folders, stack.pids())
    summary["passed"] = summary["passed"] and not summary["exposed"]
    write_private(stack.settings.folder / "summary.json", json.dumps(summary, indent=1, default=str) + "\n")
    print(table.render(finished, failures, found), flush=True)
    for line in summary["exposed"]:
        say(f"exposed: {line}")
    say(f"all figures are in {stack.settings.folder / 'summary.json'}")
    return bool(summary["passed"])


def _run_days(runs: Runs, dag_ids: list[str], last: date) -> list[Run]:
    """Run the last complete day through the scheduler, one DAG after the other, then back-fill the days before it."""
    first = last - timedelta(days=BACKFILLED_DAYS)
    finished: list[Run] = []
    days: dict[str, list[date]] = {}
    again: dict[str, bool] = {}
    for dag_id in dag_ids:
        runs.cancel_backfills(dag_id)
        # On the data of an earlier demo the day has its run already: it is then repeated by the backfill.
        again[dag_id] = (runs.find(dag_id, last) or {}).get("state") in ("success", "failed")
        runs.unpause(dag_id)
        if not again[dag_id]:
            say(f"{dag_id} for {last}, by the scheduler")
            finished += runs.follow({dag_id: [last]}, [])
    backfills = []
    for dag_id in dag_ids:
        end = last if again[dag_id] else last - timedelta(days=1)
        days[dag_id] = [first + timedelta(days=n) for n in range((end - first).days + 1)]
        backfills.append(runs.create_backfill(dag_id, first, end, again=again[dag_id]))
    return finished + runs.follow(days, backfills)
