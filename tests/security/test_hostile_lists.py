"""Texts that want to be something else, in the lists and people of both services: ordinary records are worked on around them."""

from __future__ import annotations

import json
import os
from unicodedata import category, normalize

import psycopg
import pytest

from certify_intacct.model.errors import GuardTripped
from certify_intacct.operators.run_report import RunReportOperator
from tests.expense_company import company, report_id  # noqa: F401 - a fixture
from tests.organization_run import loaded, planned
from tests.pages.conftest import browser  # noqa: F401 - a fixture
from tests.people_company import configured, contact, employee, load_lists, users
from tests.security.edited import edited, records
from tests.security.test_hostile_rows import NOISE
from tests.security.test_hostile_texts import CODE, NUL, TEXTS, escaped, nothing_forged

NAMES = {name: text for name, (text, _) in TEXTS.items() if name not in ("controls", "noncharacters")}
# XML cannot carry control characters but these, so Intacct cannot send any other.
IN_XML = "a\x85b\u202e\r\nposted 99 reports\t\u2028{{ 7*7 }}<b>"

# They give letters of some scripts their form.
ZERO_WIDTH_JOINERS = "\u200c\u200d"


def test_lists_that_a_plan_looks_up_may_hold_any_text(company, browser, caplog, capsys):  # noqa: F811
    """The names of everything that a report needs are hostile, and so are whole records beside them."""
    for number, text in enumerate([*NAMES.values(), IN_XML], start=1):
        beside = {"STATUS": "active"}
        company.sandbox.load(
            "intacct", "VENDOR", [{"VENDORID": f"V{number}", "NAME": text, "VENDTYPE": text, **beside}]
        )
        company.sandbox.load("intacct", "VENDOR", [{"VENDORID": text, "NAME": f"v {number}", **beside}])
        company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": f"7{number:03}", "TITLE": text, **beside}])
        company.sandbox.load(
            "intacct", "LOCATIONENTITY", [{"LOCATIONID": f"L{number}", "NAME": text, "CURRENCY": "USD", **beside}]
        )
        company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{number}", "TITLE": text, **beside}])
        company.sandbox.load(
            "intacct", "CREDITCARD", [{"CARDID": text[:1000], "DESCRIPTION": text, "LIABACCTNO": "2050", **beside}]
        )
        company.sandbox.load("intacct", "APTERM", [{"NAME": text[:1000], "DUEDATE": "30", **beside}])
        company.sandbox.load("certify", "expensecategories", [{"Name": text, "GLCode": text, "Active": 1}])
    company.sandbox.load("certify", "expensecategories", [{"Name": NUL, "GLCode": NUL, "Active": 1}])
    company.report(1)
    company.report(2, ("10.00", "0"))
    company.report(3, {"Amount": "10.00", "ReimAmount": "10.00", "DepartmentCode": "D5"})
    company.report(4, EmpGLD1Code="L5")
    caplog.set_level("INFO")
    capsys.readouterr()
    load, run = company.plan(validate=True)
    company.load(load, run)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    posted = {row["report_id"] for row in company.sql("SELECT report_id FROM ledger.document")}
    assert posted == {report_id(number) for number in range(1, 5)}
    assert company.posted() == sorted(row["number"] for row in company.sql("SELECT number FROM ledger.document"))
    named = company.sql("SELECT stream, label, rule FROM quality.quarantine")
    assert [(row["stream"], row["rule"]) for row in named] == [("certify_categories", "readable")]
    nothing_forged(caplog.text)
    nothing_forged(capsys.readouterr().out)
    page = browser("viewer").get(f"/connector/expense_sync/loads/{load}")
    assert page.status_code == 200
    escaped(page.text)


@pytest.fixture
def people(fresh_sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path / "connector.yaml", max_creates=100)))
    load_lists(fresh_sandbox)
    return fresh_sandbox


def as_written(text: str) -> str:
    """A name as it goes to Certify: in one normal form, without what nobody can see; nothing else about it changes."""
    shown = [letter for letter in text if category(letter) != "Cf" or letter in ZERO_WIDTH_JOINERS]
    return normalize("NFC", "".join(shown)).strip()


def test_people_and_departments_may_have_any_text(people, connections, context, database, browser, caplog, capsys):  # noqa: F811
    names = dict(enumerate([*NAMES.values(), IN_XML], start=1))
    for number, text in names.items():
        named = {"FIRSTNAME": text, "LASTNAME": text, "PRINTAS": text}
        people.load("intacct", "CONTACT", [contact(number, **named)])
        people.load("intacct", "EMPLOYEE", [employee(number)])
        people.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{number}", "TITLE": text, "STATUS": "active"}])
    people.load("intacct", "CONTACT", [contact(90), contact(91, EMAIL1="<b>" + IN_XML), contact(92)])
    people.load(
        "intacct", "EMPLOYEE", [employee(90), employee(91), employee(92, DEPARTMENTID=CODE.replace("\x1b", ""))]
    )
    strange = {"Email": f"s@example.com{CODE}", "FirstName": CODE, "LastName": CODE, "EmployeeID": CODE, "Role": CODE}
    people.load("certify", "users", [strange])
    people.load("certify", "departments", [{"Name": CODE, "Code": CODE, "Active": 1}, {"Name": NUL, "Code": NUL}])
    caplog.set_level("INFO")
    capsys.readouterr()
    run = context(run_id="people")
    load = planned(run)
    loaded(load, run)
    RunReportOperator(task_id="report", load_id=load).execute(run)
    found = users(people)
    ordinary = found["p90@example.com"]
    assert (ordinary["Department"], ordinary["Entity"]) == ("10", "100")
    created = {email: user for email, user in found.items() if email in {f"p{number}@example.com" for number in names}}
    assert len(created) == len(names)
    for number, text in names.items():
        if text in (TEXTS["long"][0], IN_XML):
            continue
        user = created[f"p{number}@example.com"]
        whole = as_written(text)
        assert (user["FirstName"].strip(), user["LastName"].strip()) == (whole, whole)
    nothing_forged(caplog.text)
    nothing_forged(capsys.readouterr().out)
    page = browser("viewer").get(f"/connector/organization_sync/loads/{load}")
    assert page.status_code == 200
    escaped(page.text)

    # Nobody can be told apart from a user who cannot be read: the run stops and says who it is.
    people.load("certify", "users", [{"Email": "unreadable@example.com", "FirstName": NUL, "LastName": "Li"}])
    with pytest.raises(GuardTripped, match=r"certify_users\.readable: .*unreadable@example\.com"):
        planned(context(run_id="stopped"))


def test_lists_of_certify_may_have_any_text_and_any_id(people, connections, context, database, monkeypatch, caplog):
    """Departments and rows of the first Employee GLD, both ways: names are kept, what has no readable ID is left as it is."""
    people.load("intacct", "CONTACT", [contact(1)])
    people.load("intacct", "EMPLOYEE", [employee(1)])
    names = dict(enumerate([*NAMES.values(), IN_XML, NOISE], start=1))
    for number, text in names.items():
        people.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": f"D{number}", "TITLE": text, "STATUS": "active"}])
        place = {"LOCATIONID": f"L{number}", "NAME": text, "CURRENCY": "USD", "STATUS": "active"}
        people.load("intacct", "LOCATIONENTITY", [place])
        # Codes that stand in Certify alone, and names that Intacct has otherwise.
        for code, name in ((text, f"own {number}"), (f"D{number}", f"other {text}"[:300])):
            people.load("certify", "departments", [{"Name": name, "Code": code, "Active": 1}])
        for code, name in ((text, f"own {number}"), (f"L{number}", f"other {text}"[:300])):
            people.load("certify", "empglds", [{"Name": name, "Code": code, "Active": 1, "EmpGLDIndex": 1}])
    people.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": NOISE, "TITLE": "code of noise", "STATUS": "active"}])
    people.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "30", "TITLE": "Thirty", "STATUS": "active"}])
    people.load("certify", "departments", [{"Name": "Thirty", "Code": "30", "Active": 1}])
    before = {
        name: {row["ID"]: dict(row) for row in people.state("certify", name)} for name in ("departments", "empglds")
    }
    bad = iter([None, 7, "a/b", {"x": 1}, NUL, "x" * 500] * 40)

    def change(name: str, record: dict) -> None:
        if name in ("Departments", "EmpGLDs") and record["Code"] in ("D1", "D2", "L1", "L2", "D3", "L3"):
            record["ID"] = next(bad)

    caplog.set_level("INFO")
    with edited(people.url, records(change)) as server:
        connection = json.loads(os.environ["AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"]) | {"host": f"{server.url}/v1/"}
        monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(connection))
        run = context(run_id="lists")
        load = planned(run)
        loaded(load, run)
    for name, letter in (("departments", "D"), ("empglds", "L")):
        rows = people.state("certify", name)
        by_code = {row["Code"]: row for row in rows}
        assert len(by_code) == len(rows), "no code twice"
        for number, text in names.items():
            row = by_code[f"{letter}{number}"]
            if number <= 3:
                assert row["Name"] == before[name][row["ID"]]["Name"]
            elif text != IN_XML:
                # Line breaks are the one thing that XML does not keep.
                assert row["Name"].strip() == as_written(text)
            assert by_code[text]["Name"] == f"own {number}"
    with psycopg.connect(database.owner_url) as connection:
        held = connection.execute(
            "SELECT key FROM plan.change WHERE rule = 'unreadable' AND action = 'hold'"
        ).fetchall()
        told = connection.execute(
            "SELECT label FROM quality.quarantine WHERE stream = 'intacct_departments'"
        ).fetchall()
    assert {key for (key,) in held} == {"D1", "D2", "D3", "L1", "L2", "L3"}
    assert any('DEPARTMENTID is "' in label for (label,) in told)
    nothing_forged(caplog.text)


def test_users_that_appear_without_an_id_while_a_plan_is_carried_out(people, connections, context, monkeypatch):
    """Nobody is changed while somebody cannot be told from the others."""
    people.load("intacct", "CONTACT", [contact(1)])
    people.load("intacct", "EMPLOYEE", [employee(1)])
    run = context(run_id="later")
    load = planned(run, judged=False)
    with edited(people.url, records(lambda _, record: record.update(ID=None))) as server:
        connection = json.loads(os.environ["AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"]) | {"host": f"{server.url}/v1/"}
        monkeypatch.setenv("AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT", json.dumps(connection))
        with pytest.raises(GuardTripped, match=r"an ID that cannot be read: admin@example\.com"):
            loaded(load, run)
    assert users(people) == {}
