"""What waits for a person: too many creates or deactivations, a link, an extract that is smaller."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certify_intacct.decisions.decide import Decider
from certify_intacct.decisions.people import release_people
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput, GuardTripped
from certify_intacct.staging.database import Database
from tests.people_company import (
    delete_in_intacct,
    employee,
    load_lists,
    load_people,
    users,
    written,
)


def test_only_so_many_are_created_until_a_person_releases_it(company, sync, notes, release):
    load_people(company, *range(1, 9))
    sync()
    assert len(users(company)) == 5
    sync()
    assert len(users(company)) == 5
    assert len([rule for rule, _ in notes() if rule == "max_creates"]) == 3
    release(kind="creates")
    sync()
    assert len(users(company)) == 8


def test_an_extract_that_lost_people_stops_the_run_until_a_person_releases_it(company, sync, release):
    load_people(company, *range(1, 31))
    release(kind="creates")
    sync()
    certify_users = company.state("certify", "users")
    company.reset()
    load_lists(company)
    load_people(company, *range(1, 21))
    company.load("certify", "users", certify_users)
    company.clear_calls()
    with pytest.raises(GuardTripped, match="four fifths"):
        sync()
    assert written(company) == {}
    release(kind="shrunken_extract", stream="intacct_employees")
    sync()


def test_a_company_of_nobody_stops_the_run(company, sync):
    with pytest.raises(GuardTripped, match="nobody at all"):
        sync()
    assert written(company) == {}


@pytest.fixture
def released(database, settings):
    """Releases as the page does, and gives what is said to the person."""

    def decide(kind, *, by="dana", reason="looked at", **named):
        configuration = load(Path(os.environ["CONNECTOR_CONFIG"]))
        decider = Decider(name=by, user_id=by)
        return release_people(
            Database(database.decider_url), configuration, kind=kind, by=decider, reason=reason, **named
        )

    return decide


def test_a_person_releases_creates_and_deactivations(company, sync, settings, released, rows):
    settings(max_creates=1, deactivation={"guard_floor": 0, "guard_share": 0})
    load_people(company, 1, 2, 3)
    sync(judged=False)
    assert len(users(company)) == 1
    assert released("creates") == "creating users, for good"
    sync(judged=False)
    assert len(users(company)) == 3
    company.act("terminate", employee="E1")
    assert sync(judged=False) == {}
    assert released("deactivations", days=2) == "deactivations above the guard, for 2 days"
    assert sync(judged=False) == {"applied": 1}
    kept = rows(
        "SELECT kind, released_by, reason, extract(day FROM expires_at - released_at)::int AS days FROM ledger.people_release"
    )
    assert [tuple(row.values()) for row in kept] == [
        ("creates", "dana", "looked at", 1),
        ("deactivations", "dana", "looked at", 2),
    ]


def test_a_person_releases_a_link(company, sync, released, rows):
    load_people(company, 1)
    sync(judged=False)
    before = rows("SELECT person_key, certify_id FROM ledger.user_link")
    delete_in_intacct("EMPLOYEE", "E1")
    company.load("intacct", "EMPLOYEE", [employee(1)])
    sync(judged=False)
    assert rows("SELECT person_key, certify_id FROM ledger.user_link") == before
    assert "the link of employee/" in released("link", person="E1", user="P1@example.com")
    sync(judged=False)
    (after,) = rows("SELECT person_key, certify_id FROM ledger.user_link")
    (record,) = company.state("intacct", "EMPLOYEE")
    assert after == {"person_key": f"employee/{record['RECORDNO']}", "certify_id": before[0]["certify_id"]}
    assert after["person_key"] != before[0]["person_key"]
    assert users(company)["p1@example.com"]["Active"] == 1


@pytest.mark.parametrize(
    ("kind", "named", "said"),
    [
        ("link", {"person": "E77", "user": "admin@example.com"}, "says nothing about a person 'E77'"),
        ("link", {"person": "E1", "user": "nobody@example.com"}, "0 users of Certify"),
        ("shrunken_extract", {"stream": "certify_users"}, "no guarded stream 'certify_users'"),
        ("list_deactivations", {"stream": "intacct_projects"}, "no guarded stream 'intacct_projects'"),
        ("deactivations", {"days": 400}, "1 to 30 days"),
        ("everybody", {}, "no release 'everybody'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_release_of_what_is_not_there_is_refused(company, sync, released, rows, kind, named, said):
    load_people(company, 1)
    sync(judged=False)
    with pytest.raises(BadInput, match=said):
        released(kind, **named)
    assert rows("SELECT * FROM ledger.people_release") == []


@pytest.mark.parametrize("kind", ["creates", "deactivations"])
def test_who_edits_the_configuration_releases_no_people(settings, connections, released, rows, kind):
    path = Path(os.environ["CONNECTOR_CONFIG"])
    path.write_text(path.read_text().replace("configuration_owners: []", "configuration_owners: [dana]"))
    with pytest.raises(BadInput, match="configuration_owners"):
        released(kind, by=" Dana ", reason="I may")
    with pytest.raises(BadInput, match="needs a reason"):
        released(kind, by="Kim", reason=" ")
    assert rows("SELECT * FROM ledger.people_release") == []
    released(kind, by="Kim")
    assert [row["released_by"] for row in rows("SELECT released_by FROM ledger.people_release")] == ["Kim"]


def test_an_extract_that_is_rightly_smaller_is_released(settings, connections, released, rows):
    assert "intacct_employees" in released("shrunken_extract", stream="intacct_employees")
    assert rows("SELECT kind, stream FROM ledger.people_release") == [
        {"kind": "shrunken_extract", "stream": "intacct_employees"}
    ]
