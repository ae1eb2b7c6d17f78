"""What users are given by fields of Intacct, on PostgreSQL and the sandbox, whatever Certify's API keeps of it."""

from __future__ import annotations

import psycopg
import pytest

from tests.people_company import contact, employee, load_people, users, written

FIELDS = {
    "employee_gld/2": {"field": "TEAM", "map": {"north": "N"}},
    "employee_gld/3": {"field": "CLASSID"},
    "currency": "CURRENCY",
    "language": {"default": "de"},
    "culture": {"field": "PERSONALINFO.CONTACTNAME", "map": {"Person 1": "de-DE", "Person 2": "en-US"}},
}
EMPLOYEE = {
    "TEAM": {"type": "TEXT"}, "SECOND": {"type": "TEXT"}, "ACCOUNTANT": {"type": "TEXT"}, "DEPT": {"type": "TEXT"},
    "OFFICE": {"type": "TEXT"}, "BOSS": {"type": "TEXT"},
}  # fmt: skip


@pytest.fixture
def fields(company, settings):
    """Two teams in Certify, two classes in Intacct, and a field of every kind."""
    company.settings(custom_fields={"EMPLOYEE": EMPLOYEE})
    company.load("intacct", "CLASS", [{"CLASSID": "C1", "NAME": "Class 1", "STATUS": "active"}])
    company.load("certify", "empglds/2", [{"Code": code, "Name": f"Team {code}", "Active": 1} for code in ("N", "S")])

    def set_(**source):
        given = {"kind": "employee", "fields": FIELDS, **source}
        settings(sources=[given], dimensions={"class": {"certify": "employee_gld/3"}})

    set_()
    return set_


def given(company, address="p1@example.com"):
    rows = {row["ID"]: row["Code"] for row in company.state("certify", "empglds")}
    user = users(company)[address]
    glds = [rows.get(user.get(f"EmpGLD{number}ID") or "", "") for number in (1, 2, 3)]
    return (*glds, user.get("Currency", ""), user.get("Language", ""), user.get("Culture", ""))


def test_each_is_given_kept_in_step_and_not_written_twice(fields, company, sync):
    load_people(company, 1, TEAM="north", CLASSID="C1", CURRENCY="EUR")
    sync()
    assert given(company) == ("100", "N", "C1", "EUR", "de", "de-DE")
    company.clear_calls()
    assert sync(judged=False) == {}
    assert written(company) == {}
    company.act(
        "edit_document", object="EMPLOYEE", record=number_of(company, "E1"), changes={"TEAM": "S", "CURRENCY": "USD"}
    )
    company.act("edit_user", user="p1@example.com", changes={"Language": "en"})
    sync(judged=False)
    assert given(company) == ("100", "S", "C1", "USD", "en", "de-DE")


def test_a_code_that_certify_has_not_holds_the_person_and_comes_with_the_list(fields, company, sync, notes, rows):
    load_people(company, 1, TEAM="west", CURRENCY="EUR")
    load_people(company, 2, TEAM="S")
    sync()
    assert ("gld_unknown", "E1") in notes()
    assert [*users(company)] == ["p2@example.com"]
    (cure,) = {row["cure"] for row in rows("SELECT cure FROM plan.change WHERE rule = 'gld_unknown'")}
    assert "Configuration > General Ledger Dimensions > Employee GLD 2" in cure
    company.load("certify", "empglds/2", [{"Code": "west", "Name": "West", "Active": 1}])
    sync()
    assert given(company)[1] == "west"


@pytest.mark.parametrize("keeps", ["known", "refuse_others"])
def test_what_certify_does_not_keep_harms_nothing_else_and_is_not_sent_every_day(
    keeps, fields, company, sync, notes, settings, rows, database
):
    company.settings(certify_users_keep=keeps)
    load_people(company, 1, TEAM="S", CLASSID="C1", CURRENCY="EUR")
    company.load("certify", "users", [{"Email": "p2@example.com", "EmployeeID": "E2", "LastName": "Old", "Active": 1}])
    load_people(company, 2, TEAM="S", CURRENCY="EUR")
    settings(
        sources=[{"kind": "employee", "fields": FIELDS}], dimensions={"class": {"certify": "employee_gld/3"}},
        adoption={"policy": "listed", "employee_ids": ["E2"]},
    )  # fmt: skip
    outcomes = [sync(judged=False) for _ in range(3)]
    found = users(company)
    assert {(user["Department"], user["Entity"]) for user in found.values()} == {("10", "100")}
    assert {user["LastName"] for user in found.values()} == {"O'Brien & <Söhne> 1", "O'Brien & <Söhne> 2"}
    assert outcomes[1:] == [{}, {}], "neither is the row of a list that was made in the same run"
    assert {("not_kept", "E1"), ("not_kept", "E2")} <= notes()
    # It is tried again after a week, and no sooner.
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("ALTER TABLE plan.outcome DISABLE TRIGGER USER")
        owner.execute("UPDATE plan.outcome SET at = at - interval '8 days'")
        owner.execute("ALTER TABLE plan.outcome ENABLE TRIGGER USER")
    assert sync(judged=False) == {"applied" if keeps == "known" else "rejected": 4}
    assert sync(judged=False) == {}
    # Somebody sets it by hand, as the note says.
    ids = {row["Code"]: row["ID"] for row in company.state("certify", "empglds")}
    by_hand = {"Currency": "EUR", "Language": "de", "EmpGLD2ID": ids["S"]}
    company.act("edit_user", user="p1@example.com", changes=by_hand | {"Culture": "de-DE", "EmpGLD3ID": ids["C1"]})
    company.act("edit_user", user="p2@example.com", changes=by_hand | {"Culture": "en-US"})
    assert sync(judged=False) == {}
    newest = "SELECT max(load_id) FROM ops.load"
    assert rows(f"SELECT rule FROM plan.change WHERE load_id = ({newest})") == []


def test_nothing_is_touched_that_is_not_configured(company, sync, settings):
    company.load("certify", "empglds/2", [{"Code": "N", "Name": "Team", "Active": 1}])
    (team,) = [row["ID"] for row in company.state("certify", "empglds") if row["Code"] == "N"]
    own = {
        "EmpGLD2ID": team,
        "Currency": "CHF",
        "Language": "fr",
        "Culture": "fr-CH",
        "SecondApproverID": "",
        "MobilePhone": "1",
    }
    company.load("certify", "users", [{"Email": "p1@example.com", "EmployeeID": "E1", **own, "Active": 1}])
    settings(adoption={"employee_ids": ["E1"]}, approvers={"first": "none"})
    load_people(company, 1, CURRENCY="EUR")
    company.clear_calls()
    sync()
    after = users(company)["p1@example.com"]
    assert {name: after[name] for name in own} == own
    assert not [call for call in company.calls()["certify"] if "empglds/2" in call]


def test_department_location_and_supervisor_come_from_fields_of_ones_own(fields, company, sync):
    fields(department_field="DEPT", location_field="OFFICE", supervisor_field="BOSS", fields={})
    company.load("certify", "users", [{"Email": "p2@example.com", "EmployeeID": "E2", "Role": "Managers", "Active": 1}])
    load_people(company, 1, DEPARTMENTID="10", LOCATIONID="100", DEPT="20", OFFICE="200", BOSS="E2")
    load_people(company, 2, DEPT="20", OFFICE="101")
    sync()
    people = {row["ID"]: row["EmployeeID"] for row in company.state("certify", "users")}
    mine = users(company)["p1@example.com"]
    assert (mine["Department"], mine["Entity"], people.get(mine["FirstApproverID"])) == ("20", "200", "E2")


@pytest.mark.parametrize("shown", ["SecondApproverID", "SedondApproverID"])
def test_second_approver_and_accountant_whichever_name_certify_shows_it_under(shown, fields, company, sync, settings):
    company.settings(certify_second_approver=shown)
    source = {"kind": "employee", "second_approver_field": "SECOND", "accountant_field": "ACCOUNTANT"}
    settings(sources=[source], approvers={"second": "field", "promote": True})
    company.load(
        "certify", "users", [{"Email": "books@example.com", "EmployeeID": "B1", "Role": "Accountants", "Active": 1}]
    )
    load_people(company, 2, 3)
    load_people(company, 1, SUPERVISORID="E2", SECOND="E3", ACCOUNTANT="books@example.com")
    sync()
    people = {row["ID"]: row["Email"] for row in company.state("certify", "users")}
    mine = users(company)["p1@example.com"]
    assert [people.get(mine[name]) for name in ("FirstApproverID", "SecondApproverID", "AccountantID")] == [
        "p2@example.com", "p3@example.com", "books@example.com",
    ]  # fmt: skip
    company.clear_calls()
    assert sync(judged=False) == {}
    assert written(company) == {}


def test_the_supervisors_supervisor_and_the_default(company, sync, settings):
    settings(approvers={"second": "supervisors_supervisor", "second_default": "E3", "promote": True})
    load_people(company, 3)
    load_people(company, 2, SUPERVISORID="E3")
    load_people(company, 1, SUPERVISORID="E2")
    sync()
    # The default is a user of Certify by name, so it counts from the run that finds it there.
    sync(judged=False)
    people = {row["ID"]: row["EmployeeID"] for row in company.state("certify", "users")}
    seconds = {user["EmployeeID"]: people.get(user["SecondApproverID"] or "", "") for user in users(company).values()}
    assert seconds == {"E1": "E3", "E2": "", "E3": ""}


@pytest.mark.parametrize("asked", [False, True])
def test_a_new_user_is_mailed_to_only_where_it_is_asked_for(asked, company, sync, settings):
    settings(welcome_mail=asked)
    load_people(company, 1)
    sync()
    sync(judged=False)
    assert users(company)["p1@example.com"]["WelcomeEmailSent"] == int(asked)


def test_days_of_vendors_come_from_fields_of_their_own(company, sync, settings):
    company.settings(custom_fields={"VENDOR": {"FIRST_DAY": {"type": "DATE"}, "LAST_DAY": {"type": "DATE"}}})
    source = {"kind": "vendor", "start_field": "FIRST_DAY", "end_field": "LAST_DAY"}
    settings(sources=[source], default_department="10", entities={"default": "100"})
    for number, days in enumerate([{}, {"FIRST_DAY": "01/01/2990"}, {"LAST_DAY": "01/01/2990"}], start=1):
        company.load("intacct", "CONTACT", [contact(number)])
        named = {"VENDORID": f"V{number}", "NAME": f"Person {number}", "DISPLAYCONTACT.CONTACTNAME": f"Person {number}"}
        company.load(
            "intacct", "VENDOR", [named | {"VENDTYPE": "Employee", "ISINDIVIDUAL": "true", "STATUS": "active"} | days]
        )
    company.load("intacct", "EMPLOYEE", [employee(9, **{"PERSONALINFO.CONTACTNAME": "Person 1"})])
    sync()
    assert {user["EmployeeID"] for user in users(company).values()} == {"V1", "V3"}
    (vendor,) = [row for row in company.state("intacct", "VENDOR") if row["VENDORID"] == "V3"]
    company.act("edit_document", object="VENDOR", record=vendor["RECORDNO"], changes={"LAST_DAY": "01/01/2020"})
    sync(judged=False)
    assert {user["EmployeeID"]: user["Active"] for user in users(company).values()} == {"V1": 1, "V3": 0}


def people_of(company, kind, number, ticked):
    """A record of any source with its name, and a checkbox."""
    company.load("intacct", "CONTACT", [contact(number)])
    if kind == "employee":
        company.load("intacct", "EMPLOYEE", [employee(number, CERTIFY=ticked)])
    elif kind == "vendor":
        named = {"VENDORID": f"E{number}", "NAME": f"Person {number}", "DISPLAYCONTACT.CONTACTNAME": f"Person {number}"}
        of = {"VENDTYPE": "Employee", "ISINDIVIDUAL": "true", "STATUS": "active", "CERTIFY": ticked}
        company.load("intacct", "VENDOR", [named | of])
    else:
        named = {
            "LOGINID": f"E{number}",
            "DESCRIPTION": f"Person {number}",
            "CONTACTINFO.CONTACTNAME": f"Person {number}",
        }
        contacted = {f"CONTACTINFO.{name}": text for name, text in contact(number).items() if name != "CONTACTNAME"}
        company.load("intacct", "USERINFO", [named | contacted | {"STATUS": "active", "CERTIFY": ticked}])


OBJECTS = {"employee": "EMPLOYEE", "vendor": "VENDOR", "user": "USERINFO"}


@pytest.mark.parametrize("kind", [*OBJECTS])
def test_a_checkbox_of_any_source_says_who_is_synced(kind, company, sync, settings, notes):
    company.settings(custom_fields={OBJECTS[kind]: {"CERTIFY": {"type": "BOOLEAN"}}})
    settings(
        sources=[{"kind": kind, "sync_field": "CERTIFY"}], default_department="10", entities={"default": "100"},
        approvers={"first": "none"},
    )  # fmt: skip
    for number, ticked in enumerate(["true", "false", ""], start=1):
        people_of(company, kind, number, ticked)
    sync()
    assert {address: user["Active"] for address, user in users(company).items()} == {"p1@example.com": 1}
    # Ticked they come; and who is ticked no more stays as they are, told by name.
    for number, ticked in ((1, "false"), (3, "true")):
        (record,) = [row for row in company.state("intacct", OBJECTS[kind]) if f"E{number}" in row.values()]
        company.act("edit_document", object=OBJECTS[kind], record=record["RECORDNO"], changes={"CERTIFY": ticked})
    sync()
    assert {address: user["Active"] for address, user in users(company).items()} == {
        "p1@example.com": 1,
        "p3@example.com": 1,
    }
    assert ("not_selected", "E1") in notes()
    company.clear_calls()
    assert sync(judged=False) == {}
    assert written(company) == {}


def number_of(company, identity):
    (found,) = [row for row in company.state("intacct", "EMPLOYEE") if row["EMPLOYEEID"] == identity]
    return found["RECORDNO"]
