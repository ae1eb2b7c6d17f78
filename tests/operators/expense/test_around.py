"""What stands around the posting: releases by persons, the measurement of a company, the reconciliation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certify_intacct.model.configuration import load
from certify_intacct.model.errors import BadInput
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.release import release_report
from certify_intacct.staging.database import Database
from tests.operators.expense.conftest import DAY, report_id


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


def test_the_reconciliation_balances_and_names_what_is_wrong(company):
    for number in range(1, 5):
        company.report(number, ("10", "10"), ("20", "5"))
    company.report(5, EmpGLD1Code="777")
    plan, run = company.plan()
    company.load(plan, run)
    assert ReconcileOperator(task_id="reconcile", load_id=plan).execute(run) == {"holds": True, "reports": 5}
    rows = company.sql("SELECT entity, kind, bucket, amount FROM ops.reconciliation ORDER BY 1, 2, 3")
    assert [(row["entity"], row["kind"], row["bucket"], str(row["amount"])) for row in rows] == [
        ("100", "ap_bill", "in_gl", "60.00"),
        ("100", "credit_card_transaction", "in_gl", "60.00"),
        ("777", "ap_bill", "held", "100.10"),
    ]
    bills = [record for records in company.bills().values() for record in records]
    company.sandbox.act("edit_bill", record=bills[0]["RECORDNO"], amount="1.00")
    company.sandbox.act("delete", object="APBILL", record=bills[1]["RECORDNO"])
    company.sandbox.act("reverse", object="APBILL", record=bills[2]["RECORDNO"])
    orphan = {
        **{name: bills[3][name] for name in ("VENDORID", "DOCNUMBER", "CURRENCY")},
        "RECORDID": "BY-HAND",
        "STATE": "Posted",
    }
    company.sandbox.load("intacct", "APBILL", [orphan | {"TRX_TOTALENTERED": "7.00", "WHENCREATED": "01/01/2026"}])
    (charge, *_) = company.card_transactions()[f"{bills[3]['DOCNUMBER']}-1-002C"]
    lost = {name: charge[name] for name in ("FINANCIALENTITY", "CURRENCY", "TRX_TOTALENTERED", "WHENCREATED")}
    lost |= {"RECORDID": f"{bills[3]['DOCNUMBER']}-1-003C", "STATE": "Posted"}
    company.sandbox.load("intacct", "CCTRANSACTION", [lost])
    company.report(6)
    result = ReconcileOperator(task_id="reconcile", load_id=plan).execute(run)
    assert result == {
        "holds": False,
        "reports": 6,
        "altered": 1,
        "deleted": 1,
        "reversed": 1,
        "orphan": 2,
        "unassigned": 3,
    }
    orphans = company.sql(
        "SELECT number, text FROM ops.reconciliation_finding WHERE finding = 'orphan' ORDER BY number"
    )
    assert [row["number"] for row in orphans] == ["BY-HAND", lost["RECORDID"]]
    (owner,) = company.sql("SELECT report_id FROM ledger.report WHERE token = %s", bills[3]["DOCNUMBER"])
    assert all(f"of report {owner['report_id']}" in row["text"] for row in orphans)


def test_a_report_that_a_failed_run_never_reached_is_found_again(company):
    """Planned, not sent, its day covered: no open item points to it, so the sweep must."""
    company.sync()
    late = company.report(1)
    company.plan(day=DAY + timedelta(days=1))
    assert company.outcomes() == {late: None}
    assert company.sync(day=DAY + timedelta(days=1)) == {"applied": 1}


def test_a_preview_reconciles_nothing(company):
    company.report(1)
    plan, run = company.plan(dry_run=True)
    assert ReconcileOperator(task_id="reconcile", load_id=plan).execute(run) == {}
    assert company.sql("SELECT 1 FROM ops.reconciliation") == []


def test_an_empty_sunday_is_legal(company):
    assert company.sync(day=DAY) == {}
    assert company.posted() == []
