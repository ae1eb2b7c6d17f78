"""Tells of a task that failed: what it is about, why, what to do, and where to look."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

from certify_intacct.model.errors import BooksDiffer
from certify_intacct.rules.texts import readable
from certify_intacct.runs.failing import TaskStopped

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.database import Database

log = logging.getLogger(__name__)

_LONGEST = 2000
_AGAIN = "Clear the whole run to start it again: nothing is written twice."
_NO_ERROR = (
    "Airflow has no error of it: the process that ran it is gone (killed, out of memory, its machine stopped), somebody marked it "
    "as failed, or its own mail was not taken. Its log says how far it came."
)
#: Why Airflow says that a run failed, where a task did: it has told that itself, unless its process or the mail server was gone.
TASK_FAILURE = "task_failure"
_BOOKS_AGREE = "books_agree"
#: Where docs/operations.md speaks of the failures of a task; of any other under the first of these.
RUNBOOK = {
    "": "In a run",
    "approve": "A run that waits for an approval",
    "attach_receipts": "Receipts",
    _BOOKS_AGREE: "Reconciliation",
    "reconcile": "Reconciliation",
    "delete_old_staging": "Retention",
}


@dataclass(frozen=True, kw_only=True)
class _Failed:
    """A task of which nothing else is known than that it failed; its log is found by the run."""

    task_id: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed task, for people.

    :param task_id: empty when it is the run as a whole
    :param part: which part of a mapped task it is
    :param period: the dates that it is about; empty for a DAG without any, and where they cannot be told
    :param cause: what is wrong, line by line
    :param cure: what to do
    :param links: addresses of ours by what they lead to
    """

    dag_id: str
    run_id: str
    task_id: str
    part: str
    period: str
    where: str
    cause: tuple[str, ...]
    cure: str
    section: str
    links: Mapping[str, str]

    @property
    def identity(self) -> tuple[str, str, str]:
        """Whose failure it is: all parts of a task are one."""
        return self.dag_id, self.run_id, self.task_id

    @property
    def task(self) -> str:
        return f"{self.task_id}, {self.part}" if self.part else self.task_id or "the run as a whole"

    @property
    def subject(self) -> str:
        dates = f" {self.period}" if self.period else ""
        return f"{self.dag_id}{dates}: {self.task if self.task_id else 'the run'} failed"


class FailureNotifier(BaseNotifier):
    """``on_failure_callback`` of every task, and of the DAG for what is no task's failure.

    A task that fails is told once, by itself, where its error is at hand; what could not begin because of it is not told. Tasks that a
    service takes down together, parts of one that is mapped, are told as one. When no task could tell, the DAG does when its run ends.
    Books that differ are no failure to be told: their findings are in the report of the run.
    """

    def __call__(self, *args: Any) -> None:
        """Tells; whatever goes wrong with that is in the log, and changes nothing about the run."""
        try:
            self.notify(args[0])
        except Exception:
            log.exception("Nobody was told of this failure.")

    def notify(self, context: Context) -> None:
        """Sends the mail, or logs it where nobody is to get one."""
        said: Mapping[str, Any] = context
        if said.get("reason") != TASK_FAILURE:
            _tell(said)
            return
        for task_id in _not_told(said):
            _tell(_of_task(said, task_id))


def _tell(said: Mapping[str, Any]) -> None:
    """Tells of one task, or of the run as a whole."""
    from certify_intacct.notifications.mail import Mail, send
    from certify_intacct.notifications.notifier import settings_or_none
    from certify_intacct.notifications.rendering import rendered

    settings = settings_or_none()
    failure = failure_of(said, names=settings is None or settings.names)
    text, html = rendered("failure", failure=failure, again=_AGAIN)
    log.info("%s\n%s", readable(failure.subject, _LONGEST), text)
    if settings is None or not settings.addresses:
        return
    if isinstance(_error(said), BooksDiffer):
        _left_to_the_report(said)
        log.info(
            "This is not mailed: the report of the run, or of the next one that mails any, tells of each finding once."
        )
    elif not _first_to_tell(said, failure):
        log.info("This was mailed less than an hour ago, of another part of the task.")
    elif not send(settings, Mail(to=settings.addresses, subject=failure.subject, text=text, html=html)):
        _take_back(said, failure)


def failure_of(context: Mapping[str, Any], *, names: bool) -> Failure:
    """What a context of Airflow's says of a failure.

    :param names: whether people may be named, as the findings of a reconciliation do
    """
    from airflow.sdk._shared.secrets_masker import redact

    from certify_intacct.model.errors import ConnectorError
    from certify_intacct.runs import addresses

    ti = context.get("ti")
    dag_id, run_id = context["dag"].dag_id, str(context["run_id"])
    # A task that Airflow tells of when a run could not go on is not what failed.
    task_id = ti.task_id if ti and context.get("reason") in (None, "", TASK_FAILURE) else ""
    error = _error(context)
    ours = error if isinstance(error, ConnectorError) else None
    # Ours are redacted where they are raised; Airflow's are only in its logs.
    said = str(redact(_cause(error, str(context.get("reason") or ""))))
    cause = [line for line in said.split("\n") if line.strip()]
    return Failure(
        dag_id=dag_id, run_id=run_id, task_id=task_id, part=_part(context) if task_id else "", period=_period(context),
        where=(ours.where or "") if ours else "",
        cause=tuple(readable(line, _LONGEST) for line in (cause if names else cause[:1])),
        cure=(ours.cure or "") if ours else "",
        section=RUNBOOK.get(task_id, RUNBOOK[""]),
        links={
            "The log of the task": str(getattr(ti, "log_url", "")) if addresses.base() else "",
            "The load": addresses.load_page(dag_id, getattr(context.get("task"), "load_id", "")),
            "The run": addresses.run(dag_id, run_id),
            "The DAG, with its runbook": addresses.dag(dag_id),
        },
    )  # fmt: skip


def _error(context: Mapping[str, Any]) -> Any:
    """What the task failed with, as it was raised; None where Airflow has no error of it."""
    error = context.get("exception")
    return error.error if isinstance(error, TaskStopped) else error


def _part(context: Mapping[str, Any]) -> str:
    """The stream that a mapped task reads, or its number; empty for a task that is not mapped."""
    index = getattr(context["ti"], "map_index", None)
    if not isinstance(index, int) or index < 0:
        return ""
    return str(getattr(context.get("task"), "stream", "") or f"part {index + 1}")


def _cause(error: Any, reason: str) -> str:
    from airflow.sdk.exceptions import AirflowException, AirflowTaskTimeout

    from certify_intacct.model.errors import ConnectorError

    if isinstance(error, ConnectorError):
        return error.message
    if isinstance(error, (AirflowException, AirflowTaskTimeout)):
        return f"{type(error).__name__}: {error}"
    if error is not None:
        # What others put into their errors may be a row with a person in it.
        return f"An error that the connector does not foresee, {type(error).__qualname__}. The log of the task has its text."
    if reason and reason != TASK_FAILURE:
        return f"The run could not go on, and no task says why. Airflow calls it {reason}."
    return _NO_ERROR


def _period(context: Mapping[str, Any]) -> str:
    """The dates of a run; empty where it is about none."""
    from certify_intacct.model.configuration import config_path, load
    from certify_intacct.runs.period import period_of_run

    run, params = context.get("dag_run"), context.get("params") or {}
    if run is None or "period_start" not in params:
        return ""
    try:
        return str(period_of_run(run, params, load(config_path()), reconciles=run.dag_id == "reconciliation"))
    except Exception:
        # That the dates cannot be told may be what failed.
        return ""


def _not_told(context: Mapping[str, Any]) -> list[str]:
    """The tasks that failed in a run that has ended, and of which nobody was told; where nobody can say that, none.

    Books that differ are told by the report.
    """
    from certify_intacct.staging.told import told_of

    dag_id, run_id = context["dag"].dag_id, str(context["run_id"])
    try:
        with _database(context).connection() as connection:
            told = told_of(connection, dag_id, run_id) | told_of(connection, _differing(dag_id), run_id)
    except Exception:
        log.info("The tasks of this run told what failed.")
        return []
    return [task_id for task_id in _failed_tasks(context) if task_id not in told]


def _failed_tasks(context: Mapping[str, Any]) -> list[str]:
    """The tasks that failed in a run that has ended, in their order; where Airflow does not list them, the last, which it names."""
    dag, ti, run_id = context["dag"], context.get("ti"), str(context["run_id"])
    last = getattr(ti, "task_id", "")
    try:
        states: Mapping[str, Any] = ti.get_task_states(dag_id=dag.dag_id, run_ids=[run_id])[run_id]  # type: ignore[union-attr]
    except Exception as error:
        log.info("Airflow does not say which tasks failed: %s.", type(error).__name__)
        return [last]
    # Parts of a task that is mapped are listed as extract_intacct_0, extract_intacct_1.
    failed = {
        re.sub(r"_\d+$", "", name) if name not in dag.task_ids else name
        for name, state in states.items()
        if state == "failed"
    }
    return [task_id for task_id in dag.task_ids if task_id in failed] or [last]


def _of_task(context: Mapping[str, Any], task_id: str) -> Mapping[str, Any]:
    """The context as it is about another task of the run than the one that failed last: what is known of it is that it failed."""
    ti = context.get("ti")
    if task_id == getattr(ti, "task_id", ""):
        return context
    return {**context, "ti": _Failed(task_id=task_id), "task": context["dag"].task_dict.get(task_id)}


def _first_to_tell(context: Mapping[str, Any], failure: Failure) -> bool:
    """Whether nobody has mailed of this task just now; where nobody can say, it is mailed."""
    from certify_intacct.staging.database import CONNECTION
    from certify_intacct.staging.told import first_to_tell

    if failure.where == CONNECTION:
        return True
    try:
        with _database(context).connection() as connection:
            return first_to_tell(connection, *failure.identity)
    except Exception:
        log.warning("The connector's database does not say whether this was told already: it is told.")
        return True


def _left_to_the_report(context: Mapping[str, Any]) -> None:
    """Notes that books differ, which is no failure that was told: another one of the run still is to be."""
    from certify_intacct.staging.told import first_to_tell

    with contextlib.suppress(Exception), _database(context).connection() as connection:
        first_to_tell(connection, _differing(context["dag"].dag_id), str(context["run_id"]), _BOOKS_AGREE)


def _differing(dag_id: str) -> str:
    return f"{dag_id}, books that differ"


def _take_back(context: Mapping[str, Any], failure: Failure) -> None:
    """Another part of the task may have more luck with the mail server."""
    from certify_intacct.staging.told import take_back

    with contextlib.suppress(Exception), _database(context).connection() as connection:
        take_back(connection, *failure.identity)


def _database(context: Mapping[str, Any]) -> Database:
    from airflow.sdk import BaseHook

    from certify_intacct.staging.database import Database

    return Database.of(BaseHook.get_connection(getattr(context.get("task"), "connector_db_conn_id", "connector_db")))
