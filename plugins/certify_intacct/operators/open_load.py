"""Opens a load: mints its identity and writes down what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator, triggered_by
from certify_intacct.runs.period import resolve_dry_run, resolve_period

if TYPE_CHECKING:
    from airflow.sdk import Context


class OpenLoadOperator(ConnectorOperator):
    """Mints the ``load_id`` of a run and returns it; every later task of the run works on that load only.

    :param direction: ``organization``, ``expense`` or ``reconciliation``
    """

    ui_color = "#e8f0f7"

    def __init__(self, *, direction: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.direction = direction

    def execute(self, context: Context) -> int:
        """Returns the load's ID.

        :raises BadInput: when the dates of the run are ambiguous or wrong
        :raises ConfigurationError: when connector.yaml cannot be used
        """
        from certify_intacct.staging.manifest import open_load

        run = context["dag_run"]
        params = context["params"]
        run_type = str(getattr(run.run_type, "value", run.run_type))
        period = resolve_period(
            params=params,
            run_type=run_type,
            interval_start=run.data_interval_start,
            interval_end=run.data_interval_end,
            # Queued over midnight, or cleared days later, a run by hand is about the dates that its person saw when triggering it.
            now=run.run_after if run_type == "manual" else datetime.now(tz=UTC),
            time_zone=self.configuration.company.time_zone,
        )
        # A reconciliation changes nothing at either service: there is nothing to preview.
        dry_run = self.direction != "reconciliation" and resolve_dry_run(params, run_type)
        with self.database.connection() as connection:
            load_id = open_load(
                connection,
                dag_id=run.dag_id,
                run_id=run.run_id,
                run_type=run_type,
                direction=self.direction,
                period=period,
                dry_run=dry_run,
                entities=params.get("entities") or (),
                config_hash=self.configuration.hash,
                code_version=version("certify-intacct"),
                actor=triggered_by(context),
            )
        self.log.info(
            "Load %s: %s for %s%s.", load_id, self.direction, period, ", as a preview only" if dry_run else ""
        )
        return load_id
