"""Departments all the way: Intacct to staging, verdicts, plan, Certify."""

from __future__ import annotations

import pytest

from tests.organization_run import loaded, planned


@pytest.fixture
def sync(connections, context):
    """Runs the steps of organization_sync, as its DAG does."""

    def run(**options):
        run_context = context(**options)
        return loaded(planned(run_context), run_context)

    return run


@pytest.fixture
def company(fresh_sandbox):
    fresh_sandbox.load(
        "intacct",
        "DEPARTMENT",
        [
            {"DEPARTMENTID": "010", "TITLE": "Sales & <Söhne>", "STATUS": "active"},
            {"DEPARTMENTID": "020", "TITLE": "Support", "STATUS": "active"},
            {"DEPARTMENTID": "030", "TITLE": "Closed", "STATUS": "inactive"},
            {"DEPARTMENTID": "040", "TITLE": "", "STATUS": "active"},
        ],
    )
    fresh_sandbox.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E1", "STATUS": "inactive"}])
    fresh_sandbox.load("certify", "users", [{"Email": "admin@example.com", "FullAdministrator": 1, "Active": 1}])
    fresh_sandbox.load(
        "certify",
        "departments",
        [
            {"Name": "Support (old name)", "Code": "020", "Active": 1},
            {"Name": "Closed", "Code": "030", "Active": 1},
            {"Name": "Untitled", "Code": "040", "Active": 1},
            {"Name": "Certify's own", "Code": "", "Active": 1},
        ],
    )
    return fresh_sandbox


def departments(sandbox):
    return {(row["Code"], row["Name"]): row["Active"] for row in sandbox.state("certify", "departments")}


def test_certify_converges_and_the_quarantined_department_is_frozen(company, sync):
    sync()
    assert departments(company) == {
        ("010", "Sales & <Söhne>"): 1,
        ("020", "Support"): 1,
        ("030", "Closed"): 0,
        ("040", "Untitled"): 1,
        ("", "Certify's own"): 1,
    }


def test_a_second_run_writes_nothing(company, sync):
    sync(run_id="first")
    company.clear_calls()
    assert sync(run_id="second") == {}
    written = [name for name, figures in company.calls()["certify"].items() if figures["written"]]
    assert written == []


def test_a_preview_changes_nothing_anywhere(company, connections, context):
    before = departments(company)
    company.clear_calls()
    planned(context(), preview=True)
    assert departments(company) == before
    assert not any(figures["written"] for side in company.calls().values() for figures in side.values())


def test_the_log_says_how_far_it_is(company, sync, monkeypatch, caplog):
    monkeypatch.setattr("certify_intacct.transport.progress.EVERY_SECONDS", 0)
    caplog.set_level("INFO", logger="certify_intacct.transport.progress")
    sync()
    assert "Changes at Certify: 1 of 3, 33 %, about 0:00:00 left." in caplog.messages
