"""Plans what Intacct must get: documents ready to send, and every reason why something is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class IntacctPlanOperator(ConnectorOperator):
    """Plans the reports that validation passed, against the ledger, and freezes their documents. A preview ends here.

    :param load_id: the load
    :param as_if_ours: of a preview: also what is another connector's to post, by company.first_post_date and previous_connector
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, *, load_id: Any, as_if_ours: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.as_if_ours = as_if_ours

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns how many reports are to be posted, held, skipped; the plan itself is shown in the task's log.

        :raises GuardTripped: `validate` has not passed the load, or the data are of another company of Certify, or not of the shape
            that they had until now
        :raises BadInput: the run is for entities that Intacct does not have
        """
        from certify_intacct.posting.plan_load import plan_load
        from certify_intacct.preflight.sources import check_sources
        from certify_intacct.runs.plan_table import MOST, STANDS, billed_line, plan_table
        from certify_intacct.staging.manifest import advance, get_load, require_judged
        from certify_intacct.staging.plans import counts_of, shown, summary

        load_id = int(self.load_id)
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            if load.planned:
                self.log.info(STANDS, load_id)
                return counts_of(connection, load_id)
        check_sources(self.database, self.configuration, load_id)
        with self.database.connection() as connection:
            require_judged(load)
            # A load that may send plans what is its own, whatever its task was told.
            others_too = self.as_if_ours and load.preview
            above = plan_load(connection, self.configuration.as_if_ours() if others_too else self.configuration, load)
            counts = counts_of(connection, load_id)
            advance(connection, load_id, "previewed" if load.preview else "planned", {"plan": counts})
            self.log.info(
                "Plan of load %s\n%s",
                load_id,
                plan_table(summary(connection, load_id), shown(connection, load_id, MOST)),
            )
            self.log.info("%s", billed_line(connection, load))
            for one in above:
                self.log.warning("Needs a second person: %s", one)
        return counts
