"""Storms over lists and users' fields: what a company keeps stands in Certify when they are over, and each wrong of it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from include.chaos.environment import Environment
from include.chaos.round import Round
from include.chaos.size import Size
from include.chaos.varieties import draw, kept
from include.chaos.worker_pool import Lane
from tests.chaos.place import storm_place

STORM = Size(
    people=24, reports_per_day=2, days=1, runs=1, aimed=0, aimed_at_people=3, sudden=2, acts=14, heat=1.5, rivals=False
)
# A round of each in which Certify keeps every field of its users: one that it does not keep nobody misses.
ROUNDS = {"classes and customers kept": 6, "projects and tasks kept": 9}
KEPT = [one for one in kept.VARIETIES if one.lists]


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Environment, list[Lane]]]:
    with storm_place("kept", 2) as made:
        yield made


def wrong(played: Round) -> dict[str, list[str]]:
    verdict, _ = played._case().judge()
    return {name: found for name, found in verdict.wrongs.items() if found}


@pytest.mark.parametrize("variety", KEPT, ids=lambda one: one.name)
def test_what_is_kept_stands_there_when_the_storm_is_over_and_each_wrong_is_seen(place, variety):
    environment, lanes = place
    number = ROUNDS[variety.name]
    played = Round(environment, lanes, 11, number, STORM, replace(draw(11, number), kept=variety))
    result = played.play()
    assert played.settings.get("certify_users_keep", "all") == "all", "another round has to be found for it"
    assert result.fine, (wrong(played), result.verdict.broken, result.calm.stopped)
    assert variety.name in result.drawn
    assert result.faults.total() > 3
    assert result.kills.total()
    on_lists = [
        name for name in result.acts if name.split()[0] in ("rename", "switch", "many", "employee's", "row", "user's")
    ]
    assert len(on_lists) > 2, result.acts
    for one in variety.lists:
        rows = [row for row in environment.sandbox.state_of("certify", one.place) if row["Active"]]
        assert rows, one.name
        assert_seen(played, one, rows[0])
    assert_seen_of_a_user(played)
    assert wrong(played) == {}


def assert_seen(played: Round, one: kept.Kept, row: dict[str, Any]) -> None:
    """A name that nobody gave it, and a row that is gone, are lost."""
    now = played.actors.world().values
    value = next(value for value in now[one.object] if one.code_of(value) == row["Code"])
    for changes in ({"Name": "something else"}, {"Active": 0}) if one.offers(value, now) else ():
        act(played, one, row, changes)
        assert any(row["Code"] in text for text in wrong(played)["lost"]), changes
        act(played, one, row, {key: row[key] for key in changes})


def act(played: Round, one: kept.Kept, row: dict[str, Any], changes: dict[str, Any]) -> None:
    body = {"action": "edit_list", "object": one.place, "code": row["ID"], "changes": changes}
    played.environment.sandbox.ask("POST", "act", body)


def assert_seen_of_a_user(played: Round) -> None:
    """Of somebody who has what Intacct says, another currency is a wrong."""
    sandbox = played.environment.sandbox
    for user in sandbox.state_of("certify", "users"):
        if not user.get("EmployeeID") or not user.get("Active"):
            continue
        body = {"action": "edit_user", "user": user["ID"]}
        sandbox.ask("POST", "act", {**body, "changes": {"Currency": "NOK"}})
        found = wrong(played)
        sandbox.ask("POST", "act", {**body, "changes": {"Currency": user["Currency"]}})
        if any(user["EmployeeID"] in text for text in found.get("lost", ())):
            return
    raise AssertionError("nobody's currency is judged")
