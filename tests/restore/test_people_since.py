"""After last night's backup: users that were made since are not made twice, and nobody is deactivated for what the backup forgot."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.organization_run import loaded, planned
from tests.people_company import configured, load_lists, load_people, users


@pytest.mark.parametrize("policy", ["listed", "agreeing"])
def test_users_that_were_made_since_are_not_made_twice(
    policy, connections, context, fresh_sandbox, database, last_night, monkeypatch, tmp_path
):
    file = tmp_path / "connector.yaml"
    monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(file, adoption={"policy": policy})))
    runs = iter(range(1, 100))

    def sync() -> dict[str, int]:
        run = context(run_id=f"run {next(runs)}")
        return loaded(planned(run, judged=False), run)

    load_lists(fresh_sandbox)
    load_people(fresh_sandbox, 1, 2)
    sync()
    put_back = last_night()
    load_people(fresh_sandbox, 3, 4)
    fresh_sandbox.act("rename_person", employee="E1", last="Chan", email="zoe.chan@example.com")
    fresh_sandbox.act("terminate", employee="E2")
    sync()
    before = users(fresh_sandbox)
    assert sorted(before) == ["p2@example.com", "p3@example.com", "p4@example.com", "zoe.chan@example.com"]

    put_back()
    load_people(fresh_sandbox, 5)
    sync()
    after = users(fresh_sandbox)
    assert {email: user for email, user in after.items() if email != "p5@example.com"} == before
    assert len(fresh_sandbox.state("certify", "users")) == 6
    with psycopg.connect(database.loader_url, row_factory=dict_row) as connection:
        links = connection.execute("SELECT employee_id, origin FROM ledger.user_link ORDER BY 1").fetchall()
        named = connection.execute(
            "SELECT key, rule FROM plan.change WHERE action IN ('hold', 'skip') AND load_id = (SELECT max(load_id) FROM plan.change) "
            "AND key IN ('E3', 'E4') ORDER BY key"
        ).fetchall()
    if policy == "agreeing":
        assert [(link["employee_id"], link["origin"]) for link in links] == [
            ("E1", "created"), ("E2", "created"), ("E3", "adopted"), ("E4", "adopted"), ("E5", "created"),
        ]  # fmt: skip
        assert named == []
    else:
        assert [link["employee_id"] for link in links] == ["E1", "E2", "E5"]
        assert [(row["key"], row["rule"]) for row in named] == [("E3", "not_adopted"), ("E4", "not_adopted")]
