"""Plans: written once, read in order, never changed."""

from __future__ import annotations

import psycopg
import pytest

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.staging.plans import pending, record_outcomes, store_plan, winner


def change(key: str, action: Action = Action.CREATE) -> Change:
    return Change(subject=DEPARTMENT.subject, action=action, key=key, after={"Code": key}, reason="because")


def test_a_second_plan_of_the_same_load_is_not_written(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        assert store_plan(connection, load_id, [change("1"), change("2", Action.HOLD)]) == 2
        assert store_plan(connection, load_id, [change("3")]) == 2
        assert [planned.key for _, planned in pending(connection, load_id, DEPARTMENT.subject)] == ["1"]


def test_what_was_applied_is_not_pending(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        store_plan(connection, load_id, [change("1"), change("2")])
        (first, _), _ = pending(connection, load_id, DEPARTMENT.subject)
        record_outcomes(connection, "run", [(first, "applied", "id-1", "")])
        assert [planned.key for _, planned in pending(connection, load_id, DEPARTMENT.subject)] == ["2"]


def test_an_older_plan_names_the_run_that_won(store, new_load):
    older, newer = new_load(run_id="older"), new_load(run_id="newer")
    with store.connection() as connection:
        for load_id in (older, newer):
            store_plan(connection, load_id, [change("1")])
    with store.connection() as connection:
        ((mine, _),) = pending(connection, older, DEPARTMENT.subject)
        ((theirs, _),) = pending(connection, newer, DEPARTMENT.subject)
        assert winner(connection, mine) is None
        record_outcomes(connection, "newer", [(theirs, "applied", "id-1", "")])
    with store.connection() as connection:
        assert winner(connection, mine) == "newer"


def test_a_plan_is_never_changed_not_even_by_its_owner(database, store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        store_plan(connection, load_id, [change("1")])
    with (
        psycopg.connect(database.owner_url) as owner,
        pytest.raises(psycopg.errors.RaiseException, match="never changed"),
    ):
        owner.execute("UPDATE plan.change SET key = 'other'")
