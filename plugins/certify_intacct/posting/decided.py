"""What persons took out of our hands of a report, as the rules ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.rules.expenses.taken_out import TakenOut, decided_parts

if TYPE_CHECKING:
    from certify_intacct.model.documents import Document
    from certify_intacct.staging.decisions import KeptDecision
    from certify_intacct.staging.ledger_reads import LedgerDocument


def taken_out_of(
    report_id: str, closed: Mapping[tuple[str, str], KeptDecision], documents: Iterable[LedgerDocument]
) -> list[TakenOut]:
    """The decisions about a report, the oldest first.

    :param closed: those of all reports, by report and the hash of what each is about
    :param documents: what the ledger has of the report: an earlier version may have kept nothing else of what was decided about
    """
    known = {document.part: document.content for document in documents}
    return [
        TakenOut(
            decision=kept.decision,
            said=kept.said,
            content_hash=content_hash,
            content=kept.content or known.get(content_hash),
            stood=kept.stood,
        )
        for (of_report, content_hash), kept in closed.items()
        if of_report == report_id
    ]


def taken_out_since(document: Document, part: str, content: Mapping[str, Any], made: Sequence[TakenOut]) -> str:
    """That a person took a document, or lines of it, out of our hands since it was planned: the beginning of a sentence; empty when
    nobody did.

    :param part: the hash of the business fields of its own lines
    :param content: the business content of its report, as it was planned
    :param made: the decisions about its report (``taken_out_of``)
    """
    out = decided_parts(made, content).out
    found = [out[of].decision for line in sorted(document.expense_ids) if (of := (line, document.payer)) in out]
    found += [one.decision for one in made if one.content_hash == part]
    return f"A person decided since it was planned: {found[0].value.replace('_', ' ')}" if found else ""
