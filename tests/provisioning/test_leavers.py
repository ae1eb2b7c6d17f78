"""Whoever has left has left, whatever else their record says, and stands in nobody's way: by STATUS, and by ENDDATE with its grace."""

from __future__ import annotations

from tests.people_company import contact, employee, load_people, users


def test_a_leaver_with_an_emptied_record_goes_and_blocks_neither_a_rehire_nor_a_successor(
    company, sync, settings, rows, notes, release
):
    load_people(company, 1, 2, 3, 4)
    sync(judged=False)
    for leaver in ("E1", "E2", "E3"):
        company.act("terminate", employee=leaver, end_date="2026-01-31", keep_active=True)
    company.act("clear_contact", employee="E1")
    company.load("intacct", "EMPLOYEE", [employee(8, **{"PERSONALINFO.CONTACTNAME": "Person 2"})])
    company.load("intacct", "CONTACT", [contact(9, EMAIL1="P3@example.com")])
    company.load("intacct", "EMPLOYEE", [employee(9), employee(7, STARTDATE="12/31/2998")])
    company.act("edit_user", user="E3", changes={"Email": "p3.old@example.com"})

    # E1 goes although nothing but the end date is left of the record; E9 gets the address that the user of E3 gave up.
    sync()
    found = users(company)
    active = {email: bool(user["Active"]) for email, user in found.items()}
    assert active == {
        "p1@example.com": False, "p2@example.com": True, "p3.old@example.com": False, "p4@example.com": True,
        "P3@example.com": True,
    }  # fmt: skip
    assert found["P3@example.com"]["EmployeeID"] == "E9"
    assert rows("SELECT * FROM quality.quarantined") == []

    # E8 may be E2 again or somebody else: a person says which, and the release is of use.
    assert notes() == {("contested", "E8"), ("claimed", "E2"), ("starts_later", "E7")}
    record = next(row["RECORDNO"] for row in company.state("intacct", "EMPLOYEE") if row["EMPLOYEEID"] == "E8")
    (link,) = rows("SELECT certify_id FROM ledger.user_link WHERE email = 'p2@example.com'")
    release(kind="link", person_key=f"employee/{record}", certify_id=link["certify_id"])
    assert sync() == {"applied": 1}
    assert users(company)["p2@example.com"]["EmployeeID"] == "E8"

    # Within the days of grace nobody has left, so that a record without an address is a fault.
    settings(deactivation={"grace_days": 3650})
    company.act("terminate", employee="E4", end_date="2026-01-31", keep_active=True)
    company.act("clear_contact", employee="E4")
    sync()
    assert ("quarantined", "E4") in notes()
    assert users(company)["p4@example.com"]["Active"]
