"""What a company of Intacct calls the dimensions that it has renamed, as it said when it was asked last."""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.staging import company_facts
from certify_intacct.staging.database import Connection

_FACT = "dimension_words"


def keep(connection: Connection, intacct_company: str, terms: Mapping[str, str]) -> None:
    """Keeps them, by object, in the place of what was known.

    :param terms: of the renamed ones
    """
    company_facts.store(connection, intacct_company, _FACT, dict(terms))


def known(connection: Connection, intacct_company: str) -> Mapping[str, str]:
    """The words by object; none where nobody was asked yet, or nothing was renamed."""
    found: Mapping[str, str] = company_facts.fact(connection, intacct_company, _FACT) or {}
    return found
