"""The seeded company: coherent in both services, the same for the same number, with everything that hurts in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from include.sandbox.core import Sandbox
from include.sandbox.intacct.catalog import load_catalog
from include.sandbox.seed import BadScale, fill, scale_of
from include.sandbox.seed.cases import CASES, OF_PEOPLE, OUTCOME
from include.sandbox.seed.people import TROUBLES

TODAY = date(2026, 3, 20)
BREAKS_THE_LAW = {"totals_differ"}


@pytest.fixture(scope="module")
def demo():
    """The demo company as of a fixed day."""
    sandbox = Sandbox()
    fill(sandbox, seed=7, scale="demo", today=TODAY)
    yield sandbox
    sandbox.store.close()


def cases_of(sandbox):
    return {case["report"]: case["case"] for case in sandbox.store.get_meta("seed/cases") if "report" in case}


def lines_of(sandbox):
    lines = defaultdict(list)
    for line in sandbox.store.select("certify", "expenses"):
        lines[line["ExpenseReportID"]].append(line)
    return lines


def test_the_demo_has_its_size(demo):
    store = demo.store
    assert store.count("intacct", "LOCATIONENTITY") == 12
    assert store.count("intacct", "DEPARTMENT") == 40
    assert store.count("intacct", "EMPLOYEE") == 600
    dates = Counter(report["ProcessedDate"] for report in store.select("certify", "expensereports"))
    for back in range(1, 15):
        assert 20 <= dates[(TODAY - timedelta(days=back)).isoformat()] <= 33


def test_the_law_of_amounts(demo):
    cases, lines = cases_of(demo), lines_of(demo)
    for report in demo.store.select("certify", "expensereports"):
        counted = [line for line in lines[report["ID"]] if line["Status"] != "Disapproved"]
        owed = sum(Decimal(line["ReimAmount"]) for line in counted)
        total = sum(Decimal(line["Amount"]) for line in counted)
        parts = [Decimal(report[name]) for name in ("ReimAmount", "NonReimAmount", "TotalAmount")]
        holds = parts == [owed, total - owed, total]
        assert holds != (cases.get(report["ID"]) in BREAKS_THE_LAW), (report, lines[report["ID"]])


def test_each_case_hurts_in_the_last_four_days_and_most_reports_do_not(demo):
    noted = [case for case in demo.store.get_meta("seed/cases") if "report" in case]
    recent = {case["case"] for case in noted if case["date"] >= (TODAY - timedelta(days=4)).isoformat()}
    assert recent == set(CASES)
    reports = demo.store.select("certify", "expensereports")
    held = [case for case in noted if case["outcome"] == "hold"]
    assert len(held) * 8 < len(reports)
    last_four = {(TODAY - timedelta(days=back)).isoformat() for back in range(1, 5)}
    recently_held = [case for case in held if case["date"] in last_four]
    assert len(recently_held) * 3 < sum(report["ProcessedDate"] in last_four for report in reports)


def test_every_trouble_of_people_is_there(demo):
    noted = {case["case"] for case in demo.store.get_meta("seed/cases") if "person" in case and "report" not in case}
    assert noted == set(TROUBLES)


def test_what_is_clean_can_be_posted(demo):
    store, cases, lines = demo.store, cases_of(demo), lines_of(demo)
    vendors = {vendor["VENDORID"]: vendor for vendor in store.select("intacct", "VENDOR")}
    entities = {
        one["LOCATIONID"]: one for one in store.select("intacct", "LOCATIONENTITY") if one["STATUS"] == "active"
    }
    departments = {one["DEPARTMENTID"] for one in store.select("intacct", "DEPARTMENT") if one["STATUS"] == "active"}
    accounts = {one["ACCOUNTNO"] for one in store.select("intacct", "GLACCOUNT") if one["STATUS"] == "active"}
    users = Counter(user["EmployeeID"] for user in store.select("certify", "users"))
    cards = {card["DESCRIPTION"] for card in store.select("intacct", "CREDITCARD") if not card.get("MEGAENTITYID")}
    closed = store.get_meta("closed_books")
    checked = 0
    for report in store.select("certify", "expensereports"):
        if OUTCOME.get(cases.get(report["ID"], ""), "post") != "post" or not report["Processed"]:
            continue
        checked += 1
        vendor = vendors[report["EmployeeID"]]
        assert vendor["VENDTYPE"] == "Employee"
        assert vendor["STATUS"] == "active"
        assert vendor["ONHOLD"] == "false"
        assert report["EmpGLD1Code"] in entities
        assert report["EmpGLD1Code"] not in closed
        assert report["Currency"] == entities[report["EmpGLD1Code"]]["CURRENCY"]
        assert users[report["EmployeeID"]] == 1
        assert Decimal(report["TotalAmount"]) > 0
        for line in lines[report["ID"]]:
            assert line["ExpenseCategoryGLCode"] in accounts
            assert line["DepartmentCode"] in departments
            assert line["Currency"] == report["Currency"]
            company_paid = Decimal(line["Amount"]) - Decimal(line["ReimAmount"])
            assert not company_paid or (line["PaymentCardName"] in cards and line["CCTransactionID"])
    assert checked > 330


def test_people_are_linked_by_their_numbers(demo):
    store = demo.store
    employees = {one["EMPLOYEEID"]: one for one in store.select("intacct", "EMPLOYEE")}
    contacts = {one["CONTACTNAME"]: one for one in store.select("intacct", "CONTACT")}
    departments = {one["ID"]: one["Code"] for one in store.select("certify", "departments")}
    glds = {one["ID"]: one["Code"] for one in store.select("certify", "empglds")}
    locations = {one["LOCATIONID"]: one["ENTITY"] for one in store.select("intacct", "LOCATION")}
    noted = {case["person"]: case["case"] for case in store.get_meta("seed/cases") if "report" not in case}
    plain = 0
    for user in store.select("certify", "users"):
        employee = employees.get(user["EmployeeID"])
        if employee is None or employee["EMPLOYEEID"] in noted:
            continue
        plain += 1
        contact = contacts[employee["PERSONALINFO.CONTACTNAME"]]
        assert user["Email"] == contact["EMAIL1"]
        assert user["LastName"] == contact["LASTNAME"]
        assert departments[user["DepartmentID"]] == employee["DEPARTMENTID"]
        assert glds[user["EmpGLD1ID"]] == locations[employee["LOCATIONID"]]
    assert plain > 500
    assert all(employee["SUPERVISORID"] in employees or not employee["SUPERVISORID"] for employee in employees.values())


def test_who_hands_in_reports_is_an_employee_who_had_joined(demo):
    store = demo.store
    employees = {one["EMPLOYEEID"]: one for one in store.select("intacct", "EMPLOYEE")}
    earliest = {}
    for line in store.select("certify", "expenses"):
        seen = earliest.get(line["EmployeeID"], line["ExpenseDate"])
        earliest[line["EmployeeID"]] = min(seen, line["ExpenseDate"])
    troubles = {case["person"]: case["case"] for case in store.get_meta("seed/cases") if "report" not in case}
    late = set()
    for employee, day in earliest.items():
        joined = datetime.strptime(employees[employee]["STARTDATE"], "%m/%d/%Y").date().isoformat()
        if joined > day:
            late.add(troubles.get(employee, "nobody in particular"))
    assert late == {"wrong_vendor_type"}


def test_expenses_can_be_entered_by_type_and_by_who_paid(demo):
    store = demo.store
    accounts = {one["ACCOUNTNO"] for one in store.select("intacct", "GLACCOUNT")}
    types = {one["ACCOUNTLABEL"]: one["GLACCOUNTNO"] for one in store.select("intacct", "EEACCOUNTLABEL")}
    categories = {one["Name"]: one.get("GLCode") for one in store.select("certify", "expensecategories")}
    assert set(types.values()) <= accounts
    assert {name: categories[name] for name in types} == types
    paid = {one["NAME"]: one for one in store.select("intacct", "EXPENSEPAYMENTTYPE")}
    assert {name: one["NONREIMBURSABLE"] for name, one in paid.items()} == {
        "Company card": "true",
        "Out of pocket": "false",
    }
    assert paid["Company card"]["OFFSETACCTNO"] in accounts


def test_every_field_is_one_of_the_catalog(demo):
    catalog = load_catalog()
    for name in demo.store.objects("intacct"):
        for record in demo.store.select("intacct", name):
            assert set(record) <= set(catalog[name].fields) | {"RECORDNO"}, name
            for field in record:
                kind = catalog[name].fields.get(field)
                if kind and kind.values and record[field]:
                    assert record[field] in kind.values, (name, field, record[field])
                if kind and kind.max_length:
                    assert len(record[field]) <= kind.max_length, (name, field, record[field])
                if kind and kind.refers and record[field]:
                    target = catalog[kind.refers]
                    assert demo.store.find("intacct", target.name, target.business_key, record[field]), (
                        name,
                        field,
                        record,
                    )


def everything(sandbox):
    return {
        (side, name): sandbox.store.select(side, name)
        for side in ("intacct", "certify")
        for name in sandbox.store.objects(side)
    }


def test_the_same_number_gives_the_same_company():
    small = {"people": 60, "entities": 10, "departments": 14, "reports_per_day": 4, "days": 3}
    companies = []
    for seed, today in ((7, TODAY), (7, TODAY), (8, TODAY), (7, TODAY + timedelta(days=40))):
        sandbox = Sandbox()
        fill(sandbox, seed=seed, scale=small, today=today)
        companies.append(everything(sandbox))
    first, again, other, later = companies
    assert first == again
    assert first != other
    # Another day moves dates and nothing else: people, IDs and amounts stay.
    assert first["certify", "users"] == later["certify", "users"]
    amounts = [
        [(one["ID"], one["TotalAmount"]) for one in company["certify", "expensereports"]] for company in (first, later)
    ]
    assert amounts[0] == amounts[1]


@pytest.mark.parametrize("people", [1, 3, 30])
def test_tiny_companies_have_no_troubles_they_cannot_hold(people):
    sandbox = Sandbox()
    summary = fill(
        sandbox, scale={"people": people, "entities": 1, "departments": 1, "reports_per_day": 2, "days": 2}, today=TODAY
    )
    assert sandbox.store.count("intacct", "EMPLOYEE") == people
    assert summary["scale"]["people"] == people
    assert sandbox.store.count("certify", "expensereports") == 4


def test_empty_is_what_login_needs():
    sandbox = Sandbox()
    fill(sandbox, scale="empty")
    assert [user["LOGINID"] for user in sandbox.store.select("intacct", "USERINFO")] == ["xml_gateway", "admin"]
    assert not any(sandbox.store.count("certify", name) for name in sandbox.store.objects("certify"))


@pytest.mark.parametrize("scale", ["huge", {"peeple": 3}, {"people": -1}, {"people": 1.5}, {"people": True}, 7])
def test_a_wrong_scale_says_what_is_right(scale):
    with pytest.raises(BadScale) as refused:
        scale_of(scale)
    assert "people" in str(refused.value)


def test_cases_of_people_name_troubles():
    assert set(OF_PEOPLE) <= set(TROUBLES)
    assert set(OUTCOME.values()) == {"post", "hold", "skip", "absent"}


def test_a_company_may_have_made_its_brands_a_dimension(fresh_sandbox):
    fresh_sandbox.reset(scale="brands", days=1)
    brands = {row["NAME"] for row in fresh_sandbox.state("intacct", "BRAND")}
    reports = fresh_sandbox.state("certify", "expensereports")
    assert {row["EmpGLD5Code"] for row in reports} == brands
    demanding = {
        row["ACCOUNTNO"]
        for row in fresh_sandbox.state("intacct", "GLACCOUNT")
        if row.get("REQUIREGLDIMBRAND") == "true"
    }
    assert demanding == {"6235", "6330"}
    fresh_sandbox.settings(user_defined_dimensions={})
    fresh_sandbox.reset(scale={"people": 12, "entities": 1, "departments": 2, "reports_per_day": 2, "days": 1})
    assert {row["EmpGLD5Code"] for row in fresh_sandbox.state("certify", "expensereports")} == {""}, "no other has them"
