"""A person's decision is one about lines: whatever connector.yaml says, none of them is posted, and none of the others is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certify_intacct.model.decisions import Decision
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import Invoice
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.numbering import Earlier, InLedger
from certify_intacct.rules.expenses.taken_out import TakenOut
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report
from tests.rules.expenses.test_properties import expense_lines

JOURNAL = {"symbol": "EXP", "offset_account": "2310"}
CARD = {"payment_card": "Corp Visa", "last": "4821", "card_id": "CORP-VISA", "vendor_id": "V-1", "statement_day": 12}
BY_LINE = {"entity": {"certify": "report_gld/1"}}


def company(target: str, **more: Any) -> dict[str, Any]:
    return {"company_paid": {"cards": [CARD], "target": target, **more}}


#: What changes into which documents a report is divided.
CONFIGURATIONS: dict[str, Any] = {
    "charges wait": configuration(dimensions=BY_LINE, **company("hold")),
    "a card transaction for each charge": configuration(dimensions=BY_LINE, **company("credit_card_transaction")),
    "bills of the card's vendor": configuration(dimensions=BY_LINE, **company("card_vendor_bill")),
    "journals": configuration(dimensions=BY_LINE, **company("gl_journal", journal=JOURNAL)),
    "summed journals": configuration(
        dimensions=BY_LINE, **company("gl_journal", journal={**JOURNAL, "lines": "summed"}),
        employee_paid={"target": "gl_journal", "journal": {**JOURNAL, "lines": "summed"}},
    ),
    "expense reports": configuration(
        dimensions=BY_LINE, **company("expense_report", expense_report={"payment_type": "Company card"}),
        employee_paid={"target": "expense_report", "expense_report": {"payment_type": "Out of pocket"}},
    ),
    "the bank's feed": configuration(dimensions=BY_LINE, **company("none")),
    "by category": configuration(
        dimensions=BY_LINE,
        **company("credit_card_transaction", journal=JOURNAL, overrides=[{"categories": ["Meals"], "target": "gl_journal"}]),
    ),
    "the employee's entity": configuration(**company("credit_card_transaction")),
    "several entities in one": configuration(dimensions=BY_LINE, several_entities="one_document", **company("hold")),
    "inside entities": configuration(dimensions=BY_LINE, posting_entity="entity", **company("credit_card_transaction")),
    "whole reports wait": configuration(dimensions=BY_LINE, hold="report", **company("credit_card_transaction")),
    "what no card paid waits": configuration(dimensions=BY_LINE, unpaid_part="hold", **company("hold")),
    "gross": configuration(dimensions=BY_LINE, tax={"default": {"mode": "gross"}}, **company("credit_card_transaction")),
    "credits": configuration(
        dimensions=BY_LINE, credits={"employee_paid": "negative", "company_paid": "negative"}, **company("credit_card_transaction")
    ),
    "personal ones on an account": configuration(
        dimensions=BY_LINE, policies={"personal": "account", "personal_account": "2310"}, **company("credit_card_transaction")
    ),
    "converted amounts": configuration(
        company={"base_amounts": "converted"}, dimensions=BY_LINE, **company("credit_card_transaction")
    ),
}  # fmt: skip


def planned(lines: Any, config: Any, **more: Any) -> Any:
    return plan_report(report(*lines), lines, REFERENCES, config, today=TODAY, **more)


def taken_out(part: Any, decision: Decision = Decision.BOOKED_BY_HAND) -> TakenOut:
    return TakenOut(
        decision=decision,
        said="clerk decided that it is not ours",
        content_hash=part.content_hash,
        content=part.content,
    )


def parts_of(part: Any) -> set[tuple[str, Payer]]:
    return {(line_id, part.payer) for line_id in part.content["lines"]}


@st.composite
def cancelling_lines(draw: st.DrawFn) -> list[Any]:
    """Lines, and of some of them the same with the other sign: what cancels out is no document."""
    lines = draw(expense_lines())
    back = [
        replace(one, id=f"{one.id}-back", amount=-one.amount, reim_amount=-one.reim_amount)
        for one in lines
        if draw(st.booleans())
    ]
    return [*lines, *back]


@settings(max_examples=300, deadline=None)
@given(cancelling_lines(), st.sampled_from(sorted(CONFIGURATIONS)), st.sampled_from(sorted(CONFIGURATIONS)), st.data())
def test_whatever_is_turned_nothing_is_posted_twice_and_nothing_is_lost(lines, before, after, data):
    lines = [
        replace(one, converted_amount=one.amount, converted_reim_amount=one.reim_amount, converted_currency="USD")
        for one in lines
    ]
    first = planned(lines, CONFIGURATIONS[before])
    fate = {
        part.content_hash: data.draw(
            st.sampled_from(["posted", "in doubt", "decided", "waits", "gone"]), label=part.label
        )
        for part in first.parts
    }
    decided = [part for part in first.parts if fate[part.content_hash] == "decided"]
    posted = [part for part in first.parts if fate[part.content_hash] in ("posted", "in doubt") and part.document]
    gone = [part for part in first.parts if fate[part.content_hash] == "gone" and part.document]
    held = {one for part in posted for one in parts_of(part)}
    out = {one for part in decided for one in parts_of(part)}
    ledger = InLedger(
        taken=frozenset(held), highest=len(first.parts),
        earlier=tuple(
            Earlier(ordinal=part.document.key.ordinal, sequence=1, payer=part.payer, expense_ids=part.document.expense_ids, gone=True)
            for part in gone
        ),
    )  # fmt: skip
    second = planned(lines, CONFIGURATIONS[after], ledger=ledger, taken_out=[taken_out(part) for part in decided])
    counted = Counter(one for part in second.parts for one in parts_of(part))
    assert max(counted.values(), default=1) == 1
    assert not counted.keys() & (held | out), "what stands in Intacct, or was taken out, is to be posted"
    assert all(part.document or part.holds for part in second.parts), "a part that is neither posted nor waits"
    again = {one for part in gone for one in parts_of(part)}
    assert not any(part.document and parts_of(part) & again for part in second.parts), (
        "what is gone is posted without anybody's word"
    )
    # Every other part of a line has a place, or is left out by a policy that names it, or adds up to nothing.
    left_out = {(skip.expense_id, skip.payer) for skip in second.skips if skip.payer}
    zero = {skip.payer for skip in second.skips if skip.rule is Rule.ZERO_DOCUMENT}
    nowhere: dict[Payer, list[Decimal]] = {}
    for one in lines:
        for payer, amount in ((Payer.EMPLOYEE, one.reim_amount), (Payer.COMPANY, one.amount - one.reim_amount)):
            if amount and (one.id, payer) not in held | out | left_out | counted.keys():
                nowhere.setdefault(payer, []).append(amount)
    assert nowhere.keys() <= zero, f"nowhere: {nowhere}"
    assert not any(sum(amounts) for amounts in nowhere.values()), f"nowhere, and not nothing: {nowhere}"
    if second.parts:
        assert set(second.taken_out) == {part.content_hash for part in decided}


INVOICES = {"target": "supplier_bill", "since": "2026-01-01"}


@pytest.mark.parametrize("before", ["hold", "supplier_bill"])
@pytest.mark.parametrize("after", ["hold", "supplier_bill", "vendor_id"])
def test_invoices_likewise(before, after):
    lines = [
        replace(
            card_line(f"invoice-{number}", "10"), report_id="invoice-1",
            invoice=Invoice(number=f"I-{number % 2}", vendor_code=code, vendor_id="V-1"),
        )
        for number, code in ((1, "A"), (2, "A"), (3, "B"))
    ]  # fmt: skip
    configurations = {
        "hold": configuration(invoices={**INVOICES, "target": "hold"}),
        "supplier_bill": configuration(invoices=INVOICES),
        "vendor_id": configuration(invoices={**INVOICES, "vendor": "vendor_id"}),
    }
    header = replace(report(*lines), id="invoice-1")

    def plan(name: str, **more: Any) -> Any:
        return plan_report(header, lines, REFERENCES, configurations[name], today=TODAY, **more)

    part = plan(before).parts[0]
    second = plan(after, taken_out=[taken_out(part)])
    assert {one for found in second.parts for one in parts_of(found)} == {
        (one.id, Payer.COMPANY) for one in lines
    } - parts_of(part)


# What becomes of a decision when the report changes


LINES = [card_line("a", "10", "T-1"), card_line("b", "20", "T-2"), line("c", "5")]
HOLD, EACH = CONFIGURATIONS["charges wait"], CONFIGURATIONS["a card transaction for each charge"]


def rules(plan: Any) -> dict[str, set[Rule]]:
    """By line the rules by which it waits."""
    return {line_id: {hold.rule for hold in part.holds} for part in plan.parts for line_id in part.content["lines"]}


def decision(lines: Any = LINES, config: Any = HOLD) -> TakenOut:
    (part,) = [part for part in planned(lines, config).parts if part.payer is Payer.COMPANY]
    return taken_out(part)


def plain(lines: Any, config: Any = EACH, **more: Any) -> Any:
    lines = [replace(one, report_gld_codes={1: "100"}) for one in lines]
    return planned(lines, config, **more)


BASE = [replace(one, report_gld_codes={1: "100"}) for one in LINES]
CHANGED = {Rule.CHANGED_AFTER_DECISION}


def test_a_line_that_is_another_since_and_all_that_is_left_wait_with_what_changed():
    made = decision(BASE)
    moved = plain([replace(BASE[0], amount=Decimal(12)), *BASE[1:]], taken_out=[made])
    assert rules(moved) == {"a": CHANGED, "c": CHANGED}
    (reason,) = {hold.reason for hold in moved.all_holds}
    assert "line a amount: '10' became '12'" in reason


def test_a_line_that_is_gone_may_be_another_by_now():
    plan = plain([replace(BASE[0], id="d"), *BASE[1:]], taken_out=[decision(BASE)])
    assert rules(plan) == {"d": CHANGED, "c": CHANGED}


def test_a_new_line_is_posted_beside_what_was_taken_out():
    plan = plain([*BASE, card_line("d", "7", "T-3")], taken_out=[decision(BASE)])
    assert rules(plan) == {"d": set(), "c": set()}


def test_another_day_of_processing_changes_nothing_of_what_was_taken_out():
    lines = BASE
    later = replace(report(*lines), processed_date=date(2026, 3, 9))
    plan = plan_report(later, lines, REFERENCES, EACH, today=TODAY, taken_out=[decision(BASE)])
    assert rules(plan) == {"c": set()}


def test_what_is_something_else_is_released_or_decided_about_too():
    made = decision(BASE)
    lines = [replace(BASE[0], amount=Decimal(12)), *BASE[1:]]
    waiting = {part.label: part for part in plain(lines, taken_out=[made]).parts}
    (card,) = [part for part in waiting.values() if part.payer is Payer.COMPANY]
    released = plain(lines, taken_out=[made], released={card.content_hash: [Rule.CHANGED_AFTER_DECISION]})
    assert rules(released) == {"a": set(), "c": CHANGED}
    decided = plain(lines, taken_out=[made, taken_out(card, Decision.NOT_OURS)])
    assert rules(decided) == {"c": set()}


def test_a_decision_about_a_whole_report_is_one_about_both_parts_of_all_its_lines():
    content = hashing.business_content(report(*BASE), BASE)
    made = TakenOut(
        decision=Decision.NOT_OURS,
        said="clerk decided that it is not ours",
        content_hash=hashing.source_hash(content),
        content=content,
    )
    added = [*BASE, line("d", "4", report_gld_codes={1: "100"})]
    assert rules(plain(added, taken_out=[made])) == {"d": set()}


def test_of_a_decision_of_which_the_hash_alone_is_known_nothing_is_guessed():
    made = replace(decision(BASE), content=None)
    assert rules(plain(BASE, taken_out=[made])) == {"a": CHANGED, "b": CHANGED, "c": CHANGED}
    # Divided as it was, the plan finds it by that (``planner``).
    assert rules(plain(BASE, HOLD, taken_out=[made])) == {"a": {Rule.TARGET_HOLD}, "b": {Rule.TARGET_HOLD}, "c": set()}


def whole(content: Any) -> TakenOut:
    said = "clerk decided that it was booked by hand as record 99"
    return TakenOut(
        decision=Decision.BOOKED_BY_HAND, said=said, content_hash=hashing.source_hash(content), content=content
    )


def test_a_line_that_came_late_was_in_the_total_that_was_booked_by_hand():
    """Certify told the header with all, and not yet all lines; a line that is added moves the total."""
    early = whole(hashing.business_content(report(*BASE), BASE[:1]))
    plan = plain(BASE, taken_out=[early])
    assert set(rules(plan)) == {one.id for one in BASE[1:]}
    assert all(found == CHANGED for found in rules(plan).values())
    added = [*BASE, card_line("d", "7", "T-3")]
    assert rules(plain(added, taken_out=[whole(hashing.business_content(report(*BASE), BASE))])) == {"d": set()}


def test_what_somebody_answered_for_and_is_posted_holds_nothing_else():
    made = decision(BASE)
    lines = [replace(BASE[0], amount=Decimal(12)), *BASE[1:]]
    assert CHANGED in rules(plain(lines, taken_out=[made])).values()
    posted = InLedger(taken=frozenset({(BASE[0].id, payer) for payer in Payer}), highest=1)
    assert CHANGED not in rules(plain(lines, taken_out=[made], ledger=posted)).values()


def test_what_is_not_told_yet_of_a_report_holds_it_though_all_that_is_told_is_out():
    """A line was added, and Certify's list has not it yet, or it cannot be read."""
    made = decision(BASE[:1])
    late = plan_report(report(*BASE), BASE[:1], REFERENCES, EACH, today=TODAY, taken_out=[made])
    assert {hold.rule for hold in late.holds} == {Rule.TOTALS_DIFFER}
    assert not plain(BASE[:1], taken_out=[made]).holds
