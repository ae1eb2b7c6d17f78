"""AP adjustments (APADJUSTMENT), which only create_apadjustment and update_apadjustment touch.

Intacct XML gateway reference, Accounts Payable > AP adjustments: a debit or credit memo that changes what a vendor is owed. The
amounts of its lines are all positive or all negative, never mixed; an attachment has no place in it. Which sign lowers what the vendor
is owed, and with which sign a record shows it, the page does not say (settings `adjustment_lowers` and `adjustment_amounts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from include.sandbox.intacct import documents, fields, general_ledger, problems, summaries
from include.sandbox.intacct.bill_fields import complete_lines
from include.sandbox.intacct.bills import action_of, entered, numbered
from include.sandbox.intacct.company import Company
from include.sandbox.intacct.documents import Document, lines_again, owner_of, price_lines, totals
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import Line, allowed, settle_lines
from include.sandbox.intacct.money import DAILY, rate_kept, rate_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import money, need_date
from include.sandbox.settings import Settings


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The adjustment that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    header = {
        **rate_kept(before or {}, given.fields),
        **fields.settle(company, given, defaults=before is None, active=True),
    }
    draft = action_of(given.action, header, "adjustment") == "draft"
    fields.require(kind, header)
    vendor = company.refer(kind.fields["VENDORID"], header["VENDORID"], active=before is None)
    header["WHENPOSTED"] = header.get("WHENPOSTED") or header["WHENCREATED"]
    summaries.named(company, "APADJUSTMENT", header)
    lines = settle_lines(company, header, given.lines if given.lines is not None else kept_lines(company, before))
    if not lines:
        raise problems.no_lines(kind)
    _one_sign(company, lines)
    owner, touched = owner_of(company, lines)
    if not allowed(vendor, touched, top_level=not company.session.entity):
        raise company.unknown(company.catalog["VENDOR"], header["VENDORID"])
    rate = rate_of(company, header, owner, header["WHENCREATED"], default=DAILY)
    twice = company.settings.duplicate_adjustment_number
    numbered(company, "APADJUSTMENT", "Adjustment number", header, before, twice=twice)
    header |= rate.header_fields() | totals(company, rate, lines) | state(company, draft=draft)
    header |= {"RECORDTYPE": "pa", "MODULEKEY": kind.module or "", "SYSTEMGENERATED": "F"}
    header |= {"TRX_ENTITYDUE": header["TRX_TOTALDUE"], "VENDORKEY": vendor["RECORDNO"]}
    header["PRBATCH"] = header.get("PRBATCH") or f"Adjustments: {need_date(header['WHENPOSTED']):%Y/%m/%d} Batch"
    records = price_lines(company, rate, lines, header["WHENPOSTED"])
    complete_lines(company, header, vendor, rate, records)
    return Document(kind, header, records, touched, header["WHENPOSTED"])


def keep(company: Company, given: Given) -> Record:
    """Keep a new adjustment. Raises Problem."""
    kept = documents.keep(company, prepare(company, given))
    if kept["STATE"] == "Posted":
        owed = general_ledger.sign_of_debt(company.settings) * Decimal(kept["TOTALENTERED"])
        documents.owe(company, kept["VENDORID"], owed)
    return general_ledger.trace(company, given.kind, kept)


def kept_lines(company: Company, before: Record | None) -> list[Given]:
    """The lines of a kept adjustment as if they were given again, in the sense in which they were entered."""
    if before is None:
        return []
    again = lines_again(company, company.catalog["APADJUSTMENT"], before["RECORDNO"], without="ACCOUNTLABEL")
    for line in again:
        line.fields.pop("AMOUNT", None)
        line.fields["TRX_AMOUNT"] = f"{_turned(company.settings, Decimal(line.fields['TRX_AMOUNT'])):f}"
    return again


def state(company: Company, *, draft: bool) -> Record:
    """STATE and RAWSTATE of an adjustment that is entered now."""
    return entered(company, "APADJUSTMENT", draft=draft, approval=company.settings.adjustment_approval)


def _one_sign(company: Company, lines: Sequence[Line]) -> None:
    """Lines of one sign, shown as the company shows them. Raises Problem."""
    if len({line.amount > 0 for line in lines if line.amount}) > 1:
        raise problems.other("The amounts of an adjustment must be all positive or all negative.")
    lowers = any(line.amount < 0 for line in lines) == (company.settings.adjustment_lowers == "negative")
    if lowers and company.settings.adjustment_credits == "refuse":
        raise problems.other("An adjustment cannot lower what the vendor is owed.")
    for line in lines:
        line.amount, line.tax = _turned(company.settings, line.amount), _turned(company.settings, line.tax)
        line.record["TRX_AMOUNT"] = money(line.amount, company.settings)


def _turned(settings: Settings, amount: Decimal) -> Decimal:
    """An amount as it was entered, as a record shows it, and the other way round."""
    as_owed = settings.adjustment_amounts == "owed" and settings.adjustment_lowers == "positive"
    return -amount if as_owed else amount


RULES = documents.Rules(object="APADJUSTMENT", prepare=prepare, keep=keep, kept_lines=kept_lines)
