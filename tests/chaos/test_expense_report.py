"""The judge's kind of expense report: what it expects, why it holds, and what it reads of what Intacct was sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from include.chaos.books import Books
from include.chaos.choices import Choices
from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS
from include.chaos.kinds.expense_report import ExpenseReport
from include.chaos.lists import Lists
from include.chaos.oracle import Told, judge_money
from include.chaos.oracle_recovery import Calendar, InDoubt, Memory
from include.chaos.varieties import texts
from tests.chaos.test_oracle import REPORT, report
from tests.chaos.test_oracle_adjustments import refund
from tests.sandbox.gateway_client import GatewayClient
from tests.sandbox_fixture import RunningSandbox

KIND = ExpenseReport()
ANA = {
    "EMPLOYEEID": "E1",
    "STATUS": "active",
    "STARTDATE": "01/15/2020",
    "PERSONALINFO.CONTACTNAME": "Ruiz, Ana (E1)",
}
CONTACT = {
    "CONTACTNAME": "Ruiz, Ana (E1)",
    "FIRSTNAME": "Ana",
    "LASTNAME": "Ruiz",
    "PRINTAS": "Ana Ruiz",
    "EMAIL1": "ana@example.com",
}


def books(
    employee: Any = None,
    contact: Any = None,
    *,
    users: int = 1,
    inside: bool = False,
    nobody: bool = False,
    currencies: tuple[str, ...] = ("USD", "USD"),
) -> Books:
    lists = Lists(
        vendors=[],
        employees=[] if nobody else [{**ANA, **(employee or {})}],
        contacts=[{**CONTACT, **(contact or {})}],
        entities=[
            {"LOCATIONID": f"{number}00", "STATUS": "active", "CURRENCY": currency}
            for number, currency in enumerate(currencies, start=1)
        ],
        departments=[{"DEPARTMENTID": "30", "STATUS": "active"}],
        accounts=[{"ACCOUNTNO": "6220", "STATUS": "active"}],
        cards=[{"CARDID": "CORP-VISA", "STATUS": "active"}],
        categories=[],
        users=[{"EmployeeID": "E1", "Active": 1}] * users,
        today="2026-03-20",
        inside_entities=inside,
    )
    cards = next(kind for kind in KINDS if kind.payer == COMPANY)
    return Books(lists, Choices({EMPLOYEE: KIND, COMPANY: cards}))


def expected(world: Books, **changes: Any) -> Any:
    """The expense report that is expected, or why there is none."""
    found = world.expected(report(**changes))
    return next((one for one in found.postings if one.object == KIND.object), found.hold)


def test_one_report_of_the_employees_part_dated_by_its_processing():
    found = expected(books())
    assert (found.payee, found.currency, found.day, str(found.total)) == ("E1", "USD", "2026-03-10", "100.10")
    (entry,) = found.entries
    assert (entry.account, entry.department, entry.location) == ("6220", "30", "100")
    assert KIND.books == ("EE", "GL", "*")


@pytest.mark.parametrize(
    ("world", "why"),
    [
        (books(nobody=True), "no employee"),
        (books({"EMPLOYEEID": "e1"}), "no employee"),
        (books(users=2), "EmployeeID twice"),
        (books({"STATUS": "inactive"}), "employee inactive"),
        (
            books(contact={"FIRSTNAME": "Bo", "PRINTAS": "Bo Ruiz", "EMAIL1": "bo@example.com"}),
            "employee is somebody else",
        ),
        (books({"PERSONALINFO.CONTACTNAME": "gone"}), "employee is somebody else"),
        (books({"STARTDATE": "03/11/2026"}), "joined later"),
        (books({"MEGAENTITYID": "100"}), "employee of an entity"),
    ],
)
def test_why_it_waits(world, why):
    found = world.expected(report())
    assert found.hold == why
    assert [one.object for one in found.postings] == ["CCTRANSACTION"], "the company's part does not wait for it"


@pytest.mark.parametrize(
    "world",
    [
        books({"STARTDATE": "03/10/2026"}),
        books({"STARTDATE": ""}),
        books(contact={"EMAIL1": "former@example.com"}),
        books(
            contact={"FIRSTNAME": "Anna", "LASTNAME": "Before", "PRINTAS": "Anna Before", "EMAIL1": "ANA@example.com "}
        ),
        books(contact={"FIRSTNAME": "RUIZ,", "LASTNAME": "ana", "PRINTAS": "", "EMAIL1": ""}),
        books({"MEGAENTITYID": "100"}, inside=True),
        books({"MEGAENTITYID": "100"}, currencies=("USD", "EUR")),
    ],
)
def test_what_is_no_reason_to_wait(world):
    assert expected(world).payee == "E1"


EXPENSE = (
    "<expense><glaccountno>6220</glaccountno><amount>{amount}</amount>{spent}<expensedate><year>2026</year><month>3</month>"
    "<day>1</day></expensedate><locationid>100</locationid><departmentid>{department}</departmentid></expense>"
)
SENT = (
    "<create_expensereport><employeeid>E1</employeeid><datecreated><year>2026</year><month>3</month><day>10</day></datecreated>"
    "<expensereportno>CAAAAAAAAAA-1-001E</expensereportno><basecurr>USD</basecurr><currency>USD</currency><expenses>{}</expenses>"
    "</create_expensereport>"
)
IN_EUROS = "<currency>EUR</currency><trx_amount>92.68</trx_amount>"


@pytest.fixture
def company(fresh_sandbox: RunningSandbox) -> RunningSandbox:
    load = fresh_sandbox.load
    load("intacct", "LOCATIONENTITY", [{"LOCATIONID": "100", "NAME": "United States", "CURRENCY": "USD"}])
    load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "30", "TITLE": "Sales"}, {"DEPARTMENTID": "31", "TITLE": "Legal"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "6220", "TITLE": "Travel"}])
    load("intacct", "CONTACT", [CONTACT])
    load("intacct", "EMPLOYEE", [ANA])
    return fresh_sandbox


def sent(company: RunningSandbox, *expenses: str) -> dict[str, Any]:
    """The record of the expense report that Intacct made of these lines."""
    gateway = GatewayClient(company.url)
    answer = gateway.send(SENT.format("".join(expenses)))
    assert answer.text("operation/result/status") == "success", answer.http.text
    (record,) = company.state("intacct", KIND.object)
    return record


@pytest.mark.parametrize("shown", ["reimbursement_base", "spent_base", "spent_reimbursement"])
@pytest.mark.parametrize("spent", ["", IN_EUROS], ids=["in dollars", "in euros"])
def test_it_reads_what_was_expected_whatever_the_fields_show(company, shown, spent):
    company.settings(expense_line_amounts=shown)
    record = sent(company, EXPENSE.format(amount="100.10", department="30", spent=spent))
    assert KIND.read(record) == expected(books())
    assert (KIND.number_of(record), KIND.is_counter_entry(record)) == ("CAAAAAAAAAA-1-001E", False)
    company.act("edit_document", object=KIND.object, record=record["RECORDNO"], amount="99.00")
    (record,) = company.state("intacct", KIND.object)
    assert KIND.read(record) != expected(books())


def test_what_was_spent_is_told_once_by_the_line_or_by_its_memo(company):
    plain = books()
    bare = texts.Variety("bare", {"memo": "{merchant}", "description": "{report_name}"})
    telling = Books(
        plain.lists, replace(plain.choices, spent=True, varieties=replace(plain.choices.varieties, texts=bare))
    )
    told = [{**line, "SubmittedAmount": "92.68", "SubmittedCurrency": "EUR"} for line in report()["Expenses"]]
    wanted = expected(telling, Expenses=told)
    assert [entry.memo for entry in wanted.entries] == [" (92.68 EUR)"]
    stated = sent(company, EXPENSE.format(amount="100.10", department="30", spent=IN_EUROS))
    (line,) = stated[KIND.lines]
    silent = {**line, "ORG_CURRENCY": "USD", "ORG_AMOUNT": "100.10"}

    def right(one: dict[str, Any]) -> bool:
        return bool(KIND.read({**stated, KIND.lines: [one]}).words == wanted.words)

    assert right(line)
    assert right({**silent, KIND.memo: " (92.68 EUR)"})
    assert not right(silent)
    assert not right({**line, "ORG_AMOUNT": "92.67"})
    assert not right({**line, KIND.memo: " (92.68 EUR)"})


def test_a_report_waits_for_the_first_that_states_what_was_spent_only_where_nobody_knows_how_that_one_stands():
    def lost(rule: str, touched: dict[tuple[str, str], Any], in_doubt: str = "") -> int:
        about = Told(
            certify_company="chaos", versions={REPORT: [refund("10")]}, touched=touched, attempts=(), kills=(),
            memory=Memory(False), days={"2026-03-10"}, waiting={REPORT: {rule, "negative_document"}},
            in_doubt={"another": {in_doubt: InDoubt(0.0, 1.0)}} if in_doubt else {}, calendar=Calendar((), late_seconds=4.0),
        )  # fmt: skip
        return len(judge_money([books()], about, {}).wrongs["lost"])

    first = {("EEXPENSES", "7"): {"RECORDID": "CBBBBBBBBBB-1-001E", "EMPLOYEEID": "E1"}}
    assert lost("first_spent_currency", {}) == 1
    assert lost("first_spent_currency", first) == 0
    assert lost("first_credit", first) == 1
    assert lost("first_spent_currency", {}, in_doubt="CBBBBBBBBBB-1-001E") == 0
    assert lost("first_spent_currency", {}, in_doubt="CBBBBBBBBBB-1-001B") == 1


def test_it_sees_another_line_and_a_reversal(company):
    record = sent(company, EXPENSE.format(amount="100.10", department="31", spent=""))
    assert KIND.read(record) != expected(books())
    company.act("reverse", object=KIND.object, record=record["RECORDNO"])
    first, mirror = company.state("intacct", KIND.object)
    assert (KIND.is_counter_entry(first), KIND.is_counter_entry(mirror)) == (False, True)
