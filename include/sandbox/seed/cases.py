"""What hurts: reports that carry one difficulty each, by name.

`MEANING` says what each is, `OUTCOME` what a connector that follows its rules makes of it: "post" or "hold" (or "absent":
not in the processed reports of its day). The seed's notes (GET /_sandbox/state/seed/cases) name each report's case.
"""

# ruff: noqa: ARG001 (every case has the same signature)
from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from include.sandbox.seed import coding, taxes
from include.sandbox.seed.company import (
    CASH_ADVANCE,
    INACTIVE_ACCOUNT,
    PERSONAL,
    UNKNOWN_ACCOUNT,
    UNMAPPED,
    UNMAPPED_CARD,
    entity_card_of,
)
from include.sandbox.seed.reports import ExpenseLine, Maker, Report, carded

Change = Callable[[Report, random.Random, Maker], None]
CASES: dict[str, Change] = {}
MEANING: dict[str, str] = {}
OUTCOME: dict[str, str] = {}
# Cases that are a person's trouble: case name = trouble name.
OF_PEOPLE = {
    "leading_zeros": "post",
    "strange_name": "post",
    "renamed": "post",
    "email_changed": "post",
    "moved": "post",
    "supplier_number": "hold",
    "missing_vendor": "hold",
    "inactive_vendor": "hold",
    "vendor_on_hold": "hold",
    "wrong_vendor_type": "hold",
    "private_vendor": "hold",
    "same_employee_id": "hold",
    "closed_entity": "hold",
    "inactive_entity": "hold",
    "inactive_department": "hold",
}


def case(name: str, outcome: str, meaning: str) -> Callable[[Change], Change]:
    """Register a case under its name."""

    def registered(change: Change) -> Change:
        CASES[name], OUTCOME[name], MEANING[name] = change, outcome, meaning
        return change

    return registered


def unchanged(report: Report, rng: random.Random, maker: Maker) -> None:
    """The change of a case that lies in the person: none to the report itself."""


def _first(report: Report) -> ExpenseLine:
    return report.lines[0]


def _another(report: Report, rng: random.Random, maker: Maker) -> ExpenseLine:
    line = maker.line(rng, report.person, report.submitted)
    line.card = line.charge = line.last4 = ""
    line.reimbursed = line.cents
    report.lines.append(line)
    return line


# -- texts -------------------------------------------------------------------------------------------------------------


@case("strange_texts", "post", "accents, &, <, emoji, quotes, a formula and a right-to-left mark in name and reasons")
def strange_texts(report: Report, rng: random.Random, maker: Maker) -> None:
    report.name = 'Überfahrt <Kraków> & "Zürich" 🚆'
    reasons = (
        "Déjeuner d'équipe & café <client>",
        '=HYPERLINK("http://x.example","x")',
        "Robert'); DROP TABLE x;--",
        "right\u200fto left, שלום, 出張, 🍣",
        "a\ttab and a\nnew line",
        "]]> &amp; &#38;",
    )
    for line, reason in zip(report.lines * 6, reasons, strict=False):
        line.changes["Reason"] = reason


@case("long_memo", "post", "a reason of 4,000 characters and a report name of 300")
def long_memo(report: Report, rng: random.Random, maker: Maker) -> None:
    report.name = ("A very long name of a report, " * 10)[:300]
    _first(report).changes["Reason"] = ("long memo with an ü and an & in it; " * 120)[:4000]


# -- lines -------------------------------------------------------------------------------------------------------------


@case("unmapped_category", "hold", "a line's category has no GL code")
def unmapped_category(report: Report, rng: random.Random, maker: Maker) -> None:
    _first(report).category = UNMAPPED


@case("unknown_account", "hold", "a line's category has the GL code of an account that does not exist")
def unknown_account(report: Report, rng: random.Random, maker: Maker) -> None:
    _first(report).category = UNKNOWN_ACCOUNT


@case("inactive_account", "hold", "a line's category has the GL code of an inactive account")
def inactive_account(report: Report, rng: random.Random, maker: Maker) -> None:
    _first(report).category = INACTIVE_ACCOUNT


@case("personal", "hold", "a line's category is marked as personal expense")
def personal(report: Report, rng: random.Random, maker: Maker) -> None:
    carded(_first(report), rng, report.person).category = PERSONAL


@case("cash_advance", "hold", "a line's category is marked as cash advance")
def cash_advance(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker).category = CASH_ADVANCE


@case("partly_reimbursable", "post", "a card charge of which the employee is owed a part")
def partly_reimbursable(report: Report, rng: random.Random, maker: Maker) -> None:
    line = carded(_another(report, rng, maker), rng, report.person)
    line.cents, line.reimbursed = 12_345, 4_567


@case("negative_line", "post", "a refund: one negative line in a report above zero")
def negative_line(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.cents = line.reimbursed = 20_000
    refund = _another(report, rng, maker)
    refund.cents = refund.reimbursed = -1_999


@case("zero_line", "post", "a line of 0.00")
def zero_line(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.cents = line.reimbursed = 0


@case("zero_total", "skip", "the lines of the report add up to zero")
def zero_total(report: Report, rng: random.Random, maker: Maker) -> None:
    report.lines = report.lines[:1]
    line, refund = _first(report), _another(report, rng, maker)
    refund.category = line.category
    line.card = line.charge = line.last4 = ""
    line.reimbursed = line.cents
    refund.cents = refund.reimbursed = -line.cents
    # Coded alike: else nothing would cancel out where a company uses more dimensions.
    line.changes |= coding.UNCODED
    refund.changes |= coding.UNCODED


@case("negative_total", "hold", "the report's total is below zero")
def negative_total(report: Report, rng: random.Random, maker: Maker) -> None:
    report.lines = [_another(report, rng, maker)]
    _first(report).cents = _first(report).reimbursed = -4_250


@case("disapproved_line", "post", "a line was disapproved: not in the list, not in the header's totals")
def disapproved_line(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.counted = False
    line.changes |= {"Status": "Disapproved", "LastAction": "Disapproved"}


@case("two_cards", "post", "charges of two company cards in one report")
def two_cards(report: Report, rng: random.Random, maker: Maker) -> None:
    carded(_another(report, rng, maker), rng, report.person, "Corporate Visa")
    carded(_another(report, rng, maker), rng, report.person, "Corporate Amex")


@case("itemised_charge", "post", "one card charge over three lines: same CCTransactionID")
def itemised_charge(report: Report, rng: random.Random, maker: Maker) -> None:
    first = carded(_another(report, rng, maker), rng, report.person)
    for _ in range(2):
        line = carded(_another(report, rng, maker), rng, report.person)
        line.charge, line.spent = first.charge, first.spent


@case("unmapped_card", "hold", "a card that nobody mapped to a card account")
def unmapped_card(report: Report, rng: random.Random, maker: Maker) -> None:
    carded(_another(report, rng, maker), rng, report.person, UNMAPPED_CARD)


@case("entity_card", "hold", "a card account that belongs to one entity and posts only in its session")
def entity_card(report: Report, rng: random.Random, maker: Maker) -> None:
    carded(_another(report, rng, maker), rng, report.person, entity_card_of(maker.company.entities[0])[0])


@case("two_currencies", "hold", "a line in another currency than the report")
def two_currencies(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker).changes["Currency"] = "CHF"


@case("foreign_receipt", "post", "spent in another currency, stated in the report's: only SubmittedCurrency differs")
def foreign_receipt(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.changes |= {"SubmittedCurrency": "JPY", "SubmittedAmount": str(line.cents * 155 // 100)}


@case(
    "two_entities",
    "post",
    "the lines name entities of their own (Expense Report GLD 3): used or ignored, by configuration",
)
def two_entities(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker)
    for line, entity in zip(report.lines, maker.company.sound_entities() * len(report.lines), strict=False):
        line.changes |= {
            "ExpenseReportGLD3Label": "ENTITY",
            "ExpenseReportGLD3Name": entity.name,
            "ExpenseReportGLD3Code": entity.id,
        }


@case("tax", "post", "a line with VAT: held, posted gross or with a tax entry, by configuration")
def tax(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.cents = line.reimbursed = 12_000
    if not taxes.taxed(report.person.entity.country):
        line.changes["VATAmount"] = "20.00"


@case("unknown_department", "hold", "a line's department does not exist in Intacct")
def unknown_department(report: Report, rng: random.Random, maker: Maker) -> None:
    _first(report).changes |= {"DepartmentName": "Only in Certify", "DepartmentCode": "ZZ"}


@case("rebillable", "post", "a billable line with a project")
def rebillable(report: Report, rng: random.Random, maker: Maker) -> None:
    project, name = rng.choice(maker.company.projects)
    _first(report).changes |= {
        "Billable": True,
        "ExpenseReportGLD1Label": "Project",
        "ExpenseReportGLD1Name": name,
        "ExpenseReportGLD1Code": project,
    }


# -- amounts -----------------------------------------------------------------------------------------------------------


@case("totals_differ", "hold", "the header's TotalAmount is a cent above its lines")
def totals_differ(report: Report, rng: random.Random, maker: Maker) -> None:
    report.totals["TotalAmount"] = sum(line.cents for line in report.lines) + 1


@case("third_decimal", "hold", "a line and the header with a third decimal place")
def third_decimal(report: Report, rng: random.Random, maker: Maker) -> None:
    line = _another(report, rng, maker)
    line.cents = line.reimbursed = 1_000
    line.changes |= {"Amount": "10.005", "ReimAmount": "10.005", "SubmittedAmount": "10.005"}
    header = report.header()
    report.changes |= {"ReimAmount": f"{header['ReimAmount']}5", "TotalAmount": f"{header['TotalAmount']}5"}


@case("reimbursable_false", "hold", "Reimbursable is false although ReimAmount is not zero")
def reimbursable_false(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker).changes["Reimbursable"] = False


# -- the report as a whole ---------------------------------------------------------------------------------------------


@case("report_without_entity", "hold", "the report names no entity")
def report_without_entity(report: Report, rng: random.Random, maker: Maker) -> None:
    report.changes |= {"EmpGLD1Name": "", "EmpGLD1Code": ""}


@case("unknown_entity", "hold", "the report names an entity that Intacct does not have")
def unknown_entity(report: Report, rng: random.Random, maker: Maker) -> None:
    report.changes |= {"EmpGLD1Name": "Closed long ago", "EmpGLD1Code": "999"}


@case("already_reimbursed", "hold", "Certify has paid the employee already")
def already_reimbursed(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker)
    day = report.processed or report.submitted
    report.changes |= {"Reimbursed": True, "ReimbursedDate": day.isoformat(), "ReimbursementTransactionID": "800412"}


@case("paid_by_hand", "hold", "marked as paid by hand")
def paid_by_hand(report: Report, rng: random.Random, maker: Maker) -> None:
    _another(report, rng, maker)
    report.changes |= {
        "Reimbursed": True,
        "ReimbursedDate": report.submitted.isoformat(),
        "ReimbursementTransactionID": "Manual Pay",
    }


@case("self_approved", "hold", "the first approver is the employee")
def self_approved(report: Report, rng: random.Random, maker: Maker) -> None:
    report.approver = report.person.email


@case("back_dated", "post", "processed with a date three weeks back, on this day")
def back_dated(report: Report, rng: random.Random, maker: Maker) -> None:
    if report.processed:
        report.processed -= timedelta(days=21)


@case("future_dated", "hold", "processed with a date in the future")
def future_dated(report: Report, rng: random.Random, maker: Maker) -> None:
    report.processed = maker.today + timedelta(days=9)


@case("late", "post", "expenses of more than a hundred days ago")
def late(report: Report, rng: random.Random, maker: Maker) -> None:
    for line in report.lines:
        line.spent -= timedelta(days=110)
        if line.card:
            line.changes["PostingDate"] = report.submitted.isoformat()


@case("unprocessed", "absent", "approved, not processed")
def unprocessed(report: Report, rng: random.Random, maker: Maker) -> None:
    report.processed, report.approval_code = None, ""


for _name, _outcome in OF_PEOPLE.items():
    CASES[_name], OUTCOME[_name] = unchanged, _outcome


def dealt(days: int, per_day: int, maker: Maker, rng: random.Random) -> dict[int, list[str]]:
    """Which cases the days before today carry (1 is yesterday): each at least once in the last four, few elsewhere.

    Cases of people are left out when nobody has the trouble. Never more than half of a day's reports.
    """
    names = [name for name in CASES if name not in OF_PEOPLE or maker.of_trouble(name)]
    rng.shuffle(names)
    recent = min(4, days)
    dealt_days: dict[int, list[str]] = {day: [] for day in range(1, days + 1)}
    for number, name in enumerate(names):
        if recent:
            dealt_days[1 + number % recent].append(name)
    for day, listed in dealt_days.items():
        del listed[per_day // 2 :]
        while day > recent and len(listed) < per_day // 12:
            listed.append(rng.choice(names))
        while day <= recent and len(listed) < per_day // 25:
            listed.append(rng.choice(names))
    return dealt_days
