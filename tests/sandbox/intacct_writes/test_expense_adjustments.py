"""Expense adjustments through the gateway: create_expenseadjustmentreport, its kin, and what nobody publishes of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox.intacct_writes.test_adjustments import entries
from tests.sandbox_fixture import RunningSandbox

OBJECT = "EXPENSEADJUSTMENTS"
DATE = "<year>2026</year><month>11</month><day>15</day>"


def item(amount: str = "42.10", extra: str = "", place: str = "US", tail: str = "") -> str:
    """One expenseadjustment; `extra` stands after the amount, `tail` after the location."""
    located = f"<locationid>{place}</locationid>" if place else ""
    return (
        f"<expenseadjustment><glaccountno>6220</glaccountno><amount>{amount}</amount>{extra}<memo>Hotel</memo>{located}{tail}"
        "</expenseadjustment>"
    )


def adjustment(*items: str, employee: str = "E1", number: str = "A-1", date: str = DATE, after: str = "") -> str:
    """A create_expenseadjustmentreport; `after` stands behind its lines."""
    named = f"<adjustmentno>{number}</adjustmentno>" if number else ""
    return (
        f"<create_expenseadjustmentreport><employeeid>{employee}</employeeid><datecreated>{date}</datecreated>{named}"
        f"<docnumber>R-7</docnumber><description>Refund</description><expenseadjustments>{''.join(items or (item(),))}"
        f"</expenseadjustments>{after}</create_expenseadjustmentreport>"
    )


def test_an_adjustment_is_kept_and_answered_with_its_key(client: Client, company: RunningSandbox) -> None:
    done = client.one(adjustment(item("40"), item("2.50")))
    assert (done.status, done.key, done.data) == ("success", "1", None), done.errors
    (kept,) = company.state("intacct", OBJECT)
    assert (kept["EMPLOYEEID"], kept["EMPLOYEENAME"], kept["RECORDID"], kept["DOCNUMBER"]) == (
        "E1", "Ann Smith", "A-1", "R-7",
    )  # fmt: skip
    assert (kept["TRX_TOTALENTERED"], kept["STATE"], kept["WHENPOSTED"], kept["CURRENCY"]) == (
        "42.50", "Posted", "11/15/2026", "USD",
    )  # fmt: skip
    assert [(one["GLACCOUNTNO"], one["AMOUNT"], one["ENTRYDESCRIPTION"]) for one in kept[f"{OBJECT}ITEMS"]] == [
        ("6220", "40.00", "Hotel"), ("6220", "2.50", "Hotel"),
    ]  # fmt: skip


REFUSALS = [
    (adjustment(employee="E9"), "The employee 'E9' is invalid."),
    (adjustment(date="<year>2019</year><month>1</month><day>5</day>"), "Cannot create expense before employee joining date"),
    (adjustment(number=""), "Adjustment number"),
    (adjustment(item(place="")), "Use of empty Location is invalid. A valid Multi-Entity Location must be specified."),
    (adjustment(item(tail="<projectid>10064</projectid>")), "Invalid Project '10064' specified."),
    (adjustment(after="<supdocid>NONE</supdocid>"), "Invalid Attachment 'NONE' specified."),
]  # fmt: skip


def test_refusals(client: Client, company: RunningSandbox) -> None:
    for function, text in REFUSALS:
        done = client.one(function)
        assert (done.status, text in done.first) == ("failure", True), (function, done.errors)
    assert company.state("intacct", OBJECT) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        adjustment().replace("<amount>42.10</amount>", ""),
        adjustment(item(tail="<paidfor>Night</paidfor>")),
        adjustment().replace("<description>", "<state>Draft</state><description>"),
    ],
)
def test_what_the_schema_does_not_know_refuses_the_request(client: Client, spoilt: str) -> None:
    assert client.one(spoilt).status == "control"


@pytest.mark.parametrize("shown", ["as_entered", "owed"])
@pytest.mark.parametrize("lowers", ["negative", "positive"])
def test_what_lowers_what_the_employee_gets_is_a_setting_and_so_is_how_it_is_shown(
    client, company, lowers, shown
) -> None:
    company.settings(expense_adjustment_lowers=lowers, expense_adjustment_amounts=shown, gl_trace=True)
    sign = -1 if lowers == "negative" else 1
    assert client.one(adjustment(item(str(10 * sign)))).status == "success"
    (kept,) = company.state("intacct", OBJECT)
    seen = Decimal(-10) if shown == "owed" else Decimal(10 * sign)
    assert (Decimal(kept["TRX_TOTALENTERED"]), Decimal(kept[f"{OBJECT}ITEMS"][0]["TRX_AMOUNT"])) == (seen, seen)
    # Whatever it shows, what is owed is debited and the expense is credited.
    assert entries(company) == [("2000", Decimal(10)), ("6220", Decimal(-10))]


@pytest.mark.parametrize("shown", ["as_entered", "owed"])
def test_a_change_keeps_what_it_does_not_name(client: Client, company: RunningSandbox, shown: str) -> None:
    company.settings(expense_adjustment_lowers="positive", expense_adjustment_amounts=shown)
    client.one(adjustment(item("40"), item("2")))
    changed = (
        '<update_expenseadjustmentreport key="1"><description>Other</description><updateexpenseadjustments>'
        '<updateexpenseadjustment line_num="2"><amount>3</amount></updateexpenseadjustment></updateexpenseadjustments>'
        "</update_expenseadjustmentreport>"
    )
    assert client.one(changed).status == "success"
    (kept,) = company.state("intacct", OBJECT)
    total = 43 if shown == "as_entered" else -43
    assert (kept["DESCRIPTION"], kept["RECORDID"], Decimal(kept["TRX_TOTALENTERED"])) == ("Other", "A-1", total)


def test_numbers_rights_and_closed_books(client: Client, company: RunningSandbox) -> None:
    assert client.one(adjustment()).status == "success"
    assert client.one(adjustment()).status == "failure"
    company.settings(duplicate_adjustment_number="accept", numbering=[OBJECT])
    assert client.one(adjustment()).status == "success"
    assert client.one(adjustment(number="")).status == "success"
    assert [one["RECORDID"] for one in company.state("intacct", OBJECT)] == ["A-1", "A-1", "EXPADJ-00001"]
    company.settings(permissions_denied={"*": {OBJECT: ["CREATE"]}})
    assert client.one(adjustment(number="A-5")).errors[0][0] == "PL04000005"
    company.settings(permissions_denied={})
    company.act("close_period", date="2026-11-30", subledger="EE")
    assert client.one(adjustment(number="A-6")).status == "failure"
    company.act("open_period")
    company.act("close_period", date="2026-11-30", subledger="AP")
    assert client.one(adjustment(number="A-6")).status == "success"


def test_it_is_read_deleted_and_not_made_by_the_generic_functions(client: Client, company: RunningSandbox) -> None:
    client.send(adjustment(), adjustment(number="A-2"), adjustment(number="A-3"))
    query = (
        f"<query><object>{OBJECT}ITEM</object><select><field>{OBJECT}.RECORDID</field></select><filter><equalto>"
        "<field>RECORDKEY</field><value>2</value></equalto></filter></query>"
    )
    read = f"<read><object>{OBJECT}</object><keys>2</keys><fields>*</fields></read>"
    by_query = f"<readByQuery><object>{OBJECT}</object><fields>EMPLOYEEID</fields><query>RECORDID = 'A-2'</query></readByQuery>"
    described = (
        f"<lookup><object>{OBJECT}</object></lookup>",
        f'<inspect detail="1"><object>{OBJECT}</object></inspect>',
    )
    answers = client.send(query, read, by_query, *described)
    assert {one.status for one in answers} == {"success"}
    assert [one.findtext(f"{OBJECT}.RECORDID") for one in answers[0].data] == ["A-2"]
    assert [one.findtext("EMPLOYEEID") for one in answers[2].data] == ["E1"]
    generic = client.one(f"<create><{OBJECT}><EMPLOYEEID>E1</EMPLOYEEID></{OBJECT}></create>")
    assert generic.status == "failure"
    gone = client.send(
        f"<delete><object>{OBJECT}</object><keys>2</keys></delete>", '<delete_expenseadjustmentreport key="3"/>'
    )
    assert {one.status for one in gone} == {"success"}
    assert [one["RECORDID"] for one in company.state("intacct", OBJECT)] == ["A-1"]


def test_clerks_approve_pay_and_reverse_it(client: Client, company: RunningSandbox) -> None:
    company.settings(expense_adjustment_lowers="positive", expense_adjustment_state="Submitted", gl_trace=True)
    client.send(adjustment(), adjustment(number="A-2"), adjustment(number="A-3"))
    company.act("approve", object=OBJECT, record="1")
    company.act("decline", object=OBJECT, record="2")
    assert entries(company) == [("2000", Decimal("42.10")), ("6220", Decimal("-42.10"))]
    company.act("submit", object=OBJECT, record="2")
    company.act("pay", object=OBJECT, record="1")
    company.act("reverse", object=OBJECT, record="3")
    states = {one["RECORDID"]: one["STATE"] for one in company.state("intacct", OBJECT)}
    assert states == {"A-1": "Paid", "A-2": "Submitted", "A-3": "Reversed", "Reversed - A-3": "Reversal"}


def test_what_was_spent_in_another_currency_keeps_its_sign(client: Client, company: RunningSandbox) -> None:
    company.settings(expense_adjustment_lowers="positive", expense_adjustment_amounts="owed")
    spent = "<currency>EUR</currency><trx_amount>9</trx_amount><exchrate>1.5</exchrate>"
    assert client.one(adjustment(item("13.50", spent))).status == "success"
    (line,) = company.state("intacct", OBJECT)[0][f"{OBJECT}ITEMS"]
    assert (line["ORG_CURRENCY"], Decimal(line["ORG_AMOUNT"]), Decimal(line["TRX_AMOUNT"])) == (
        "EUR", Decimal(-9), Decimal("-13.50"),
    )  # fmt: skip
