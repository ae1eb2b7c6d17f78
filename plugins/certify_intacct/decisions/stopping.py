"""A person stops posting, or lets it go on."""

from __future__ import annotations

from certify_intacct.decisions.decide import Decider, allow, check_reason
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.errors import BadInput
from certify_intacct.staging import switch
from certify_intacct.staging.database import Database


def turn_posting(database: Database, configuration: Configuration, *, stop: bool, by: Decider, reason: str) -> str:
    """Keeps it, with name, reason and time. It counts from the next request on, in runs that are under way as well.

    :param database: as the role ``connector_decider``
    :returns: what will come of it, a sentence
    :raises BadInput: the person may not let posting go on (anybody who may decide may stop it), or it is as they want it already
    """
    if not stop:
        allow(configuration, by, triggered_by="")
    check_reason(reason)
    company = configuration.company.intacct_company_id
    with database.connection() as connection:
        if (switch.stopped(connection, company) is not None) is stop:
            raise BadInput(
                f"Posting is {'stopped' if stop else 'not stopped'} already.", cure="Look at the page again."
            )
        switch.turn(connection, company, stop=stop, reason=reason, decided_by=by.name, user_id=by.user_id)
    if stop:
        return "Posting is stopped: nothing new is sent, in no run. What is in doubt is settled all the same."
    return "Posting goes on. Clear load_intacct of the runs that stopped, or leave it to the next run."
