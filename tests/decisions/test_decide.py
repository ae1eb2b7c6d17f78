"""A person decides about what waits: only what is possible, and only for what it is now."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import BadInput
from tests.expense_company import report_id


def test_a_person_releases_what_may_be_released_and_only_for_this_content(company):
    report = company.report(1, Reimbursed=True)
    company.sync()
    assert company.held() == {report: {"already_reimbursed"}}
    company.decide(report)
    assert company.sql("SELECT rules FROM ledger.decision") == [{"rules": ["already_reimbursed"]}]
    company.sandbox.act("reprocess", report=report, amount="5.00")
    assert company.sync() == {}
    assert company.held() == {report: {"already_reimbursed"}}
    company.decide(report)
    assert company.sync() == {"applied": 1}
    assert company.open_items() == {}


def test_what_needs_a_cure_is_not_released(company):
    company.report(1, EmpGLD1Code="777")
    company.sync()
    with pytest.raises(
        BadInput, match=r"entity_unknown and cannot be decided by release\..*Possible: booked_by_hand, not_ours"
    ):
        company.decide(report_id(1), "release")
    with pytest.raises(BadInput, match="Nothing of report"):
        company.decide(report_id(2))


def test_who_edits_the_configuration_cannot_release(company):
    company.report(1, Reimbursed=True)
    company.sync()
    company.config.write_text(
        company.config.read_text().replace("configuration_owners: []", "configuration_owners: [Kim]")
    )
    with pytest.raises(BadInput, match="configuration_owners"):
        company.decide(report_id(1))


def test_a_decision_says_which_record_and_why(company):
    report = company.report(1, Reimbursed=True)
    company.sync()
    with pytest.raises(BadInput, match="Give its RECORDNO"):
        company.decide(report, "booked_by_hand")
    with pytest.raises(BadInput, match="needs a reason"):
        company.decide(report, "not_ours", reason=" ")
    company.decide(report, "booked_by_hand", record_no="4711")
    assert company.sql("SELECT decision, record_no FROM ledger.decision") == [
        {"decision": "booked_by_hand", "record_no": "4711"}
    ]
