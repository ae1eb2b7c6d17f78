"""All functions that only read, by name."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from include.sandbox.core import Sandbox
from include.sandbox.intacct import about, by_key, describe, dimensions, listing, query, read_by_query
from include.sandbox.intacct.envelope import child
from include.sandbox.intacct.types import Element, Outcome, Session

FUNCTIONS: dict[str, Callable[[Sandbox, Session, Element], Outcome]] = {
    "query": query.execute,
    "readByQuery": read_by_query.execute,
    "readMore": read_by_query.more,
    "read": by_key.execute,
    "readByName": by_key.execute,
    "lookup": describe.lookup,
    "inspect": describe.inspect,
    "get_list": listing.get_list,
    "get": listing.get,
    "readEntityDetails": about.entity_details,
    "getFinancialSetup": about.financial_setup,
    "getUserPermissions": about.user_permissions,
    "readUserFormatting": about.user_formatting,
    "getDimensions": dimensions.listed,
    "getDimensionAutofillDetails": dimensions.autofill,
    "getDimensionRelationships": dimensions.relationships,
    "getDimensionRestrictedData": dimensions.restricted_data,
    "getDimensionRestrictions": dimensions.restrictions,
    "getAuditTrail": about.audit_trail,
    "get_closedbooksdate": about.closed_books_date,
    "get_companyprefs": about.company_preferences,
    "get_applications": about.applications,
}


def session_opened(session: Session) -> Outcome:
    """The answer of getAPISession."""
    data = etree.Element("data")
    api = etree.SubElement(data, "api")
    child(api, "sessionid", session.id)
    child(api, "endpoint", session.endpoint)
    child(api, "locationid", session.entity)
    return Outcome(data=data)
