"""The kinds of document as the judge and the storm know them, one file each. `KINDS` is the only list of them."""

from __future__ import annotations

from include.chaos.kinds.ap_bill import ApBill
from include.chaos.kinds.base import COMPANY, EMPLOYEE, Kind, Member
from include.chaos.kinds.credit_card_transaction import CreditCardTransaction
from include.chaos.kinds.expense_report import ExpenseReport
from include.chaos.kinds.gl_journal import GlJournal

__all__ = ["COMPANY", "EMPLOYEE", "KINDS", "LETTERS", "NUMBERS_ITSELF", "Kind", "Member", "kind_of", "kind_of_number"]

KINDS: tuple[Kind, ...] = (ApBill(), CreditCardTransaction(), ExpenseReport(), GlJournal())
#: The object of which Intacct gives out numbers itself, unless the company's settings say more.
NUMBERS_ITSELF = ExpenseReport.object
#: What a number ends with.
LETTERS = "".join(kind.letter for kind in KINDS)

_BY_OBJECT = {kind.object: kind for kind in KINDS}
_BY_LETTER = {kind.letter: kind for kind in KINDS}


def kind_of(name: str) -> Kind:
    """The kind of an object of Intacct."""
    return _BY_OBJECT[name]


def kind_of_number(number: str) -> Kind:
    """The kind of the document that has a number."""
    return _BY_LETTER[number[-1]]
