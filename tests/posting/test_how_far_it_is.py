"""Each long task of expense_sync and of the reconciliation says in its log how far it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from certify_intacct.model.configuration import load
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.posting.plan_load import plan_load
from certify_intacct.staging.manifest import advance, get_load
from tests.expense_company import COMPRESSED, DAY, company

__all__ = ["company"]

REPORTS = 3
LEFT = r"about 0:\d\d:\d\d left\."


@pytest.fixture
def told(monkeypatch, caplog):
    """Every step is told, not one in ten seconds; what was told."""
    monkeypatch.setattr("certify_intacct.transport.progress.EVERY_SECONDS", 0)
    caplog.set_level("INFO")

    def lines() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "certify_intacct.transport.progress"]

    return lines


def has(lines: list[str], pattern: str) -> bool:
    return any(re.fullmatch(pattern, line) for line in lines)


def test_reading_planning_posting_and_reconciling(company, told, capsys, monkeypatch):
    monkeypatch.setattr("certify_intacct.posting.plan_load.AT_ONCE", 1)
    company.sandbox.settings(certify_page_size=1)
    accounts = [{"ACCOUNTNO": f"7{number:04}", "TITLE": "More", "STATUS": "active"} for number in range(2100)]
    company.sandbox.load("intacct", "GLACCOUNT", accounts)
    for number in range(1, REPORTS + 1):
        company.report(number, ("1200.05", "1200.05"))
    company.configure(sending=COMPRESSED | {"batch_size": 1})

    load_id, run = company.extract(refresh=True)
    assert has(told(), rf"Records of intacct_gl_accounts: 2,000 of 2,10\d, 9\d %, 1 page, {LEFT}"), told()
    assert has(told(), rf"Records of certify_expense_reports: 2 of 3, 66 %, 2 pages, {LEFT}"), told()

    configuration = load(company.config)
    with company.loader() as connection:
        plan_load(connection, configuration, get_load(connection, load_id))
        advance(connection, load_id, "planned")
    assert has(told(), rf"Reports planned: 1 of 3, 33 %, {LEFT}"), told()

    company.load(load_id, run)
    assert has(told(), rf"Documents: 2 of 3, 66 %, {LEFT}"), told()
    assert not has(told(), "Documents: 3 of 3.*"), "what is done is no progress"
    assert f"Posted by this load: {REPORTS} documents (USD 3,600.15)." in capsys.readouterr().out

    ReconcileOperator(task_id="reconcile", load_id=load_id).execute(run)
    assert has(told(), r"Reports reconciled: 0 so far, 3 headers, since 0:00:\d\d\."), told()
    assert has(told(), r"Reports reconciled: 3 so far, 3 headers, 3 documents, since 0:00:\d\d\."), told()


def test_what_is_read_by_its_id(company, told):
    for number in range(1, REPORTS + 1):
        company.report(number, EmployeeID="nobody")
    company.sync()
    company.extract(DAY - timedelta(days=1), refresh=True)
    assert has(told(), rf"Reports read by their ID: 1 of 3, 33 %, {LEFT}"), told()


def test_ordinary_work_says_nothing_of_the_kind(company, caplog):
    caplog.set_level("INFO")
    company.report(1)
    company.sync()
    assert not [record for record in caplog.records if record.name == "certify_intacct.transport.progress"]
