"""People of a company of Intacct that has no entities: they are given their locations, and nobody waits for an entity."""

from __future__ import annotations

import pytest
import yaml

from tests.people_company import configured, load_lists, load_people, users

LOCATIONS = [
    {"LOCATIONID": "NYC", "NAME": "New York", "STATUS": "active"},
    {"LOCATIONID": "BOS", "NAME": "Boston", "STATUS": "active"},
    {"LOCATIONID": "OLD", "NAME": "Closed", "STATUS": "inactive"},
]


@pytest.fixture
def single(fresh_sandbox):
    """Departments, the administrator, and locations that lie in no entity."""
    load_lists(fresh_sandbox, entities=False)
    fresh_sandbox.load("intacct", "LOCATION", LOCATIONS)
    return fresh_sandbox


def listed(sandbox):
    return {row["Code"]: (row["Name"], int(row["Active"])) for row in sandbox.state("certify", "empglds")}


def test_the_list_holds_locations_and_people_are_given_theirs(single, sync, notes):
    load_people(single, 1, LOCATIONID="NYC")
    load_people(single, 2, LOCATIONID="BOS")
    load_people(single, 3, LOCATIONID="")
    sync()
    assert listed(single) == {"NYC": ("New York", 1), "BOS": ("Boston", 1)}
    found = users(single)
    assert {user["EmployeeID"]: user["Entity"] for user in found.values()} == {"E1": "NYC", "E2": "BOS", "E3": ""}
    assert notes() == set()
    assert sync() == {}


def test_a_location_that_is_made_inactive_leaves_when_nobody_has_it(single, sync):
    load_people(single, 1, LOCATIONID="NYC")
    sync()
    single.act("set_status", object="LOCATION", record="BOS")
    sync()
    assert listed(single)["BOS"] == ("Boston", 0)


def test_who_has_a_location_that_cannot_be_used_waits_by_its_name(single, sync, rows):
    load_people(single, 1, LOCATIONID="OLD")
    sync()
    (row,) = rows("SELECT rule, reason, cure FROM plan.change WHERE action = 'hold'")
    assert row["rule"] == "no_entity"
    assert "has the location 'OLD', which cannot be used in Certify" in row["reason"]
    assert row["cure"].startswith("Correct the location in Intacct, or set people.entities.default")


@pytest.mark.parametrize("stated", [True, False], ids=["no entities, it says", "no entities, it is found"])
def test_what_the_entity_s_filter_leaves_out_is_no_location_of_the_list_either(
    single, sync, tmp_path, monkeypatch, stated
):
    single.load(
        "intacct", "LOCATION", [{"LOCATIONID": "YARD", "NAME": "Yard", "STATUS": "active", "REPORTPRINTAS": "Storage"}]
    )
    single.load(
        "intacct", "LOCATION", [{"LOCATIONID": "SHOP", "NAME": "Shop", "STATUS": "active", "REPORTPRINTAS": "Retail"}]
    )
    entity = {"filter": {"REPORTPRINTAS": "Retail"}, "name": "{name}: {REPORTPRINTAS}"}
    path = configured(tmp_path / "connector.yaml", dimensions={"entity": entity})
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["company"]["entities"] = "none" if stated else "found"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    load_people(single, 1, LOCATIONID="SHOP")
    sync()
    assert listed(single) == {"SHOP": ("Shop: Retail", 1)}
    assert sync() == {}


def test_a_field_that_entities_alone_have_leaves_no_location_out(single, sync, tmp_path, monkeypatch):
    """Nothing is known of it, so nothing leaves the list for it."""
    path = configured(tmp_path / "connector.yaml", dimensions={"entity": {"filter": {"OPCOUNTRY": "US"}}})
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    load_people(single, 1, LOCATIONID="NYC")
    sync()
    assert listed(single) == {"NYC": ("New York", 1), "BOS": ("Boston", 1)}


@pytest.mark.parametrize("answer", ["not_found", "not_permitted"])
def test_where_it_is_stated_nobody_asks_for_entities(single, sync, tmp_path, monkeypatch, answer):
    single.settings(entities_without=answer)
    path = configured(tmp_path / "connector.yaml")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["company"]["entities"] = "none"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("CONNECTOR_CONFIG", str(path))
    load_people(single, 1, LOCATIONID="NYC")
    sync()
    assert {user["Entity"] for user in users(single).values()} == {"NYC"}
    single.act("terminate", employee="E1")
    sync()
    assert {user["Active"] for user in users(single).values()} == {0}, "the extract counts as complete"
