"""A trip as exports of expenses have them, with totals that were added up by hand: to the cent, account by account, in Intacct.

Three per diems that are alike, mileage, a tip, a taxi in euros, a dinner above what is paid back, a printer's invoice over three
departments, something that was given back; and on the card a hotel with its tax and a private minibar, a flight with its bag, and a
night that the hotel credits.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from certify_intacct.operators.reconcile import ReconcileOperator
from tests.expense_company import Company

MEALS = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}


def own(amount: str, reim: str = "", **changes: str) -> dict[str, Any]:
    return {"Amount": amount, "ReimAmount": reim or amount, **changes}


def by_card(amount: str, charge: str, **changes: str) -> dict[str, Any]:
    return {"Amount": amount, "ReimAmount": "0", "CCTransactionID": charge, **changes}


TRIP = (
    *(own("59.00", **MEALS, Vendor="Per diem") for _ in range(3)),
    own("24.24", Reason="37 miles at 0.655"),
    own("0.66", Reason="1 mile at 0.655, as Certify rounds"),
    own("48.20", **MEALS),
    own("9.64", **MEALS, Reason="Tip"),
    own("25.51", SubmittedAmount="23.40", SubmittedCurrency="EUR", Vendor="Taxi"),
    {**own("80.00", "75.00", **MEALS), "PaymentCardName": "", "CCLast": "", "CCTransactionID": ""},
    *(own(amount, DepartmentCode=code, Vendor="Printer") for amount, code in (("33.33", "30"), ("33.33", "40"), ("33.34", "50"))),
    own("-15.00", Reason="Cable, given back"),
    own("0.00"),
    by_card("189.00", "T-1"),
    by_card("24.57", "T-1", Reason="Room tax"),
    by_card("12.50", "T-1", ExpenseCategory="Private", ExpenseCategoryGLCode="6300", Reason="Minibar"),
    by_card("412.60", "T-2"),
    by_card("35.00", "T-3"),
    by_card("-189.00", "T-9", Reason="A night that was not slept"),
)  # fmt: skip


def test_a_trip_is_in_intacct_as_it_was_added_up_by_hand(company: Company):
    departments = [{"DEPARTMENTID": code, "TITLE": code, "STATUS": "active"} for code in ("40", "50")]
    company.sandbox.load("intacct", "DEPARTMENT", departments)
    company.sandbox.load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "1300", "TITLE": "Employees", "STATUS": "active"}])
    company.configure(
        policies={"personal": "account", "personal_account": "1300"}, credits={"company_paid": "negative"}
    )
    report = company.report(1, *TRIP)
    (header,) = company.sandbox.state("certify", "expensereports")
    assert [header[name] for name in ("TotalAmount", "ReimAmount", "NonReimAmount")] == ["934.92", "445.25", "489.67"]
    assert company.sync() == {"applied": 1}
    assert company.held() == {}

    ((bill,),) = company.bills().values()
    assert (bill["VENDORID"], bill["TRX_TOTALENTERED"]) == ("E-1007", "445.25")
    assert added(bill["APBILLITEMS"]) == {
        ("6300", "30"): Decimal("309.84"), ("6220", "30"): Decimal("68.74"), ("6220", "40"): Decimal("33.33"),
        ("6220", "50"): Decimal("33.34"),
    }  # fmt: skip
    charges = [one for (one,) in company.card_transactions().values()]
    assert {one["FINANCIALENTITY"] for one in charges} == {"CORP-VISA"}
    assert {one["TRX_TOTALENTERED"]: added(one["CCTRANSACTIONENTRIES"]) for one in charges} == {
        "226.07": {("6220", "30"): Decimal("213.57"), ("1300", "30"): Decimal("12.50")},
        "412.60": {("6220", "30"): Decimal("412.60")},
        "35.00": {("6220", "30"): Decimal("35.00")},
        "-189.00": {("6220", "30"): Decimal("-189.00")},
    }

    load, run = company.plan()
    assert company.load(load, run) == {}
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run) == {"holds": True, "reports": 1}
    rows = company.sql("SELECT payer, bucket, amount FROM ops.reconciliation WHERE load_id = %s", load)
    assert {(row["payer"], row["bucket"]): row["amount"] for row in rows} == {
        ("employee", "in_gl"): Decimal("445.25"), ("company", "in_gl"): Decimal("484.67"),
        ("company", "skipped: unpaid_part"): Decimal("5.00"),
    }  # fmt: skip
    assert company.waiting(report) == []


def added(lines: list[dict[str, Any]]) -> dict[tuple[str, str], Decimal]:
    """What each account got, by department; all of it lies in the report's entity."""
    assert {line["LOCATIONID"] for line in lines} == {"100"}
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        found[line["ACCOUNTNO"], line["DEPARTMENTID"]] += Decimal(line["TRX_AMOUNT"])
    return dict(found)
