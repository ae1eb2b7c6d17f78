"""Expense reports in three currencies: what was spent, what is paid back, and what is booked."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox.intacct_writes.test_expense_reports import expense, report
from tests.sandbox_fixture import RunningSandbox

IN_EUROS = "<currency>EUR</currency>"
# In the sandbox a euro is 1.08, a Canadian dollar 0.73 of a common currency.
PAID_IN_CANADIAN_DOLLARS = "<currency>CAD</currency>"


def line_of(company: RunningSandbox, *names: str, number: int = 0) -> list[str]:
    return [company.state("intacct", "EEXPENSES")[-1]["EEXPENSESITEMS"][number][name] for name in names]


def totals_of(company: RunningSandbox, *names: str) -> list[str]:
    return [company.state("intacct", "EEXPENSES")[-1][name] for name in names]


def foreign(amount: str = "150", spent: str = "100", rate: str = "<exchrate>1.5</exchrate>") -> str:
    return expense(amount, extra=f"{IN_EUROS}<trx_amount>{spent}</trx_amount>{rate}")


@pytest.mark.parametrize(
    ("shown", "trx", "amount"),
    [
        ("reimbursement_base", ("150.00", "CAD"), "109.50"),
        ("spent_base", ("100.00", "EUR"), "109.50"),
        ("spent_reimbursement", ("100.00", "EUR"), "150.00"),
    ],
)
def test_three_currencies(
    client: Client, company: RunningSandbox, shown: str, trx: tuple[str, str], amount: str
) -> None:
    company.settings(expense_line_amounts=shown)
    by_card = expense("10", tail="<exppmttype>Company card</exppmttype>")
    done = client.one(report(foreign(), by_card, fields=f"<basecurr>USD</basecurr>{PAID_IN_CANADIAN_DOLLARS}"))
    assert done.status == "success", done.errors
    assert line_of(company, "TRX_AMOUNT", "CURRENCY", "AMOUNT", "BASECURR") == [*trx, amount, "USD"]
    assert line_of(company, "ORG_AMOUNT", "ORG_CURRENCY", "ORG_EXCHRATE") == ["100.00", "EUR", "1.5"]
    # The second conversion is Intacct's own, with five decimals.
    assert line_of(company, "EXCHANGE_RATE", "EXCH_RATE_TYPE_ID") == ["0.73", "Intacct Daily Rate"]
    assert totals_of(company, "BASECURR", "CURRENCY") == ["USD", "CAD"]
    assert totals_of(company, "TOTALENTERED", "NR_TOTALENTERED", "TOTALDUE") == ["116.80", "7.30", "109.50"]
    assert totals_of(company, "TRX_TOTALENTERED", "NR_TRX_TOTALENTERED", "TRX_TOTALDUE") == [
        "160.00",
        "10.00",
        "150.00",
    ]


@pytest.mark.parametrize("shown", ["reimbursement_base", "spent_base", "spent_reimbursement"])
def test_in_one_currency_there_is_no_difference(client: Client, company: RunningSandbox, shown: str) -> None:
    company.settings(expense_line_amounts=shown)
    client.one(report(expense("12.34")))
    assert line_of(company, "TRX_AMOUNT", "AMOUNT", "ORG_AMOUNT") == ["12.34"] * 3
    assert line_of(company, "CURRENCY", "BASECURR", "ORG_CURRENCY", "EXCHANGE_RATE") == ["USD", "USD", "USD", "1"]


def test_the_amount_that_is_paid_back_is_demanded_or_computed(client: Client, company: RunningSandbox) -> None:
    without = report(foreign(""))
    done = client.one(without)
    assert (done.errors[0][0], done.first) == (
        "BL03002101",
        "Remove the extra line item in the request, then reclassify the bill.",
    )
    company.settings(expense_amount="optional")
    assert client.one(without).status == "success"
    assert totals_of(company, "TOTALENTERED") == ["150.00"]
    # What is stated counts, whatever the rate says.
    assert client.one(report(foreign("149.99"))).status == "success"
    assert totals_of(company, "TOTALENTERED") == ["149.99"]
    company.settings(expense_amount="recomputed")
    assert client.one(report(foreign("149.99"), expense("1"))).status == "success"
    assert totals_of(company, "TOTALENTERED") == ["151.00"]


def test_the_rate_is_stated_or_that_of_the_day(client: Client, company: RunningSandbox) -> None:
    assert client.one(report(foreign(rate=""))).status == "success"
    assert line_of(company, "ORG_EXCHRATE", "ORG_EXCHRATETYPE") == ["1.08", "Intacct Daily Rate"]
    assert line_of(company, "ORG_EXCHRATEDATE", "ORG_AMOUNT") == ["11/15/2026", "100.00"]
    # Without what was spent it is worked out of what is paid back.
    assert client.one(report(expense("108", extra=IN_EUROS))).status == "success"
    assert line_of(company, "ORG_AMOUNT", "ORG_CURRENCY", "AMOUNT") == ["100.00", "EUR", "108.00"]
    unknown = report(foreign(rate="<exchratetype>Weekly</exchratetype>"))
    assert client.one(unknown).status == "failure"
    assert client.one(report(fields="<currency>XXX</currency>")).first == "Currency XXX is not valid."


@pytest.mark.parametrize("shown", ["reimbursement_base", "spent_base", "spent_reimbursement"])
@pytest.mark.parametrize("rate", ["<exchrate>1.5</exchrate>", "<exchratetype>Intacct Daily Rate</exchratetype>", ""])
def test_an_update_keeps_the_amounts_that_it_does_not_change(
    client: Client, company: RunningSandbox, shown: str, rate: str
) -> None:
    company.settings(expense_line_amounts=shown)
    client.one(report(foreign(rate=rate), expense("10"), fields=PAID_IN_CANADIAN_DOLLARS))
    before = company.state("intacct", "EEXPENSES")[0]
    done = client.one(
        '<update_expensereport key="1"><updateexpenses><updateexpense line_num="2"><amount>12</amount></updateexpense>'
        "</updateexpenses></update_expensereport>"
    )
    assert done.status == "success", done.errors
    after = company.state("intacct", "EEXPENSES")[0]
    same = ("TRX_AMOUNT", "AMOUNT", "CURRENCY", "ORG_AMOUNT", "ORG_CURRENCY", "ORG_EXCHRATE", "ORG_EXCHRATETYPE")
    first, was = after["EEXPENSESITEMS"][0], before["EEXPENSESITEMS"][0]
    assert [first[name] for name in same] == [was[name] for name in same]
    assert (after["TRX_TOTALENTERED"], after["EEXPENSESITEMS"][1]["ORG_AMOUNT"]) == ("162.00", "12.00")


def test_an_update_of_the_rate_or_of_the_currency(client: Client, company: RunningSandbox) -> None:
    client.one(report(foreign(rate="")))
    line = (
        '<update_expensereport key="1"><updateexpenses><updateexpense line_num="1">{}</updateexpense></updateexpenses>'
    )
    update = line + "</update_expensereport>"
    assert client.one(update.format("<exchrate>1.4</exchrate>")).status == "success"
    assert line_of(company, "ORG_EXCHRATE", "ORG_EXCHRATETYPE", "ORG_CURRENCY") == ["1.4", "", "EUR"]
    assert client.one(update.format("<currency>GBP</currency>")).status == "success"
    assert line_of(company, "ORG_EXCHRATE", "ORG_CURRENCY", "TRX_AMOUNT") == ["1.27", "GBP", "150.00"]


def test_a_clerk_changes_what_is_paid_back(client: Client, company: RunningSandbox) -> None:
    by_card = expense("10", tail="<exppmttype>Company card</exppmttype>")
    client.one(report(foreign(), by_card, fields=PAID_IN_CANADIAN_DOLLARS))
    company.act("edit_document", object="EEXPENSES", record="1", amount="200", line=1)
    assert line_of(company, "TRX_AMOUNT", "AMOUNT", "ORG_AMOUNT") == ["200.00", "146.00", "100.00"]
    assert totals_of(company, "TOTALENTERED", "TRX_TOTALENTERED", "TRX_TOTALDUE") == ["153.30", "210.00", "200.00"]
    company.act("edit_document", object="EEXPENSES", record="1", amount="20", line=2)
    assert totals_of(company, "TRX_TOTALENTERED", "TRX_TOTALDUE", "NR_TRX_TOTALENTERED") == [
        "220.00",
        "200.00",
        "20.00",
    ]


def test_what_the_fields_mean_is_told_by_the_gateway_too(client: Client, company: RunningSandbox) -> None:
    client.one(report(foreign()))
    done = client.one(
        "<query><object>EEXPENSESITEM</object><select><field>ORG_AMOUNT</field><field>ORG_CURRENCY</field>"
        "<field>TRX_AMOUNT</field><field>NR_AMOUNT</field></select></query>"
    )
    assert done.data is not None
    assert [cell.text for cell in done.data[0]] == ["100.00", "EUR", "150.00", "0.00"]
    done = client.one("<readByQuery><object>EEXPENSESITEM</object><fields>*</fields><query></query></readByQuery>")
    assert done.data is not None
    assert not [cell.tag for cell in done.data[0] if cell.tag.startswith("_")]
