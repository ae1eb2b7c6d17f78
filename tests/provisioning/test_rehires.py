"""One person is one user of Certify, whatever changes in Intacct: name, address and ID, and after years away."""

from __future__ import annotations

from tests.people_company import contact, employee, load_people, users


def edit(company, object_name, identity, **changes):
    key = {"EMPLOYEE": "EMPLOYEEID", "CONTACT": "CONTACTNAME"}[object_name]
    (found,) = [row for row in company.state("intacct", object_name) if row[key] == identity]
    company.act("edit_document", object=object_name, record=found["RECORDNO"], changes=changes)


def test_name_address_and_id_may_all_change_at_once(company, sync):
    load_people(company, 1)
    sync()
    (before,) = users(company).values()
    company.act("rename_person", employee="E1", first="Ida", last="Chan", email="ida.chan@example.com")
    edit(company, "EMPLOYEE", "E1", EMPLOYEEID="E77")
    sync()
    (after,) = users(company).values()
    assert after["ID"] == before["ID"]
    assert [after[name] for name in ("FirstName", "LastName", "Email", "EmployeeID", "Active")] == [
        "Ida", "Chan", "ida.chan@example.com", "E77", 1,
    ]  # fmt: skip


def test_who_is_rehired_under_the_old_record_has_the_old_user_with_a_new_address(company, sync):
    load_people(company, 1)
    sync()
    (before,) = users(company).values()
    company.act("terminate", employee="E1")
    sync()
    assert [user["Active"] for user in users(company).values()] == [0]
    company.act("rehire", employee="E1")
    company.act("rename_person", employee="E1", email="back.again@example.com")
    sync()
    (after,) = users(company).values()
    assert (after["ID"], after["Email"], after["Active"]) == (before["ID"], "back.again@example.com", 1)


def test_who_is_rehired_under_a_new_record_makes_no_second_user_and_is_linked_by_a_person(
    company, sync, notes, release
):
    load_people(company, 1)
    sync()
    (before,) = users(company).values()
    company.act("terminate", employee="E1")
    company.load("intacct", "CONTACT", [contact(9, EMAIL1="p1@example.com")])
    company.load("intacct", "EMPLOYEE", [employee(9)])
    sync()
    assert [*users(company)] == ["p1@example.com"]
    assert ("contested", "E9") in notes()
    (record,) = [row["RECORDNO"] for row in company.state("intacct", "EMPLOYEE") if row["EMPLOYEEID"] == "E9"]
    release(kind="link", person_key=f"employee/{record}", certify_id=before["ID"])
    sync()
    sync(judged=False)
    (after,) = users(company).values()
    assert (after["ID"], after["EmployeeID"], after["Active"]) == (before["ID"], "E9", 1)
    # The old record has no say any more.
    company.act("terminate", employee="E1")
    sync(judged=False)
    assert [user["Active"] for user in users(company).values()] == [1]
