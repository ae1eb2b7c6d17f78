"""GLDETAIL: each line of the general ledger with the entry that it stands in and the document that it comes from.

A view of the service (General Ledger > General ledger details), which says itself that it is slow: here it is made anew when it is
asked for, and rows that say the same stay. Amounts are signed; of debit and credit one is 0 (recorded).
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox.intacct import views
from include.sandbox.intacct.company import SIDE
from include.sandbox.intacct.general_ledger import SOURCE
from include.sandbox.intacct.records import Record
from include.sandbox.store import Store

OBJECT = "GLDETAIL"
_CODES = {"Draft": "I", "Submitted": "S", "Partially Approved": "X", "Approved": "A", "Posted": "P", "Declined": "R"}
_OF_ENTRY = (
    "LINE_NO", "ENTRY_DATE", "TR_TYPE", "DOCUMENT", "ACCOUNTNO", "ACCOUNTTITLE", "DEPARTMENTTITLE", "LOCATIONNAME", "CURRENCY",
    "BASECURR", "DESCRIPTION", "CLEARED", "CLRDATE", "CUSTOMERDIMKEY", "CUSTOMERID", "CUSTOMERNAME", "VENDORDIMKEY", "VENDORID",
    "VENDORNAME", "EMPLOYEEDIMKEY", "EMPLOYEEID", "EMPLOYEENAME", "ITEMDIMKEY", "ITEMID", "ITEMNAME", "PROJECTDIMKEY", "PROJECTID",
    "PROJECTNAME", "CLASSDIMKEY", "CLASSID", "CLASSNAME", "WHENMODIFIED", "MODIFIEDBY",
)  # fmt: skip
_OF_DOCUMENT = (
    "RECORDTYPE", "RECORDID", "DOCNUMBER", "STATE", "WHENCREATED", "WHENDUE", "WHENPAID", "FINANCIALENTITY", "TOTALENTERED",
    "TOTALPAID", "TOTALDUE",
)  # fmt: skip


def refresh(store: Store) -> None:
    """Have it say what the general ledger says now."""
    batches = {one["RECORDNO"]: one for one in store.select(SIDE, "GLBATCH")}
    documents: dict[str, Record] = {}
    wanted = {
        entry["RECORDNO"]: _row(store, entry, batches[entry["BATCHNO"]], documents)
        for entry in store.select(SIDE, "GLENTRY")
        if entry.get("BATCHNO") in batches
    }
    views.keep(store, OBJECT, wanted)


def _row(store: Store, entry: Record, batch: Record, documents: dict[str, Record]) -> Record:
    document = _document(store, batch.get(SOURCE, ""), documents)
    side = 1 if entry.get("TR_TYPE") == "1" else -1
    base, trx = (Decimal(entry.get(name) or 0) for name in ("AMOUNT", "TRX_AMOUNT"))
    return (
        {name: entry[name] for name in _OF_ENTRY if entry.get(name)}
        | {name: document[name] for name in _OF_DOCUMENT if document.get(name)}
        | {
            "RECORDNO": entry["RECORDNO"],
            "GLENTRYKEY": entry["RECORDNO"],
            "BATCHKEY": batch["RECORDNO"],
            "BATCH_DATE": batch.get("BATCH_DATE", ""),
            "BATCH_TITLE": batch.get("BATCH_TITLE", ""),
            "SYMBOL": batch.get("JOURNAL", ""),
            "BATCH_NO": batch.get("BATCHNO", ""),
            "BOOKID": "ACCRUAL",
            "MODIFIED": batch.get("MODIFIED", ""),
            "REFERENCENO": batch.get("REFERENCENO", ""),
            "ADJ": batch.get("ADJ") or "false",
            "MODULEKEY": batch.get("MODULE", ""),
            "STATISTICAL": "T" if batch.get("STATISTICAL") == "true" else "F",
            "DEPARTMENTID": entry.get("DEPARTMENT", ""),
            "LOCATIONID": entry.get("LOCATION", ""),
            "AMOUNT": f"{side * base:f}",
            "TRX_AMOUNT": f"{side * trx:f}",
            "PRDESCRIPTION": document.get("DESCRIPTION", ""),
            "ENTRYDESCRIPTION": entry.get("DESCRIPTION", "") if document else "",
            "BATCH_STATE": _CODES.get(batch.get("STATE", ""), batch.get("STATE", "")),
            "ENTRY_STATE": _CODES.get(entry.get("STATE", ""), entry.get("STATE", "")),
        }
        | _sides("", side, base)
        | _sides("TRX_", side, trx)
    )


def _sides(prefix: str, side: int, amount: Decimal) -> Record:
    debit = side > 0
    return {
        f"{prefix}DEBITAMOUNT": f"{amount:f}" if debit else "0",
        f"{prefix}CREDITAMOUNT": "0" if debit else f"{amount:f}",
    }


def _document(store: Store, source: str, known: dict[str, Record]) -> Record:
    if source not in known:
        name, _, number = source.removesuffix("/reversed").partition("/")
        known[source] = (store.get(SIDE, name, number) if number else None) or {}
    return known[source]
