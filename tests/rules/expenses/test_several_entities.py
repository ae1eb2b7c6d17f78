"""Lines of several entities in one document: only where nothing speaks against it, and never a line twice or lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.decisions import Decision
from certify_intacct.model.documents import Document
from certify_intacct.model.inter_entity import InterEntity
from certify_intacct.model.payers import Payer
from certify_intacct.model.references import Account, CardAccount, ClosedThrough, References
from certify_intacct.model.report_plans import ReportPlan
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.rules.expenses.numbering import Earlier, InLedger
from certify_intacct.rules.expenses.taken_out import TakenOut
from tests.rules.expenses import company
from tests.rules.expenses.company import TODAY, card_line, configuration, entity, line, plan_report, report

CODES = ["100", "200", "300"]
ACCOUNTS = frozenset({"1610", "2610"})
REFERENCES = replace(
    company.REFERENCES,
    dimensions={**company.REFERENCES.dimensions, "entity": {(code,): entity(code, "USD") for code in CODES}},
    inter_entity=InterEntity(everyone=frozenset(CODES), accounts=ACCOUNTS),
    accounts={**company.REFERENCES.accounts, "1610": Account(account_no="1610")},
)
JOURNAL = {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310"}}
EACH = {"dimensions": {"entity": {"certify": "report_gld/1"}}}
ONE = {**EACH, "several_entities": "one_document"}


def at(code: str, expense_id: str, amount: str, **changes) -> ExpenseLine:
    return line(expense_id, amount, report_gld_codes={1: code}, **changes)


def planned(
    *lines: ExpenseLine, references: References = REFERENCES, ledger: InLedger | None = None, taken_out=(), released=None,
    **posting,
) -> ReportPlan:  # fmt: skip
    return plan_report(
        report(*lines), lines, references, configuration(**{**ONE, **posting}), today=TODAY, ledger=ledger or InLedger(),
        taken_out=taken_out, released=released,
    )  # fmt: skip


def divided(plan: ReportPlan) -> list[tuple[int, str, list[str]]]:
    """Of each document its ordinal, its entity, and its lines."""
    return [(one.key.ordinal, one.entity, sorted(one.expense_ids)) for one in plan.documents]


TWO = (at("100", "a", "10"), at("200", "b", "32.50"))


def test_as_shipped_each_entity_has_a_document_of_its_own():
    plan = planned(*TWO, several_entities="one_document_each")
    assert divided(plan) == [(1, "100", ["a"]), (2, "200", ["b"])]
    assert plan.notes == ()
    assert all(not one.details for one in plan.documents)


def test_lines_of_several_entities_are_one_document_of_the_entity_with_most_of_it():
    plan = planned(*TWO, at("300", "c", "5", expense_date=date(2026, 2, 20)))
    (bill,) = plan.documents
    assert divided(plan) == [(1, "200", ["a", "b", "c"])]
    assert [(one.expense_id, one.location_id, one.amount) for one in bill.lines] == [
        ("c", "300", Decimal(5)), ("a", "100", Decimal(10)), ("b", "200", Decimal("32.50")),
    ]  # fmt: skip
    assert bill.shares == {"300": Decimal(5), "100": Decimal(10), "200": Decimal("32.50")}
    assert (bill.session_entity, bill.details["owner_entity"], bill.total) == ("", "200", Decimal("47.50"))
    assert Document.from_canonical(bill.canonical()) == bill


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"inter_entity": InterEntity()}, "Intacct shows no inter-entity accounts from 100 to 200, from 200 to 100"),
        (
            {"inter_entity": InterEntity(pairs=frozenset({("100", "200")}))},
            "Intacct shows no inter-entity accounts from 200 to 100",
        ),
        (
            {"dimensions": {**REFERENCES.dimensions, "entity": {("100",): entity("100", "USD"), ("200",): entity("200", "EUR")}}},
            "their base currency differs (USD in 100, EUR in 200)",
        ),
        (
            {"closed_through": {("200", "AP"): ClosedThrough(day=TODAY, source="CLOSEBOOKS")}},
            "the part in entity 200 waits (closed_period)",
        ),
        (
            {"vendors": {"E-1007": replace(REFERENCES.vendors["E-1007"], locations=frozenset({"100"}))}},
            "the part in entity 200 waits (vendor_restricted)",
        ),
    ],
)  # fmt: skip
def test_else_each_has_its_own_and_the_plan_says_why(changes, why):
    config = {"currencies": {"exchange_rate_type": "Daily"}}
    references = replace(REFERENCES, **changes)
    plan = planned(*TWO, references=references, **config)
    apart = planned(*TWO, references=references, **config, several_entities="one_document_each")
    assert [part.document for part in plan.parts] == [part.document for part in apart.parts]
    assert [part.holds for part in plan.parts] == [part.holds for part in apart.parts]
    assert plan.notes == (f"employee part in entities 100, 200, 42.50 USD: a document for each entity, for {why}.",)


def test_a_line_below_zero_is_never_among_lines_of_several_entities():
    plan = planned(*TWO, at("200", "c", "-2"))
    assert [(one.entity, one.total) for one in plan.documents] == [("100", Decimal(10)), ("200", Decimal("30.50"))]
    assert "is below zero, which Intacct accepts only in a document of one entity (BL03002073)" in plan.notes[0]


def test_a_fault_of_one_entitys_line_holds_that_entity_alone():
    wrong = at("200", "c", "2", category="Unheard", category_gl_code="")
    plan = planned(*TWO, wrong)
    assert divided(plan) == [(1, "100", ["a"])]
    assert {hold.rule for hold in plan.all_holds} == {"category_unknown", "category_unmapped"}


def test_tax_is_claimed_by_each_entity():
    taxed = {"default": {"mode": "map", "solution": "UK - VAT", "vat_detail": "UK standard", "zero_detail": "UK zero"}}
    plan = planned(at("100", "a", "12", vat_amount=Decimal(2)), at("200", "b", "6", vat_amount=Decimal(1)), tax=taxed)
    assert [one.entity for one in plan.documents] == ["100", "200"]
    assert "each entity claims its tax itself" in plan.notes[0]


# Kinds


def test_a_charge_of_several_entities_is_one_transaction_of_its_card():
    lines = [
        replace(card_line(one, "7", "T-1"), report_gld_codes={1: code}) for one, code in (("a", "100"), ("b", "200"))
    ]
    (transaction,) = planned(*lines).documents
    assert (transaction.payee_id, transaction.shares) == ("CORP-VISA", {"100": Decimal(7), "200": Decimal(7)})
    other = replace(lines[1], card_transaction_id="T-2")
    assert [sorted(one.shares) for one in planned(lines[0], other).documents] == [["100"], ["200"]]


def test_a_card_of_one_entity_posts_in_that_entity_alone():
    owned = replace(REFERENCES, cards={"CORP-VISA": CardAccount(card_id="CORP-VISA", entity="100")})
    lines = [
        replace(card_line(one, "7", "T-1"), report_gld_codes={1: code}) for one, code in (("a", "100"), ("b", "200"))
    ]
    plan = planned(*lines, references=owned)
    assert [(one.entity, one.session_entity) for one in plan.documents] == [("100", "100")]
    assert {hold.rule for hold in plan.all_holds} == {"card_of_other_entity"}


def test_an_expense_report_is_one_entitys():
    plan = planned(
        *TWO, employee_paid={"target": "expense_report", "expense_report": {"payment_type": "Out of pocket"}}
    )
    assert [one.entity for one in plan.documents] == ["100", "200"]
    assert plan.notes == ()


def test_a_journal_needs_accounts_between_its_source_entity_and_each_other_alone():
    sides = frozenset({("200", "100"), ("100", "200"), ("200", "300"), ("300", "200")})
    hub = replace(REFERENCES, inter_entity=InterEntity(pairs=sides, accounts=ACCOUNTS))
    lines = (*TWO, at("300", "c", "5"))
    (journal,) = planned(*lines, references=hub, employee_paid=JOURNAL).documents
    assert (journal.entity, sorted(journal.shares)) == ("200", ["100", "200", "300"])
    plan = planned(*lines, references=hub)
    assert [one.entity for one in plan.documents] == ["100", "200", "300"]
    assert "from 100 to 300, from 300 to 100" in plan.notes[0]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"category_gl_code": "1610"}, "the account 1610 is an inter-entity account"),
        (
            {"department_code": "31"},
            "the offset account 2310 requires department, of which the lines have not one alone",
        ),
        ({"currency": "EUR"}, "a journal in a foreign currency is balanced line by line"),
    ],
)
def test_what_speaks_against_a_journal_of_several_entities(changes, why):
    demanding = Account(account_no="2310", requires=frozenset({"department"}))
    references = replace(REFERENCES, accounts={**REFERENCES.accounts, "2310": demanding})
    currency = changes.get("currency", "USD")
    lines = [replace(TWO[0], currency=currency), replace(TWO[1], **changes)]
    config = configuration(**ONE, employee_paid=JOURNAL, currencies={"exchange_rate_type": "Daily"})
    plan = plan_report(report(*lines, currency=currency), lines, references, config, today=TODAY)
    assert [one.entity for one in plan.documents] == ["100", "200"]
    assert why in plan.notes[0]


# The ledger and persons


def earlier(*expense_ids: str, ordinal: int = 1, gone: bool = False, refused: bool = False) -> Earlier:
    ids = frozenset(expense_ids)
    return Earlier(ordinal=ordinal, sequence=1, payer=Payer.EMPLOYEE, expense_ids=ids, gone=gone, refused=refused)


def test_what_intacct_refused_together_goes_out_one_by_one_under_numbers_of_its_own():
    ledger = InLedger(earlier=(earlier("a", "b", refused=True),), highest=1)
    assert divided(planned(*TWO, ledger=ledger)) == [(2, "100", ["a"]), (3, "200", ["b"])]


def test_what_was_not_carried_out_goes_out_together_under_its_number():
    ledger = InLedger(earlier=(earlier("a", "b"),), highest=1)
    assert divided(planned(*TWO, ledger=ledger)) == [(1, "200", ["a", "b"])]


def test_what_was_posted_by_itself_and_is_gone_is_posted_again_by_itself():
    ledger = InLedger(earlier=(earlier("a", gone=True), earlier("b", ordinal=2, gone=True)), highest=2)
    plan = planned(*TWO, ledger=ledger)
    assert [(part.entity, part.total, [hold.rule for hold in part.holds]) for part in plan.parts] == [
        ("100", Decimal(10), ["post_again"]), ("200", Decimal("32.50"), ["post_again"]),
    ]  # fmt: skip


def test_what_was_posted_together_and_is_gone_waits_together_and_is_posted_again_under_its_number():
    ledger = InLedger(earlier=(earlier("a", "b", gone=True),), highest=1)
    (part,) = planned(*TWO, ledger=ledger).parts
    assert [hold.rule for hold in part.holds] == ["post_again"]
    again = planned(*TWO, ledger=ledger, released={part.content_hash: {"post_again"}})
    assert [(one.key.sequence, one.key.ordinal, sorted(one.shares)) for one in again.documents] == [
        (2, 1, ["100", "200"])
    ]


def test_what_a_person_took_out_of_our_hands_is_in_no_document_whatever_is_asked_for():
    parts = {key: planned(*TWO, several_entities=key).parts for key in ("one_document", "one_document_each")}
    for decided, asked in (("one_document", "one_document_each"), ("one_document_each", "one_document")):
        out = parts[decided][0]
        made = TakenOut(
            decision=Decision.NOT_OURS,
            said="clerk decided that it is not ours",
            content_hash=out.content_hash,
            content=out.content,
        )
        plan = planned(*TWO, several_entities=asked, taken_out=[made])
        assert out.content["lines"].keys().isdisjoint(line for part in plan.parts for line in part.content["lines"])
        assert len(plan.parts) == (0 if decided == "one_document" else 1)


# Whatever the report


@st.composite
def expense_lines(draw):
    lines = []
    for number in range(draw(st.integers(0, 8))):
        amount = Decimal(draw(st.integers(-500, 100_000))) / 100
        owed = draw(st.sampled_from([amount, Decimal(0), (amount / 3).quantize(Decimal("0.01"))]))
        card = {
            "card_name": "Corp Visa",
            "card_last": "4821",
            "card_transaction_id": draw(st.sampled_from(["", "T-1"])),
        }
        lines.append(
            replace(
                line(f"e{number}", "0"), amount=amount, reim_amount=owed, reimbursable=bool(owed), **card,
                report_gld_codes={1: draw(st.sampled_from(CODES))}, category_gl_code=draw(st.sampled_from(["6220", "6300", "1610"])),
                department_code=draw(st.sampled_from(["30", "31"])), expense_date=date(2026, 2, draw(st.integers(1, 28))),
            )
        )  # fmt: skip
    return lines


sides = st.sets(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES))).map(
    lambda pairs: InterEntity(pairs=frozenset(pairs), accounts=ACCOUNTS)
)
paid = st.sampled_from(["ap_bill", "gl_journal"])


@given(expense_lines(), sides, paid, st.sampled_from(["credit_card_transaction", "gl_journal"]))
def test_one_document_says_what_a_document_for_each_says(lines, inter_entity, employee, by_company):
    references = replace(REFERENCES, inter_entity=inter_entity)
    targets = {
        "employee_paid": {**JOURNAL, "target": employee},
        "company_paid": {
            **JOURNAL,
            "target": by_company,
            "cards": [{"payment_card": "Corp Visa", "card_id": "CORP-VISA"}],
        },
    }
    one = planned(*lines, references=references, **targets)
    each = planned(*lines, references=references, **targets, several_entities="one_document_each")

    def booked(plan: ReportPlan) -> Counter:
        return Counter(
            (
                entry.expense_id,
                document.kind,
                document.payer,
                document.payee_id,
                entry.location_id,
                entry.account,
                entry.amount,
            )
            for document in plan.documents
            for entry in document.lines
        )

    assert booked(one) == booked(each)
    assert set(one.all_holds) == set(each.all_holds)
    for document in one.documents:
        others = sorted(document.shares)
        if len(others) > 1:
            assert all(entry.amount > 0 for entry in document.lines)
            stated = document.kind == "gl_journal"
            assert inter_entity.lacking(others, document.entity if stated else "") == []
            assert sum(document.shares.values()) == document.total
