"""Who may approve what is above the limits, and which approval of a backfill a run is covered by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from certify_intacct.rules.second_person import objection
from certify_intacct.staging import approvals, backfills, configurations, run_limits
from certify_intacct.staging.configurations import named_before
from certify_intacct.staging.manifest import get_load

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.staging.backfills import BackfillApproval
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.run_limits import AboveLimit


def objection_to_approving(
    connection: Connection, configuration: Configuration, names: Sequence[str], *, triggered_by: Collection[str]
) -> str:
    """Why this person may not approve, a sentence; empty when they may.

    Whoever changes who may decide does not decide about it by that: those of before must allow it, too.
    """
    before = configurations.changed(connection, configuration).before
    limits = configuration.posting.limits
    who = (
        (configuration.company.configuration_owners, limits.approvers),
        (named_before(before, "company.configuration_owners"), named_before(before, "posting.limits.approvers")),
    )
    problems = (
        objection(names, owners=owners, triggered_by=triggered_by, named=named, where="posting.limits.approvers")
        for owners, named in who
    )
    return next(filter(None, problems), "")


def usable(connection: Connection, configuration: Configuration, load_id: int, actor: str) -> list[BackfillApproval]:
    """The approvals of backfills under which documents of a load may be sent, oldest first.

    :param actor: who triggered the run that sends; neither they nor who opened the load may have approved it
    """
    starters = {actor, approvals.opened_by(connection, load_id)}
    company = configuration.company.intacct_company_id
    return [
        approval
        for approval in backfills.standing(connection, company, get_load(connection, load_id).period)
        if not objection_to_approving(
            connection, configuration, [approval.decided_by, approval.user_id], triggered_by=starters
        )
    ]


def covering(
    connection: Connection, configuration: Configuration, load_id: int, above: Sequence[AboveLimit], actor: str
) -> BackfillApproval | None:
    """The approval of a backfill because of which nobody is asked about a plan; None when somebody is.

    It has room for all that the plan still has to send. What is another in connector.yaml is always asked about.
    """
    if any(one.rule == run_limits.CONFIGURATION for one in above):
        return None
    amounts = run_limits.unsent_amounts(connection, load_id, configuration)
    return next((one for one in usable(connection, configuration, load_id, actor) if one.covers(amounts)), None)
