"""What a hold tells people to do fits the state in which it says so, and doing it ends the hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from certify_intacct.model.references import CardAccount, Vendor
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, entity, line, plan_report, report

ACCOUNT_MAP = {"source": "map", "map": {}}


def told(lines, references=REFERENCES, config=None, **header):
    """Rule to cure of what holds a report of these lines."""
    planned = plan_report(report(*lines, **header), lines, references, config or configuration(), today=TODAY)
    return {hold.rule: hold.cure for hold in planned.all_holds}


def test_a_department_without_a_code_is_given_one():
    stated = line("a", "1", department_code="", department_name="Sales")
    assert told([stated]) == {
        "department_missing": "Give it a code in Certify (Configuration > Departments): the ID of the department in Intacct."
    }
    assert told([replace(stated, department_code="30")]) == {}


def test_a_line_without_a_department_is_given_one():
    stated = line("a", "1", department_code="", department_name="")
    assert told([stated])["department_missing"].startswith("Choose the department of the user in Certify")


@pytest.mark.parametrize(
    ("place", "words"),
    [("employee_gld/1", "Assign the entity to the user"), ("report_gld/2", "Choose the entity on each expense")],
)
def test_an_entity_is_stated_where_it_stands(place, words):
    config = configuration(dimensions={"entity": {"certify": place}})
    cure = told([line("a", "1")], config=config, employee_gld_codes={})["entity_missing"]
    assert cure.startswith(words)


def test_a_code_in_certify_helps_only_where_it_counts():
    stated = line("a", "1", category_gl_code="")
    assert told([stated])["category_unmapped"].startswith("Give the category a GL code in Certify, or add")
    mapped = told([stated], config=configuration(accounts=ACCOUNT_MAP))["category_unmapped"]
    assert mapped == 'Add `"Hotel": ACCOUNT` to posting.accounts.map in connector.yaml, with its GL account.'
    assert told([stated], config=configuration(accounts={"source": "map", "map": {"Hotel": "6220"}})) == {}


def test_an_account_that_the_map_names_is_corrected_there():
    wrong = configuration(accounts={"map": {"Hotel": "9999"}})
    assert told([line("a", "1")], config=wrong)["account_unknown"] == "Correct posting.accounts.map."
    assert "GL code in Certify" in told([line("a", "1", category_gl_code="9999")])["account_unknown"]


@pytest.mark.parametrize(("active", "word"), [(False, "Activate it in Intacct, or write"), (None, "Write")])
def test_a_card_account_is_activated_only_where_there_is_one(active, word):
    cards = {} if active is None else {"CORP-VISA": CardAccount(card_id="CORP-VISA", active=active)}
    cure = told([card_line("a", "1", "T")], replace(REFERENCES, cards=cards))["card_unknown"]
    row = '- {payment_card: "Corp Visa", last: "4821", card_id: CARDID}'
    assert cure.startswith(f"{word} `{row}` in the place of its row in posting.company_paid.cards in connector.yaml")


@pytest.mark.parametrize(
    ("code", "state"), [("39", "Activate it in Intacct"), ("77", "Choose another in Certify, make it in")]
)
def test_a_value_is_activated_only_where_there_is_one(code, state):
    assert told([line("a", "1", department_code=code)])["department_unknown"].startswith(state)


@pytest.mark.parametrize(
    ("owner", "posting", "cure"),
    [
        ("100", "top_level", "choose posting.posting_entity: entity"),
        ("200", "top_level", "correct the entity in Certify"),
        ("200", "entity", "correct the entity in Certify"),
    ],
)
def test_a_vendor_of_an_entity_is_reached_from_that_entity_only(owner, posting, cure):
    vendors = {"E-1007": replace(REFERENCES.vendors["E-1007"], entity=owner)}
    known = replace(REFERENCES, vendors=vendors)
    told_cure = told([line("a", "1")], known, configuration(posting_entity=posting))["vendor_of_entity"]
    assert told_cure == f"Make the vendor at top level in Intacct, or {cure}."
    assert isinstance(vendors["E-1007"], Vendor)
    inside = configuration(posting_entity="entity")
    assert ("vendor_of_entity" in told([line("a", "1")], known, inside)) is (owner != "100")


def test_what_connector_yaml_says_is_closed_is_corrected_there():
    listed = configuration(closed_periods={"closed_through": {"100": {"AP": "2026-12-31"}}})
    assert "correct posting.closed_periods.closed_through" in told([line("a", "1")], config=listed)["closed_period"]
    refused = replace(REFERENCES, closed_days={("100", "AP"): frozenset({report().processed_date})})
    assert "closed_through" not in told([line("a", "1")], refused)["closed_period"]


def test_an_entity_that_is_inactive_is_named_with_the_key_of_its_map():
    assert entity("900").code == "900"
    cure = told([line("a", "1")], employee_gld_codes={1: "900"})["entity_inactive"]
    assert cure == "Activate it in Intacct, or map the code in dimensions.entity.map."
    mapped = configuration(dimensions={"entity": {"map": {"900": "100"}}})
    assert told([line("a", "1")], config=mapped, employee_gld_codes={1: "900"}) == {}
