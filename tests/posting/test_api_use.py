"""What both syncs ask of both services is counted, whole: as the sandbox, which is asked, counts it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from certify_intacct.model.errors import PermissionDenied
from certify_intacct.operators.intacct_to_staging import SageIntacctToStagingOperator
from certify_intacct.operators.preflight import PreflightOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import DAY, Company
from tests.organization_run import loaded, planned

REPORTS = 10
PAGES = ("query", "readByQuery", "readMore")


def asked(company: Company) -> tuple[Counter[str], int]:
    """How often the sandbox was asked each function of Intacct and verb of Certify, and what it bills."""
    calls = company.sandbox.calls()
    functions: Counter[str] = Counter()
    for name, count in [*calls["intacct"].items(), *calls["certify"].items()]:
        functions[name.split(" ")[0]] += count["calls"]
    read = sum(count["calls"] for name, count in calls["intacct"].items() if name.split(" ")[0] in PAGES)
    return functions, read + sum(count["written"] for count in calls["intacct"].values())


def counted(company: Company) -> tuple[Counter[str], int, dict[str, int]]:
    """The same by our own count, and what else it says."""
    rows = company.sql("SELECT * FROM ops.api_use")
    functions: Counter[str] = Counter()
    for row in rows:
        functions[row["function"]] += row["functions"]
    names = ("failed", "unanswered", "requests")
    return (
        functions,
        sum(row["written"] + row["pages"] for row in rows),
        {name: sum(row[name] for row in rows) for name in names},
    )


def everything(company: Company) -> None:
    """Both checks, both syncs with two senders, receipts, and reconciliation."""
    company.configure(sending={"batch_size": 3, "requests_at_once": 2})
    for number in range(1, REPORTS + 1):
        company.report(number, {"Amount": "10", "ReimAmount": "10", "ReceiptID": f"r-{number}"}, ("20", "5"))
        company.receipt("x", f"r-{number}")
    company.sandbox.load("certify", "empglds/1", [{"Name": "Acme US", "Code": "100", "Active": 1}])
    company.sandbox.load(
        "intacct", "EMPLOYEE",
        [{"EMPLOYEEID": "E-1", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "DEPARTMENTID": "30", "LOCATIONID": "100", "STATUS": "active"}],
    )  # fmt: skip
    company.sandbox.clear_calls()
    run = company.context(run_id="organization", period_start=str(DAY), period_end=str(DAY))
    PreflightOperator(task_id="preflight", direction="organization").execute(run)
    loaded(planned(run, judged=False), run)
    run = company.context(run_id="check", period_start=str(DAY), period_end=str(DAY))
    PreflightOperator(task_id="preflight", direction="expense").execute(run)
    load, run = company.plan(refresh=True)
    company.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)


def test_after_both_syncs_it_is_what_the_services_saw(company):
    everything(company)
    functions, billed = asked(company)
    ours, ours_billed, more = counted(company)
    assert company.states() == {"in_gl": 2 * REPORTS}
    assert ours == functions
    assert ours_billed == billed > 2 * REPORTS
    assert more["unanswered"] == 0
    assert 0 < more["requests"] < ours.total(), "functions share requests"
    by_task = company.sql(
        "SELECT task, sum(written + pages) AS n FROM ops.api_use WHERE service = 'intacct' GROUP BY 1 HAVING sum(written + pages) > 0"
    )
    assert {row["task"] for row in by_task} == {
        "preflight", "extract", "extract_intacct", "load_intacct", "attach_receipts", "reconcile",
    }  # fmt: skip
    (plan,) = company.sql("SELECT sum(billed_calls) AS n FROM plan.change")
    (written,) = company.sql("SELECT sum(written) AS n FROM ops.api_use WHERE load_id > 0 AND service = 'intacct'")
    marks = 2  # the deployment's mark and the folder of the receipts are made once, with the first posting
    assert written["n"] == plan["n"] + marks


@pytest.mark.parametrize(
    ("kind", "unanswered"), [("drop_after_commit", True), ("http_503_html", False), ("http_429", False), ("gw_0001", False)]
)  # fmt: skip
def test_an_answer_that_is_lost_is_counted_as_lost_and_a_refusal_as_no_call(company, kind, unanswered):
    company.report(1)
    load, run = company.plan()
    company.sandbox.clear_calls()
    company.sql("TRUNCATE ops.api_use")
    company.sandbox.fault(side="intacct", match="query", kind=kind, times=3)
    company.load(load, run)
    functions, billed = asked(company)
    ours, ours_billed, more = counted(company)
    assert ours == functions
    assert (more["unanswered"] > 0) == unanswered
    assert billed - more["unanswered"] <= ours_billed <= billed


def test_what_a_task_that_fails_has_asked_is_counted(company):
    company.report(1)
    load, run = company.extract()
    company.sandbox.clear_calls()
    company.sql("TRUNCATE ops.api_use")
    company.sandbox.settings(permissions_denied={"*": {"VENDOR": ["READ_BY_QUERY"]}})
    with pytest.raises(PermissionDenied):
        SageIntacctToStagingOperator(task_id="extract", load_id=load, stream="intacct_vendors").execute(run)
    functions, _ = asked(company)
    ours, _, more = counted(company)
    assert ours == functions
    assert more["failed"] > 0


def test_a_task_that_is_killed_has_lost_no_more_than_half_a_minute(company, monkeypatch):
    """What was asked until then stands there while the task still works."""
    from certify_intacct.transport import metering

    monkeypatch.setattr(metering.Meter.__init__, "__kwdefaults__", {"seconds": 0.0})
    company.report(1)
    load, run = company.plan()
    rows: list[dict[str, Any]] = []

    def end(*_: Any) -> None:
        rows.extend(company.sql("SELECT * FROM ops.api_use WHERE task = 'load_intacct' AND service = 'intacct'"))
        raise KeyboardInterrupt

    monkeypatch.setattr("certify_intacct.posting.follow_up.FollowUp.accepted", end)
    with pytest.raises(KeyboardInterrupt):
        company.load(load, run)
    assert {row["function"] for row in rows} >= {"create", "query"}
