"""Claims documents in the ledger: ``sending`` is committed before anything leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import BadInput
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.posting.claim_checks import ClaimChecks
from certify_intacct.posting.requests import function_of
from certify_intacct.staging import frozen_reports, ledger, ledger_reads, to_send

if TYPE_CHECKING:
    from certify_intacct.intacct.functions import Function
    from certify_intacct.model.rules import Rule
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.posting.report_locks import ReportLocks
    from certify_intacct.posting.report_outcomes import ReportOutcomes
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.to_send import PlannedDocument


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A document that is ``sending`` in the ledger, and its function."""

    document_id: int
    planned: PlannedDocument
    function: Function


class Claims:
    """Enters documents into the ledger, or their next revisions.

    :param locks: holds the locks of the documents' reports
    """

    def __init__(self, run: PostingRun, *, locks: ReportLocks, outcomes: ReportOutcomes) -> None:
        self.run = run
        self.database = run.database
        self.company = run.company
        self.locks = locks
        self.outcomes = outcomes
        self.checks = ClaimChecks(run)

    def claim(self, batch: Sequence[PlannedDocument]) -> list[Claimed]:
        """Commits ``sending`` for each document of a request. What may not be sent, or of which no request can be made, is left out.

        :raises GuardTripped: posting is stopped
        """
        self.locks.require()
        with self.database.connection() as connection:
            checked = self.checks.check(connection, batch)
            functions = dict(self._functions(batch, checked.held))
            wanted = [item for item in batch if item.document.number in functions]
            if not wanted:
                return []
            reports = {(item.report_id, item.document.key.sequence) for item in wanted}
            frozen_reports.freeze(connection, self.run.load_id, self.company.certify_company, reports)
            # From here on every run reads the reports again until they are whole, whatever becomes of this one.
            companies = self.company.certify_company, self.company.intacct_company_id
            to_send.begin(connection, *companies, wanted, self.run.load_id)
            entries = {
                item.document.number: ledger.Entry(
                    document=item.document,
                    revision=item.revision,
                    control_id=functions[item.document.number].control_id,
                    request=functions[item.document.number].xml,
                    config_hash=item.config_hash,
                    approved_by=checked.approved_by.get(item.document.number, ""),
                    backfill_id=checked.backfills.get(item.document.number),
                )
                for item in wanted
            }
            ids = self._entered(connection, entries)
        return [
            Claimed(document_id=ids[item.document.number], planned=item, function=functions[item.document.number])
            for item in wanted
        ]

    def _functions(
        self, batch: Sequence[PlannedDocument], held: Mapping[str, tuple[str, Rule]]
    ) -> Iterator[tuple[str, Function]]:
        """What is sent for each document, by number; one that is not sent gets its outcome."""
        for item in batch:
            number = item.document.number
            if number in held:
                self.outcomes.add(item, ChangeResult.HELD, *held[number])
                continue
            try:
                yield number, function_of(item.document, item.revision)
            except BadInput as error:
                # Planned by a version that did not build it yet. It stops nobody else.
                self.outcomes.add(
                    item, ChangeResult.MOVED_ON, f"No valid request can be made of it; it is planned anew: {error}"
                )

    def _entered(self, connection: Connection, entries: Mapping[str, ledger.Entry]) -> dict[str, int]:
        """Their IDs in the ledger, where they are ``sending`` now, by number."""
        by: dict[str, Any] = {"load_id": self.run.load_id, **self.run.who}
        documents = [entry.document for entry in entries.values()]
        known = ledger_reads.by_place(connection, self.company.intacct_company_id, documents)
        ids: dict[str, int] = {}
        new: dict[str, ledger.Entry] = {}
        for number, entry in entries.items():
            if there := known.get(ledger_reads.place(entry.document)):
                ids[number] = there.document_id
                ledger.revise(connection, there.document_id, entry, **by)
            else:
                new[number] = entry
        entered = ledger.enter(connection, list(new.values()), state=LedgerState.SENDING, **by)
        return ids | dict(zip(new, entered, strict=True))
