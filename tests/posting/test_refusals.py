"""A document that Intacct refuses says which of its lines are meant: their numbers, the expenses in Certify, the field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.intacct.errors import explain
from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.model.documents import Document, DocumentKey, DocumentKind, DocumentLine
from certify_intacct.model.errors import IntacctError
from certify_intacct.model.payers import Payer
from certify_intacct.posting.refusals import refusal

CODES = st.sampled_from(["", "30", "40", "50"])
LINES = st.lists(
    st.builds(
        DocumentLine,
        expense_id=st.integers(1000, 9999).map(str),
        account=st.sampled_from(["6220", "6300"]),
        amount=st.just(Decimal("1.00")),
        location_id=st.just("100"),
        department_id=CODES,
        dimensions=CODES.map(lambda code: {"CLASSID": code} if code else {}),
    ),
    min_size=1,
    max_size=8,
)


def bill(lines: list[DocumentLine]) -> Document:
    return Document(
        key=DocumentKey(certify_company="c", intacct_company="i", report_id="1", sequence=1, ordinal=1),
        kind=DocumentKind.AP_BILL, payer=Payer.EMPLOYEE, number="C7-1-1-001B", token="C7-1", entity="100", session_entity="",
        currency="USD", base_currency="USD", payee_id="E-1", payee_name="Ann", posting_date=date(2026, 3, 4), description="",
        lines=tuple(lines),
    )  # fmt: skip


def said(lines: list[DocumentLine], text: str) -> str:
    return refusal(bill(lines), explain([IntacctError("BL01001973", "", text)]))


@given(LINES, st.sampled_from(["30", "40", "50"]))
def test_a_value_that_is_not_taken_is_named_with_each_line_that_has_it(lines, code):
    text = said(lines, f"Invalid Kostentr\u00e4ger '{code}' specified.")
    having = [n for n, line in enumerate(lines, 1) if code in (line.department_id, *line.dimensions.values())]
    _names_exactly(text, lines, having)
    assert ("DEPARTMENTID" in text) <= any(line.department_id == code for line in lines)


def test_a_dimension_is_known_by_the_company_s_own_word_for_it():
    lines = [
        DocumentLine(
            expense_id=number, account="6220", amount=Decimal("1.00"), location_id="100", department_id=department
        )
        for number, department in (("1001", "30"), ("1002", ""))
    ]
    text = "This transaction is missing the Cost centre dimension for the Account 6220"
    meaning = explain([IntacctError("BL01001973", "", text)])
    own = [row.called_by({"DEPARTMENT": "Cost centre"}) for row in DIMENSIONS]
    assert "DEPARTMENTID of line 2" in refusal(bill(lines), meaning, own)
    assert "DEPARTMENTID" not in refusal(bill(lines), meaning)


@given(LINES)
def test_a_dimension_that_an_account_demands_is_named_with_each_line_that_lacks_it(lines):
    text = said(lines, "This transaction is missing the Department dimension for the Account 6220")
    lacking = [n for n, line in enumerate(lines, 1) if line.account == "6220" and not line.department_id]
    _names_exactly(text, lines, lacking)


def _names_exactly(text: str, lines: list[DocumentLine], numbers: list[int]) -> None:
    if len(numbers) == len(lines) > 1:
        assert f"each of its {len(lines)} lines" in text
        return
    named = [n for n in range(1, len(lines) + 1) if f"line {n} (expense {lines[n - 1].expense_id})" in text]
    assert named == numbers[:5]
    assert (f"and {len(numbers) - 5} more" in text) == (len(numbers) > 5)


def test_what_no_line_has_is_told_without_lines():
    assert "line " not in said(
        [DocumentLine(expense_id="1", account="6220", amount=Decimal(1))], "The vendor 'E-1' is invalid."
    )


def test_a_clerk_reads_the_line_and_the_expense_of_what_intacct_refused(company):
    """From the sandbox's answer to the words that wait for somebody."""
    line = {"Amount": "20", "ReimAmount": "20", "ExpenseCategoryGLCode": "6400"}
    account = {"ACCOUNTNO": "6400", "TITLE": "Fees", "STATUS": "active"}
    company.sandbox.load("intacct", "GLACCOUNT", [account])
    company.report(1, ("10", "10"), line)
    load, run = company.plan()
    # Somebody closes the account after the plan was made.
    company.sandbox.act("set_status", object="GLACCOUNT", record="6400")
    assert company.load(load, run) == {"rejected": 1}
    (row,) = company.sql("SELECT message FROM plan.change_result WHERE result = 'rejected'")
    (expense,) = [
        line for line in company.sandbox.state("certify", "expenses") if line["ExpenseCategoryGLCode"] == "6400"
    ]
    assert row["message"].startswith(
        f"Intacct does not take the account '6400' here. It is the account of line 2 (expense {expense['ID']}). Intacct says: "
    )
    assert "Check that the account exists, is active" in row["message"]


def test_a_dimension_that_the_text_does_not_name_is_told_without_a_field():
    line = DocumentLine(expense_id="1", account="6220", amount=Decimal(1), department_id="30")
    assert "It is line 1 (expense 1)." in said([line], "The account number '6220' requires a ")
