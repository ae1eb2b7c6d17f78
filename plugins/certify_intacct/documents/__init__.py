"""The kinds of document that this project posts, one file each. ``KINDS`` is the only list of them."""

from __future__ import annotations

from certify_intacct.documents.ap_bill import ApBill
from certify_intacct.documents.base import Kind
from certify_intacct.documents.credit_card_transaction import CreditCardTransaction
from certify_intacct.documents.expense_report import IntacctExpenseReport
from certify_intacct.documents.gl_journal import GlJournal
from certify_intacct.model.configuration.posting import HOLD, NONE, PostingConfiguration, targets_of
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payers import Payer

KINDS: tuple[Kind, ...] = (ApBill(), CreditCardTransaction(), GlJournal(), IntacctExpenseReport())

_BY_KIND = {kind.kind: kind for kind in KINDS}


def kind_of(kind: DocumentKind) -> Kind:
    """The kind of a document."""
    return _BY_KIND[kind]


def targets() -> dict[str, Kind | None]:
    """The kinds by their words in connector.yaml; None for those that make no documents."""
    return {HOLD: None, NONE: None} | {kind.kind.value: kind for kind in KINDS}


def in_use(posting: PostingConfiguration) -> dict[Kind, str]:
    """The kinds that connector.yaml asks for, each with the key that does."""
    used: dict[Kind, str] = {}
    for payer in Payer:
        for word, key in targets_of(posting.paid_by(payer)).items():
            if word not in (HOLD, NONE):
                used.setdefault(kind_of(DocumentKind(word)), f"posting.{payer}_paid.{key}")
    return used


def texts_sent(posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
    """By object and field the longest text that the kinds in use send there, and what decides it."""
    return {place: longest for kind in in_use(posting) for place, longest in kind.texts(posting).items()}


def label_of(word: str) -> str:
    """A kind as a person calls it, by its word in plan and ledger."""
    return next((kind.label for kind in KINDS if kind.kind == word), word.replace("_", " "))
