"""Reports whose lines lie in several entities, where the company of a round lets them share a document.

The seeded company states one entity for a whole report. These state none, and their lines are of two departments, each of which has
an entity of its own (`dimensions.entity.by_department`); both keep their books in one currency.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from include.chaos.environment import Sandbox
from include.chaos.postings import money

#: In the seeded company, of whatever size: by department the entity.
BY_DEPARTMENT: Mapping[str, str] = {"102": "100", "103": "110"}
_MOST = 4
_TOTALS = ("TotalAmount", "ReimAmount", "NonReimAmount")


def add(sandbox: Sandbox, dice: random.Random) -> None:
    """Adds some: a processed report again, with each of its lines twice, once in each entity; a charge of both is itemised."""
    processed = [one for one in sandbox.state_of("certify", "expensereports") if one["Processed"] and one["Expenses"]]
    records = [_shared(one, dice) for one in dice.sample(processed, min(_MOST, len(processed)))]
    body = {"side": "certify", "object": "expensereports", "records": records, "unknown_fields": "keep"}
    sandbox.ask("POST", "load", body)


def _shared(report: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    identity, code = _guid(dice), str(dice.randrange(800_000, 900_000))
    totals = {name: str(2 * money(report[name])) for name in _TOTALS}
    nowhere = {"EmpGLD1Code": "", "EmpGLD1Name": ""}
    lines = [line for one in report["Expenses"] for line in _in_each(one, identity, code, dice)]
    return {**report, **totals, **nowhere, "ID": identity, "ApprovalCode": code, "Expenses": lines}


def _in_each(line: Mapping[str, Any], report: str, code: str, dice: random.Random) -> Iterator[dict[str, Any]]:
    """The same expense in each entity. It is none of the other report's charges."""
    charge = line.get("CCTransactionID")
    for department in BY_DEPARTMENT:
        yield {
            **line,
            "ID": _guid(dice),
            "ExpenseReportID": report,
            "DepartmentCode": department,
            "Vendor": f"{line.get('Vendor') or 'Nobody'} {code}",
            "CCTransactionID": f"{charge}-{code}" if charge else "",
            "ReceiptID": "",
            "ReceiptImageLink": "",
        }


def _guid(dice: random.Random) -> str:
    return f"00000000-0000-4000-a000-{dice.getrandbits(48):012x}"
