"""Looks for documents of ours in Intacct, by token and number, in the session in which they are posted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct.filters import In, Or
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.errors import FunctionFailed, IncompleteAnswer, PermissionDenied
from certify_intacct.model.ledger import LedgerState
from certify_intacct.rules.expenses import identity

if TYPE_CHECKING:
    from certify_intacct.intacct.filters import Filter
    from certify_intacct.intacct.hook import SageIntacctHook

log = logging.getLogger(__name__)

# `in` takes a thousand values; a bill is asked for by two lists.
VALUES = 1000

_PAYEE = {DocumentKind.AP_BILL: "VENDORID", DocumentKind.CREDIT_CARD_TRANSACTION: "FINANCIALENTITY"}
_LINES = {DocumentKind.AP_BILL: "APBILLITEM", DocumentKind.CREDIT_CARD_TRANSACTION: "CCTRANSACTIONENTRY"}
# The words of STATE. Whatever is not listed is in Intacct but not (or not yet) in its general ledger.
_IN_GL = frozenset({"posted", "paid", "partially paid", "confirmed"})
# The counter-entry that Intacct makes when a document is reversed; it carries the document's names and is none of ours.
_COUNTER = "reversal"
_REVERSED = frozenset({"reversed", "voided"})


@dataclass(frozen=True, kw_only=True)
class Found:
    """A document as Intacct has it."""

    kind: DocumentKind
    record_no: str
    number: str
    token: str
    payee_id: str
    currency: str
    total: Decimal | None
    state: str
    url: str

    @property
    def ledger_state(self) -> LedgerState:
        """What its STATE means for the ledger."""
        state = self.state.casefold()
        if state in _REVERSED:
            return LedgerState.REVERSED
        return LedgerState.IN_GL if state in _IN_GL else LedgerState.ACCEPTED

    def agrees_with(self, document: Document) -> bool:
        """Vendor or card, currency and total are those of ``document`` (the number of lines is asked apart)."""
        return (self.payee_id, self.currency or document.currency, self.total) == (
            document.payee_id,
            document.currency,
            document.total,
        )

    def disagreement(self, document: Document) -> str:
        """What differs, for a person."""
        pairs = (
            ("payee", document.payee_id, self.payee_id),
            ("currency", document.currency, self.currency),
            ("total", document.total, self.total),
        )
        return ", ".join(f"{name} {theirs} instead of {ours}" for name, ours, theirs in pairs if ours != theirs)


def look(hook: SageIntacctHook, documents: Iterable[Document], *, other_kinds: bool = False) -> list[Found]:
    """Everything in Intacct that carries the token of one of ``documents`` (bills) or its number, whoever put it there.

    :param other_kinds: also what a report was posted as before a mapping made another kind of document of it
    :raises ConnectorError: when Intacct cannot answer completely; nothing can be said then
    """
    found: list[Found] = []
    by_session: dict[str, list[Document]] = {}
    for document in documents:
        by_session.setdefault(document.session_entity, []).append(document)
    for session, members in by_session.items():
        kinds = {member.kind for member in members}
        for kind in _PAYEE if other_kinds else kinds:
            named = [member for member in members if other_kinds or member.kind is kind]
            try:
                found += _named(hook, kind, session, named)
            except (PermissionDenied, FunctionFailed) as error:
                if kind in kinds:
                    raise
                # A company that posts no such documents need not let us see them; then none of ours are there either.
                log.info("%s is not looked for: %s", kind.object, error)
    # A bill may be found by both of its names.
    unique = {(item.kind, item.record_no): item for item in found if item.state.casefold() != _COUNTER}
    return list(unique.values())


def _named(hook: SageIntacctHook, kind: DocumentKind, session: str, documents: Sequence[Document]) -> list[Found]:
    """What there is of one kind under the names that the documents have, would have as this kind, or had when first posted."""
    tokens = {
        identity.document_number(document.token, sequence, document.key.ordinal, kind): document.token
        for document in documents
        for sequence in range(1, document.key.sequence + 1)
    } | {document.number: document.token for document in documents if document.kind is kind}
    found: list[Found] = []
    for part in _chunks(sorted(tokens), VALUES):
        wanted: Filter = In("RECORDID", part)
        if kind is DocumentKind.AP_BILL:
            wanted = Or(wanted, In("DOCNUMBER", sorted({tokens[number] for number in part})))
        found += _query(hook, kind, session, wanted)
    return found


def by_record(
    hook: SageIntacctHook, kind: DocumentKind, session_entity: str, record_numbers: Collection[str]
) -> dict[str, Found]:
    """Documents by RECORDNO, as they are now; one that is missing is not there, or not to be seen yet."""
    found: dict[str, Found] = {}
    for part in _chunks(sorted(record_numbers), VALUES):
        found |= {item.record_no: item for item in _query(hook, kind, session_entity, In("RECORDNO", part))}
    return found


def line_counts(
    hook: SageIntacctHook, kind: DocumentKind, session_entity: str, record_numbers: Collection[str]
) -> dict[str, int]:
    """How many lines each document has, by RECORDNO."""
    counts: Counter[str] = Counter()
    for part in _chunks(sorted(record_numbers), VALUES):
        for record in hook.query_all(
            _LINES[kind],
            ["RECORDNO", "RECORDKEY"],
            filter=In("RECORDKEY", part),
            entity=session_entity,
            show_private=True,
        ):
            counts[str(record["RECORDKEY"])] += 1
    return dict(counts)


def _query(hook: SageIntacctHook, kind: DocumentKind, session: str, wanted: Filter) -> list[Found]:
    payee = _PAYEE[kind]
    fields = ["RECORDNO", "RECORDID", payee, "CURRENCY", "TRX_TOTALENTERED", "STATE", "RECORD_URL"]
    if kind is DocumentKind.AP_BILL:
        fields.append("DOCNUMBER")
    return [
        Found(
            kind=kind,
            record_no=str(record["RECORDNO"]),
            number=record["RECORDID"],
            token=record.get("DOCNUMBER", ""),
            payee_id=record[payee],
            currency=record["CURRENCY"],
            total=_amount(record["TRX_TOTALENTERED"]),
            state=record["STATE"],
            url=record["RECORD_URL"],
        )
        for record in hook.query_all(kind.object, fields, filter=wanted, entity=session, show_private=True)
    ]


def _amount(text: Any) -> Decimal | None:
    if text in (None, ""):
        return None
    try:
        return Decimal(str(text))
    except InvalidOperation:
        raise IncompleteAnswer(f"Intacct states an amount as {text!r}.", where="look-up of documents") from None


def _chunks(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
