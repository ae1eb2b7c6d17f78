"""The trace of bills, adjustments and expense reports in the general ledger (setting `gl_trace`).

One GLBATCH for a document as soon as it is Posted or Approved, and never before: a line for each of its lines, and one for each
account that it owes to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.sandbox import clock
from include.sandbox.intacct import expense_amounts, inter_entity
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import lines_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money
from include.sandbox.settings import Settings

#: The payables, and the company's default account for what it owes to employees.
PAYABLE = "2000"
COPIED = (
    "ACCOUNTNO",
    "ACCOUNTKEY",
    "ACCOUNTTITLE",
    "PROJECTID",
    "CUSTOMERID",
    "VENDORID",
    "EMPLOYEEID",
    "ITEMID",
    "CLASSID",
    "CURRENCY",
    "BASECURR",
    "EXCHANGE_RATE",
    "MEGAENTITYID",
    "MEGAENTITYKEY",
    "MEGAENTITYNAME",
)
#: By account what is owed: in base currency, and in the document's.
Owed = dict[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Booking:
    """How a kind of document is booked.

    :param expenses: the lines with ACCOUNTNO, AMOUNT (base) and TRX_AMOUNT (the document's currency)
    :param owed: the accounts against which they are booked
    """

    journal: str
    title: str
    expenses: Callable[[Company, Record, Sequence[Record]], list[Record]]
    owed: Callable[[Company, Record, Sequence[Record]], Owed]


def trace(company: Company, kind: ObjectType, document: Record) -> Record:
    """Make the entries of a document that has just become Posted or Approved, once, and return the document as it is."""
    booking = BOOKINGS.get(kind.name)
    if booking is None or not company.settings.gl_trace or document.get("STATE") not in (kind.approved, "Posted"):
        return document
    found = company.store.find(SIDE, "GLBATCH", "PRBATCHKEY", document["RECORDNO"])
    if any(one.get("MODULE") == kind.module for one in found):
        return document
    batch = company.insert(
        company.catalog["GLBATCH"],
        {
            "BATCH_TITLE": f"{booking.title}: {document.get('RECORDID', '')}"[:80],
            "JOURNAL": booking.journal,
            "BATCH_DATE": document.get("WHENPOSTED", ""),
            "MODULE": kind.module or "",
            "STATE": "Posted",
            "PRBATCHKEY": document["RECORDNO"],
            "USERINFO.LOGINID": company.session.user,
        },
    )
    lines = lines_of(company, kind, document["RECORDNO"])
    entries = [
        _entry(company, line, Decimal(line.get("AMOUNT") or 0)) for line in booking.expenses(company, document, lines)
    ]
    for account, (base, amount) in booking.owed(company, document, lines).items():
        own = {name: document[name] for name in COPIED if name in document}
        entries.append(_entry(company, own | {"ACCOUNTNO": account, "TRX_AMOUNT": f"{amount:f}"}, -base))
    entries += _between_entities(company, entries)
    for number, entry in enumerate(entries, start=1):
        entry |= {
            "BATCHNO": batch["RECORDNO"],
            "LINE_NO": str(number),
            "ENTRY_DATE": document.get("WHENPOSTED", ""),
            "STATE": "Posted",
        }
    company.store.insert_many(SIDE, "GLENTRY", entries, at=clock.time())
    return document


def _between_entities(company: Company, entries: Sequence[Record]) -> list[Record]:
    """What the entities of the lines owe the one of the first of them: the account that is owed to is its own."""
    rests: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        location = company.find("LOCATION", entry["LOCATION"])
        if location is not None:
            rests[company.entity_of(location)] += int(entry["TR_TYPE"]) * Decimal(entry["AMOUNT"])
    return list(inter_entity.lines(company, next(iter(rests)), rests, entries[0])) if len(rests) > 1 else []


def _bill_lines(_company: Company, _bill: Record, lines: Sequence[Record]) -> list[Record]:
    return list(lines)


def _owed_for_a_bill(_company: Company, bill: Record, lines: Sequence[Record]) -> Owed:
    base = sum((Decimal(line.get("AMOUNT") or 0) for line in lines), Decimal(0))
    return {PAYABLE: (base, Decimal(bill.get("TRX_TOTALENTERED") or 0))}


def sign_of_debt(settings: Settings) -> int:
    """By what the amounts that an AP adjustment shows are multiplied to say what the vendor is owed."""
    return _sign(settings.adjustment_lowers, settings.adjustment_amounts)


def _sign(lowers: str, shown: str) -> int:
    return -1 if lowers == "positive" and shown == "as_entered" else 1


def _owed_lines(company: Company, _adjustment: Record, lines: Sequence[Record]) -> list[Record]:
    """The lines of an adjustment with the amounts that the vendor is owed for them, whatever a record shows."""
    return [
        line
        | {
            name: f"{sign_of_debt(company.settings) * Decimal(line.get(name) or 0):f}"
            for name in ("AMOUNT", "TRX_AMOUNT")
        }
        for line in lines
    ]


def _owed_for_an_adjustment(company: Company, adjustment: Record, lines: Sequence[Record]) -> Owed:
    return _owed_for_a_bill(company, adjustment, _owed_lines(company, adjustment, lines))


def _expenses(_company: Company, report: Record, lines: Sequence[Record]) -> list[Record]:
    """Whatever their fields show: the base amount, and what is paid back in the report's currency."""
    return [
        line
        | {
            "ACCOUNTNO": line.get("GLACCOUNTNO", ""),
            "ACCOUNTTITLE": line.get("GLACCOUNTTITLE", ""),
            "CURRENCY": report.get("CURRENCY", ""),
            "AMOUNT": f"{expense_amounts.base_amount(line):f}",
            "TRX_AMOUNT": f"{expense_amounts.reimbursed(line):f}",
        }
        for line in lines
    ]


def _owed_for_expenses(company: Company, _report: Record, lines: Sequence[Record]) -> Owed:
    """By account: that of the line's payment type, of its expense type, or the company's (the order is inferred)."""
    owed: defaultdict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for line in lines:
        paid_by = company.find("EXPENSEPAYMENTTYPE", line.get("EXPPMTTYPE", "")) or {}
        spent_on = company.find("EEACCOUNTLABEL", line.get("ACCOUNTLABEL", "")) or {}
        account = paid_by.get("OFFSETACCTNO") or spent_on.get("OFFSETGLACCOUNTNO") or PAYABLE
        base, amount = owed[account]
        owed[account] = (base + expense_amounts.base_amount(line), amount + expense_amounts.reimbursed(line))
    return dict(owed)


def _owed_back(company: Company, lines: Sequence[Record]) -> list[Record]:
    """The lines of an expense adjustment with what the employee gets for them, whatever a record shows."""
    sign = _sign(company.settings.expense_adjustment_lowers, company.settings.expense_adjustment_amounts)
    return [line | {expense_amounts.REIMBURSED: f"{sign * expense_amounts.reimbursed(line):f}"} for line in lines]


def _adjusted(company: Company, adjustment: Record, lines: Sequence[Record]) -> list[Record]:
    return _expenses(company, adjustment, _owed_back(company, lines))


def _owed_for_adjusted(company: Company, adjustment: Record, lines: Sequence[Record]) -> Owed:
    return _owed_for_expenses(company, adjustment, _owed_back(company, lines))


def _entry(company: Company, line: Record, amount: Decimal) -> Record:
    entry = {name: line[name] for name in line if name in COPIED or name.startswith("GLDIM")}
    return entry | {
        "TR_TYPE": "1" if amount >= 0 else "-1",
        "AMOUNT": money(abs(amount), company.settings),
        "TRX_AMOUNT": money(abs(Decimal(line.get("TRX_AMOUNT") or 0)), company.settings),
        "DEPARTMENT": line.get("DEPARTMENTID", ""),
        "LOCATION": line.get("LOCATIONID", ""),
        "DESCRIPTION": line.get("ENTRYDESCRIPTION", ""),
    }


BOOKINGS = {
    "APADJUSTMENT": Booking("APADJ", "AP adjustments", _owed_lines, _owed_for_an_adjustment),
    "APBILL": Booking("APJ", "Bills", _bill_lines, _owed_for_a_bill),
    "EEXPENSES": Booking("EEJ", "Expense reports", _expenses, _owed_for_expenses),
    "EXPENSEADJUSTMENTS": Booking("EEADJ", "Expense adjustments", _adjusted, _owed_for_adjusted),
}
