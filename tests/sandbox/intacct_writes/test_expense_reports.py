"""Expense reports: create_expensereport, update_expensereport, reverse_expensereport, generic delete."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox

DATE = "<year>2026</year><month>11</month><day>15</day>"


def expense(
    amount: str = "45.34", what: str = "<expensetype>Airfare</expensetype>", extra: str = "", tail: str = ""
) -> str:
    """One expense; `extra` stands after the amount, `tail` after the location."""
    money = f"<amount>{amount}</amount>" if amount else ""
    return f"<expense>{what}{money}{extra}<memo>Flight</memo><locationid>US</locationid>{tail}</expense>"


def report(*expenses: str, employee: str = "E1", date: str = DATE, fields: str = "") -> str:
    """A create_expensereport, its elements in no particular order."""
    return (
        f"<create_expensereport><datecreated>{date}</datecreated><employeeid>{employee}</employeeid>{fields}"
        f"<expenses>{''.join(expenses or (expense(),))}</expenses></create_expensereport>"
    )


def test_a_report_is_kept_submitted_and_numbered(client: Client, company: RunningSandbox) -> None:
    done = client.one(
        report(
            expense("10"),
            expense("5.5", "<glaccountno>6220</glaccountno>", tail="<exppmttype>Company card</exppmttype>"),
        )
    )
    assert (done.status, done.key) == ("success", "1"), done.errors
    (kept,) = company.state("intacct", "EEXPENSES")
    assert (kept["RECORDID"], kept["STATE"], kept["EMPLOYEEID"], kept["EMPLOYEENAME"]) == (
        "EXP-00001",
        "Submitted",
        "E1",
        "Ann Smith",
    )
    assert (kept["TOTALENTERED"], kept["TOTALDUE"], kept["NR_TOTALENTERED"]) == ("15.50", "10.00", "5.50")
    first, second = kept["EEXPENSESITEMS"]
    assert (first["ACCOUNTLABEL"], first["GLACCOUNTNO"], first["ENTRYDESCRIPTION"]) == ("Airfare", "6220", "Flight")
    assert (second["NONREIMBURSABLE"], second["ENTRY_DATE"]) == ("true", "11/15/2026")


def test_states(client: Client, company: RunningSandbox) -> None:
    client.one(report(fields="<state>Draft</state>"))
    company.settings(expense_approval=False)
    client.one(report())
    assert [one["STATE"] for one in company.state("intacct", "EEXPENSES")] == ["Draft", "Approved"]
    assert client.one(report(fields="<state>Paid</state>")).first == "State 'Paid' is not valid."


REFUSALS = [
    (report(employee="E9"), "The employee 'E9' is invalid."),
    (report(employee="E2"), "The employee 'E2' is invalid."),
    (
        report(date="<year>2019</year><month>1</month><day>5</day>"),
        "Cannot create expense before employee joining date 01/01/2020",
    ),
    (report(expense("")), "Remove the extra line item in the request, then reclassify the bill."),
    (report(expense("-1")), "The total of an expense report cannot be negative."),
    (report(expense(what="<expensetype>Golf</expensetype>")), "Invalid Expense Type 'Golf' specified."),
    (
        report(expense(what="<glaccountno>6230</glaccountno>")),
        "This transaction is missing the Department dimension for the Account 6230",
    ),
    (
        report(expense(extra="<currency>EUR</currency>")),
        "Required field Exchange rate type or Exchange rate is missing",
    ),
]


def test_refusals(client: Client, company: RunningSandbox) -> None:
    answers = [client.one(function) for function, _ in REFUSALS]
    assert [(one.status, one.errors and one.first) for one in answers] == [("failure", text) for _, text in REFUSALS]
    for done in answers:
        assert [text for _, text in done.errors][-2:] == [
            "Currently, we can't create the transaction",
            "Could not create eexpenses record.",
        ]
        assert done.key == ""
    assert company.state("intacct", "EEXPENSES") == []


def test_expenses_in_other_currencies(client: Client, company: RunningSandbox) -> None:
    foreign = "<currency>EUR</currency><trx_amount>100</trx_amount><exchrate>1.1</exchrate>"
    assert client.one(report(expense("", extra=foreign), expense("10"))).status == "success"
    kept = company.state("intacct", "EEXPENSES")[0]
    assert (kept["TOTALENTERED"], kept["BASECURR"], kept["CURRENCY"]) == ("120.00", "USD", "USD")
    assert (kept["EEXPENSESITEMS"][0]["TRX_AMOUNT"], kept["EEXPENSESITEMS"][0]["AMOUNT"]) == ("100.00", "110.00")


def test_update_changes_a_line_and_adds_one(client: Client, company: RunningSandbox) -> None:
    client.one(report(expense("10"), expense("20")))
    done = client.one(
        '<update_expensereport key="1"><description>Changed</description><updateexpenses>'
        '<updateexpense line_num="2"><amount>25</amount></updateexpense>'
        + expense("1")
        + "</updateexpenses></update_expensereport>"
    )
    assert (done.status, done.key) == ("success", "1"), done.errors
    kept = company.state("intacct", "EEXPENSES")[0]
    assert (kept["DESCRIPTION"], kept["TOTALENTERED"]) == ("Changed", "36.00")
    assert [one["TRX_AMOUNT"] for one in kept["EEXPENSESITEMS"]] == ["10.00", "25.00", "1.00"]
    company.act("approve", record="1", object="EEXPENSES")
    done = client.one('<update_expensereport key="1"><description>Late</description></update_expensereport>')
    assert done.first == "The expense report is approved and cannot be changed."


def test_numbers_are_used_once(client: Client, company: RunningSandbox) -> None:
    numbered = report(fields="<expensereportno>X-1</expensereportno>")
    assert client.one(numbered).status == "success"
    assert client.one(numbered).first == "Another Expense Report with the given value(s) X-1  already exists"
    company.settings(duplicate_expense_report_number="accept")
    assert client.one(numbered).status == "success"


def test_delete_reverse_and_generic_create(client: Client, company: RunningSandbox) -> None:
    client.send(report(), report())
    assert client.one("<delete><object>EEXPENSES</object><keys>1</keys></delete>").status == "success"
    done = client.one(f'<reverse_expensereport key="2"><datereversed>{DATE}</datereversed></reverse_expensereport>')
    assert done.status == "success", done.errors
    assert [one["STATE"] for one in company.state("intacct", "EEXPENSES")] == ["Reversed", "Reversal"]
    done = client.one("<create><EEXPENSES><EMPLOYEEID>E1</EMPLOYEEID></EEXPENSES></create>")
    assert (done.status, done.corrections[0]) == ("failure", "Use create_expensereport instead.")
