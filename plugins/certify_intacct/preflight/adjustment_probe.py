"""Measures, in a test company alone, with which sign an AP adjustment lowers what a vendor is owed: nobody publishes it.

Two adjustments of a cent are made, one below zero and one above: together they leave the vendor's balance as it was. Nothing is
deleted, for which the user has no right. What is owed is read from TOTALDUE of the vendor; where that does not move, nobody can tell.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.intacct.filters import Equal
from certify_intacct.intacct.functions import create_apadjustment
from certify_intacct.intacct.values import parse_amount
from certify_intacct.model.documents import CENT
from certify_intacct.model.errors import BadInput

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook

_WHERE = "verify_company"
_PAUSE = 1.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Whom and what the two adjustments name.

    :param vendor: VENDORID, ``account`` ACCOUNTNO and ``location`` LOCATIONID
    """

    vendor: str
    account: str
    location: str


def sign_that_lowers(hook: SageIntacctHook, trial: Trial, day: date, *, longest: float) -> str | None:
    """``negative`` or ``positive``; None when the vendor's balance did not move within ``longest`` seconds, or is not stated.

    :param day: of both adjustments
    :raises BadInput: Intacct has no such vendor
    :raises ConnectorError: one could not be made, or nobody knows: look at the vendor, and reverse what stands there alone
    """
    mark = f"{datetime.now(tz=UTC):%Y%m%d}-{uuid.uuid4().hex[:6]}"
    before = _owed(hook, trial.vendor)
    _make(hook, trial, day, -CENT, f"CHECK-{mark}-1")
    after = before
    until = time.monotonic() + longest
    while before is not None and after == before and time.monotonic() < until:
        time.sleep(min(_PAUSE, longest))
        after = _owed(hook, trial.vendor)
    _make(hook, trial, day, CENT, f"CHECK-{mark}-2")
    if before is None or after is None or after == before:
        return None
    return "negative" if after < before else "positive"


def _make(hook: SageIntacctHook, trial: Trial, day: date, amount: Decimal, number: str) -> None:
    fields = {
        "vendorid": trial.vendor,
        "datecreated": day,
        "dateposted": day,
        "adjustmentno": number,
        "description": "Made by verify_company of certify-intacct; its counterpart has the same number but for the end.",
        "apadjustmentitems": [{"glaccountno": trial.account, "amount": amount, "locationid": trial.location or None}],
    }
    (result,) = hook.send([create_apadjustment(fields, control_id=f"{hook.company_id}/{number}")], unique=True)
    result.raise_for_failure(where=_WHERE)


def _owed(hook: SageIntacctHook, vendor: str) -> Decimal | None:
    """What the vendor is owed; None where Intacct does not say."""
    records = hook.query_all("VENDOR", ["RECORDNO", "TOTALDUE"], filter=Equal("VENDORID", vendor))
    if not records:
        raise BadInput(f"Intacct has no vendor {vendor!r}.", where=_WHERE, cure="Correct `vendor` of adjustment_trial.")
    return parse_amount(str(records[0].get("TOTALDUE") or ""))
