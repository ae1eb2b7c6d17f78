"""What must be true before anything is posted: the right company, this deployment and no other, and no more than the limit."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from certify_intacct.intacct import errors as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.functions import create_supdocfolder, get_list
from certify_intacct.model.errors import ConfigurationError, GuardTripped
from certify_intacct.staging import ledger
from certify_intacct.staging.locks import exclusive

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.database import Database

_FACT = "deployment"


def check_before_posting(
    *, hook: SageIntacctHook, database: Database, configuration: Configuration, documents: int
) -> None:
    """Refuses to go on when one of the guards fails.

    :param documents: how many this run is about to send
    :raises ConfigurationError: connector.yaml does not say since when, or what was posted before
    :raises GuardTripped: another company than configured, another deployment, too many documents
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
    limit = configuration.posting.limits.documents_per_run
    if documents > limit:
        raise GuardTripped(
            f"This run would send {documents} documents; posting.limits.documents_per_run is {limit}.",
            where="before posting",
            cure="Look at the plan. When it is right, a second person raises the limit or runs a shorter period.",
        )
    _only_deployment(hook, database, configuration)


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
