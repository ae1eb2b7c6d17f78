"""Documents of which nobody knew whether Intacct has them, and of which a person decided: given up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from certify_intacct.model.ledger import LedgerState
from certify_intacct.staging import approvals, ledger

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.manifest import Load


def retire(connection: Connection, load: Load, documents: Sequence[LedgerDocument]) -> None:
    """Notes of documents that were held that Intacct has not got them, as a person says who looked."""
    actor = approvals.opened_by(connection, load.load_id)
    for document in documents:
        ledger.move_from(
            connection, document.document_id, (LedgerState.HELD,), LedgerState.REJECTED, run_id=load.run_id, actor=actor,
            message="A person looked for it in Intacct and decided that it is not there.",
        )  # fmt: skip
