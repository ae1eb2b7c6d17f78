"""The check before a run of a company of Intacct that has no entities: it says so, and with what it goes on."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError

KIND, CURRENCY, IN_USE = "Entities of the company", "Base currency", "Locations in use"


@pytest.fixture
def single(company):
    """The company without entities, and with two locations that Certify's list names."""
    company.sandbox.reset()
    company.sandbox.load(
        "intacct", "LOCATION", [{"LOCATIONID": code, "NAME": code, "STATUS": "active"} for code in ("NYC", "BOS")]
    )
    company.sandbox.load("certify", "empglds/1", [{"Name": code, "Code": code, "Active": 1} for code in ("NYC", "BOS")])
    company.sandbox.load("certify", "expensecategories", [{"Name": "Hotel", "GLCode": "6220", "Active": 1}])
    return company


def told(company, item):
    row = company.rows()[item]
    return row["outcome"], row["detail"]


def test_each_kind_of_company_is_named(company):
    company.check()
    assert told(company, KIND) == ("present", "It has 2 that are active.")
    assert CURRENCY not in company.rows()


@pytest.mark.parametrize("direction", ["organization", "expense"])
def test_a_company_without_entities_passes_and_is_named(single, direction):
    assert single.check(direction)["stopping"] == 0, single.rows()
    assert told(single, KIND) == (
        "present",
        "It has none: Intacct shows none, and no location lies in one. Lines carry locations.",
    )
    assert told(single, IN_USE) == ("present", "2 of 2 are open to the user.")


@pytest.mark.parametrize("direction", ["organization", "expense"])
@pytest.mark.parametrize("answer", ["not_found", "not_permitted"])
def test_what_refuses_to_list_entities_stops_until_it_is_stated_that_there_are_none(single, direction, answer):
    single.sandbox.settings(entities_without=answer)
    with pytest.raises(ConnectorError, match=r"company\.entities: none"):
        single.check(direction)
    # The cure that it prints.
    single.configure(company__entities="none")
    assert single.check(direction)["stopping"] == 0, single.rows()
    assert told(single, KIND) == ("present", "It has none, as connector.yaml says: lines carry locations.")
    assert not any(item.startswith("Entities: ") for item in single.rows()), "that right is not needed"


def test_a_company_with_entities_of_which_is_stated_that_it_has_none(company):
    company.configure(company__entities="none")
    with pytest.raises(ConnectorError, match=r"locations lie in 100, 200.*company\.entities: found"):
        company.check()
    company.configure(company__entities="found")
    assert company.check()["stopping"] == 0


def test_entities_that_the_user_does_not_see(single):
    single.sandbox.load(
        "intacct", "LOCATION", [{"LOCATIONID": "PAR", "NAME": "P", "ENTITY": "300", "STATUS": "active"}]
    )
    single.check()
    assert told(single, KIND) == ("missing", "Intacct shows none, and locations lie in 300.")


def test_entities_of_which_none_is_active_are_entities(single):
    single.sandbox.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "900", "NAME": "Gone", "STATUS": "inactive"}])
    single.check()
    assert told(single, KIND)[0] == "missing"
    assert IN_USE not in single.rows()


def test_where_nobody_is_assigned_anything_a_refusal_is_told_all_the_same(single):
    """The lists are read in any case: they say whether an extract is complete."""
    single.sandbox.settings(entities_without="not_found")
    single.configure(people__entities={"source": "none"})
    with pytest.raises(ConnectorError, match=r"company\.entities: none"):
        single.check("organization")
    single.configure(people__entities={"source": "none"}, company__entities="none")
    assert single.check("organization")["stopping"] == 0


def test_the_base_currency_is_compared_with_the_books(single):
    single.sandbox.settings(base_currency="EUR")
    with pytest.raises(ConnectorError, match=r"company\.base_currency: EUR"):
        single.check()
    single.configure(company__base_currency="EUR")
    assert single.check()["stopping"] == 0
    assert told(single, CURRENCY) == ("present", "in Intacct: EUR; company.base_currency: EUR")


def test_codes_that_are_no_locations_are_named(single):
    single.sandbox.load("certify", "empglds/1", [{"Name": "Old", "Code": "OLD", "Active": 1}])
    single.check()
    assert told(single, "Location OLD")[0] == "missing"
    single.configure(dimensions__entity={"map": {"BOS": "BOSTON"}})
    with pytest.raises(ConnectorError, match="Location BOSTON"):
        single.check()
    single.configure(posting__tax={"entities": {"NYC": {"mode": "gross"}}})
    with pytest.raises(ConnectorError, match="Entity NYC"):
        single.check()
