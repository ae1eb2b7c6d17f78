"""What the ledger has of a report, held against what Certify says of it now.

What Intacct has, or may have, is compared with its own lines and nothing else: the rest of a report may be cured in Certify.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certify_intacct.model.ledger import GONE, LIVE, NOT_EXECUTED, LedgerState
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.numbering import Earlier, InLedger

if TYPE_CHECKING:
    from certify_intacct.staging.ledger_reads import LedgerDocument

IN_FLIGHT = (LedgerState.SENDING, LedgerState.IN_DOUBT)


@dataclass(frozen=True, kw_only=True)
class ChangedDocument:
    """A document whose own lines are others in Certify by now.

    :param now_hash: of what Certify says of its lines now: what a person may accept
    """

    document: LedgerDocument
    differences: tuple[str, ...]
    now_hash: str


@dataclass(frozen=True, kw_only=True)
class ReportStanding:
    """A report's documents, each by its newest sequence.

    :param live: Intacct has them, or may have them
    :param held: those of ``live`` of which nobody knows, and of which no person has said that they are not there
    :param retired: held until now, and a person has looked: they are not in Intacct
    :param earlier: what Intacct has not
    """

    live: tuple[LedgerDocument, ...] = ()
    held: tuple[LedgerDocument, ...] = ()
    retired: tuple[LedgerDocument, ...] = ()
    earlier: tuple[LedgerDocument, ...] = ()
    changed: tuple[ChangedDocument, ...] = ()
    highest: int = field(default=0)

    @property
    def in_flight(self) -> tuple[LedgerDocument, ...]:
        """Those that are being sent, or were sent and not answered."""
        return tuple(document for document in self.live if document.state in IN_FLIGHT)

    @property
    def ledger(self) -> InLedger:
        """The same as the rules ask for it."""
        return InLedger(
            taken=frozenset((line, document.payer) for document in self.live for line in document.document.expense_ids),
            earlier=tuple(_earlier(document) for document in (*self.earlier, *self.retired)),
            highest=self.highest,
        )

    def revision_of(self, ordinal: int, sequence: int) -> int:
        """Under which revision a document is sent next."""
        for document in (*self.earlier, *self.retired):
            if (document.ordinal, document.sequence) == (ordinal, sequence) and document.state not in GONE:
                return document.revision + 1
        return 1


def standing(
    documents: Sequence[LedgerDocument],
    content: Mapping[str, Any],
    released: Mapping[str, Collection[str]],
    accepted: Collection[tuple[str, str]],
    *,
    taken_out: Collection[str] = (),
) -> ReportStanding:
    """How a report's documents stand.

    :param content: the business content of the report as Certify has it now
    :param released: rules that persons overruled, by the hash of what they decided about
    :param accepted: number and hash of what persons accepted as it was posted
    :param taken_out: hashes of what persons took out of our hands (booked by hand, not ours)
    """
    here = newest(documents)
    source = hashing.source_hash(content)
    retired = tuple(
        one for one in here if one.state is LedgerState.HELD and looked_for((one.part, source), released, taken_out)
    )
    live = tuple(one for one in here if one.state in LIVE and one not in retired)
    return ReportStanding(
        live=live,
        held=tuple(one for one in live if one.state is LedgerState.HELD),
        retired=retired,
        earlier=tuple(one for one in here if one.state not in LIVE),
        changed=tuple(found for one in live if (found := _changed(one, content, accepted)) is not None),
        highest=max((one.ordinal for one in here), default=0),
    )


def newest(documents: Sequence[LedgerDocument]) -> list[LedgerDocument]:
    """A report's documents, each by its newest sequence, in order of their ordinals."""
    found = {document.ordinal: document for document in sorted(documents, key=lambda one: one.sequence)}
    return [found[ordinal] for ordinal in sorted(found)]


def looked_for(keys: Collection[str], released: Mapping[str, Collection[str]], taken_out: Collection[str]) -> bool:
    """Whether a person has looked for a held document, and so decided that it is not in Intacct as ours.

    :param keys: hashes about which that may have been decided: of the document's lines, of the report
    """
    return any(Rule.HELD_DOCUMENT in released.get(key, ()) or key in taken_out for key in keys)


def _changed(
    document: LedgerDocument, content: Mapping[str, Any], accepted: Collection[tuple[str, str]]
) -> ChangedDocument | None:
    now = hashing.part_content(content, document.payer, document.document.expense_ids)
    now_hash = hashing.source_hash(now)
    if now_hash == document.part:
        return None
    differences = tuple(hashing.differences(document.content, now))
    # What was posted, or accepted, when the company used less of a report is compared with that.
    if not differences or any((document.number, form) in accepted for form in hashing.forms(now)):
        return None
    return ChangedDocument(document=document, differences=differences, now_hash=now_hash)


def _earlier(document: LedgerDocument) -> Earlier:
    return Earlier(
        ordinal=document.ordinal,
        sequence=document.sequence,
        payer=document.payer,
        expense_ids=document.document.expense_ids,
        gone=document.state in GONE,
        refused=document.state is LedgerState.REJECTED and not document.answer.get(NOT_EXECUTED),
    )
