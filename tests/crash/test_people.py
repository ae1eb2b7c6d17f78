"""organization_sync, with the database taken away at some statements; ``python -m tests.crash --all`` does every one in every way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.crash import books
from tests.crash.relay import Moment, Strike
from tests.crash.site import EVERYTHING, Choice, Site, sampled
from tests.crash.stages import Stage, organization_stages
from tests.operators.organization import loaded, planned
from tests.operators.people_company import configured, contact, employee, load_lists, load_people, users

SEED = 1
SLOW = () if EVERYTHING else ("validate",)
DAYS = 4


@pytest.fixture
def site(relay, snapshots, database, context, fresh_sandbox, monkeypatch, tmp_path) -> Site:
    """Two people are users. Then a department is renamed and another made, one of the two leaves, the other marries, and a third
    person comes, whose supervisor she is."""
    promote = {"approvers": {"promote": True}}
    monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path / "connector.yaml", **promote)))
    sandbox = fresh_sandbox
    runs = iter(range(1, 100_000))

    def day() -> None:
        run = context(run_id=f"day {next(runs)}", dry_run=False)
        loaded(planned(run, judged=False), run)

    load_lists(sandbox)
    load_people(sandbox, 1, 2)
    day()
    sandbox.act("rename", object="DEPARTMENT", record="20", name="Service")
    sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "30", "TITLE": "Research", "STATUS": "active"}])
    sandbox.act("rename_person", employee="E1", last="Chan", email="zoe.chan@example.com")
    sandbox.act("terminate", employee="E2")
    sandbox.load("intacct", "CONTACT", [contact(3)])
    sandbox.load("intacct", "EMPLOYEE", [employee(3, SUPERVISORID="E1", DEPARTMENTID="30")])

    def rows(query: str) -> list[dict[str, Any]]:
        with psycopg.connect(database.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    return Site(
        stages=[
            stage for stage in organization_stages(context(run_id="struck", dry_run=False), 2) if stage.name not in SLOW
        ],
        relay=relay,
        snapshots=snapshots,
        sandbox=sandbox,
        expect=lambda: _standing(sandbox, rows),
        judge=lambda _stage, expected: _judged(sandbox, rows, day, expected),
    )


def _standing(sandbox: Any, rows: Callable[[str], list[dict[str, Any]]]) -> dict[str, Any]:
    """Certify's lists and users, and whom we know as whom, without IDs; what is there twice is named twice."""
    found: dict[str, Any] = {}
    for name in ("departments", "empglds"):
        for number, record in enumerate(sandbox.state("certify", name), 1):
            code = record["Code"]
            key = f"{name} {code}" if f"{name} {code}" not in found else f"{name} {code}, number {number}"
            found[key] = (record["Name"], record["Active"])
    emails = {record["ID"]: record["Email"] for record in sandbox.state("certify", "users")}
    found["users"] = sorted(emails.values())
    for email, user in users(sandbox).items():
        names = ("EmployeeID", "LastName", "Active", "Role", "Department", "Entity", "Approver")
        found[f"user {email}"] = tuple(user[name] for name in names)
    for link in rows("SELECT * FROM ledger.user_link"):
        found[f"link {link['person_key']}"] = (emails.get(link["certify_id"]), link["origin"], link["deactivated"])
    return found


def _judged(sandbox: Any, rows: Any, day: Callable[[], None], expected: dict[str, Any]) -> list[str]:
    for _ in range(DAYS):
        if _standing(sandbox, rows) == expected:
            break
        day()
    problems = books.compared(expected, _standing(sandbox, rows))
    newest = {row["person_key"]: row for row in rows("SELECT * FROM ledger.user_link_event ORDER BY event_id")}
    for link in rows("SELECT * FROM ledger.user_link"):
        event = newest.pop(link["person_key"], None)
        if event is None or any(event[name] != value for name, value in link.items()):
            problems.append(f"The last event of {link['person_key']} is {event}, and the link {link}.")
    return problems + [f"{key} has no link: {event}" for key, event in newest.items() if event["operation"] != "delete"]


_SOME: Choice = sampled(SEED, 0.005)


def _links_and_some(stage: Stage, statements: Sequence[str]) -> list[Strike]:
    """Where it is written down who is whom, and whom we deactivated: all of it."""
    links = [
        Strike(number, Moment.BEFORE)
        for number, text in enumerate(statements, 1)
        if stage.writes and "ledger.user_link " in text and not text.startswith("SELECT")
    ]
    return links + _SOME(stage, statements)


def test_nobody_twice_and_nobody_lost_when_the_database_goes_away(site):
    outcome = site.survey(_links_and_some)
    print(outcome)
    assert outcome.strikes
    assert not outcome.findings, outcome
