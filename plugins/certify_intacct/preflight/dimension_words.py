"""Asks Intacct what the company calls its dimensions, so that holds and pages speak as its people do."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import ConnectorError
from certify_intacct.staging import dimension_words

if TYPE_CHECKING:
    from certify_intacct.staging.database import Database
    from certify_intacct.transport.metering import Meter


log = logging.getLogger(__name__)


def learn(database: Database, company: str, intacct_conn_id: str, meter: Meter) -> dict[str, str]:
    """Keeps the words for those that the company has renamed, and gives them by object.

    Where Intacct does not say, what was known stays: no run stops for words.

    :param company: the company of Intacct
    """
    hook = SageIntacctHook(intacct_conn_id, meter=meter)
    try:
        found = hook.dimensions()
    except ConnectorError as error:
        log.info("What the company calls its dimensions is not told: %s", error)
        return {}
    finally:
        hook.close()
    if not any(one.term for one in found):
        return {}
    terms = {
        one.object_name.upper(): one.term for one in found if one.term and (one.user_defined or one.term != one.label)
    }
    with database.connection() as connection:
        dimension_words.keep(connection, company, terms)
    return terms
