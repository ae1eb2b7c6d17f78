"""Plans what Certify must change so that it agrees with Intacct."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import GuardTripped
from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink

if TYPE_CHECKING:
    from airflow.sdk import Context


class OrganizationPlanOperator(ConnectorOperator):
    """Compares what validation passed of both services and writes the plan: a row for each intended change.

    :param load_id: the load
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#fdf2e9"

    def __init__(self, *, load_id: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Returns the number of planned changes; the plan itself is shown in the task's log.

        :raises GuardTripped: when `validate` has not passed the load, Intacct gave nobody at all, or the data are of another company
            of Certify or of another shape than until now
        """
        from certify_intacct.preflight.sources import check_sources
        from certify_intacct.rules.people.categories import plan_categories
        from certify_intacct.rules.people.organization import Memory, plan_organization
        from certify_intacct.runs.plan_table import STANDS, billed_line, plan_table
        from certify_intacct.staging import categories, dimension_words, entities, known_sources, people, user_links
        from certify_intacct.staging.manifest import advance, get_load, require_judged
        from certify_intacct.staging.plans import planned_count, store_plan, summary, told

        load_id = int(self.load_id)
        settings = self.configuration
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            if load.planned:
                self.log.info(STANDS, load_id)
                return {"planned": planned_count(connection, load_id)}
        check_sources(self.database, settings, load_id)
        with self.database.connection() as connection:
            require_judged(load)
            terms = dimension_words.known(connection, settings.company.intacct_company_id)
            intacct = people.intacct_organization(
                connection,
                load_id,
                settings.dimensions,
                settings.people,
                single_entity=entities.is_single(connection, load_id, settings.company),
            )
            if not any(settings.people.source(person.kind) for person in intacct.people):
                kinds = ", ".join(source.kind for source in settings.people.sources)
                raise GuardTripped(
                    f"Intacct gave nobody at all ({kinds}).",
                    where=f"load {load_id}, nothing was sent",
                    cure="Check the rights of the API user on employees, vendors and users, and people.sources in connector.yaml.",
                )
            changes = plan_organization(
                intacct,
                people.certify_organization(connection, load_id, settings.dimensions, settings.people),
                Memory(
                    links=user_links.all_links(connection),
                    created=user_links.created_count(connection),
                    releases=user_links.releases(connection),
                    told=told(connection),
                ),
                settings.people,
                settings.dimensions.called_by(terms),
                employee_vendor_types=settings.posting.vendors.employee_vendor_types,
                today=datetime.now(tz=settings.company.zone).date(),
            )
            changes += plan_categories(
                settings.expense_categories,
                categories.kept_from(connection, load_id, settings.expense_categories),
                categories.in_certify(connection, load_id),
            )
            planned = store_plan(connection, load_id, changes)
            if not load.preview:
                known_sources.remember(connection, load_id, settings)
            advance(connection, load_id, "previewed" if load.preview else "planned", {"planned": planned})
            self.log.info("Plan of load %s\n%s", load_id, plan_table(summary(connection, load_id), changes))
            self.log.info("%s", billed_line(connection, load))
        return {"planned": planned}
