"""Card charges that documents of two reports hold, posted before anybody compared them, and of which nobody has said that they may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from certify_intacct.model.charges import asked
from certify_intacct.model.ledger import LIVE
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Rule
from certify_intacct.posting.charge_book import ChargeBook
from certify_intacct.rules.expenses.charges import twice
from certify_intacct.staging import charges, open_reports

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.reconciliation.findings import Findings
    from certify_intacct.staging.charges import ChargeHolder
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.reconciliation_results import ReconciliationFinding


def charged_twice(
    run: PostingRun, documents: Sequence[LedgerDocument], findings: Findings
) -> Iterator[ReconciliationFinding]:
    """A finding for each document, which also waits from now on for a person's decision."""
    keys = frozenset(key for document in documents if document.state in LIVE for key in document.charges)
    with run.database.connection() as connection:
        holders = charges.holders(connection, run.company.intacct_company_id, asked(keys) | keys)
        own = {holder.number: holder for holder in holders}
        book = ChargeBook(holder for holder in holders if not holder.released)
        for document in documents:
            here = own.get(document.number)
            other = book.elsewhere(document.report_id, document.charges) if here and not here.released else None
            if here is not None and other is not None:
                text = twice(document.number, other.label)
                _wait(connection, run, document, here, text)
                yield findings.of_document(Rule.SAME_CHARGE, document, text)


def _wait(connection: Connection, run: PostingRun, document: LedgerDocument, holder: ChargeHolder, reason: str) -> None:
    item = document.as_open(OpenState.ALARM, reason, rule=Rule.SAME_CHARGE, label=holder.report)
    open_reports.keep_open(connection, run.company.certify_company, run.load_id, item)
