"""The trace of posted bills in the general ledger (setting `gl_trace`).

One GLBATCH for a bill, with a line for each bill line and one for the payable.
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox import clock
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import lines_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money

JOURNAL = "APJ"
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


def trace(company: Company, bill: Record) -> Record:
    """Make the entries of a posted bill and return the bill as it is."""
    if not company.settings.gl_trace or bill.get("STATE") != "Posted":
        return bill
    kind = company.catalog["GLBATCH"]
    batch = company.insert(
        kind,
        {
            "BATCH_TITLE": f"Bills: {bill.get('RECORDID', '')}"[:80],
            "JOURNAL": JOURNAL,
            "BATCH_DATE": bill["WHENPOSTED"],
            "MODULE": "3.AP",
            "STATE": "Posted",
            "PRBATCHKEY": bill["RECORDNO"],
            "USERINFO.LOGINID": company.session.user,
        },
    )
    total = Decimal(0)
    entries = []
    for line in lines_of(company, company.catalog["APBILL"], bill["RECORDNO"]):
        amount = Decimal(line["AMOUNT"])
        total += amount
        entries.append(_entry(company, line, amount))
    payable = {name: bill[name] for name in COPIED if name in bill} | {
        "ACCOUNTNO": PAYABLE,
        "TRX_AMOUNT": bill["TRX_TOTALENTERED"],
    }
    entries.append(_entry(company, payable, -total))
    for number, entry in enumerate(entries, start=1):
        entry |= {
            "BATCHNO": batch["RECORDNO"],
            "LINE_NO": str(number),
            "ENTRY_DATE": bill["WHENPOSTED"],
            "STATE": "Posted",
        }
    company.store.insert_many(SIDE, "GLENTRY", entries, at=clock.time())
    return bill


def _entry(company: Company, line: Record, amount: Decimal) -> Record:
    entry = {name: line[name] for name in COPIED if name in line}
    return entry | {
        "TR_TYPE": "1" if amount >= 0 else "-1",
        "AMOUNT": money(abs(amount), company.settings),
        "TRX_AMOUNT": money(abs(Decimal(line["TRX_AMOUNT"])), company.settings),
        "DEPARTMENT": line.get("DEPARTMENTID", ""),
        "LOCATION": line.get("LOCATIONID", ""),
        "DESCRIPTION": line.get("ENTRYDESCRIPTION", ""),
    }
