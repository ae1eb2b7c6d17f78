"""Codes compare exactly; a hold shows them in quotes and names what they look like."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
import yaml

from certify_intacct.model.configuration import Configuration
from certify_intacct.model.references import Account
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report, values

KNOWN = replace(REFERENCES, dimensions={**REFERENCES.dimensions, "project": values("P1")})
PROJECT = {"project": {"certify": "report_gld/1"}}


def held(item, config=None, header=None, references=KNOWN):
    settings = config or configuration(dimensions=PROJECT)
    planned = plan_report(report(item, **(header or {})), [item], references, settings, today=TODAY)
    return {hold.rule: hold for hold in planned.all_holds}


@pytest.mark.parametrize("unseen", ["{} ", " {}", "{}\u200b", "{}\u00a0", "\ufeff{}"])
@pytest.mark.parametrize(
    ("code", "rule", "item", "header"),
    [
        ("P1", "dimension_unknown", lambda code: line("a", "1", report_gld_codes={1: code}), {}),
        ("30", "department_unknown", lambda code: line("a", "1", department_code=code), {}),
        ("6220", "account_unknown", lambda code: line("a", "1", category_gl_code=code, category="Taxi"), {}),
        ("100", "entity_unknown", lambda code: line("a", "1"), {"employee_gld_codes": {1: "{}"}}),
        ("E-1007", "vendor_missing", lambda code: line("a", "1", employee_id=code), {"employee_id": "{}"}),
        ("Corp Visa", "card_unmapped", lambda code: card_line("a", "1", card_name=code), {}),
        ("Hotel", "category_unknown", lambda code: line("a", "1", category=code), {}),
    ],
)  # fmt: skip
def test_what_differs_in_what_nobody_sees_is_shown_and_named(unseen, code, rule, item, header):
    written = unseen.format(code)
    filled = {
        name: {number: value.format(written) for number, value in given.items()}
        if isinstance(given, dict)
        else given.format(written)
        for name, given in header.items()
    }
    references = replace(KNOWN, categories=KNOWN.categories | {"Taxi": KNOWN.categories["Hotel"]})
    hold = held(item(written), header=filled, references=references)[rule]
    assert repr(written) in hold.reason
    assert f"looks like {code!r}" in hold.reason


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b", "  \t"])
def test_a_blank_code_is_no_code(blank):
    required = configuration(dimensions={"project": {"certify": "report_gld/1", "required": True}})
    assert held(line("a", "1", report_gld_codes={1: blank}), required).keys() == {"dimension_missing"}
    assert held(line("a", "1", department_code=blank)).keys() == {"department_missing"}
    assert held(line("a", "1"), header={"employee_gld_codes": {1: blank}}).keys() == {"entity_missing"}
    assert held(line("a", "1", report_gld_codes={1: blank})) == {}, "a project need not be stated"
    demanding = replace(
        KNOWN, accounts=KNOWN.accounts | {"6220": Account(account_no="6220", requires=frozenset({"project"}))}
    )
    assert held(line("a", "1", report_gld_codes={1: blank}), references=demanding).keys() == {"dimension_required"}


@pytest.mark.parametrize("name", ["Amex Corp ", "Amex: Corp", '"Amex"', "Amex\tCorp", "#1", "Amex\u200b", "no", "0815"])
def test_every_card_can_be_mapped_by_the_row_that_its_hold_prints(name):
    item = card_line("a", "1", card_name=name, card_last="0042")
    hold = held(item)["card_unmapped"]
    row = hold.cure.split("`")[1].replace("CARDID", "CORP-VISA")
    stated = configuration(dimensions=PROJECT).model_dump(mode="json")
    stated["posting"]["company_paid"]["cards"] = yaml.load(row, Loader=yaml.BaseLoader)
    assert held(item, Configuration.model_validate(stated)) == {}


@pytest.mark.parametrize("name", ["Hotel ", "Hotel: night", "#1", "no"])
def test_every_category_can_be_mapped_by_the_row_that_its_hold_prints(name):
    references = replace(KNOWN, categories={name: KNOWN.categories["Hotel"]})
    item = line("a", "1", category=name, category_gl_code="")
    hold = held(item, references=references)["category_unmapped"]
    row = hold.cure.split("`")[1].replace("ACCOUNT", "6220")
    assert (
        held(
            item,
            configuration(dimensions=PROJECT, accounts={"map": yaml.load(row, Loader=yaml.BaseLoader)}),
            references=references,
        )
        == {}
    )


def test_a_card_of_no_name_cannot_be_mapped():
    with pytest.raises(ValueError, match="empty"):
        configuration(company_paid={"cards": [{"payment_card": "", "card_id": "X"}]})


@pytest.mark.parametrize("name", ["Hotel ", "hotel", "Hotel\u200b", "Ｈotel"])
def test_a_category_that_looks_like_a_mapped_one_is_not_booked_past_the_map(name):
    """Its GL code in Certify would do, and the map says another account for what looks the same."""
    mapped = configuration(accounts={"map": {"Hotel": "6300"}})
    known = replace(KNOWN, categories={name: KNOWN.categories["Hotel"]})
    item = line("a", "1", category=name)
    hold = held(item, mapped, references=known)["category_unmapped"]
    assert "looks like 'Hotel', which is" in hold.reason
    row = hold.cure.split("`")[1].replace("ACCOUNT", '"6220"')
    cured = configuration(accounts={"map": {"Hotel": "6300", **yaml.safe_load(row)}})
    assert held(item, cured, references=known) == {}


@pytest.mark.parametrize("last", [" 4821", "４８２１", "4821\u200b"])
def test_a_card_number_that_looks_like_a_mapped_one_is_not_booked_on_the_card_of_the_name(last):
    cards = [
        {"payment_card": "Corp Visa", "last": "4821", "card_id": "CORP-VISA"},
        {"payment_card": "Corp Visa", "card_id": "US-AMEX"},
    ]
    hold = held(card_line("a", "1", "T", card_last=last), configuration(company_paid={"cards": cards}))["card_unmapped"]
    assert hold.reason.endswith("It looks like 'Corp Visa' '4821'.")
    assert "card_unmapped" not in held(card_line("a", "1", "T"), configuration(company_paid={"cards": cards}))


def test_a_code_that_looks_like_a_mapped_one_names_it():
    mapped = configuration(dimensions={"department": {"map": {"SALES": "30"}}, "entity": {"map": {"US": "100"}}})
    assert held(line("a", "1", department_code="sales"), mapped)["department_unknown"].reason.endswith(
        "It looks like 'SALES'."
    )
    entity = held(line("a", "1"), mapped, {"employee_gld_codes": {1: "us"}})["entity_unknown"]
    assert entity.reason.endswith("It looks like 'US'.")


def test_a_target_of_tax_that_looks_like_one_names_it():
    policy = {"mode": "map", "vat_detail": "UK Standard", "solution": "UK"}
    hold = held(line("a", "12", vat_amount=Decimal(2)), configuration(tax={"default": policy}))["tax"]
    assert "(it looks like 'UK standard')" in hold.reason
