"""What becomes of an expense report: clerks approve, decline, pay, reverse, edit and delete it; it is booked when it is approved."""

from __future__ import annotations

from decimal import Decimal

import pytest
import requests
from lxml import etree

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_expense_reports import expense, report
from tests.sandbox_fixture import RunningSandbox

SUBMIT = '<update_expensereport key="1"><state>Submitted</state></update_expensereport>'
READ = (
    "Draft", "Submitted", "Partially Approved", "Partially Declined", "Resubmitted", "Approved", "Posted", "Declined",
    "Reversal Pending", "Reversed", "Reversal", "Paid", "Confirmed", "Voided", "Partially Paid", "Selected",
)  # fmt: skip


def act(company: RunningSandbox, name: str, **arguments: object) -> None:
    company.act(name, object="EEXPENSES", record="1", **arguments)


def state(company: RunningSandbox) -> str:
    return company.state("intacct", "EEXPENSES")[0]["STATE"]


def paid(company: RunningSandbox) -> tuple[str, ...]:
    kept = company.state("intacct", "EEXPENSES")[0]
    return tuple(kept[name] for name in ("STATE", "TOTALPAID", "TRX_TOTALPAID", "TOTALDUE", "TRX_TOTALDUE"))


def refused(company: RunningSandbox, **body: object) -> str:
    answer = requests.post(
        f"{company.url}/_sandbox/act", json={"object": "EEXPENSES", "record": "1", **body}, timeout=30
    )
    assert answer.status_code == 400
    return answer.json()["error"]


def test_every_state_can_be_had_and_is_told_by_lookup(client: Client, company: RunningSandbox) -> None:
    done = client.one("<lookup><object>EEXPENSES</object></lookup>")
    assert done.data is not None
    told = {field.findtext("ID"): [one.text for one in field.iter("VALIDVALUE")] for field in done.data.iter("Field")}
    assert set(READ) <= set(told["STATE"])
    client.one(report())
    for word in READ:
        act(company, "edit_document", changes={"STATE": word})
        found = client.one(
            f"<query><object>EEXPENSES</object><select><field>STATE</field><field>RAWSTATE</field></select><filter><equalto>"
            f"<field>STATE</field><value>{word}</value></equalto></filter></query>"
        )
        assert found.data is not None
        assert [row.findtext("STATE") for row in found.data] == [word], etree.tostring(found.data)
        assert found.data[0].findtext("RAWSTATE")


def test_declined_and_handed_in_again(client: Client, company: RunningSandbox) -> None:
    client.one(report())
    act(company, "approve", partly=True)
    assert state(company) == "Partially Approved"
    assert client.one(SUBMIT).first == "The expense report is partially approved and cannot be changed."
    act(company, "decline", partly=True)
    assert state(company) == "Partially Declined"
    act(company, "decline")
    assert state(company) == "Declined"
    assert "is Declined, not" in refused(company, action="pay")
    assert client.one(SUBMIT).status == "success"
    assert state(company) == "Submitted"
    act(company, "decline")
    act(company, "submit")
    act(company, "approve")
    assert state(company) == "Approved"
    assert "is Approved, not Draft or Declined" in refused(company, action="submit")


def test_what_is_handed_in_again_may_have_a_word_of_its_own(client: Client, company: RunningSandbox) -> None:
    """`lookup` of a live company has Resubmitted among the words of STATE (github.com/CPAanalytics/intacct_sdk, fixtures/lookup)."""
    company.settings(expense_resubmitted="Resubmitted")
    client.one(report())
    assert state(company) == "Submitted"
    act(company, "decline")
    assert client.one(SUBMIT).status == "success"
    assert state(company) == "Resubmitted"
    act(company, "decline")
    act(company, "submit")
    assert state(company) == "Resubmitted"
    assert client.one(SUBMIT).status == "success", "it still waits, and can be changed"
    act(company, "approve")
    assert state(company) == "Approved"


@pytest.mark.parametrize(("setting", "stays"), [("submitted", False), ("kept", True)])
def test_an_update_without_a_state_hands_in_or_not(
    client: Client, company: RunningSandbox, setting: str, stays: bool
) -> None:
    company.settings(expense_update_state=setting)
    update = '<update_expensereport key="1"><description>Other</description></update_expensereport>'
    client.one(report(fields="<state>Draft</state>"))
    assert client.one(update).status == "success"
    assert state(company) == ("Draft" if stays else "Submitted")
    act(company, "edit_document", changes={"STATE": "Declined"})
    assert client.one(update).status == "success"
    assert state(company) == ("Declined" if stays else "Submitted")


def test_paid_in_part_and_then_the_rest(client: Client, company: RunningSandbox) -> None:
    client.one(report(expense("10"), expense("5.5", tail="<exppmttype>Company card</exppmttype>")))
    assert "is Submitted, not" in refused(company, action="pay")
    act(company, "approve")
    assert "owes 10.00; 10.01 cannot be paid" in refused(company, action="pay", amount="10.01")
    act(company, "pay", amount="4")
    assert paid(company) == ("Partially Paid", "4.00", "4.00", "6.00", "6.00")
    act(company, "pay")
    assert paid(company) == ("Paid", "10.00", "10.00", "0.00", "0.00")
    assert company.state("intacct", "EEXPENSES")[0]["WHENPAID"]
    assert client.one("<delete><object>EEXPENSES</object><keys>1</keys></delete>").status == "failure"
    # The company's part is nobody's due.
    assert company.state("intacct", "EEXPENSES")[0]["NR_TOTALENTERED"] == "5.50"


def test_bills_are_paid_in_part_too(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100"), CURRENCY="EUR", EXCHANGE_RATE="1.1"))
    company.act("pay", record="1", amount="40")
    kept = company.state("intacct", "APBILL")[0]
    names = ("STATE", "TOTALPAID", "TRX_TOTALPAID", "TOTALDUE", "TRX_TOTALDUE")
    assert [kept[name] for name in names] == ["Partially Paid", "44.00", "40.00", "66.00", "60.00"]
    company.act("pay", record="1")
    kept = company.state("intacct", "APBILL")[0]
    assert [kept[name] for name in names] == ["Paid", "110.00", "100.00", "0.00", "0.00"]


@pytest.mark.parametrize(
    ("setting", "attached", "described"),
    [("refuse", False, False), ("attachment", True, False), ("accept", True, True)],
)
def test_what_may_be_changed_when_it_is_approved(
    client: Client, company: RunningSandbox, setting: str, attached: bool, described: bool
) -> None:
    company.settings(expense_approved_change=setting)
    company.load("intacct", "SUPDOC", [{"SUPDOCID": "R-1"}])
    client.one(report())
    act(company, "approve")
    update = '<update_expensereport key="1">{}</update_expensereport>'
    attach, describe = "<supdocid>R-1</supdocid>", "<description>Late</description>"
    assert (client.one(update.format(attach)).status == "success") is attached
    assert (client.one(update.format(describe)).status == "success") is described
    act(company, "pay", amount="5")
    assert (client.one(update.format(attach)).status == "success") is attached
    assert client.one(update.format(describe)).status == "failure"
    assert paid(company) == ("Partially Paid", "5.00", "5.00", "40.34", "40.34")
    act(company, "reverse")
    assert client.one(update.format(attach)).status == "failure"


def test_reversed_and_deleted_by_clerks(client: Client, company: RunningSandbox) -> None:
    client.send(report(expense("10", tail="<exppmttype>Company card</exppmttype>"), expense("5")), report())
    act(company, "approve")
    act(company, "reverse", date="2026-11-20")
    first, _, mirror = company.state("intacct", "EEXPENSES")
    assert (first["STATE"], first["REVERSALKEY"], mirror["STATE"], mirror["REVERSEDKEY"]) == (
        "Reversed",
        "3",
        "Reversal",
        "1",
    )
    assert (mirror["TOTALENTERED"], mirror["NR_TOTALENTERED"]) == ("-15.00", "-10.00")
    assert [one["ORG_AMOUNT"] for one in mirror["EEXPENSESITEMS"]] == ["-10.00", "-5.00"]
    company.act("delete", object="EEXPENSES", record="2")
    assert [one["RECORDNO"] for one in company.state("intacct", "EEXPENSES")] == ["1", "3"]


def booked(company: RunningSandbox) -> list[tuple[str, Decimal]]:
    """Account and signed base amount of every entry in the general ledger."""
    return sorted(
        (one["ACCOUNTNO"], int(one["TR_TYPE"]) * Decimal(one["AMOUNT"]))
        for batch in company.state("intacct", "GLBATCH")
        for one in batch["ENTRIES"]
    )


def test_it_reaches_the_general_ledger_when_it_is_approved_and_not_before(
    client: Client, company: RunningSandbox
) -> None:
    company.settings(gl_trace=True)
    company.load(
        "intacct",
        "EXPENSEPAYMENTTYPE",
        [{"NAME": "Visa", "NONREIMBURSABLE": "true", "OFFSETACCTNO": "2100"}],
    )
    client.one(report(expense("10"), expense("4", tail="<exppmttype>Visa</exppmttype>")))
    assert booked(company) == []
    act(company, "approve", partly=True)
    assert booked(company) == []
    act(company, "approve")
    entries = [("2000", Decimal(-10)), ("2100", Decimal(-4)), ("6220", Decimal(4)), ("6220", Decimal(10))]
    assert booked(company) == entries
    (batch,) = company.state("intacct", "GLBATCH")
    assert (batch["JOURNAL"], batch["MODULE"], batch["PRBATCHKEY"]) == ("EEJ", "6.EE", "1")
    act(company, "pay")
    assert booked(company) == entries


def test_without_approval_it_is_booked_at_once_and_a_draft_when_it_is_handed_in(
    client: Client, company: RunningSandbox
) -> None:
    company.settings(gl_trace=True, expense_approval=False, expense_line_amounts="spent_reimbursement")
    foreign = "<currency>EUR</currency><trx_amount>100</trx_amount><exchrate>1.5</exchrate>"
    client.one(report(expense("150", extra=foreign), fields="<state>Draft</state><currency>CAD</currency>"))
    assert (state(company), booked(company)) == ("Draft", [])
    client.one(SUBMIT)
    assert state(company) == "Approved"
    assert booked(company) == [("2000", Decimal("-109.50")), ("6220", Decimal("109.50"))]


def test_a_bill_too_is_booked_when_it_is_approved(client: Client, company: RunningSandbox) -> None:
    company.settings(gl_trace=True, ap_approval=True)
    client.one(bill(line("10")))
    assert booked(company) == []
    company.act("approve", record="1")
    assert booked(company) == [("2000", Decimal(-10)), ("6220", Decimal(10))]
    company.settings(ap_approval=False)
    client.one(bill(line("7"), number="R-2", ACTION="Draft"))
    company.act("submit", record="2")
    assert booked(company)[1] == ("2000", Decimal(-7))
