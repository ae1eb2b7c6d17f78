"""A document to post in Intacct, its identity, and its canonical form.

The canonical form is JSON in UTF-8 with sorted keys and no white space; amounts are texts with exactly two decimals, dates are ISO.
Two documents are the same when their canonical bytes are, and the SHA-256 of those bytes is what ledger events record. So a form that
is in somebody's ledger never changes: what documents learn to say later is left out where it says nothing new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from certify_intacct.model.payers import Payer

CENT = Decimal("0.01")
#: Among the details of a document.
PAID, ELSEWHERE = "paid", "elsewhere"
#: Among the details of a document that has its supplier's number: that number.
BILL_NUMBER = "bill_number"
#: The date that it gave it, whenever it is posted.
INVOICE_DATE = "invoice_date"
#: Among the details of a document whose lines lie in several entities: the one among them whose document it is.
OWNER = "owner_entity"


class DocumentKind(StrEnum):
    """What a document becomes in Intacct; everything else about a kind stands in its file of ``certify_intacct.documents``.

    :ivar letter: the last character of a document number: an Intacct Smart Rule can tell the kinds apart by it
    :ivar lists: the streams of Intacct that are read for it and for no other kind
    :ivar own_on_header: whether its header, and not its lines alone, has a place for the company's own fields
    :ivar number_elsewhere: whether it has a number of somebody else's, and ours stands in the field of the token
    """

    letter: str
    lists: tuple[str, ...]
    own_on_header: bool
    number_elsewhere: bool

    def __new__(
        cls,
        value: str,
        letter: str = "",
        lists: tuple[str, ...] = (),
        own_on_header: bool = True,
        elsewhere: bool = False,
    ) -> DocumentKind:
        member = str.__new__(cls, value)
        member._value_ = value
        member.letter, member.lists, member.own_on_header, member.number_elsewhere = (
            letter,
            lists,
            own_on_header,
            elsewhere,
        )
        return member

    AP_BILL = "ap_bill", "B"
    CREDIT_CARD_TRANSACTION = "credit_card_transaction", "C"
    GL_JOURNAL = "gl_journal", "J", ("intacct_journals",)
    EXPENSE_REPORT = (
        "expense_report", "E", ("intacct_payee_employees", "intacct_expense_types", "intacct_expense_payment_types"),
    )  # fmt: skip
    CARD_VENDOR_BILL = "card_vendor_bill", "V"
    AP_ADJUSTMENT = "ap_adjustment", "A"
    # The function that makes one has `customfields` on its lines alone.
    EXPENSE_ADJUSTMENT = "expense_adjustment", "X", (), False
    SUPPLIER_BILL = "supplier_bill", "S", (), True, True


#: Until canonical forms named the payer, each kind had one. These two leave theirs out for ever: their forms are in ledgers already.
_PAYER_LEFT_OUT = {
    DocumentKind.AP_BILL: Payer.EMPLOYEE,
    DocumentKind.CREDIT_CARD_TRANSACTION: Payer.COMPANY,
}


@dataclass(frozen=True, order=True, kw_only=True)
class DocumentKey:
    """What a document *is*: kind, entity, currency and card are attributes, so a remap never makes a second one."""

    certify_company: str
    intacct_company: str
    report_id: str
    sequence: int
    ordinal: int


@dataclass(frozen=True, kw_only=True)
class TaxEntry:
    """Tax of a line: the tax detail's ID (TAXDETAIL.DETAILID) and the amount."""

    detail_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What was spent of a line in another currency than its document's.

    :param rate: units of the document's currency for one of ``currency``, as it is sent: it makes the line's amount to the cent
    """

    currency: str
    amount: Decimal
    rate: str


@dataclass(frozen=True, kw_only=True)
class DocumentLine:
    """One line of a document.

    :param expense_id: the Certify expense it comes from
    :param amount: without the tax of ``tax``
    :param account: GL account number, or account label when the document's ``by_label`` says so
    :param dimensions: further dimensions by Intacct's field name (``PROJECTID``)
    :param billable: whether it is billed on to its customer
    :param spent: what was spent in another currency, where that is stated
    :param expense_date: the day of the expense, and ``merchant`` who was paid: of kinds whose lines state them
    :param custom_fields: the company's own fields by name, a date in ISO form
    """

    expense_id: str
    account: str
    amount: Decimal
    memo: str = ""
    location_id: str = ""
    department_id: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)
    tax: tuple[TaxEntry, ...] = ()
    billable: bool = False
    spent: Spent | None = None
    expense_date: date | None = None
    merchant: str = ""
    custom_fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """The line with its tax, in the currency of the document."""
        return self.amount + sum((entry.amount for entry in self.tax), Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document, whole, as it is to stand in Intacct.

    :param payer: whose part of the report it is
    :param number: at most 20 characters, the number under which Intacct shows it
    :param token: the part of the number that all documents of the report share
    :param entity: LOCATIONID of the Intacct entity whose money it is, or whose document it is where its lines lie in several
    :param session_entity: the entity in whose session it is posted, empty for top level
    :param payee_id: whom or what it names in Intacct, by its kind (VENDORID, CARDID)
    :param payee_name: the same for people: the employee, or the merchant of a card charge
    :param intended_date: the date by rule, when a closed period moved ``posting_date`` to a later one
    :param exchange_rate_type: Intacct's rate type, empty when the currency is the base currency
    :param exchange_rate: in its place the company's own rate, units of the base currency for one of its own, as it is sent
    :param tax_solution: TAXSOLUTIONID, when lines carry tax entries
    :param details: what only its kind knows, by names of the kind's own
    :param custom_fields: the company's own fields of its header, as those of a line
    """

    key: DocumentKey
    kind: DocumentKind
    payer: Payer
    number: str
    token: str
    entity: str
    session_entity: str
    currency: str
    base_currency: str
    payee_id: str
    payee_name: str
    posting_date: date
    description: str
    lines: tuple[DocumentLine, ...]
    intended_date: date | None = None
    due_date: date | None = None
    term: str = ""
    exchange_rate_type: str = ""
    exchange_rate: str = ""
    exchange_rate_date: date | None = None
    by_label: bool = False
    tax_solution: str = ""
    attachment_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    custom_fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """All lines with their tax, in its currency; below zero for a credit."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def clears_payment(self) -> bool:
        """Whether it books what somebody has paid to the employee elsewhere."""
        return self.details.get(PAID) == ELSEWHERE

    @property
    def shares(self) -> dict[str, Decimal]:
        """By entity what of its total is whose."""
        if OWNER not in self.details:
            return {self.entity: self.total}
        found: dict[str, Decimal] = {}
        for line in self.lines:
            found[line.location_id] = found.get(line.location_id, Decimal(0)) + line.total
        return found

    @property
    def stated_solution(self) -> str | None:
        """The tax solution as it is sent: inside an entity, which has one, it is left out."""
        return None if self.session_entity else self.tax_solution or None

    @property
    def expense_ids(self) -> frozenset[str]:
        """The IDs in Certify of the expenses in it."""
        return frozenset(line.expense_id for line in self.lines)

    def canonical(self) -> bytes:
        """The canonical form (see the module).

        :raises ValueError: when an amount has more than two decimals
        """
        return self._canonical

    @cached_property
    def _canonical(self) -> bytes:
        plain = _plain(self)
        if _PAYER_LEFT_OUT.get(self.kind) is self.payer:
            del plain["payer"]
        for learnt in ("details", "exchange_rate", "custom_fields"):
            if not plain[learnt]:
                del plain[learnt]
        for line in plain["lines"]:
            for learnt in ("billable", "spent", "expense_date", "merchant", "custom_fields"):
                if not line[learnt]:
                    del line[learnt]
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def sha256(self) -> str:
        """The hash of the canonical form, in hexadecimal digits: what an approval and an event of the ledger are about."""
        return hashlib.sha256(self._canonical).hexdigest()

    @classmethod
    def from_canonical(cls, canonical: bytes) -> Document:
        """The document whose canonical form this is, of whatever version."""
        data = json.loads(canonical)
        kind = DocumentKind(data["kind"])
        payer = Payer(data["payer"]) if "payer" in data else _PAYER_LEFT_OUT[kind]
        lines = tuple(
            DocumentLine(
                **{
                    **line,
                    "amount": Decimal(line["amount"]),
                    "tax": tuple(TaxEntry(detail_id=t["detail_id"], amount=Decimal(t["amount"])) for t in line["tax"]),
                    "spent": _spent(line.get("spent")),
                    "expense_date": _day(line.get("expense_date")),
                }
            )
            for line in data["lines"]
        )
        dates = {name: _day(data[name]) for name in ("posting_date", "intended_date", "due_date", "exchange_rate_date")}
        key = DocumentKey(**data["key"])
        return cls(**{**data, **dates, "key": key, "kind": kind, "payer": payer, "lines": lines})


def _spent(data: Mapping[str, str] | None) -> Spent | None:
    return Spent(currency=data["currency"], amount=Decimal(data["amount"]), rate=data["rate"]) if data else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# Most of what a document holds; their subclasses, words of an enum, are written as what they stand for.
_AS_THEY_ARE = frozenset({str, bool, int, type(None)})


def _plain(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    if isinstance(value, Decimal):
        return money_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def money_text(amount: Decimal) -> str:
    """The amount with exactly two decimals and no exponent.

    :raises ValueError: when a third decimal is not zero: Intacct would round it
    """
    exact = amount.quantize(CENT)
    if exact != amount:
        raise ValueError(f"{amount} has more than two decimals.")
    return f"{exact if exact else abs(exact):f}"
