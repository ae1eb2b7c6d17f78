"""Plans every report of a load: what the rules make of it, and what the ledger and persons say was done or decided already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.documents import kind_of, targets
from certify_intacct.model.changes import Action
from certify_intacct.model.currencies import amount_text, money
from certify_intacct.model.decisions import Decision
from certify_intacct.model.documents import Document
from certify_intacct.model.ledger import POSTED, LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.report_plans import Hold, PartPlan, ReportPlan
from certify_intacct.model.rules import OwnRule, Rule
from certify_intacct.posting import elsewhere, left_out_before, other_payer, unpaid_after_all
from certify_intacct.posting.charge_book import ChargeBook, keys_of
from certify_intacct.posting.decided import taken_out_of
from certify_intacct.posting.expense_plan import (
    LOOK_FOR_IT,
    UNDECLINED,
    UNPAID,
    ExpensePlan,
    LedgerSnapshot,
)
from certify_intacct.posting.report_entries import ReportEntries
from certify_intacct.posting.requests import faults
from certify_intacct.posting.standing import IN_FLIGHT, ChangedDocument, ReportStanding, standing
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.charges import UNTWICE, twice
from certify_intacct.rules.expenses.planning import plan_report
from certify_intacct.rules.expenses.taken_out import decided_parts
from certify_intacct.staging.report_plans import PlannedPart

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.references import References
    from certify_intacct.staging.expenses import QuarantinedReport, StagedReport
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.own_expectations import OwnFault

_SHOWN = 6
_TAKEN_OUT = {Decision.BOOKED_BY_HAND: Rule.BOOKED_BY_HAND, Decision.NOT_OURS: Rule.NOT_OURS}


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
        self.charges = ChargeBook(known.charges)
        #: Asked about what is to be posted alone: that it is what we posted ourselves may be what a person said of another report.
        self.booked = ChargeBook(known.booked)

    def run(self, staged: Sequence[StagedReport], quarantined: Sequence[QuarantinedReport]) -> ExpensePlan:
        """Plans the staged reports; those that validation quarantined stay open with their reasons."""
        plan = ExpensePlan()
        taken_out = {report.report_id: report for report in quarantined}
        for item in staged:
            found = taken_out.get(item.report.id)
            if found is None or found.own:
                _Planned(self, item, plan, found.own if found else ()).plan()
            elif found.known:
                _Planned(self, item, plan).quarantined(found)
            # One without an ID cannot be asked for by it. The sweep sees it every day until it can.
        return plan


class _Planned(ReportEntries):
    """One report on its way into the plan."""

    def __init__(
        self, planner: ExpensePlanner, item: StagedReport, plan: ExpensePlan, own: Sequence[OwnFault] = ()
    ) -> None:
        self.planner = planner
        self.own = own
        self.known = planner.known
        self.item = item
        self.released = planner.known.released.get(item.report.id, {})
        content = hashing.content_for(item.report, item.lines, planner.configuration, self.released)
        super().__init__(plan, item.report, content, planner.charges)
        self.taken_out = taken_out_of(item.report.id, self.known.closed, self.known.documents.get(item.report.id, ()))

    def quarantined(self, found: QuarantinedReport) -> None:
        """Keeps a report open that validation took out, and what waits of its documents."""
        self.result.planned.append(self.report.id)
        here = self._standing()
        self._waiting(here, readable=False)
        if self._closed(*hashing.forms(self.content)):
            return
        out = decided_parts(self.taken_out, self.content, here.ledger.taken)
        if out.covers(self.content["lines"], self.content):
            for content_hash in out.hashes:
                self._closed(content_hash)
            return
        self._open(OpenState.QUARANTINED, [Rule.QUARANTINED], found.reasons, label=found.label)

    def plan(self) -> None:
        """Plans the report."""
        self.result.planned.append(self.report.id)
        here = self._standing()
        self._waiting(here)
        if here.changed:
            for changed in here.changed:
                self._changed(changed)
            return
        planner = self.planner
        planned = plan_report(
            self.report,
            self.item.lines,
            planner.references,
            planner.configuration,
            targets(),
            today=planner.today,
            ledger=here.ledger,
            has_receipts=self.item.has_receipts,
            released=self.released,
            taken_out=self.taken_out,
            content=self.content,
        )
        if self._closed(*hashing.forms(self.content)):
            self._gone_since(here, planned)
            return
        for content_hash in planned.taken_out:
            self._closed(content_hash)
        if not planned.holds and not planned.parts:
            if not planned.taken_out:
                self._nothing_left(here, planned)
        else:
            self._parts(here, self._with_own(planned))
        self._left_out(planned)

    def _gone_since(self, here: ReportStanding, planned: ReportPlan) -> None:
        """What stood when a person took all else of the report out, and does not stand any more, by itself."""
        parts = tuple(self._held_by(part, planned.holds) for part in planned.parts)
        self._parts(here, replace(planned, holds=(), parts=parts), apart=True)

    def _held_by(self, part: PartPlan, holds: Sequence[Hold]) -> PartPlan:
        """A part with what holds its report, as far as nobody overruled that of the part."""
        overruled = self._released(part.content_hash)
        more = tuple(hold for hold in holds if hold.rule.way is None or hold.rule not in overruled)
        return replace(part, holds=(*more, *part.holds), document=None if more else part.document)

    def _standing(self) -> ReportStanding:
        here = standing(
            self.known.documents.get(self.report.id, ()),
            self.content,
            self.released,
            self.known.accepted,
            taken_out={one.content_hash for one in self.taken_out},
        )
        self.result.retired += here.retired
        return here

    def _with_own(self, planned: ReportPlan) -> ReportPlan:
        """With what the report failed of the company's own expectations: each holds all of it, unless a person overruled it."""
        overruled = self.released.get(self.source_hash, ())
        own = [
            Hold(OwnRule(fault.rule), f"{fault.line}: {fault.reason}" if fault.line else fault.reason, fault.cure)
            for fault in self.own
        ]
        released = {hold.rule for hold in own if hold.rule in overruled}
        return replace(
            planned,
            holds=(*planned.holds, *self._twin(), *(hold for hold in own if hold.rule not in released)),
            released=tuple(sorted({*planned.released, *released})),
        )

    def _twin(self) -> list[Hold]:
        """That nobody can tell a report from another one by its ID, and their documents would have the same numbers."""
        other = self.known.twins.get(self.report.id)
        if other is None:
            return []
        reason = f"Its ID {self.report.id} is that of report {other} but for case or dashes: nobody can tell whether they are one."
        cure = (
            "It is the same report: decide that this one is not ours. It is another one: enter it in Intacct, and decide that it was "
            "booked by hand."
        )
        return [Hold(Rule.REPORT_TWICE, reason, cure)]

    def _left_out(self, planned: ReportPlan) -> None:
        """Counts what of the report's parts is left out, whatever becomes of the rest: it is the last that is said of the report."""
        if self.report.id not in self.result.planned:
            return
        parts = [skip for skip in planned.skips if skip.payer is not None]
        for rule, payer in dict.fromkeys((skip.rule, skip.payer) for skip in parts):
            of_rule = [skip for skip in parts if (skip.rule, skip.payer) == (rule, payer)]
            total = sum((skip.amount for skip in of_rule), Decimal(0))
            more = f" And {len(of_rule) - 1} more of the kind." if len(of_rule) > 1 else ""
            reason = f"{money(total, self.report.currency)} are left out. {of_rule[0].reason}{more}"
            lines = sorted(skip.expense_id for skip in of_rule)
            self._skip(rule, reason, payer=payer, amount=amount_text(total, self.report.currency), expenses=lines)

    def _parts(self, here: ReportStanding, planned: ReportPlan, *, apart: bool = False) -> None:
        """Posts or holds the parts of a report.

        :param apart: whether each waits by itself whatever ``posting.hold`` says
        """
        parts = [part for part in planned.parts if not self._closed(*hashing.forms(part.content))]
        outside = {entity for part in parts if part.document for entity in part.document.shares} - self.planner.entities
        if self.planner.entities and outside and not planned.holds:
            self._other_entity(outside)
            return
        documents = [(part, *self._revised(here, part.document)) for part in parts if part.document is not None]
        wrong = {
            part.content_hash: holds for part, document, revision in documents if (holds := faults(document, revision))
        }
        known = {part.content_hash: self._by_the_ledger(here, part) for part in parts}
        overruled = {
            key: {hold.rule for hold in holds if hold.rule in self._released(key)} for key, holds in known.items()
        }
        held = {
            part.content_hash: (part, [
                *part.holds, *wrong.get(part.content_hash, ()),
                *(hold for hold in known[part.content_hash] if hold.rule not in overruled[part.content_hash]),
            ])
            for part in parts
        }  # fmt: skip
        held = {key: found for key, found in held.items() if found[1]}
        if planned.holds or (held and not apart and self.planner.configuration.posting.hold == "report"):
            self._hold_report(planned, [*planned.holds, *(hold for _, holds in held.values() for hold in holds)])
            return
        for part, holds in held.values():
            self._hold_part(part, holds)
        ready = [PlannedPart(document=document, revision=revision, content=part.content, content_hash=part.content_hash,
                             charges=keys_of(part.charges))
                 for part, document, revision in documents if part.content_hash not in held]  # fmt: skip
        if ready:
            sent = [part for part in parts if part.content_hash not in held]
            used = {rule for part in sent for rule in (*part.released, *overruled[part.content_hash])}
            self._post(planned, ready, sorted({*planned.released, *used}))

    def _by_the_ledger(self, here: ReportStanding, part: PartPlan) -> list[Hold]:
        """What stands against a part that the report itself does not show."""
        return [
            *self.charges.holds(self.report.id, part),
            *self.planner.booked.holds(self.report.id, part),
            *elsewhere.holds(self.known.expenses, self.report.id, part),
            *other_payer.holds(here.live, part, self.planner.configuration.company.base_amounts, self.report.currency),
            *self._held_before(part),
            *left_out_before.holds(
                self.known.left_out.get(self.report.id, ()),
                self.known.first_processed.get(self.report.id),
                self.report.processed_date,
                part,
                self.planner.configuration,
            ),
        ]

    def _released(self, content_hash: str) -> frozenset[str]:
        """The rules that a person overruled for a part, or for the whole report."""
        return frozenset(rule for key in (content_hash, self.source_hash) for rule in self.released.get(key, ()))

    def _held_before(self, part: PartPlan) -> list[Hold]:
        """What an earlier version held, and this one would post, waits for a person: nobody has decided that it may go."""
        # Earlier versions knew the plain form alone.
        forms = hashing.forms(self.content)
        if part.document is None or not any((self.report.id, form) in self.known.held_before for form in forms):
            return []
        reason = f"{part.label}: an earlier version of the connector held the report; by the rules of now it would be posted."
        return [Hold(Rule.RULE_CHANGED, reason, "Look at it, and release it; several may be released at once.")]

    def _revised(self, here: ReportStanding, document: Document) -> tuple[Document, int]:
        return document, here.revision_of(document.key.ordinal, document.key.sequence)

    def _nothing_left(self, here: ReportStanding, planned: ReportPlan) -> None:
        if not here.live:
            last = planned.skips[-1]
            if last.payer is None:
                self._skip(last.rule, last.reason)
            return
        states = ", ".join(f"{document.number} {document.state}" for document in here.live[:_SHOWN])
        self._skip(Rule.IN_FLIGHT if here.in_flight else Rule.ALREADY_POSTED, f"In the ledger: {states}.")

    def _other_entity(self, outside: Collection[str]) -> None:
        """Left as it is, for a run that has all of its entities."""
        self.result.planned.remove(self.report.id)
        ours = ", ".join(sorted(self.planner.entities))
        theirs = ", ".join(sorted(outside)) or "no entity"
        self._skip(Rule.OTHER_ENTITY, f"It belongs to {theirs}, and this run is for {ours} only.")

    def _closed(self, *hashes: str) -> bool:
        """Whether a person took it out of our hands; then it is counted as that.

        :param hashes: of what it is about, in each form that it may have had when that was decided
        """
        found = (self.known.closed.get((self.report.id, content_hash)) for content_hash in hashes)
        decision = next((one for one in found if one is not None), None)
        if decision is None:
            return False
        self._skip(_TAKEN_OUT[decision.decision], f"A person decided: {decision.decision.value.replace('_', ' ')}.")
        return True

    def _waiting(self, here: ReportStanding, *, readable: bool = True) -> None:
        """What is in doubt stays open until Intacct tells, and what is held until a person does.

        :param readable: whether what Certify says of the report now can be relied on
        """
        for document in here.live:
            if readable and document.state in POSTED:
                self._unpaid(document)
            if document.state in IN_FLIGHT:
                self._open_document(document, OpenState.IN_DOUBT, [], document.message)
            elif document in here.held:
                reason = f"{document.number}: {document.message or 'held in the ledger.'}"
                self._change(Action.HOLD, reason, Rule.HELD_DOCUMENT, LOOK_FOR_IT)
                self._open_document(document, OpenState.HELD, [Rule.HELD_DOCUMENT], reason)
            elif document.state is LedgerState.ALTERED:
                self._altered(document)
            elif document.state is LedgerState.DECLINED:
                reason = f"{document.number}: {document.message}"
                self._change(Action.HOLD, reason, Rule.DECLINED, UNDECLINED)
                self._open_document(document, OpenState.ALARM, [Rule.DECLINED], reason)
            elif document.state in POSTED:
                self._charged_twice(document)

    def _altered(self, document: LedgerDocument) -> None:
        """What somebody changed in Intacct, unless a person accepted it as it stands there."""
        stands = document.hash_of(document.stands)
        if (document.number, stands) in self.known.accepted:
            return
        reason = f"{document.number}: {document.message}"
        cure = (
            f"Correct it in Intacct, or reverse it there ({kind_of(document.kind).reversal}) and decide to post it again, "
            "or accept it as posted."
        )
        self._change(Action.HOLD, reason, Rule.ALTERED_IN_INTACCT, cure)
        self._open_document(document, OpenState.HELD, [Rule.ALTERED_IN_INTACCT], reason, part=stands)

    def _unpaid(self, document: LedgerDocument) -> None:
        """What books that the employee was paid elsewhere, and Certify does not say so any more, unless a person let it stand."""
        key = unpaid_after_all.hash_of(document)
        if not unpaid_after_all.unpaid(document, self.report) or (document.number, key) in self.known.accepted:
            return
        reason = (
            f"{document.number}: it books that the employee was paid elsewhere, and Certify does not say so any more: nobody may have "
            "paid it."
        )
        self._change(Action.HOLD, reason, Rule.UNPAID_AFTER_ALL, UNPAID)
        self._open_document(document, OpenState.ALARM, [Rule.UNPAID_AFTER_ALL], reason, part=key)

    def _charged_twice(self, document: LedgerDocument) -> None:
        """What was posted before anybody compared charges, and nobody has said that it may stand."""
        holder = self.charges.elsewhere(self.report.id, document.charges)
        own = {rule for rules in self.released.values() for rule in rules}
        if holder is None or holder.released or Rule.SAME_CHARGE in own:
            return
        reason = twice(document.number, holder.label)
        self._change(Action.HOLD, reason, Rule.SAME_CHARGE, UNTWICE)
        self._open_document(document, OpenState.ALARM, [Rule.SAME_CHARGE], reason)

    def _changed(self, changed: ChangedDocument) -> None:
        document = changed.document
        if document.state in IN_FLIGHT or self._is_held(document):
            return
        shown = "; ".join(changed.differences[:_SHOWN])
        more = f" and {len(changed.differences) - _SHOWN} more" if len(changed.differences) > _SHOWN else ""
        reason = f"The report was processed again and differs from what was posted as {document.number}: {shown}{more}."
        cure = (
            f"Reverse it in Intacct ({kind_of(document.kind).reversal}) and decide to post it again, set the report in Certify back, "
            "or accept it as posted."
        )
        self._change(Action.HOLD, reason, Rule.CHANGED_AFTER_POSTING, cure)
        self._open_document(document, OpenState.HELD, [Rule.CHANGED_AFTER_POSTING], reason, part=changed.now_hash)

    def _is_held(self, document: LedgerDocument) -> bool:
        return any(item.number == document.number and item.state is OpenState.HELD for item in self.result.open)
