"""What a list of Certify cannot hold: names and codes that are too long, names that are there already, and more leaving than may."""

from __future__ import annotations

import pytest

from certify_intacct.decisions.decide import Decider
from certify_intacct.decisions.people import release_people
from certify_intacct.decisions.waiting import release_for
from certify_intacct.model.configuration import config_path, load
from certify_intacct.staging.database import Database
from certify_intacct.staging.people_waiting import people_held
from tests.people_company import load_people, written
from tests.provisioning.test_dimensions import place

__all__ = ["place"]

WHERE = "report_gld/2"


@pytest.fixture
def projects(company, settings):
    """A company whose projects stand in a list; sets how it is kept."""
    load_people(company, 1)

    def set_(**keys):
        settings(dimensions={"project": {"certify": WHERE, **keys}})

    set_()
    return set_


def given(company, *rows):
    company.load(
        "intacct",
        "PROJECT",
        [{"PROJECTID": code, "NAME": name, "STATUS": "active", **more} for code, name, more in rows],
    )


LONG = "Roll-out of the new head office"


@pytest.mark.parametrize("limit", [0, 40, 20])
@pytest.mark.parametrize("answer", ["refuse", "truncate"])
def test_a_name_is_shortened_to_what_certify_holds_and_never_written_for_ever(
    limit, answer, company, projects, sync, place, rows
):
    company.settings(certify_longest_name=limit, certify_too_long=answer)
    given(company, ("P1", LONG, {}))
    sync(judged=False)
    shown = place(WHERE)
    if limit != 20:
        assert shown == {"P1": (LONG, 1)}
        return
    if answer == "refuse":
        assert shown == {}
        (told,) = rows("SELECT message FROM plan.change_result WHERE result = 'rejected'")
        assert "must not have more than 20 characters" in told["message"]
    else:
        assert shown == {"P1": (LONG[:20], 1)}
        company.clear_calls()
        assert sync(judged=False) == {"held": 1}
        assert written(company) == {}
        (told,) = rows("SELECT message FROM plan.change_result WHERE result = 'held'")
        assert "dimensions.project.name_length: 20" in told["message"]
    projects(name_length=20)
    assert sync(judged=False) == {"applied": 1}
    assert place(WHERE) == {"P1": ("Roll-out of the new…", 1)}
    assert sync(judged=False) == {}


def test_a_name_that_a_person_shortened_in_certify_is_given_again(company, projects, sync, place):
    """It was the name before, so nobody knows that Certify cut it."""
    company.load("certify", "exprptglds/2", [{"Code": "P1", "Name": "Roll-out", "Active": 1}])
    given(company, ("P1", LONG, {}))
    assert sync(judged=False)["applied"] > 0
    assert place(WHERE) == {"P1": (LONG, 1)}


@pytest.mark.parametrize("answer", ["refuse", "truncate"])
def test_a_code_that_certify_cannot_hold_is_told_before_and_never_made_twice(
    answer, company, projects, sync, place, notes, rows
):
    company.settings(certify_longest_code=5, certify_too_long=answer)
    given(company, ("P-10000", "Roll-out", {}))
    for _ in range(3):
        sync(judged=False)
    made = [row["Code"] for row in company.state("certify", "exprptglds")]
    assert made == (["P-100"] if answer == "truncate" else []), "cut by Certify, it is made once"
    told = {
        row["message"] for row in rows("SELECT message FROM plan.change_result WHERE result IN ('held', 'rejected')")
    }
    assert any("code_length: 5" in one for one in told) == (answer == "truncate")
    given(company, ("P-20000", "Other", {}))
    projects(code_length=5)
    sync(judged=False)
    assert {("too_long", "P-10000"), ("too_long", "P-20000")} <= notes()
    projects(code_length=7)
    company.settings(certify_longest_code=7)
    sync(judged=False)
    assert "P-20000" in place(WHERE)


def test_names_that_stand_twice_are_told_and_where_certify_refuses_them_a_template_helps(
    company, projects, sync, place, rows, notes
):
    company.settings(certify_duplicate_names="refuse")
    given(company, ("P1", "Roll-out", {}), ("P2", "Roll-out", {}))
    sync(judged=False)
    assert len(place(WHERE)) == 1
    assert ("same_name", WHERE) in notes()
    (told,) = rows("SELECT message FROM plan.change_result WHERE result = 'rejected'")
    assert "Name Roll-out already exists" in told["message"]
    (row,) = rows("SELECT cure FROM plan.change WHERE rule = 'same_name'")
    assert 'dimensions.project.name: "{name} ({code})"' in row["cure"]
    projects(name="{name} ({code})")
    sync(judged=False)
    assert place(WHERE) == {"P1": ("Roll-out (P1)", 1), "P2": ("Roll-out (P2)", 1)}


def test_names_that_are_to_be_the_same_are_told_until_connector_yaml_says_so(
    company, projects, sync, place, rows, notes
):
    given(company, ("P1", "Roll-out", {}), ("P2", "Roll-out", {}))
    sync(judged=False)
    assert ("same_name", WHERE) in notes()
    (row,) = rows("SELECT cure FROM plan.change WHERE rule = 'same_name'")
    assert "same_names: accept" in row["cure"]
    projects(same_names="accept")
    assert sync(judged=False) == {}
    assert rows("SELECT 1 FROM plan.change WHERE load_id = (SELECT max(load_id) FROM ops.load)") == []
    assert place(WHERE) == {"P1": ("Roll-out", 1), "P2": ("Roll-out", 1)}


TWINS = ("P1", "Roll-out of the new head office", {}), ("P2", "Roll-out of the new warehouse", {})


@pytest.mark.parametrize("twice", ["accept", "refuse"])
def test_names_that_are_equal_once_they_are_shortened_are_told_and_what_is_told_tells_them_apart(
    twice, company, projects, sync, place, rows, notes
):
    """Whole they differ. The code behind a name stays whole, so the cure works however long the names are."""
    company.settings(certify_longest_name=20, certify_duplicate_names=twice)
    projects(name_length=20)
    given(company, *TWINS)
    sync(judged=False)
    one = ("Roll-out of the new…", 1)
    assert place(WHERE) == ({"P1": one, "P2": one} if twice == "accept" else {"P1": one})
    assert ("same_name", WHERE) in notes()
    (row,) = rows("SELECT reason, cure FROM plan.change WHERE rule = 'same_name'")
    assert "'Roll-out of the new…' (P1, P2)" in row["reason"]
    assert 'dimensions.project.name: "{name} ({code})"' in row["cure"]
    projects(name_length=20, name="{name} ({code})")
    sync(judged=False)
    assert place(WHERE) == {"P1": ("Roll-out of th… (P1)", 1), "P2": ("Roll-out of th… (P2)", 1)}
    assert notes() == set()
    assert sync(judged=False) == {}
    # Named apart in Intacct, in the part that is seen, they are told no more either.
    projects(name_length=20)
    for code, name in (("P1", "Head office: roll-out of the new"), ("P2", "Warehouse: roll-out of the new")):
        (project,) = [one for one in company.state("intacct", "PROJECT") if one["PROJECTID"] == code]
        company.act("edit_document", object="PROJECT", record=project["RECORDNO"], changes={"NAME": name})
    sync(judged=False)
    assert place(WHERE) == {"P1": ("Head office: roll-o…", 1), "P2": ("Warehouse: roll-out…", 1)}
    assert notes() == set()


def test_a_filter_that_takes_too_much_out_of_a_list_waits_for_a_person(
    company, projects, sync, place, rows, notes, database
):
    given(
        company, *((f"P{n}", f"Project {n}", {"PROJECTTYPE": "Billable" if n == 0 else "Internal"}) for n in range(8))
    )
    sync(judged=False)
    assert len(place(WHERE)) == 8
    projects(filter={"PROJECTTYPE": "Billable"})
    company.clear_calls()
    sync(judged=False)
    assert written(company) == {}
    assert {rule for rule, _ in notes()} == {"list_guard"}
    with Database(database.loader_url).connection() as connection:
        held = people_held(connection)
    assert {release_for(one) for one in held} == {"list_deactivations"}
    assert "certify_projects" in held[0].cure
    said = release_people(
        Database(database.decider_url), load(config_path()), kind="list_deactivations", by=Decider(name="dana", user_id="dana"),
        reason="only billable ones from now on", stream="certify_projects",
    )  # fmt: skip
    assert said == "deactivations in certify_projects above its guard, for a day"
    assert sync(judged=False) == {"applied": 7}
    assert {code for code, (_, active) in place(WHERE).items() if active} == {"P0"}
    (row,) = rows("SELECT reason, rule FROM plan.change WHERE action = 'deactivate' AND key = 'P3'")
    assert row["rule"] == "filtered"
    assert "is left out by dimensions.project.filter (PROJECTTYPE is 'Internal')" in row["reason"]
    projects()
    assert sync(judged=False) == {"applied": 7}, "without the filter they are offered again"


def test_a_release_of_one_list_lets_no_other_go(company, projects, sync, settings, release, place):
    release(kind="list_deactivations", stream="certify_classes")
    release(kind="deactivations")
    given(company, *((f"P{n}", f"Project {n}", {"PROJECTTYPE": "Internal"}) for n in range(8)))
    sync(judged=False)
    projects(filter={"PROJECTTYPE": "Billable"})
    assert sync(judged=False) == {}
    assert all(active for _, active in place(WHERE).values())


def test_a_hierarchy_is_shown_by_the_field_that_names_the_one_above(company, settings, sync, rows):
    """What stands in brackets goes where there is none above."""
    settings(dimensions={"department": {"name": "[{PARENTNAME}: ]{name}"}})
    load_people(company, 1)
    company.load(
        "intacct", "DEPARTMENT", [{"DEPARTMENTID": "11", "TITLE": "Inside", "PARENTID": "10", "STATUS": "active"}]
    )
    sync(judged=False)
    assert {row["Code"]: row["Name"] for row in company.state("certify", "departments")} == {
        "10": "Sales",
        "11": "Sales: Inside",
        "20": "Support",
    }


def test_names_by_a_template_follow_a_change_of_the_template(company, projects, sync, place):
    company.load("intacct", "CUSTOMER", [{"CUSTOMERID": "C1", "NAME": "Client", "STATUS": "active"}])
    given(company, ("P1", "Roll-out", {"CUSTOMERID": "C1"}))
    sync(judged=False)
    projects(name="{customer.name}: {name} ({code})")
    assert sync(judged=False) == {"applied": 1}
    assert place(WHERE) == {"P1": ("Client: Roll-out (P1)", 1)}
