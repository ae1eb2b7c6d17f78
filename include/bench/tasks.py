"""Carries out the tasks of expense_sync, each in a process of its own: this one imports Airflow once, and every task is a fork of it.

Started by ``include.bench.day``. An order is a line of JSON on standard input, the answer a line of JSON on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from include.bench.profiling import profiled
from include.chaos.worker import dag_named, import_all, steps

_REQUESTS: Counter[str] = Counter()


def main() -> int:
    """Answers with the names of the tasks, then each order with its figures."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever anybody prints is no answer
    tasks = dict(steps(dag_named("expense_sync")))
    import_all("certify_intacct")
    _count_requests()
    print(json.dumps(list(tasks)), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_in_a_fork(tasks[order["task"]], order)), file=answers, flush=True)
    return 0


def _in_a_fork(task: Any, order: dict[str, Any]) -> dict[str, Any]:
    """Result or error of a task, its seconds, CPU seconds, peak memory and HTTP requests."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        with os.fdopen(writes, "w") as told:
            json.dump(_carried_out(task, order), told, default=str)
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as told:
        text = told.read()
    _, status, usage = os.wait4(child, 0)
    figures = json.loads(text) if text else {"error": f"the process ended with {status}"}
    return figures | {"cpu": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}


def _carried_out(task: Any, order: dict[str, Any]) -> dict[str, Any]:
    run = SimpleNamespace(
        dag_id="expense_sync",
        run_id=order["run_id"],
        run_type="manual",
        data_interval_start=None,
        data_interval_end=None,
        run_after=datetime.now(tz=UTC),
        triggering_user_name="bench",
    )
    days = {"period_start": order["day"], "period_end": order["day"]}
    context = {"dag_run": run, "run_id": order["run_id"], "params": days}
    if hasattr(task, "load_id"):
        task.load_id = order["load_id"]
    told: dict[str, Any]
    began = time.perf_counter()
    try:
        with profiled(Path(order["profile"]), order["task"]) if order["profile"] else nullcontext():
            told = {"result": task.execute(context)}
    except Exception as error:
        told = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    return told | {"seconds": time.perf_counter() - began, "requests": dict(_REQUESTS)}


def _count_requests() -> None:
    """Each HTTP request counts, whatever becomes of it."""
    from certify_intacct.transport.http import HttpClient

    sent = HttpClient.send

    def send(self: HttpClient, method: str, url: str, **given: Any) -> Any:
        _REQUESTS["certify" if urlsplit(url).path.startswith("/v1/") else "intacct"] += 1
        return sent(self, method, url, **given)

    HttpClient.send = send  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
