"""The arithmetic of a reconciliation: Certify's processed amounts, divided into what became of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.intacct.filters import In
from certify_intacct.model.dimensions import PlaceKind
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.ledger import LedgerState
from certify_intacct.posting.follow_up import FollowUp
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.rules.expenses import identity
from certify_intacct.rules.texts import readable
from certify_intacct.staging import reconciliation
from certify_intacct.staging.reconciliation import BalanceLine, ReconciliationFinding
from certify_intacct.staging.values import Unreadable, read_value, record_id, shown

if TYPE_CHECKING:
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.ledger_reads import LedgerDocument

log = logging.getLogger(__name__)

UNASSIGNED = "unassigned"
_ZERO = Decimal(0)
_VALUES = 1000
# So many card transactions beyond those that the ledger knows of a report are looked for.
_MORE = 3
_MOST_SEQUENCES = 99
# These headers come from Certify as they are: a code may be any text.
_LONGEST_CODE = 100

_BUCKETS = {
    LedgerState.IN_GL: "in_gl",
    LedgerState.ACCEPTED: "in_intacct",
    LedgerState.ALTERED: "in_intacct",
    LedgerState.SENDING: "in_doubt",
    LedgerState.IN_DOUBT: "in_doubt",
    LedgerState.HELD: "held",
    LedgerState.REJECTED: "failed",
}
_OPEN = {
    "held": "held",
    "quarantined": "quarantined",
    "rejected": "failed",
    "in_doubt": "in_doubt",
    "alarm": "held",
    "found": "held",
}
_LOOK_AT = (LedgerState.ALTERED, LedgerState.REVERSED, LedgerState.DELETED)

Key = tuple[str, str, str, str]


class Reconciler:
    """Balances the reports of a period."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.entities = run.configuration.dimensions.entities
        self.followup = FollowUp(run)

    def balance(self, headers: Sequence[Mapping[str, Any]]) -> tuple[list[BalanceLine], list[ReconciliationFinding]]:
        """What stands where, and what a person must look at.

        :param headers: the processed reports as Certify has them now
        """
        self._find()
        ids = [report_id for header in headers if (report_id := record_id(header))]
        with self.database.connection() as connection:
            documents = reconciliation.newest_documents(connection, self.company.certify_company, ids)
        self.followup.check(documents)
        with self.database.connection() as connection:
            documents = reconciliation.newest_documents(connection, self.company.certify_company, ids)
            waiting = reconciliation.waiting_reports(connection, self.company.certify_company, ids)
            skipped = reconciliation.skipped_reports(connection, ids)
        by_report: dict[str, list[LedgerDocument]] = defaultdict(list)
        for document in documents:
            by_report[document.report_id].append(document)
        amounts: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        counted: dict[Key, set[str]] = defaultdict(set)
        for header in headers:
            report_id = record_id(header) or _nameless(header)
            explanation = self._explanation(report_id, waiting, skipped)
            for key, amount in self._divide(header, by_report[report_id], explanation):
                amounts[key] += amount
                counted[key].add(report_id)
        lines = [
            BalanceLine(
                entity=entity,
                currency=currency,
                kind=kind,
                bucket=bucket,
                amount=amount,
                reports=len(counted[entity, currency, kind, bucket]),
            )
            for (entity, currency, kind, bucket), amount in sorted(amounts.items())
            if amount or counted[entity, currency, kind, bucket]
        ]
        findings = [*self._unassigned(counted), *self._changed(documents), *self._orphans(ids, documents)]
        return [line for line in lines if line.amount], findings

    def _find(self) -> None:
        """Looks for what is in doubt or held: a document that turned up since counts as what it is."""
        with ReportLocks(self.database, self.company.intacct_company_id, load_id=self.run.load_id) as locks:
            Recovery(self.run, locks=locks).find()

    def _divide(
        self, header: Mapping[str, Any], documents: Sequence[LedgerDocument], explanation: str
    ) -> Iterator[tuple[Key, Decimal]]:
        """The two parts of a report, each into its documents; the rest is explained by why there are none."""
        entity = readable(self._entity(header, documents), _LONGEST_CODE)
        currency = readable(str(header.get("Currency") or ""), _LONGEST_CODE)
        for kind, name in (
            (DocumentKind.AP_BILL, "ReimAmount"),
            (DocumentKind.CREDIT_CARD_TRANSACTION, "NonReimAmount"),
        ):
            rest = _amount(header.get(name))
            for document in documents:
                if document.kind is kind and document.state in _BUCKETS:
                    yield (document.entity, document.currency, kind.value, _BUCKETS[document.state]), document.total
                    rest -= document.total
            if rest:
                yield (entity, currency, kind.value, explanation), rest

    def _entity(self, header: Mapping[str, Any], documents: Sequence[LedgerDocument]) -> str:
        place = self.entities.place
        if place.kind is PlaceKind.EMPLOYEE_GLD:
            return self.entities.mapped(str(header.get(f"EmpGLD{place.number}Code") or ""))
        return documents[0].entity if documents else ""

    def _explanation(self, report_id: str, waiting: Mapping[str, str], skipped: Mapping[str, str]) -> str:
        if report_id in waiting:
            return _OPEN[waiting[report_id]]
        rule = skipped.get(report_id)
        return f"skipped: {rule}" if rule and rule not in ("already_posted", "in_flight") else UNASSIGNED

    def _unassigned(self, counted: Mapping[Key, set[str]]) -> Iterator[ReconciliationFinding]:
        for (_, _, kind, bucket), reports in counted.items():
            if bucket == UNASSIGNED:
                for report_id in sorted(reports):
                    text = f"Its {kind} part is neither posted nor held: run expense_sync for its processed date."
                    yield ReconciliationFinding(finding=UNASSIGNED, number=report_id, text=text)

    def _changed(self, documents: Sequence[LedgerDocument]) -> Iterator[ReconciliationFinding]:
        newest: dict[str, int] = {}
        for document in documents:
            newest[document.report_id] = max(document.sequence, newest.get(document.report_id, 0))
        for document in documents:
            # What was posted again under a new number is settled.
            if document.state in _LOOK_AT and document.sequence == newest[document.report_id]:
                yield ReconciliationFinding(finding=document.state.value, number=document.number, text=document.message)

    def _orphans(
        self, report_ids: Sequence[str], documents: Sequence[LedgerDocument]
    ) -> Iterator[ReconciliationFinding]:
        """Bills and card transactions in Intacct that carry a token of ours and are not in the ledger."""
        reports = {identity.token(self.company.certify_company, report_id): report_id for report_id in report_ids}
        for kind, field, wanted in (
            (DocumentKind.AP_BILL, "DOCNUMBER", sorted(reports)),
            (DocumentKind.CREDIT_CARD_TRANSACTION, "RECORDID", _card_numbers(reports, documents)),
        ):
            for start in range(0, len(wanted), _VALUES):
                yield from self._strangers(kind, In(field, wanted[start : start + _VALUES]), reports)

    def _strangers(self, kind: DocumentKind, wanted: In, reports: Mapping[str, str]) -> Iterator[ReconciliationFinding]:
        bill = kind is DocumentKind.AP_BILL
        fields = ["RECORDNO", "RECORDID", "TRX_TOTALENTERED", "CURRENCY", "STATE", *(["DOCNUMBER"] if bill else [])]
        try:
            records = self.hook.query_all(kind.object, fields, filter=wanted, entity="")
        except (PermissionDenied, FunctionFailed) as error:
            if bill:
                raise
            # A company that posts no card transactions need not let us see them.
            log.info("%s is not looked for: %s", kind.object, error)
            return
        with self.database.connection() as connection:
            known = reconciliation.known_numbers(
                connection, self.company.intacct_company_id, [record["RECORDID"] for record in records]
            )
        for record in records:
            if record["RECORDID"] not in known and record["STATE"].casefold() not in ("reversed", "reversal"):
                token = record["DOCNUMBER"] if bill else record["RECORDID"].split("-")[0]
                text = (
                    f"{kind.object} record {record['RECORDNO']} over {record['TRX_TOTALENTERED']} {record['CURRENCY']} carries the "
                    f"token {token} of report {reports.get(token, '(unknown)')}, and the ledger does not know it."
                )
                yield ReconciliationFinding(finding="orphan", number=record["RECORDID"], text=text)


def _card_numbers(reports: Mapping[str, str], documents: Sequence[LedgerDocument]) -> list[str]:
    """The numbers that card transactions of the reports may have: nothing but the whole number is kept of their token in Intacct.

    As many as the ledger knows of each report and a few more, the next sequence included.
    """
    highest: dict[str, tuple[int, int]] = {}
    for document in documents:
        sequence, ordinal = highest.get(document.token, (0, 0))
        highest[document.token] = max(sequence, document.sequence), max(ordinal, document.ordinal)
    return sorted(
        identity.document_number(token, sequence, ordinal, DocumentKind.CREDIT_CARD_TRANSACTION)
        for token in reports
        for sequence in range(1, highest.get(token, (0, 0))[0] + 2)
        for ordinal in range(1, highest.get(token, (0, 0))[1] + _MORE + 1)
        if sequence <= _MOST_SEQUENCES
    )


def balance_table(lines: Sequence[BalanceLine]) -> str:
    """The reconciliation as a table of text: a row for each bucket, and Certify's total of each entity, currency and kind."""
    rows = [f"{'entity':<12}{'currency':<10}{'kind':<26}{'where it stands':<30}{'reports':>8}{'amount':>18}", "-" * 104]
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: _ZERO)
    for line in lines:
        totals[line.entity, line.currency, line.kind] += line.amount
    for key in sorted(totals):
        entity, currency, kind = key
        rows += [
            f"{entity or '(none)':<12}{currency:<10}{kind:<26}{line.bucket:<30}{line.reports:>8}{line.amount:>18,.2f}"
            for line in lines
            if (line.entity, line.currency, line.kind) == key
        ]
        rows.append(
            f"{entity or '(none)':<12}{currency:<10}{kind:<26}{'= processed in Certify':<30}{'':>8}{totals[key]:>18,.2f}"
        )
    return "\n".join(rows)


def _nameless(header: Mapping[str, Any]) -> str:
    """What a report is called whose ID cannot be read."""
    return readable(
        f"{header.get('ApprovalCode') or 'no approval code'}, {shown('ID', header.get('ID'))}", _LONGEST_CODE
    )


def _amount(value: Any) -> Decimal:
    try:
        return read_value("numeric", value) or _ZERO
    except Unreadable:
        return _ZERO
