"""Expense categories kept from Intacct's accounts or expense types: what is missing is made, what is there stays people's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import ConfigurationError
from tests.people_company import load_people, written

EXPENSES = {"source": "accounts", "filter": {"ACCOUNTNO": {"begins": "6"}}}


@pytest.fixture
def kept(company, settings):
    """Says from what categories are kept."""
    load_people(company, 1)
    path = Path(os.environ["CONNECTOR_CONFIG"])

    def set_(**keys):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.safe_dump({**content, "expense_categories": keys}), encoding="utf-8")

    return set_


def accounts(company, **titles):
    company.load(
        "intacct",
        "GLACCOUNT",
        [{"ACCOUNTNO": code[1:], "TITLE": title, "STATUS": "active"} for code, title in titles.items()],
    )


def categories(company):
    return {
        row["Name"]: (row["GLCode"], row["ExpenseTypeID"], row["Active"])
        for row in company.state("certify", "expensecategories")
    }


@pytest.mark.parametrize("needed", ["optional", "required"])
def test_accounts_that_have_no_category_get_one_and_what_is_there_stays(needed, company, kept, sync):
    company.settings(certify_category_type=needed)
    accounts(company, a6100="Airfare", a6200="Lodging expense", a2000="Payables")
    own = {"Name": "Hotel & breakfast", "GLCode": "6200", "ExpenseTypeID": 3, "Active": 1, "MaxAmount": "100"}
    company.load(
        "certify", "expensecategories", [own, {"Name": "Gifts", "GLCode": "", "ExpenseTypeID": 1, "Active": 1}]
    )
    kept(**EXPENSES)
    assert sync()["applied"] > 0
    assert categories(company) == {
        "Hotel & breakfast": ("6200", 3, 1),
        "Gifts": ("", 1, 1),
        "Airfare": ("6100", 1, 1),
    }
    company.clear_calls()
    assert sync(judged=False) == {}
    assert written(company) == {}


def test_an_expense_type_has_a_category_of_its_name_whose_gl_code_follows_its_account(company, kept, sync):
    accounts(company, a6100="Travel", a6200="Rooms")
    types = [("Airfare", "6100", "active"), ("Hotel", "6200", "active"), ("Old", "6100", "inactive")]
    company.load(
        "intacct",
        "EEACCOUNTLABEL",
        [
            {"ACCOUNTLABEL": name, "DESCRIPTION": name, "GLACCOUNTNO": account, "STATUS": status}
            for name, account, status in types
        ],
    )
    company.load("certify", "expensecategories", [{"Name": "Hotel", "GLCode": "6100", "ExpenseTypeID": 3, "Active": 1}])
    kept(source="expense_types", type_id=6)
    sync()
    assert categories(company) == {"Hotel": ("6200", 3, 1), "Airfare": ("6100", 6, 1)}
    assert sync(judged=False) == {}


def test_what_intacct_has_inactive_is_told_and_not_switched_off(company, kept, sync, rows):
    company.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6100", "TITLE": "Airfare", "STATUS": "inactive"}])
    accounts(company, a7100="Interest")
    own = [
        {"Name": name, "GLCode": code, "ExpenseTypeID": 1, "Active": 1}
        for name, code in (("Air", "6100"), ("Int", "7100"))
    ]
    company.load("certify", "expensecategories", own)
    kept(**EXPENSES)
    sync(judged=False)
    assert {active for *_, active in categories(company).values()} == {1}
    told = rows("SELECT key, rule, reason, cure FROM plan.change WHERE subject = 'expense_category' ORDER BY key")
    assert [(row["key"], row["rule"]) for row in told] == [("Air", "inactive_in_intacct"), ("Int", "filtered")]
    assert told[0]["reason"] == "The category Air is for 6100, which is inactive in Intacct."
    assert "Deactivate it by hand" in told[0]["cure"]


def test_a_name_that_another_category_has_waits_and_its_gl_code_cures_it(company, kept, sync, notes, rows):
    accounts(company, a6100="Airfare")
    company.load("certify", "expensecategories", [{"Name": "airfare ", "GLCode": "9", "ExpenseTypeID": 6, "Active": 1}])
    kept(**EXPENSES)
    sync(judged=False)
    assert ("same_name", "6100") in notes()
    (own,) = company.state("certify", "expensecategories")
    company.act("edit_list", object="expensecategories", code=own["ID"], changes={"GLCode": "6100"})
    assert sync(judged=False) == {}
    assert rows("SELECT 1 FROM plan.change WHERE load_id = (SELECT max(load_id) FROM ops.load)") == []


def test_a_lost_answer_makes_no_second_category(company, kept, sync):
    accounts(company, a6100="Airfare")
    kept(**EXPENSES)
    company.fault(side="certify", match="PUT expensecategories", kind="drop_after_commit")
    sync(judged=False)
    sync(judged=False)
    assert [row["Name"] for row in company.state("certify", "expensecategories")] == ["Airfare"]


def test_a_category_that_was_renamed_or_cut_is_not_made_again(company, kept, sync, rows):
    company.settings(certify_longest_name=8, certify_too_long="truncate")
    accounts(company, a6100="Airfare")
    types = [{"ACCOUNTLABEL": "Airfares and rail", "DESCRIPTION": "x", "GLACCOUNTNO": "6100", "STATUS": "active"}]
    company.load("intacct", "EEACCOUNTLABEL", types)
    kept(source="expense_types")
    for _ in range(3):
        sync(judged=False)
    assert categories(company).keys() == {"Airfares"}
    assert len(company.state("certify", "expensecategories")) == 1
    told = rows("SELECT message FROM plan.change_result WHERE result = 'held' AND subject = 'expense_category'")
    assert "created it, and it is called 'Airfares' by now" in told[0]["message"]


def test_where_nobody_asks_for_it_nothing_is_read(company, kept, sync):
    accounts(company, a6100="Airfare")
    sync(judged=False)
    calls = company.calls()
    assert not [call for side in calls.values() for call in side if "expensecategories" in call or "GLACCOUNT" in call]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"source": "accounts"}, "not every account is an expense"),
        ({"source": "accounts", "filter": {"number": "6"}}, "number is no field"),
        ({"source": "items"}, "expense_categories.source"),
        ({"source": "expense_types", "type_id": 10}, "expense_categories.type_id"),
    ],
)
def test_what_cannot_be_is_refused(settings, tmp_path, keys, said):
    path = Path(os.environ["CONNECTOR_CONFIG"])
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**content, "expense_categories": keys}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load(path)
