"""PUT creates, POST updates; one record's error hides inside HTTP 200."""

from __future__ import annotations

import pytest
from lxml import etree

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_put_creates_one_and_post_updates_what_is_given(api, fresh_sandbox):
    identity = api.put("departments", {"Name": "Sales", "Code": "30", "Data": "x"})
    assert identity == identity.lower()
    assert len(identity) == 36
    assert api.post("departments", [{"ID": identity, "Name": "Sales EMEA"}]) == [
        {"ID": identity, "Status": "Updated", "Message": ""}
    ]
    department = api.get(f"departments/{identity}")["Departments"][0]
    assert (department["Name"], department["Code"], department["Data"], department["Active"]) == (
        "Sales EMEA",
        "30",
        "x",
        1,
    )


def test_partial_failure_hides_behind_200(api):
    identity = api.put("departments", {"Name": "Sales"})
    results = api.post("departments", [{"ID": UNKNOWN, "Name": "x"}, {"ID": identity, "Name": "y"}, {"Name": "no id"}])
    assert [result["Status"] for result in results] == ["Error", "Updated", "Error"]
    assert UNKNOWN in results[0]["Message"]
    assert api.get(f"departments/{identity}")["Departments"][0]["Name"] == "y"


def test_post_takes_an_object_too_and_nothing_is_deleted(api):
    identity = api.put(
        "exprptglds/1", {"ExpRptGLDIndex": 1, "ExpRptGLDLabel": "Tail #", "Name": "N1", "Code": "a|b", "Active": 1}
    )
    assert [gld["ExpRptGLDLabel"] for gld in api.get("exprptglds/1")["ExpRptGLDs"]] == ["Project"]
    assert api.post("exprptglds/1", {"ID": identity, "Active": 0})[0]["Status"] == "Updated"
    assert api.get("exprptglds/1", active=1) == {"ExpRptGLDs": []}
    assert api.ids("exprptglds/1", "ExpRptGLDs", active=0) == [identity]
    assert api.call("DELETE", f"exprptglds/1/{identity}").status_code == 405


def test_put_takes_one_object_only(api):
    assert api.call("PUT", "departments", [{"Name": "a"}]).status_code == 400
    assert api.call("PUT", "departments", {"Code": "no name"}).status_code == 400
    assert api.call("PUT", "departments/abc", {"Name": "a"}).status_code == 404
    assert api.get("departments") == {"Departments": []}


def test_employee_glds_are_created_with_or_without_index(api, fresh_sandbox):
    one = api.put("empglds/1", {"Name": "US", "Code": "100"})
    two = api.put("empglds", {"Name": "DE", "Code": "200", "EmpGLDIndex": 2})
    assert api.ids("empglds/1", "EmpGLDs") == [one]
    assert api.ids("empglds/2", "EmpGLDs") == [two]
    assert api.call("PUT", "empglds", {"Name": "DE"}).status_code == 400
    fresh_sandbox.settings(certify_put_empglds="with_index")
    assert api.call("PUT", "empglds", {"Name": "FR", "EmpGLDIndex": 1}).status_code == 405
    fresh_sandbox.settings(certify_put_empglds="without_index")
    assert api.call("PUT", "empglds/1", {"Name": "FR"}).status_code == 405
    assert api.post("empglds/2", {"ID": one, "Name": "x"})[0]["Status"] == "Error"


def user_world(api):
    department = api.put("departments", {"Name": "Sales", "Code": "30"})
    entity = api.put("empglds/1", {"Name": "US", "Code": "100"})
    boss = api.put("users", {"Email": "boss@example.com", "SendWelcomeEmail": 0})
    return department, entity, boss


def test_a_user_in_full(api):
    department, entity, boss = user_world(api)
    body = {
        "Email": "a@example.com",
        "FirstName": "Ana",
        "EmployeeID": "007",
        "DepartmentID": department,
        "EmpGLD1ID": entity,
        "FirstApproverID": boss,
        "Role": "Managers",
        "Active": 1,
        "SendWelcomeEmail": 0,
    }
    identity = api.put("users", body)
    user = api.get(f"users/{identity}")["Users"][0]
    assert user["EmployeeID"] == "007"
    assert user["FirstApproverID"] == boss
    assert user["EmpGLD1ID"] == entity
    assert user["WelcomeEmailSent"] == 0
    assert user["UserName"] == "a@example.com"
    assert user["Role"] == "Managers"
    welcomed = api.put("users", {"Email": "b@example.com"})
    assert api.get(f"users/{welcomed}")["Users"][0]["WelcomeEmailSent"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"DepartmentID": UNKNOWN},
        {"FirstApproverID": UNKNOWN},
        {"EmpGLD2ID": "the first"},
        {"Role": "Manager"},
        {"Active": 2},
        {"Active": True},
        {"FirstName": 5},
    ],
)
def test_wrong_fields_of_a_user_are_an_error_of_the_record(api, wrong):
    _, entity, boss = user_world(api)
    wrong = {name: entity if value == "the first" else value for name, value in wrong.items()}
    result = api.post("users", [{"ID": boss, "LastName": "Changed"} | wrong])[0]
    assert result["Status"] == "Error"
    assert result["Message"]
    assert api.get(f"users/{boss}")["Users"][0]["LastName"] == ""
    assert api.call("PUT", "users", {"Email": "c@example.com"} | wrong).status_code == 400


def test_email_only_put(api, fresh_sandbox):
    fresh_sandbox.settings(certify_put_users="email_only")
    identity = api.put("users", {"Email": "a@example.com", "FirstName": "Ana", "SendWelcomeEmail": 0})
    user = api.get(f"users/{identity}")["Users"][0]
    assert user["FirstName"] == ""
    assert user["WelcomeEmailSent"] == 0


def test_duplicate_emails_employee_ids_and_codes_are_settings(api, fresh_sandbox):
    first = api.put("users", {"Email": "A@Example.com", "EmployeeID": "7"})
    assert api.call("PUT", "users", {"Email": "a@example.COM"}).status_code == 400
    second = api.put("users", {"Email": "b@example.com", "EmployeeID": "7"})
    assert api.post("users", {"ID": second, "Email": "a@example.com"})[0]["Status"] == "Error"
    assert api.post("users", {"ID": first, "Email": "a@example.com"})[0]["Status"] == "Updated"
    fresh_sandbox.settings(certify_duplicate_emails="accept", certify_duplicate_employee_ids="refuse")
    assert api.post("users", {"ID": second, "EmployeeID": "8"})[0]["Status"] == "Updated"
    assert api.post("users", {"ID": second, "EmployeeID": "7"})[0]["Status"] == "Error"
    assert api.put("users", {"Email": "a@example.com"})
    api.put("empglds/1", {"Name": "US", "Code": "100"})
    api.put("empglds/1", {"Name": "US again", "Code": "100"})
    fresh_sandbox.settings(certify_duplicate_codes="refuse")
    assert api.call("PUT", "empglds/1", {"Name": "US", "Code": "100"}).status_code == 400
    assert api.put("empglds/2", {"Name": "US", "Code": "100"})


def test_duplicate_names_lengths_and_the_type_of_a_category_are_settings(api, fresh_sandbox):
    assert api.put("exprptglds/1", {"Name": "Roll-out", "Code": "P1"})
    assert api.put("exprptglds/1", {"Name": "Roll-out", "Code": "P2"})
    fresh_sandbox.settings(certify_duplicate_names="refuse", certify_longest_name=8, certify_longest_code=4)
    assert api.call("PUT", "exprptglds/1", {"Name": "Roll-out", "Code": "P3"}).status_code == 400
    other = api.put("exprptglds/2", {"Name": "Roll-out", "Code": "P3"})
    assert (
        "Name must not have more than 8" in api.post("exprptglds/2", {"ID": other, "Name": "Roll-outs"})[0]["Message"]
    )
    assert api.call("PUT", "exprptglds/2", {"Name": "Other", "Code": "P-300"}).status_code == 400
    fresh_sandbox.settings(certify_too_long="truncate")
    api.put("exprptglds/3", {"Name": "Roll-outs all over", "Code": "P-300"})
    (row,) = api.get("exprptglds/3")["ExpRptGLDs"]
    assert (row["Name"], row["Code"]) == ("Roll-out", "P-30")
    assert api.put("users", {"Email": "a.very.long.address@example.com", "FirstName": "Maximiliane"}), (
        "people are no list"
    )
    assert api.put("expensecategories", {"Name": "Hotel"})
    fresh_sandbox.settings(certify_category_type="required")
    assert api.call("PUT", "expensecategories", {"Name": "Meals"}).status_code == 400
    assert api.put("expensecategories", {"Name": "Meals", "ExpenseTypeID": 4})


def test_unknown_id_and_unknown_fields_are_settings(api, fresh_sandbox):
    identity = api.put("departments", {"Name": "Sales", "Colour": "red"})
    fresh_sandbox.settings(certify_unknown_id_in_post="http_404", certify_unknown_fields="refuse")
    assert api.call("POST", "departments", [{"ID": identity, "Name": "x"}, {"ID": UNKNOWN}]).status_code == 404
    assert api.get(f"departments/{identity}")["Departments"][0]["Name"] == "Sales"
    assert api.post("departments", {"ID": identity, "Colour": "blue"})[0]["Status"] == "Error"


def test_which_fields_of_a_user_a_write_changes_is_a_setting(api, fresh_sandbox):
    identity = api.put("users", {"Email": "a@example.com"})
    wanted = {"ID": identity, "FirstName": "Ana", "Currency": "EUR"}
    for keeps, status, shown in (
        ("refuse_others", "Error", ("", "")),
        ("known", "Updated", ("Ana", "")),
        ("all", "Updated", ("Ana", "EUR")),
    ):
        fresh_sandbox.settings(certify_users_keep=keeps)
        assert api.post("users", wanted)[0]["Status"] == status
        user = api.get(f"users/{identity}")["Users"][0]
        assert (user["FirstName"], user["Currency"]) == shown


def test_the_name_of_the_second_approver_is_a_setting(api, fresh_sandbox):
    first, second = (api.put("users", {"Email": f"{name}@example.com"}) for name in "ab")
    fresh_sandbox.settings(certify_second_approver="SedondApproverID")
    assert api.post("users", {"ID": first, "SecondApproverID": second})[0]["Status"] == "Updated"
    users = {user["ID"]: user for user in api.get("users")["Users"]}
    assert users[first]["SedondApproverID"] == second
    assert users[second]["SedondApproverID"] == ""
    assert "SecondApproverID" not in users[first]


def test_reports_and_lines_cannot_be_written(api):
    for resource in ("expensereports", "expenses", "receipts", "invoices"):
        assert api.call("PUT", resource, {"Name": "x"}).status_code == 405
        assert api.call("POST", resource, {"ID": UNKNOWN}).status_code == 405


def test_roles_exist_unless_a_setting_takes_them_away(api, fresh_sandbox):
    """V-code: the one client that is known to post to it expects it to be there; nobody says that it is not."""
    identity = api.put("users", {"Email": "a@example.com"})
    assert api.post("roles", [{"ID": identity, "Role": "Managers", "FirstName": "ignored"}])[0]["Status"] == "Updated"
    user = api.get(f"users/{identity}")["Users"][0]
    assert user["Role"] == "Managers"
    assert user["FirstName"] == ""
    fresh_sandbox.settings(certify_roles_endpoint=False)
    assert api.call("POST", "roles", [{"ID": identity, "Role": "Managers"}]).status_code == 404


def test_mileage_rate_details_are_the_one_upsert(api):
    rate = api.put("mileagerates", {"Name": "Standard", "FederalMileageRateType": 0})
    one = api.put("mileageratedetails", {"MileageRateID": rate, "EffectiveDate": "2026-01-01", "PrimaryRate": 0.67})
    same = api.put("mileageratedetails", {"MileageRateID": rate, "EffectiveDate": "2026-01-01", "PrimaryRate": 0.70})
    other = api.put("mileageratedetails", {"MileageRateID": rate, "EffectiveDate": "2026-07-01", "PrimaryRate": 0.72})
    assert one == same != other
    details = api.get("mileageratedetails", effectivedateend="2026-06-30")["MileageRateDetails"]
    assert [str(detail["PrimaryRate"]) for detail in details] == ["0.7"]


def test_federal_rates_take_no_details(api):
    rate = api.put("mileagerates", {"Name": "Federal", "FederalMileageRateType": 1})
    body = {"MileageRateID": rate, "EffectiveDate": "2026-01-01", "PrimaryRate": 0.67, "DistanceUnits": "Miles"}
    answer = api.call("PUT", "mileageratedetails", body)
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "400")


def test_ids_and_their_name_ignore_case(api):
    identity = api.put("departments", {"Name": "Sales"})
    assert api.post("departments", {"ID": identity.upper(), "Name": "A"})[0]["Status"] == "Updated"
    assert api.post("departments", [{"id": identity, "name": "B"}])[0] == {
        "ID": identity,
        "Status": "Updated",
        "Message": "",
    }
    user = api.put("users", {"Email": "a@example.com", "DepartmentID": identity.upper()})
    assert api.get(f"users/{user}")["Users"][0]["DepartmentID"] == identity
    assert api.get(f"departments/{identity}")["Departments"][0]["Name"] == "B"


def test_null_is_not_given(api):
    """A client that writes all fields of a record sends null for those it has no value for: they keep theirs."""
    identity = api.put("departments", {"Name": "Sales", "Code": "30", "Data": None})
    body = {"ID": identity, "Name": None, "Code": None, "Active": 0, "InitialPage": None}
    assert api.post("departments", body)[0]["Status"] == "Updated"
    department = api.get(f"departments/{identity}")["Departments"][0]
    assert (department["Name"], department["Code"], department["Data"], department["Active"]) == ("Sales", "30", "", 0)


def test_the_methods_of_a_resource_are_named_when_one_is_not_allowed(api):
    answer = api.call("DELETE", "departments")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, POST")
    assert api.call("PUT", "receipts", {}).headers["Allow"] == "GET"
    asked = api.call("OPTIONS", "users")
    assert (asked.status_code, asked.headers["Allow"]) == (405, "GET, PUT, POST")
    assert api.call("GET", "roles").headers["Allow"] == "POST"


def test_xml_bodies(api):
    xml = {"Content-Type": "application/xml"}
    answer = api.http.put(
        f"{api.url}/v1/departments", data="<Department><Name>R&amp;D</Name><Code>5</Code></Department>", headers=xml
    )
    identity = etree.fromstring(answer.content).text
    body = f"<Departments><Department><ID>{identity}</ID><Active>0</Active></Department></Departments>"
    answer = api.http.post(f"{api.url}/v1/departments", data=body, headers=xml)
    assert etree.fromstring(answer.content).findtext(".//Status") == "Updated"
    department = api.get(f"departments/{identity}")["Departments"][0]
    assert department["Name"] == "R&D"
    assert department["Active"] == 0
    bad = api.http.post(f"{api.url}/v1/departments", data="<Departments>", headers=xml)
    assert bad.status_code == 400
    assert etree.fromstring(bad.content).tag == "Error"


def test_who_may_come_in_and_how_errors_look(api, fresh_sandbox):
    assert api.call("GET", "users", headers={"x-api-secret": "wrong"}).status_code == 401
    fresh_sandbox.settings(certify_error_style="message")
    wrong = api.call("GET", "nothing")
    assert wrong.status_code == 404
    assert set(wrong.json()) == {"errorCode", "errorMessage"}
    fresh_sandbox.settings(certify_error_style="html")
    assert api.call("GET", "nothing").headers["content-type"].startswith("text/html")


def test_charset_in_the_content_type_is_an_html_page(api, fresh_sandbox):
    charset = {"Content-Type": "application/json; charset=utf-8"}
    answer = api.call("PUT", "departments", {"Name": "x"}, headers=charset)
    assert answer.status_code == 400
    assert "HTTP Error 400. The request has an invalid header name." in answer.text
    fresh_sandbox.settings(certify_charset_content_type="accepted")
    assert api.call("PUT", "departments", {"Name": "x"}, headers=charset).status_code == 200


@pytest.mark.parametrize(
    "body", ["", "{", "[1", "\ufeff{}", "nul", "[" * 100_000, '{"Email": "\\ud800"}', '{"Email": NaN}']
)
def test_broken_bodies_are_refused(api, body):
    answer = api.http.post(f"{api.url}/v1/users", data=body.encode())
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "400"


def test_calls_are_counted(api, fresh_sandbox):
    identity = api.put("users", {"Email": "a@example.com"})
    api.post("users", [{"ID": identity, "FirstName": "A"}, {"ID": UNKNOWN}])
    api.get("users")
    api.get(f"users/{identity}")
    counted = fresh_sandbox.calls()["certify"]
    assert counted["PUT users"] == {"calls": 1, "read": 0, "written": 1}
    assert counted["POST users"] == {"calls": 1, "read": 0, "written": 1}
    assert counted["GET users"] == {"calls": 1, "read": 1, "written": 0}
    assert counted["GET users/{id}"] == {"calls": 1, "read": 1, "written": 0}


@pytest.mark.parametrize(
    "text", ["\x00", "\x01true", "'; DROP TABLE x;--", "]]>", "\u202e", "=1+1", "x" * 100_000, "😀" * 500]
)
def test_hostile_texts_come_back_as_they_were(api, text):
    identity = api.put("departments", {"Name": text, "Code": text})
    department = api.get(f"departments/{identity}")["Departments"][0]
    assert (department["Name"], department["Code"]) == (text, text)
    if len(text) < 3000:
        assert api.ids("departments", "Departments", code=text) == [identity]


def test_numbers_beyond_all_bounds_are_an_error_of_the_record(api):
    identity = api.put("departments", {"Name": "x"})
    assert api.post("departments", {"ID": identity, "InitialPage": 10**30})[0]["Status"] == "Error"
