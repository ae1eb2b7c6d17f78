"""Every document is compared line by line: what decides where money stands may not change without being named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import Company
from tests.posting.test_gl_journals import books, journals

__all__ = ["books"]


def reconciled(company: Company, load: int, run: dict[str, Any]) -> dict[str, Any]:
    return ReconcileOperator(task_id="reconcile", load_id=load).execute(run)


def findings(company: Company) -> dict[str, str]:
    """What the newest reconciliation found: finding to text."""
    rows = company.sql(
        "SELECT finding, text FROM ops.reconciliation_finding WHERE load_id = (SELECT max(load_id) FROM ops.reconciliation)"
    )
    return {row["finding"]: row["text"] for row in rows}


def edit(company: Company, object_name: str, record: str, line: int | None = None, **changes: str) -> None:
    what = {"line": line, "line_changes": changes} if line else {"changes": changes}
    company.sandbox.act("edit_document", object=object_name, record=record, **what)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ACCOUNTNO": "6300"}, "account 6300 instead of 6220"),
        ({"LOCATIONID": "200"}, "location 200 instead of 100"),
        ({"DEPARTMENTID": "40"}, "department 40 instead of 30"),
        ({"DEPARTMENTID": ""}, "no department instead of 30"),
        ({"CLASSID": "RED"}, "class RED instead of none"),
    ],
)
@pytest.mark.parametrize("payer", ["employee", "company"])
def test_a_recoded_line_is_named(company, changes, words, payer):
    company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Marketing", "STATUS": "active"}])
    company.sandbox.load("intacct", "CLASS", [{"CLASSID": "RED", "NAME": "Red", "STATUS": "active"}])
    reimbursed = "10" if payer == "employee" else "0"
    report = company.report(1, ("10", reimbursed), ("20", "20"))
    load, run = company.plan()
    company.load(load, run)
    name = "APBILL" if payer == "employee" else "CCTRANSACTION"
    (record,) = company.sandbox.state("intacct", name)
    edit(company, name, record["RECORDNO"], 1, **changes)
    assert reconciled(company, load, run) == {"holds": False, "reports": 1, "altered": 1}
    assert words in findings(company)["altered"]
    assert "line over 10.00" in findings(company)["altered"]
    assert company.open_items() == {report: "held"}
    # Put right again, it is an alteration no more.
    lines = record["APBILLITEMS" if name == "APBILL" else "CCTRANSACTIONENTRIES"]
    original = {key: lines[0].get(key, "") for key in changes}
    edit(company, name, record["RECORDNO"], 1, **original)
    assert reconciled(company, load, run) == {"holds": True, "reports": 1}
    assert set(company.states()) == {"in_gl"}


@pytest.mark.parametrize("changes", [{"ACCOUNTNO": "6300"}, {"DEPARTMENT": "40"}, {"LOCATION": "200"}])
def test_so_is_a_line_of_a_journal(books, changes):
    books.sandbox.load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "200", "NAME": "Acme UK", "STATUS": "active"}])
    books.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "40", "TITLE": "Marketing", "STATUS": "active"}])
    books.report(1, ("10", "0"), ("20", "0"))
    load, run = books.plan()
    books.load(load, run)
    ((journal,),) = journals(books).values()
    edit(books, "GLBATCH", journal["RECORDNO"], 1, **changes)
    assert reconciled(books, load, run) == {"holds": False, "reports": 1, "altered": 1}
    assert "line over 10.00" in findings(books)["altered"]


def test_amounts_that_move_between_lines_are_named(company):
    """The attack: 900/100 became 100/900, and the totals agreed."""
    company.report(
        1,
        ("900", "900"),
        {"Amount": "100", "ReimAmount": "100", "ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"},
    )
    load, run = company.plan()
    company.load(load, run)
    ((bill,),) = company.bills().values()
    edit(company, "APBILL", bill["RECORDNO"], 1, TRX_AMOUNT="100.00", AMOUNT="100.00")
    edit(company, "APBILL", bill["RECORDNO"], 2, TRX_AMOUNT="900.00", AMOUNT="900.00")
    assert reconciled(company, load, run)["altered"] == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"WHENCREATED": "03/01/2026", "WHENPOSTED": "03/01/2026"}, "date 2026-03-01 instead of"),
        ({"VENDORID": "E-1008"}, "payee E-1008 instead of E-1007"),
    ],
)
def test_so_are_date_and_payee(company, changes, words):
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    ((bill,),) = company.bills().values()
    edit(company, "APBILL", bill["RECORDNO"], **changes)
    assert reconciled(company, load, run)["altered"] == 1
    assert words in findings(company)["altered"]


def test_what_intacct_fills_in_by_itself_is_no_alteration_and_stays_as_it_was_read_first(company):
    company.sandbox.load(
        "intacct",
        "CLASS",
        [
            {"CLASSID": "RED", "NAME": "Red", "STATUS": "active"},
            {"CLASSID": "BLUE", "NAME": "Blue", "STATUS": "active"},
        ],
    )
    company.report(1)
    load, run = company.plan()
    company.sandbox.settings(line_defaults={"CLASSID": "RED"})
    company.load(load, run)
    ((bill,),) = company.bills().values()
    assert bill["APBILLITEMS"][0]["CLASSID"] == "RED"
    assert reconciled(company, load, run) == {"holds": True, "reports": 1}
    edit(company, "APBILL", bill["RECORDNO"], 1, CLASSID="BLUE")
    assert reconciled(company, load, run)["altered"] == 1
    assert "class BLUE instead of RED" in findings(company)["altered"]


def test_a_second_bill_with_our_number_is_found(company):
    report = company.report(1)
    load, run = company.plan()
    company.load(load, run)
    ((bill,),) = company.bills().values()
    second = {
        name: bill[name]
        for name in ("RECORDID", "DOCNUMBER", "VENDORID", "CURRENCY", "TRX_TOTALENTERED", "WHENCREATED")
    }
    second["STATE"] = "Posted"
    second["APBILLITEMS"] = [{"ACCOUNTNO": "6220", "LOCATIONID": "100", "TRX_AMOUNT": "100.10"}]
    company.sandbox.load("intacct", "APBILL", [second])
    assert reconciled(company, load, run) == {"holds": False, "reports": 1, "second_document": 1}
    assert bill["RECORDNO"] in findings(company)["second_document"]
    # A person may say that it stays; then it turns nothing red any more.
    (item,) = company.waiting(report)
    company.decide_one(item)
    assert reconciled(company, load, run) == {"holds": True, "reports": 1, "decided": 1}
    company.sync()
    assert reconciled(company, load, run)["holds"]


def test_a_report_that_was_unprocessed_since_is_found(company):
    report = company.report(1)
    load, run = company.plan()
    company.load(load, run)
    company.sandbox.act("unprocess", report=report)
    assert reconciled(company, load, run) == {"holds": False, "reports": 0, "not_processed": 1}
    (row,) = company.sql("SELECT * FROM ops.reconciliation_finding WHERE load_id = %s", load)
    assert (row["report_id"], row["amount"], row["currency"]) == (report, Decimal("100.10"), "USD")
    assert "104001" in row["label"]
    assert row["desk"] == "accounts payable"
    assert row["cure"]


@pytest.mark.parametrize(
    "hidden",
    [
        {"visibility_delay_seconds": {"APBILL": {"*": 3600}}},
        {"permissions_denied": {"*": {"APBILL": ["READ", "READ_BY_QUERY"]}}},
    ],
    ids=["nothing is shown", "no right"],
)
def test_a_bill_that_cannot_be_seen_is_not_called_posted(company, hidden):
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    company.sandbox.settings(**hidden)
    result = reconciled(company, load, run)
    assert not result["holds"]
    assert result["unseen"] >= 1
    rows = company.sql("SELECT bucket, amount FROM ops.reconciliation WHERE load_id = %s", load)
    assert rows == [{"bucket": "unseen", "amount": Decimal("100.10")}]


@pytest.mark.parametrize("text", ["", "1,000.00 USD", "NaN"])
def test_an_amount_that_cannot_be_read_is_a_row_of_its_own(company, text):
    company.report(1)
    company.report(2)
    load, run = company.plan()
    company.load(load, run)
    number = sorted(company.bills())[0]
    (bill,) = company.bills()[number]
    edit(company, "APBILL", bill["RECORDNO"], TRX_TOTALENTERED=text)
    result = reconciled(company, load, run)
    assert (result["holds"], result["unreadable"]) == (False, 1)
    assert "TRX_TOTALENTERED" in findings(company)["unreadable"]
    rows = company.sql("SELECT bucket, amount FROM ops.reconciliation WHERE load_id = %s ORDER BY bucket", load)
    assert rows == [
        {"bucket": "in_gl", "amount": Decimal("100.10")},
        {"bucket": "unreadable", "amount": Decimal("100.10")},
    ]


def test_amounts_of_a_report_that_cannot_be_read_have_a_row_too(company):
    company.report(1)
    company.report(2, ReimAmount="a lot")
    load, run = company.plan()
    company.load(load, run)
    result = reconciled(company, load, run)
    assert result["unreadable"] == 1
    rows = company.sql("SELECT bucket, reports FROM ops.reconciliation WHERE load_id = %s ORDER BY bucket", load)
    assert {"bucket": "unreadable", "reports": 1} in rows


@pytest.mark.parametrize("deed", ["altered", "deleted", "reversed"])
def test_a_document_is_followed_though_another_one_of_its_report_was_posted_again(company, deed):
    """The sequence is a document's, and the report of a newer one is no reason not to name what happened to an older."""
    report = company.report(1, ("800", "800"), ("20", "0"))
    company.report(2, ("5", "0"))
    company.sync()
    ((bill,),) = company.bills().values()
    company.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    company.reconcile()
    company.sync()
    company.decide(report)
    company.sync()
    load, run = company.plan()
    assert reconciled(company, load, run) == {"holds": True, "reports": 2}
    (charge,) = [one for one in company.sandbox.state("intacct", "CCTRANSACTION") if one["TRX_TOTALENTERED"] == "20.00"]
    if deed == "altered":
        edit(company, "CCTRANSACTION", charge["RECORDNO"], 1, ACCOUNTNO="6300")
    else:
        company.sandbox.act(
            {"deleted": "delete", "reversed": "reverse"}[deed], object="CCTRANSACTION", record=charge["RECORDNO"]
        )
    assert reconciled(company, load, run) == {"holds": False, "reports": 2, deed: 1}
