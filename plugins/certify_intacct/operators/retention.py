"""Deletes what was staged longer ago than it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.runs.run_params import refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflow.sdk import Context

    from certify_intacct.staging.retention import OldLoad


class DeleteOldStagingOperator(ConnectorOperator):
    """Deletes the staged rows of loads that are older than ``retention.staging_days`` of connector.yaml.

    A preview says what would go and deletes nothing. What still waits for somebody is kept and named.

    :param preview: what the DAG is, and no parameter of a run
    """

    ui_color = "#f3e8e8"

    def __init__(self, *, preview: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.preview = preview

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many loads and rows went, or would go, and how many old loads were kept.

        :raises ConfigurationError: when connector.yaml cannot be used
        :raises BadInput: the run was given what it does not know
        """
        from certify_intacct.staging import retention

        refuse_unknown(context["params"], (), preview="retention_preview")
        days = self.configuration.retention.staging_days
        with self.database.connection() as connection:
            loads = retention.old_loads(connection, days)
            if not self.preview:
                retention.expire(connection, loads)
            going = sorted({*retention.expired_loads(connection), *(load.load_id for load in loads if not load.kept)})
            rows = retention.staged_rows(connection, going) if self.preview else {}
        if not self.preview:
            rows = retention.delete_expired(self.database)
            self._forget_calls()
        for line in _summary(days, going, rows, preview=self.preview):
            self.log.info(line)
        kept = [load for load in loads if load.kept]
        for load in kept:
            self.log.warning(_kept(load))
        return {"loads": len(going), "rows": sum(rows.values()), "kept": len(kept)}

    def _forget_calls(self) -> None:
        """Deletes what was counted of API calls longer ago than it is kept."""
        from datetime import datetime, timedelta

        from certify_intacct.staging import api_use

        days = self.configuration.retention.api_use_days
        today = datetime.now(tz=self.configuration.company.zone).date()
        with self.database.connection() as connection:
            gone = api_use.delete_before(connection, today - timedelta(days=days))
        self.log.info("%s rows of the count of API calls were older than %s days (retention.api_use_days).", gone, days)


def _summary(days: int, loads: Sequence[int], rows: Mapping[str, int], *, preview: bool) -> list[str]:
    if not loads:
        return [f"Nothing in staging is older than {days} days (retention.staging_days)."]
    verb = "would be deleted" if preview else "were deleted"
    first = (
        f"Of {len(loads)} loads that are older than {days} days (load {loads[0]} to {loads[-1]}), "
        f"{sum(rows.values())} staged rows {verb}."
    )
    return [first, *(f"  {table}: {count}" for table, count in sorted(rows.items()))]


def _kept(load: OldLoad) -> str:
    return f"Load {load.load_id} ({load.dag_id}, run {load.run_id}, {load.opened_at:%Y-%m-%d}) stays: {load.kept}."
