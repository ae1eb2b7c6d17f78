"""A person releases what a rule holds: only what may be released, and only for the report as it is."""

from __future__ import annotations

import pytest

from certify_intacct.commands.release import release_report
from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput
from certify_intacct.staging.database import Database
from tests.expense_company import report_id


def release(company, report, **given):
    options = {"rules": [], "released_by": "kim", "reason": "asked the bank"} | given
    return release_report(Database(company.database.loader_url), load(company.config), report=report, **options)


def test_a_person_releases_what_may_be_released_and_only_for_this_content(company):
    report = company.report(1, Reimbursed=True)
    company.sync()
    assert company.held() == {report: {"already_reimbursed"}}
    assert release(company, "104001") == ["already_reimbursed"]
    company.sandbox.act("reprocess", report=report, amount="5.00")
    assert company.sync() == {}
    assert company.held() == {report: {"already_reimbursed"}}
    release(company, report)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}


def test_what_needs_a_cure_is_not_released(company):
    company.report(1, EmpGLD1Code="777")
    company.sync()
    with pytest.raises(BadInput, match="entity_unknown"):
        release(company, report_id(1))
    with pytest.raises(BadInput, match="No held report"):
        release(company, report_id(2))


def test_who_edits_the_configuration_cannot_release(company):
    company.report(1, Reimbursed=True)
    company.sync()
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [Kim]")
    )
    with pytest.raises(BadInput, match="configuration_owners"):
        release(company, report_id(1))
