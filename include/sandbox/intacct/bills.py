"""AP bills (APBILL): create and update.

Intacct XML gateway reference, Accounts Payable > Bills: VENDORID, WHENCREATED and WHENDUE are required, one line or more; an
update replaces the lines that it sends. STATE says what became of the bill: Posted, Submitted where approval is on, Draft
when asked for (ACTION) or when the user may not post.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from include.sandbox.intacct import documents, fields, general_ledger, problems, summaries
from include.sandbox.intacct.bill_fields import complete_header, complete_lines
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import SETTLED, Document, below_zero, lines_again, owner_of, price_lines, totals
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, allowed, settle_lines
from include.sandbox.intacct.money import DAILY, rate_kept, rate_of
from include.sandbox.intacct.records import DATE, Record
from include.sandbox.intacct.values import need_date

#: What a draft can do without, and nothing else.
WHEN_SUBMITTED = ("VENDORID", "WHENCREATED", "WHENDUE")
ACTIONS = frozenset({"", "submit", "draft"})


def prepare(
    company: Company, given: Given, before: Record | None = None, *, term_gives_due_date: bool = False
) -> Document:
    """The bill that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    header = {
        **rate_kept(before or {}, given.fields),
        **fields.settle(company, given, defaults=before is None, active=True),
    }
    draft = action_of(given.action, header, "bill") == "draft"
    fields.require(kind, header, custom=draft)  # a draft needs neither vendor nor dates
    vendor = _vendor(company, header, check=before is None or "VENDORID" in given.fields)
    _dates(company, header, draft=draft, term_gives=term_gives_due_date)
    summaries.named(company, "APBILL", header)
    if company.settings.ap_summaries == "user" and not header.get("PRBATCH"):
        raise problems.missing("Summary")
    lines = _lines(company, given, header, before)
    if not lines and not draft:
        raise problems.no_lines(kind)
    below_zero(company, kind, company.settings.negative_bill, lines)
    owner, touched = owner_of(company, lines, negative_allowed=False)
    if vendor and not allowed(
        vendor, touched | {line.record.get("LOCATIONID", "") for line in lines}, top_level=not company.session.entity
    ):
        raise company.unknown(company.catalog["VENDOR"], header["VENDORID"])
    day = header.get("WHENCREATED") or company.now.strftime(DATE)
    rate = rate_of(company, header, owner, day, default=DAILY)
    _number(company, header, before)
    header |= rate.header_fields() | totals(company, rate, lines) | state(company, draft=draft)
    header |= {"RECORDTYPE": "pi", "MODULEKEY": kind.module or "", "SYSTEMGENERATED": "F"}
    header["TRX_ENTITYDUE"] = header["TRX_TOTALDUE"]
    complete_header(company, header, vendor)
    records = price_lines(company, rate, lines, header["WHENPOSTED"])
    complete_lines(company, header, vendor, rate, records)
    return Document(kind, header, records, touched, header["WHENPOSTED"])


def keep(company: Company, given: Given) -> Record:
    """Keep a new bill. Raises Problem."""
    return _kept(company, prepare(company, given))


def keep_legacy(company: Company, given: Given) -> Record:
    """Keep one that create_bill brings: it takes a term instead of a due date. Raises Problem."""
    return _kept(company, prepare(company, given, term_gives_due_date=True))


def _kept(company: Company, bill: Document) -> Record:
    kept = documents.keep(company, bill)
    if kept["STATE"] == "Posted":
        documents.owe(company, kept["VENDORID"], Decimal(kept["TOTALENTERED"]))
    return general_ledger.trace(company, bill.kind, kept)


def recall(company: Company, recordno: str) -> None:
    """A submitted bill becomes a draft again. Raises Problem."""
    kind = company.catalog["APBILL"]
    before = documents.existing(company, kind, recordno)
    if before.get("STATE") != "Submitted":
        raise problems.other("Only a submitted bill can be recalled.")
    changes = {"STATE": "Draft", "RAWSTATE": "D"}
    company.stamp_modified(kind, changes)
    company.note(kind, company.store.update(SIDE, kind.name, before["RECORDNO"], changes), "M")


def state(company: Company, *, draft: bool) -> Record:
    """STATE and RAWSTATE of a bill that is entered now."""
    return entered(company, "APBILL", draft=draft, approval=company.settings.ap_approval)


def entered(company: Company, object_name: str, *, draft: bool, approval: bool) -> Record:
    """STATE and RAWSTATE of what a vendor is owed, or is owed less, when it is entered."""
    if draft or not company.permitted("POST", object_name):
        return {"STATE": "Draft", "RAWSTATE": "D"}
    if approval:
        return {"STATE": "Submitted", "RAWSTATE": "S"}
    return {"STATE": "Posted", "RAWSTATE": "A"}


def action_of(action: str, header: Record, noun: str) -> str:
    """What is to become of it: draft or submit. Raises Problem: neither, or it cannot be changed any more."""
    if action.lower() not in ACTIONS:
        raise problems.other(f"Action '{action}' is not valid.")
    if header.get("STATE") in SETTLED:
        raise problems.other(f"The {noun} is {header['STATE'].lower()} and cannot be changed.")
    return action.lower() or ("draft" if header.get("STATE") == "Draft" else "submit")


def _vendor(company: Company, header: Record, *, check: bool) -> Record:
    if not header.get("VENDORID"):
        return {}
    own = company.catalog["APBILL"].fields["VENDORID"]
    vendor = company.refer(own, header["VENDORID"], active=check)
    if check and vendor.get("ONHOLD") == "true" and company.settings.vendor_on_hold == "refuse":
        raise problems.vendor_on_hold(header["VENDORID"])
    return vendor


def _dates(company: Company, header: Record, *, draft: bool, term_gives: bool) -> None:
    header["WHENPOSTED"] = header.get("WHENPOSTED") or header.get("WHENCREATED", "")
    if header.get("WHENDUE") or not header.get("WHENCREATED"):
        return
    created = need_date(header["WHENCREATED"])
    term = company.find("APTERM", header.get("TERMNAME", ""))
    if term is not None and (term_gives or not company.settings.bill_due_date_required):
        header["WHENDUE"] = (created + timedelta(days=int(term.get("DUEDATE") or 0))).strftime(DATE)
    elif not draft:
        raise problems.missing("Due date")


def _lines(company: Company, given: Given, header: Record, before: Record | None) -> list[Line]:
    if given.lines is not None or before is None:
        return settle_lines(company, header, given.lines or [])
    return settle_lines(company, header, kept_lines(company, before))


def kept_lines(company: Company, before: Record) -> list[Given]:
    """The lines of a kept bill as if they were given again."""
    again = lines_again(company, company.catalog["APBILL"], before["RECORDNO"], without="ACCOUNTLABEL")
    for line in again:
        if line.fields.get("VENDORID", "") == before.get("VENDORID"):
            line.fields.pop("VENDORID", None)  # filled in from the header, and will be again
    return again


def _number(company: Company, header: Record, before: Record | None) -> None:
    """The bill number: given, or minted where numbering is on; unique for the vendor (setting `duplicate_bill_number`)."""
    if not header.get("RECORDID"):
        if "APBILL" not in company.settings.numbering:
            raise problems.other("Enter a Bill number, and try again.", "BL03002128")
        header["RECORDID"] = next_number(company, "APBILL")
    if company.settings.duplicate_bill_number != "refuse":
        return
    for other in company.store.find(SIDE, "APBILL", "RECORDID", header["RECORDID"]):
        same = before is not None and other["RECORDNO"] == before["RECORDNO"]
        if not same and other.get("VENDORID") == header.get("VENDORID"):
            raise problems.duplicate(company.catalog["APBILL"], header["RECORDID"])


def numbered(
    company: Company, object_name: str, label: str, header: Record, before: Record | None, *, twice: str
) -> None:
    """A number in the header: given, or minted where numbering is on. Raises Problem.

    :param label: what it is called where it is missing
    :param twice: accept or refuse: what the company does with one that another record of the object has
    """
    if not header.get("RECORDID"):
        if object_name not in company.settings.numbering:
            raise problems.missing(label)
        header["RECORDID"] = next_number(company, object_name)
    if twice == "accept":
        return
    for other in company.store.find(SIDE, object_name, "RECORDID", header["RECORDID"]):
        if before is None or other["RECORDNO"] != before["RECORDNO"]:
            raise problems.duplicate(company.catalog[object_name], header["RECORDID"])


def next_number(company: Company, object_name: str) -> str:
    """The next number of an object that numbers itself."""
    kind = company.catalog[object_name]
    key = f"sequence/number/{object_name}"
    number = int(company.store.get_meta(key) or 0)
    while True:
        number += 1
        text = (kind.numbered or "%06d") % number
        if not company.store.find(SIDE, object_name, kind.business_key, text):
            company.store.set_meta(key, number)
            return text


RULES = documents.Rules(object="APBILL", prepare=prepare, keep=keep, keep_legacy=keep_legacy, kept_lines=kept_lines)
