"""What must be true before anything is posted: the right company, this deployment and no other, and no more than the limit."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import create_supdocfolder, get_list
from certify_intacct.model.errors import ConfigurationError, GuardTripped
from certify_intacct.staging import approvals, ledger, run_limits
from certify_intacct.staging.locks import exclusive

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Connection, Database

_FACT = "deployment"


def check_before_posting(
    *, hook: SageIntacctHook, database: Database, configuration: Configuration, load_id: int
) -> None:
    """Refuses to go on when one of the guards fails.

    :param load_id: the load whose plan is about to be sent
    :raises ConfigurationError: connector.yaml does not say since when, or what was posted before
    :raises GuardTripped: another company than configured, another deployment, a plan above its limits that nobody approved
    """
    company = configuration.company
    if company.first_post_date is None or company.previous_connector is None:
        missing = "first_post_date" if company.first_post_date is None else "previous_connector"
        raise ConfigurationError(
            f"company.{missing} is not set, so nothing is posted.",
            where="connector.yaml",
            cure="Say from which processed date on reports are yours to post, and what the previous connector has posted until then.",
        )
    if hook.company_id != company.intacct_company_id:
        raise GuardTripped(
            f"The connection leads to company {hook.company_id}, and connector.yaml is for {company.intacct_company_id}.",
            where="before posting",
            cure="Correct the connection, or company.intacct_company_id.",
        )
    with database.connection() as connection:
        approved_where_needed(connection, configuration, load_id)
    _only_deployment(hook, database, configuration)


def approved_where_needed(connection: Connection, configuration: Configuration, load_id: int) -> None:
    """Refuses a plan above its limits unless a person approved exactly this plan. The ledger is asked, not Airflow: a task that was
    marked as done, skipped or cleared proves nothing.

    The limits are those of the moment when the plan was made, and those of now.

    :raises GuardTripped: nobody approved it, or somebody rejected it
    """
    above = run_limits.kept_above(connection, load_id) or run_limits.above_limits(
        connection, load_id, configuration.posting.limits
    )
    if not above:
        return
    decision = approvals.standing(connection, load_id)
    if decision is not None and decision.decision == "approved":
        return
    said = f" {decision.decided_by} rejected it." if decision else " Nobody approved it."
    raise GuardTripped(
        f"This run is larger than it may be without a second person: {' '.join(map(str, above))}{said}",
        where="before posting",
        cure="Clear the task `approve` with what follows it; a person who may decide is then asked in Airflow (Required Actions). "
        "Or run a shorter period.",
    )


def _only_deployment(hook: SageIntacctHook, database: Database, configuration: Configuration) -> None:
    """Compares our mark in Intacct, an attachment folder that names the deployment, with the one our database knows.

    Two deployments have two databases, so only Intacct itself can tell them of each other.
    """
    company = configuration.company
    name = f"certify-intacct {company.certify_company}"[:50]
    with exclusive(database, f"deployment/{company.intacct_company_id}"):
        with database.connection() as connection:
            ours = ledger.fact(connection, company.intacct_company_id, _FACT)
            if ours is None:
                ours = str(uuid.uuid4())
                ledger.store_fact(connection, company.intacct_company_id, _FACT, ours)
        theirs = _mark(hook, name)
        if theirs is None:
            function = create_supdocfolder(
                {"supdocfoldername": name, "supdocfolderdescription": f"Posting is done by deployment {ours}"},
                control_id=f"{company.intacct_company_id}/deployment/{ours}",
            )
            (result,) = hook.send([function], unique=True)
            if not result.succeeded and explain(result.errors).reason not in (reasons.DUPLICATE, reasons.REPLAY):
                result.raise_for_failure(where=f"attachment folder {name}")
            theirs = _mark(hook, name)
    if theirs is not None and ours not in theirs:
        raise GuardTripped(
            f"Another deployment posts to company {company.intacct_company_id}: its attachment folder {name!r} says {theirs!r}, "
            f"and this is deployment {ours}.",
            where="before posting",
            cure="Stop one of the two. If the other one is gone for good, delete that folder in Intacct: "
            "what it posted is found and adopted.",
        )


def _mark(hook: SageIntacctHook, name: str) -> str | None:
    (result,) = hook.send([get_list("supdocfolder", conditions=[("name", "=", name)], max_items=1)])
    result.raise_for_failure(where="attachment folders")
    return str(result.records[0].get("description", "")) if result.records else None
