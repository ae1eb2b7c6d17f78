"""The processes that do the connector's work: one is started and imports Airflow, every run is a fork of it that may be killed.

Only this module and `include.chaos.worker_steps` know the connector. A run is the tasks of a DAG file of `dags/`, in the DAG's order,
each executed as a task of Airflow is; who started it decides what becomes of it when it dies (`include.chaos.worker_pool`).
"""

from __future__ import annotations

import copy
import faulthandler
import json
import logging
import os
import pkgutil
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module, reload
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.definitions.mappedoperator import MappedOperator
from airflow.sdk.execution_time.context import OutletEventAccessors

from include.chaos import worker_steps

DAGS = ("expense_sync", "organization_sync", "verify_company")
# A write that was provably not executed is sent again after seconds, which no setting compresses.
PAUSE_SECONDS = 0.02
POKE_SECONDS = 0.2


def steps(dag: Any) -> Iterator[tuple[str, Any]]:
    """The tasks of a DAG in an order in which a scheduler may run them, mapped ones one by one."""
    for task in dag.topological_sort():
        if isinstance(task, MappedOperator):
            expanded: Any = task.expand_input.value
            ((name, values),) = expanded.items()
            for value in values:
                one = task.unmap({name: value})
                one.dag = dag
                yield f"{task.task_id}[{value}]", one
        else:
            yield task.task_id, copy.copy(task)


def carry_out(order: dict[str, Any], say: Any) -> None:
    """Executes the tasks of a run from `order["done"]` on, and says of each that it is done, or why it failed."""
    dag = dag_named(order["dag"])
    run = SimpleNamespace(
        dag_id=order["dag"], run_id=order["run_id"], run_type=order["run_type"], data_interval_start=None, data_interval_end=None,
        run_after=datetime.fromtimestamp(time.time(), UTC), triggering_user_name="chaos",
    )  # fmt: skip
    context = {
        "dag_run": run, "run_id": order["run_id"], "params": order["params"], "outlet_events": OutletEventAccessors(),
    }  # fmt: skip
    load_id = order["load_id"]
    for number, (name, task) in enumerate(steps(dag)):
        if number < order["done"]:
            continue
        if hasattr(task, "load_id"):
            task.load_id = load_id
        began = time.process_time()
        try:
            result = _carried_out(task, context)
        except Exception as error:
            decision: Any = task.retry_policy.evaluate(error, 1, task.retries) if task.retry_policy else None
            say({
                "failed": number, "task": name, "error": f"{type(error).__name__}: {error}"[:2000], "retries": task.retries,
                "final": bool(decision) and getattr(decision.action, "value", decision.action) == "fail",
                "trace": traceback.format_exc()[-4000:],
            })  # fmt: skip
            return
        if name == "open_load":
            load_id = result
        say({"done": number, "task": name, "load_id": load_id, "seconds": time.process_time() - began})
    say({"finished": True})


def _carried_out(task: Any, context: Any) -> Any:
    """Executes a task. A sensor is asked until it says yes; how often is the scheduler's business, and so ours."""
    if not isinstance(task, BaseSensorOperator):
        return task.execute(context)
    while not task.poke(context):
        time.sleep(POKE_SECONDS)
    return None


def serve(connection: socket.socket) -> None:
    """Forks a process for each run that is ordered over `connection`; one at a time."""
    stream = connection.makefile("rb")
    for line in stream:
        order = json.loads(line)
        os.environ.update(order["environment"])
        child = os.fork()
        if child == 0:
            code = 1
            try:
                log = Path(order["log"]).open("a", encoding="utf-8")  # noqa: SIM115 (lives as long as the process)
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
                faulthandler.register(signal.SIGUSR1, file=log)  # where it stands, for whoever finds it stuck

                def say(said: dict[str, Any]) -> None:
                    connection.sendall(json.dumps(said).encode() + b"\n")

                say({"pid": os.getpid()})
                if "now" in order:
                    worker_steps.begin(order, say, stream)
                carry_out(order, say)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        connection.sendall(json.dumps({"ended": status, "order": order["number"]}).encode() + b"\n")


def main(path: str) -> None:
    """Listens on a socket in the file system; each connection gets a process of its own that forks runs."""
    from certify_intacct.operators import replay_is_due
    from certify_intacct.posting import sender

    sender.PAUSE_SECONDS = PAUSE_SECONDS
    replay_is_due.MARGIN = timedelta(0)
    logging.disable(logging.NOTSET)
    # What tasks import lazily is imported once here, and not by each fork again.
    for package in (
        "operators", "notifications", "reconciliation", "posting", "provisioning", "preflight", "quality", "staging", "intacct",
        "certify", "transport",
    ):  # fmt: skip
        import_all(f"certify_intacct.{package}")
    worker_steps.install()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(8)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    print("ready", flush=True)
    while True:
        # The end of standard input is the end of whoever started us.
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if listener not in ready:
            return
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            serve(connection)
            os._exit(0)
        connection.close()


def import_all(name: str) -> None:
    """Imports a package with all its modules, but no migration."""
    package = import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if "migrations" not in module.name:
            import_module(module.name)


def dag_named(name: str) -> Any:
    """The DAG of the file ``dags/{name}.py``, read anew: which streams it extracts is asked of connector.yaml then."""
    from airflow.sdk import DAG

    known = f"dags.{name}" in sys.modules
    module = import_module(f"dags.{name}")
    module = reload(module) if known else module
    found = [value for value in vars(module).values() if isinstance(value, DAG)]
    if found:
        return found[0]
    return getattr(module, name)()


if __name__ == "__main__":
    for dag_file in DAGS:
        dag_named(dag_file)
    main(sys.argv[1])
