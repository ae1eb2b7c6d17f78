"""Charge card transactions (CCTRANSACTION), which only record_cctransaction and update_cctransaction touch.

Intacct XML gateway reference, Cash Management > Charge card transactions. The card's entity decides where it may be used. A
transaction with inclusive taxes cannot be updated, and of a paid one only what its money does not depend on (release notes).
"""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence

from include.sandbox.intacct import documents, fields, problems
from include.sandbox.intacct.company import SIDE, Company
from include.sandbox.intacct.documents import (
    GONE,
    PAID,
    Document,
    below_zero,
    lines_again,
    owner_of,
    price_lines,
    totals,
)
from include.sandbox.intacct.given import Given
from include.sandbox.intacct.lines import settle_lines
from include.sandbox.intacct.money import rate_kept, rate_of
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import need_date

_WORDS = frozenset({"RECORDID", "DESCRIPTION", "DESCRIPTION2", "SUPDOCID"})
_PAYMENT = (
    "STATE",
    "RAWSTATE",
    "WHENPAID",
    *(f"{prefix}TOTAL{part}" for prefix in ("", "TRX_") for part in ("PAID", "DUE", "SELECTED")),
)


def prepare(company: Company, given: Given, before: Record | None = None) -> Document:
    """The card transaction that would be kept: a new one, or `before` with the given changes. Raises Problem."""
    kind = given.kind
    if before is not None:
        _changeable(company, given, before)
    elif company.only_inside_entities(company.settings.card_charges_at_top_level):
        raise problems.other("Credit card transactions can only be entered at the entity level.")
    header = {
        **rate_kept(before or {}, given.fields),
        **fields.settle(company, given, defaults=before is None, active=True),
    }
    card = _card(company, header)
    fields.require(kind, header)
    _reference(company, header, before)
    if given.lines is None and before is not None:
        given.lines = kept_lines(company, before)
    if not given.lines:
        raise problems.no_lines(kind)
    lines = settle_lines(company, header, given.lines)
    for line in lines:
        if card.get("LIABACCTNO") and line.record.get("ACCOUNTNO") == card["LIABACCTNO"]:
            raise problems.card_account(card["LIABACCTNO"], card["CARDID"])
    _require_unexpired(company, card, header["WHENCREATED"])
    below_zero(company, kind, company.settings.negative_card_transaction, lines)
    owner, touched = owner_of(company, lines)
    rate = rate_of(company, header, owner, header["WHENCREATED"])
    header |= rate.header_fields() | totals(company, rate, lines)
    header |= {
        "STATE": "Posted",
        "RAWSTATE": "A",
        "RECORDTYPE": "cc",  # inferred from the pi of bills
        "MODULEKEY": kind.module or "",
        "CLEARED": "false" if before is None else before.get("CLEARED", "false"),
    }
    if not company.permitted("POST", kind.name):
        header |= {"STATE": "Draft", "RAWSTATE": "D"}
    if before is not None and before.get("STATE") in PAID:
        header |= {name: before[name] for name in _PAYMENT if name in before}
    day = header["WHENCREATED"]
    return Document(kind, header, price_lines(company, rate, lines, day), touched, day)


def keep(company: Company, given: Given) -> Record:
    """Keep a new card transaction. Raises Problem."""
    return documents.keep(company, prepare(company, given))


def kept_lines(company: Company, before: Record) -> list[Given]:
    """The lines of a kept transaction as if they were given again."""
    return lines_again(company, company.catalog["CCTRANSACTION"], before["RECORDNO"], without="ACCOUNTLABEL")


def _changeable(company: Company, given: Given, before: Record) -> None:
    current = before.get("STATE", "")
    if before.get("INCLUSIVETAX") == "true":
        raise problems.other("A transaction with inclusive taxes cannot be updated.")
    if current in GONE or (current in PAID and not _only_words(company, given, before)):
        raise problems.other(f"The transaction is {current.lower()} and cannot be changed.")


def _only_words(company: Company, given: Given, before: Record) -> bool:
    """Whether nothing is given but what may be changed of a paid transaction: its texts, its attachment, and its lines' memos."""

    def without_memo(lines: Sequence[Given]) -> list[dict[str, str]]:
        return [{name: text for name, text in line.fields.items() if name != "DESCRIPTION"} for line in lines]

    if not given.fields.keys() <= _WORDS:
        return False
    return given.lines is None or without_memo(given.lines) == without_memo(kept_lines(company, before))


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


def _require_unexpired(company: Company, card: Record, day: str) -> None:
    """EXP_MONTH is a month's number or English name (both are told of clients). Raises Problem."""
    month, year = card.get("EXP_MONTH", ""), card.get("EXP_YEAR", "")
    if company.settings.expired_card == "accept" or not (month and year):
        return
    number = int(month) if month.isdigit() else list(month_name).index(month)
    compared = company.now.date() if company.settings.expired_card == "today" else need_date(day)
    if (compared.year, compared.month) > (int(year), number):
        raise problems.expired_card(card["CARDID"])


def _reference(company: Company, header: Record, before: Record | None) -> None:
    number = header.get("RECORDID", "")
    if not number or company.settings.duplicate_card_reference == "accept":
        return
    for other in company.store.find(SIDE, "CCTRANSACTION", "RECORDID", number):
        same = before is not None and other["RECORDNO"] == before["RECORDNO"]
        if not same and other.get("FINANCIALENTITY") == header["FINANCIALENTITY"]:
            raise problems.duplicate(company.catalog["CCTRANSACTION"], number)


RULES = documents.Rules(object="CCTRANSACTION", prepare=prepare, keep=keep, kept_lines=kept_lines)
