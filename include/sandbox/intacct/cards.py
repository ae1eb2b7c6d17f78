"""Charge card transactions (CCTRANSACTION), which only record_cctransaction makes.

Intacct XML gateway reference, Cash Management > Charge card transactions. The card's entity decides where it may be used.
"""

from __future__ import annotations

from include.sandbox.intacct import fields, problems
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import Document, owner_of, price_lines, totals
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import settle_lines
from include.sandbox.intacct.money import rate_of
from include.sandbox.intacct.records import Record


def prepare(company: Company, given: Given) -> Document:
    """The card transaction that would be kept. Raises Problem."""
    kind = given.kind
    header = fields.settle(company, given, active=True)
    card = _card(company, header)
    fields.require(kind, header)
    _reference(company, header)
    if not given.lines:
        raise problems.no_lines(kind)
    lines = settle_lines(company, header, given.lines)
    for line in lines:
        if card.get("LIABACCTNO") and line.record.get("ACCOUNTNO") == card["LIABACCTNO"]:
            raise problems.card_account(card["LIABACCTNO"], card["CARDID"])
    owner, touched = owner_of(company, lines)
    rate = rate_of(company, header, owner, header["WHENCREATED"])
    header |= rate.fields() | totals(company, rate, lines)
    header |= {
        "STATE": "Posted",
        "RAWSTATE": "A",
        "RECORDTYPE": "cctransaction",
        "MODULEKEY": kind.module or "",
        "CLEARED": "false",
    }
    if not company.permitted("POST", kind.name):
        header |= {"STATE": "Draft", "RAWSTATE": "D"}
    day = header["WHENCREATED"]
    return Document(kind, header, price_lines(company, rate, lines, day), touched, day)


def _card(company: Company, header: Record) -> Record:
    """The charge card: known, usable in this session (a card of one entity only there), active."""
    target = company.catalog["CREDITCARD"]
    value = header.get("FINANCIALENTITY", "").strip()
    if not value:
        raise problems.missing("Charge card ID")
    card = company.find(target.name, value)
    if card is None:
        raise company.unknown(target, value)
    if card.get("STATUS", "active") != "active":
        raise problems.inactive_reference(target, value)
    return card


def _reference(company: Company, header: Record) -> None:
    number = header.get("RECORDID", "")
    if not number or company.settings.duplicate_card_reference == "accept":
        return
    for other in company.store.find(SIDE, "CCTRANSACTION", "RECORDID", number):
        if other.get("FINANCIALENTITY") == header["FINANCIALENTITY"]:
            raise problems.duplicate(company.catalog["CCTRANSACTION"], number)
