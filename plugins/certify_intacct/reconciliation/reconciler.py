"""Compares what Certify processed with what Intacct has, from both sides and line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.ledger import POSTED
from certify_intacct.model.reports import of_invoices
from certify_intacct.posting.follow_up import UNREADABLE, FollowUp
from certify_intacct.posting.one_by_one import OneByOne, Untold
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.reconciliation import by_hand
from certify_intacct.reconciliation.balance import Balance, Books, Why
from certify_intacct.reconciliation.charged_twice import charged_twice
from certify_intacct.reconciliation.findings import NOT_PROCESSED, UNASSIGNED, Findings, of_documents, of_report
from certify_intacct.reconciliation.intacct_side import IntacctSide
from certify_intacct.reconciliation.payments import Payments
from certify_intacct.rules.expenses import identity
from certify_intacct.staging import document_looks, entities, reconciliation
from certify_intacct.staging.values import is_processed, processed_date, record_id
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports
    from certify_intacct.model.periods import Period
    from certify_intacct.posting.follow_up import Seen
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.reconciliation.intacct_side import Changes
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.reconciliation_results import BalanceLine, ReconciliationFinding

_READ = frozenset(state.value for state in POSTED)
_MARGIN = timedelta(days=1)
# A document's date may lie some days after its report was processed.
_LATER = timedelta(days=366)
# So many reports are compared, and the headers of so many dates read at a time: memory does not grow with the period.
_AT_ONCE = 500
_DATES = 10
_KEPT = ("ID", "ApprovalCode", "Processed", "ProcessedDate", "Currency", "ReimAmount", "NonReimAmount")


class Reconciler:
    """Reconciles the reports that were processed in a period, with all of their documents.

    :param whole: whether every document is read in full; else those alone that Intacct changed since they were read last, and
        whatever carries one of our names and is dated in the period is looked for
    """

    def __init__(self, run: PostingRun, certify: CertifyReports, period: Period, *, whole: bool) -> None:
        self.run = run
        self.certify = certify
        self.one_by_one = OneByOne(certify)
        self.database = run.database
        self.company = run.company
        self.period = period
        self.whole = whole
        self.payments = Payments(run)
        self.progress = Progress("Reports reconciled")

    def reconcile(self) -> tuple[int, list[BalanceLine], list[ReconciliationFinding]]:
        """How many reports were processed, what stands where, and what a person must look at."""
        self._find()
        company, period = self.company, self.period
        side = IntacctSide(self.run)
        changes = None if self.whole else side.changes(period.start, period.end + _LATER, self.payments)
        with self.database.connection() as connection:
            single_entity = entities.was_single(connection, company)
            left = reconciliation.posted_between(
                connection, company.certify_company, period.start, period.end, dated=not self.whole
            )
            # Those that were dated into the period since they were posted.
            left |= reconciliation.reports_of(connection, changes.modified) if changes else set()
        balance = Balance(self.run.configuration, single_entity=single_entity)
        found: list[ReconciliationFinding] = []
        reports: dict[str, str] = {}
        for headers in self._headers(balance):
            reports |= {identity.token(company.certify_company, report_id): report_id for report_id in headers}
            for ids in _parts(sorted(headers)):
                found += self._part(ids, headers, side, changes, balance)
            found += self._of_reports(balance, headers)
            left -= headers.keys()
        for ids in _parts(sorted(left)):
            found += self._part(ids, {}, side, changes, balance)
        if changes is not None:
            reports |= {identity.token(company.certify_company, report_id): report_id for report_id in left}
            found += side.listed_strangers(changes, reports, (period.start, period.end + _LATER))
            self.payments.ask()
        found += [*side.unseen(), *by_hand.compared(self.run)]
        return balance.processed, balance.lines(), found

    def _part(
        self, ids: Sequence[str], headers: Mapping[str, Mapping[str, Any]], side: IntacctSide, changes: Changes | None,
        balance: Balance,
    ) -> list[ReconciliationFinding]:  # fmt: skip
        """Compares some reports with their documents; those of which there is a header are of the period."""
        seen = self._look(self._documents(ids), changes)
        documents = self._documents(ids)
        with self.database.connection() as connection:
            books = Books(documents, seen, Why(connection, self.company, ids))
        for report_id in ids:
            if report_id in headers:
                balance.add(headers[report_id], books)
        findings = Findings(self.run, ids)
        processed, untold = self._processed(documents, headers)
        found = [
            *(
                of_report(UNREADABLE, report_id, f"Certify does not tell it: {one.reason}", {})
                for report_id, one in untold.items()
            ),
            *of_documents(findings, [entry for entry in documents if entry.report_id in processed], seen),
            *_not_processed([entry for entry in documents if entry.report_id not in processed], findings),
            *charged_twice(self.run, documents, findings),
        ]
        if self.whole:
            found += side.strangers_of(ids, documents, findings)
        self.progress.step(len(ids), documents=len(documents))
        return found

    def _find(self) -> None:
        """Looks for what is in doubt or held: a document that turned up since counts as what it is."""
        with ReportLocks(self.database, self.company.intacct_company_id, load_id=self.run.load_id) as locks:
            Recovery(self.run, locks=locks).find()

    def _headers(self, balance: Balance) -> Iterator[dict[str, Mapping[str, Any]]]:
        """Certify's headers of the period by report ID, some dates at a time; what cannot be asked about is added to the balance."""
        kept = (*_KEPT, *(f"EmpGLD{number}Code" for number in GLD_NUMBERS))
        with self.database.connection() as connection:
            nothing = Books([], {}, Why(connection, self.company, []))
        for part in self.period.parts(_DATES):
            headers: dict[str, Mapping[str, Any]] = {}
            for page in self.certify.pages(
                "expensereports", startdate=part.start - _MARGIN, enddate=part.end + _MARGIN
            ):
                self.progress.step(0, headers=len(page.records))
                self.payments.marked(page.records)
                for record in page.records:
                    day = processed_date(record)
                    if day is None or not part.start <= day <= part.end:
                        continue
                    header = {name: record[name] for name in kept if name in record}
                    if report_id := record_id(record):
                        headers[report_id] = header
                    else:
                        balance.add(header, nothing)
            yield headers

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

    def _processed(
        self, documents: Sequence[LedgerDocument], headers: Mapping[str, Mapping[str, Any]]
    ) -> tuple[set[str], dict[str, Untold]]:
        """The reports of documents that Certify shows as processed, in its lists or, while something of them stands, by their ID; and
        those that it does not tell, of which nobody says that they are not processed."""
        standing = {entry.report_id for entry in documents if entry.state in POSTED}
        # Of invoices that lists leave out by now nobody asks each by its ID every day: they count as processed.
        found = {entry.report_id for entry in documents if not self._listed(entry)}
        untold: dict[str, Untold] = {}
        for report_id in sorted({entry.report_id for entry in documents} - found):
            header: Mapping[str, Any] | Untold | None = headers.get(report_id)
            if header is None and report_id in standing:
                header = self.one_by_one.header(report_id)
            if isinstance(header, Untold):
                untold[report_id] = header
            if isinstance(header, Untold) or (header is not None and is_processed(header)):
                found.add(report_id)
        return found, untold

    def _listed(self, entry: LedgerDocument) -> bool:
        if not of_invoices(entry.report_id):
            return True
        return self.certify.lists(entry.report_id, date.fromisoformat(entry.content["report"]["processed_date"]))

    def _of_reports(
        self, balance: Balance, headers: Mapping[str, Mapping[str, Any]]
    ) -> Iterator[ReconciliationFinding]:
        """What the last dates brought; it is told once."""
        for report_id, payer, amount in balance.unassigned():
            text = f"Its {payer} part is neither posted nor held."
            yield of_report(UNASSIGNED, report_id, text, headers.get(report_id, {}), amount)
        for report_id, value in balance.unreadable():
            text = f"Certify states an amount that cannot be read: {value}."
            yield of_report(UNREADABLE, report_id, text, headers.get(report_id, {}))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _not_processed(documents: Sequence[LedgerDocument], findings: Findings) -> Iterator[ReconciliationFinding]:
    for entry in documents:
        if entry.state in POSTED:
            text = "It stands in Intacct, and Certify does not show its report as processed."
            yield findings.of_document(NOT_PROCESSED, entry, text)
