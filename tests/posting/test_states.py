"""What Intacct's clerks do to a document after it was accepted: each STATE means what its kind says, and an unknown one nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.runs.report_text import report_lines
from certify_intacct.staging.run_report import run_report
from tests.expense_company import DAY, Company, report_id


def bill(company: Company) -> str:
    """RECORDNO of the only bill."""
    ((record,),) = company.bills().values()
    return record["RECORDNO"]


def set_state(company: Company, word: str) -> None:
    """Somebody at Intacct brings the bill into a state; the sandbox has an actor for those that clerks have a button for."""
    company.sandbox.act("edit_document", object="APBILL", record=bill(company), changes={"STATE": word})


def reconciled(company: Company) -> tuple[dict[str, object], dict[str, str]]:
    """What the reconciliation returns, and the amounts by bucket."""
    load, run = company.plan()
    result = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    rows = company.sql("SELECT bucket, amount FROM ops.reconciliation WHERE load_id = %s", load)
    return result, {row["bucket"]: str(row["amount"]) for row in rows}


@pytest.mark.parametrize(
    ("acts", "word", "state", "bucket"),
    [
        (("decline",), "Declined", "declined", "declined"),
        (("approve",), "Posted", "in_gl", "in_gl"),
        (("approve", "pay"), "Paid", "in_gl", "in_gl"),
        (("approve", "select_for_payment"), "Selected", "in_gl", "in_gl"),
        ((), "Submitted", "accepted", "in_intacct"),
    ],
)
def test_what_a_clerk_does_is_an_outcome_of_its_own(company, acts, word, state, bucket):
    company.sandbox.settings(ap_approval=True)
    company.report(1)
    company.sync()
    for act in acts:
        company.sandbox.act(act, record=bill(company))
    assert company.bills().popitem()[1][0]["STATE"] == word
    result, buckets = reconciled(company)
    assert company.states() == {state: 1}
    assert buckets == {bucket: "100.10"}
    assert result == {"holds": state != "declined", "reports": 1} | ({"declined": 1} if state == "declined" else {})


@pytest.mark.parametrize("word", ["Selected", "Partially Paid", "Confirmed", "Reversal Pending"])
def test_what_is_on_its_way_to_the_bank_is_in_the_general_ledger(company, word):
    company.report(1)
    company.sync()
    company.sql("UPDATE ledger.document SET state = 'accepted' WHERE state = 'in_gl'")
    set_state(company, word)
    company.reconcile()
    assert company.states() == {"in_gl": 1}


def test_a_declined_bill_is_followed_until_it_is_submitted_again(company):
    company.sandbox.settings(ap_approval=True)
    company.report(1)
    company.sync()
    company.sandbox.act("decline", record=bill(company))
    company.sync()
    assert company.states() == {"declined": 1}
    assert len(company.posted()) == 1, "it stands in Intacct, so it is not posted again"
    set_state(company, "Submitted")
    company.sync()
    assert company.states() == {"accepted": 1}
    company.sandbox.act("approve", record=bill(company))
    company.sync()
    assert company.states() == {"in_gl": 1}


def test_what_was_recalled_is_not_said_to_be_in_the_general_ledger(company):
    company.report(1)
    company.sync()
    assert company.states() == {"in_gl": 1}
    set_state(company, "Draft")
    _, buckets = reconciled(company)
    assert company.states() == {"accepted": 1}
    assert buckets == {"in_intacct": "100.10"}


@pytest.mark.parametrize("approval", [True, False], ids=["waiting", "posted"])
def test_an_unknown_word_is_an_alarm_and_a_finding_and_never_posted(company, approval):
    company.sandbox.settings(ap_approval=approval)
    mine = company.report(1)
    load, run = company.plan()
    company.load(load, run)
    before = company.states()
    set_state(company, "In Escheatment")
    result, buckets = reconciled(company)
    assert company.states() == before, "nothing is guessed"
    assert (result["holds"], result["unknown_state"], buckets) == (False, 1, {"unknown_state": "100.10"})
    (finding,) = company.sql("SELECT finding, text FROM ops.reconciliation_finding")
    assert "'In Escheatment'" in finding["text"]
    with company.loader() as connection:
        report = run_report(
            connection, "sandbox", company.sql("SELECT max(load_id) AS n FROM ops.load")[0]["n"], DAY, ZoneInfo("UTC")
        )
    (item,) = report.news
    assert (item["rule"], "In Escheatment" in item["reason"]) == ("unknown_state", True)
    assert "unknown_state: document" in "\n".join(report_lines(report))
    set_state(company, "Posted")
    company.reconcile()
    assert company.states() == {"in_gl": 1}
    assert mine == report_id(1)
