"""Entities and people all the way, on PostgreSQL and the sandbox."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from certify_intacct.intacct.filters import Equal
from certify_intacct.intacct.functions import Function
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.model.errors import GuardTripped
from certify_intacct.operators.release import main
from tests.operators.organization import loaded, planned
from tests.operators.people_company import configured, contact, employee, load_lists, load_people, users


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Sets section `people` of connector.yaml."""

    def set_(**people):
        monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path / "connector.yaml", **people)))

    set_()
    return set_


@pytest.fixture
def sync(connections, context, settings):
    """Runs organization_sync and returns the outcomes of its load step."""
    runs = iter(range(1, 100))

    def run(*, judged=True, **options):
        run_context = context(run_id=f"run {next(runs)}", **{"dry_run": False, **options})
        return loaded(planned(run_context, judged=judged), run_context)

    return run


@pytest.fixture
def rows(database):
    def query(statement, *parameters):
        with psycopg.connect(database.loader_url, row_factory=dict_row) as connection:
            return connection.execute(statement, parameters).fetchall()

    return query


@pytest.fixture
def notes(rows):
    """Rule and key of what the last plan left alone."""

    def query():
        return {
            (row["rule"], row["key"])
            for row in rows(
                """
                SELECT rule, key FROM plan.change
                WHERE action IN ('skip', 'hold') AND load_id = (SELECT max(load_id) FROM plan.change)
                """
            )
        }

    return query


@pytest.fixture
def release(database):
    def add(**columns):
        columns = {"released_by": "somebody else", "reason": "looked at", **columns}
        names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with psycopg.connect(database.loader_url) as connection:
            connection.execute(f"INSERT INTO ledger.people_release ({names}) VALUES ({values})", list(columns.values()))

    return add


@pytest.fixture
def company(fresh_sandbox):
    load_lists(fresh_sandbox)
    return fresh_sandbox


def in_order(found):
    """The EmployeeIDs, after checking that everybody has a department and an entity."""
    assert all((user["Department"], user["Entity"]) == ("10", "100") for user in found.values())
    return sorted(user["EmployeeID"] for user in found.values())


def written(sandbox):
    return {name: figures["written"] for name, figures in sandbox.calls()["certify"].items() if figures["written"]}


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


def test_a_preview_changes_nothing_anywhere(company, sync, rows):
    load_people(company, 1)
    company.clear_calls()
    assert sync(dry_run=None) == {}
    assert not any(figures["written"] for side in company.calls().values() for figures in side.values())
    assert rows("SELECT * FROM ledger.user_link") == []
    assert rows("SELECT state FROM ops.load")[0]["state"] == "previewed"


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


def delete_in_intacct(object_name, business_id):
    """Deletes a record through the gateway, which notes it in the audit trail."""
    hook = SageIntacctHook()
    (record,) = hook.query_all(object_name, ["RECORDNO"], filter=Equal(f"{object_name}ID", business_id))
    call = f"<delete><object>{object_name}</object><keys>{record['RECORDNO']}</keys></delete>"
    name = f"delete-{object_name}-{record['RECORDNO']}"
    xml = f'<function controlid="{name}">{call}</function>'.encode()
    (result,) = hook.send([Function(name, xml, "delete", writes=True)])
    hook.close()
    result.raise_for_failure(where="delete")


def test_who_is_deleted_in_intacct_is_deactivated(company, sync, rows):
    load_people(company, 1, 2)
    sync()
    delete_in_intacct("EMPLOYEE", "E1")
    assert sync() == {"applied": 1}
    assert [user["Active"] for user in users(company).values()] == [0, 1]
    (change,) = rows("SELECT key, rule, reason FROM plan.change WHERE action = 'deactivate'")
    assert (change["key"], change["rule"]) == ("E1", "left")
    assert "audit trail" in change["reason"]


@pytest.fixture
def vendors(company, settings):
    """Vendors are people too; returns what loads one."""
    sources = [{"kind": "employee"}, {"kind": "vendor", "location_field": "MEGAENTITYID"}]
    settings(sources=sources, default_department="10", entities={"default": "100"})

    def load(number):
        company.load("intacct", "CONTACT", [contact(number)])
        named = {"VENDORID": f"V{number}", "NAME": f"Person {number}", "DISPLAYCONTACT.CONTACTNAME": f"Person {number}"}
        kind = {"VENDTYPE": "Employee", "ISINDIVIDUAL": "true", "STATUS": "active"}
        company.load("intacct", "VENDOR", [named | kind])

    return load


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


def test_a_loop_of_supervisors_is_named_and_not_made(company, sync, settings, notes):
    settings(approvers={"promote": True})
    load_people(company, 1, SUPERVISORID="E2")
    load_people(company, 2, SUPERVISORID="E1")
    load_people(company, 3, SUPERVISORID="E3")
    sync()
    assert {user["Approver"] for user in users(company).values()} == {""}
    assert {("approver_loop", "E1"), ("approver_loop", "E2"), ("no_approver", "E3")} <= notes()


@pytest.mark.parametrize(
    "unknown",
    [
        {"certify_put_users": "email_only"},
        {"certify_put_users": "full"},
        {"certify_put_empglds": "with_index"},
        {"certify_put_empglds": "without_index"},
        {"certify_email_filter": "honoured"},
        {
            "certify_duplicate_emails": "accept",
            "certify_duplicate_employee_ids": "refuse",
            "certify_duplicate_codes": "refuse",
        },
        {"certify_unknown_fields": "refuse"},
        {"certify_page_size": 1, "certify_empty_page_has_paging": True},
        {"certify_error_style": "html"},
        {"certify_time_in_dates": True},
    ],
    ids=str,
)
def test_the_same_comes_out_whatever_certify_is_like(company, sync, unknown):
    company.settings(**unknown)
    load_people(company, 1, 2)
    sync(judged=False)
    sync(judged=False)
    found = users(company)
    assert in_order(found) == ["E1", "E2"]
    assert len(company.state("certify", "empglds")) == 2
    assert len(company.state("certify", "departments")) == 2
    assert not any(user["WelcomeEmailSent"] for user in found.values())


LOSSES = [
    *(
        (match, kind)
        for match in ("PUT users", "POST users")
        for kind in ("drop_before", "drop_after_commit", "truncate_body")
    ),
    ("PUT users", "http_502_html"),
    ("PUT users", "html_200"),
    ("PUT departments", "drop_after_commit"),
    ("PUT empglds", "drop_after_commit"),
    ("PUT empglds", "drop_before"),
]


@pytest.mark.parametrize(("match", "kind"), LOSSES)
def test_a_lost_answer_makes_no_second_user_and_loses_nobody(company, sync, kind, match):
    company.settings(certify_duplicate_emails="accept")
    load_people(company, 1, 2)
    company.fault(side="certify", match=match, kind=kind, times=1)
    sync(judged=False)
    company.clear_faults()
    sync(judged=False)
    assert in_order(users(company)) == ["E1", "E2"]
    assert len(company.state("certify", "departments")) == 2
    assert len(company.state("certify", "empglds")) == 2


def test_a_create_that_is_seen_late_is_ours_and_not_repeated(company, sync, rows):
    company.settings(certify_duplicate_emails="accept", certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    company.fault(side="certify", match="PUT users", kind="drop_after_commit", times=1)
    assert sync(judged=False)["in_doubt"] == 1
    assert rows("SELECT certify_id FROM ledger.user_link") == [{"certify_id": None}]
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]
    assert rows("SELECT origin FROM ledger.user_link WHERE certify_id IS NOT NULL") == [{"origin": "created"}]


def test_a_create_that_is_refused_because_the_lost_one_exists_is_still_ours(company, sync, rows):
    """The first answer is lost, the user is not to be seen yet, and Certify refuses the second create for its address."""
    company.settings(certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    company.fault(side="certify", match="PUT users", kind="drop_after_commit", times=1)
    assert sync(judged=False)["in_doubt"] == 1
    assert sync(judged=False)["refused"] == 1
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]
    assert rows("SELECT origin FROM ledger.user_link WHERE certify_id IS NOT NULL") == [{"origin": "created"}]


def test_a_department_that_is_not_listed_yet_is_not_made_again(company, sync):
    company.settings(certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    for _ in range(2):
        sync(judged=False)
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert sorted(row["Code"] for row in company.state("certify", "departments")) == ["10", "20"]
    assert sorted(row["Code"] for row in company.state("certify", "empglds")) == ["100", "200"]


def test_a_create_whose_answer_is_lost_twice(company, sync):
    company.settings(certify_duplicate_emails="accept")
    load_people(company, 1)
    for kind in ("drop_before", "drop_after_commit"):
        company.fault(side="certify", match="PUT users", kind=kind, times=1)
        sync(judged=False)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]


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
    run = context(run_id="first", dry_run=False)
    loaded(planned(run), run)
    company.act("rename_person", employee="E1", last="Chan")
    company.act("terminate", employee="E2")
    run = context(run_id="second", dry_run=False)
    load_id = planned(run)
    company.act(
        "edit_user",
        user="p1@example.com",
        changes={"LastName": "By hand", "FirstApproverID": users(company)["p2@example.com"]["ID"]},
    )
    assert loaded(load_id, run) == {"moved_on": 1, "held": 1}
    assert users(company)["p1@example.com"]["LastName"] == "By hand"
    assert users(company)["p2@example.com"]["Active"] == 1


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
def released(settings, connections):
    """The command line of releases; returns its exit status."""
    return lambda *words: main(["people", *words, "--by", "Dana Weiss", "--reason", "looked at"])


def test_a_person_releases_creates_and_deactivations_by_command(company, sync, settings, released, rows, capsys):
    settings(max_creates=1, deactivation={"guard_floor": 0, "guard_share": 0})
    load_people(company, 1, 2, 3)
    sync(judged=False)
    assert len(users(company)) == 1
    assert released("creates") == 0
    sync(judged=False)
    assert len(users(company)) == 3
    company.act("terminate", employee="E1")
    assert sync(judged=False) == {}
    assert released("deactivations", "--days", "2") == 0
    assert sync(judged=False) == {"applied": 1}
    assert capsys.readouterr().out.count("Released: ") == 2
    kept = rows(
        "SELECT kind, released_by, reason, extract(day FROM expires_at - released_at)::int AS days FROM ledger.people_release"
    )
    assert [tuple(row.values()) for row in kept] == [
        ("creates", "Dana Weiss", "looked at", 1),
        ("deactivations", "Dana Weiss", "looked at", 2),
    ]


def test_a_person_releases_a_link_by_command(company, sync, released, rows):
    load_people(company, 1)
    sync(judged=False)
    before = rows("SELECT person_key, certify_id FROM ledger.user_link")
    delete_in_intacct("EMPLOYEE", "E1")
    company.load("intacct", "EMPLOYEE", [employee(1)])
    sync(judged=False)
    assert rows("SELECT person_key, certify_id FROM ledger.user_link") == before
    assert released("link", "--person", "E1", "--user", "P1@example.com") == 0
    sync(judged=False)
    (after,) = rows("SELECT person_key, certify_id FROM ledger.user_link")
    (record,) = company.state("intacct", "EMPLOYEE")
    assert after == {"person_key": f"employee/{record['RECORDNO']}", "certify_id": before[0]["certify_id"]}
    assert after["person_key"] != before[0]["person_key"]
    assert users(company)["p1@example.com"]["Active"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["link", "--person", "E77", "--user", "admin@example.com"], "says nothing about a person 'E77'"),
        (["link", "--person", "E1", "--user", "nobody@example.com"], "0 users of Certify"),
        (["shrunken_extract", "--stream", "certify_users"], "no guarded stream 'certify_users'"),
        (["deactivations", "--days", "400"], "1 to 30 days"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_release_of_what_is_not_there_is_refused(company, sync, released, rows, capsys, words, said):
    load_people(company, 1)
    sync(judged=False)
    assert released(*words) == 2
    assert said in capsys.readouterr().err
    assert rows("SELECT * FROM ledger.people_release") == []


@pytest.mark.parametrize("kind", ["creates", "deactivations"])
def test_who_edits_the_configuration_releases_no_people(settings, connections, rows, capsys, kind):
    path = Path(os.environ["CONNECTOR_CONFIG"])
    path.write_text(path.read_text().replace("configuration_owners: []", "configuration_owners: [dana]"))
    assert main(["people", kind, "--by", " Dana ", "--reason", "I may"]) == 2
    assert "configuration_owners" in capsys.readouterr().err
    assert main(["people", kind, "--by", "Kim", "--reason", " "]) == 2
    with pytest.raises(SystemExit):
        main(["people", kind, "--by", "Kim"])
    assert rows("SELECT * FROM ledger.people_release") == []
    assert main(["people", kind, "--by", "Kim", "--reason", "looked at"]) == 0


def test_an_extract_that_is_rightly_smaller_is_released_by_command(settings, connections, released, rows):
    assert released("shrunken_extract", "--stream", "intacct_employees") == 0
    assert rows("SELECT kind, stream FROM ledger.people_release") == [
        {"kind": "shrunken_extract", "stream": "intacct_employees"}
    ]
