"""Whether a person gave each approval of a plan: what a worker wrote down, compared with what Airflow itself recorded.

A task cannot ask Airflow who answered another task, so this reads Airflow's database, as a role that sees those columns alone
(connection ``airflow_record_db``). Clearing ``approve`` moves an answer into Airflow's history; both are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg import sql

from certify_intacct.model.errors import ConnectorError
from certify_intacct.reconciliation.findings import made
from certify_intacct.rules.second_person import objection
from certify_intacct.staging import approvals
from certify_intacct.staging.airflow_record import BACKFILLED_BY, RECORD_CONNECTION, record
from certify_intacct.staging.approvals import KeptApproval
from certify_intacct.staging.database import Connection, Database
from certify_intacct.staging.reconciliation_results import ReconciliationFinding

FINDING = "approval"
TASK = "approve"
# Each run looks back so far: what is found stays red for a week.
_LOOKS_BACK = timedelta(days=7)
# The same time, through two columns and a message; and two machines' clocks.
_SAME, _CLOCKS = timedelta(seconds=1), timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class RecordedAnswer:
    """That somebody approved a run, as Airflow recorded it. Without a user it came from the task itself."""

    user_id: str
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AirflowRun:
    """A run that Airflow knows: who triggered it and started backfills of it, and who approved it."""

    triggered_by: tuple[str, ...]
    answers: tuple[RecordedAnswer, ...]


def compared_with_airflow(database: Database, *, all_of_them: bool = False) -> tuple[list[ReconciliationFinding], str]:
    """Compares approvals with Airflow's record.

    :param all_of_them: not only those of the last week; of older ones that alone can be compared whose run Airflow still has
    :returns: a finding for each that no person gave; and why all or some were not compared, ``not compared: …``, else an empty text
    """
    with database.connection() as connection:
        kept = approvals.of_runs(connection, None if all_of_them else _LOOKS_BACK)
    if not kept:
        return [], ""
    try:
        with record().connection() as connection:
            runs = _runs(connection, sorted({(one.dag_id, one.run_id) for one in kept}))
    except AirflowNotFoundException:
        return [], f"not compared: there is no connection {RECORD_CONNECTION}."
    except (psycopg.Error, ConnectorError) as error:
        said = " ".join(str(error).split())
        return [], f"not compared: Airflow's record cannot be read over the connection {RECORD_CONNECTION}: {said}"
    week = datetime.now(tz=UTC) - _LOOKS_BACK
    gone = [one for one in kept if one.recorded_at < week and (one.dag_id, one.run_id) not in runs]
    said = f"not compared: {len(gone)} older than a week, whose runs Airflow does not have any more." if gone else ""
    return list(_findings([one for one in kept if one not in gone], runs)), said


def _runs(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], AirflowRun]:
    """By DAG and run, of those that Airflow has."""
    rows = connection.execute(
        sql.SQL("""
        WITH asked AS (SELECT * FROM unnest(%(dags)s::text[], %(runs)s::text[]) AS asked(dag_id, run_id)), answer AS (
            SELECT t.dag_id, t.run_id, t.task_id, a.responded_by, a.responded_at, a.chosen_options
            FROM hitl_detail a JOIN task_instance t ON t.id = a.ti_id
            UNION ALL
            SELECT t.dag_id, t.run_id, t.task_id, a.responded_by, a.responded_at, a.chosen_options
            FROM hitl_detail_history a JOIN task_instance_history t ON t.task_instance_id = a.ti_history_id
        )
        SELECT r.dag_id, r.run_id, coalesce(r.triggering_user_name, '') || {} AS triggered_by, a.responded_at,
               coalesce(a.responded_by ->> 'id', '') AS user_id, coalesce(a.responded_by ->> 'name', '') AS name
        FROM dag_run r JOIN asked USING (dag_id, run_id) LEFT JOIN answer a ON a.dag_id = r.dag_id AND a.run_id = r.run_id
             AND a.task_id = %(task)s AND a.responded_at IS NOT NULL AND a.chosen_options::jsonb = '["Approve"]'
        """).format(BACKFILLED_BY),
        {"dags": [dag for dag, _ in keys], "runs": [run for _, run in keys], "task": TASK},
    ).fetchall()
    triggered, answers = {}, defaultdict(set)
    for row in rows:
        key = row["dag_id"], row["run_id"]
        triggered[key] = tuple(row["triggered_by"])
        if row["responded_at"]:
            answers[key].add(RecordedAnswer(user_id=row["user_id"], name=row["name"], at=row["responded_at"]))
    return {
        key: AirflowRun(triggered_by=who, answers=tuple(sorted(answers[key], key=lambda answer: answer.at)))
        for key, who in triggered.items()
    }


def _findings(kept: Sequence[KeptApproval], runs: dict[tuple[str, str], AirflowRun]) -> Iterator[ReconciliationFinding]:
    used: set[tuple[str, str, RecordedAnswer]] = set()
    for approval in kept:
        key = approval.dag_id, approval.run_id
        run = runs.get(key)
        answer = next((one for one in run.answers if _is_it(approval, one)), None) if run else None
        problem = _problem(approval, run, answer, again=(*key, answer) in used)
        if answer:
            used.add((*key, answer))
        if problem:
            text = (
                f"The plan of load {approval.load_id} (run {approval.run_id} of {approval.dag_id}) is kept as approved by "
                f"{approval.decided_by} on {_time(approval.decided_at)}: {problem}"
            )
            yield made(FINDING, f"approval {approval.approval_id}", text)


def _is_it(approval: KeptApproval, answer: RecordedAnswer) -> bool:
    who = answer.user_id, answer.name or answer.user_id
    return (approval.user_id, approval.decided_by) == who and abs(approval.decided_at - answer.at) <= _SAME


def _problem(approval: KeptApproval, run: AirflowRun | None, answer: RecordedAnswer | None, *, again: bool) -> str:
    """Why nobody gave the approval, a sentence; empty when somebody did."""
    if run is None:
        return "Airflow has no run of that name (any more)."
    if answer is None:
        others = ", ".join(f"{one.name or one.user_id or 'nobody'} on {_time(one.at)}" for one in run.answers)
        return (
            f"Airflow recorded no such answer of that run, {f'but approvals by {others}' if others else 'nor another'}."
        )
    if again:
        return "that answer covers the plan of another load, or an earlier one of this."
    if answer.at < approval.opened_at - _CLOCKS:
        return f"they answered before that load was opened ({_time(approval.opened_at)})."
    return objection([answer.name, answer.user_id], owners=(), triggered_by=run.triggered_by)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
