"""Dimensions that Intacct fills in by itself on a line: known before, so that nothing waits for what is there."""

from __future__ import annotations

import pytest

from tests.expense_company import Company
from tests.posting.test_custom_fields import MADE, SETTINGS, own, posted
from tests.reconciliation.test_line_by_line import findings, reconciled

__all__ = ["own"]


@pytest.fixture
def projects(own) -> Company:
    """The small company, whose projects have customers; an account demands one."""
    load = own.sandbox.load
    own.sandbox.settings(custom_fields={})
    load("intacct", "CUSTOMER", [{"CUSTOMERID": code, "NAME": code, "STATUS": "active"} for code in ("C-1", "C-2")])
    load("intacct", "PROJECT", [{"PROJECTID": "P-1", "NAME": "One", "CUSTOMERID": "C-1", "STATUS": "active"}])
    load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "6990", "TITLE": "Sold", "STATUS": "active", "REQUIRECUSTOMER": "true"}]
    )
    return own


def use(company: Company, kind: str, **more: dict[str, str]) -> None:
    company.configure(dimensions={"project": {"certify": "report_gld/2"}, **more}, **SETTINGS.get(kind, {}))


def report(company: Company, kind: str, **line: str) -> str:
    _, _, amount, reimbursed = MADE[kind]
    coded = {"ExpenseCategoryGLCode": "6990", "ExpenseReportGLD2Code": "P-1", **line}
    return company.report(1, {"Amount": amount, "ReimAmount": reimbursed, **coded})


@pytest.mark.parametrize("how", ["filled", "fixed"])
@pytest.mark.parametrize("kind", ["ap_bill", "credit_card_transaction", "expense_report"])
def test_a_project_that_fills_in_its_customer_is_enough_for_an_account_that_demands_one(projects, kind, how):
    projects.sandbox.settings(dimension_relations={"PROJECT": {"CUSTOMER": how}})
    use(projects, kind)
    report(projects, kind)
    load, run = projects.plan()
    assert projects.load(load, run) == {"applied": 1}
    assert posted(projects, kind)[MADE[kind][1]][0]["CUSTOMERID"] == "C-1"
    reconciled(projects, load, run)
    assert "altered" not in findings(projects)
    reconciled(projects, load, run)
    assert "altered" not in findings(projects)


@pytest.mark.parametrize("refused", [False, True])
def test_where_nothing_is_filled_in_or_nobody_can_tell_the_line_waits_as_before(projects, refused):
    use(projects, "ap_bill")
    if refused:
        projects.sandbox.settings(dimension_relations={"PROJECT": {"CUSTOMER": "fixed"}}, dimensions_readable=False)
    waiting = report(projects, "ap_bill")
    assert projects.sync() == {}
    assert projects.held() == {waiting: {"dimension_required"}}


@pytest.mark.parametrize("how", ["related", "filled", "fixed"])
def test_a_line_that_names_another_customer_than_its_project_s_waits_whatever_intacct_does(projects, how):
    projects.sandbox.settings(dimension_relations={"PROJECT": {"CUSTOMER": how}})
    use(projects, "ap_bill", customer={"certify": "report_gld/3"})
    waiting = report(projects, "ap_bill", ExpenseReportGLD3Code="C-2")
    assert projects.sync() == {}
    assert projects.held() == {waiting: {"dimension_parent"}}


def test_nothing_is_asked_where_no_dimension_names_another(projects):
    projects.report(1)
    projects.sandbox.clear_calls()
    assert projects.sync() == {"applied": 1}
    assert "getDimensionAutofillDetails" not in projects.sandbox.calls()["intacct"]
    use(projects, "ap_bill")
    projects.sync(refresh=True)
    assert projects.sandbox.calls()["intacct"]["getDimensionAutofillDetails"]["calls"] == 1
