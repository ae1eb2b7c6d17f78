"""What stands in the general ledger of bills, expense reports and payments, and GLDETAIL, the view of it.

The requests are those of the page General Ledger > General ledger details; the fields those that a company told `lookup` in 2025
(github.com/CPAanalytics/intacct_sdk). That amounts are signed and one of debit and credit is 0 shows in gl_detail of the seeds of
github.com/fivetran/dbt_sage_intacct_source.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.gateway_client import compare, query
from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_expense_reports import report
from tests.sandbox.intacct_writes.test_expense_states import booked
from tests.sandbox.intacct_writes.test_payments import detail, moved, payment, reimbursement
from tests.sandbox_fixture import RunningSandbox


@pytest.fixture(autouse=True)
def ledger(company: RunningSandbox) -> None:
    """A company whose general ledger shows, with a bank account and a card to pay from."""
    company.settings(gl_trace=True)
    company.load(
        "intacct", "GLACCOUNT", [{"ACCOUNTNO": "1010", "TITLE": "Bank"}, {"ACCOUNTNO": "2000", "TITLE": "Owed"}]
    )
    account = {"BANKACCOUNTID": "BOA", "BANKNAME": "Bank", "GLACCOUNTNO": "1010", "FINANCIALDATA.APJOURNAL": "PAY"}
    company.load("intacct", "CHECKINGACCOUNT", [account])


def rows(client: Client, *fields: str, where: str = "", order: str = "RECORDNO") -> list[list[str]]:
    """The values of a query of GLDETAIL."""
    data = client.one(query("GLDETAIL", *fields, where=where, order=order)).data
    assert data is not None
    return [[cell.text or "" for cell in row] for row in data]


def test_a_payment_takes_from_the_bank_what_was_owed(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100.12")))
    client.one(payment(method="Printed Check"))
    assert len(company.state("intacct", "GLBATCH")) == 1, "a check that nobody has printed is no payment yet"
    client.one(moved("confirm"))
    _, batch = company.state("intacct", "GLBATCH")
    assert [batch[name] for name in ("JOURNAL", "MODULE", "BATCH_DATE", "STATE")] == [
        "PAY",
        "3.AP",
        "11/20/2026",
        "Posted",
    ]
    assert booked(company) == [
        ("1010", Decimal("-100.12")), ("2000", Decimal("-100.12")), ("2000", Decimal("100.12")), ("6220", Decimal("100.12")),
    ]  # fmt: skip
    client.one(moved("void"))
    assert sum(amount for account, amount in booked(company) if account == "1010") == 0
    assert sum(amount for account, amount in booked(company) if account == "2000") == Decimal("-100.12")


def test_a_reimbursement_pays_what_the_employee_is_owed_and_not_the_card(
    client: Client, company: RunningSandbox
) -> None:
    card = {"NAME": "Visa", "NONREIMBURSABLE": "true", "OFFSETACCTNO": "2100"}
    company.load("intacct", "EXPENSEPAYMENTTYPE", [card])
    company.settings(expense_approval=False, expense_total_entered="reimbursable")
    own, visa = report().split("<expense>")[1].split("</expense>")[0], "<exppmttype>Visa</exppmttype>"
    assert "exppmttype" not in own
    client.one(report().replace("</expenses>", f"<expense>{own}{visa}</expense></expenses>"))
    assert client.one(reimbursement(amount="45.34")).status == "success"
    totals: dict[str, Decimal] = {}
    for account, amount in booked(company):
        totals[account] = totals.get(account, Decimal(0)) + amount
    assert (totals["2000"], totals["1010"], totals["2100"]) == (0, Decimal("-45.34"), Decimal("-45.34"))
    assert company.state("intacct", "GLBATCH")[-1]["MODULE"] == "6.EE"


def test_what_is_reversed_stands_on_both_sides(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("10"), line("-4")))
    date = "<datereversed><year>2026</year><month>11</month><day>30</day></datereversed>"
    assert client.one(f'<reverse_bill key="1">{date}</reverse_bill>').status == "success"
    first, second = company.state("intacct", "GLBATCH")
    assert (second["BATCH_DATE"], second["BATCH_TITLE"]) == ("11/30/2026", f"Reversed - {first['BATCH_TITLE']}")
    for account in {account for account, _ in booked(company)}:
        assert sum(amount for one, amount in booked(company) if one == account) == 0


def test_a_bill_and_an_adjustment_of_one_number_have_an_entry_each(client: Client, company: RunningSandbox) -> None:
    from tests.sandbox.intacct_writes.test_adjustments import adjustment

    client.one(bill(line("10")))
    assert client.one(adjustment()).status == "success"
    assert [one["JOURNAL"] for one in company.state("intacct", "GLBATCH")] == ["APJ", "APADJ"]


def test_the_view_of_the_ledger(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("10", ENTRYDESCRIPTION="Taxi")))
    wanted = (
        "SYMBOL",
        "MODULEKEY",
        "ACCOUNTNO",
        "AMOUNT",
        "DEBITAMOUNT",
        "CREDITAMOUNT",
        "TR_TYPE",
        "RECORDID",
        "RECORDTYPE",
    )
    assert rows(client, *wanted) == [
        ["APJ", "3.AP", "6220", "10.00", "10.00", "0", "1", "R-1", "pi"],
        ["APJ", "3.AP", "2000", "-10.00", "0", "10.00", "-1", "R-1", "pi"],
    ]
    assert rows(client, "LOCATIONID", "ENTRYDESCRIPTION", "ENTRY_STATE", "TOTALDUE", "BOOKID", "GLENTRY.ACCOUNTNO")[0] == [
        "US", "Taxi", "P", "10.00", "ACCRUAL", "6220",
    ]  # fmt: skip
    assert rows(client, "JOURNAL.SYMBOL", where=compare("equalto", "JOURNAL.SYMBOL", "APJ")) == []
    company.load("intacct", "GLJOURNAL", [{"SYMBOL": "APJ", "TITLE": "Bills"}])
    shown = rows(client, "BATCH_TITLE", "JOURNAL.TITLE", where=compare("equalto", "JOURNAL.SYMBOL", "APJ"))
    assert shown == [["Bills: R-1", "Bills"]] * 2
    client.one(payment(detail(amount="4")))
    assert [row[0] for row in rows(client, "TOTALDUE", where=compare("equalto", "SYMBOL", "APJ"))] == ["6.00", "6.00"]
    legacy = "<readByQuery><object>GLDETAIL</object><fields>RECORDNO,AMOUNT</fields><query>MODULEKEY = '3.AP'</query></readByQuery>"
    data = client.one(legacy).data
    assert data is not None
    assert sum(Decimal(row.findtext("AMOUNT") or "") for row in data) == 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=3),
    share=st.integers(1, 99),
    rate=st.sampled_from(["", "1.1", "0.007"]),
)
def test_every_entry_balances_and_what_is_paid_leaves_the_debt(
    client: Client, company: RunningSandbox, amounts: list[int], share: int, rate: str
) -> None:
    number = f"R-{len(company.state('intacct', 'APBILL')) + 1}"
    foreign = {"CURRENCY": "EUR", "EXCHANGE_RATE": rate} if rate else {}
    made = client.one(bill(*(line(f"{cents / 100:.2f}") for cents in amounts), number=number, **foreign))
    assert made.status == "success", made.errors
    (kept,) = [one for one in company.state("intacct", "APBILL") if one["RECORDID"] == number]
    part = (Decimal(kept["TRX_TOTALDUE"]) * share / 100).quantize(Decimal("0.01")) or Decimal("0.01")
    assert client.one(payment(detail(key=kept["RECORDNO"], amount=f"{part}"))).status == "success"
    for batch in company.state("intacct", "GLBATCH"):
        assert sum(int(one["TR_TYPE"]) * Decimal(one["AMOUNT"]) for one in batch["ENTRIES"]) == 0
