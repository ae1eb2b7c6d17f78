"""What Intacct's accountants do to posted documents and to the books.

A document is named by its object (APADJUSTMENT, APBILL, CCTRANSACTION, EEXPENSES, EXPENSEADJUSTMENTS, GLBATCH) and its RECORDNO or
number (RECORDID). Dates are YYYY-MM-DD here and mm/dd/yyyy in the records.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from include.sandbox.actors.registry import CannotAct, act, the_one
from include.sandbox.core import Sandbox
from include.sandbox.intacct import (
    adjustments,
    audit,
    bills,
    closed_books,
    expense_adjustments,
    expense_amounts,
    expense_reports,
    general_ledger,
    journals,
    payments,
)
from include.sandbox.intacct.catalog import Field, ObjectType
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.own_catalog import catalog_of
from include.sandbox.intacct.problems import Problem
from include.sandbox.intacct.records import time_text
from include.sandbox.intacct.types import Session
from include.sandbox.store import Record

# Who it was, in the words of the audit trail.
LOGIN = "clerk"
TOTALS = ("TOTALENTERED", "TRX_TOTALENTERED", "TOTALDUE", "TRX_TOTALDUE")
AMOUNTS = (
    *TOTALS, "AMOUNT", "TRX_AMOUNT", "TOTALTRXAMOUNT", "NR_TOTALENTERED", "NR_TRX_TOTALENTERED", "NR_AMOUNT", "NR_TRX_AMOUNT",
    "ORG_AMOUNT", expense_amounts.REIMBURSED,
)  # fmt: skip
WAITING = ("Submitted", "Resubmitted", "Partially Approved", "Partially Declined")
PAYABLE = ("Posted", "Approved", "Selected", "Partially Paid")
#: How a document is handed in: those that may wait for approval.
ENTERED = {
    "APADJUSTMENT": adjustments.state, "APBILL": bills.state, "EEXPENSES": expense_reports.state,
    "EXPENSEADJUSTMENTS": expense_adjustments.state, "GLBATCH": journals.state,
}  # fmt: skip
SUBLEDGERS = ("AP", "AR", "CM", "EE", "GL", "*")


@act
def edit_bill(
    sandbox: Sandbox, *, record: str, changes: Mapping[str, Any] | None = None, amount: str = "", line: int = 1
) -> dict[str, Any]:
    """Change fields of a bill and the amount (in transaction currency) of its line number `line`; totals follow."""
    return edit_document(sandbox, object="APBILL", record=record, changes=changes, amount=amount, line=line)


@act
def edit_document(
    sandbox: Sandbox,
    *,
    object: str,
    record: str,
    changes: Mapping[str, Any] | None = None,
    amount: str = "",
    line: int = 1,
    line_changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The same for any document that has lines; `line_changes` are fields of that line (an account), and no total follows them."""
    kind, found = _document(sandbox, object, record)
    fields = {name.upper(): str(value) for name, value in (changes or {}).items()}
    unknown = sorted(set(fields) - set(kind.fields))
    if unknown:
        raise CannotAct(f"{kind.name} has no field {', '.join(unknown)}.")
    if "RAWSTATE" in kind.fields and fields.get("STATE") in (codes := kind.fields["STATE"].values):
        fields.setdefault("RAWSTATE", codes[fields["STATE"]])
    if amount:
        fields |= _line_amount(sandbox, kind, found, line, Decimal(str(amount)))
    if line_changes:
        lines, owned = _owned(sandbox, kind, found, line)
        sandbox.store.update(
            "intacct", lines, owned["RECORDNO"], {name: str(value) for name, value in line_changes.items()}
        )
        if not (fields or sandbox.settings.line_changes_stamp_header):
            return {"object": kind.name, "RECORDNO": found["RECORDNO"]}
    return _changed(sandbox, kind, found, fields)


@act
def reverse(sandbox: Sandbox, *, object: str, record: str, date: str = "") -> dict[str, Any]:
    """Reverse a document: it becomes Reversed, and a Reversal with the amounts negated is added (dated `date`, default today).

    A journal entry stays Posted as its mirror does: REVERSED and REVERSEDKEY, REVERSEDFROM and REVERSEDFROMKEY tell.
    """
    kind, found = _document(sandbox, object, record)
    if found.get("STATE") in ("Reversed", "Reversal") or found.get("REVERSED"):
        raise CannotAct(f"{kind.name} {found['RECORDNO']} is reversed already.")
    day = f"{_day(date) if date else sandbox.now().date():%m/%d/%Y}"
    if kind.name == "GLBATCH":
        return _reverse_journal(sandbox, kind, found, day)
    values = kind.fields["STATE"].values if "STATE" in kind.fields else {}
    mirrored = _negated(found) | _known(
        kind,
        {
            "STATE": "Reversal",
            "RAWSTATE": values.get("Reversal", "R"),
            "REVERSEDKEY": found["RECORDNO"],
            "REVERSEDDATE": day,
            "WHENCREATED": day,
            "WHENPOSTED": day,
            "RECORDID": f"Reversed - {found.get('RECORDID', '')}",
        },
    )
    mirrored.pop("RECORDNO")
    mirror = sandbox.store.insert("intacct", kind.name, mirrored)
    for lines in kind.lines.values():
        for one in sandbox.store.find("intacct", lines.object, lines.parent, found["RECORDNO"]):
            copy = _negated(one) | {lines.parent: mirror["RECORDNO"]}
            copy.pop("RECORDNO")
            sandbox.store.insert("intacct", lines.object, copy)
    audit.record(sandbox.store, LOGIN, sandbox.now(), kind, mirror, "C")
    changes = {
        "STATE": "Reversed",
        "RAWSTATE": values.get("Reversed", "V"),
        "REVERSALKEY": mirror["RECORDNO"],
        "REVERSALDATE": day,
        "TOTALDUE": "0.00",
        "TRX_TOTALDUE": "0.00",
    }
    return _changed(sandbox, kind, found, _known(kind, changes)) | {"reversal": mirror["RECORDNO"]}


@act
def delete(sandbox: Sandbox, *, object: str, record: str) -> dict[str, Any]:
    """Delete any Intacct record, with its lines; only AUDITHISTORY remembers it."""
    kind, found = _document(sandbox, object, record)
    for lines in kind.lines.values():
        for one in sandbox.store.find("intacct", lines.object, lines.parent, found["RECORDNO"]):
            sandbox.store.delete("intacct", lines.object, one["RECORDNO"])
    sandbox.store.delete("intacct", kind.name, found["RECORDNO"])
    audit.record(sandbox.store, LOGIN, sandbox.now(), kind, found, "D")
    return {"object": kind.name, "RECORDNO": found["RECORDNO"]}


@act
def submit(sandbox: Sandbox, *, record: str, object: str = "APBILL") -> dict[str, Any]:
    """Hand in a draft or a declined document: it waits for approval where there is one, else it is Posted (a report: Approved)."""
    if object not in ENTERED:
        raise CannotAct(f"submit knows {', '.join(ENTERED)}.")
    wanted = ENTERED[object](_company(sandbox), draft=False)["STATE"]
    _need_whole(sandbox, object, record)
    _, found = _document(sandbox, object, record)
    if object == "EEXPENSES" and found.get("STATE") == "Declined":
        wanted = expense_reports.handed_in_again(sandbox.settings, wanted)
    return _state(sandbox, object, record, ("Draft", "Declined"), wanted)


@act
def approve(sandbox: Sandbox, *, record: str, object: str = "APBILL", partly: bool = False) -> dict[str, Any]:
    """Approve a submitted document: a bill becomes Posted, an expense report Approved; `partly`, others have to approve it too."""
    kind, _ = _document(sandbox, object, record)
    return _state(sandbox, object, record, WAITING, "Partially Approved" if partly else kind.approved)


@act
def decline(sandbox: Sandbox, *, record: str, object: str = "APBILL", partly: bool = False) -> dict[str, Any]:
    """Decline a submitted document, or `partly` an expense report."""
    return _state(sandbox, object, record, WAITING, "Partially Declined" if partly else "Declined")


@act
def post(sandbox: Sandbox, *, record: str, object: str = "APBILL") -> dict[str, Any]:
    """Post a draft."""
    _need_whole(sandbox, object, record)
    return _state(sandbox, object, record, ("Draft",), "Posted")


@act
def select_for_payment(sandbox: Sandbox, *, record: str, object: str = "APBILL") -> dict[str, Any]:
    """Put what is due of a document into a payment that is not made yet; it can be neither changed nor reversed meanwhile."""
    kind, found = _document(sandbox, object, record)
    done = _state(sandbox, object, record, ("Posted", "Approved", "Partially Paid"), "Selected")
    due = {f"{prefix}TOTALSELECTED": found.get(f"{prefix}TOTALDUE", "") for prefix in ("", "TRX_")}
    sandbox.store.update("intacct", kind.name, found["RECORDNO"], _known(kind, due))
    return done


@act
def pay(sandbox: Sandbox, *, record: str, object: str = "APBILL", amount: str = "") -> dict[str, Any]:
    """Pay what is due of a document, or an `amount` of it in its own currency: Paid, or Partially Paid while something is due."""
    kind, found = _document(sandbox, object, record)
    due = payments.number(found, "TRX_TOTALDUE", "TRX_TOTALENTERED")
    paid = Decimal(str(amount)) if amount else due
    if amount and not 0 < paid <= due:
        raise CannotAct(f"{kind.name} {found['RECORDNO']} owes {due}; {paid} cannot be paid.")
    changes = payments.paid(payments.Item(kind, found, paid), f"{sandbox.now():%m/%d/%Y}")
    return _paid(sandbox, kind, found, PAYABLE, changes)


@act
def void_payment(sandbox: Sandbox, *, record: str, object: str = "APBILL") -> dict[str, Any]:
    """Void what was paid of a document: all of it is due again."""
    kind, found = _document(sandbox, object, record)
    changes = payments.unpaid(kind, found, payments.number(found, "TRX_TOTALPAID"))
    return _paid(sandbox, kind, found, ("Paid", "Partially Paid"), changes)


@act
def print_check(sandbox: Sandbox, *, record: str) -> dict[str, Any]:
    """Print and confirm the check of a reimbursement request: its expense reports are paid, and EPPAYMENT shows it."""
    kind, found = _document(sandbox, payments.REQUEST, record)
    try:
        made = payments.print_check(_company(sandbox), found)
    except Problem as refused:
        raise CannotAct(str(refused)) from None
    return {"object": kind.name, "RECORDNO": found["RECORDNO"], "reimbursement": made["RECORDNO"]}


def _paid(
    sandbox: Sandbox, kind: ObjectType, found: Record, allowed: tuple[str, ...], fields: Record
) -> dict[str, Any]:
    done = _state(sandbox, kind.name, found["RECORDNO"], allowed, fields.pop("STATE"))
    if not sandbox.settings.payments_stamp_document:
        fields |= {"WHENMODIFIED": found.get("WHENMODIFIED", "")}
    sandbox.store.update("intacct", kind.name, found["RECORDNO"], _known(kind, fields))
    return done


@act
def close_period(sandbox: Sandbox, *, date: str, entity: str = "*", subledger: str = "*") -> dict[str, Any]:
    """Close the books up to and including a date, of one entity (LOCATIONID) or all, of one subledger (AP, CM, EE, GL) or all."""
    _check_books(sandbox, entity, subledger)
    return {"closed": closed_books.close(sandbox.store, _day(date), entity, subledger, sandbox.now())}


@act
def open_period(sandbox: Sandbox, *, entity: str = "*", subledger: str = "*", date: str = "") -> dict[str, Any]:
    """Open the books again: wholly, or from the day after `date` on. Without arguments everything is open."""
    _check_books(sandbox, entity, subledger)
    opened = closed_books.reopen(sandbox.store, entity, subledger, sandbox.now())
    if date:
        return close_period(sandbox, date=date, entity=entity, subledger=subledger)
    return {"closed": opened}


def _need_whole(sandbox: Sandbox, name: str, record: str) -> None:
    kind, found = _document(sandbox, name, record)
    missing = [field for field in bills.WHEN_SUBMITTED if kind.name == "APBILL" and not found.get(field)]
    if missing:
        raise CannotAct(f"{kind.name} {found['RECORDNO']} cannot be handed in without {', '.join(missing)}.")


def changed(sandbox: Sandbox, name: str, found: Record, fields: Record) -> dict[str, Any]:
    """Change an Intacct record as an actor does: with time stamp and audit row."""
    return _changed(sandbox, catalog_of(sandbox.settings)[name], found, fields)


def _document(sandbox: Sandbox, name: str, record: str) -> tuple[ObjectType, Record]:
    catalog = catalog_of(sandbox.settings)
    if name not in catalog:
        raise CannotAct(f"Intacct has no object {name!r} here.")
    kind = catalog[name]
    return kind, the_one(sandbox.store, "intacct", kind.name, (kind.business_key,), record)


def _changed(sandbox: Sandbox, kind: ObjectType, found: Record, fields: Record) -> dict[str, Any]:
    stamp = {"WHENMODIFIED": time_text(sandbox.now()), "MODIFIEDBYLOGINID": LOGIN}
    record = sandbox.store.update("intacct", kind.name, found["RECORDNO"], fields | _known(kind, stamp))
    audit.record(sandbox.store, LOGIN, sandbox.now(), kind, record, "M")
    return {"object": kind.name, "RECORDNO": found["RECORDNO"]} | fields


def _known(kind: ObjectType, fields: Record) -> Record:
    return {name: value for name, value in fields.items() if name in kind.fields}


def _state(sandbox: Sandbox, name: str, record: str, allowed: tuple[str, ...], state: str) -> dict[str, Any]:
    kind, found = _document(sandbox, name, record)
    field: Field | None = kind.fields.get("STATE")
    if field is None or state not in field.values:
        raise CannotAct(f"{kind.name} knows no state {state}.")
    if found.get("STATE") not in allowed:
        raise CannotAct(f"{kind.name} {found['RECORDNO']} is {found.get('STATE')}, not {' or '.join(allowed)}.")
    done = _changed(sandbox, kind, found, _known(kind, {"STATE": state, "RAWSTATE": field.values[state]}))
    general_ledger.trace(_company(sandbox), kind, found | done)
    return done


def _company(sandbox: Sandbox) -> Company:
    """The company as a clerk at top level sees it."""
    settings, now = sandbox.settings, sandbox.now()
    return Company(sandbox.store, settings, Session("", "", settings.company_id, LOGIN, "", now, now, now))


def _line_amount(sandbox: Sandbox, kind: ObjectType, found: Record, number: int, amount: Decimal) -> Record:
    lines, line = _owned(sandbox, kind, found, number)
    if expense_amounts.REIMBURSED in line:
        return _expense_amount(sandbox, lines, found, line, amount)
    rate = Decimal(found.get("EXCHANGE_RATE") or "1")
    was, was_base = Decimal(line.get("TRX_AMOUNT") or "0"), Decimal(line.get("AMOUNT") or "0")
    base = (amount * rate).quantize(Decimal("0.01"))
    sandbox.store.update("intacct", lines, line["RECORDNO"], {"TRX_AMOUNT": f"{amount:f}", "AMOUNT": f"{base:f}"})
    fields = {}
    for name in TOTALS:
        if name in found:
            delta = amount - was if name.startswith("TRX_") else base - was_base
            fields[name] = f"{Decimal(found[name] or '0') + delta:f}"
    return fields


def _expense_amount(sandbox: Sandbox, lines: str, found: Record, line: Record, amount: Decimal) -> Record:
    """An expense that is paid back with another amount; what was spent is still what it was."""
    now = line | ({"ORG_AMOUNT": f"{amount:f}"} if line.get("ORG_CURRENCY") == found.get("CURRENCY") else {})
    now |= expense_amounts.shown(now, amount, sandbox.settings)
    sandbox.store.update("intacct", lines, line["RECORDNO"], now)
    base = expense_amounts.base_amount(now) - expense_amounts.base_amount(line)
    unpaid = expense_amounts.not_reimbursable(line)
    counted = not unpaid or sandbox.settings.expense_total_entered == "all"
    fields = {}
    for prefix, delta in (("", base), ("TRX_", amount - expense_amounts.reimbursed(line))):
        names = [f"NR_{prefix}TOTALENTERED" if unpaid else f"{prefix}TOTALDUE"]
        for name in [f"{prefix}TOTALENTERED", *names] if counted else names:
            fields[name] = f"{payments.number(found, name) + delta:f}"
    return fields


def _reverse_journal(sandbox: Sandbox, kind: ObjectType, found: Record, day: str) -> dict[str, Any]:
    """The mirror of a journal entry, with each line on the other side; amounts of a journal are never negative."""
    number = journals.batch_number(sandbox.store, found["JOURNAL"])
    mirror = sandbox.store.insert("intacct", kind.name, journals.mirrored(found, day) | {"BATCHNO": number})
    own = {
        "BATCHNO": mirror["RECORDNO"],
        "BATCH_NUMBER": number,
        "BATCH_DATE": day,
        "BATCHTITLE": mirror["BATCH_TITLE"],
    }
    for lines in kind.lines.values():
        for one in sandbox.store.find("intacct", lines.object, lines.parent, found["RECORDNO"]):
            sandbox.store.insert("intacct", lines.object, journals.mirrored_line(one, day) | own)
    audit.record(sandbox.store, LOGIN, sandbox.now(), kind, mirror, "C")
    changes = {"REVERSED": day, "REVERSEDKEY": mirror["RECORDNO"]}
    return _changed(sandbox, kind, found, changes) | {"reversal": mirror["RECORDNO"]}


def _owned(sandbox: Sandbox, kind: ObjectType, found: Record, number: int) -> tuple[str, Record]:
    """The object of a document's lines, and one of them by its number from 1."""
    lines = kind.single_lines
    owned = sandbox.store.find("intacct", lines.object, lines.parent, found["RECORDNO"]) if lines else []
    if lines is None or not 1 <= number <= len(owned):
        raise CannotAct(f"{kind.name} {found['RECORDNO']} has {len(owned)} lines.")
    return lines.object, owned[number - 1]


def _negated(record: Record) -> Record:
    return record | {name: f"{-Decimal(record[name]):f}" for name in AMOUNTS if record.get(name)}


def _check_books(sandbox: Sandbox, entity: str, subledger: str) -> None:
    if subledger not in SUBLEDGERS:
        raise CannotAct(f"subledger is {subledger!r}; it must be one of {', '.join(SUBLEDGERS)}.")
    if entity != "*":
        the_one(sandbox.store, "intacct", "LOCATIONENTITY", ("LOCATIONID",), entity)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CannotAct(f"date is {text!r}; it must be YYYY-MM-DD.") from None
