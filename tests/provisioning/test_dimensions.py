"""Every dimension of the table on its way into Certify: its list, where connector.yaml says that it stands."""

from __future__ import annotations

import pytest

from certify_intacct.model.dimensions import DIMENSIONS, CertifyPlace
from tests.organization_run import loaded, planned
from tests.people_company import load_people

#: Those of which a list can be kept, besides departments and entities.
LISTED = [row for row in DIMENSIONS if row.places and not row.default_place and not row.within_parent]
each = pytest.mark.parametrize("row", LISTED, ids=lambda row: row.name)


@pytest.fixture
def place(company):
    """The rows of a list of Certify by their code: name and whether active."""

    def read(where):
        name, _, number = CertifyPlace.parse(where).resource.partition("/")
        field = {"empglds": "EmpGLDIndex", "exprptglds": "ExpRptGLDIndex"}[name]
        rows = [row for row in company.state("certify", name) if row[field] == int(number)]
        return {row["Code"]: (row["Name"], row["Active"]) for row in rows}

    return read


def values(row, **statuses):
    return [
        {row.code: code, row.title: f"{row.name} {code}", **({row.status: status} if row.status else {})}
        for code, status in statuses.items()
    ]


@each
@pytest.mark.parametrize("where", ["report_gld/2", "employee_gld/4"])
def test_a_list_is_kept_as_intacct_has_it(row, where, company, settings, sync, place):
    settings(dimensions={row.name: {"certify": where}})
    load_people(company, 1, CONTACT_NAME="Person 1")
    company.load("intacct", row.object, values(row, A="active", B="active", C="inactive"))
    own = [("B", "other name"), ("C", "gone"), ("Z", "Certify's own")]
    company.load(
        "certify", CertifyPlace.parse(where).resource, [{"Code": code, "Name": name, "Active": 1} for code, name in own]
    )
    sync()
    # Where Intacct keeps no status of its values, all of them are in use.
    closed = ("gone", 0) if row.status else (f"{row.name} C", 1)
    kept = {"A": (f"{row.name} A", 1), "B": (f"{row.name} B", 1), "C": closed, "Z": ("Certify's own", 1)}
    found = place(where)
    # The employee who is a person here is one of the values of that dimension.
    assert {code: found[code] for code in kept} == kept
    assert found.keys() - kept.keys() == ({"E1"} if row.name == "employee" else set())
    company.clear_calls()
    assert sync(judged=False) == {}
    assert not any(figures["written"] for figures in company.calls()["certify"].values())


def test_a_list_that_is_kept_by_hand_is_not_even_read(company, settings, sync, place):
    settings(dimensions={"project": {"certify": "report_gld/2", "sync": False}})
    load_people(company, 1)
    company.load("intacct", "PROJECT", [{"PROJECTID": "A", "NAME": "A", "STATUS": "active"}])
    company.clear_calls()
    sync()
    assert place("report_gld/2") == {}
    assert not [call for call in company.calls()["certify"] if "exprptglds" in call or call.endswith("expenses")]


@pytest.mark.parametrize(("where", "assigned"), [("employee_gld/2", True), ("report_gld/3", False)])
def test_the_list_is_filled_that_posting_reads(where, assigned, company, settings, sync, place):
    settings(dimensions={"entity": {"certify": where}})
    company.settings(certify_employee_gld_labels=["Team", "ENTITY", "", "", ""])
    load_people(company, 1)
    sync()
    assert place(where) == {"100": ("Entity 100", 1), "200": ("Entity 200", 1)}
    assert place("employee_gld/1") == {}
    (user,) = [user for user in company.state("certify", "users") if user["Email"] == "p1@example.com"]
    ids = {row["ID"]: row["Code"] for row in company.state("certify", "empglds")}
    given = {number: ids.get(user.get(f"EmpGLD{number}ID") or "") for number in range(1, 6)}
    assert given == {number: "100" if assigned and number == 2 else None for number in range(1, 6)}


def test_a_list_that_moves_is_filled_anew(company, settings, sync, place):
    """What was created in the old list is not taken for what Certify does not show yet in the new one."""
    load_people(company, 1)
    sync(judged=False)
    company.settings(certify_employee_gld_labels=["Team", "ENTITY", "", "", ""])
    settings(dimensions={"entity": {"certify": "employee_gld/2"}})
    sync(judged=False)
    assert place("employee_gld/2") == place("employee_gld/1") == {"100": ("Entity 100", 1), "200": ("Entity 200", 1)}
    (user,) = [user for user in company.state("certify", "users") if user["Email"] == "p1@example.com"]
    ids = {row["ID"]: (row["Code"], row["EmpGLDIndex"]) for row in company.state("certify", "empglds")}
    assert [ids[user[f"EmpGLD{number}ID"]] for number in (1, 2)] == [("100", 1), ("100", 2)]


@pytest.mark.parametrize("code", ["C", "other"])
def test_what_came_into_use_since_the_plan_stays(code, company, connections, settings, context, place):
    """Somebody chose the value on an expense while the plan waited; that the expense is not processed is seen at the last moment."""
    settings(dimensions={"project": {"certify": "report_gld/2"}})
    load_people(company, 1)
    company.load("intacct", "PROJECT", [{"PROJECTID": "C", "NAME": "Closed", "STATUS": "inactive"}])
    company.load("certify", "exprptglds/2", [{"Code": "C", "Name": "Closed", "Active": 1}])
    run = context(run_id="run")
    load = planned(run, judged=False)
    report = {"ID": "00000000-0000-4000-8000-000000000001", "EmployeeID": "E9", "Processed": False}
    company.load("certify", "expensereports", [report])
    line = {"ExpenseReportID": report["ID"], "ExpenseReportGLD2Code": code, "Processed": False, "Amount": "1"}
    company.load("certify", "expenses", [line])
    outcomes = loaded(load, run)
    assert place("report_gld/2")["C"][1] == (1 if code == "C" else 0)
    assert outcomes.get("held", 0) == (1 if code == "C" else 0)
