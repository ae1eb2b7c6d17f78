"""The oracle sees each wrong that it is there for: a judge that never finds anything proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.books import Books, token
from include.chaos.oracle import Told, Verdict, judge_money, judge_people
from include.chaos.wire import Attempt

REPORT = "00000000-0000-4000-8000-000000000001"
MARK = token("chaos", REPORT)
ANSWER = b"HTTP/1.1 200 OK\r\n\r\n" + (
    b"<response><operation><result><status>%s</status><controlid>c</controlid></result></operation></response>"
)


def report(**changes: Any) -> dict[str, Any]:
    """A processed report: 100.10 owed to the employee, 40.00 on the company's card."""
    line = {
        "EmployeeID": "E1", "Email": "ana@example.com", "Currency": "USD", "DepartmentCode": "30", "ExpenseCategory": "Hotel",
        "ExpenseCategoryGLCode": "6220", "ExpenseDate": "2026-03-01", "Reimbursable": True,
    }  # fmt: skip
    return {
        "ID": REPORT, "EmployeeID": "E1", "FirstName": "Ana", "LastName": "Ruiz", "Processed": True, "ProcessedDate": "2026-03-10",
        "Currency": "USD", "TotalAmount": "140.10", "ReimAmount": "100.10", "NonReimAmount": "40.00", "EmpGLD1Code": "100",
        "Expenses": [
            {**line, "ID": "1", "Amount": "100.10", "ReimAmount": "100.10"},
            {**line, "ID": "2", "Amount": "40.00", "ReimAmount": "0.00", "PaymentCardName": "Corporate Visa", "CCTransactionID": "T1",
             "PostingDate": "2026-03-03"},
        ],
        **changes,
    }  # fmt: skip


def bill(recordno: str = "1", **changes: Any) -> dict[str, Any]:
    line = {
        "ACCOUNTNO": "6220",
        "DEPARTMENTID": "30",
        "LOCATIONID": "100",
        "TRX_AMOUNT": changes.pop("amount", "100.10"),
    }
    return {
        "RECORDNO": recordno, "RECORDID": f"{MARK}-1-001B", "STATE": "Posted", "VENDORID": "E1", "CURRENCY": "USD",
        "WHENPOSTED": "03/10/2026", "WHENCREATED": "03/10/2026", "APBILLITEMS": [line], **changes,
    }  # fmt: skip


def card(**changes: Any) -> dict[str, Any]:
    line = {"ACCOUNTNO": "6220", "DEPARTMENTID": "30", "LOCATIONID": "100", "TRX_AMOUNT": "40.00"}
    return {
        "RECORDNO": "9", "RECORDID": f"{MARK}-1-002C", "STATE": "Posted", "FINANCIALENTITY": "CORP-VISA", "CURRENCY": "USD",
        "WHENCREATED": "03/03/2026", "CCTRANSACTIONENTRIES": [line], **changes,
    }  # fmt: skip


def judged(
    *versions: dict[str, Any],
    bills: Any = (),
    cards: Any = (),
    attempts: Any = (),
    refused: bool = False,
    waiting: Any = None,
    touched: Any = None,
) -> Verdict:
    books = Books(
        vendors=[{"VENDORID": "E1", "NAME": "Ana Ruiz", "VENDTYPE": "Employee", "STATUS": "active"}],
        contacts=[],
        entities=[{"LOCATIONID": "100", "STATUS": "active"}],
        departments=[{"DEPARTMENTID": "30", "STATUS": "active"}],
        accounts=[{"ACCOUNTNO": "6220", "STATUS": "active"}],
        cards=[{"CARDID": "CORP-VISA", "STATUS": "active"}],
        categories=[],
        users=[{"EmployeeID": "E1", "Active": 1}],
        today="2026-03-20",
        inside_entities=False,
    )
    told = Told(
        certify_company="chaos", versions={REPORT: versions or [report()]}, touched=touched or {}, attempts=attempts, kills=[],
        replays_refused=refused, days={"2026-03-10"}, waiting=waiting or {},
    )  # fmt: skip
    return judge_money(books, told, {"APBILL": bills, "CCTRANSACTION": cards})


def wrongs(verdict: Verdict) -> dict[str, int]:
    return {name: len(found) for name, found in verdict.wrongs.items() if found}


def sent(answer: bytes = b"", number: str = f"{MARK}-1-001B") -> Attempt:
    return Attempt(number, "c", 0, answer=bytearray(answer))


def test_what_should_stand_stands():
    verdict = judged(bills=[bill()], cards=[card()])
    assert verdict.fine
    assert verdict.posted == 2


@pytest.mark.parametrize(
    ("bills", "kind"),
    [
        ([], "lost"),
        ([bill(), bill("2")], "posted_twice"),
        ([bill(), bill("2", RECORDID=f"{MARK}-2-001B")], "posted_twice"),
        ([bill(WHENPOSTED="04/01/2026")], "wrong_period"),
    ],
)
def test_each_wrong_of_a_bill(bills, kind):
    assert wrongs(judged(bills=bills, cards=[card()])) == {kind: 1}


@pytest.mark.parametrize("changes", [{"amount": "100.11"}, {"VENDORID": "E2"}, {"CURRENCY": "EUR"}])
def test_another_bill_is_altered_and_the_right_one_lost(changes):
    assert wrongs(judged(bills=[bill(**changes)], cards=[card()])) == {"altered": 1, "lost": 1}


def test_a_report_that_must_wait_was_posted():
    assert wrongs(judged(report(Reimbursed=True), bills=[bill()])) == {"altered": 1}


def test_a_bill_of_no_report():
    assert wrongs(judged(bills=[bill(), bill("2", RECORDID="CAAAAAAAAAA-1-001B")], cards=[card()])) == {"altered": 1}


def test_a_change_after_posting_must_be_told():
    changed = report(TotalAmount="141.10", ReimAmount="101.10")
    changed["Expenses"][0] |= {"Amount": "101.10", "ReimAmount": "101.10"}
    assert wrongs(judged(report(), changed, bills=[bill()], cards=[card()])) == {"altered": 1}
    told = {REPORT: ("held", "changed_after_posting")}
    assert judged(report(), changed, bills=[bill()], cards=[card()], waiting=told).fine
    both = [bill(), bill("2", amount="101.10")]
    assert wrongs(judged(report(), changed, bills=both, cards=[card()], waiting=told)) == {"altered": 1}


def test_what_a_clerk_reversed_is_not_posted_again():
    reversed_ = bill(STATE="Reversed")
    touched = {("APBILL", "1"): bill()}
    assert judged(bills=[reversed_], cards=[card()], touched=touched).fine
    assert wrongs(judged(bills=[reversed_, bill("2")], cards=[card()], touched=touched)) == {"posted_twice": 1}


@pytest.mark.parametrize(
    ("attempts", "refused", "undecidable"),
    [
        ([sent()], False, True),
        ([sent()], True, False),
        ([sent(), sent(), sent()], True, True),
        ([sent(ANSWER % b"failure")], False, False),
        ([], False, False),
    ],
)
def test_only_a_lost_answer_is_undecidable(attempts, refused, undecidable):
    held = {REPORT: ("held", "held_document")}
    verdict = judged(cards=[card()], attempts=attempts, refused=refused, waiting=held)
    assert verdict.fine is undecidable
    # Neither given up too early, nor guessed.
    assert not judged(cards=[card()], attempts=attempts, refused=refused).fine
    if undecidable:
        assert wrongs(verdict) == {}


def test_what_is_there_is_not_in_doubt():
    assert not judged(bills=[bill()], cards=[card()], attempts=[sent()], waiting={REPORT: ("in_doubt", "")}).fine


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (ANSWER % b"success", "accepted"),
        (ANSWER % b"failure", "refused"),
        ((ANSWER % b"success")[:-20], "lost"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>busy</html>", "lost"),
        (b"HTTP/1.1 200 OK\r\n\r\n<response><control><status>failure</status></control></response>", "refused"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<resp\r\n", "lost"),
        (b"", "lost"),
    ],
)
def test_what_an_answer_said(answer, verdict):
    assert sent(answer).verdict == verdict


def people(**after: Any) -> dict[str, int]:
    verdict = Verdict()
    before = [{"ID": "u1", "Email": "ana@example.com", "EmployeeID": "E1", "Active": 1}]
    given = {"employees": [], "users": before, "lists": []} | after
    judge_people(
        verdict, before=before, after=given["users"], employees=given["employees"], lists_before=[], lists_after=given["lists"],
        today="2026-03-20",
    )  # fmt: skip
    return wrongs(verdict)


def test_users_twice():
    twin = {"ID": "u2", "Email": "Ana@example.com", "EmployeeID": "", "Active": 1}
    assert people() == {}
    assert people(users=[{"ID": "u1", "Email": "ana@example.com", "EmployeeID": "E1", "Active": 1}, twin]) == {
        "users_twice": 1
    }
    assert people(lists=[{"ID": "a", "Code": "30", "Active": 1}, {"ID": "b", "Code": "30", "Active": 1}]) == {
        "users_twice": 1
    }


@pytest.mark.parametrize(
    ("employees", "wrong"),
    [
        ([], 1),
        ([{"EMPLOYEEID": "E1", "STATUS": "active"}], 1),
        ([{"EMPLOYEEID": "E1", "STATUS": "active", "ENDDATE": "12/31/2026"}], 1),
        ([{"EMPLOYEEID": "E1", "STATUS": "active", "ENDDATE": "03/01/2026"}], 0),
        ([{"EMPLOYEEID": "E1", "STATUS": "inactive"}], 0),
        (
            [
                {"EMPLOYEEID": "E1", "STATUS": "inactive"},
                {"EMPLOYEEID": "E2", "PERSONALINFO.EMAIL1": "ana@example.com"},
            ],
            1,
        ),
    ],
)
def test_absence_deactivates_nobody(employees, wrong):
    gone = [{"ID": "u1", "Email": "ana@example.com", "EmployeeID": "E1", "Active": 0}]
    assert people(users=gone, employees=employees) == ({"wrongly_deactivated": 1} if wrong else {})
