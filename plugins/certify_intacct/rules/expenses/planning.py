"""Plans one report: its documents, whole and ready to send, or every reason why there are none.

Pure: the same report, references and configuration give the same plan, whatever the order of the lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.documents import Document
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import References
from certify_intacct.model.report_plans import Hold, ReportPlan, Skip
from certify_intacct.model.reports import ExpenseLine, ExpenseReport
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing, identity, mapping
from certify_intacct.rules.expenses.amounts import Shares, prove, shares
from certify_intacct.rules.expenses.drafts import Drafts
from certify_intacct.rules.expenses.holds import check_report, not_ours
from certify_intacct.rules.expenses.splitting import Group, split
from certify_intacct.rules.expenses.targets import PlanningContext, Target, Targets


def plan_report(
    report: ExpenseReport,
    lines: Sequence[ExpenseLine],
    references: References,
    configuration: Configuration,
    targets: Targets,
    *,
    today: date,
    sequence: int = 1,
    has_receipts: bool = False,
    released: Collection[str] = (),
) -> ReportPlan:
    """The plan of a report.

    :param lines: all its lines, disapproved ones included
    :param targets: what becomes of each payer's part
    :param today: the company-local date
    :param sequence: rises only when posted documents were reversed and the report is posted again
    :param has_receipts: whether documents shall point to an attachment
    :param released: rules that a person released for this very content of the report
    """
    company = configuration.company
    plan = ReportPlan(
        report_id=report.id,
        token=identity.token(company.certify_company, report.id),
        source_hash=hashing.source_hash(hashing.business_content(report, lines)),
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
    holds = check_report(report, kept, references, configuration, today)
    parts, amount_holds = _shares(report, kept, configuration)
    holds += amount_holds
    documents: list[Document] = []
    if not amount_holds:
        context = PlanningContext(report=report, references=references, configuration=configuration)
        drafts = Drafts(context, plan.token, sequence, has_receipts, today)
        documents = _documents(parts, targets, kept, drafts, holds, skips)
    standing = [hold for hold in holds if hold.rule not in released]
    used = sorted({hold.rule for hold in holds if hold.rule in released})
    return replace(
        plan,
        documents=() if standing else tuple(documents),
        holds=tuple(standing),
        skips=tuple(skips),
        released=tuple(used),
    )


def _shares(
    report: ExpenseReport, lines: Sequence[ExpenseLine], configuration: Configuration
) -> tuple[list[Shares], list[Hold]]:
    parts: list[Shares] = []
    holds: list[Hold] = []
    for line in lines:
        share = shares(line, configuration.company.base_amounts)
        if isinstance(share, Hold):
            holds.append(share)
        else:
            parts.append(share)
    return parts, holds or prove(report, parts)


def _documents(
    parts: Sequence[Shares],
    targets: Targets,
    lines: Sequence[ExpenseLine],
    drafts: Drafts,
    holds: list[Hold],
    skips: list[Skip],
) -> list[Document]:
    """The documents of a report whose amounts are proven; what stands against them, and what is left out, is added."""
    context = drafts.context
    skips += [
        Skip(rule=Rule.ZERO_LINE, reason=f"{part.line.label}: nothing to post.", expense_id=part.line.id)
        for part in parts
        if part.employee == 0 and part.company == 0
    ]
    groups = split(
        parts,
        lambda line: mapping.entity_code(context.report, line, context.dimensions),
        lambda payer, line: target.keeps_apart(line) if (target := targets[payer]) else "",
    )
    for payer in Payer:
        asked = targets[payer]
        if asked is not None and any(group.payer is payer for group in groups):
            holds += asked.party(lines, context)
    documents: list[Document] = []
    for group in groups:
        _draft(group, targets[group.payer], drafts, documents, holds, skips)
    if not groups:
        skips.append(Skip(rule=Rule.ZERO_REPORT, reason="The report has no amount to post."))
    return documents


def _draft(
    group: Group,
    target: Target | None,
    drafts: Drafts,
    documents: list[Document],
    holds: list[Hold],
    skips: list[Skip],
) -> None:
    if target is None:
        reason = f"{group.label}: posting.{group.payer}_paid.target is hold."
        holds.append(Hold(rule=Rule.TARGET_HOLD, reason=reason, cure="Choose a target."))
    elif group.total == 0:
        skips.append(Skip(rule=Rule.ZERO_DOCUMENT, reason=f"{group.label}: adds up to nothing."))
    elif group.total < 0:
        holds.append(
            Hold(
                rule=Rule.NEGATIVE_DOCUMENT,
                reason=f"{group.label}: the total is negative.",
                cure="Book the credit by hand in Intacct; adjustments are not built yet.",
            )
        )
    else:
        document, found = drafts.draft(group, target)
        holds += found
        if document is not None:
            documents.append(document)
