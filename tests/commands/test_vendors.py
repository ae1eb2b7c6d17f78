"""Who has no vendor, for accounts payable: as a file, by the command, and as a page."""

from __future__ import annotations

import csv
import io
import sys
from typing import Any

import pytest
import yaml

from certify_intacct.commands import vendors
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from tests.expense_company import DAY, Company
from tests.pages.conftest import browser

__all__ = ["browser"]


def account(number: int, **changes: Any) -> dict[str, Any]:
    named = {"FirstName": "Ana", "LastName": f"<Person> {number}", "Email": f"p{number}@example.com"}
    return {"EmployeeID": f"E-{number}", **named, **changes}


def line(employee: str, amount: str) -> dict[str, Any]:
    return {"Amount": amount, "ReimAmount": amount, "EmployeeID": employee}


def listing(company: Company, word: str = "list", **posting: Any) -> None:
    company.configure(**posting)
    content = yaml.safe_load(company.config.read_text(encoding="utf-8"))
    content["people"]["vendors"] = word
    company.config.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.fixture
def lacking(company) -> Company:
    """Four people without a vendor to be paid by, each in another way, and two of whom nothing is asked."""
    listing(company)
    company.sandbox.load("intacct", "VENDOR", [
        {"VENDORID": "E-3", "NAME": "A supplier", "VENDTYPE": "Supplier", "STATUS": "active"},
        {"VENDORID": "E-4", "NAME": "Person 4", "VENDTYPE": "Employee", "STATUS": "inactive"},
        {"VENDORID": "e-5", "NAME": "Person 5", "VENDTYPE": "Employee", "STATUS": "active"},
    ])  # fmt: skip
    company.sandbox.load(
        "intacct",
        "CONTACT",
        [{"CONTACTNAME": "Person 1 (home)", "FIRSTNAME": "Zoë", "LASTNAME": "One", "EMAIL1": "z@example.com"}],
    )
    employee = {
        "EMPLOYEEID": "E-1",
        "PERSONALINFO.CONTACTNAME": "Person 1 (home)",
        "LOCATIONID": "200",
        "STATUS": "active",
    }
    company.sandbox.load("intacct", "EMPLOYEE", [employee])
    company.sandbox.load("certify", "users", [
        *(account(number) for number in (1, 3, 4, 5)),
        account(6, EmployeeID="E-1007"), account(7, Active=0), account(8, EmployeeID=""),
    ])  # fmt: skip
    company.report(1, line("E-1", "100.10"), line("E-1", "20.00"), EmployeeID="E-1")
    company.report(2, line("E-1", "5.00"), EmployeeID="E-1")
    company.report(3, line("E-9", "7.00"), EmployeeID="E-9", LastName="=Gone")
    company.sync()
    read_employees(company)
    return company


def read_employees(company: Company) -> None:
    """As organization_sync reads them."""
    run = company.context(run_id="organization")
    load = OpenLoadOperator(task_id="open_load", direction="organization").execute(run)
    for stream in ("intacct_employees", "intacct_entities", "intacct_locations"):
        SageIntacctToStagingOperator(task_id="extract", load_id=load, stream=stream).execute(run)


def rows(text: str) -> dict[str, dict[str, str]]:
    return {row["vendor_id"]: row for row in csv.DictReader(io.StringIO(text))}


def run(capsys, monkeypatch) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["vendors"])
    capsys.readouterr()
    return vendors.main(), capsys.readouterr().out


def test_the_command_lists_who_it_is_why_and_what_waits(lacking, capsys, monkeypatch):
    lacking.sandbox.clear_calls()
    status, said = run(capsys, monkeypatch)
    assert status == 0
    found = rows(said)
    assert {name: row["problem"] for name, row in found.items()} == {
        "E-1": "missing", "E-9": "missing", "E-3": "other_type", "E-4": "inactive", "E-5": "missing",
    }  # fmt: skip
    first = found["E-1"]
    assert [first[name] for name in ("name", "email", "contact", "vendor_type", "entity", "currency", "reports", "waiting")] == [
        "Zoë One", "z@example.com", "Person 1 (home)", "Employee", "200", "CAD", "2", "125.10 USD",
    ]  # fmt: skip
    assert "exactly this ID" in first["to_do"]
    assert (found["E-9"]["name"], found["E-9"]["reports"]) == ("Ana =Gone", "1")
    assert (found["E-5"]["looks_like"], found["E-5"]["reports"]) == ("e-5", "0")
    assert "supplier" in found["E-3"]["to_do"]
    assert "Activate" in found["E-4"]["to_do"]
    # Nothing is asked of the services, and nothing is made.
    assert not any(figures["calls"] for side in lacking.sandbox.calls().values() for figures in side.values())


def test_what_it_tells_to_do_takes_them_off_and_posts_what_waits(lacking, capsys, monkeypatch):
    """Each of the four ways out, as accounts payable goes them."""
    made = {"VENDTYPE": "Employee", "STATUS": "active", "DISPLAYCONTACT.CONTACTNAME": "Person 1 (home)"}
    lacking.sandbox.load("intacct", "VENDOR", [{"VENDORID": "E-1", "NAME": "Ana Ruiz", **made}])
    lacking.sandbox.load(
        "intacct",
        "VENDOR",
        [{"VENDORID": name, "NAME": "x", "VENDTYPE": "Employee", "STATUS": "active"} for name in ("E-5", "E-9")],
    )
    lacking.sandbox.act("edit_user", user="E-3", changes={"EmployeeID": "E-1008"})
    lacking.sandbox.act("set_status", object="VENDOR", record="E-4", status="active")
    lacking.sync(refresh=True)
    assert rows(run(capsys, monkeypatch)[1]) == {}
    assert sum(len(found) for found in lacking.bills().values()) >= 2


def test_the_page_shows_them_and_gives_the_same_file(lacking, browser, capsys, monkeypatch):
    viewer = browser("viewer")
    page = viewer.get("/connector/expense_sync/vendors")
    assert page.status_code == 200
    for text in (
        "E-1",
        "E-9",
        "Person 1 (home)",
        "125.10 USD",
        "a vendor of another type has this ID",
        "e-5",
        "vendors.csv",
    ):
        assert text in page.text
    assert "<Person>" not in page.text
    assert "E-1007" not in page.text
    assert 'href="vendors"' in viewer.get("/connector/expense_sync/reports").text
    assert 'href="expense_sync/vendors"' in viewer.get("/connector/waiting").text
    answer = viewer.get("/connector/expense_sync/vendors.csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert rows(answer.text) == rows(run(capsys, monkeypatch)[1])
    assert browser("").get("/connector/expense_sync/vendors").status_code == 403
    assert browser(None).get("/connector/expense_sync/vendors.csv").status_code == 401


def test_it_is_off_as_shipped_and_says_so(lacking, browser, capsys, monkeypatch):
    listing(lacking, "off")
    assert rows(run(capsys, monkeypatch)[1]) == {}
    assert "people.vendors: list" in browser("viewer").get("/connector/expense_sync/vendors").text


def test_where_employees_are_not_paid_as_vendors_nobody_needs_one(lacking, browser, capsys, monkeypatch):
    listing(lacking, employee_paid={"target": "hold"})
    assert rows(run(capsys, monkeypatch)[1]) == {}
    assert "nobody needs one" in browser("viewer").get("/connector/expense_sync/vendors").text


def test_before_a_run_has_read_both_it_says_what_to_start(company, browser, capsys, monkeypatch):
    listing(company)
    assert rows(run(capsys, monkeypatch)[1]) == {}
    assert "expense_preview" in browser("viewer").get("/connector/expense_sync/vendors").text
    company.extract(DAY)
    assert "Everybody has a vendor." in browser("viewer").get("/connector/expense_sync/vendors").text
