"""Who is deleted in Intacct: only the audit trail proves it."""

from __future__ import annotations

from tests.people_company import (
    delete_in_intacct,
    load_people,
    users,
)


def test_who_is_deleted_in_intacct_is_deactivated(company, sync, rows):
    load_people(company, 1, 2)
    sync()
    delete_in_intacct("EMPLOYEE", "E1")
    assert sync() == {"applied": 1}
    assert [user["Active"] for user in users(company).values()] == [0, 1]
    (change,) = rows("SELECT key, rule, reason FROM plan.change WHERE action = 'deactivate'")
    assert (change["key"], change["rule"]) == ("E1", "left")
    assert "audit trail" in change["reason"]


def test_a_deleted_vendor_is_deactivated(company, sync, vendors):
    load_people(company, 1)
    vendors(2)
    sync(judged=False)
    assert sorted(users(company)) == ["p1@example.com", "p2@example.com"]
    delete_in_intacct("VENDOR", "V2")
    sync(judged=False)
    active = {email: user["Active"] for email, user in users(company).items()}
    assert active == {"p1@example.com": 1, "p2@example.com": 0}


def test_the_guards_hold_for_the_deleted_too(company, sync, settings, notes):
    settings(deactivation={"guard_floor": 1, "guard_share": 0})
    load_people(company, 1, 2, 3)
    sync(judged=False)
    company.act("edit_user", user="p1@example.com", changes={"FullAdministrator": 1})
    for number in (1, 2, 3):
        delete_in_intacct("EMPLOYEE", f"E{number}")
    # A company whose last employee is gone would not be planned at all.
    load_people(company, 4)
    sync(judged=False)
    assert all(user["Active"] for user in users(company).values())
    assert {("privileged", "E1"), ("deactivation_guard", "E2"), ("deactivation_guard", "E3")} <= notes()


def test_without_the_right_to_see_the_audit_trail_nobody_is_deactivated_by_it(company, sync, rows, notes, capfd):
    load_people(company, 1, 2)
    sync(judged=False)
    delete_in_intacct("EMPLOYEE", "E1")
    company.settings(audit_history_permitted=False)
    assert sync(judged=False) == {}
    assert all(user["Active"] for user in users(company).values())
    assert ("absent", "E1") in notes()
    said = capfd.readouterr().out
    assert "nobody knows who was deleted" in said
    assert "permission to view audit history" in said
    assert rows("SELECT * FROM staging.intacct_deletion") == []
    company.settings(audit_history_permitted=True)
    assert sync(judged=False) == {"applied": 1}


def test_only_deletions_of_the_look_back_are_asked_for(company, sync, settings, rows, notes):
    load_people(company, 1, 2)
    sync(judged=False)
    company.settings(clock_shift_seconds=-40 * 86400)
    delete_in_intacct("EMPLOYEE", "E1")
    company.settings(clock_shift_seconds=0)
    sync(judged=False)
    assert rows("SELECT * FROM staging.intacct_deletion") == []
    assert ("absent", "E1") in notes()
    settings(deactivation={"audit_days": 0})
    company.clear_calls()
    assert sync(judged=False) == {}
    assert "query AUDITHISTORY" not in company.calls()["intacct"]


def test_absence_without_a_row_in_the_audit_trail_deactivates_nobody(company, sync, notes):
    load_people(company, 1, 2)
    sync(judged=False)
    delete_in_intacct("EMPLOYEE", "E1")
    (row,) = [row for row in company.state("intacct", "AUDITHISTORY") if row["ACCESSMODE"] == "D"]
    company.act("delete", object="AUDITHISTORY", record=row["ID"])
    assert sync(judged=False) == {}
    assert all(user["Active"] for user in users(company).values())
    assert ("absent", "E1") in notes()


def test_a_deletion_before_the_id_was_given_to_another_record_proves_nothing(company, sync, vendors, rows, notes):
    load_people(company, 1)
    vendors(2)
    company.settings(clock_shift_seconds=-3 * 86400)
    delete_in_intacct("VENDOR", "V2")
    company.settings(clock_shift_seconds=0)
    vendors(2)
    sync(judged=False)
    delete_in_intacct("VENDOR", "V2")
    old, new = (row for row in company.state("intacct", "AUDITHISTORY") if row["ACCESSMODE"] == "D")
    assert old["OBJECTKEY"] == new["OBJECTKEY"] == "V2"
    company.act("delete", object="AUDITHISTORY", record=new["ID"])
    assert sync(judged=False) == {}
    assert all(user["Active"] for user in users(company).values())
    assert ("absent", "V2") in notes()
    assert {row["seen_since"] for row in rows("SELECT seen_since FROM quality.intacct_deletions_verdicts")} == {True}


def test_an_audit_trail_that_grows_shorter_stops_no_run(company, sync, rows):
    load_people(company, 1, 2)
    numbers = range(100, 125)
    load_people(company, *numbers, STATUS="inactive")
    for number in numbers:
        delete_in_intacct("EMPLOYEE", f"E{number}")
    sync(judged=False)
    assert len(rows("SELECT * FROM staging.intacct_deletion")) == 25
    company.settings(audit_history_permitted=False)
    assert sync() == {}
