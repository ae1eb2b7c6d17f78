"""DAG runs as the demo drives them: through the scheduler and by `airflow backfill create`, with progress until they end."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from include.local.airflow import Api
from include.local.console import heartbeat, say
from include.local.errors import StackError
from include.local.stack import Stack

DAG_SECONDS = 120.0
STANDSTILL_SECONDS = 900.0
_POLL_SECONDS = 2.0
_DONE = ("success", "failed")
_BUSY = {"running": "", "queued": "", "up_for_retry": " (failed, waits to be tried again)"}


@dataclass(frozen=True)
class Run:
    """One finished run of a DAG for one company-local day."""

    dag_id: str
    run_id: str
    day: str
    run_type: str
    state: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the run for summary.json."""
        return asdict(self)


class Runs:
    """Starts runs of one stack and follows them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._api: Api = stack.api
        self._zone = ZoneInfo(stack.settings.time_zone)

    def wait_for_dags(self, wanted: list[str]) -> None:
        """Wait until the dag-processor has read every wanted DAG.

        :raises StackError: when a DAG file does not import, or a DAG does not appear.
        """
        with heartbeat(f"the dag-processor reads {', '.join(wanted)}"):
            give_up = time.monotonic() + DAG_SECONDS
            while missing := self._missing(wanted):
                self._stack.processes.require_alive()
                if time.monotonic() > give_up:
                    log = self._stack.settings.logs / "dag-processor.log"
                    raise StackError(f"The dag-processor did not find {', '.join(missing)} (see {log}).")
                time.sleep(1)

    def _missing(self, wanted: list[str]) -> list[str]:
        errors = self._api.get("importErrors")["import_errors"]
        if errors:
            last = errors[0]["stack_trace"].strip().splitlines()[-1]
            raise StackError(f"{errors[0]['filename']} cannot be imported: {last}")
        known = {entry["dag_id"] for entry in self._api.get("dags")["dags"]}
        return [dag_id for dag_id in wanted if dag_id not in known]

    def unpause(self, dag_id: str) -> None:
        """Let the scheduler run the DAG: it starts one for the last complete day by itself, unless that day has one."""
        self._api.patch(f"dags/{dag_id}", {"is_paused": False})

    def cancel_backfills(self, dag_id: str) -> None:
        """Cancel a backfill that an interrupted session left open: Airflow allows one at a time."""
        for backfill in self._api.get("backfills", dag_id=dag_id)["backfills"]:
            if backfill["completed_at"] is None:
                self._api.put(f"backfills/{backfill['id']}/cancel")

    def find(self, dag_id: str, day: date) -> dict[str, Any] | None:
        """Return Airflow's record of the run for ``day``, or None."""
        start = self._midnight(day).isoformat()
        found = self._api.get(f"dags/{dag_id}/dagRuns", logical_date_gte=start, logical_date_lte=start)["dag_runs"]
        return found[0] if found else None

    def create_backfill(self, dag_id: str, first: date, last: date, *, again: bool) -> int:
        """Run `airflow backfill create` for the days from ``first`` to ``last``; return its id.

        :param again: also repeat days whose run is complete.
        """
        before = {entry["id"] for entry in self._api.get("backfills", dag_id=dag_id)["backfills"]}
        options = ["--dag-id", dag_id, "--from-date", str(first), "--to-date", str(last), "--max-active-runs", "1"]
        options += ["--reprocess-behavior", "completed" if again else "none"]
        say(f"airflow backfill create {' '.join(options)}")
        self._stack.run_airflow(f"creating the backfill of {dag_id}", "backfill", "create", *options)
        made = [entry["id"] for entry in self._api.get("backfills", dag_id=dag_id)["backfills"]]
        return int(max(set(made) - before))

    def follow(self, wanted: dict[str, list[date]], backfills: list[int]) -> list[Run]:
        """Say how the runs of the days get on until they and the backfills have ended; return the runs.

        :param wanted: DAG id to its days.
        :raises StackError: when a part of the stack dies, or nothing moves for a quarter of an hour.
        """
        changed = time.monotonic()
        shown: dict[tuple[str, date], str] = {}

        def at_work() -> str:
            texts = [
                f"{dag_id} {day}: {text}"
                for (dag_id, day), text in list(shown.items())
                if text not in (*_DONE, "queued")
            ]
            return "; ".join(texts) or "waiting for the scheduler"

        with heartbeat(at_work):
            while True:
                self._stack.processes.require_alive()
                runs = [(dag_id, day, self.find(dag_id, day)) for dag_id, days in wanted.items() for day in days]
                open_backfills = [n for n in backfills if self._api.get(f"backfills/{n}")["completed_at"] is None]
                for dag_id, day, run in runs:
                    text = self._where(dag_id, run)
                    if shown.get((dag_id, day)) != text:
                        shown[dag_id, day], changed = text, time.monotonic()
                        say(f"  {dag_id} {day}: {text}")
                if not open_backfills and all(run is not None and run["state"] in _DONE for _, _, run in runs):
                    return [_finished(dag_id, day, run) for dag_id, day, run in runs if run is not None]
                if time.monotonic() > changed + STANDSTILL_SECONDS:
                    minutes = STANDSTILL_SECONDS / 60
                    raise StackError(
                        f"Nothing has moved for {minutes:.0f} minutes: {at_work()} (see {self._stack.settings.logs})."
                    )
                time.sleep(_POLL_SECONDS)

    def failures(self, run: Run) -> list[str]:
        """Return the names of the failed tasks of a run."""
        return [_name(task) for task in self._tasks(run.dag_id, run.run_id) if task["state"] == "failed"]

    def _where(self, dag_id: str, run: dict[str, Any] | None) -> str:
        if run is None:
            return "not yet created"
        if run["state"] in _DONE or run["state"] == "queued":
            return str(run["state"])
        tasks = self._tasks(dag_id, run["dag_run_id"])
        done = sum(1 for task in tasks if task["state"] in ("success", "skipped", "failed", "upstream_failed"))
        busy = sorted({task["task_id"] + _BUSY[task["state"]] for task in tasks if task["state"] in _BUSY})
        return f"{done} of {len(tasks)} tasks done{', now ' + ', '.join(busy) if busy else ''}"

    def _tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._api.get(f"dags/{dag_id}/dagRuns/{run_id}/taskInstances", limit=200)[
            "task_instances"
        ]
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)


def last_complete_day(zone: str) -> date:
    """Return yesterday in the time zone ``zone``."""
    return datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)


def _name(task: dict[str, Any]) -> str:
    label = task.get("rendered_map_index")
    return f"{task['task_id']} [{label}]" if label else str(task["task_id"])


def _finished(dag_id: str, day: date, run: dict[str, Any]) -> Run:
    begun, ended = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return Run(
        dag_id=dag_id,
        run_id=run["dag_run_id"],
        day=str(day),
        run_type=run["run_type"],
        state=run["state"],
        seconds=round((ended - begun).total_seconds(), 1),
    )
