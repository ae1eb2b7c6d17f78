"""APPAYMENTREQUEST and APPAYMENT: payments of bills under the names of the older functions (Accounts Payable > AP payments).

A request is every payment that was asked for, a payment one that is made; both are APPYMT here, with its record numbers, which the
older functions take. Made anew when it is asked for; rows that say the same stay.
"""

from __future__ import annotations

from include.sandbox.intacct import views
from include.sandbox.intacct.company import SIDE
from include.sandbox.intacct.records import Record
from include.sandbox.store import Store

#: Each view, and of which states its payments are; of all where none is named.
OBJECTS = {"APPAYMENTREQUEST": frozenset[str](), "APPAYMENT": frozenset({"Posted", "Voided"})}
_CALLED = {
    "PAYMENTTYPE": "PAYMENTMETHOD", "PAYMENTDATE": "WHENCREATED", "PAYMENTAMOUNT": "TRX_TOTALENTERED",
    "PAYMENTTRXAMOUNT": "TRX_TOTALENTERED", "DOCUMENTNUMBER": "DOCNUMBER",
    "MEMO": "DESCRIPTION", "FINANCIALACCOUNT": "FINANCIALENTITY", "STATE": "RAWSTATE",
}  # fmt: skip
_ALIKE = (
    "RECORDNO", "RECORDTYPE", "DESCRIPTION", "TOTALENTERED", "TRX_TOTALENTERED", "WHENCREATED", "DOCNUMBER", "CURRENCY", "BASECURR",
    "VENDORID", "VENDORNAME", "AUWHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY", "MEGAENTITYKEY", "MEGAENTITYID",
    "MEGAENTITYNAME",
)  # fmt: skip


def refresh(store: Store, name: str) -> None:
    """Have the view say what the payments say now."""
    states = OBJECTS[name]
    wanted = {
        one["RECORDNO"]: _row(one) for one in store.select(SIDE, "APPYMT") if not states or one.get("STATE") in states
    }
    views.keep(store, name, wanted)


def _row(payment: Record) -> Record:
    called = {own: payment[theirs] for own, theirs in _CALLED.items() if payment.get(theirs)}
    return {name: payment[name] for name in _ALIKE if payment.get(name)} | called
