"""Compares what Certify processed with what Intacct has, from both sides and line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.ledger import POSTED
from certify_intacct.posting.follow_up import UNREADABLE, FollowUp
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.reconciliation import by_hand
from certify_intacct.reconciliation.balance import Balance, Books, Why
from certify_intacct.reconciliation.charged_twice import charged_twice
from certify_intacct.reconciliation.findings import NOT_PROCESSED, UNASSIGNED, Findings, of_report, of_words
from certify_intacct.reconciliation.intacct_side import IntacctSide
from certify_intacct.staging import document_looks, entities, reconciliation
from certify_intacct.staging.values import record_id

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.model.periods import Period
    from certify_intacct.posting.follow_up import Seen
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.reconciliation.intacct_side import Changes
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.reconciliation import BalanceLine, ReconciliationFinding

_READ = frozenset(state.value for state in POSTED)
_MARGIN = timedelta(days=1)
# A document's date may lie some days after its report was processed.
_LATER = timedelta(days=366)
# So many reports are compared at a time: memory does not grow with the period.
_AT_ONCE = 5000
_KEPT = ("ID", "ApprovalCode", "Processed", "ProcessedDate", "Currency", "ReimAmount", "NonReimAmount")


class Reconciler:
    """Reconciles the reports that were processed in a period, with all of their documents.

    :param whole: whether every document is read in full; else those alone that Intacct changed since they were read last, and
        whatever carries one of our names and is dated in the period is looked for
    """

    def __init__(self, run: PostingRun, certify: CertifyHook, period: Period, *, whole: bool) -> None:
        self.run = run
        self.certify = certify
        self.database = run.database
        self.company = run.company
        self.period = period
        self.whole = whole

    def reconcile(self) -> tuple[int, list[BalanceLine], list[ReconciliationFinding]]:
        """How many reports were processed, what stands where, and what a person must look at."""
        self._find()
        with self.database.connection() as connection:
            posted = reconciliation.posted_between(
                connection, self.company.certify_company, self.period.start, self.period.end, dated=not self.whole
            )
            single_entity = entities.was_single(connection, self.company)
        first = min([self.period.start, *(day for day in posted.values() if day is not None)])
        headers, nameless = self._headers(first)
        side = IntacctSide(self.run)
        changes = None if self.whole else side.changes(self.period.start, self.period.end + _LATER)
        balance = Balance(self.run.configuration, single_entity=single_entity)
        found: list[ReconciliationFinding] = []
        in_period = {report_id for report_id, header in headers.items() if self._covers(header)}
        moved = self._reports_of(changes.modified) if changes else set()
        reports = sorted(in_period | posted.keys() | moved)
        for start in range(0, len(reports), _AT_ONCE):
            ids = reports[start : start + _AT_ONCE]
            found += self._part(ids, headers, in_period, side, changes, balance)
        if changes is not None:
            findings = Findings(self.run, [])
            found += side.strangers(side.of_records(changes.unknown), findings, None)
        with self.database.connection() as connection:
            nothing = Books([], {}, Why(connection, self.company.certify_company, []))
        for header in nameless:
            balance.add(header, nothing)
        found += [*side.unseen(), *self._of_reports(balance, headers), *by_hand.compared(self.run)]
        return len(in_period) + len(nameless), balance.lines(), found

    def _part(
        self, ids: Sequence[str], headers: Mapping[str, Mapping[str, Any]], in_period: Collection[str], side: IntacctSide,
        changes: Changes | None, balance: Balance,
    ) -> list[ReconciliationFinding]:  # fmt: skip
        """Compares some reports with their documents."""
        seen = self._look(self._documents(ids), changes)
        documents = self._documents(ids)
        with self.database.connection() as connection:
            why = Why(connection, self.company.certify_company, ids)
        books = Books(documents, seen, why)
        for report_id in ids:
            if report_id in in_period:
                balance.add(headers[report_id], books)
        findings = Findings(self.run, ids)
        processed = self._processed(documents, headers)
        found = [
            *of_words(findings, [entry for entry in documents if entry.report_id in processed], seen),
            *_not_processed([entry for entry in documents if entry.report_id not in processed], findings),
            *charged_twice(self.run, documents, findings),
        ]
        if self.whole:
            found += side.strangers(side.of_reports(ids, documents), findings, ids)
        return found

    def _find(self) -> None:
        """Looks for what is in doubt or held: a document that turned up since counts as what it is."""
        with ReportLocks(self.database, self.company.intacct_company_id, load_id=self.run.load_id) as locks:
            Recovery(self.run, locks=locks).find()

    def _headers(self, first: date) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
        """Certify's headers from a date on, by report ID; and those of the period whose ID cannot be read."""
        kept = (*_KEPT, *(f"EmpGLD{number}Code" for number in GLD_NUMBERS))
        headers: dict[str, Mapping[str, Any]] = {}
        nameless: list[Mapping[str, Any]] = []
        for page in self.certify.pages("expensereports", startdate=first - _MARGIN, enddate=self.period.end + _MARGIN):
            for record in page.records:
                header = {name: record[name] for name in kept if name in record}
                if report_id := record_id(record):
                    headers[report_id] = header
                elif self._covers(header):
                    nameless.append(header)
        return headers, nameless

    def _covers(self, header: Mapping[str, Any]) -> bool:
        text = str(header.get("ProcessedDate"))[:10]
        return str(self.period.start) <= text <= str(self.period.end)

    def _documents(self, ids: Sequence[str]) -> list[LedgerDocument]:
        with self.database.connection() as connection:
            return reconciliation.documents_of(connection, self.company.certify_company, ids)

    def _look(self, documents: Sequence[LedgerDocument], changes: Changes | None) -> dict[int, Seen]:
        """What is seen of documents; those that have not changed since they were read stand as they did."""
        unchanged = changes.unchanged if changes else frozenset()
        found = FollowUp(self.run).check([entry for entry in documents if entry.document_id not in unchanged])
        if changes:
            read = [document_id for document_id, seen in found.items() if seen.word in _READ]
            with self.database.connection() as connection:
                document_looks.looked(connection, changes.modified, read)
        return found

    def _reports_of(self, document_ids: Collection[int]) -> set[str]:
        """The reports of documents whose date lies in the period by now, whatever it was when they were posted."""
        with self.database.connection() as connection:
            return reconciliation.reports_of(connection, document_ids)

    def _processed(self, documents: Sequence[LedgerDocument], headers: Mapping[str, Mapping[str, Any]]) -> set[str]:
        """The reports of documents that Certify shows as processed, in its lists or, while something of them stands, by their ID."""
        standing = {entry.report_id for entry in documents if entry.state in POSTED}
        found = set()
        for report_id in {entry.report_id for entry in documents}:
            header = headers.get(report_id)
            if header is None and report_id in standing:
                header = self.certify.get("expensereports", report_id)
            if header is not None and header.get("Processed") in (True, 1, "true"):
                found.add(report_id)
        return found

    def _of_reports(
        self, balance: Balance, headers: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[ReconciliationFinding]:
        for report_id, payer, amount in balance.unassigned():
            text = f"Its {payer} part is neither posted nor held."
            yield of_report(UNASSIGNED, report_id, text, headers.get(report_id, {}), amount)
        for report_id, value in balance.unreadable.items():
            text = f"Certify states an amount that cannot be read: {value}."
            yield of_report(UNREADABLE, report_id, text, headers.get(report_id, {}))


def _not_processed(documents: Sequence[LedgerDocument], findings: Findings) -> Iterator[ReconciliationFinding]:
    for entry in documents:
        if entry.state in POSTED:
            text = "It stands in Intacct, and Certify does not show its report as processed."
            yield findings.of_document(NOT_PROCESSED, entry, text)
