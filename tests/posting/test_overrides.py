"""Lines that go elsewhere than the rest, posted."""

from __future__ import annotations

from tests.expense_company import report_id
from tests.posting.test_expense_reports import books, number, reports

__all__ = ["books"]

MEALS = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}
ROWS = {
    "employee_paid": {"target": "ap_bill", "overrides": [{"categories": ["Meals"], "target": "expense_report"}]},
    "company_paid": {"overrides": [{"cards": ["Corporate Amex"], "target": "none"}]},
}


def test_each_line_goes_where_its_row_says(books):
    books.configure(**ROWS)
    amex = {"Amount": "30", "ReimAmount": "0", "PaymentCardName": "Corporate Amex"}
    books.report(1, ("100", "100"), {"Amount": "7", "ReimAmount": "7", **MEALS}, ("50", "0"), amex)
    assert books.sync() == {"applied": 1}
    assert list(books.bills()) == [number(1, 1, letter="B")]
    assert list(reports(books)) == [number(1, 2)]
    assert list(books.card_transactions()) == [number(1, 3, letter="C")]
    assert books.sync() == {}
    assert books.open_items() == {}


def test_a_row_that_is_added_later_moves_nothing_that_was_posted(books):
    books.configure(employee_paid={"target": "ap_bill"})
    books.report(1, {"Amount": "7", "ReimAmount": "7", **MEALS})
    books.sync()
    books.configure(**ROWS)
    books.report(2, {"Amount": "7", "ReimAmount": "7", **MEALS})
    assert books.sync() == {"applied": 1}
    assert (list(books.bills()), list(reports(books))) == ([number(1, letter="B")], [number(2)])


def test_a_kind_that_a_row_asks_for_is_proven_for_its_own_lines_alone(books):
    """The bill is not held because the employee cannot be named in an expense report."""
    (employee,) = books.sandbox.state("intacct", "EMPLOYEE")
    books.sandbox.act("set_status", object="EMPLOYEE", record=employee["RECORDNO"])
    books.configure(**ROWS)
    books.report(1, ("100", "100"), {"Amount": "7", "ReimAmount": "7", **MEALS})
    assert books.sync() == {"applied": 1}
    assert list(books.bills()) == [number(1, letter="B")]
    assert books.held() == {report_id(1): {"employee_inactive"}}
