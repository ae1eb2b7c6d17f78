"""What the company of a round has beside what the seed gives it, so that each of its choices meets reports.

Taxes that lines state, reports in other currencies, what is private, advanced or paid elsewhere, and refunds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from include.chaos.choices import Choices
from include.chaos.environment import Sandbox
from include.chaos.postings import Record, money
from include.chaos.varieties.taxes import COUNTRY

# Of so many reports one becomes each of these.
_FOREIGN, _PRIVATE, _ADVANCED, _PAID, _REFUND = 4, 5, 7, 7, 8
_UNTAXED = ("Airfare", "Train", "Mileage", "Postage")
_AT_HOME = {"VAT": "GB", "HST": "CA"}


def furnish(sandbox: Sandbox, choices: Choices, dice: random.Random) -> None:
    """Changes reports of Certify before anything has read them."""
    entities = {str(one["LOCATIONID"]): one for one in sandbox.state_of("intacct", "LOCATIONENTITY")}
    for report in sandbox.state_of("certify", "expensereports"):
        for act in _acts(report, choices, entities, dice):
            sandbox.ask("POST", "act", {"report": report["ID"]} | act)


def _acts(
    report: Record, choices: Choices, entities: Mapping[str, Record], dice: random.Random
) -> Iterator[dict[str, Any]]:
    chances = [dice.randrange(one) == 0 for one in (_FOREIGN, _PRIVATE, _ADVANCED, _PAID, _REFUND)]
    foreign, private, advanced, paid, refund = chances
    lines = report["Expenses"]
    if not report["Processed"] or not lines:
        return
    entity = str(report["EmpGLD1Code"])
    base = str(entities.get(entity, {}).get("CURRENCY") or "")
    sound = all(line["Currency"] == report["Currency"] for line in lines)
    changes: dict[str, dict[str, Any]] = {str(line["ID"]): {} for line in lines}
    varieties = choices.varieties
    if varieties.rates.foreign and foreign and base and sound:
        currency = "EUR" if base == "USD" else "USD"
        yield {"action": "edit_report", "changes": {"Currency": currency}}
        for own in changes.values():
            own |= {"Currency": currency}
    if entity in varieties.taxes.solutions:
        for line in lines:
            changes[line["ID"]] |= _taxed(line, varieties.taxes.states)
    for wanted, category, code in ((private, "Personal Expense", ""), (advanced, "Cash Advance", "1150")):
        if varieties.policies.accounts and wanted:
            # Rather one that the company paid.
            line = min(lines, key=lambda one: (money(one["ReimAmount"]) > 0, one["ID"]))
            changes[line["ID"]] |= {"ExpenseCategory": category, "ExpenseCategoryGLCode": code}
    if choices.credits and refund:
        for line in lines:
            changes[line["ID"]] |= _given_back(line | changes[line["ID"]])
    for line, own in changes.items():
        if own:
            yield {"action": "edit_report", "line": line, "line_changes": own}
    if varieties.policies.clears and paid:
        yield {
            "action": "reimburse",
            "date": str(report["ProcessedDate"])[:10],
            "transaction": dice.choice(("70051", "Manual Pay")),
        }


def _taxed(line: Record, states: tuple[str, int]) -> dict[str, Any]:
    name, percent = states
    if any(money(line.get(f"{one}Amount")) for one in ("VAT", "HST", "PST")):
        return {COUNTRY: line.get(COUNTRY) or _AT_HOME[name]}
    amount = money(line["Amount"])
    tax = (amount * percent / (100 + percent)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    taxed = line["ExpenseCategory"] not in _UNTAXED
    country = "FR" if line["ExpenseCategory"] == "Hotel" and amount * 100 % 2 == 0 else _AT_HOME[name]
    return {COUNTRY: country} | ({f"{name}Amount": str(tax)} if taxed else {})


def _given_back(line: Record) -> dict[str, Any]:
    names = ("Amount", "ReimAmount", "VATAmount", "HSTAmount")
    return {name: str(-abs(amount)) for name in names if (amount := money(line.get(name)))}
