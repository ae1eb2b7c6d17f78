"""Dimensions that a company made itself, on their way into Intacct: onto the lines by their ID, or held before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expense_company import Company
from tests.posting.test_custom_fields import MADE, SETTINGS, own, posted
from tests.reconciliation.test_line_by_line import edit, findings, reconciled

__all__ = ["own"]

FIELD = "GLDIMUDD_TEST"


@pytest.fixture
def made(own) -> Company:
    """The small company, with campaigns of its own in Expense Report GLD 4."""
    own.sandbox.settings(custom_fields={}, user_defined_dimensions={"udd_test": {"label": "Campaign"}})
    own.sandbox.load("intacct", "udd_test", [{"id": "10008", "name": "Spring"}, {"id": "10009", "name": "Autumn"}])
    return own


def use(company: Company, kind: str = "ap_bill", **settings: Any) -> None:
    row = {"object": "udd_test", "label": "campaign", "certify": "report_gld/4", **settings}
    company.configure(dimensions={"user_defined_1": row}, **SETTINGS.get(kind, {}))


def report(company: Company, kind: str = "ap_bill", campaign: str = "Spring", **line: Any) -> str:
    _, _, amount, reimbursed = MADE[kind]
    return company.report(1, {"Amount": amount, "ReimAmount": reimbursed, "ExpenseReportGLD4Code": campaign, **line})


@pytest.mark.parametrize("kind", MADE)
def test_lines_of_every_kind_have_its_id_and_what_a_clerk_makes_of_it_is_named(made, kind):
    use(made, kind)
    report(made, kind)
    load, run = made.plan()
    assert made.load(load, run) == {"applied": 1}
    assert {line[FIELD] for line in posted(made, kind)[MADE[kind][1]]} == {"10008"}
    reconciled(made, load, run)
    assert "altered" not in findings(made)
    edit(made, MADE[kind][0], "1", 1, **{FIELD: "10009"})
    reconciled(made, load, run)
    assert f"field {FIELD} 10009 instead of 10008" in findings(made)["altered"]


def test_the_code_may_be_the_id(made):
    use(made, codes="id")
    report(made, campaign="10009")
    assert made.sync() == {"applied": 1}
    assert posted(made, "ap_bill")["APBILLITEMS"][0][FIELD] == "10009"


def test_a_value_that_is_not_there_holds_and_each_cure_helps(made):
    use(made)
    waiting = report(made, campaign="spring")
    assert made.sync() == {}
    assert made.held() == {waiting: {"dimension_unknown"}}
    (row,) = made.sql("SELECT reason, cure FROM plan.change WHERE rule = 'dimension_unknown'")
    assert "Campaign 'spring' does not exist in Intacct (GLDIMUDD_TEST, from Expense Report GLD 4)" in row["reason"]
    assert row["cure"] == "Choose another in Certify, make it in Intacct, or map it in dimensions.user_defined_1.map."
    use(made, map={"spring": "Spring"})
    assert made.sync() == {"applied": 1}
    assert posted(made, "ap_bill")["APBILLITEMS"][0][FIELD] == "10008"


def test_a_value_that_is_made_in_intacct_is_there(made):
    use(made)
    report(made, campaign="Winter")
    assert made.sync() == {}
    made.sandbox.load("intacct", "udd_test", [{"id": "10010", "name": "Winter"}])
    assert made.sync(refresh=True) == {"applied": 1}
    assert posted(made, "ap_bill")["APBILLITEMS"][0][FIELD] == "10010"


@pytest.mark.parametrize("kind", MADE)
def test_what_an_account_demands_is_known_before(made, kind):
    use(made, kind)
    made.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "6990", "TITLE": "Ads", "STATUS": "active", f"REQUIRE{FIELD}": "true"}]
    )
    waiting = report(made, kind, campaign="", ExpenseCategoryGLCode="6990")
    assert made.sync() == {}
    assert made.held() == {waiting: {"dimension_required"}}
    (row,) = made.sql("SELECT reason, cure FROM plan.change WHERE rule = 'dimension_required'")
    assert f"Account '6990' requires {FIELD}, which the line does not have" in row["reason"]
    assert row["cure"].startswith("Fill Expense Report GLD 4 in Certify with the campaign")


def test_what_the_offset_account_of_a_journal_demands_is_known_before(made):
    journal = SETTINGS["gl_journal"]["company_paid"]
    demanding = {"ACCOUNTNO": "2056", "TITLE": "Clearing", "STATUS": "active", f"REQUIRE{FIELD}": "true"}
    made.sandbox.load("intacct", "GLACCOUNT", [demanding])
    row = {"object": "udd_test", "label": "campaign", "certify": "report_gld/4"}
    made.configure(
        dimensions={"user_defined_1": row},
        company_paid={**journal, "journal": {**journal["journal"], "offset_account": "2056"}},
    )
    waiting = report(made, "gl_journal", campaign="")
    made.report(2, {"Amount": "10", "ReimAmount": "0", "ExpenseReportGLD4Code": "Spring"})
    assert made.sync() == {"applied": 1}
    assert made.held() == {waiting: {"dimension_required"}}
    (told,) = made.sql("SELECT reason FROM plan.change WHERE rule = 'dimension_required'")
    assert f"the offset account 2056 requires {FIELD}" in told["reason"]
    assert {line[FIELD] for line in posted(made, "gl_journal")["ENTRIES"]} == {"10008"}


def test_a_line_that_must_have_one_waits_and_others_do_without(made):
    use(made, required=True)
    waiting = report(made, campaign="")
    assert made.sync() == {}
    assert made.held() == {waiting: {"dimension_missing"}}
    use(made)
    assert made.sync() == {"applied": 1}
    assert not posted(made, "ap_bill")["APBILLITEMS"][0].get(FIELD)


def test_where_accounts_show_no_flag_it_is_learnt_from_the_refusal(made):
    made.sandbox.settings(
        user_defined_dimensions={"udd_test": {"label": "Campaign"}},
        unreadable_fields={"GLACCOUNT": [f"REQUIRE{FIELD}"]},
    )
    use(made)
    made.sandbox.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "6990", "TITLE": "Ads", "STATUS": "active", f"REQUIRE{FIELD}": "true"}]
    )
    waiting = report(made, campaign="", ExpenseCategoryGLCode="6990")
    made.sync()
    assert made.sandbox.state("intacct", "APBILL") == []
    assert made.open_items().keys() == {waiting}


def test_a_name_that_two_values_have_is_nobody_s(made):
    """Which of the two is meant nobody can tell; by their IDs they are told apart."""
    made.sandbox.load("intacct", "udd_test", [{"id": "10011", "name": "Spring"}])
    use(made)
    waiting = report(made)
    assert made.sync(validate=True) == {}
    assert made.held() == {waiting: {"dimension_unknown"}}
    use(made, codes="id", map={"Spring": "10011"})
    assert made.sync(refresh=True, validate=True) == {"applied": 1}
    assert posted(made, "ap_bill")["APBILLITEMS"][0][FIELD] == "10011"
