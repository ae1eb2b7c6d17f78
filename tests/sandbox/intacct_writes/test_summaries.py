"""Summaries of bills, AP adjustments and expense reports: made by legacy functions, listed, and what is posted into them.

developer.intacct.com/api: Accounts Payable > AP summaries, Expenses > Expense summaries; Accounts Payable > Bills says that WHENPOSTED
is not used where PRBATCH is given, and that a legacy `batchkey` is the record number of a summary. Fields of APBILLBATCH: what a
company told `lookup` in 2025 (github.com/CPAanalytics/intacct_sdk).
"""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_adjustments import adjustment
from tests.sandbox.intacct_writes.test_expense_reports import report
from tests.sandbox_fixture import RunningSandbox

DATE = "<datecreated><year>2026</year><month>10</month><day>31</day></datecreated>"
OPEN = "<readByQuery><object>APBILLBATCH</object><fields>*</fields><query>STATUS = 'T' AND OPEN = 'T'</query></readByQuery>"


def made(function: str, title: str = "Week 44", date: str = DATE) -> str:
    """A call that makes a summary."""
    return f"<{function}><batchtitle>{title}</batchtitle>{date}</{function}>"


def told(client: Client) -> list[tuple[str, ...]]:
    """The open summaries of bills."""
    data = client.one(OPEN).data
    assert data is not None
    return [
        tuple(one.findtext(name) or "" for name in ("RECORDNO", "TITLE", "CREATED", "TOTAL", "AUTOCREATED"))
        for one in data
    ]


def test_bills_get_a_summary_of_their_day_by_themselves(client: Client, company: RunningSandbox) -> None:
    client.send(bill(line("10")), bill(line("5"), number="R-2"), bill(line("1"), number="R-3", WHENPOSTED="11/17/2026"))
    assert told(client) == [
        ("1", "Bills: 2026/11/16 Batch", "11/16/2026", "15.00", "Auto-Summary"),
        ("2", "Bills: 2026/11/17 Batch", "11/17/2026", "1.00", "Auto-Summary"),
    ]
    assert [one["PRBATCHKEY"] for one in company.state("intacct", "APBILL")] == ["1", "1", "2"]


def test_a_bill_that_names_a_summary_is_posted_on_its_day(client: Client, company: RunningSandbox) -> None:
    company.settings(ap_summaries="user")
    done = client.one(made("create_billbatch"))
    assert (done.status, done.key, done.data) == ("success", "1", None), done.errors
    assert client.one(made("create_billbatch")).errors[0][0] == "BL34000061"
    assert client.one(bill(PRBATCH="Week 44")).status == "success"
    legacy = (
        "<create_bill><vendorid>20000</vendorid><datecreated><year>2026</year><month>11</month><day>15</day></datecreated><datedue>"
        "<year>2026</year><month>12</month><day>15</day></datedue><batchkey>{}</batchkey><billno>L-1</billno><billitems><lineitem>"
        "<glaccountno>6220</glaccountno><amount>2</amount><locationid>US</locationid></lineitem></billitems></create_bill>"
    )
    assert client.one(legacy.format("9")).first == "Invalid Bill Summary '9' specified."
    assert client.one(legacy.format("1")).status == "success"
    kept = company.state("intacct", "APBILL")
    assert [(one["PRBATCH"], one["PRBATCHKEY"], one["WHENPOSTED"]) for one in kept] == [
        ("Week 44", "1", "10/31/2026")
    ] * 2
    assert told(client) == [("1", "Week 44", "10/31/2026", "102.12", "Manual")]
    company.act("edit_document", object="APBILLBATCH", record="1", changes={"OPEN": "Closed"})
    assert told(client) == []
    assert client.one(bill(number="R-3", PRBATCH="Week 44")).first == "The summary Week 44 is closed."


@pytest.mark.parametrize(
    ("name", "document", "call"),
    [
        ("billbatch", "APBILL", ""),
        (
            "apadjustmentbatch",
            "APADJUSTMENT",
            adjustment().replace("<adjustmentno>", "<batchkey>1</batchkey><adjustmentno>"),
        ),
        ("expensereportbatch", "EEXPENSES", report(fields="<batchkey>1</batchkey>")),
    ],
)
def test_each_kind_is_made_and_listed(
    client: Client, company: RunningSandbox, name: str, document: str, call: str
) -> None:
    client.one(made(f"create_{name}"))
    client.one(made(f"create_{name}", "Week 45", date=""))
    assert client.one(made(f"create_{name}", "")).first == "Required field Summary name is missing"
    listed = client.one(f'<get_list object="{name}" maxitems="10"></get_list>').xml
    assert listed is not None
    assert listed.findtext("listtype") == name
    assert [one.findtext("batchtitle") for one in listed.find("data")] == ["Week 44", "Week 45"]
    if call:
        done = client.one(call)
        assert done.status == "success", done.errors
        (kept,) = company.state("intacct", document)
        assert (kept["PRBATCH"], kept["WHENPOSTED"]) == ("Week 44", "10/31/2026")
