"""The kinds of document that this project posts, one file each. ``KINDS`` is the only list of them."""

from __future__ import annotations

from collections.abc import Sequence

from certify_intacct.documents.ap_adjustment import ApAdjustment
from certify_intacct.documents.ap_bill import ApBill
from certify_intacct.documents.base import Kind
from certify_intacct.documents.card_vendor_bill import CardVendorBill
from certify_intacct.documents.credit_card_transaction import CreditCardTransaction
from certify_intacct.documents.expense_adjustment import ExpenseAdjustment
from certify_intacct.documents.expense_report import IntacctExpenseReport
from certify_intacct.documents.found import Found
from certify_intacct.documents.gl_journal import GlJournal
from certify_intacct.documents.reading import Record
from certify_intacct.documents.supplier_bill import SupplierBill
from certify_intacct.model.configuration.paid import HOLD, NONE
from certify_intacct.model.configuration.posting import PostingConfiguration
from certify_intacct.model.dimensions import BY_NAME
from certify_intacct.model.documents import DocumentKind
from certify_intacct.rules.expenses import identity

KINDS: tuple[Kind, ...] = (
    ApBill(), CreditCardTransaction(), GlJournal(), IntacctExpenseReport(), CardVendorBill(), ApAdjustment(),
    ExpenseAdjustment(), SupplierBill(),
)  # fmt: skip

_BY_KIND = {kind.kind: kind for kind in KINDS}
_BY_OBJECT = {one.object: tuple(kind for kind in KINDS if kind.object == one.object) for one in KINDS}

#: For each object of Intacct the first kind that is made as one. All of an object are asked for at once, and read alike, by it.
READERS: tuple[Kind, ...] = tuple(kinds[0] for kinds in _BY_OBJECT.values())


def kind_of(kind: DocumentKind) -> Kind:
    """The kind of a document."""
    return _BY_KIND[kind]


def reader_of(kind: DocumentKind) -> Kind:
    """Who asks for documents of a kind, and reads them."""
    return _BY_OBJECT[_BY_KIND[kind].object][0]


def read_by(reader: Kind) -> tuple[Kind, ...]:
    """The kinds that are asked for together with one."""
    return _BY_OBJECT[reader.object]


def alike(kind: DocumentKind) -> list[DocumentKind]:
    """The kinds that are made as the same object as one, which is among them: a RECORDNO means one record for all of them."""
    return [other.kind for other in read_by(reader_of(kind))]


def read_back(reader: Kind, record: Record, lines: Sequence[Record]) -> Found:
    """A record of Intacct as a document, of that kind of its object which its number names.

    Somebody else's number names none; such a record, which may carry our token all the same, is read as the reader's own.
    """
    ours = identity.parse_number(reader.names_of(record)[0])
    named = next((kind for kind in read_by(reader) if ours is not None and kind.kind is ours[-1]), reader)
    return named.read_back(record, lines)


def targets() -> dict[str, Kind | None]:
    """The kinds by their words in connector.yaml; None for those that make no documents."""
    return {HOLD: None, NONE: None} | {kind.kind.value: kind for kind in KINDS}


def in_use(posting: PostingConfiguration) -> dict[Kind, str]:
    """The kinds that connector.yaml asks for, each with the key that does."""
    return {kind_of(kind): key for kind, key in posting.kinds.items()}


def pays_vendors(posting: PostingConfiguration) -> bool:
    """Whether anything that is owed to employees is paid to them as vendors."""
    return any(kind.person is not None and kind.person[0] == BY_NAME["vendor"].object for kind in in_use(posting))


def texts_sent(posting: PostingConfiguration) -> dict[tuple[str, str], tuple[int, str]]:
    """By object and field the longest text that the kinds in use send there, and what decides it."""
    longest: dict[tuple[str, str], tuple[int, str]] = {}
    for kind in in_use(posting):
        for place, text in kind.texts(posting).items():
            longest[place] = max(text, longest.get(place, text))
    return longest


def label_of(word: str) -> str:
    """A kind as a person calls it, by its word in plan and ledger."""
    return next((kind.label for kind in KINDS if kind.kind == word), word.replace("_", " "))
