"""Journals and accounts that Intacct refused because they disallow direct posting: learnt where it does not show the switch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from certify_intacct.staging import company_facts
from certify_intacct.staging.database import Connection

#: The fact under which they are remembered, each with the time of the refusal.
FACT = "direct_posting_refused"
JOURNAL, ACCOUNT = "journal", "account"
# Nothing tells that the switch was cleared: believed for less than from one daily run to the next.
_BELIEVED = timedelta(hours=20)

#: ``journal`` or ``account``, and its code.
Place = tuple[str, str]


def learn(connection: Connection, intacct_company: str, places: Iterable[Place], words: str) -> None:
    """Remembers, from now on, those places that Intacct's words name; where they name none, nothing is learnt.

    :param places: those that the refused document would have entered
    """
    named = [place for place in places if re.search(rf"(?<![\w-]){re.escape(place[1])}(?![\w-])", words)]
    if not named:
        return
    known = company_facts.fact(connection, intacct_company, FACT) or {}
    now = datetime.now(tz=UTC).isoformat()
    company_facts.store(connection, intacct_company, FACT, known | {f"{what} {code}": now for what, code in named})


def refused(connection: Connection, intacct_company: str) -> frozenset[Place]:
    """Those that were refused so lately that nobody asks again."""
    known = company_facts.fact(connection, intacct_company, FACT) or {}
    since = datetime.now(tz=UTC) - _BELIEVED
    found = [place.split(" ", 1) for place, at in known.items() if datetime.fromisoformat(at) > since]
    return frozenset((what, code) for what, code in found)
