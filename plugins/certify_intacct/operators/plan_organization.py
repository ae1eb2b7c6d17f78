"""Plans what Certify must change so that it agrees with Intacct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import PlanLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class OrganizationPlanOperator(ConnectorOperator):
    """Compares what validation passed of both services and writes the plan: a row for each intended change.

    :param load_id: the load
    """

    template_fields: Sequence[str] = ("load_id",)
    operator_extra_links = (PlanLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns the number of planned changes; the plan itself is shown in the task's log.

        :raises GuardTripped: when the plan would change more than the guards allow
        """
        from certify_intacct.operators.plan_report import plan_table
        from certify_intacct.rules.departments import plan_departments
        from certify_intacct.staging import organization
        from certify_intacct.staging.manifest import advance, get_load
        from certify_intacct.staging.plans import store_plan, summary

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            changes = plan_departments(
                organization.intacct_departments(connection, load_id),
                organization.certify_departments(connection, load_id),
            )
            planned = store_plan(connection, load_id, changes)
            advance(connection, load_id, "previewed" if load.dry_run else "planned", {"planned": planned})
            self.log.info("Plan of load %s\n%s", load_id, plan_table(summary(connection, load_id), changes))
        return {"planned": planned}
