"""What a plan says of a report: documents that are posted, what is held, left out, and stays open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.outcomes import OpenState
from certify_intacct.posting.expense_plan import described, notes
from certify_intacct.rules.expenses import hashing
from certify_intacct.staging.charges import ChargeHolder
from certify_intacct.staging.open_reports import OpenReport
from certify_intacct.staging.report_plans import PlannedPart, PlannedReport

if TYPE_CHECKING:
    from certify_intacct.model.report_plans import Hold, PartPlan, ReportPlan
    from certify_intacct.model.reports import ExpenseReport
    from certify_intacct.model.rules import AnyRule, Rule
    from certify_intacct.posting.charge_book import ChargeBook
    from certify_intacct.posting.expense_plan import ExpensePlan
    from certify_intacct.staging.ledger_reads import LedgerDocument


class ReportEntries:
    """Writes of one report into a plan.

    :param content: its business fields
    :param charges: who holds the card charges; what is posted of the report holds its own from then on
    """

    def __init__(
        self, result: ExpensePlan, report: ExpenseReport, content: dict[str, Any], charges: ChargeBook
    ) -> None:
        self.result = result
        self.report = report
        self.content = content
        self.source_hash = hashing.source_hash(content)
        self.charges = charges

    def _post(self, planned: ReportPlan, parts: Sequence[PlannedPart], released: Sequence[AnyRule]) -> None:
        report = self.report
        self.result.reports.append(
            PlannedReport(
                report_id=report.id,
                token=planned.token,
                label=report.label,
                approval_code=report.approval_code,
                employee_id=report.employee_id,
                processed_date=report.processed_date,
                source_hash=planned.source_hash,
                content=self.content,
                released=tuple(released),
                parts=tuple(parts),
            )
        )
        for part in parts:
            self.charges.add(ChargeHolder.planned(report.id, report.label, part))
        documents = [part.document for part in parts]
        # Made before its documents, and filled after them.
        attachments = 2 * len({document.attachment_id for document in documents} - {""})
        self.result.changes.append(
            Change(
                subject=Subject.REPORT,
                action=Action.POST,
                key=report.id,
                after={"documents": [described(part) for part in parts]} | notes(planned),
                reason=report.label,
                rule=", ".join(released),
                billed_calls=len(documents) + attachments,
            )
        )

    def _hold_report(self, planned: ReportPlan, holds: Sequence[Hold]) -> None:
        for hold in dict.fromkeys(holds):
            self._change(Action.HOLD, hold.reason, hold.rule, hold.cure)
        rules = sorted({hold.rule for hold in holds})
        entities = {part.entity for part in planned.parts}
        self._open(
            OpenState.HELD,
            rules,
            " ".join(dict.fromkeys(hold.reason for hold in holds)),
            entity=entities.pop() if len(entities) == 1 else "",
        )

    def _hold_part(self, part: PartPlan, holds: Sequence[Hold]) -> None:
        for hold in dict.fromkeys(holds):
            self._change(Action.HOLD, hold.reason, hold.rule, hold.cure)
        self.result.open.append(
            self._item(
                OpenState.HELD,
                sorted({hold.rule for hold in holds}),
                " ".join(dict.fromkeys(hold.reason for hold in holds)),
                part=part.content_hash,
                payer=part.payer.value,
                currency=part.currency,
                total=part.total,
                entity=part.entity,
                content=part.content,
            )
        )

    def _open(self, state: OpenState, rules: Sequence[AnyRule], reason: str, label: str = "", entity: str = "") -> None:
        self.result.open.append(self._item(state, rules, reason, label=label, entity=entity, content=self.content))

    def _open_document(
        self, document: LedgerDocument, state: OpenState, rules: Sequence[AnyRule], reason: str, part: str = ""
    ) -> None:
        self.result.open.append(
            self._item(
                state,
                rules,
                reason,
                part=part or document.part,
                content=None if part else document.content,
                payer=document.payer.value,
                number=document.number,
                currency=document.currency,
                total=document.total,
                entity=document.entity,
            )
        )

    def _item(
        self, state: OpenState, rules: Sequence[AnyRule], reason: str, label: str = "", **what: Any
    ) -> OpenReport:
        return OpenReport(
            report_id=self.report.id,
            state=state,
            rule=", ".join(rules),
            reason=reason,
            label=label or self.report.label,
            processed_date=self.report.processed_date,
            source_hash=self.source_hash,
            **what,
        )

    def _skip(self, rule: Rule, reason: str, **what: Any) -> None:
        """Counts what is left out; ``what`` says whose part of the report it is, and how much, where it is not all of it."""
        self._change(Action.SKIP, reason, rule, "", **what)

    def _change(self, action: Action, reason: str, rule: AnyRule, cure: str, **after: Any) -> None:
        self.result.changes.append(
            Change(
                subject=Subject.REPORT,
                action=action,
                key=self.report.id,
                after=after,
                reason=f"{self.report.label}: {reason}",
                rule=rule,
                cure=cure,
            )
        )
