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
        report(expense(extra="<currency>EUR</currency><exchratetype>Average</exchratetype><exchrate>1.1</exchrate>")),
        "Exchange rate type and exchange rate cannot be given together.",
    ),
    (report(fields="<supdocid>NONE</supdocid>"), "Invalid Attachment 'NONE' specified."),
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


def test_what_the_texts_are_read_as(client: Client, company: RunningSandbox) -> None:
    written = expense(what="<glaccountno>6220</glaccountno>").replace(
        "<memo>", "<memo>Rail & Co: ".replace("&", "&amp;")
    )
    written = written.replace("</memo>", "</memo><paidfor>Train to Lyon</paidfor>")
    client.one(report(written, fields="<description>Visit</description><memo>Note</memo>"))
    (kept,) = company.state("intacct", "EEXPENSES")
    line = kept["EEXPENSESITEMS"][0]
    assert (line["ENTRYDESCRIPTION"], line["DESCRIPTION2"]) == ("Rail & Co: Flight", "Train to Lyon")
    assert (kept["DESCRIPTION"], kept["MEMO"]) == ("Visit", "Note")


def test_the_order_of_an_expense_is_fixed_and_a_task_needs_its_project(client: Client, company: RunningSandbox) -> None:
    for wrong in (
        expense(tail="<taskid>T1</taskid>"),
        expense(tail="<costtypeid>C</costtypeid>"),
        expense(tail="<memo>After the location</memo>"),
        expense(tail="<exppmttype>Company card</exppmttype><billable>false</billable>"),
    ):
        done = client.one(report(wrong))
        assert (done.status, done.errors[0][0]) == ("control", "XL03000003"), wrong
    right = expense(tail="<projectid>P1</projectid><taskid>T1</taskid><billable>true</billable>")
    assert client.one(report(right)).status == "success"
    assert company.state("intacct", "EEXPENSES")[0]["EEXPENSESITEMS"][0]["TASKID"] == "T1"


def test_negative_expenses_stand_within_a_total_that_is_not_below_zero(client: Client, company: RunningSandbox) -> None:
    assert client.one(report(expense("10"), expense("-4"))).status == "success"
    assert client.one(report(expense("4"), expense("-4"))).status == "success"
    company.settings(zero_totals="refuse")
    assert client.one(report(expense("4"), expense("-4"))).first == "The transaction total cannot be zero."
    company.settings(negative_expense_total="accept")
    assert client.one(report(expense("4"), expense("-10"))).status == "success"
    totals = [one["TOTALENTERED"] for one in company.state("intacct", "EEXPENSES")]
    assert totals == ["6.00", "0.00", "-6.00"]


def test_what_the_company_paid_is_not_owed_unless_a_customer_is_billed(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "EXPENSEPAYMENTTYPE", [{"NAME": "Cash", "NONREIMBURSABLE": "false"}])
    by_card, cash = "<exppmttype>Company card</exppmttype>", "<exppmttype>Cash</exppmttype>"
    lines = [
        expense("10", tail=by_card),
        expense("20", tail="<billable>true</billable>" + by_card),
        expense("40", tail=cash),
    ]
    assert client.one(report(*lines)).status == "success"
    (kept,) = company.state("intacct", "EEXPENSES")
    assert [kept[name] for name in ("TOTALENTERED", "TOTALDUE", "NR_TOTALENTERED")] == ["70.00", "60.00", "10.00"]
    assert [one["NR_AMOUNT"] for one in kept["EEXPENSESITEMS"]] == ["10.00", "0.00", "0.00"]
    company.settings(expense_total_entered="reimbursable")
    assert client.one(report(*lines)).status == "success"
    kept = company.state("intacct", "EEXPENSES")[1]
    assert [kept[name] for name in ("TOTALENTERED", "TOTALDUE", "NR_TOTALENTERED")] == ["60.00", "60.00", "10.00"]
    company.act("edit_document", object="EEXPENSES", record="2", amount="15")
    kept = company.state("intacct", "EEXPENSES")[1]
    assert [kept[name] for name in ("TOTALENTERED", "TOTALDUE", "NR_TOTALENTERED")] == ["60.00", "60.00", "15.00"]
    done = client.one(report(expense(tail="<exppmttype>Barter</exppmttype>")))
    assert done.first == "Invalid Expense Payment Type 'Barter' specified."


def test_the_day_of_joining(client: Client, company: RunningSandbox) -> None:
    before = "<expensedate><year>2019</year><month>12</month><day>31</day></expensedate>"
    assert client.one(report(expense(extra=before))).status == "success"
    company.settings(expense_joining_date="expenses")
    done = client.one(report(expense("1"), expense(extra=before)))
    assert done.first == "Cannot create expense before employee joining date 01/01/2020"


def test_numbering_closed_books_and_required_fields(client: Client, company: RunningSandbox) -> None:
    company.settings(numbering=[])
    assert client.one(report()).first == "Required field Expense report number is missing"
    company.settings(numbering=["EEXPENSES"], custom_fields={"EEXPENSES": {"TRIP": {"required": True}}})
    assert client.one(report()).first == "Required field TRIP is missing"
    own = "<customfields><customfield><customfieldname>TRIP</customfieldname><customfieldvalue>T-1</customfieldvalue>"
    assert client.one(report(fields=f"{own}</customfield></customfields>")).status == "success"
    company.settings(custom_fields={})
    company.act("close_period", date="2026-11-30", subledger="AP")
    assert client.one(report()).status == "success"
    company.act("close_period", date="2026-11-30", subledger="EE")
    assert "within a period that's been closed" in client.one(report()).first


def test_a_company_of_several_base_currencies_may_want_them_in_the_entity(
    client: Client, company: RunningSandbox
) -> None:
    in_canada = report(expense().replace("US", "CA"))
    assert client.one(in_canada).status == "success"
    assert company.state("intacct", "EEXPENSES")[0]["BASECURR"] == "CAD"
    assert client.one(report(expense("1"), expense().replace("US", "CA"))).status == "failure"
    company.settings(expense_reports_at_top_level="refuse")
    assert client.one(in_canada).first == "Expense reports can only be entered at the entity level."
    done = client.one(in_canada.replace("<locationid>CA</locationid>", ""), entity="CA")
    assert done.status == "success", done.errors
    assert company.state("intacct", "EEXPENSES")[1]["MEGAENTITYID"] == "CA"


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
