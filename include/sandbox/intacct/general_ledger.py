"""The trace of bills, adjustments, expense reports and payments in the general ledger (setting `gl_trace`).

One GLBATCH for a document as soon as it is Posted or Approved, and never before: a line for each of its lines, and one for each
account that it owes to. A payment has one as soon as it is made: what is owed no more, and the account that it is paid from. What is
reversed or voided has a second one, turned round. The symbols of the journals, and which accounts, are inferred.
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
from include.sandbox.intacct.values import cents, money
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
#: Where an account to pay from names neither: the journal of what is paid out, and the account.
DISBURSEMENTS, BANK = "CDJ", "1000"
#: Of an entry the document that it was made for, whose entries no client sees by it.
SOURCE = "_SOURCE"
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
    if _booked(company, kind, document):
        return document
    lines = lines_of(company, kind, document["RECORDNO"])
    entries = [
        _entry(company, line, Decimal(line.get("AMOUNT") or 0)) for line in booking.expenses(company, document, lines)
    ]
    for account, (base, amount) in booking.owed(company, document, lines).items():
        entries.append(_against(company, document, account, -base, amount))
    entries += _between_entities(company, entries)
    title = f"{booking.title}: {document.get('RECORDID', '')}"
    _keep(company, kind, document, _batch(company, booking.journal, title, document.get("WHENPOSTED", "")), entries)
    return document


def trace_payment(
    company: Company, kind: ObjectType, payment: Record, paid: Sequence[tuple[ObjectType, Record, Decimal, Decimal]]
) -> None:
    """Make the entries of a payment that has just been made, once.

    :param paid: each document, with what is paid of it in base currency and in its own
    """
    if not company.settings.gl_trace or _booked(company, kind, payment):
        return
    journal, account = _paid_from(company, payment.get("FINANCIALENTITY", ""))
    entries: list[Record] = []
    for of, document, base, amount in paid:
        lines = lines_of(company, of, document["RECORDNO"])
        owed = BOOKINGS[of.name].owed(
            company, document, [one for one in lines if not expense_amounts.not_reimbursable(one)]
        )
        whole, left, trx_left = sum((one for one, _ in owed.values()), Decimal(0)), base, amount
        for number, (place, (share, _)) in enumerate(owed.items(), start=1):
            last = number == len(owed) or not whole
            part, trx = (left, trx_left) if last else (cents(base * share / whole), cents(amount * share / whole))
            left, trx_left = left - part, trx_left - trx
            entries.append(_against(company, document, place, part, trx))
        entries.append(_against(company, document, account, -base, amount))
    title = f"{kind.label}: {payment.get('DOCNUMBER') or payment.get('DOCUMENTNUMBER') or payment['RECORDNO']}"
    day = payment.get("PAYMENTDATE") or payment.get("WHENCREATED", "")
    _keep(company, kind, payment, _batch(company, journal, title, day), entries)


def turn_round(company: Company, kind: ObjectType, document: Record, day: str) -> None:
    """A second entry for each of a document that is reversed or voided on a day (mm/dd/yyyy), with the sides exchanged."""
    for batch in _booked(company, kind, document):
        turned = [
            {name: value for name, value in one.items() if name not in {"RECORDNO", "BATCHNO"}}
            | {"TR_TYPE": "-1" if one["TR_TYPE"] == "1" else "1"}
            for one in lines_of(company, company.catalog["GLBATCH"], batch["RECORDNO"])
        ]
        header = _batch(company, batch["JOURNAL"], f"Reversed - {batch['BATCH_TITLE']}", day)
        _keep(company, kind, document, header | {SOURCE: f"{batch[SOURCE]}/reversed"}, turned)


def _booked(company: Company, kind: ObjectType, document: Record) -> list[Record]:
    return company.store.find(SIDE, "GLBATCH", SOURCE, f"{kind.name}/{document['RECORDNO']}")


def _batch(company: Company, journal: str, title: str, day: str) -> Record:
    return {
        "BATCH_TITLE": title[:80],
        "JOURNAL": journal,
        "BATCH_DATE": day,
        "STATE": "Posted",
        "USERINFO.LOGINID": company.session.user,
    }


def _keep(company: Company, kind: ObjectType, document: Record, header: Record, entries: Sequence[Record]) -> None:
    source = {
        "MODULE": kind.module or "",
        "PRBATCHKEY": document["RECORDNO"],
        SOURCE: f"{kind.name}/{document['RECORDNO']}",
    }
    batch = company.insert(company.catalog["GLBATCH"], source | header)
    for number, entry in enumerate(entries, start=1):
        entry |= {
            "BATCHNO": batch["RECORDNO"],
            "LINE_NO": str(number),
            "ENTRY_DATE": header["BATCH_DATE"],
            "BATCH_DATE": header["BATCH_DATE"],
            "BATCHTITLE": header["BATCH_TITLE"],
            "STATE": "Posted",
        }
    company.store.insert_many(SIDE, "GLENTRY", entries, at=clock.time())


def _against(company: Company, document: Record, account: str, base: Decimal, amount: Decimal) -> Record:
    """What a document owes to an account, or has paid from it."""
    own = {name: document[name] for name in COPIED if name in document}
    known = company.find("GLACCOUNT", account) or {}
    told = {"ACCOUNTKEY": known.get("RECORDNO", ""), "ACCOUNTTITLE": known.get("TITLE", "")}
    return _entry(company, own | {"ACCOUNTNO": account, "TRX_AMOUNT": f"{amount:f}"} | told, base)


def _paid_from(company: Company, name: str) -> tuple[str, str]:
    """The journal and the account of what is paid from: a bank account's own, or what is owed to a card."""
    for source, account in (
        ("CHECKINGACCOUNT", "GLACCOUNTNO"),
        ("SAVINGSACCOUNT", "GLACCOUNTNO"),
        ("CREDITCARD", "LIABACCTNO"),
    ):
        found = company.find(source, name)
        if found is not None:
            return found.get("FINANCIALDATA.APJOURNAL") or DISBURSEMENTS, found.get(account) or BANK
    return DISBURSEMENTS, BANK


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
