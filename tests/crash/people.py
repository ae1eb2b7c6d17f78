"""A run of organization_sync to be struck, and what must be true some days later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.crash import books
from tests.crash.site import Choice, Site, everything
from tests.crash.snapshot import DatabaseSnapshots
from tests.crash.stages import not_judged, organization_stages
from tests.crash.trials import Striker
from tests.organization_run import loaded, planned
from tests.people_company import configured, contact, employee, load_lists, load_people, users

DAYS = 4


def people_site(
    sandbox: Any,
    database: Any,
    striker: Striker,
    snapshots: DatabaseSnapshots,
    context: Any,
    config: Path,
    everything: Choice = everything,
) -> Site:
    """Two people are users. Then a department is renamed and another made, one of the two leaves, the other marries, and a third
    person comes, whose supervisor she is."""
    configured(config, approvers={"promote": True})
    runs = iter(range(1, 100_000))

    def day() -> None:
        run = context(run_id=f"day {next(runs)}")
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
        stages=[*not_judged(organization_stages(context(run_id="struck"), 2), database, 2)],
        striker=striker,
        everything=everything,
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
