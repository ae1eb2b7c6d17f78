"""What a person took out of the connector's hands (booked by hand, not ours) since a document was planned: it is not sent any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certify_intacct.rules.expenses.taken_out import TakenOut, decided_parts

if TYPE_CHECKING:
    from certify_intacct.model.documents import Document
    from certify_intacct.staging.decisions import KeptDecision


def taken_out_since(
    document: Document, part: str, content: Mapping[str, Any], closed: Mapping[tuple[str, str], KeptDecision]
) -> str:
    """That a person took a document, or lines of it, out of our hands: the beginning of a sentence; empty when nobody did.

    :param part: the hash of the business fields of its own lines
    :param content: the business content of its report, as it was planned
    :param closed: decisions that stand, by report and hash (``staging.decisions.closed``)
    """
    mine = {key: kept for (report_id, key), kept in closed.items() if report_id == document.key.report_id}
    made = [
        TakenOut(decision=kept.decision, said=kept.said, content_hash=key, content=kept.content, stood=kept.stood)
        for key, kept in mine.items()
    ]
    out = decided_parts(made, content).out
    found = [out[of].decision for line in sorted(document.expense_ids) if (of := (line, document.payer)) in out]
    found += [kept.decision for key, kept in mine.items() if key == part]
    return f"A person decided since it was planned: {found[0].value.replace('_', ' ')}" if found else ""
