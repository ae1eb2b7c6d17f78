"""The hash of a report moves with its business fields, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from certify_intacct.model.payers import Payer
from certify_intacct.rules.expenses.hashing import (
    ALSO,
    business_content,
    differences,
    forms,
    part_content,
    plain_form,
    source_hash,
)
from tests.rules.expenses.company import line, report

LINES = [line("a", "10.50"), line("b", "3")]
REPORT = report(*LINES)
BEFORE = business_content(REPORT, LINES)


@pytest.mark.parametrize(
    "header",
    [
        {"reimbursed": True, "reimbursement_transaction_id": "88"},
        {"approval_code": "999"},
        {"status": "Exported"},
        {"reim_amount": Decimal("13.5")},
    ],
)
def test_what_moves_by_itself_changes_nothing(header):
    assert source_hash(business_content(replace(REPORT, **header), LINES)) == source_hash(BEFORE)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": Decimal("10.51")}, "line a amount: '10.5' became '10.51'"),
        ({"category_gl_code": "6300"}, "line a category_gl_code: '6220' became '6300'"),
        ({"report_gld_codes": {2: "P-1"}}, "line a report_glds: {} became {'2': 'P-1'}"),
    ],
)
def test_a_changed_line_is_named(changes, said):
    after = business_content(REPORT, [replace(LINES[0], **changes), LINES[1]])
    assert source_hash(after) != source_hash(BEFORE)
    assert differences(BEFORE, after) == [said]


def test_lines_that_come_and_go_and_a_moved_date_are_named():
    gone = business_content(replace(REPORT, processed_date=date(2026, 3, 8)), [LINES[1], line("c", "1")])
    assert differences(BEFORE, gone) == [
        "processed_date: '2026-03-07' became '2026-03-08'",
        "line a (10.5 USD) is gone",
        "line c (1 USD) is new",
    ]


def test_a_disapproved_line_counts_as_gone():
    assert differences(BEFORE, business_content(REPORT, [LINES[0], replace(LINES[1], status="Disapproved")])) == [
        "line b (3 USD) is gone"
    ]


def test_what_only_some_companies_use_is_in_no_form_of_the_others_and_compared_where_both_have_it():
    lines = [replace(LINES[0], location="DE"), LINES[1]]
    with_it = business_content(REPORT, lines, ALSO)
    assert business_content(REPORT, lines) == BEFORE == plain_form(with_it)
    assert differences(BEFORE, with_it) == differences(with_it, BEFORE) == []
    moved = business_content(REPORT, [replace(LINES[0], location="FR"), LINES[1]], ALSO)
    assert differences(with_it, moved) == [f"line {LINES[0].id} location: 'DE' became 'FR'"]


def test_a_date_counts_for_the_payer_whose_documents_it_dates():
    lines = [replace(LINES[0], location="DE"), LINES[1]]

    def part(day: int, payer: Payer, **dated: str) -> dict[str, object]:
        dates = {Payer(name): field for name, field in dated.items()}
        header = replace(REPORT, submitted_date=date(2026, 3, day), end_date=date(2026, 2, day))
        return part_content(business_content(header, lines, ALSO, dates), payer, ["a"])

    by_submitted = {"employee": "submitted_date"}
    first, later = (part(day, Payer.EMPLOYEE, **by_submitted) for day in (1, 2))
    assert differences(first, later) == ["submitted_date: '2026-03-01' became '2026-03-02'"]
    assert part(1, Payer.COMPANY, **by_submitted) == part(2, Payer.COMPANY, **by_submitted) == part(3, Payer.COMPANY)
    # By another rule, or by one of the lines, nothing is said of it.
    assert differences(first, part(2, Payer.EMPLOYEE, employee="end_date")) == []
    assert differences(first, part(2, Payer.EMPLOYEE)) == differences(part(1, Payer.EMPLOYEE), later) == []
    plain = part_content(business_content(REPORT, LINES), Payer.EMPLOYEE, ["a"])
    assert plain_form(first) == plain_form(later) == plain
    known = {source_hash(one) for one in (first, part(1, Payer.EMPLOYEE), plain)}
    assert known < set(forms(first))
    assert len(forms(first)) == 4
    assert forms(plain) == (source_hash(plain),)
