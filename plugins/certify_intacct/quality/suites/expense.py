"""Suites of ``expense_sync``. A report or a line that fails takes its whole report out of the run: nothing is posted shortened.

How fine the amounts of lines are the plan judges: it knows which of them are posted, plain or converted, and in which currency.
"""

from __future__ import annotations

from functools import partial

from certify_intacct.model.verdicts import Severity
from certify_intacct.quality.suite import Suite
from certify_intacct.quality.suites.common import false, readable, true

_IN_CERTIFY = (
    "Correct it in Certify (unprocess, correct, process); the report is picked up again wherever its date lies."
)
_false = partial(false, cure=_IN_CERTIFY)
_true = partial(true, cure=_IN_CERTIFY)


CERTIFY_EXPENSE_REPORTS = Suite(
    stream="certify_expense_reports",
    rules=(
        readable(),
        false(
            "employee_id_present",
            "employee_id_missing",
            "The report carries no EmployeeID, so nobody can be paid for it.",
            "Give the user an EmployeeID in Certify; it is the ID of the vendor in Intacct.",
        ),
        _false("currency_present", "currency_missing", "The report states no currency."),
        _false("amounts_present", "amount_missing", "The header has no total or no parts of it."),
        _false(
            "cents", "third_decimal", "An amount of the header has more than two decimals, which Intacct would round."
        ),
        _true("header_adds_up", "header_adds_up", "TotalAmount is not ReimAmount and NonReimAmount together."),
        _true("totals_match", "totals_match", "The lines do not add up to the header's ReimAmount and NonReimAmount."),
    ),
)

CERTIFY_EXPENSES = Suite(
    stream="certify_expenses",
    rules=(
        readable(),
        false(
            "report_present",
            "report_missing",
            "The line belongs to a report that Certify did not give for this period.",
            "It was probably processed while it was read; the next run has both.",
            Severity.INFO,
        ),
        _false("amounts_present", "amount_missing", "The line has no amount, no reimbursable amount or no currency."),
        _false(
            "reimbursable",
            "reimbursable_contradiction",
            "The line is not reimbursable, yet it has a reimbursable amount.",
        ),
        _false("within_amount", "more_than_the_amount", "More is reimbursable than the line's amount."),
    ),
)


SUITES = (CERTIFY_EXPENSE_REPORTS, CERTIFY_EXPENSES)
