"""The kinds of document that this project posts, one file each. ``KINDS`` is the only list of them."""

from __future__ import annotations

from certify_intacct.documents.ap_bill import ApBill
from certify_intacct.documents.base import Kind
from certify_intacct.documents.credit_card_transaction import CreditCardTransaction
from certify_intacct.documents.expense_report import IntacctExpenseReport
from certify_intacct.documents.gl_journal import GlJournal
from certify_intacct.model.configuration.posting import HOLD, NONE, PostingConfiguration
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer

KINDS: tuple[Kind, ...] = (ApBill(), CreditCardTransaction(), GlJournal(), IntacctExpenseReport())

_BY_KIND = {kind.kind: kind for kind in KINDS}


def kind_of(kind: DocumentKind) -> Kind:
    """The kind of a document."""
    return _BY_KIND[kind]


def targets(posting: PostingConfiguration) -> dict[Payer, Kind | None]:
    """What becomes of each payer's part; None where connector.yaml says hold, or that it is none of ours."""
    words = {payer: posting.paid_by(payer).target for payer in Payer}
    return {payer: None if word in (HOLD, NONE) else kind_of(DocumentKind(word)) for payer, word in words.items()}


def in_use(posting: PostingConfiguration) -> dict[Kind, str]:
    """The kinds that connector.yaml asks for, each with the key that does."""
    used: dict[Kind, str] = {}
    for payer, kind in targets(posting).items():
        if kind is not None:
            used.setdefault(kind, f"posting.{payer}_paid.target")
    return used


def texts_sent(posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
    """By object and field the longest text that the kinds in use send there, and what decides it."""
    return {place: longest for kind in in_use(posting) for place, longest in kind.texts(posting).items()}


def label_of(word: str) -> str:
    """A kind as a person calls it, by its word in plan and ledger."""
    return next((kind.label for kind in KINDS if kind.kind == word), word.replace("_", " "))
