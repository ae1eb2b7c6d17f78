"""What must be true before anything is posted: the right company and entities, this deployment alone, no more than the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certify_intacct.model.documents import OWNER
from certify_intacct.model.errors import ConfigurationError, FunctionFailed, GuardTripped, PermissionDenied
from certify_intacct.posting import backfill_approvals
from certify_intacct.posting.deployment import only_deployment
from certify_intacct.rules.preflight import facts
from certify_intacct.staging import approvals, configurations, run_limits

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.configuration.company import CompanyConfiguration
    from certify_intacct.staging.database import Connection, Database


def check_before_posting(
    *, hook: SageIntacctHook, database: Database, configuration: Configuration, load_id: int, actor: str = ""
) -> None:
    """Refuses to go on when one of the guards fails.

    :param load_id: the load whose plan is about to be sent, and ``actor`` who triggered the run that sends it
    :raises ConfigurationError: connector.yaml does not say since when, or what was posted before
    :raises GuardTripped: another company than configured, an entity that the user may not enter, another deployment, a plan above
        its limits that nobody approved
    """
    company = configuration.company
    if company.first_post_date is None or company.previous_connector is None:
        missing = "first_post_date" if company.first_post_date is None else "previous_connector"
        raise ConfigurationError(
            f"company.{missing} is not set, so nothing is posted.",
            where="connector.yaml",
            cure="Say from which processed date on reports are yours to post, and what the previous connector has posted until then.",
        )
    answered = hook.get_conn().sign_in(hook.entity_id).company_id
    place = facts.company(company.intacct_company_id, hook.company_id, answered)
    if place.stops:
        raise GuardTripped(
            place.detail, where="before posting", cure="Correct the connection, or company.intacct_company_id."
        )
    if company.environment == "live":
        _require_named(configuration)
    with database.connection() as connection:
        _planned_for(connection, company, load_id)
    _entities_open(hook, database, load_id)
    with database.connection() as connection:
        approver = approved_where_needed(connection, configuration, load_id, actor=actor)
        configurations.keep(connection, configuration, load_id, approver)
    only_deployment(hook, database, configuration)


def _require_named(configuration: Configuration) -> None:
    """A live company says who may not decide, and how much needs nobody, before there is any history to compare with."""
    missing = [
        name
        for name, value in (
            ("company.configuration_owners", configuration.company.configuration_owners),
            ("posting.limits.day_amount", configuration.posting.limits.day_amount),
        )
        if not value
    ]
    if missing:
        raise ConfigurationError(
            f"{' and '.join(missing)}: not set, so nothing is posted to a live company.",
            where="connector.yaml",
            cure="Name who edits connector.yaml, and the most that a day may send without a second person.",
        )


def _planned_for(connection: Connection, company: CompanyConfiguration, load_id: int) -> None:
    """Refuses a plan that was made for other companies than those of today's configuration, and reports known under another name."""
    reports = connection.execute(
        """
        SELECT DISTINCT convert_from(canonical, 'UTF8')::jsonb -> 'key' ->> 'certify_company' AS certify,
            convert_from(canonical, 'UTF8')::jsonb -> 'key' ->> 'intacct_company' AS intacct
        FROM plan.document WHERE load_id = %s
        """,
        [load_id],
    ).fetchall()
    for row in reports:
        if (row["certify"], row["intacct"]) != (company.certify_company, company.intacct_company_id):
            raise GuardTripped(
                f"Load {load_id} was planned for {row['certify']} and the Intacct company {row['intacct']}; connector.yaml says "
                f"{company.certify_company} and {company.intacct_company_id} now.",
                where="before posting",
                cure="Trigger a new run for its dates: this plan is not sent anywhere else.",
            )
    known = connection.execute(
        """
        SELECT r.report_id, r.label, r.certify_company FROM ledger.report r JOIN plan.report p USING (report_id)
        WHERE p.load_id = %s AND r.certify_company <> %s ORDER BY 1 LIMIT 1
        """,
        [load_id, company.certify_company],
    ).fetchone()
    if known:
        raise GuardTripped(
            f"The ledger knows {known['label']} under company.certify_company {known['certify_company']}, and connector.yaml says "
            f"{company.certify_company}: under another name it would be posted a second time.",
            where="before posting",
            cure="Set company.certify_company back. It is part of every document's identity and never changes.",
        )


def _entities_open(hook: SageIntacctHook, database: Database, load_id: int) -> None:
    """Compares the entities of the plan with those that the user may enter. Where Intacct does not say, nothing follows."""
    with database.connection() as connection:
        rows = connection.execute(
            """
            WITH planned AS (
                SELECT entity, convert_from(canonical, 'UTF8')::jsonb AS document FROM plan.document WHERE load_id = %s
            )
            SELECT entity FROM planned WHERE entity <> ''
            UNION SELECT line ->> 'location_id' FROM planned, jsonb_array_elements(document -> 'lines') AS line
            WHERE document -> 'details' ? %s ORDER BY 1
            """,
            [load_id, OWNER],
        ).fetchall()
    planned = [row["entity"] for row in rows]
    try:
        visible = {entity.id for entity in hook.entity_details()} if planned else set()
    except (PermissionDenied, FunctionFailed):
        return
    if closed := [entity for entity in planned if entity not in visible]:
        raise GuardTripped(
            f"The plan is for entities that the user {hook.user_id} may not enter: {', '.join(closed)}.",
            where="before posting",
            cure=f"Intacct: Company > Admin > Users > {hook.user_id}: Entity access; or correct dimensions.entity in connector.yaml.",
        )


def approved_where_needed(
    connection: Connection, configuration: Configuration, load_id: int, *, actor: str = ""
) -> str:
    """Refuses a plan above its limits unless a person approved exactly this plan, or a backfill that it is part of.

    The ledger is asked, not Airflow: a task that was marked as done, skipped or cleared proves nothing.

    The limits are those of the moment when the plan was made, and those of now.

    :param actor: who triggered the run that sends it
    :returns: who approved exactly this plan; empty when nobody needed to
    :raises GuardTripped: nobody approved it, or somebody rejected it
    """
    above = run_limits.kept_above(connection, load_id) or run_limits.above_limits(connection, load_id, configuration)
    if not above:
        return ""
    decision = approvals.standing(connection, load_id)
    if decision is not None and decision.decision == "approved":
        return decision.decided_by
    if decision is None and backfill_approvals.covering(connection, configuration, load_id, above, actor):
        return ""
    said = f" {decision.decided_by} rejected it." if decision else " Nobody approved it."
    raise GuardTripped(
        f"This run is larger than it may be without a second person: {' '.join(map(str, above))}{said}",
        where="before posting",
        cure="Clear the task `approve` with what follows it; a person who may decide is then asked in Airflow (Required Actions). "
        "Or run a shorter period.",
    )
