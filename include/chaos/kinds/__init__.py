"""The kinds of document as the judge and the storm know them, one file each. `KINDS` is the only list of them."""

from __future__ import annotations

from include.chaos.kinds.ap_adjustment import ApAdjustment
from include.chaos.kinds.ap_bill import ApBill
from include.chaos.kinds.base import COMPANY, EMPLOYEE, Kind, Member
from include.chaos.kinds.card_vendor_bill import CardVendorBill
from include.chaos.kinds.credit_card_transaction import CreditCardTransaction
from include.chaos.kinds.expense_adjustment import ExpenseAdjustment
from include.chaos.kinds.expense_report import ExpenseReport
from include.chaos.kinds.gl_journal import GlJournal
from include.chaos.kinds.supplier_bill import SupplierBill

__all__ = [
    "COMPANY", "EMPLOYEE", "KINDS", "LETTERS", "NUMBERS_ITSELF", "OBJECTS", "Kind", "Member", "kind_of_number", "reader_of",
]  # fmt: skip

KINDS: tuple[Kind, ...] = (
    ApBill(),
    CreditCardTransaction(),
    ExpenseReport(),
    GlJournal(),
    CardVendorBill(),
    ApAdjustment(),
    ExpenseAdjustment(),
    SupplierBill(),
)
#: The object of which Intacct gives out numbers itself, unless the company's settings say more.
NUMBERS_ITSELF = ExpenseReport.object
#: What a number ends with.
LETTERS = "".join(kind.letter for kind in KINDS)

_READERS = {kind.object: kind for kind in reversed(KINDS)}
_BY_LETTER = {kind.letter: kind for kind in KINDS}
#: The objects of Intacct that documents are.
OBJECTS = tuple(dict.fromkeys(kind.object for kind in KINDS))


def reader_of(name: str) -> Kind:
    """Who reads an object of Intacct. Two kinds may be one object: they are read alike, and the number says which it is."""
    return _READERS[name]


def kind_of_number(number: str) -> Kind:
    """The kind of the document that has a number, or of one that ends with a letter."""
    return _BY_LETTER[number[-1]]
