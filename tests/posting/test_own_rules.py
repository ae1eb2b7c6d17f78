"""What a company forbids by rules of its own is learnt from the refusal, said in words, and posted once the rule lets it."""

from __future__ import annotations

from tests.posting.test_expense_reports import IN_EXPENSES, books

__all__ = ["books"]


def test_what_a_smart_rule_forbids_waits_until_the_rule_is_gone(company):
    rule = {"number": "1000123", "object": "APBILL", "field": "VENDORID", "like": "E-%"}
    company.sandbox.settings(smart_rules=[rule])
    company.report(1)
    assert company.sync() == {"rejected": 1}
    (said,) = company.sql("SELECT message FROM plan.outcome")
    assert "A Smart Rule '1000123' of the company forbids this." in said["message"]
    assert company.bills() == {}
    company.sandbox.settings(smart_rules=[])
    assert company.sync() == {"applied": 1}


def test_an_employee_who_is_no_resource_of_the_project_waits_until_made_one(books):
    books.sandbox.load("intacct", "PROJECT", [{"PROJECTID": "P-1", "NAME": "Bridge", "STATUS": "active"}])
    books.sandbox.settings(expense_resources_only=True)
    books.configure(employee_paid=IN_EXPENSES, dimensions={"project": {"certify": "report_gld/2"}})
    books.report(1, {"Amount": "10", "ReimAmount": "10", "ExpenseReportGLD2Code": "P-1"})
    assert books.sync() == {"rejected": 1}
    (said,) = books.sql("SELECT message FROM plan.outcome")
    assert "Intacct does not take the project 'P-1' here." in said["message"]
    assert "its resources" in said["message"]
    books.sandbox.load("intacct", "PROJECTRESOURCES", [{"PROJECTID": "P-1", "EMPLOYEEID": "E-1007"}])
    assert books.sync() == {"applied": 1}
