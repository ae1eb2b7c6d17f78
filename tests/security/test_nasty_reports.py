"""The nastiest reports that Certify could send, all on one day.

Each is posted to the cent once, or waits with a sentence that says what is wrong and what to do, and a plain report beside them is
posted as if there were none of them.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.expense_company import DAY, Company, company, report_id  # noqa: F401 - a fixture
from tests.security.edited import edited, records
from tests.transport.replay import Asked, Reply

PLAIN = 900


@dataclass(frozen=True)
class Raw:
    """A number as it stands on the wire, whatever JSON says of it."""

    digits: str


@dataclass(frozen=True)
class Nasty:
    """A report and what becomes of it.

    :param lines: amounts, or fields of lines
    :param held: the rules that hold it, or ``quarantined``; empty: it is posted over ``total``
    :param report: what is put into the fields of its header on their way, and ``line`` into those of its lines; ``...`` takes a field
        away
    :param said: what a person reads
    """

    held: str = ""
    total: str = ""
    lines: tuple[Any, ...] = (("10.00", "10.00"),)
    report: dict[str, Any] = field(default_factory=dict)
    line: dict[str, Any] = field(default_factory=dict)
    said: str = ""


def amounts(value: Any) -> dict[str, dict[str, Any]]:
    """The same amount wherever a report of one line states one."""
    return {
        "report": {"TotalAmount": value, "ReimAmount": value, "NonReimAmount": 0},
        "line": {"Amount": value, "ReimAmount": value},
    }


EVIL = "]]>&lt;<script>alert(1)</script>' OR 1=1; -- \r\n\x1b[31m{{ 7*7 }} %s ${x} \u202egnp.\u200b \U0001f4b8"
CASES: dict[str, Nasty] = {
    # Numbers.
    "half a cent": Nasty("quarantined", **amounts(Raw("0.005")), said="more than two decimals"),
    "1e-7": Nasty("quarantined", **amounts(Raw("1e-7")), said="more than two decimals"),
    "half a cent on a line alone": Nasty("third_decimal", lines=(("5.005", "5.005"), ("4.995", "4.995")), said="USD would be rounded"),
    "1e1": Nasty(total="10.00", **amounts(Raw("1e1"))),
    "1000e-2": Nasty(total="10.00", **amounts(Raw("1000E-2"))),
    "a text": Nasty(total="10.00", **amounts("10.00")),
    "thousands": Nasty("quarantined", **amounts("1,234.50"), said="not what its field should hold"),
    "thousands of Germany": Nasty("quarantined", **amounts("1.234,50")),
    "thousands of Python": Nasty("quarantined", **amounts("1_000")),
    "wide figures": Nasty("quarantined", **amounts("\uff11\uff10")),
    "a currency within": Nasty("quarantined", **amounts("$10.00")),
    "in brackets": Nasty("quarantined", **amounts("(10.00)")),
    "NaN": Nasty("quarantined", **amounts(Raw("NaN"))),
    "NaN as a text": Nasty("quarantined", **amounts("NaN")),
    "Infinity": Nasty("quarantined", **amounts(Raw("-Infinity"))),
    "1e400": Nasty("quarantined", **amounts(Raw("1e400"))),
    "a line without an end": Nasty("quarantined", **amounts(Raw("1" * 5000))),
    "2^63": Nasty("quarantined", **amounts(Raw("9223372036854775808"))),
    "a list": Nasty("quarantined", **amounts([10])),
    "an object": Nasty("quarantined", **amounts({"value": 10})),
    "true": Nasty("quarantined", **amounts(True)),
    "null": Nasty("quarantined", **amounts(None), said="no total"),
    "empty": Nasty("quarantined", **amounts("")),
    "minus zero beside it": Nasty(total="10.00", lines=(("-0.00", "0.00"), ("10.00", "10.00"))),
    "cents that cancel out": Nasty(total="10.00", lines=(("0.01", "0.01"), ("-0.01", "-0.01"), ("10.00", "10.00"))),
    "nothing at all": Nasty("zero_report", lines=(("0.00", "0.00"),)),
    "below zero": Nasty("negative_document", lines=(("5.00", "5.00"), ("-15.00", "-15.00"))),
    "one cent off": Nasty("quarantined", report={"TotalAmount": Raw("10.01"), "ReimAmount": Raw("10.01")}, said="do not add up"),
    # Fields.
    "amounts under other names": Nasty("quarantined", line={"AMOUNT": 10, "Amount": ..., "reimAmount": 10, "ReimAmount": ...}),
    "no header amounts": Nasty("quarantined", report={"TotalAmount": ..., "ReimAmount": ...}),
    "currency in small letters": Nasty(
        "currency_unknown", report={"Currency": "usd"}, line={"Currency": "usd"}, said="It looks like 'USD'"
    ),
    "currency with a blank": Nasty("currency_unknown", report={"Currency": "USD "}, line={"Currency": "USD "}),
    "a sign for a currency": Nasty("currency_unknown", report={"Currency": "$"}, line={"Currency": "$"}),
    "currency null": Nasty("quarantined", report={"Currency": None}, line={"Currency": None}),
    "currencies apart": Nasty("currencies_differ", line={"Currency": "EUR"}),
    "yes for reimbursed": Nasty("quarantined", report={"Reimbursed": "yes"}),
    "reimbursable, in words": Nasty(total="10.00", line={"Reimbursable": "TRUE"}),
    "an employee who is a list": Nasty("quarantined", report={"EmployeeID": ["E-1007"]}),
    "an employee with a blank": Nasty(
        "vendor_missing", report={"EmployeeID": "E-1007 "}, line={"EmployeeID": "E-1007 "}, said="It looks like 'E-1007'"
    ),
    "an employee with what nobody sees": Nasty(
        "vendor_missing", report={"EmployeeID": "E-\u200b1007"}, line={"EmployeeID": "E-\u200b1007"}, said="It looks like 'E-1007'"
    ),
    "an employee as a number": Nasty("vendor_missing", report={"EmployeeID": 1007}, line={"EmployeeID": 1007}),
    "a department in small letters": Nasty("department_unknown", line={"DepartmentCode": "30\u00a0"}),
    "texts that break out": Nasty(
        total="10.00", report={"ExpenseReportName": EVIL, "ExpenseReportDescription": EVIL}, line={"Reason": EVIL, "Vendor": EVIL}
    ),
    "a merchant of 10,000 signs": Nasty(total="10.00", line={"Vendor": "\U0001f4b8" * 10_000, "Reason": "x" * 10_000}),
    "an approval code of 300 signs": Nasty(total="10.00", report={"ApprovalCode": "/%\"'" * 75}),
    "an approval code that is an index's end": Nasty("quarantined", report={"ApprovalCode": "x" * 401}),
    "a NUL in a name": Nasty("quarantined", report={"FirstName": "A\x00na"}),
    "half a pair in a name": Nasty("quarantined", report={"FirstName": "A\ud800na"}),
    # Days.
    "processed at the day's last second, elsewhere": Nasty(total="10.00", report={"ProcessedDate": f"{DAY}T23:59:59-12:00"}),
    "processed never": Nasty("quarantined", report={"ProcessedDate": "0000-00-00"}),
    "processed, and no day": Nasty("processed_date_missing date_missing", report={"ProcessedDate": ""}),
    "spent in the year 1": Nasty(total="10.00", line={"ExpenseDate": "0001-01-01"}),
    "spent in 2062": Nasty(total="10.00", line={"ExpenseDate": "2062-02-28"}),
    "spent on February 30th": Nasty("quarantined", line={"ExpenseDate": "2026-02-30"}),
}  # fmt: skip
NUMBER = {name: number for number, name in enumerate(CASES, start=1)}


def put(record: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if value is ...:
            record.pop(name, None)
        else:
            record[name] = f"@raw {value.digits}@" if isinstance(value, Raw) else value


def change(name: str, record: dict[str, Any]) -> None:
    """Puts what a case says into its records, on their way."""
    identity = record.get("ID" if name == "ExpenseReports" else "ExpenseReportID")
    found = next((case for key, case in CASES.items() if report_id(NUMBER[key]) == identity), None)
    if found is not None and name in ("ExpenseReports", "Expenses"):
        put(record, found.report if name == "ExpenseReports" else found.line)


def as_it_stands(asked: Asked, text: str) -> str | Reply:
    """No writer of JSON writes what these numbers are."""
    changed = records(change)(asked, text)
    return re.sub(r'"@raw ([^"]*)@"', r"\1", changed) if isinstance(changed, str) else changed


@pytest.fixture
def day(company, monkeypatch) -> Company:  # noqa: F811
    """A day with all of them, and one plain report."""
    for name, case in CASES.items():
        company.report(NUMBER[name], *case.lines)
    company.report(PLAIN, ("7.77", "7.77"))
    # A look-alike in amount and payee is no matter of this.
    company.configure(currencies={"exchange_rate_type": "Daily"}, look_alike_days=0)
    with edited(company.sandbox.url, as_it_stands) as server:
        name = "AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT"
        monkeypatch.setenv(name, json.dumps(json.loads(os.environ[name]) | {"host": f"{server.url}/v1/"}))
        yield company


def bills(company: Company) -> dict[str, list[Decimal]]:  # noqa: F811
    """What was posted of each report, by its ID."""
    rows = company.sql("SELECT report_id, record_no FROM ledger.document WHERE state IN ('accepted', 'in_gl')")
    found: dict[str, list[Decimal]] = {}
    stands = {
        record["RECORDNO"]: Decimal(record["TRX_TOTALENTERED"]) for record in company.sandbox.state("intacct", "APBILL")
    }
    assert len(rows) == len(stands), "nothing is posted that the ledger does not know"
    for row in rows:
        found.setdefault(row["report_id"], []).append(stands[row["record_no"]])
    return found


def test_each_is_posted_to_the_cent_once_or_waits_with_a_sentence(day):
    load, run = day.plan(validate=True)
    day.load(load, run)
    posted = bills(day)
    assert posted.pop(report_id(PLAIN)) == [Decimal("7.77")]
    expected = {report_id(NUMBER[name]): [Decimal(case.total)] for name, case in CASES.items() if case.total}
    assert posted == expected
    rows = day.sql(
        "SELECT key, action, rule, reason, cure FROM plan.change WHERE load_id = %s AND action <> 'post'", load
    )
    rows += day.sql(
        "SELECT report_id AS key, 'hold' AS action, rule, reason, '.' AS cure FROM ledger.open_item WHERE state = 'quarantined'"
    )
    for name, case in CASES.items():
        of_it = [row for row in rows if row["key"] == report_id(NUMBER[name]) and row["rule"] != "zero_line"]
        assert {row["rule"] for row in of_it} == set(case.held.split()), (name, of_it)
        for row in of_it:
            assert case.said in row["reason"], (name, row["reason"])
            assert len(row["reason"]) > 20, name
            assert row["action"] == "skip" or row["cure"], name
            assert not {"\n", "\r", "\x1b", "\x00"} & set(row["reason"] + row["cure"]), name
    # The next day's run finds nothing new, posts nothing twice, and everything is still there.
    assert day.sync(DAY + timedelta(days=1), refresh=True, validate=True) == {}
    assert len(bills(day)) == len(expected) + 1


def test_a_report_of_two_thousand_lines_is_posted_to_the_cent(company):  # noqa: F811
    company.report(1, *[("0.01", "0.01")] * 1998, ("-19.97", "-19.97"), ("100.00", "100.00"))
    assert company.sync() == {"applied": 1}
    assert bills(company) == {report_id(1): [Decimal("100.01")]}
    ((bill,),) = company.bills().values()
    assert len(bill["APBILLITEMS"]) == 2000
    assert sum(Decimal(line["TRX_AMOUNT"]) for line in bill["APBILLITEMS"]) == Decimal("100.01")
