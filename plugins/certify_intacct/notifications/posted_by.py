"""Tells by a time of the day that the night's expenses are not posted yet: a deadline of Airflow (``notifications.posted_by``).

Airflow's own reference, the moment at which a run was queued, is not this: it would count for every run of a backfill, be an hour off
when the clocks change, come late when the scheduler does, and in Airflow 3.3.2 a run with such a deadline cannot be cleared before it
(``_recalculate_dagrun_queued_at_deadlines`` takes the interval for a number). So the reference is one of the company's own: the time
of the day after the run's dates, for runs of the schedule alone.

The scheduler looks for deadlines that have passed; the triggerer then calls :func:`tell_unless_posted`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import conf
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import BaseDeadlineReference, DeadlineAlert

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConfigurationError, ConnectorError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

_CONNECTION = "connector_db"


class TimeAfterItsDates(BaseDeadlineReference):
    """A time of the day after the dates of a run, in the company's zone; none for a run that the schedule did not start.

    :param at: ``HH:MM``
    :param time_zone: the company's
    """

    required_kwargs = frozenset({"dag_id", "run_id"})

    def __init__(self, at: str = "00:00", time_zone: str = "UTC") -> None:
        self.at = at
        self.time_zone = time_zone

    def serialize_reference(self) -> dict[str, Any]:
        return {**super().serialize_reference(), "at": self.at, "time_zone": self.time_zone}

    @classmethod
    def deserialize_reference(cls, reference_data: dict[str, Any]) -> TimeAfterItsDates:
        return cls(reference_data["at"], reference_data["time_zone"])

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> datetime | None:
        """Airflow asks when it makes a run, in the scheduler and in the api-server."""
        from airflow.models.dagrun import DagRun
        from sqlalchemy import select

        run = session.execute(
            select(DagRun.run_type, DagRun.data_interval_end).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        ).one_or_none()
        if (
            run is None
            or run.data_interval_end is None
            or str(getattr(run.run_type, "value", run.run_type)) != "scheduled"
        ):
            return None
        zone = ZoneInfo(self.time_zone)
        day = run.data_interval_end.astimezone(zone).date()
        return datetime.combine(day, time.fromisoformat(self.at), zone).astimezone(UTC)


def posted_by() -> DeadlineAlert | None:
    """The deadline of the DAG that posts; None as shipped, and while connector.yaml cannot be read, which its first task tells."""
    try:
        settings = load(config_path())
    except ConfigurationError:
        return None
    at = settings.notifications.posted_by
    if at is None:
        return None
    reference = TimeAfterItsDates(at, settings.company.time_zone)
    callback = AsyncCallback(tell_unless_posted, kwargs={"at": at, "time_zone": settings.company.time_zone})
    return DeadlineAlert(reference=reference, interval=timedelta(0), callback=callback, name=f"posted by {at}")


async def tell_unless_posted(context: Mapping[str, Any], at: str, time_zone: str) -> str:
    """Tells those of ``notifications.addresses``, unless the run has posted: then receipts or the reconciliation are still at work.

    :param context: Airflow's ``dag_run``, as its API shows it
    :returns: what was told
    """
    return await asyncio.to_thread(_tell, context["dag_run"], at, ZoneInfo(time_zone))


def _tell(run: Mapping[str, Any], at: str, zone: ZoneInfo) -> str:
    from airflow.sdk.exceptions import AirflowException

    from certify_intacct.notifications.notifier import ConnectorNotifier
    from certify_intacct.preflight.pools import in_the_way

    day = datetime.fromisoformat(run["data_interval_start"]).astimezone(zone).date()
    name = f"{run['dag_id']} of {day}, run {run['dag_run_id']}"
    try:
        stands = _stands(run)
    except (ConnectorError, AirflowException) as error:
        stands = f"How far it is cannot be asked: {error}"
    if stands is None:
        log.info("%s has posted by %s.", name, at)
        return "posted"
    link = f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/dags/{run['dag_id']}/runs/{run['dag_run_id']}"
    lines = [f"Not posted by {at} (notifications.posted_by): {name}.", stands, in_the_way("expense"), link]
    message = "\n".join(filter(None, lines))
    ConnectorNotifier(subject=f"{run['dag_id']} of {day}: not posted by {at}", message=message).notify({})
    return message


def _stands(run: Mapping[str, Any]) -> str | None:
    """How far a run is, and what to do; None when its load was carried out."""
    from airflow.sdk import BaseHook

    from certify_intacct.staging.coverage import load_of_run
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.overview import asked_approvals

    with Database.of(BaseHook.get_connection(_CONNECTION)).connection() as connection:
        found = load_of_run(connection, run["dag_id"], run["dag_run_id"])
        asked = {row["load_id"] for row in asked_approvals(connection)}
    if found is None:
        return f"It is {run['state']}, and has read nothing yet. Is the scheduler at work, and were the tasks before it well?"
    load_id, state = found
    if state == "loaded":
        return None
    if load_id in asked:
        return f"Its load {load_id} waits for an approval: Browse > Required Actions in Airflow."
    stands = f"its load {load_id} is {state}."
    if run["state"] == "failed":
        return f"It failed; {stands} The log of the task that failed says what to do; then clear the run."
    return f"It is {run['state']}; {stands} If no task of it is running, look for one that waits or was tried again."
