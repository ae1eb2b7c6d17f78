"""The posting date of a document and the day it is due, by rule; and what a closed period does to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from certify_intacct.model.configuration.currencies import Currencies
from certify_intacct.model.configuration.paid import DateRule, Due
from certify_intacct.model.configuration.posting import ClosedPeriods, PostingConfiguration
from certify_intacct.model.documents import BILL_NUMBER, Document
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import ClosedThrough, References
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.reports import ExpenseReport, of_invoices
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses.reimbursement import is_cleared
from certify_intacct.rules.expenses.splitting import Group
from certify_intacct.rules.near_misses import looks_like

# Where a card was used it may be tomorrow already.
A_ZONE_AHEAD = timedelta(days=1)
# What lies before is a mistyped year, and nothing that Intacct keeps books of.
_FIRST = date(1900, 1, 1)
# Which field of a header a rule takes that nothing else of the report moves with.
_OF_THE_HEADER = {"submitted_date": "submitted_date", "report_end_date": "end_date"}


@dataclass(frozen=True, kw_only=True)
class PostingDate:
    """``posted`` is what Intacct gets; ``intended`` is the date by rule, where a closed period moved it."""

    posted: date
    intended: date | None = None

    @property
    def by_rule(self) -> date:
        """The date that connector.yaml asks for, whether or not a closed period moved the posting."""
        return self.intended or self.posted


def date_by_rule(report: ExpenseReport, group: Group, rule: DateRule, today: date) -> date | None:
    """The date that the configuration asks for; None when Certify states none of that kind.

    :param today: the company-local day of the run that plans it
    """
    spent = _dates(member.line.expense_date for member in group.members)
    match rule:
        case "processed_date":
            return report.processed_date
        case "submitted_date":
            return report.submitted_date
        case "report_end_date":
            return report.end_date
        case "latest_expense_date":
            return max(spent, default=None)
        case "earliest_expense_date":
            return min(spent, default=None)
        case "run_date":
            return today
        # A statement is a card's: who has one answers for it (``documents.card_vendor_bill``).
        case "charge_date" | "statement_date":
            return max(_dates(member.line.posting_date for member in group.members) or spent, default=None)


def dated_by(report: ExpenseReport, posting: PostingConfiguration, overruled: Collection[str] = ()) -> dict[Payer, str]:
    """Which date of the header is that of a payer's documents; of dates of lines, the processed date and the run's nothing is said.

    :param overruled: rules that persons overruled in whatever of the report
    """
    if of_invoices(report.id):
        return {}
    found = {payer: name for payer in Payer if (name := _OF_THE_HEADER.get(posting.paid_by(payer).date))}
    if posting.policies.clears_payments and is_cleared(report, overruled):
        found[Payer.EMPLOYEE] = "reimbursed_date"
    return found


def impossible(intended: date) -> str:
    """Why no document can have that date, whoever releases it; empty when it can."""
    return f"it would be posted on {intended}, which is no possible posting date" if intended < _FIRST else ""


def dated(day: date, today: date, label: str) -> Hold | None:
    """Why no document can have that date of its own, whenever it would be posted; None when it can.

    :param label: of the document
    """
    if day < _FIRST:
        reason = f"{label}: it is dated {day}, which is no possible date of a document."
        return Hold(Rule.IMPOSSIBLE_DATE, reason, "Correct the date in Certify.")
    if day > today + A_ZONE_AHEAD:
        reason = f"{label}: it is dated {day}, which lies in the future."
        cure = "Wait: it is posted once that day has come. If the date is wrong, correct it in Certify."
        return Hold(Rule.FUTURE_DATE, reason, cure)
    return None


def too_old(intended: date, processed: date | None, oldest_days: int, label: str) -> list[Hold]:
    """Why a person must look at the date of a document; nothing when it lies near the day on which its report was processed."""
    if processed is None or (processed - intended).days <= oldest_days:
        return []
    reason = f"{label}: it would be posted on {intended}, more than {oldest_days} days before it was processed on {processed}."
    return [Hold(Rule.OLD_DATE, reason, "Correct the date in Certify; a person may release it.")]


def posting_date(
    intended: date,
    entity: str,
    subledger: str,
    policy: ClosedPeriods,
    refused: Collection[date],
    today: date,
    *,
    said: ClosedThrough | None = None,
) -> PostingDate | Hold:
    """The date on which a document can be posted, given what is known to be closed in that entity and subledger (AP, CM, EE or GL).

    What Intacct refused is closed on that day and no other; what connector.yaml lists or Intacct says is closed through its day. A
    date that is moved is never moved into the future.

    :param refused: the days that Intacct refused there
    :param said: through which day it is closed there, as Intacct said when the load read it
    """
    listed: date = policy.closed_through.get(entity, {}).get(subledger, date.min)  # type: ignore[call-overload]
    through = max(listed, said.day) if said else listed
    if intended > through and intended not in refused:
        return PostingDate(posted=intended)
    why, cure = "refused by Intacct on that day", "Open the period in Intacct"
    if said and intended <= said.day:
        why = f"closed through {said.day}, as Intacct says ({said.source})"
        cure += " (the next run reads it; where it is open already, set posting.closed_periods.ask_intacct: false)"
    if intended <= listed:
        why = f"closed through {listed}, as connector.yaml says" if not said or intended > said.day else why
        cure += ", correct posting.closed_periods.closed_through when it is open there"
    reason = (
        f"{intended} lies in a closed period: {subledger} of {f'entity {entity}' if entity else 'the company'} is {why}"
    )
    if policy.policy == "hold":
        cure = f"{cure}, or choose posting.closed_periods.policy: next_open_day."
        return Hold(Rule.CLOSED_PERIOD, f"{reason}.", cure)
    day = _next_to_try(intended, through, refused, today)
    if day is None:
        cure = "Open a period in Intacct; it is posted on the first open day once that day has come."
        return Hold(Rule.CLOSED_PERIOD, f"{reason}, and no day up to {today} is known to be open.", cure)
    return PostingDate(posted=day, intended=intended)


def _next_to_try(intended: date, through: date, refused: Collection[date], today: date) -> date | None:
    """The day on which a document of a closed period is tried next; None when today is closed too.

    Right after what connector.yaml lists or Intacct says. Where only refusals tell, halfway between the last of them and today; books
    are closed by months, so the first of that month where it lies between.
    """
    closed = max(intended, *(day for day in refused if day <= today), date.min)
    if max(closed, through) >= today:
        return None
    if through >= closed:
        return through + timedelta(days=1)
    halfway = closed + timedelta(days=((today - closed).days + 1) // 2)
    first = halfway.replace(day=1)
    return first if first > closed else halfway


def moved(document: Document, day: PostingDate, currencies: Currencies) -> Document | None:
    """The document on a later day than it was planned for, with the date by rule beside it; its due date stays, unless it lies before.

    None when the company gives the rate itself, and none of that day.
    """
    rate_follows = currencies.exchange_rate_date == "posting_date"
    rate = document.exchange_rate
    if rate and rate_follows:
        own = currencies.rate(document.currency, document.base_currency, day.posted)
        if own is None:
            return None
        rate = f"{own.normalize():f}"
    return replace(
        document,
        posting_date=day.posted,
        intended_date=day.intended,
        due_date=_due_when_moved(document, day.posted),
        exchange_rate=rate,
        exchange_rate_date=day.posted if document.exchange_rate_date and rate_follows else document.exchange_rate_date,
    )


def _due_when_moved(document: Document, posted: date) -> date | None:
    """No bill is due before its own date; a supplier's has its own, whenever it is posted."""
    if document.due_date is None or BILL_NUMBER in document.details:
        return document.due_date
    return max(document.due_date, posted)


def due(
    day: PostingDate, rule: Due, vendor_term: str, references: References, *, key: str
) -> tuple[date | None, str] | Hold:
    """The due date and the term of a bill: by its intended date, for nobody waits longer because a period was closed.

    No bill is due before its own date, and none is made without a due date: Intacct takes none, also beside a term.

    :param key: where connector.yaml says the rule
    """
    if rule.rule == "days_after":
        return max(day.by_rule + timedelta(days=rule.days), day.posted), ""
    term = rule.term or vendor_term
    if not term:
        return Hold(
            rule=Rule.TERM_MISSING,
            reason=f"The vendor has no term, and {key}.rule takes the due date from it.",
            cure=f"Give the vendor a term in Intacct, or choose another {key}.rule.",
        )
    days = references.term_days.get(term)
    if days is None:
        return Hold(
            rule=Rule.TERM_DUE_DATE,
            reason=f"Intacct has no active term {term!r} of a number of days after the bill, and a bill must state when it is due."
            + looks_like(term, references.term_days),
            cure=f"Choose a term of days, or {key}.rule: days_after.",
        )
    try:
        return max(day.by_rule + timedelta(days=days), day.posted), term
    except OverflowError:
        reason = f"The term {term!r} is {days} days after the bill in Intacct, which is later than any date."
        return Hold(Rule.TERM_DUE_DATE, reason, f"Correct the term in Intacct, or choose another {key}.rule.")


def _dates(values: Iterable[date | None]) -> list[date]:
    return [value for value in values if value is not None]
