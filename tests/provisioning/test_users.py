"""Users of Certify as the people of Intacct are: created, adopted, changed, deactivated and reactivated."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import GuardTripped
from tests.organization_run import loaded, planned
from tests.people_company import (
    contact,
    employee,
    load_people,
    users,
    written,
)


def test_people_are_created_with_department_entity_and_approver_and_a_second_run_writes_nothing(
    company, sync, settings
):
    settings(approvers={"promote": True})
    load_people(company, 1, 2)
    company.load("intacct", "CONTACT", [contact(3)])
    company.load("intacct", "EMPLOYEE", [employee(3, SUPERVISORID="E1", LOCATIONID="101", DEPARTMENTID="20")])
    sync()
    found = users(company)
    assert found["p1@example.com"]["FirstName"] == "Zoë"
    assert found["p1@example.com"]["LastName"] == "O'Brien & <Söhne> 1"
    assert found["p1@example.com"]["Role"] == "Managers"
    third = found["p3@example.com"]
    assert (third["EmployeeID"], third["Department"], third["Entity"]) == ("E3", "20", "100")
    assert third["Approver"] == "p1@example.com"
    assert not any(user["WelcomeEmailSent"] for user in found.values())
    company.clear_calls()
    assert sync() == {}
    assert written(company) == {}


def test_a_preview_changes_nothing_anywhere(company, connections, context, settings, rows):
    load_people(company, 1)
    company.clear_calls()
    load_id = planned(context(), preview=True)
    with pytest.raises(GuardTripped, match="was opened as a preview"):
        loaded(load_id, context())
    assert not any(figures["written"] for side in company.calls().values() for figures in side.values())
    assert rows("SELECT * FROM ledger.user_link") == []
    assert rows("SELECT state FROM ops.load")[0]["state"] == "previewed"


def test_existing_users_are_adopted_by_the_list_and_corrected(company, sync, settings, notes):
    load_people(company, 1, 2)
    company.load(
        "certify",
        "users",
        [{"Email": "P1@EXAMPLE.COM", "LastName": "Old"}, {"Email": "p2@example.com", "LastName": "Old"}],
    )
    settings(adoption={"employee_ids": ["E1"]})
    sync()
    found = users(company)
    assert found["P1@EXAMPLE.COM"]["LastName"] == "O'Brien & <Söhne> 1"
    assert found["P1@EXAMPLE.COM"]["EmployeeID"] == "E1"
    assert found["p2@example.com"]["LastName"] == "Old"
    assert ("not_adopted", "E2") in notes()


def test_a_changed_address_updates_the_linked_user(company, sync):
    load_people(company, 1)
    sync()
    company.act("rename_person", employee="E1", last="Chan", email="zoe.chan@example.com")
    assert sync() == {"applied": 1}
    assert users(company)["zoe.chan@example.com"]["LastName"] == "Chan"
    assert len(users(company)) == 1


def test_who_leaves_is_deactivated_and_who_returns_is_reactivated(company, sync, rows):
    load_people(company, 1, 2)
    sync()
    company.act("terminate", employee="E1")
    assert sync() == {"applied": 1}
    assert [user["Active"] for user in users(company).values()] == [0, 1]
    assert rows("SELECT person_key FROM ledger.user_link WHERE deactivated") != []
    company.act("rehire", employee="E1")
    sync()
    assert [user["Active"] for user in users(company).values()] == [1, 1]


def test_whom_an_administrator_deactivated_stays_inactive(company, sync, notes):
    load_people(company, 1)
    sync()
    company.act("edit_user", user="p1@example.com", changes={"Active": 0})
    sync()
    assert users(company)["p1@example.com"]["Active"] == 0
    assert ("inactive_in_certify", "E1") in notes()


def test_a_record_that_is_gone_or_quarantined_deactivates_nobody(company, sync, notes):
    load_people(company, 1, 2, 3)
    sync()
    company.act("rename_person", employee="E2", email="p1@example.com")
    company.act("terminate", employee="E3")
    company.act("edit_user", user="p3@example.com", changes={"FullAdministrator": 1})
    sync()
    assert all(user["Active"] for user in users(company).values())
    assert {("quarantined", "E1"), ("quarantined", "E2"), ("privileged", "E3")} <= notes()


def test_a_leaver_with_an_unprocessed_report_waits(company, sync, notes):
    load_people(company, 1)
    sync()
    company.load("certify", "expensereports", [{"EmployeeID": "E1", "Processed": False, "EmployeeDepartment": "Sales"}])
    company.act("terminate", employee="E1")
    company.act("set_status", object="DEPARTMENT", record="10")
    sync()
    assert users(company)["p1@example.com"]["Active"] == 1
    assert {("unprocessed_reports", "E1"), ("in_use", "10")} <= notes()


def test_an_entity_leaves_last_when_nobody_belongs_to_it_any_more(company, sync, rows):
    load_people(company, 1, LOCATIONID="200")
    sync()
    company.act("move_person", employee="E1", location="100")
    company.act("set_status", object="LOCATIONENTITY", record="200")
    sync()
    active = {row["Code"]: row["Active"] for row in company.state("certify", "empglds")}
    assert active == {"100": 1, "200": 0}
    order = rows(
        "SELECT subject FROM plan.change WHERE load_id = (SELECT max(load_id) FROM plan.change) ORDER BY position"
    )
    assert [row["subject"] for row in order] == ["user", "entity_deactivation"]


def test_the_supervisor_of_the_department_approves_where_configured(company, sync, settings):
    settings(approvers={"first": "department_supervisor", "promote": True})
    company.load(
        "intacct", "DEPARTMENT", [{"DEPARTMENTID": "30", "TITLE": "Lab", "STATUS": "active", "SUPERVISORID": "E1"}]
    )
    load_people(company, 1)
    load_people(company, 2, DEPARTMENTID="30", SUPERVISORID="")
    sync(judged=False)
    assert {email: user["Approver"] for email, user in users(company).items()} == {
        "p1@example.com": "", "p2@example.com": "p1@example.com",
    }  # fmt: skip


def test_a_loop_of_supervisors_is_named_and_not_made(company, sync, settings, notes):
    settings(approvers={"promote": True})
    load_people(company, 1, SUPERVISORID="E2")
    load_people(company, 2, SUPERVISORID="E1")
    load_people(company, 3, SUPERVISORID="E3")
    sync()
    assert {user["Approver"] for user in users(company).values()} == {""}
    assert {("approver_loop", "E1"), ("approver_loop", "E2"), ("no_approver", "E3")} <= notes()


def test_one_record_that_certify_refuses_does_not_stop_the_others(company, sync, rows):
    load_people(company, 1, 2)
    sync()
    company.load("certify", "users", [{"Email": "taken@example.com", "Active": 0}])
    company.act("rename_person", employee="E1", last="Chan")
    company.act("rename_person", employee="E2", email="taken@example.com", last="Chan")
    sync()
    found = users(company)
    assert found["p1@example.com"]["LastName"] == "Chan"
    assert found["p2@example.com"]["LastName"] == "O'Brien & <Söhne> 2"
    assert rows("SELECT key FROM plan.change WHERE rule = 'contested'") == [{"key": "E2"}]


def test_a_plan_that_the_truth_has_overtaken_is_not_carried_out(company, context, settings, connections, rows):
    load_people(company, 1, 2)
    run = context(run_id="first")
    loaded(planned(run), run)
    company.act("rename_person", employee="E1", last="Chan")
    company.act("terminate", employee="E2")
    run = context(run_id="second")
    load_id = planned(run)
    company.act(
        "edit_user",
        user="p1@example.com",
        changes={"LastName": "By hand", "FirstApproverID": users(company)["p2@example.com"]["ID"]},
    )
    assert loaded(load_id, run) == {"moved_on": 1, "held": 1}
    assert users(company)["p1@example.com"]["LastName"] == "By hand"
    assert users(company)["p2@example.com"]["Active"] == 1


def test_an_older_plan_deactivates_nobody_whom_a_newer_one_found_active(company, context, settings, connections):
    """A failed load of last week is cleared: who has come back since then stays."""
    load_people(company, 1)
    run = context(run_id="first")
    loaded(planned(run), run)
    company.act("terminate", employee="E1")
    older = context(run_id="older")
    load_id = planned(older)
    company.act("rehire", employee="E1")
    newer = context(run_id="newer")
    loaded(planned(newer), newer)
    assert loaded(load_id, older) == {"moved_on": 1}
    assert users(company)["p1@example.com"]["Active"] == 1
