"""The oracle sees each wrong that it is there for: a judge that never finds anything proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from include.chaos.books import Books, token
from include.chaos.choices import Choices
from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS
from include.chaos.lists import Lists
from include.chaos.oracle import Told, Verdict, judge_money
from include.chaos.oracle_recovery import Calendar, InDoubt, Memory
from include.chaos.wire import Attempt

REPORT = "00000000-0000-4000-8000-000000000001"
MARK = token("chaos", REPORT)
ANSWER = b"HTTP/1.1 200 OK\r\n\r\n" + (
    b"<response><operation><result><status>%s</status><controlid>c</controlid></result></operation></response>"
)

REPEATED = (ANSWER % b"failure").replace(b"</status>", b"</status><errorno>XL03000006</errorno>")


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


CARD_VENDORS = [{"VENDORID": number, "VENDTYPE": "Supplier", "STATUS": "active"} for number in ("20003", "20004")]
VENDOR = {"VENDORID": "E1", "NAME": "Ana Ruiz", "VENDTYPE": "Employee", "STATUS": "active"}


def journal(**changes: Any) -> dict[str, Any]:
    """The same charge as a journal: an expense, and what balances it."""
    line = {"ACCOUNTNO": "6220", "DEPARTMENT": "30", "LOCATION": "100", "CURRENCY": "USD", "TRX_AMOUNT": "40.00"}
    return {
        "RECORDNO": "9", "REFERENCENO": f"{MARK}-1-002J", "STATE": "Posted", "JOURNAL": "EEJ", "BATCH_DATE": "03/03/2026",
        "ENTRIES": [{**line, "TR_TYPE": "1"}, {**line, "TR_TYPE": "-1", "ACCOUNTNO": "2050"}], **changes,
    }  # fmt: skip


def world(
    vendor: Any = None, closed: Any = None, inside: bool = False, company: str = "CCTRANSACTION", choices: Any = None
) -> Books:
    kinds = {name: kind for kind in reversed(KINDS) for name in (kind.object, kind.target)}
    lists = Lists(
        vendors=[{**VENDOR, **(vendor or {})}, *CARD_VENDORS],
        employees=[],
        contacts=[],
        entities=[{"LOCATIONID": "100", "STATUS": "active"}],
        departments=[{"DEPARTMENTID": "30", "STATUS": "active"}],
        accounts=[{"ACCOUNTNO": "6220", "STATUS": "active"}, {"ACCOUNTNO": "2050", "STATUS": "active"}],
        cards=[{"CARDID": "CORP-VISA", "STATUS": "active"}],
        categories=[],
        users=[{"EmployeeID": "E1", "Active": 1}],
        today="2026-03-20",
        inside_entities=inside,
    )
    return Books(lists, choices or Choices({EMPLOYEE: kinds["APBILL"], COMPANY: kinds[company]}), closed)


def judged(
    *versions: dict[str, Any],
    worlds: Any = None,
    bills: Any = (),
    cards: Any = (),
    journals: Any = (),
    attempts: Any = (),
    kills: Any = (),
    refused: bool = False,
    memory: Any = None,
    runs: Any = (),
    waiting: Any = (),
    in_doubt: Any = (),
    given_up: Any = 0.0,
    noticed: Any = (),
    touched: Any = None,
    others: Any = None,
) -> Verdict:
    claimed = 1000.0 if runs or given_up else 0.0
    told = Told(
        certify_company="chaos", versions={REPORT: versions or [report()], **(others or {})}, touched=touched or {},
        attempts=attempts, kills=kills, memory=memory or Memory(refused), days={"2026-03-10"},
        waiting=dict.fromkeys(waiting, frozenset[str]()),
        in_doubt={one: {SENT: InDoubt(claimed, given_up)} for one in in_doubt}, noticed=noticed,
        calendar=Calendar(runs, late_seconds=4.0),
    )  # fmt: skip
    return judge_money(worlds or [world()], told, {"APBILL": bills, "CCTRANSACTION": cards, "GLBATCH": journals})


def wrongs(verdict: Verdict) -> dict[str, int]:
    return {name: len(found) for name, found in verdict.wrongs.items() if found}


def sent(answer: bytes = b"", number: str = f"{MARK}-1-001B") -> Attempt:
    return Attempt(number, "c", 0, answer=bytearray(answer))


def zero(second_account: str) -> dict[str, Any]:
    """A report of nothing: what was spent, and the same given back, on one account or two."""
    spent, _ = report()["Expenses"]
    back = {**spent, "ID": "2", "Amount": "-100.10", "ReimAmount": "-100.10", "ExpenseCategoryGLCode": second_account}
    return report(TotalAmount="0", ReimAmount="0", NonReimAmount="0", Expenses=[spent, back])


def of_nothing(second_account: str) -> dict[str, Any]:
    (line,) = bill()["APBILLITEMS"]
    return bill(APBILLITEMS=[line, {**line, "ACCOUNTNO": second_account, "TRX_AMOUNT": "-100.10"}])


def test_a_report_of_nothing_is_posted_where_its_lines_book_something():
    two = zero("2050")
    assert judged(two, bills=[of_nothing("2050")]).fine
    assert wrongs(judged(two)) == {"lost": 1}
    assert judged(two, waiting=[REPORT]).fine, "refused, in a company that takes none"
    assert judged(zero("6220")).fine
    assert wrongs(judged(zero("6220"), bills=[of_nothing("6220")])) == {"altered": 1}


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
    assert wrongs(judged(report(Reimbursed=True), bills=[bill()], cards=[card()])) == {"altered": 1}


def test_a_bill_of_no_report():
    assert wrongs(judged(bills=[bill(), bill("2", RECORDID="CAAAAAAAAAA-1-001B")], cards=[card()])) == {"altered": 1}


def test_a_change_after_posting_must_be_told():
    changed = report(TotalAmount="141.10", ReimAmount="101.10")
    changed["Expenses"][0] |= {"Amount": "101.10", "ReimAmount": "101.10"}
    assert wrongs(judged(report(), changed, bills=[bill()], cards=[card()])) == {"altered": 1}
    assert judged(report(), changed, bills=[bill()], cards=[card()], waiting=[REPORT]).fine
    both = [bill(), bill("2", amount="101.10")]
    assert wrongs(judged(report(), changed, bills=both, cards=[card()], waiting=[REPORT])) == {"altered": 1}


def test_that_it_was_paid_afterwards_needs_no_telling():
    assert judged(report(), report(Reimbursed=True), bills=[bill()], cards=[card()]).fine


def test_what_somebody_reversed_is_noticed_and_not_posted_again():
    reversed_ = bill(STATE="Reversed")
    touched = {("APBILL", "1"): bill()}
    assert judged(bills=[reversed_], cards=[card()], touched=touched, noticed=[bill()["RECORDID"]]).fine
    assert judged(bills=[reversed_], cards=[card()], touched=touched, waiting=[REPORT]).fine
    assert wrongs(judged(bills=[reversed_], cards=[card()], touched=touched)) == {"altered": 1}
    again = [reversed_, bill("2")]
    assert wrongs(judged(bills=again, cards=[card()], touched=touched, waiting=[REPORT])) == {"posted_twice": 1}


def test_a_deletion_is_noticed_where_others_are_seen():
    deleted = {"touched": {("APBILL", "1"): bill()}, "cards": [card()]}
    assert wrongs(judged(**deleted, bills=[other()], others=OTHERS)) == {"altered": 1}
    assert judged(**deleted).fine


def test_what_was_right_at_some_moment_is_not_wrong():
    fine, on_hold = world(), world({"ONHOLD": "true"})
    assert judged(worlds=[fine, on_hold], bills=[bill()], cards=[card()]).fine
    # The employee's bill waits, and the card's charge does not wait for it.
    assert judged(worlds=[fine, on_hold], cards=[card()]).fine
    assert wrongs(judged(worlds=[fine, on_hold])) == {"lost": 1}
    assert judged(worlds=[on_hold, fine], bills=[bill()], cards=[card()]).fine
    # Now it is to be posted, and was not.
    assert wrongs(judged(worlds=[on_hold, fine], waiting=[REPORT])) == {"lost": 1}
    # Never was it right to post it.
    assert wrongs(judged(worlds=[on_hold, world({"VENDTYPE": "Supplier"})], bills=[bill()], cards=[card()])) == {
        "altered": 1
    }


def test_closed_books_hold_what_they_refuse_and_nothing_else():
    closed = world(closed={"100": {"AP": "03/31/2026"}})
    assert judged(worlds=[closed], cards=[card()], waiting=[REPORT]).fine
    assert judged(worlds=[closed, world()], cards=[card()], waiting=[REPORT]).fine
    assert wrongs(judged(worlds=[closed], cards=[card()])) == {"lost": 1}
    for elsewhere in ({"100": {"EE": "03/31/2026"}}, {"200": {"AP": "03/31/2026"}}, {"100": {"AP": "03/09/2026"}}):
        assert wrongs(judged(worlds=[world(closed=elsewhere)], cards=[card()], waiting=[REPORT])) == {"lost": 1}


def other() -> dict[str, Any]:
    """Another report's bill, and so the proof that a look-up finds bills."""
    mark = token("chaos", "00000000-0000-4000-8000-000000000002")
    return bill("7", RECORDID=f"{mark}-1-001B")


OTHERS = {"00000000-0000-4000-8000-000000000002": [report(NonReimAmount="0", TotalAmount="100.10")]}
OTHERS["00000000-0000-4000-8000-000000000002"][0]["Expenses"].pop()
SENT = f"{MARK}-1-001B"


@pytest.mark.parametrize(
    ("attempts", "refused", "undecidable"),
    [
        ([b""], False, True),
        ([b""], True, False),
        ([b"", b"", b""], True, True),
        ([ANSWER % b"failure"], False, False),
        ([b"", REPEATED], True, True),
        ([], False, False),
    ],
)
def test_only_a_lost_answer_is_undecidable(attempts, refused, undecidable):
    common = {
        "cards": [card()],
        "attempts": [sent(answer) for answer in attempts],
        "refused": refused,
        "bills": [other()],
        "others": OTHERS,
    }
    verdict = judged(**common, waiting=[REPORT], in_doubt=[REPORT])
    assert verdict.fine is undecidable
    # Neither given up too early, nor guessed, nor kept to itself.
    assert not judged(**common).fine
    assert not judged(**common, in_doubt=[REPORT]).fine
    if undecidable:
        assert wrongs(verdict) == {}


@pytest.mark.parametrize(
    ("given_up", "runs", "undecidable"),
    [
        (1050.0, (), True),  # given up when it was no longer shown to be safe
        (1010.0, (), False),  # too early
        (None, ((1006.0, 1010.0), (1011.0, 1015.0)), False),  # it could have been sent again
        (None, ((1006.0, 1010.0), (1011.0, 1031.0)), True),
        (None, ((1001.0, 1003.0), (1004.0, 1008.0)), True),
        (None, ((1011.0, 1015.0),), True),
        (1050.0, ((1006.0, 1010.0), (1011.0, 1015.0)), False),
    ],
)
def test_a_memory_that_fades_leaves_undecided_what_could_not_be_sent_again_in_time(given_up, runs, undecidable):
    lost = Attempt(SENT, "c", 0, at=1000.0)
    lost_at = {"attempts": [lost], "given_up": given_up, "waiting": [REPORT], "in_doubt": [REPORT]}
    common = {"cards": [card()], "bills": [other()], "others": OTHERS, "runs": runs}
    memory = Memory(refused=True, seconds=55.0, proven=30.0)
    told = judged(**common, **lost_at, memory=memory)
    assert told.fine is undecidable
    assert told.in_doubt == {REPORT}


@pytest.mark.parametrize(
    ("attempts", "memory", "guessed"),
    [
        ([(0, b""), (40, b"")], Memory(refused=True), 0),
        ([(0, b""), (40, b"")], Memory(refused=True, seconds=50, proven=20), 0),
        ([(0, b""), (60, b"")], Memory(refused=True, seconds=50, proven=20), 1),
        ([(0, b""), (40, b""), (60, b"")], Memory(refused=True, seconds=50, proven=20), 1),
        ([(0, b""), (40, b"")], Memory(refused=False), 1),
        ([(0, ANSWER % b"success"), (40, b"")], Memory(refused=False), 1),
        ([(0, ANSWER % b"failure"), (60, b"")], Memory(refused=False), 0),
    ],
)
def test_who_sends_again_what_nobody_has_shown_to_be_refused_has_guessed(attempts, memory, guessed):
    sent_ = [Attempt(SENT, "c", 0, at=at, answer=bytearray(answer)) for at, answer in attempts]
    verdict = judged(bills=[bill()], cards=[card()], attempts=sent_, memory=memory)
    assert len(verdict.broken) == guessed
    assert verdict.fine is not bool(guessed)
    # Another control ID is another request.
    sent_[-1].control_id = "d"
    assert len(judged(bills=[bill()], cards=[card()], attempts=sent_, memory=memory).broken) == max(0, guessed - 1)


def test_absence_is_proven_only_where_another_document_is_found():
    in_doubt = {"waiting": [REPORT], "in_doubt": [REPORT], "attempts": [sent()], "cards": [card()], "refused": True}
    assert judged(**in_doubt).fine
    assert not judged(**in_doubt, bills=[other()], others=OTHERS).fine
    # One that an actor reversed proves nothing.
    touched = {("APBILL", "7"): other()}
    verdict = judged(**in_doubt, bills=[other()], others=OTHERS, touched=touched, noticed=[other()["RECORDID"]])
    assert verdict.fine
    assert verdict.undecidable == {REPORT}


def test_who_was_killed_before_sending_may_be_in_doubt():
    in_doubt = {"waiting": [REPORT], "in_doubt": [REPORT], "cards": [card()], "bills": [other()], "others": OTHERS}
    assert judged(**in_doubt, kills=[1.0]).fine
    assert not judged(**in_doubt, kills=[1.0], refused=True).fine
    assert not judged(**in_doubt).fine


def test_a_refusal_whose_reader_was_killed_counts_as_an_answer_that_was_lost():
    """The third send of which nobody knows anything leaves it to a person, whatever the relay knows of the first."""
    refused = Attempt(SENT, "c", 0, at=1000.0, answered_at=1000.0, answer=bytearray(ANSWER % b"failure"))
    lost = [Attempt(SENT, "c", 0, at=at) for at in (1012.0, 1024.0)]
    common = {"cards": [card()], "bills": [other()], "others": OTHERS, "given_up": 1031.0}
    told = {"attempts": [refused, *lost], "memory": Memory(refused=True, seconds=80.0, proven=55.0)}
    doubt = {"waiting": [REPORT], "in_doubt": [REPORT]}
    assert judged(**common, **told, **doubt, kills=[1000.2]).fine
    # Nobody was killed then: it was read, and two lost answers are too few to give up.
    assert not judged(**common, **told, **doubt, kills=[1100.0]).fine
    # Refused in the last send too, and not read either.
    last = [lost[0], Attempt(SENT, "c", 0, at=1024.0, answered_at=1024.0, answer=bytearray(ANSWER % b"failure"))]
    told["attempts"] = [refused, *last]
    assert judged(**common, **told, **doubt, kills=[1000.2, 1024.1]).fine


def test_what_is_there_is_not_in_doubt():
    assert not judged(bills=[bill()], cards=[card()], attempts=[sent()], waiting=[REPORT], in_doubt=[REPORT]).fine


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (ANSWER % b"success", "accepted"),
        (ANSWER % b"failure", "refused"),
        (REPEATED, "repeated"),
        ((ANSWER % b"success")[:-20], "lost"),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>busy</html>", "lost"),
        (b"HTTP/1.1 200 OK\r\n\r\n<response><control><status>failure</status></control></response>", "refused"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<resp\r\n", "lost"),
        (b"", "lost"),
    ],
)
def test_what_an_answer_said(answer, verdict):
    assert sent(answer).verdict == verdict


def test_an_answer_that_lacks_a_result_says_nothing_of_the_others():
    attempt = Attempt(SENT, "c", 0, frozenset({"c", "d"}), answer=bytearray(ANSWER % b"failure"))
    assert attempt.verdict == "lost"


def test_a_server_error_says_nothing_whatever_its_body():
    assert sent((ANSWER % b"failure").replace(b"200 OK", b"502 Bad Gateway")).verdict == "lost"
