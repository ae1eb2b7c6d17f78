"""Measures, in a test company alone, what Intacct makes of an expense that states what was spent in another currency.

Two expense reports are made as drafts: nobody is paid by them and no books know of them. What was spent, by its rate, is the amount of
the first; that of the second it contradicts. Nothing is deleted, for which the user has no right.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import KINDS
from certify_intacct.intacct.filters import Equal
from certify_intacct.intacct.functions import create_expensereport
from certify_intacct.intacct.values import parse_amount

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.intacct.responses import Result

_WHERE = "verify_company"
_KIND = next(kind for kind in KINDS if kind.states_spent)
_SPENT = Decimal("100.00")
# With four decimals or more it makes the amount.
_RATE, _AMOUNT = "1.1234567", Decimal("112.35")
_OTHER = Decimal("110.00")


@dataclass(frozen=True, kw_only=True)
class SpentTrial:
    """What the two reports name.

    :param employee: EMPLOYEEID, ``account`` ACCOUNTNO, ``location`` LOCATIONID, and ``currency`` another one than the books'
    """

    employee: str
    account: str
    location: str
    currency: str


def what_becomes_of_spent(hook: SageIntacctHook, trial: SpentTrial, day: date) -> dict[str, Any]:
    """``spent_amount``: kept, recomputed or refused, None for neither; ``spent_rate_decimals``, None where Intacct shows no rate.

    :param day: of both reports
    :raises ConnectorError: the first could not be made, or nobody knows
    """
    mark = f"{datetime.now(tz=UTC):%Y%m%d}-{uuid.uuid4().hex[:6]}"
    first = _make(hook, trial, day, _AMOUNT, f"CHECK-{mark}-1")
    first.raise_for_failure(where=_WHERE)
    second = _make(hook, trial, day, _OTHER, f"CHECK-{mark}-2")
    found = "refused"
    if second.succeeded:
        (header,) = hook.query_all(_KIND.object, ["TRX_TOTALENTERED"], filter=Equal("RECORDNO", str(second.key)))
        total = parse_amount(str(header["TRX_TOTALENTERED"] or ""))
        found = {_OTHER: "kept", _AMOUNT: "recomputed"}.get(total or Decimal(0), "")
    return {"spent_amount": found or None, "spent_rate_decimals": _decimals(hook, str(first.key))}


def _make(hook: SageIntacctHook, trial: SpentTrial, day: date, amount: Decimal, number: str) -> Result:
    line = {
        "glaccountno": trial.account, "amount": amount, "currency": trial.currency, "trx_amount": _SPENT, "exchrate": _RATE,
        "expensedate": day, "locationid": trial.location or None,
    }  # fmt: skip
    fields = {
        "employeeid": trial.employee,
        "datecreated": day,
        "expensereportno": number,
        "state": "Draft",
        "description": "Made by verify_company of certify-intacct; a draft that may be deleted.",
        "expenses": [line],
    }
    (result,) = hook.send([create_expensereport(fields, control_id=f"{hook.company_id}/{number}")], unique=True)
    return result


def _decimals(hook: SageIntacctHook, record_no: str) -> int | None:
    """How many decimals of the rate were kept."""
    if "ORG_EXCHRATE" not in hook.field_names(_KIND.line_object):
        return None
    (line,) = hook.query_all(_KIND.line_object, ["ORG_EXCHRATE"], filter=Equal(_KIND.line_parent, record_no))
    rate = str(line["ORG_EXCHRATE"] or "")
    return len(rate.partition(".")[2].rstrip("0")) if rate else None
