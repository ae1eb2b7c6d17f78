"""Plans every report of a load: what the rules make of it, and what the ledger says was done already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import kind_of, targets
from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.documents import Document
from certify_intacct.model.ledger import RESENDABLE, LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold, ReportPlan
from certify_intacct.model.rules import Rule
from certify_intacct.posting.requests import faults
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.planning import plan_report
from certify_intacct.staging.report_plans import PlannedReport

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.references import References
    from certify_intacct.staging.expenses import QuarantinedReport, StagedReport
    from certify_intacct.staging.frozen_reports import FrozenReport
    from certify_intacct.staging.ledger_reads import LedgerDocument

_GONE = (LedgerState.REVERSED, LedgerState.DELETED)
_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Open:
    """A report that stays on the list of open items."""

    report_id: str
    state: OpenState
    rule: str
    reason: str
    label: str
    processed_date: date | None
    source_hash: str = ""


@dataclass(kw_only=True)
class ExpensePlan:
    """The plan of a load.

    :param closed: reports of which nothing is left to do
    """

    changes: list[Change] = field(default_factory=list)
    reports: list[PlannedReport] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LedgerSnapshot:
    """What the ledger knows: documents by report, frozen reports by report and sequence, releases by report and content."""

    documents: Mapping[str, Sequence[LedgerDocument]] = field(default_factory=dict)
    frozen: Mapping[tuple[str, int], FrozenReport] = field(default_factory=dict)
    releases: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)


class ExpensePlanner:
    """Makes the plan.

    :param today: the company-local date
    :param entities: when not empty, only reports whose documents all belong to these entities are posted
    """

    def __init__(
        self,
        *,
        configuration: Configuration,
        references: References,
        known: LedgerSnapshot,
        today: date,
        entities: Collection[str] = (),
    ) -> None:
        self.configuration = configuration
        self.references = references
        self.known = known
        self.today = today
        self.entities = frozenset(entities)

    def run(self, staged: Sequence[StagedReport], quarantined: Sequence[QuarantinedReport]) -> ExpensePlan:
        """Plans the staged reports; those that validation quarantined stay open with their reasons."""
        plan = ExpensePlan()
        taken_out = {report.report_id: report for report in quarantined}
        for item in staged:
            if item.report.id in taken_out:
                found = taken_out[item.report.id]
                if not found.known:
                    # It cannot be asked for by its ID. The sweep sees it in every run until it can.
                    continue
                plan.open.append(
                    Open(
                        report_id=found.report_id,
                        state=OpenState.QUARANTINED,
                        rule=Rule.QUARANTINED,
                        reason=found.reasons,
                        label=found.label,
                        processed_date=found.processed_date,
                    )
                )
            else:
                self._plan(item, plan)
        return plan

    def _plan(self, item: StagedReport, plan: ExpensePlan) -> None:
        documents = self.known.documents.get(item.report.id, ())
        sequence = max((document.sequence for document in documents), default=1)
        current = [document for document in documents if document.sequence == sequence]
        content = hashing.business_content(item.report, item.lines)
        source_hash = hashing.source_hash(content)
        released = self.known.releases.get((item.report.id, source_hash), frozenset())
        if current and self._nothing_stands(item.report.id, current, source_hash):
            if Rule.POST_AGAIN not in released:
                return self._hold(item, [_post_again(current)], plan)
            sequence, current = sequence + 1, []
        planned = plan_report(
            item.report,
            item.lines,
            self.references,
            self.configuration,
            targets(self.configuration.posting),
            today=self.today,
            sequence=sequence,
            has_receipts=item.has_receipts,
            released=released,
        )
        if not current:
            return self._first(item, planned, content, plan)
        return self._again(item, planned, content, current, released, plan)

    def _nothing_stands(self, report_id: str, current: Sequence[LedgerDocument], source_hash: str) -> bool:
        """Whether Intacct has none of the documents, and the report cannot simply be sent again as it was frozen."""
        states = {document.state for document in current}
        if not states <= {*_GONE, LedgerState.REJECTED}:
            return False
        return (
            states != {LedgerState.REJECTED}
            or self.known.frozen[report_id, current[0].sequence].source_hash != source_hash
        )

    def _first(self, item: StagedReport, planned: ReportPlan, content: Mapping[str, object], plan: ExpensePlan) -> None:
        if planned.holds:
            return self._hold(item, planned.holds, plan)
        if not planned.documents:
            return self._skip(item, planned.skips[-1].rule, planned.skips[-1].reason, plan)
        outside = {document.entity for document in planned.documents} - self.entities
        if self.entities and outside:
            reason = f"It belongs to {', '.join(sorted(outside))}, and this run is for {', '.join(sorted(self.entities))} only."
            return self._skip(item, Rule.OTHER_ENTITY, reason, plan)
        return self._post(item, planned, content, [(document, 1) for document in planned.documents], plan)

    def _again(
        self,
        item: StagedReport,
        planned: ReportPlan,
        content: Mapping[str, object],
        current: Sequence[LedgerDocument],
        released: frozenset[str],
        plan: ExpensePlan,
    ) -> None:
        """A report of which something is in the ledger: it is never split again, and only what Intacct refused is sent again."""
        frozen = self.known.frozen[item.report.id, current[0].sequence]
        if frozen.source_hash != planned.source_hash:
            return self._hold(item, [_changed(frozen, content, current)], plan)
        waiting = [document for document in current if document.state in RESENDABLE]
        numbers = {document.ordinal for document in current}
        if not waiting and _whole(frozen, current):
            states = ", ".join(f"{document.number} {document.state}" for document in current[:_SHOWN])
            in_doubt = any(document.state in (LedgerState.SENDING, LedgerState.IN_DOUBT) for document in current)
            return self._skip(
                item,
                Rule.IN_FLIGHT if in_doubt else Rule.ALREADY_POSTED,
                f"In the ledger: {states}.",
                plan,
                closed=not in_doubt,
            )
        if planned.holds:
            return self._hold(item, planned.holds, plan)
        held = [document for document in waiting if document.state is LedgerState.HELD]
        if held and Rule.HELD_DOCUMENT not in released:
            return self._hold(item, [_held(document) for document in held], plan)
        by_ordinal = {document.key.ordinal: document for document in planned.documents}
        for document in current:
            fresh = by_ordinal.get(document.ordinal)
            if fresh is None or not _same_part(document, fresh):
                return self._hold(item, [_split_differs(document, fresh)], plan)
        unfinished = [document for document in planned.documents if document.key.ordinal not in numbers]
        again = [(by_ordinal[document.ordinal], document.revision + 1) for document in waiting]
        return self._post(item, planned, content, [*again, *((document, 1) for document in unfinished)], plan)

    def _post(
        self,
        item: StagedReport,
        planned: ReportPlan,
        content: Mapping[str, object],
        documents: Sequence[tuple[Document, int]],
        plan: ExpensePlan,
    ) -> None:
        wrong = [hold for document, revision in documents for hold in faults(document, revision)]
        if wrong:
            self._hold(item, wrong, plan)
            return
        report = item.report
        plan.reports.append(
            PlannedReport(
                report_id=report.id,
                token=planned.token,
                label=report.label,
                approval_code=report.approval_code,
                employee_id=report.employee_id,
                processed_date=report.processed_date,
                source_hash=planned.source_hash,
                content=content,
                released=planned.released,
                documents=tuple(documents),
            )
        )
        described = [
            {
                "number": d.number,
                "kind": d.kind.value,
                "entity": d.entity,
                "total": f"{d.total} {d.currency}",
                "revision": revision,
            }
            for d, revision in documents
        ]
        attachments = len({d.attachment_id for d, _ in documents} - {""})
        plan.changes.append(
            Change(
                subject=Subject.REPORT,
                action=Action.POST,
                key=report.id,
                after={"documents": described},
                reason=report.label,
                rule=", ".join(planned.released),
                billed_calls=len(documents) + attachments,
            )
        )

    def _hold(self, item: StagedReport, holds: Sequence[Hold], plan: ExpensePlan) -> None:
        for hold in dict.fromkeys(holds):
            plan.changes.append(
                Change(
                    subject=Subject.REPORT,
                    action=Action.HOLD,
                    key=item.report.id,
                    reason=f"{item.report.label}: {hold.reason}",
                    rule=hold.rule,
                    cure=hold.cure,
                )
            )
        plan.open.append(
            Open(
                report_id=item.report.id,
                state=OpenState.HELD,
                rule=", ".join(sorted({hold.rule for hold in holds})),
                reason=" ".join(dict.fromkeys(hold.reason for hold in holds)),
                label=item.report.label,
                processed_date=item.report.processed_date,
                source_hash=hashing.source_hash(hashing.business_content(item.report, item.lines)),
            )
        )

    def _skip(self, item: StagedReport, rule: str, reason: str, plan: ExpensePlan, *, closed: bool = True) -> None:
        plan.changes.append(
            Change(
                subject=Subject.REPORT,
                action=Action.SKIP,
                key=item.report.id,
                reason=f"{item.report.label}: {reason}",
                rule=rule,
            )
        )
        if closed and rule != Rule.OTHER_ENTITY:
            plan.closed.append(item.report.id)


def _whole(frozen: FrozenReport, documents: Sequence[LedgerDocument]) -> bool:
    """Whether the ledger's documents of a report hold every cent of it, however the configuration of today would divide it."""
    report = frozen.content["report"]
    return all(
        sum((document.total for document in documents if document.payer is payer), Decimal(0))
        == Decimal(report[payer.amount] or "0")
        for payer in Payer
    )


def _same_part(document: LedgerDocument, fresh: Document) -> bool:
    """Whether a document of the ledger and one of today's plan are the same part of a report, whatever it is made as.

    What Intacct has not may still go to another entity.
    """
    if fresh.expense_ids != document.document.expense_ids or fresh.payer is not document.payer:
        return False
    return document.state in RESENDABLE or (fresh.entity, fresh.currency, fresh.total) == (
        document.entity,
        document.currency,
        document.total,
    )


def _post_again(documents: Sequence[LedgerDocument]) -> Hold:
    numbers = ", ".join(document.number for document in documents[:_SHOWN])
    return Hold(
        rule=Rule.POST_AGAIN,
        reason=f"Intacct has none of {numbers} any more (reversed, deleted or refused), and the report is still processed in Certify.",
        cure="Release the report to post it as it is now under a new number, or unprocess it in Certify.",
    )


def _changed(frozen: FrozenReport, content: Mapping[str, object], documents: Sequence[LedgerDocument]) -> Hold:
    found = hashing.differences(frozen.content, content)
    shown = "; ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
    numbers = ", ".join(document.number for document in documents[:_SHOWN])
    ways = dict.fromkeys(kind_of(document.kind).reversal for document in documents)
    return Hold(
        rule=Rule.CHANGED_AFTER_POSTING,
        reason=f"The report was processed again and differs from what was posted as {numbers}: {shown}.",
        cure=f"Reverse the documents in Intacct ({'; '.join(ways)}) and release the report to post it again, or set the report in "
        "Certify back.",
    )


def _held(document: LedgerDocument) -> Hold:
    return Hold(
        rule=Rule.HELD_DOCUMENT,
        reason=f"{document.number}: {document.message or 'held in the ledger.'}",
        cure="Look for it in Intacct; when it is not there, release the report.",
    )


def _split_differs(document: LedgerDocument, fresh: Document | None) -> Hold:
    before = _part(document.document)
    after = _part(fresh) if fresh else "nothing"
    return Hold(
        rule=Rule.SPLIT_DIFFERS,
        reason=f"{document.number} was made of {before}; the configuration of today would make it of {after}.",
        cure="Set the mapping back until this report is finished.",
    )


def _part(document: Document) -> str:
    return (
        f"the expenses {sorted(document.expense_ids)} ({document.total} {document.currency}, entity {document.entity})"
    )


def alarm(row: Mapping[str, Any]) -> Change:
    """The change by which a plan shows an alarm: nothing is done, somebody must look."""
    return Change(
        subject=Subject.REPORT,
        action=Action.HOLD,
        key=row["report_id"],
        reason=f"{row['label']}: {row['reason']}",
        rule=row["rule"],
        cure="Reverse the documents in Intacct, or have the report processed again in Certify.",
    )
