"""Reports that are not ours to post, or not without a person: everything that can be said of a report before it is divided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.currencies import money
from certify_intacct.model.payers import Payer
from certify_intacct.model.report_plans import Hold, Skip
from certify_intacct.model.reports import ExpenseLine, ExpenseReport, of_invoices
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.categories import check_categories
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.expenses.targets import PlanningContext

_CAME_TWICE = "Run expense_sync again; if it stays, ask Emburse support how one line can come twice."


def not_ours(report: ExpenseReport, configuration: Configuration) -> Skip | None:
    """The named policy by which a report is none of our business, or None."""
    if not report.processed:
        return Skip(rule=Rule.UNPROCESSED, reason="The report is not processed in Certify.")
    return _invoices_of_before(report, configuration) or not_ours_by_date(report.processed_date, configuration)


def _invoices_of_before(report: ExpenseReport, configuration: Configuration) -> Skip | None:
    """Lists leave them out; what waits is read by its ID, also when the day was moved since."""
    since, day = configuration.posting.invoices.since, report.processed_date
    if not of_invoices(report.id) or since is None or day is None or day >= since:
        return None
    reason = f"Processed on {day}, before posting.invoices.since {since}: its invoices were entered in another way."
    return Skip(rule=Rule.BEFORE_FIRST_POST_DATE, reason=reason)


def not_ours_by_date(day: date | None, configuration: Configuration) -> Skip | None:
    """The named policy by which reports of a processed date are none of our business, or None.

    Asked again at the moment of sending: a plan may be older than the configuration.
    """
    if day is None:
        return None
    company = configuration.company
    previous = company.previous_connector
    if previous is not None and previous.until is not None and day <= previous.until:
        return Skip(
            rule=Rule.PREVIOUS_CONNECTOR,
            reason=f"Processed on {day}: the previous connector posted everything until {previous.until}.",
        )
    if company.first_post_date is not None and day < company.first_post_date:
        return Skip(
            rule=Rule.BEFORE_FIRST_POST_DATE,
            reason=f"Processed on {day}, before company.first_post_date {company.first_post_date}.",
        )
    return None


def check_report(
    report: ExpenseReport,
    lines: Sequence[ExpenseLine],
    configuration: Configuration,
    today: date,
) -> list[Hold]:
    """What keeps the whole report from being posted. ``lines`` are those that were not disapproved."""
    return [
        *_line_identity(report, lines),
        *_processed_date(report, today),
        *_self_approved(report, lines, configuration),
        *_above_limit(report, configuration),
    ]


def _above_limit(report: ExpenseReport, configuration: Configuration) -> list[Hold]:
    """Whatever its documents are by themselves, and whatever a refund takes off."""
    limits, amounts = configuration.posting.limits, (report.reim_amount, report.non_reim_amount)
    limit = limits.of(limits.report_amount, report.currency)
    total = sum((abs(amount) for amount in amounts if amount is not None), Decimal(0))
    if limit is None or total <= limit:
        return []
    over, most = (money(amount, report.currency) for amount in (total, limit))
    reason = f"The report is over {over}; posting.limits.report_amount is {most}."
    return [Hold(Rule.ABOVE_LIMIT, reason, "A second person looks at the report and releases it.")]


def check_part(group: Group, context: PlanningContext) -> list[Hold]:
    """What keeps one payer's part of some lines from being posted, whatever becomes of the others."""
    owed = group.payer is Payer.EMPLOYEE or of_invoices(context.report.id)
    paid = already_reimbursed(context) if owed else []
    return [*paid, *check_categories(group, context)]


def already_reimbursed(context: PlanningContext) -> list[Hold]:
    """A report that somebody has paid already, or may have; asked again at the moment of sending."""
    paid = context.paid_elsewhere
    if paid is None or context.clears_payment:
        return []
    cure = "Book the payment by hand; release it only when nobody has paid it."
    if paid.certain and not of_invoices(context.report.id):
        cure += (
            " Or have such reports booked on a clearing account: posting.policies.already_reimbursed: clearing_account."
        )
    return [Hold(Rule.ALREADY_REIMBURSED, paid.reason, cure)]


def _line_identity(report: ExpenseReport, lines: Sequence[ExpenseLine]) -> list[Hold]:
    holds = []
    for line_id, count in sorted(Counter(line.id for line in lines).items()):
        if count > 1:
            reason = f"The line {line_id} came {count} times."
            holds.append(Hold(rule=Rule.LINE_TWICE, reason=reason, cure=_CAME_TWICE, expense_id=line_id))
    strangers = {line.employee_id for line in lines} - {report.employee_id, ""}
    # Who handed an invoice in is paid nothing for it.
    if strangers and not of_invoices(report.id):
        reason = (
            f"Lines carry the EmployeeID {', '.join(map(repr, sorted(strangers)))}, the header {report.employee_id!r}."
        )
        holds.append(
            Hold(
                rule=Rule.EMPLOYEE_IDS_DIFFER,
                reason=reason,
                cure="Correct the user's EmployeeID in Certify and reprocess the report.",
            )
        )
    return holds


def _processed_date(report: ExpenseReport, today: date) -> list[Hold]:
    if report.processed_date is None:
        reason = "The report is processed, and Certify states no date on which it was."
        return [Hold(rule=Rule.PROCESSED_DATE_MISSING, reason=reason, cure="Have it processed again in Certify.")]
    if report.processed_date <= today:
        return []
    return [
        Hold(
            rule=Rule.FUTURE_PROCESSED_DATE,
            reason=f"The processed date {report.processed_date} lies in the future.",
            cure="Wait: it is posted once that day has come. If the date is wrong, correct it in Certify.",
        )
    ]


def _self_approved(report: ExpenseReport, lines: Sequence[ExpenseLine], configuration: Configuration) -> list[Hold]:
    if configuration.posting.policies.self_approved == "post":
        return []
    approver = report.initial_approver_email.strip().casefold()
    if not approver or approver not in {line.email.strip().casefold() for line in lines}:
        return []
    return [
        Hold(
            rule=Rule.SELF_APPROVED,
            reason=f"{report.initial_approver_email} approved their own report.",
            cure="Have somebody else approve it; a person may release the report.",
        )
    ]
