"""Reversing a transaction: a second document with the opposite amounts, both marked, nothing left to pay.

reverse_bill, reverse_expensereport, reverse_cctransaction (Intacct XML gateway reference). How a reversed pair looks in detail is
inferred: STATE Reversed on the first, Reversal on the second, each naming the other.
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox.intacct import general_ledger, problems
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import Document, entities_of, existing, keep, lines_of
from include.sandbox.intacct.expense_amounts import REIMBURSED
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money, need_date, read_decimal

REVERSIBLE = frozenset({"Posted", "Approved", "Submitted"})


def reverse(company: Company, kind: ObjectType, recordno: str, day: str, memo: str) -> Record:
    """Reverse a document on a day (mm/dd/yyyy) and return the reversing one. Raises Problem."""
    before = existing(company, kind, recordno)
    if before.get("STATE") not in REVERSIBLE:
        raise problems.other(f"The transaction is {before.get('STATE', '').lower()} and cannot be reversed.")
    on = need_date(day)
    if on < need_date(before.get("WHENPOSTED") or before["WHENCREATED"]):
        raise problems.other("The reversal date must be on or after the date of the transaction.")
    prefix = "Reversed - " if company.settings.reversal_number == "prefixed" else ""
    header = _opposite(company, kind, before) | {
        "RECORDID": f"{prefix}{before.get('RECORDID', '')}"[:45],
        "WHENCREATED": day,
        "DESCRIPTION": memo or f"Reversed - {before.get('DESCRIPTION', '')}",
        "STATE": "Reversal",
        "RAWSTATE": "R",
        "REVERSEDKEY": before["RECORDNO"],
        "REVERSEDDATE": before["WHENCREATED"],
    }
    if "WHENPOSTED" in kind.fields:
        header["WHENPOSTED"] = day
    line_kind = company.catalog[next(iter(kind.lines.values())).object]
    lines = [
        _opposite(company, line_kind, line) | {"ENTRY_DATE": day}
        for line in lines_of(company, kind, before["RECORDNO"])
    ]
    made = keep(company, Document(kind, header, lines, entities_of(company, kind, before), day))
    nothing = money(Decimal(0), company.settings)
    changes = {
        "STATE": "Reversed",
        "RAWSTATE": "V",
        "REVERSALKEY": made["RECORDNO"],
        "REVERSALDATE": day,
        "TOTALDUE": nothing,
        "TRX_TOTALDUE": nothing,
    }
    company.stamp_modified(kind, changes)
    company.note(kind, company.store.update(SIDE, kind.name, before["RECORDNO"], changes), "M")
    general_ledger.turn_round(company, kind, before, day)
    return made


def _opposite(company: Company, kind: ObjectType, record: Record) -> Record:
    """A copy with all amounts negated and nothing due or paid."""
    copy = {name: value for name, value in record.items() if name not in {"RECORDNO", "RECORD_URL"}}
    amounts = [name for name, own in kind.fields.items() if own.type == "CURRENCY"]
    for name in (*amounts, REIMBURSED):
        number = read_decimal(str(copy.get(name, "")))
        if number is not None:
            gone = any(word in name for word in ("DUE", "PAID", "SELECTED"))
            copy[name] = money(Decimal(0) if gone else -number, company.settings)
    return copy
