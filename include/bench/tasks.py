"""Carries out tasks of expense_sync, those of an order in a process of its own: this one imports Airflow once, and forks for each.

Started by ``include.bench.day.workers``. An order names its tasks, the day and the run. It is a line of JSON on standard input, the
answer a line of JSON on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from include.bench.profiling import profiled
from include.chaos.worker import dag_named, import_all, steps

_REQUESTS: Counter[str] = Counter()
_STATEMENTS: Counter[str] = Counter()


def main() -> int:
    """Answers with the names of the tasks, then each order with its figures."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever anybody prints is no answer
    tasks = dict(steps(dag_named("expense_sync")))
    import_all("certify_intacct")
    _count_requests()
    _count_statements()
    print(json.dumps(list(tasks)), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_in_a_fork(tasks, order)), file=answers, flush=True)
    return 0


def _in_a_fork(tasks: Mapping[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    """Results or error of an order's tasks, their seconds, CPU seconds, peak memory, HTTP requests and statements of SQL."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        with os.fdopen(writes, "w") as told:
            json.dump(_carried_out(tasks, order), told, default=str)
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as told:
        text = told.read()
    _, status, usage = os.wait4(child, 0)
    figures = json.loads(text) if text else {"error": f"the process ended with {status}"}
    return figures | {"cpu": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}


def _carried_out(tasks: Mapping[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    from airflow.sdk.execution_time.context import OutletEventAccessors

    run = SimpleNamespace(
        dag_id="expense_sync",
        run_id=order["run_id"],
        run_type=order["run_type"],
        data_interval_start=None,
        data_interval_end=None,
        run_after=datetime.now(tz=UTC),
        triggering_user_name="bench",
    )
    days = {"period_start": order["day"], "period_end": order["day"]}
    context = {"dag_run": run, "run_id": order["run_id"], "params": days, "outlet_events": OutletEventAccessors()}
    results: dict[str, Any] = {"open_load": order["load_id"]}
    told: dict[str, Any] = {"results": results}
    name, spared = "", set[str]()
    began = time.perf_counter()
    try:
        for name in order["tasks"]:
            if name in spared:
                continue
            task = tasks[name]
            if hasattr(task, "load_id"):
                task.load_id = results["open_load"]
            with profiled(Path(order["profile"]), name) if order["profile"] else nullcontext():
                results[name] = task.execute(context)
            for other, place in getattr(task, "spared", ()):
                spared.add(other if place < 0 else [part for part in tasks if part.startswith(f"{other}[")][place])
    except Exception as error:
        told = {"error": f"{name}: {type(error).__name__}: {error}", "trace": traceback.format_exc()}
    counted = {"requests": dict(_REQUESTS), "statements": _STATEMENTS.total()}
    return told | counted | {"seconds": time.perf_counter() - began}


def _count_requests() -> None:
    """Each HTTP request counts, whatever becomes of it."""
    from certify_intacct.transport.http import HttpClient

    sent, counting = HttpClient.send, threading.Lock()

    def send(self: HttpClient, method: str, url: str, **given: Any) -> Any:
        with counting:
            _REQUESTS["certify" if urlsplit(url).path.startswith("/v1/") else "intacct"] += 1
        return sent(self, method, url, **given)

    HttpClient.send = send  # type: ignore[method-assign]


def _count_statements() -> None:
    """Each statement of SQL counts; one that is carried out for many rows as often as there are."""
    import psycopg

    execute, executemany, counting = psycopg.Cursor.execute, psycopg.Cursor.executemany, threading.Lock()

    def one(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        with counting:
            _STATEMENTS["execute"] += 1
        return execute(self, query, *given, **named)

    def many(self: Any, query: Any, rows: Any, **named: Any) -> None:
        rows = list(rows)
        with counting:
            _STATEMENTS["executemany"] += len(rows)
        executemany(self, query, rows, **named)

    psycopg.Cursor.execute, psycopg.Cursor.executemany = one, many  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    sys.exit(main())
