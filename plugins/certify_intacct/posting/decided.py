"""What persons took out of our hands of a report, as the rules ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from certify_intacct.rules.expenses.taken_out import TakenOut

if TYPE_CHECKING:
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
        )
        for (of_report, content_hash), kept in closed.items()
        if of_report == report_id
    ]
