"""Summaries: bills, AP adjustments or expense reports that are posted together (Accounts Payable > AP summaries, Expense summaries).

A document that names one (PRBATCH by its title, a legacy `batchkey` by its record number) is posted on the day of the summary,
whatever day it states (Accounts Payable > Bills, WHENPOSTED). Others get one of their day by themselves.
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox.intacct import legacy, problems
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.given import children
from include.sandbox.intacct.records import DATE, Record
from include.sandbox.intacct.types import Element
from include.sandbox.store import Store

#: Of each kind of document its summaries, and the code of their documents.
OF = {
    "APBILL": ("APBILLBATCH", "pi"),
    "APADJUSTMENT": ("APADJUSTMENTBATCH", "pa"),
    "EEXPENSES": ("EXPENSEREPORTBATCH", "ei"),
}
BY_FUNCTION = {
    "create_billbatch": "APBILL",
    "create_apadjustmentbatch": "APADJUSTMENT",
    "create_expensereportbatch": "EEXPENSES",
}
OBJECTS = {name: document for document, (name, _) in OF.items()}
#: What a legacy function names it by.
KEY = "_BATCHKEY"


def create(company: Company, call: Element) -> Record:
    """Keep a summary that somebody asks for; without a day it is of today. Raises Problem."""
    kind = company.catalog[OF[BY_FUNCTION[call.tag]][0]]
    inside = [one.tag for one in children(call) if one.tag.startswith("create_")]
    if inside:
        raise problems.not_carried_out(f"{call.tag} with {inside[0]}")
    title = (call.findtext("batchtitle") or "").strip()
    if not title:
        raise problems.missing("Summary name")
    if company.find(kind.name, title) is not None:
        raise problems.duplicate(kind, title)
    day = legacy.date_of(call.find("datecreated")) or company.now.strftime(DATE)
    return _insert(company, BY_FUNCTION[call.tag], title, day, "Manual")


def named(company: Company, document: str, header: Record) -> None:
    """Have a document that names a summary posted on its day. Raises Problem: there is none, or it is closed."""
    kind = company.catalog[OF[document][0]]
    key = header.pop(KEY, "").strip()
    found = company.store.get(SIDE, kind.name, key) if key else company.find(kind.name, header.get("PRBATCH", ""))
    if key and found is None:
        raise problems.invalid_reference(kind, key)
    if found is None or (not key and found.get("AUTOCREATED") == "Auto-Summary"):
        return
    if found.get("OPEN") == "Closed":
        raise problems.other(f"The summary {found['TITLE']} is closed.")
    header |= {"PRBATCH": found["TITLE"], "PRBATCHKEY": found["RECORDNO"], "WHENPOSTED": found.get("CREATED", "")}


def of_its_day(company: Company, document: str, title: str, day: str) -> str:
    """The record number of the summary of this title, which is made if need be."""
    found = company.find(OF[document][0], title)
    if found is None:
        found = _insert(company, document, title, day, "Auto-Summary")
        company.forget(OF[document][0], title)
    return found["RECORDNO"]


def _insert(company: Company, document: str, title: str, day: str, made: str) -> Record:
    name, code = OF[document]
    kind = company.catalog[name]
    fresh = {"STATUS": "active", "OPEN": "Open", "NOGL": "false", "RECORDTYPE": code, "USERKEY": company.user_key}
    own = {"TITLE": title, "CREATED": day, "AUTOCREATED": made}
    return company.insert(kind, own | {field: value for field, value in fresh.items() if field in kind.fields})


def refresh(store: Store, name: str) -> None:
    """Have each summary say what its documents add up to."""
    totals: dict[str, Decimal] = {}
    for one in store.select(SIDE, OBJECTS[name]):
        key = one.get("PRBATCHKEY", "")
        totals[key] = totals.get(key, Decimal(0)) + Decimal(one.get("TOTALENTERED") or 0)
    with store.transaction():
        for one in store.select(SIDE, name):
            now = f"{totals.get(one['RECORDNO'], Decimal(0)):.2f}"
            if one.get("TOTAL") != now:
                store.update(SIDE, name, one["RECORDNO"], {"TOTAL": now})
