"""What holds for every report: money exact, nothing shortened, identity untouched by order and mapping."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import ZERO
from certify_intacct.rules.expenses import identity
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, line, plan_report, report

CONFIGURATION = configuration(
    dimensions={"entity": {"certify": "report_gld/1"}}, currencies={"exchange_rate_type": "Daily"}
)
cents = st.integers(-50_000, 1_000_000).map(lambda value: Decimal(value) / 100)


@st.composite
def expense_lines(draw):
    """Lines with any division between the payers, in two entities, on a card that is known."""
    lines = []
    for number in range(draw(st.integers(0, 12))):
        amount = draw(cents)
        reim = draw(st.sampled_from([amount, ZERO, (amount / 3).quantize(Decimal("0.01"))]))
        lines.append(
            replace(
                line(f"e{number:02}", "0"),
                amount=amount,
                reim_amount=reim,
                reimbursable=reim != 0 or draw(st.booleans()),
                report_gld_codes={1: draw(st.sampled_from(["100", "200"]))},
                card_name="Corp Visa",
                card_last="4821",
                card_transaction_id=draw(st.sampled_from(["", "T-1", "T-2"])),
                expense_date=date(2026, 2, draw(st.integers(1, 28))),
            )
        )
    return lines


def planned(lines, config=CONFIGURATION, references=REFERENCES):
    return plan_report(report(*lines), lines, references, config, today=TODAY)


@given(expense_lines())
def test_every_cent_is_in_exactly_one_document_or_waits(lines):
    plan = planned(lines)
    if plan.holds:
        assert plan.documents == ()
        return
    posted: Counter[tuple[str, Payer]] = Counter()
    amounts: dict[tuple[str, Payer], Decimal] = {}
    for document in plan.documents:
        assert document.total >= 0
        assert document.total == sum((item.amount for item in document.lines), ZERO)
        for item in document.lines:
            posted[item.expense_id, document.payer] += 1
            amounts[item.expense_id, document.payer] = item.amount
    assert all(count == 1 for count in posted.values()), "a part of a line is in two documents"
    waiting = {(line_id, part.payer): part for part in plan.parts if part.holds for line_id in part.content["lines"]}
    zero_documents = sum(skip.rule == "zero_document" for skip in plan.skips)
    for item in lines:
        parts = (
            (Payer.EMPLOYEE, item.reim_amount),
            (Payer.COMPANY, item.amount - item.reim_amount),
        )
        for payer, part in parts:
            # A part is whole where it stands; it is absent only when it is zero, waits, or its document adds up to nothing.
            if (item.id, payer) in waiting:
                assert (item.id, payer) not in amounts
                continue
            assert amounts.get((item.id, payer), part if zero_documents else ZERO) == part
    header = report(*lines)
    for payer, stated in (
        (Payer.EMPLOYEE, header.reim_amount),
        (Payer.COMPANY, header.non_reim_amount),
    ):
        assert sum((part.total for part in plan.parts if part.payer is payer), ZERO) == stated
        assert all(part.document is None or part.document.total == part.total for part in plan.parts)


@given(
    st.lists(
        st.tuples(cents, st.sampled_from(["30", "31"]), st.sampled_from(["6220", "6300"])), min_size=1, max_size=6
    ),
    st.sampled_from(["30", "31"]),
    st.booleans(),
)
def test_a_document_of_zero_is_skipped_only_when_it_books_nothing_anywhere(drawn, department, by_card):
    total = sum((amount for amount, _, _ in drawn), ZERO)
    rows = [row for row in (*drawn, (-total, department, "6220")) if row[0] != 0]
    card = {"card_name": "Corp Visa", "card_last": "4821", "card_transaction_id": "T-1"} if by_card else {}
    lines = [
        line(f"e{n}", str(amount), "0" if by_card else None, department_code=code, category_gl_code=account, **card)
        for n, (amount, code, account) in enumerate(rows)
    ]
    booked: Counter[tuple[str, str]] = Counter()
    for amount, code, account in rows:
        booked[code, account] += amount
    plan = plan_report(report(*lines), lines, REFERENCES, configuration(), today=TODAY)
    assert not plan.all_holds
    if any(booked.values()):
        (document,) = plan.documents
        assert (document.total, len(document.lines)) == (ZERO, len(rows))
    else:
        assert plan.documents == ()
        assert [skip.rule for skip in plan.skips] == (["zero_document"] if rows else ["zero_report"])


@given(expense_lines(), st.randoms())
def test_the_order_of_lines_changes_nothing(lines, random):
    shuffled = random.sample(lines, len(lines))
    first, second = planned(lines), planned(shuffled)
    assert first.source_hash == second.source_hash
    assert [document.canonical() for document in first.documents] == [
        document.canonical() for document in second.documents
    ]
    assert set(first.all_holds) == set(second.all_holds)


@given(expense_lines())
def test_a_remap_does_not_change_identity(lines):
    before = planned(lines)
    remapped = configuration(
        dimensions={
            "entity": {"certify": "report_gld/1", "map": {"100": "200", "200": "100"}},
            "department": {"map": {"30": "31"}},
        },
        currencies={"exchange_rate_type": "Other"},
        accounts={"map": {"Hotel": "6300"}},
        employee_paid={"date": "latest_expense_date", "due": {"rule": "days_after", "days": 1}},
    )
    after = planned(lines, remapped)
    assert [(document.key, document.number) for document in before.documents] == [
        (document.key, document.number) for document in after.documents
    ]
    assert [document.expense_ids for document in before.documents] == [
        document.expense_ids for document in after.documents
    ]


@given(expense_lines(), st.integers(0, 11), st.integers(1, 9), st.integers(3, 8))
def test_a_third_decimal_holds_the_report(lines, position, digit, decimals):
    if not lines:
        return
    position %= len(lines)
    crooked = replace(lines[position], amount=(lines[position].amount or ZERO) + Decimal(digit).scaleb(-decimals))
    plan = planned([*lines[:position], crooked, *lines[position + 1 :]])
    assert "third_decimal" in {hold.rule for hold in plan.all_holds}
    assert plan.documents == ()


@given(expense_lines(), st.integers(0, 11), cents.filter(bool))
def test_a_changed_amount_is_never_posted_silently(lines, position, change):
    """Whatever one line is changed by, the header no longer agrees."""
    if not lines:
        return
    position %= len(lines)
    changed = [*lines]
    changed[position] = replace(lines[position], amount=(lines[position].amount or ZERO) + change)
    plan = plan_report(report(*lines), changed, REFERENCES, CONFIGURATION, today=TODAY)
    assert plan.all_holds
    assert plan.documents == ()


@given(expense_lines())
def test_the_canonical_form_reads_back(lines):
    for document in planned(lines).documents:
        again = Document.from_canonical(document.canonical())
        assert again.canonical() == document.canonical()
        assert (again.total, again.number, again.key) == (document.total, document.number, document.key)


@given(st.text(min_size=1), st.text(min_size=1), st.integers(1, 99), st.integers(1, 999), st.sampled_from(DocumentKind))
def test_numbers_fit_and_read_back(company, report_id, sequence, ordinal, kind):
    token = identity.token(company, report_id)
    number = identity.document_number(token, sequence, ordinal, kind)
    assert len(number) <= 20
    assert identity.parse_number(number) == (token, sequence, ordinal, kind)


@given(st.lists(st.text(min_size=1), min_size=2, max_size=60, unique_by=lambda text: text.strip().lower()))
def test_two_reports_never_share_a_number(report_ids):
    tokens = {identity.token("acme", report_id) for report_id in report_ids}
    assert len(tokens) == len(report_ids)
