"""Departments all the way: Intacct to staging, verdicts, plan, Certify."""

from __future__ import annotations

import pytest

from certify_intacct.operators.extract import CertifyToStagingOperator, SageIntacctToStagingOperator
from certify_intacct.operators.load_certify import StagingToCertifyOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_organization import OrganizationPlanOperator
from certify_intacct.operators.validate import ValidateStagingOperator


@pytest.fixture
def sync(connections, context):
    """Runs the steps of organization_sync, as its DAG does, for departments."""

    def run(**options):
        run_context = context(**options)
        load_id = OpenLoadOperator(task_id="open_load", direction="organization").execute(run_context)
        common = {"load_id": load_id}
        SageIntacctToStagingOperator(task_id="extract_intacct", stream="intacct_departments", **common).execute(run_context)
        CertifyToStagingOperator(task_id="extract_certify", stream="certify_departments", **common).execute(run_context)
        ValidateStagingOperator(task_id="validate", direction="organization", **common).execute(run_context)
        OrganizationPlanOperator(task_id="plan", **common).execute(run_context)
        return StagingToCertifyOperator(task_id="load_certify", **common).execute(run_context)

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
    sync(dry_run=False)
    assert departments(company) == {
        ("010", "Sales & <Söhne>"): 1,
        ("020", "Support"): 1,
        ("030", "Closed"): 0,
        ("040", "Untitled"): 1,
        ("", "Certify's own"): 1,
    }


def test_a_second_run_writes_nothing(company, sync):
    sync(dry_run=False, run_id="first")
    company.clear_calls()
    assert sync(dry_run=False, run_id="second") == {}
    written = [name for name, figures in company.calls()["certify"].items() if figures["written"]]
    assert written == []


def test_a_preview_changes_nothing_anywhere(company, sync):
    before = departments(company)
    company.clear_calls()
    assert sync() == {}
    assert departments(company) == before
    assert not any(figures["written"] for side in company.calls().values() for figures in side.values())
