"""The web services user's e-mail address: Intacct mails the password to it."""

from __future__ import annotations

import re

from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight.facts import INTACCT

_ADDRESS = re.compile(r"[^@\s]+@(?P<domain>[^@\s.]+(\.[^@\s.]+)+)")
#: Names that nobody can own (RFC 2606, RFC 6761).
_NOBODY = re.compile(r"(^|\.)(example\.(com|net|org)|example|test|invalid|localhost|local)$", re.IGNORECASE)


def mail_address(address: str | None, *, user: str, live: bool) -> PreflightRow:
    """One row. Whether somebody reads what is sent there nobody can tell from here.

    :param address: as Intacct has it; None when it does not say
    :param live: a company for tests may have names that nobody owns
    """
    found = _ADDRESS.fullmatch((address or "").strip())
    wrong = ""
    if not (address or "").strip():
        wrong = "It has none."
    elif found is None:
        wrong = f"{address} is no e-mail address."
    elif live and _NOBODY.search(found["domain"]):
        wrong = f"Nobody receives mail at {found['domain']}."
    return PreflightRow(
        area=INTACCT,
        item="E-mail address of the web services user",
        outcome=Outcome.UNKNOWN if address is None else Outcome.MISSING if wrong else Outcome.PRESENT,
        required=False,
        detail=f"{wrong} Intacct mails a new password there." if wrong and address is not None else address or "",
        where_to_click=f"Intacct: Company > Web Services users > {user} > Edit: e-mail address."
        if wrong and address is not None
        else "",
    )
