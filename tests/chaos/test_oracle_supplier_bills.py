"""The oracle knows an invoice's bill by the number in its reference, and sees each wrong of it."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.books import token
from include.chaos.choices import Choices
from include.chaos.invoices import MARK
from include.chaos.kinds import COMPANY, EMPLOYEE, kind_of_number
from include.chaos.oracle import Told, Verdict, judge_money
from include.chaos.oracle_recovery import Memory
from include.chaos.varieties import Varieties
from include.chaos.varieties.texts import VARIETIES
from tests.chaos.test_oracle import world, wrongs

REPORT = f"{MARK}00000000-0000-4000-b000-000000000001"
AGAIN = f"{MARK}00000000-0000-4000-b000-000000000002"
NUMBER = f"{token('chaos', REPORT)}-1-001S"


def invoices(*lines: dict[str, Any], identity: str = REPORT, **changes: Any) -> dict[str, Any]:
    """An invoice report as the judge sees it: one invoice over 40.00."""
    line = {
        "EmployeeID": "E1", "Email": "ana@example.com", "Currency": "USD", "DepartmentCode": "30", "ExpenseCategory": "Hotel",
        "ExpenseCategoryGLCode": "6220", "ExpenseDate": "2026-03-01", "InvoiceDate": "2026-03-01", "DueDate": "2026-03-31",
        "Reimbursable": False, "ReimAmount": "0", "Amount": "40.00", "InvoiceNumber": "7", "VendorCode": "20003", "PONumber": "PO 1",
        "VendorName": "Acme", "Vendor": "Acme", "Reason": "",
    }  # fmt: skip
    expenses = [{**line, "ID": str(place), **own} for place, own in enumerate(lines or [{}])]
    total = str(sum(float(one["Amount"]) for one in expenses))
    return {
        "ID": identity, "EmployeeID": "E1", "FirstName": "Ana", "LastName": "Ruiz", "Processed": True, "ProcessedDate": "2026-03-10",
        "Currency": "USD", "TotalAmount": total, "ReimAmount": "0", "NonReimAmount": total, "EmpGLD1Code": "100", "ApprovalCode": "9",
        "ExpenseReportName": "March", "Expenses": expenses, **changes,
    }  # fmt: skip


def bill(recordno: str = "1", **changes: Any) -> dict[str, Any]:
    line = {
        "ACCOUNTNO": "6220", "DEPARTMENTID": "30", "LOCATIONID": "100", "TRX_AMOUNT": changes.pop("amount", "40.00"),
        "ENTRYDESCRIPTION": "Hotel",
    }  # fmt: skip
    return {
        "RECORDNO": recordno, "RECORDID": "7", "DOCNUMBER": NUMBER, "STATE": "Posted", "VENDORID": "20003", "CURRENCY": "USD",
        "WHENPOSTED": "03/01/2026", "WHENCREATED": "03/01/2026", "WHENDUE": "03/31/2026",
        "APBILLITEMS": [line],
        "DESCRIPTION": "9 7 PO PO 1 Acme: March", **changes,
    }  # fmt: skip


def judged(
    *bills: Any, reports: Any = None, waiting: Any = (), again: Any = None, posted: bool = True, texts: Any = None
) -> Verdict:
    kinds = {EMPLOYEE: kind_of_number("B"), COMPANY: kind_of_number("C")}
    choices = Choices(kinds, varieties=Varieties(invoices=posted, texts=texts))
    told = Told(
        certify_company="chaos", versions={one["ID"]: [one] for one in reports or [invoices()]}, touched={}, attempts=(), kills=(),
        memory=Memory(False), days={"2026-03-10"}, waiting=dict.fromkeys(waiting, ""), again=again or {},
    )  # fmt: skip
    return judge_money([world(choices=choices)], told, {"APBILL": bills, "CCTRANSACTION": [], "GLBATCH": []})


def test_what_should_stand_stands_in_its_words():
    verdict = judged(bill(), texts=VARIETIES[0])
    assert verdict.fine
    assert verdict.documents == {"APBILL": 1}
    assert wrongs(judged(bill(DESCRIPTION="9 8 PO PO 1 Acme: March"), texts=VARIETIES[0])) == {"altered": 1}


@pytest.mark.parametrize(
    ("bills", "found"),
    [
        ([], {"lost": 1}),
        ([bill(), bill("2")], {"posted_twice": 1}),
        ([bill(), bill("2", DOCNUMBER=NUMBER.replace("-1-", "-2-"))], {"posted_twice": 1}),
        ([bill(WHENPOSTED="04/01/2026")], {"wrong_period": 1}),
        # Posted another day, it has the supplier's days all the same.
        ([bill(WHENCREATED="03/10/2026")], {"altered": 1, "lost": 1}),
        ([bill(WHENDUE="04/09/2026")], {"altered": 1, "lost": 1}),
        ([bill(WHENDUE="")], {"altered": 1, "lost": 1}),
        ([bill(amount="40.01")], {"altered": 1, "lost": 1}),
        ([bill(VENDORID="20004")], {"altered": 1, "lost": 1}),
        ([bill(RECORDID="8")], {"altered": 1, "lost": 1}),
        # Under our number in the place of the supplier's it would be found by nobody.
        ([bill(RECORDID=NUMBER, DOCNUMBER=token("chaos", REPORT))], {"altered": 1, "lost": 1}),
    ],
)
def test_each_wrong_of_it(bills, found):
    assert wrongs(judged(*bills)) == found


def test_where_invoices_are_not_read_none_is_posted():
    assert judged(posted=False).fine
    assert wrongs(judged(bill(), posted=False)) == {"altered": 1}


def test_supplier_and_number_make_an_invoice():
    two = [invoices({}, {"VendorCode": "20004", "Amount": "2.50"})]
    other = bill("2", VENDORID="20004", amount="2.50", DOCNUMBER=NUMBER.replace("001S", "002S"))
    assert judged(bill(), other, reports=two).fine
    together = bill()
    together["APBILLITEMS"].append({**together["APBILLITEMS"][0], "TRX_AMOUNT": "2.50"})
    assert not judged(together, reports=two).fine
    one = [invoices({}, {"Amount": "2.50"})]
    assert judged(together, reports=one).fine


@pytest.mark.parametrize(
    "lines",
    [
        [{"VendorCode": "29999"}],
        [{"VendorCode": "E1"}],
        [{"InvoiceNumber": ""}],
        [{"InvoiceDate": ""}],
        [{"Amount": "-40.00"}],
        [{}, {"PONumber": "PO 2"}],
        [{}, {}],
    ],
)
def test_what_has_to_wait(lines):
    reports = [invoices(*lines)]
    assert judged(reports=reports, waiting=[REPORT]).fine
    assert not judged(bill(VENDORID=lines[0].get("VendorCode", "20003")), reports=reports, waiting=[REPORT]).fine


def test_one_that_is_handed_in_again_is_posted_once():
    reports = [invoices(), invoices(identity=AGAIN)]
    second = bill("2", DOCNUMBER=f"{token('chaos', AGAIN)}-1-001S")
    again = {AGAIN: REPORT}
    assert judged(bill(), reports=reports, waiting=[AGAIN], again=again).fine
    assert judged(second, reports=reports, waiting=[REPORT], again=again).fine
    assert wrongs(judged(bill(), second, reports=reports, again=again)) == {"posted_twice": 1}
