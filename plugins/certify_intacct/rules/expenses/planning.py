"""Plans one report: each of its parts as a document ready to send, or every reason why it is none.

A fault of the report holds all of it; a fault of one document holds that document alone. Pure: the same report, references,
configuration and ledger give the same plan, whatever the order of the lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.configuration.paid import LineTraits
from certify_intacct.model.configuration.posting import ADJUSTMENTS, Credits
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold, PartPlan, ReportPlan, Skip
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing, identity, invoices, mapping, several_entities
from certify_intacct.rules.expenses.amounts import Shares, prove, shares
from certify_intacct.rules.expenses.billing import not_billed
from certify_intacct.rules.expenses.charges import alike, charges
from certify_intacct.rules.expenses.drafts import Drafts
from certify_intacct.rules.expenses.holds import check_part, check_report, not_ours
from certify_intacct.rules.expenses.left_out import leave_out, unpaid
from certify_intacct.rules.expenses.numbering import InLedger, numbered
from certify_intacct.rules.expenses.overrides import check_overrides
from certify_intacct.rules.expenses.splitting import Group, ordered, split
from certify_intacct.rules.expenses.taken_out import DecidedParts, TakenOut, decided_parts
from certify_intacct.rules.expenses.targets import PlanningContext, Target, Targets

# Whose money it is, is a fact of the report: where that is not known, nothing of it is.
_OF_THE_REPORT = frozenset({Rule.ENTITY_MISSING, Rule.ENTITY_UNKNOWN, Rule.ENTITY_INACTIVE})
_NOTHING = InLedger()


def plan_report(
    report: ExpenseReport,
    lines: Sequence[ExpenseLine],
    references: References,
    configuration: Configuration,
    targets: Targets,
    *,
    today: date,
    ledger: InLedger = _NOTHING,
    has_receipts: bool = False,
    released: Mapping[str, Collection[str]] | None = None,
    taken_out: Collection[TakenOut] = (),
    content: Mapping[str, Any] | None = None,
) -> ReportPlan:
    """The plan of a report.

    :param lines: all its lines, disapproved ones included
    :param targets: the kinds of document
    :param today: the company-local date
    :param ledger: what of the report is in the ledger: no plan divides that again
    :param has_receipts: whether documents shall point to an attachment
    :param released: rules that persons overruled, by the hash of what they decided about: the report, or a part of it
    :param taken_out: what persons took out of our hands, the oldest decision first
    :param content: its business content, for whoever has it already
    """
    if content is None:
        content = hashing.content_for(report, lines, configuration, released)
    plan = ReportPlan(
        report_id=report.id,
        token=identity.token(configuration.company.certify_company, report.id),
        source_hash=hashing.source_hash(content),
    )
    kept = [line for line in lines if not line.disapproved]
    skips = [
        Skip(rule=Rule.DISAPPROVED, reason=f"{line.label}: disapproved.", expense_id=line.id)
        for line in lines
        if line.disapproved
    ]
    none_of_ours = not_ours(report, configuration)
    if none_of_ours is not None:
        return replace(plan, skips=(none_of_ours,))
    decided = released or {}
    whole = frozenset(decided.get(plan.source_hash, ()))
    holds = check_report(report, kept, configuration, today)
    divided, amount_holds = _shares(report, kept, configuration)
    holds += amount_holds
    parts: list[PartPlan] = []
    notes = alike(kept)
    out = decided_parts(taken_out, content, ledger.taken)
    if out.covers((line.id for line in kept), content):
        # Whatever holds the report by now, nothing of it is ours.
        return replace(plan, skips=tuple(skips), taken_out=out.hashes)
    if not amount_holds:
        overruled = frozenset(rule for rules in decided.values() for rule in rules)
        context = PlanningContext(
            report=report, references=references, configuration=configuration, today=today, overruled=overruled
        )
        drafts = Drafts(context, plan.token, has_receipts)
        said = _Decided(of={key: frozenset(rules) | whole for key, rules in decided.items()}, whole=whole)
        planner = _Parts(context, targets, drafts, content, ledger, out, said)
        parts = planner.plan(divided, kept, skips)
        holds += [hold for part in parts for hold in part.holds if hold.rule in _OF_THE_REPORT]
        notes += planner.notes
    return replace(
        plan,
        holds=tuple(dict.fromkeys(hold for hold in holds if not _is_overruled(hold, whole))),
        parts=tuple(parts),
        skips=tuple(skips),
        released=tuple(sorted({hold.rule for hold in holds if _is_overruled(hold, whole)})),
        notes=tuple(notes),
        taken_out=out.hashes,
    )


def _shares(
    report: ExpenseReport, lines: Sequence[ExpenseLine], configuration: Configuration
) -> tuple[list[Shares], list[Hold]]:
    divided: list[Shares] = []
    holds: list[Hold] = []
    for line in lines:
        share = shares(line, configuration.company.base_amounts)
        if isinstance(share, Hold):
            holds.append(share)
        else:
            divided.append(share)
    return divided, holds or prove(report, divided)


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """The rules that persons overruled: by the hash of what they decided about, and for the whole report as it is now."""

    of: Mapping[str, frozenset[str]]
    whole: frozenset[str]

    def about(self, content_hash: str) -> frozenset[str]:
        return self.of.get(content_hash, self.whole)


class _Parts:
    """Plans the parts of a report whose amounts are proven."""

    def __init__(
        self,
        context: PlanningContext,
        targets: Targets,
        drafts: Drafts,
        content: Mapping[str, object],
        ledger: InLedger,
        out: DecidedParts,
        decided: _Decided,
    ) -> None:
        self.context = context
        self.targets = targets
        self.drafts = drafts
        self.content = content
        self.ledger = ledger
        self.out = out
        self.decided = decided
        #: What is somebody's already: a document's, or a person's who took it out of our hands.
        self.taken = ledger.taken | out.out.keys()
        self.posted_invoices: frozenset[str] = frozenset()
        self.notes: list[str] = []

    def plan(self, divided: Sequence[Shares], lines: Sequence[ExpenseLine], skips: list[Skip]) -> list[PartPlan]:
        """A plan for each part that no document holds yet; what is left out is added to ``skips``."""
        skips += [
            Skip(rule=Rule.ZERO_LINE, reason=f"{share.line.label}: nothing to post.", expense_id=share.line.id)
            for share in divided
            if share.employee == 0 and share.company == 0
        ]
        posted, left_out = leave_out(divided, self.context.posting, self._target_of, self.taken)
        skips += left_out
        self.posted_invoices = invoices.keys_of(
            (line for line in lines if (line.id, Payer.COMPANY) in self.taken), self.context.posting.invoices
        )
        groups = [self._as_credit(group) for group in numbered(self._divided(posted), self.ledger)]
        parties = sorted({(group.payer, group.target) for group in groups})
        party = {one: self._party(*one, lines) for one in parties}
        divided_now = (form for group in groups for form in hashing.forms(self._content(group)[0]))
        undecided = self.out.holds("The report", [*divided_now])
        found = []
        for group in groups:
            if group.total == 0 and self.drafts.cancels_out(group, self.targets[group.target]):
                reason = f"{group.label}: its lines cancel each other out."
                skips.append(Skip(rule=Rule.ZERO_DOCUMENT, reason=reason, payer=group.payer))
            else:
                part = self._part(group, [*undecided, *party[group.payer, group.target]])
                found.append(_overruled(part, self.decided.about(part.content_hash)))
        skips += not_billed(lines, [part.document for part in found if part.document is not None])
        if not groups and not self.taken and not left_out:
            skips.append(Skip(rule=Rule.ZERO_REPORT, reason="The report has no amount to post."))
        return found

    def _divided(self, posted: Sequence[Shares]) -> list[Group]:
        """The groups of a report, those of several entities together where that is asked for and can be."""
        found: list[Group] = []
        for family in several_entities.families(self._split(posted)):
            found += family if len(family) == 1 else self._of_several_entities(family)
        return ordered(found)

    def _of_several_entities(self, family: Sequence[Group]) -> Sequence[Group]:
        whole = self._as_decided(several_entities.together(family))
        return [whole] if self._are_one(family, whole) else family

    def _are_one(self, family: Sequence[Group], whole: Group) -> bool:
        """Whether lines of several entities are one document; a note says why not, where that is asked for."""
        target = self.targets[whole.target]
        if target is not None and target.indivisible:
            # Whether it can be one, its draft says.
            return True
        if self.context.posting.several_entities != "one_document" or target is None or not target.several_entities:
            return False
        why = self._why_apart(family, whole, target)
        if why:
            self.notes.append(f"{whole.label}: a document for each entity, for {why}.")
        return not why

    def _why_apart(self, family: Sequence[Group], whole: Group, target: Target) -> str:
        """Why lines of several entities are a document for each."""
        once = {one.expense_parts for one in self.ledger.earlier if one.gone}
        if any(group.expense_parts in once for group in family):
            return "what of them was posted by itself stays so"
        if any(one.expense_parts == whole.expense_parts and one.refused for one in self.ledger.earlier):
            return "Intacct refused them together"
        if why := several_entities.amounts_apart(whole) or several_entities.accounts_lacking(
            whole, target, self.context.references
        ):
            return why
        for group in family:
            if holds := self._against(group):
                return f"the part in entity {group.entity} waits ({', '.join(sorted({hold.rule for hold in holds}))})"
        document = self.drafts.together(whole, target)
        return document if isinstance(document, str) else ""

    def _content(self, group: Group) -> tuple[dict[str, Any], str]:
        """The business fields of a group's own lines, and their hash."""
        content = hashing.part_content(self.content, group.payer, group.expense_ids)
        return content, hashing.source_hash(content)

    def _as_decided(self, group: Group) -> Group:
        """A group with what persons overruled of it."""
        return replace(group, overruled=self.decided.about(self._content(group)[1]))

    def _split(self, divided: Sequence[Shares]) -> list[Group]:
        context = self.context
        groups = split(
            divided,
            lambda line: mapping.entity_code(context.report, line, context.references, context.dimensions),
            self._target_of,
            self._apart,
            self.taken,
        )
        return [self._as_decided(group) for group in groups]

    def _apart(self, target_word: str, line: ExpenseLine) -> str:
        if target := self.targets[target_word]:
            return target.keeps_apart(line, self.context)
        # What waits as an invoice is decided about as the invoice that it will be.
        return invoices.key_of(line, self.context.posting.invoices) if line.invoice is not None else ""

    def _target_of(self, payer: Payer, line: ExpenseLine) -> str:
        if line.invoice is not None:
            return self.context.posting.invoices.target
        elsewhere = self.context.clears_payment
        return self.context.posting.target_of(payer, self._traits(line), paid_elsewhere=elsewhere)

    def _unclear(self, payer: Payer, line: ExpenseLine) -> list[Hold]:
        if line.invoice is not None:
            return []
        return check_overrides(line, self._traits(line), payer, self.context.posting)

    def _traits(self, line: ExpenseLine) -> LineTraits:
        context = self.context
        return mapping.traits_of(context.report, line, context.references, context.dimensions)

    def _as_credit(self, group: Group) -> Group:
        """A group as what it becomes when it is below zero. Which lines it has, and its number, were decided before."""
        if group.total >= 0:
            return group
        return replace(group, target=self.context.posting.credits.instead_of(group.payer, group.target))

    def _party(self, payer: Payer, word: str, lines: Sequence[ExpenseLine]) -> list[Hold]:
        target = self.targets[word]
        return target.party(payer, lines, self.context) if target is not None else []

    def _against(self, group: Group) -> list[Hold]:
        """What stands against a group whatever document it becomes."""
        return [
            *check_part(group, self.context),
            *unpaid(group, self.context.posting),
            *(hold for member in group.members for hold in self._unclear(group.payer, member.line)),
            *invoices.twice(group, self.posted_invoices, self.context.posting.invoices),
        ]

    def _part(self, group: Group, party: Sequence[Hold]) -> PartPlan:
        """One document to be, with all that stands against it."""
        target = self.targets[group.target]
        lines = [member.line for member in group.members]
        holds = [*party, *self._against(group)]
        document = None
        if target is None:
            holds.append(_says_hold(group))
        elif why := _not_a_credit(group, target, self.context.posting.credits):
            holds.append(why)
        else:
            document, found = self.drafts.draft(group, target)
            holds += found
        if group.expense_parts & self.ledger.gone:
            holds.append(_post_again(group))
        content, content_hash = self._content(group)
        return PartPlan(
            label=group.label,
            payer=group.payer,
            entity=group.entity,
            currency=group.currency,
            total=group.total,
            content=content,
            content_hash=content_hash,
            document=document,
            holds=tuple(dict.fromkeys(holds)),
            charges=charges(lines, self.context.posting),
        )


def _says_hold(group: Group) -> Hold:
    """The hold of a part whose target is ``hold``."""
    key, more = f"posting.{group.payer}_paid", f", or correct posting.{group.payer}_paid.overrides"
    if group.members[0].line.invoice is not None:
        key, more = "posting.invoices", ""
    return Hold(Rule.TARGET_HOLD, f"{group.label}: {key} says hold.", f"Choose {key}.target{more}.")


def _overruled(part: PartPlan, released: frozenset[str]) -> PartPlan:
    """A part without the holds that a person overruled; while any stands, it has no document."""
    standing = tuple(hold for hold in part.holds if not _is_overruled(hold, released))
    used = tuple(sorted({hold.rule for hold in part.holds if _is_overruled(hold, released)}))
    return replace(part, holds=standing, released=used, document=None if standing else part.document)


def _is_overruled(hold: Hold, rules: Collection[str]) -> bool:
    return hold.rule.way is not None and hold.rule in rules


def _not_a_credit(group: Group, target: Target, credits: Credits) -> Hold | None:
    """Why a group below zero waits; None for one that does not, or is not below zero."""
    if group.total >= 0:
        return None
    cure = "Book the credit in Intacct, and decide on the report's page that it was booked by hand."
    key = f"posting.credits.{group.payer}_paid"
    if not target.below_zero:
        if group.target in ADJUSTMENTS[group.payer]:
            cure += f" Or have such credits lower what is owed: {key}: adjustment."
        return Hold(Rule.NEGATIVE_DOCUMENT, f"{group.label}: Intacct takes no {target.label} below zero.", cure)
    if not credits.posts(group.payer, group.target):
        cure += f" Or have such credits posted: {key}: negative."
        return Hold(Rule.NEGATIVE_DOCUMENT, f"{group.label}: the total is negative.", cure)
    positive = [member.line.label for member in group.members if member.part(group.payer) > 0]
    if target.one_sign and positive:
        reason = (
            f"{group.label}: the lines of an {target.label} must all be below zero, and {', '.join(positive)} is not."
        )
        choose = f"choose {key}: {target.otherwise}, or " if target.otherwise else ""
        cure += f" Or {choose}have the report divided in Certify."
        return Hold(Rule.NEGATIVE_DOCUMENT, reason, cure)
    return None


def _post_again(group: Group) -> Hold:
    return Hold(
        rule=Rule.POST_AGAIN,
        reason=f"{group.label}: it was posted, and is not in Intacct any more (reversed or deleted), while the report is still "
        "processed in Certify.",
        cure="Decide to post it again, under a new number, or unprocess the report in Certify.",
    )
