"""Opens a load: mints its identity and writes down what it is about."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from airflow.sdk import conf
from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.definitions.mappedoperator import MappedOperator
from airflow.sdk.exceptions import DownstreamTasksSkipped

from certify_intacct.model.errors import BadInput, ConfigurationError
from certify_intacct.operators.base import ConnectorOperator, triggered_by
from certify_intacct.operators.extract import ExtractOperator
from certify_intacct.pages.links import LoadLink
from certify_intacct.runs.period import period_of_run
from certify_intacct.runs.run_params import PERIOD_PARAMS, RECONCILIATION_PARAMS, RUN_PARAMS, refuse_unknown
from certify_intacct.transport.text import clean_text

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.manifest import Load

# Intacct's own are at most 20 characters long.
_LONGEST_ENTITY = 100


class OpenLoadOperator(ConnectorOperator):
    """Mints the ``load_id`` of a run and returns it; every later task of the run works on that load only.

    Of the tasks that follow and extract a stream each, those are skipped whose stream need not be read.

    :param direction: ``organization``, ``expense`` or ``reconciliation``
    :param preview: whether nothing is ever sent of its loads: what the DAG is, and no parameter of a run
    """

    operator_extra_links = (LoadLink(),)
    ui_color = "#e8f0f7"

    def __init__(self, *, direction: str, preview: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.direction = direction
        self.preview = preview
        #: Known when it has run, for its link.
        self.load_id: int | None = None
        #: What has nothing to read, as Airflow names it: the task, and the place in its list where it is mapped, else -1.
        self.spared: list[tuple[str, int]] = []

    def execute(self, context: Context) -> int:
        """Returns the load's ID.

        :raises BadInput: when the dates of the run are ambiguous or wrong, or it was given what it does not know
        :raises GuardTripped: when this run was a preview before it was cleared
        :raises ConfigurationError: when connector.yaml cannot be used, or Airflow reads dates in another time zone than the company's
        """
        from certify_intacct.staging.manifest import get_load, open_load, require_never_previewed

        _require_one_zone(self.configuration.company.time_zone)
        run = context["dag_run"]
        params = context["params"]
        if self.direction == "reconciliation":
            refuse_unknown(params, RECONCILIATION_PARAMS)
        else:
            known = RUN_PARAMS if self.direction == "expense" else PERIOD_PARAMS
            refuse_unknown(params, known, preview=f"{self.direction}_preview")
        run_type = str(getattr(run.run_type, "value", run.run_type))
        period = period_of_run(run, params, self.configuration, reconciles=self.direction == "reconciliation")
        with self.database.connection() as connection:
            if not self.preview:
                require_never_previewed(connection, run.dag_id, run.run_id)
            load_id = open_load(
                connection,
                dag_id=run.dag_id,
                run_id=run.run_id,
                run_type=run_type,
                direction=self.direction,
                period=period,
                preview=self.preview,
                entities=_entities(params.get("entities")),
                config_hash=self.configuration.hash,
                code_version=version("certify-intacct"),
                actor=triggered_by(context),
            )
            load = get_load(connection, load_id)
            self._spare(connection, load)
        as_preview = ", as a preview: nothing is sent" if self.preview else ""
        self.load_id = load_id
        self.log.info("Load %s: %s for %s%s.", load_id, self.direction, period, as_preview)
        self.tell(context, load, "begun")
        return load_id

    def post_execute(self, context: Context, result: Any = None) -> None:
        """Has Airflow skip what is spared, so that it starts no process and takes no slot of a pool for it.

        What follows has the trigger rule ``none_failed``: a task that was skipped is none that failed.

        :raises DownstreamTasksSkipped: this is how a task says so; Airflow then keeps no result, so it is handed on before
        """
        if self.spared:
            context["ti"].xcom_push(key=BaseXCom.XCOM_RETURN_KEY, value=self.load_id)
            raise DownstreamTasksSkipped(tasks=self.spared)  # type: ignore[no-untyped-call]

    def _spare(self, connection: Connection, load: Load) -> None:
        """Gives the load what it need not read, of the streams of the tasks that follow."""
        from certify_intacct.staging.spared import spared

        self.spared = []
        for task_id in sorted(self.downstream_task_ids):
            for place, stream in _streams_of(self.dag.task_dict[task_id]):
                why = spared(connection, load, stream, self.configuration)
                if why:
                    part = task_id if place < 0 else f"Part {place} of {task_id}"
                    self.log.info("%s: %s. %s is skipped.", stream, why, part)
                    self.spared.append((task_id, place))


def _streams_of(task: Any) -> list[tuple[int, str]]:
    """What a task extracts, each stream with the part of the task that does; -1 where it has no parts, as Airflow says it."""
    if isinstance(task, ExtractOperator):
        return [(-1, task.stream)]
    if isinstance(task, MappedOperator) and issubclass(task.operator_class, ExtractOperator):
        mapped: Any = task.expand_input.value
        return [*enumerate(mapped.get("stream", ()))]
    return []


def _entities(given: Any) -> tuple[str, ...]:
    """The entities that a run is held to; none: all of them.

    :raises BadInput: one is no ID that any entity could have
    """
    entities = tuple(given or ())
    for number, entity in enumerate(entities, start=1):
        if not isinstance(entity, str) or not 1 <= len(entity.strip()) <= _LONGEST_ENTITY:
            raise BadInput(
                f"Entity {number} is no location ID of Intacct.",
                where="the parameters of the run",
                cure="Give IDs, such as 100.",
            )
        clean_text(entity, field=f"Entity {number} of the parameters of the run")
    return entities


def _require_one_zone(company: str) -> None:
    """In another zone of Airflow, the dates of `airflow backfill create` would be other days than those of the schedule."""
    airflow = str(conf.get("core", "default_timezone"))
    if airflow.casefold() != company.casefold():
        raise ConfigurationError(
            f"Airflow reads dates in the time zone {airflow}, and the company lives in {company} (company.time_zone).",
            where="[core] default_timezone of Airflow",
            cure=f"Start Airflow anew, so that it takes the zone from connector.yaml; one that you set up yourself with "
            f"AIRFLOW__CORE__DEFAULT_TIMEZONE={company}.",
        )
