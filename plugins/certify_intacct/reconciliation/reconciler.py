"""The arithmetic of a reconciliation: Certify's processed amounts, divided into what became of them."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import KINDS, in_use, kind_of
from certify_intacct.documents.states import Meaning
from certify_intacct.intacct.filters import In
from certify_intacct.model.dimensions import PlaceKind
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.ledger import POSTED, LedgerState
from certify_intacct.model.payers import Payer
from certify_intacct.model.rules import Rule
from certify_intacct.posting.follow_up import UNKNOWN_STATE, FollowUp
from certify_intacct.posting.lookup import search
from certify_intacct.posting.recovery import Recovery
from certify_intacct.posting.report_locks import ReportLocks
from certify_intacct.reconciliation import by_hand
from certify_intacct.reconciliation.charged_twice import charged_twice
from certify_intacct.rules.expenses import identity
from certify_intacct.rules.texts import readable
from certify_intacct.staging import entities, reconciliation
from certify_intacct.staging.reconciliation import BalanceLine, ReconciliationFinding
from certify_intacct.staging.values import Unreadable, read_value, record_id, shown

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.reconciliation import Explained

log = logging.getLogger(__name__)

UNASSIGNED = "unassigned"
ACCEPTED_DIFFERENCE = "accepted_difference"
_ZERO = Decimal(0)
_VALUES = 1000
# So many documents beyond those that the ledger knows of a report are looked for, where only whole numbers can be.
_MORE = 3
_MOST_SEQUENCES = 99
# These headers come from Certify as they are: a code may be any text.
_LONGEST_CODE = 100

# What Intacct refused stands nowhere: what became of it since, an open item or a person says.
_BUCKETS = {
    LedgerState.IN_GL: "in_gl",
    LedgerState.ACCEPTED: "in_intacct",
    LedgerState.DECLINED: "declined",
    LedgerState.ALTERED: "in_intacct",
    LedgerState.SENDING: "in_doubt",
    LedgerState.IN_DOUBT: "in_doubt",
    LedgerState.HELD: "held",
}
_LOOK_AT = (LedgerState.DECLINED, LedgerState.ALTERED, LedgerState.REVERSED, LedgerState.DELETED)

Key = tuple[str, str, str, str, str]


class Reconciler:
    """Balances the reports of a period."""

    def __init__(self, run: PostingRun) -> None:
        self.run = run
        self.hook = run.hook
        self.database = run.database
        self.company = run.company
        self.posting = run.configuration.posting
        self.entities = run.configuration.dimensions.entities
        self.single_entity = False
        self.followup = FollowUp(run)

    def balance(self, headers: Sequence[Mapping[str, Any]]) -> tuple[list[BalanceLine], list[ReconciliationFinding]]:
        """What stands where, and what a person must look at.

        :param headers: the processed reports as Certify has them now
        """
        self._find()
        ids = [report_id for header in headers if (report_id := record_id(header))]
        with self.database.connection() as connection:
            self.single_entity = entities.was_single(connection, self.company)
            documents = reconciliation.newest_documents(connection, self.company.certify_company, ids)
        self.followup.check(documents)
        with self.database.connection() as connection:
            documents = reconciliation.newest_documents(connection, self.company.certify_company, ids)
            why = _Why(connection, self.company.certify_company, ids)
        by_report: dict[str, list[LedgerDocument]] = defaultdict(list)
        for document in documents:
            by_report[document.report_id].append(document)
        amounts: dict[Key, Decimal] = defaultdict(lambda: _ZERO)
        counted: dict[Key, set[str]] = defaultdict(set)
        for header in headers:
            report_id = record_id(header) or _nameless(header)
            for key, amount in self._divide(header, report_id, by_report[report_id], why):
                amounts[key] += amount
                counted[key].add(report_id)
        lines = [
            BalanceLine(
                entity=entity,
                currency=currency,
                payer=payer,
                kind=kind,
                bucket=bucket,
                amount=amount,
                reports=len(counted[entity, currency, payer, kind, bucket]),
            )
            for (entity, currency, payer, kind, bucket), amount in sorted(amounts.items())
        ]
        findings = [
            *self._unassigned(counted),
            *self._changed(documents),
            *self._orphans(ids, documents),
            *by_hand.compared(self.run),
            *charged_twice(self.run, documents),
        ]
        return lines, findings

    def _find(self) -> None:
        """Looks for what is in doubt or held: a document that turned up since counts as what it is."""
        with ReportLocks(self.database, self.company.intacct_company_id, load_id=self.run.load_id) as locks:
            Recovery(self.run, locks=locks).find()

    def _divide(
        self, header: Mapping[str, Any], report_id: str, documents: Sequence[LedgerDocument], why: _Why
    ) -> Iterator[tuple[Key, Decimal]]:
        """The two parts of a report, each into its documents; the rest is explained by why there are none.

        What adds up to nothing has a row too: a report of which nothing else can be said is counted as what became of it.
        """
        counted = False
        entity = readable(self._entity(header, documents), _LONGEST_CODE)
        currency = readable(str(header.get("Currency") or ""), _LONGEST_CODE)
        for payer in Payer:
            rest = _amount(header.get(payer.certify_amount))
            target = self.posting.paid_by(payer).target
            for document in documents:
                if document.payer is payer and (bucket := _bucket(document)):
                    counted = True
                    place = (document.entity, document.currency, payer.value, document.kind.value)
                    yield (*place, bucket), document.accepted_total
                    if difference := document.total - document.accepted_total:
                        yield (*place, ACCEPTED_DIFFERENCE), difference
                    rest -= document.total
            for bucket, amount in why.of(report_id, payer, rest):
                counted = True
                yield (entity, currency, payer.value, target, bucket), amount
        if not counted:
            payer, target = Payer.EMPLOYEE, self.posting.paid_by(Payer.EMPLOYEE).target
            yield (entity, currency, payer.value, target, why.of_all(report_id, payer)), _ZERO

    def _entity(self, header: Mapping[str, Any], documents: Sequence[LedgerDocument]) -> str:
        place = self.entities.place
        if self.single_entity:
            return ""
        if place.kind is PlaceKind.EMPLOYEE_GLD:
            return self.entities.mapped(str(header.get(f"EmpGLD{place.number}Code") or ""))
        return documents[0].entity if documents else ""

    def _unassigned(self, counted: Mapping[Key, set[str]]) -> Iterator[ReconciliationFinding]:
        for (_, _, payer, _, bucket), reports in counted.items():
            if bucket == UNASSIGNED:
                for report_id in sorted(reports):
                    text = f"Its {payer} part is neither posted nor held: run expense_sync for its processed date."
                    yield ReconciliationFinding(finding=UNASSIGNED, number=report_id, text=text)

    def _changed(self, documents: Sequence[LedgerDocument]) -> Iterator[ReconciliationFinding]:
        newest: dict[str, int] = {}
        for document in documents:
            newest[document.report_id] = max(document.sequence, newest.get(document.report_id, 0))
        for document in documents:
            if _unknown(document):
                text = f"Its STATE in Intacct is {document.intacct_state!r}, which is not known here: look at it there."
                yield ReconciliationFinding(finding=UNKNOWN_STATE, number=document.number, text=text)
            # What was posted again under a new number is settled.
            elif document.state in _LOOK_AT and document.sequence == newest[document.report_id]:
                yield ReconciliationFinding(finding=document.state.value, number=document.number, text=document.message)

    def _orphans(
        self, report_ids: Sequence[str], documents: Sequence[LedgerDocument]
    ) -> Iterator[ReconciliationFinding]:
        """Documents in Intacct that carry a token of ours and are not in the ledger."""
        reports = {identity.token(self.company.certify_company, report_id): report_id for report_id in report_ids}
        used = {kind.kind for kind in in_use(self.posting)} | {document.kind for document in documents}
        for kind in KINDS:
            names = sorted(reports) if kind.token_field else _numbers(kind, reports, documents)
            try:
                for start in range(0, len(names), _VALUES):
                    wanted = In(kind.token_field or kind.number_field, names[start : start + _VALUES])
                    yield from self._strangers(kind, wanted, reports)
            except (PermissionDenied, FunctionFailed) as error:
                if kind.kind in used:
                    raise
                # A company that posts no such documents need not let us see them.
                log.info("%s is not looked for: %s", kind.object, error)

    def _strangers(self, kind: Kind, wanted: In, reports: Mapping[str, str]) -> Iterator[ReconciliationFinding]:
        found = search(self.hook, kind, "", wanted)
        with self.database.connection() as connection:
            known = reconciliation.known_numbers(
                connection, self.company.intacct_company_id, [hit.number for hit in found]
            )
        for hit in found:
            if hit.number in known or hit.meaning in (Meaning.REVERSED, Meaning.COUNTER_ENTRY):
                continue
            token = hit.token or hit.number.split("-")[0]
            text = (
                f"{kind.object} record {hit.record_no} over {hit.total} {hit.currency} carries the token {token} of report "
                f"{reports.get(token, '(unknown)')}, and the ledger does not have it as posted."
            )
            yield ReconciliationFinding(finding="orphan", number=hit.number, text=text)


def _explains(rule: str, payer: Payer) -> bool:
    """Whether the rule by which the newest plan left something of a report out says why a payer's part is not in Intacct."""
    if rule in (Rule.UNPAID_PART, Rule.TARGET_NONE):
        return payer is Payer.COMPANY
    return rule not in (Rule.ALREADY_POSTED, Rule.IN_FLIGHT, Rule.NOT_BILLED)


class _Why:
    """Why amounts of reports are not in Intacct: what waits, what persons decided, what was left out by a policy."""

    def __init__(self, connection: Connection, certify_company: str, report_ids: Sequence[str]) -> None:
        self.found: dict[str, list[Explained]] = defaultdict(list)
        for one in reconciliation.explained(connection, certify_company, report_ids):
            self.found[one.report_id].append(one)
        for one in reconciliation.skipped_parts(connection, report_ids):
            # As long as all of a report waits, nothing of it is left out yet.
            if not self._whole(one.report_id):
                self.found[one.report_id].append(one)
        self.skipped = reconciliation.skipped_reports(connection, report_ids)
        self.accepted = reconciliation.accepted_differences(connection, certify_company, report_ids)

    def of(self, report_id: str, payer: Payer, rest: Decimal) -> Iterator[tuple[str, Decimal]]:
        """The rest of a payer's part of a report, in buckets: parts by their own amount, then all that is left."""
        parts = [
            (one.bucket, one.total) for one in self.found[report_id] if one.total is not None and one.payer == payer
        ]
        # What waits apart may add up to nothing; and what was decided about an older content is not counted beside the new one.
        exact = sum((total for _, total in parts), _ZERO) == rest
        for bucket, total in parts:
            if exact or rest or not total:
                yield bucket, total
                rest -= total
        if rest:
            yield self.of_all(report_id, payer), rest

    def of_all(self, report_id: str, payer: Payer) -> str:
        """The bucket of all that is left of a payer's part."""
        rule = self.skipped.get(report_id)
        if whole := self._whole(report_id):
            return whole
        if (report_id, payer.value) in self.accepted:
            return ACCEPTED_DIFFERENCE
        return f"skipped: {rule}" if rule and _explains(rule, payer) else UNASSIGNED

    def _whole(self, report_id: str) -> str:
        """The bucket of what is said of a whole report; empty when nothing is."""
        return next((one.bucket for one in self.found[report_id] if one.total is None or not one.payer), "")


def _bucket(document: LedgerDocument) -> str:
    """Where a document's money stands; empty when it stands nowhere any more."""
    return UNKNOWN_STATE if _unknown(document) else _BUCKETS.get(document.state, "")


def _unknown(document: LedgerDocument) -> bool:
    """Whether Intacct has it in a state of which nobody can tell what it means."""
    word = document.intacct_state
    return document.state in POSTED and word is not None and kind_of(document.kind).meaning(word).ledger_state is None


def _numbers(kind: Kind, reports: Mapping[str, str], documents: Sequence[LedgerDocument]) -> list[str]:
    """The numbers that documents of a kind may have: nothing but the whole number is kept of their token in Intacct.

    As many as the ledger knows of each report and a few more, the next sequence included.
    """
    highest: dict[str, tuple[int, int]] = {}
    for document in documents:
        sequence, ordinal = highest.get(document.token, (0, 0))
        highest[document.token] = max(sequence, document.sequence), max(ordinal, document.ordinal)
    return sorted(
        identity.document_number(token, sequence, ordinal, kind.kind)
        for token in reports
        for sequence in range(1, highest.get(token, (0, 0))[0] + 2)
        for ordinal in range(1, highest.get(token, (0, 0))[1] + _MORE + 1)
        if sequence <= _MOST_SEQUENCES
    )


def balance_table(lines: Sequence[BalanceLine]) -> str:
    """The reconciliation as a table of text: a row for each bucket, and Certify's total of each entity, currency and payer."""
    head = f"{'entity':<12}{'currency':<10}{'payer':<10}{'kind':<26}{'where it stands':<30}{'reports':>8}{'amount':>18}"
    rows = [head, "-" * len(head)]
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: _ZERO)
    for line in lines:
        totals[line.entity, line.currency, line.payer] += line.amount
    for key in sorted(totals):
        entity, currency, payer = key
        start = f"{entity or '(none)':<12}{currency:<10}{payer:<10}"
        rows += [
            f"{start}{line.kind:<26}{line.bucket:<30}{line.reports:>8}{line.amount:>18,.2f}"
            for line in lines
            if (line.entity, line.currency, line.payer) == key
        ]
        rows.append(f"{start}{'':<26}{'= processed in Certify':<30}{'':>8}{totals[key]:>18,.2f}")
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
