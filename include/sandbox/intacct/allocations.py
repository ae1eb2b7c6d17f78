"""Journal lines that are divided: by splits of their own (ALLOCATION `Custom`), or by a transaction allocation of the company.

Intacct XML gateway reference, Journal entries: the amounts of all splits add up to the line's; where a line names an allocation its
own dimensions are ignored. What is kept is the one line with its splits (inferred), which `read` shows inside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from include.sandbox.intacct import problems
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, settle_line
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import cents, money, read_decimal

CUSTOM = "Custom"
#: The dimensions of a split by the names that they have on a journal line. Only inside a split do both carry their ID suffix.
DIMENSIONS = {
    "DEPARTMENTID": "DEPARTMENT", "LOCATIONID": "LOCATION",
    **{name: name for name in (
        "PROJECTID", "TASKID", "COSTTYPEID", "CUSTOMERID", "VENDORID", "EMPLOYEEID", "ITEMID", "CLASSID", "CONTRACTID", "WAREHOUSEID",
    )},
}  # fmt: skip
# All splits of a line, as given. It leaves the sandbox only inside `read`.
_SPLITS = "_SPLITS"


def settle(company: Company, header: Record, given: Given) -> list[Line]:
    """What a journal line comes to: itself, or its parts, of which the first gives the line that is kept. Raises Problem."""
    splits = _splits(company, given)
    if not splits:
        return [settle_line(company, header, given)]
    own = {name: text for name, text in given.fields.items() if name not in DIMENSIONS.values()}
    parts = [settle_line(company, header, _part(given, own, split)) for split in splits]
    whole = sum((part.amount for part in parts), Decimal(0))
    wanted = read_decimal(given.fields.get("TRX_AMOUNT") or given.fields.get("AMOUNT") or "")
    if wanted is None or whole != cents(wanted):
        raise problems.other("The split amounts of an allocation must add up to the amount of the line.")
    return parts


def kept_record(company: Company, parts: list[Line], given: Given) -> Record:
    """The record of the one line that these parts are: without dimensions of its own where it is divided."""
    if len(parts) == 1 and not given.fields.get("ALLOCATION"):
        return parts[0].record
    fields = company.catalog["GLENTRY"].fields
    gone = {name for own in DIMENSIONS.values() for name in (own, *fields[own].fill)}
    record = {name: value for name, value in parts[0].record.items() if name not in gone}
    for name in ("TRX_AMOUNT", "AMOUNT"):
        whole = sum((Decimal(part.record[name]) for part in parts), Decimal(0))
        record[name] = money(whole, company.settings)
    record[_SPLITS] = json.dumps(_splits(company, given))
    return record


def splits_of(line: Mapping[str, str]) -> list[dict[str, str]]:
    """The splits of a kept line: AMOUNT and dimensions by their names there."""
    kept: list[dict[str, str]] = json.loads(line.get(_SPLITS) or "[]")
    return kept


def _part(given: Given, own: Mapping[str, str], split: Mapping[str, str]) -> Given:
    dimensions = {DIMENSIONS[name]: text for name, text in split.items() if name in DIMENSIONS}
    fields = {n: t for n, t in own.items() if n not in {"AMOUNT", "TRX_AMOUNT", "ALLOCATION"}}
    fields |= dimensions | {"TRX_AMOUNT": split["AMOUNT"], "ALLOCATION": own.get("ALLOCATION", "")}
    return replace(given, fields=fields, splits=[], taxes=[])


def _splits(company: Company, given: Given) -> list[dict[str, str]]:
    named = given.fields.get("ALLOCATION", "").strip()
    if not named:
        return []
    if given.taxes:
        raise problems.other("A line with an allocation cannot have a tax entry.")
    if named == CUSTOM:
        return _given_splits(given)
    allocation = company.find("ALLOCATION", named)
    if allocation is None or allocation.get("STATUS", "active") != "active":
        raise company.unknown(company.catalog["ALLOCATION"], named)
    entries = company.store.find(SIDE, "ALLOCATIONENTRY", "ALLOCATIONKEY", allocation["RECORDNO"])
    return _divided(given, allocation, entries)


def _given_splits(given: Given) -> list[dict[str, str]]:
    if not given.splits:
        raise problems.missing("Split")
    for split in given.splits:
        for name in split:
            if name != "AMOUNT" and name not in DIMENSIONS:
                raise problems.unknown_field(f"SPLIT.{name}")
        if read_decimal(split.get("AMOUNT", "")) is None:
            raise problems.no_amount()
    return given.splits


def _divided(given: Given, allocation: Record, entries: Iterable[Record]) -> list[dict[str, str]]:
    """The amount by the entries of an allocation; of percentages the last takes what rounding leaves."""
    amount = read_decimal(given.fields.get("TRX_AMOUNT") or given.fields.get("AMOUNT") or "")
    if amount is None:
        raise problems.no_amount()
    kind = allocation.get("TYPE", "Percentage")
    if kind not in {"Percentage", "Absolute"}:
        raise problems.other(f"Allocations of the type {kind} are not carried out by this sandbox.")
    shares = [Decimal(entry["VALUE"]) for entry in entries]
    amounts = [cents(amount * share / 100) if kind == "Percentage" else share for share in shares]
    if kind == "Percentage" and amounts:
        amounts[-1] = cents(amount) - sum(amounts[:-1], Decimal(0))
    return [
        {"AMOUNT": f"{part:f}"} | {name: entry[name] for name in DIMENSIONS if entry.get(name)}
        for part, entry in zip(amounts, entries, strict=True)
    ]
