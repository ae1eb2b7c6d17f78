"""Global transaction security (AFRSETUP): transactions in the general ledger that nobody may edit or delete any more.

What is not there yet, such as a draft or what waits for approval, may still be changed. The setup of an entity overrides the company's
(Intacct XML gateway reference, Company > Global transaction security). The texts are ours: nobody publishes the vendor's.
"""

from __future__ import annotations

from typing import Literal

from include.sandbox.intacct import problems
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.records import Record

OBJECT = "AFRSETUP"
NOT_POSTED = frozenset(
    {"Draft", "Submitted", "Partially Approved", "Partially Declined", "Declined", "Resubmitted", "Saved"}
)
_DONE = {"EDIT": "edited", "DELETE": "deleted"}


def setup_of(company: Company) -> Record | None:
    """The setup that holds where the session is; None when the company has none."""
    found = {one.get("MEGAENTITYID", ""): one for one in company.store.select(SIDE, OBJECT)}
    return found.get(company.session.entity) or found.get("")


def check(company: Company, before: Record, what: Literal["EDIT", "DELETE"]) -> None:
    """Raise Problem when this may not be done to a transaction that is posted."""
    setup = setup_of(company) or {}
    if setup.get(f"DISABLE{what}") == "true" and before.get("STATE") not in NOT_POSTED:
        raise problems.other(f"Global transaction security is on: posted transactions cannot be {_DONE[what]}.")
