"""What Intacct paid and Certify does not show as reimbursed, and the reverse, read where both are read in any case."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import KINDS
from certify_intacct.model.payers import Payer
from certify_intacct.model.payments import Difference
from certify_intacct.rules.expenses.reimbursement import paid_elsewhere
from tests.expense_company import DAY, Company, report_id
from tests.posting.test_expense_reports import books, reports
from tests.posting.test_parts import cure
from tests.reconciliation.test_open_periods import daily, the_bill

__all__ = ["books"]


def differences(company: Company) -> dict[str, str]:
    """What the view says of each document of which the two services differ, by report."""
    rows = company.sql("SELECT report_id, difference FROM ledger.payment WHERE difference IS NOT NULL")
    return {row["report_id"]: row["difference"] for row in rows}


def row(company: Company, number: int = 1) -> dict[str, Any]:
    (found,) = company.sql("SELECT * FROM ledger.payment WHERE report_id = %s", report_id(number))
    return found


def pay(company: Company, number: int = 1, amount: str = "", **more: str) -> None:
    company.sandbox.act("pay", object="APBILL", record=the_bill(company, number)["RECORDNO"], amount=amount, **more)


def reimburse(company: Company, number: int = 1, **more: str) -> None:
    company.sandbox.act("reimburse", report=report_id(number), **more)


def test_what_intacct_paid_and_certify_does_not_show_is_listed_until_somebody_marks_it(company):
    company.report(1)
    company.report(2)
    company.sync()
    daily(company)
    assert differences(company) == {}, "nobody was paid, and Certify says so"
    pay(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}
    found = row(company)
    assert (found["approval_code"], found["person"], found["employee_id"]) == ("104001", "Ana Ruiz", "E-1007")
    assert (found["amount"], found["paid"], found["due"]) == (Decimal("100.10"), Decimal("100.10"), Decimal("0.00"))
    assert (found["currency"], found["paid_on"] is not None, found["marked"]) == ("USD", True, False)
    reimburse(company, date=str(DAY))
    daily(company)
    assert differences(company) == {}
    assert (row(company)["marked_on"], row(company)["marked_as"]) == (DAY, "Manual Pay")


def test_what_certify_shows_as_reimbursed_and_intacct_has_not_paid(company):
    company.report(1)
    company.sync()
    reimburse(company, transaction="800412")
    daily(company)
    assert differences(company) == {report_id(1): "marked_not_paid"}
    assert row(company)["marked_as"] == "800412"
    pay(company)
    daily(company)
    assert differences(company) == {}


@pytest.mark.parametrize("marked", [False, True])
def test_what_was_paid_in_part(company, marked):
    company.report(1)
    company.sync()
    pay(company, amount="40.00")
    if marked:
        reimburse(company)
    daily(company)
    found = row(company)
    assert (found["difference"], found["paid"], found["due"]) == ("paid_in_part", Decimal("40.00"), Decimal("60.10"))
    assert (found["paid_on"], found["marked"]) == (None, marked)
    pay(company, amount="60.10")
    daily(company)
    assert differences(company) == ({} if marked else {report_id(1): "paid_not_marked"})


def test_what_was_changed_before_it_was_paid_is_paid_differently(company):
    company.report(1)
    company.sync()
    company.sandbox.act("edit_bill", record=the_bill(company)["RECORDNO"], amount="90.00")
    pay(company)
    reimburse(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_differently"}
    # Also when a person has accepted the bill as it stands: Certify shows another amount all the same.
    company.decide(report_id(1))
    company.sync()
    daily(company)
    assert differences(company) == {report_id(1): "paid_differently"}


def test_what_the_company_paid_is_no_part_of_it(company):
    company.report(1, ("50", "50"), {"Amount": "20", "ReimAmount": "0", "PaymentCardName": "Mastercard 100"})
    company.sync()
    assert company.open_items() == {report_id(1): "held"}, "the card's charge waits, and is nobody's who is paid"
    pay(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}


def test_a_report_is_to_be_marked_when_all_of_its_documents_are_paid(company):
    company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Québec", "STATUS": "active"}])
    company.configure(dimensions={"entity": {"by_department": {"30": "100", "40": "200"}}})
    quebec = {"Amount": "7", "ReimAmount": "7", "DepartmentCode": "40"}
    company.report(1, ("10", "10"), quebec, EmpGLD1Code="", EmpGLD1Name="")
    company.sync()
    first, second = (bill["RECORDNO"] for (bill,) in company.bills().values())
    company.sandbox.act("pay", object="APBILL", record=first)
    daily(company)
    assert differences(company) == {report_id(1): "paid_in_part"}
    company.sandbox.act("pay", object="APBILL", record=second)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}
    reimburse(company)
    daily(company)
    assert differences(company) == {}


def test_what_waits_of_a_report_has_to_be_posted_before_it_is_marked(company):
    company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Québec", "STATUS": "active"}])
    company.configure(dimensions={"entity": {"by_department": {"30": "100", "40": "200"}}})
    quebec = {"Amount": "7", "ReimAmount": "7", "DepartmentCode": "40", "ExpenseCategoryGLCode": "6999"}
    company.report(1, ("10", "10"), quebec, EmpGLD1Code="", EmpGLD1Name="")
    company.sync()
    assert (len(company.bills()), list(company.open_items())) == (1, [report_id(1)])
    ((first,),) = company.bills().values()
    company.sandbox.act("pay", object="APBILL", record=first["RECORDNO"])
    daily(company)
    assert differences(company) == {report_id(1): "paid_in_part"}
    cure(company, report_id(1), "ExpenseCategoryGLCode", "6300")
    company.sync()
    (cured,) = [bill["RECORDNO"] for (bill,) in company.bills().values() if bill["STATE"] == "Posted"]
    company.sandbox.act("pay", object="APBILL", record=cured)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}


def test_expense_reports_of_intacct_are_paid_too(books):
    books.sandbox.settings(expense_approval=False)
    books.report(1)
    books.report(2)
    books.sync()
    ((first,), (second,)) = reports(books).values()
    books.sandbox.act("pay", object="EEXPENSES", record=first["RECORDNO"])
    daily(books)
    assert list(differences(books).values()) == ["paid_not_marked"]
    for number in (1, 2):
        reimburse(books, number)
    daily(books)
    assert list(differences(books).values()) == ["marked_not_paid"]
    books.sandbox.act("pay", object="EEXPENSES", record=second["RECORDNO"])
    daily(books)
    assert differences(books) == {}


def test_what_payroll_pays_is_not_compared(company):
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Payroll", "STATUS": "active"}])
    company.sandbox.load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    company.configure(employee_paid={"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2055"}})
    company.report(1)
    assert company.sync() == {"applied": 1}
    reimburse(company)
    daily(company)
    assert company.sql("SELECT 1 FROM ledger.payment") == []


@pytest.mark.parametrize("stamped", [True, False])
def test_a_payment_and_one_that_is_voided_are_seen_whether_or_not_they_change_the_time_of_change(company, stamped):
    company.sandbox.settings(payments_stamp_document=stamped)
    company.report(1)
    company.sync()
    reimburse(company)
    for _ in range(2):
        daily(company)
    pay(company)
    daily(company)
    assert differences(company) == {}
    company.sandbox.act("void_payment", record=the_bill(company)["RECORDNO"])
    daily(company)
    assert differences(company) == {report_id(1): "marked_not_paid"}


def test_what_is_older_than_the_open_books_is_asked_about_until_it_is_paid(company):
    company.configure(open_days=2)
    company.report(1)
    company.sync()
    daily(company)
    assert row(company)["due"] == Decimal("100.10")
    pay(company)
    daily(company)
    assert differences(company) == {report_id(1): "paid_not_marked"}
    company.sandbox.clear_calls()
    daily(company)
    assert company.sandbox.calls()["intacct"]["query APBILL"]["read"] == 0, "what is paid costs nothing any more"


def test_what_intacct_does_not_show_keeps_what_was_known_and_waits_its_turn(company):
    company.configure(open_days=2)
    for number in (1, 2):
        company.report(number)
    company.sync()
    pay(company, amount="40.00")
    daily(company)
    before = row(company)
    company.sandbox.act("delete", object="APBILL", record=the_bill(company)["RECORDNO"])
    daily(company)
    after = row(company)
    assert (after["paid"], after["due"], after["difference"]) == (before["paid"], before["due"], "paid_in_part")
    assert after["asked_at"] > before["asked_at"]


def test_what_is_listed_in_any_case_costs_no_further_record(company):
    company.report(1)
    company.sync()
    company.sandbox.clear_calls()
    daily(company)
    read = company.sandbox.calls()["intacct"]["query APBILL"]["read"]
    # Once to list it, once to compare it: what was paid stands in the list.
    assert read == 2


def test_what_cannot_be_read_is_named_with_its_value(company):
    company.report(1)
    company.sync()
    company.sandbox.act("edit_bill", record=the_bill(company)["RECORDNO"], changes={"TRX_TOTALDUE": "1e2"})
    daily(company)
    found = row(company)
    assert found["difference"] == "unreadable"
    assert "'1e2'" in found["unreadable"]


def test_the_sweep_tells_of_reports_older_than_the_open_books(company):
    company.configure(open_days=2)
    company.report(1)
    company.sync()
    pay(company)
    reimburse(company)
    company.sync()
    daily(company)
    assert row(company)["marked"] is True
    assert differences(company) == {}


TRANSACTIONS = st.one_of(
    st.just(""),
    st.from_regex(r"[ ]?0{0,3}[ ]?", fullmatch=True),
    st.just("Manual Pay"),
    st.integers(0, 999999).map(str),
)


def test_certify_s_words_mean_the_same_here_and_where_a_bill_is_held(company):
    company.report(1)
    company.sync()

    @given(st.booleans(), TRANSACTIONS)
    def check(reimbursed: bool, transaction: str) -> None:
        company.sql(
            "INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed, transaction_id) "
            "SELECT certify_company, report_id, %s, %s FROM ledger.report "
            "ON CONFLICT (certify_company, report_id) "
            "DO UPDATE SET reimbursed = EXCLUDED.reimbursed, transaction_id = EXCLUDED.transaction_id",
            reimbursed, transaction,
        )  # fmt: skip
        assert row(company)["marked"] is (paid_elsewhere(reimbursed, transaction) is not None)

    check()


CENTS = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)


def test_each_payment_has_one_word_or_none(company):
    with company.loader() as connection:

        @given(CENTS, CENTS, st.booleans(), st.booleans(), st.booleans())
        def check(total: Decimal, paid: Decimal, other: bool, others_open: bool, marked: bool) -> None:
            due = Decimal(1) if other else total - paid
            found = connection.execute(
                "SELECT ledger.payment_difference(%s, %s, %s, %s, %s) AS word", [total, paid, due, others_open, marked]
            ).fetchone()["word"]
            assert found is None or Difference(found).to_do
            settled, begun = due == 0, paid != 0
            if settled and paid == total:
                # Both say the same, or somebody has to do something.
                assert (found is None) is marked
            elif settled:
                assert found == "paid_differently"
            else:
                assert found == ("paid_in_part" if begun else "marked_not_paid" if marked else None)

        check()


def test_the_view_knows_the_kinds_that_are_paid_to_employees(company):
    (definition,) = company.sql("SELECT pg_get_viewdef('ledger.payment'::regclass) AS text")
    paid = {kind.kind.value for kind in KINDS if kind.payment_fields and Payer.EMPLOYEE in kind.payers}
    assert paid == {kind.kind.value for kind in KINDS if f"'{kind.kind.value}'" in definition["text"]}
