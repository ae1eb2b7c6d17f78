"""A month beside another connector: what it posted is found without a word from it, and compared to the cent; nothing is posted."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from certify_intacct.documents import kind_of
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.operators.certify_to_staging import CertifyToStagingOperator
from certify_intacct.operators.intacct_to_staging import CLOSED_BOOKS, SageIntacctToStagingOperator
from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.plan_expenses import IntacctPlanOperator
from certify_intacct.operators.shadow import IntacctShadowOperator
from certify_intacct.reconciliation.shadow import shadow_lines
from certify_intacct.runs.streams import streams
from certify_intacct.staging import shadow
from certify_intacct.staging.manifest import get_load
from certify_intacct.staging.shadow import ShadowRow
from tests.expense_company import DAY, Company, pass_unjudged, report_id
from tests.pages.conftest import browser
from tests.sandbox.gateway_client import GatewayClient, login

__all__ = ["browser"]
#: The day of a bill by rule, and of a card charge.
BILL_DAY, CHARGE_DAY = DAY, DAY - timedelta(days=4)


@pytest.fixture
def beside(company) -> Company:
    """The company, whose reports are all the other connector's to post."""
    text = yaml.safe_load(Path(company.config).read_text(encoding="utf-8"))
    text["company"]["first_post_date"] = None
    text["company"]["previous_connector"] = {"posted": "until", "until": str(DAY + timedelta(days=1))}
    Path(company.config).write_text(yaml.safe_dump(text), encoding="utf-8")
    company.sandbox.load(
        "intacct", "VENDOR", [{"VENDORID": "S-1", "NAME": "Paper", "VENDTYPE": "Supplier", "STATUS": "active"}]
    )
    company.sandbox.load(
        "intacct",
        "LOCATION",
        [{"LOCATIONID": "110", "NAME": "Desk", "ENTITY": "100", "CURRENCY": "USD", "STATUS": "active"}],
    )
    company.sandbox.load("intacct", "CLASS", [{"CLASSID": "C-1", "NAME": "One", "STATUS": "active"}])
    company.sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "31", "TITLE": "Law", "STATUS": "active"}])
    return company


def elements(fields: dict[str, Any]) -> str:
    """Fields as the other connector writes them, by no code of ours."""
    return "".join(
        f"<{name}>{value if str(value).startswith('<') else escape(str(value))}</{name}>"
        for name, value in fields.items()
    )


def bill(number: int, *lines: dict[str, Any], day: date = BILL_DAY, **header: Any) -> str:
    """An AP bill of the other connector, of the report with that number."""
    items = "".join(
        f"<APBILLITEM>{elements({'ACCOUNTNO': '6220', 'TRX_AMOUNT': '100.10', 'LOCATIONID': '100', 'DEPARTMENTID': '30', **line})}"
        "</APBILLITEM>"
        for line in lines or ({},)
    )  # fmt: skip
    fields = {
        "WHENCREATED": f"{day:%m/%d/%Y}", "WHENPOSTED": f"{day:%m/%d/%Y}", "VENDORID": "E-1007", "RECORDID": f"EXP-{number}",
        "DESCRIPTION": f"Certify: {104000 + number}", "WHENDUE": f"{day:%m/%d/%Y}", "BASECURR": "USD", "CURRENCY": "USD",
    }  # fmt: skip
    return f"<create><APBILL>{elements({**fields, **header})}<APBILLITEMS>{items}</APBILLITEMS></APBILL></create>"


def charge(number: int, day: date = CHARGE_DAY, line: dict[str, Any] | None = None, **header: Any) -> str:
    """A card transaction of the other connector, which says nowhere of which report it is."""
    when = elements({"year": day.year, "month": f"{day.month:02}", "day": f"{day.day:02}"})
    item = {
        "glaccountno": "6220",
        "description": "x",
        "paymentamount": "60.00",
        "departmentid": "30",
        "locationid": "100",
    }
    fields = {
        "chargecardid": "CORP-VISA", "paymentdate": when, "referenceno": f"K{number}", "payee": "Hotel", "description": "Charge",
        "currency": "USD", "exchrate": "1", "ccpayitems": f"<ccpayitem>{elements({**item, **(line or {})})}</ccpayitem>",
    }  # fmt: skip
    return f"<record_cctransaction>{elements({**fields, **header})}</record_cctransaction>"


def post(company: Company, *functions: str, entity: str = "") -> None:
    """As any program would that speaks the gateway's XML."""
    client = GatewayClient(company.sandbox.url)
    answer = client.send(*functions, authentication=login(more=f"<locationid>{entity}</locationid>" if entity else ""))
    assert answer.errors == [], answer.errors


def planned_load(company: Company, day: date) -> tuple[int, dict[str, Any]]:
    """The tasks of the DAG up to the plan."""
    company.runs += 1
    run = company.context(run_id=f"shadow-{company.runs}", period_start=str(day), period_end=str(day))
    run["dag_run"].dag_id = "shadow"
    load = OpenLoadOperator(task_id="open_load", direction="expense", preview=True).execute(run)
    intacct, certify = streams("expense")
    for stream in (*(one for one in intacct if one != CLOSED_BOOKS), *certify, CLOSED_BOOKS):
        operator = SageIntacctToStagingOperator if stream in intacct else CertifyToStagingOperator
        operator(task_id="extract", load_id=load, stream=stream).execute(run)
    pass_unjudged(company.database, load)
    IntacctPlanOperator(task_id="plan", load_id=load, as_if_ours=True).execute(run)
    return load, run


def compared(company: Company, day: date = DAY) -> list[ShadowRow]:
    """A run of the DAG."""
    load, run = planned_load(company, day)
    IntacctShadowOperator(task_id="compare", load_id=load).execute(run)
    with company.loader() as connection:
        return shadow.rows_of(connection, load, most=1000)


def told(rows: list[ShadowRow]) -> dict[str, list[tuple[str, str, str]]]:
    """By report number what differs: field, theirs, ours."""
    return {
        row.report_id[-2:]: [(name or "line", theirs, ours) for _, name, theirs, ours in row.differences]
        for row in rows
        if row.outcome == "differs"
    }


PLANTED: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]] = {
    "payee": ({}, {"VENDORID": "E-1008"}, [("payee", "E-1008", "E-1007")]),
    "date": ({}, {"day": BILL_DAY - timedelta(days=2)}, [("date", str(BILL_DAY - timedelta(days=2)), str(BILL_DAY))]),
    "account": ({"ACCOUNTNO": "6300"}, {}, [("account", "6300", "6220")]),
    "department": ({"DEPARTMENTID": "31"}, {}, [("department", "31", "30")]),
    "no department": ({"DEPARTMENTID": ""}, {}, [("department", "", "30")]),
    "location": ({"LOCATIONID": "110"}, {}, [("location", "110", "100")]),
    "dimension": ({"CLASSID": "C-1"}, {}, [("class", "C-1", "")]),
    "total": ({"TRX_AMOUNT": "100.11"}, {}, [("total", "100.11", "100.10"), ("amount", "100.11", "100.10")]),
    "currency": ({}, {"CURRENCY": "EUR", "EXCHANGE_RATE": "1"}, [("currency", "EUR", "USD")]),
}  # fmt: skip


def test_each_planted_difference_is_found_and_nothing_else(beside):
    for number, (line, header, _) in enumerate(PLANTED.values(), start=1):
        beside.report(number)
        post(beside, bill(number, line, **header))
    for number in (20, 21):
        beside.report(number, ("60", "0"), ("33.33", "33.33"))
        post(beside, bill(number, {"TRX_AMOUNT": "33.33"}))
        post(beside, charge(number), entity="100")
    rows = compared(beside)
    expected = {f"{number:02}": what for number, (_, _, what) in enumerate(PLANTED.values(), start=1)}
    assert told(rows) == expected
    assert sorted((row.report_id[-2:], row.kind, row.outcome) for row in rows if row.outcome != "differs") == [
        (number, kind, "same") for number in ("20", "21") for kind in ("ap_bill", "credit_card_transaction")
    ]
    assert beside.states() == {}
    assert beside.open_items() == {}


CHARGES: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]] = [
    ({"glaccountno": "6300"}, {}, [("account", "6300", "6220")]),
    ({"departmentid": "31"}, {}, [("department", "31", "30")]),
    ({"locationid": "110"}, {}, [("location", "110", "100")]),
    ({}, {"chargecardid": "CORP-AMEX"}, [("payee", "CORP-AMEX", "CORP-VISA")]),
    ({}, {"moved": 1}, [("date", "{theirs}", "{ours}")]),
    ({"paymentamount": "65.01"}, {}, [("total", "65.01", "65.00"), ("amount", "65.01", "65.00")]),
    ({}, {}, []),
]  # fmt: skip


def test_charges_of_a_card_that_name_no_report_are_found_each_by_itself(beside):
    """Many of one card within days: nothing tells them apart but amount and date."""
    expected = {}
    for number, (line, header, what) in enumerate(CHARGES):
        day = CHARGE_DAY - timedelta(days=5 * number)
        amount = f"{60 + number}.00"
        beside.report(number + 1, {"Amount": amount, "ReimAmount": "0", "PostingDate": str(day)})
        theirs = day - timedelta(days=header.get("moved", 0))
        stated = {name: value for name, value in header.items() if name != "moved"}
        post(beside, charge(number, theirs, {"paymentamount": amount, **line}, **stated), entity="100")
        days = {"theirs": theirs.isoformat(), "ours": day.isoformat()}
        expected |= {f"{number + 1:02}": [tuple(text.format(**days) for text in one) for one in what]} if what else {}
    rows = compared(beside)
    assert told(rows) == expected
    assert [(row.report_id[-2:], row.outcome) for row in rows if row.outcome != "differs"] == [("07", "same")]


def test_without_any_name_party_total_and_date_tell(beside):
    """The other connector may write the approval code nowhere."""
    nameless = {"DESCRIPTION": "Expenses", "RECORDID": "9-9"}
    for number, header in enumerate(
        [{}, {"day": BILL_DAY - timedelta(days=6)}, {"VENDORID": "E-1008"}], start=1
    ):  # fmt: skip
        amount = f"{number}00.00"
        beside.report(number, (amount, amount))
        post(beside, bill(number, {"TRX_AMOUNT": amount}, **{**nameless, "RECORDID": f"9-{number}", **header}))
    rows = compared(beside)
    assert told(rows) == {
        "02": [("date", str(BILL_DAY - timedelta(days=6)), str(BILL_DAY))],
        "03": [("payee", "E-1008", "E-1007")],
    }
    assert [row.report_id for row in rows if row.outcome == "same"] == [report_id(1)]


def test_a_name_wins_over_what_looks_alike_and_never_leads_to_another_report(beside):
    beside.report(1)
    beside.report(2)
    post(beside, bill(2), bill(7, DESCRIPTION="Certify: 104001", RECORDID="A"))
    rows = compared(beside)
    assert {(row.report_id, row.their_number, row.outcome) for row in rows} == {
        (report_id(2), "EXP-2", "same"), (report_id(1), "A", "same"),
    }  # fmt: skip


def test_what_only_one_side_has_says_why(beside):
    beside.report(1)
    held = beside.report(2, {"Amount": "9", "ReimAmount": "9", "ExpenseCategoryGLCode": "9999"})
    post(beside, bill(2, {"TRX_AMOUNT": "9.00"}))
    # Of the same person, in the period, and of no report; of a supplier; of a month before.
    post(beside, bill(3, {"TRX_AMOUNT": "5.00"}, DESCRIPTION="Advance"))
    post(
        beside, bill(4, {"TRX_AMOUNT": "100.10"}, DESCRIPTION="Paper", VENDORID="S-1", day=BILL_DAY - timedelta(days=9))
    )
    post(beside, bill(5, {"TRX_AMOUNT": "8.00"}, DESCRIPTION="Earlier", day=BILL_DAY - timedelta(days=40)))
    rows = {(row.outcome, row.report_id, row.their_number): row for row in compared(beside)}
    assert set(rows) == {("only_ours", report_id(1), ""), ("only_theirs", held, "EXP-2"), ("only_theirs", "", "EXP-3")}
    assert rows["only_theirs", held, "EXP-2"].note.startswith("account_unknown: ")
    assert rows["only_ours", report_id(1), ""].ours == Decimal("100.10")


def test_another_kind_is_named_and_not_taken_for_two(beside):
    beside.sandbox.load(
        "intacct", "EMPLOYEE", [{"EMPLOYEEID": "E-1007", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "STATUS": "active"}]
    )
    beside.report(1)
    when = elements({"year": DAY.year, "month": f"{DAY.month:02}", "day": f"{DAY.day:02}"})
    line = {"glaccountno": "6220", "amount": "100.10", "expensedate": when, "locationid": "100", "departmentid": "30"}
    fields = {
        "employeeid": "E-1007", "datecreated": when, "dateposted": when, "expensereportno": "R-1", "state": "Submitted",
        "description": "Certify 104001", "basecurr": "USD", "currency": "USD", "expenses": f"<expense>{elements(line)}</expense>",
    }  # fmt: skip
    post(beside, f"<create_expensereport>{elements(fields)}</create_expensereport>", entity="100")
    rows = compared(beside)
    assert told(rows) == {"01": [("kind", "Intacct expense report", "AP bill")]}
    assert len(rows) == 1


def test_what_they_reversed_and_what_is_ours_stands_for_nothing(beside):
    beside.report(1)
    post(beside, bill(1))
    (record,) = beside.sandbox.state("intacct", "APBILL")
    beside.sandbox.act("reverse", object="APBILL", record=record["RECORDNO"])
    assert [row.outcome for row in compared(beside)] == ["only_ours"]


def test_it_reads_and_writes_nothing_at_either_service(beside):
    beside.report(1)
    post(beside, bill(1))
    beside.sandbox.clear_calls()
    compared(beside)
    calls = beside.sandbox.calls()
    assert {call for call, count in calls["intacct"].items() if count["written"]} == set()
    assert {call for call, count in calls["certify"].items() if count["written"]} == set()


def test_the_log_counts_documents_money_and_reports_and_names_what_differs(beside):
    """A report is as its worst document is."""
    beside.report(1, ("60", "0"), ("33.33", "33.33"))
    beside.report(2)
    post(beside, bill(1, {"TRX_AMOUNT": "33.33", "ACCOUNTNO": "6300"}), bill(2))
    post(beside, charge(1), entity="100")
    rows = compared(beside)
    with beside.loader() as connection:
        lines = [
            *shadow_lines(
                get_load(connection, connection.execute("SELECT max(load_id) FROM ops.load").fetchone()["max"]), rows
            )
        ]
    assert "By report: 1 differs, 0 only theirs, 0 only ours, 1 same." in lines
    assert [line.split() for line in lines if line.startswith(("differs ", "same "))] == [
        ["differs", "USD", "1", "33.33", "33.33"], ["same", "USD", "2", "160.10", "160.10"],
    ]  # fmt: skip
    (told_line,) = [line for line in lines if line.startswith("104001")]
    assert told_line.split()[-3:] == ["account", "6300", "6220"]
    assert max(map(len, lines)) <= 120


def test_the_page_and_its_file_tell_the_same(beside, browser):
    beside.report(1)
    beside.report(2)
    post(beside, bill(1), bill(2, {"ACCOUNTNO": "6300"}))
    compared(beside)
    load = beside.sql("SELECT max(load_id) AS n FROM ops.load")[0]["n"]
    page = f"/connector/shadow/loads/{load}/shadow"
    viewer = browser("viewer")
    text = viewer.get(page).text
    assert "theirs <strong>6300</strong>, ours <strong>6220</strong>" in text
    assert "104001" in text
    assert "104001" not in viewer.get(page, params={"outcome": "differs"}).text
    assert "Beside another connector" in viewer.get(page.removesuffix("/shadow")).text
    found = viewer.get(f"{page}.csv")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = [(row["approval_code"], row["outcome"], row["field"], row["theirs_say"], row["ours_says"])
            for row in csv.DictReader(io.StringIO(found.text))]  # fmt: skip
    assert rows == [("104002", "differs", "account", "6300", "6220"), ("104001", "same", "", "", "")]
    assert browser("").get(page).status_code == 403
    assert browser(None).get(page).status_code == 401
    assert viewer.get(f"/connector/shadow/loads/{load + 1}/shadow").status_code == 404


amounts = st.integers(1, 200_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def drawn_reports(draw) -> list[list[dict[str, Any]]]:
    """Reports with any lines: of both payers, refunds, in two entities, with and without tax on a line."""
    reports = []
    for _ in range(draw(st.integers(1, 4))):
        lines = []
        for _ in range(draw(st.integers(1, 4))):
            amount = draw(amounts) * draw(st.sampled_from([1, 1, 1, -1]))
            reim = draw(st.sampled_from([amount, Decimal(0), (amount / 3).quantize(Decimal("0.01"))]))
            lines.append(
                {
                    "Amount": amount, "ReimAmount": reim, "ExpenseCategory": draw(st.sampled_from(["Hotel", "Meals"])),
                    "ExpenseCategoryGLCode": draw(st.sampled_from(["6220", "6300"])),
                }
            )  # fmt: skip
        reports.append(lines)
    return reports


JOURNAL = {"symbol": "EXP", "offset_account": "2055"}
KINDS: dict[str, dict[str, Any]] = {
    "bills and card transactions": {},
    "expense reports and journals": {
        "employee_paid": {"target": "expense_report"},
        "company_paid": {"target": "gl_journal", "journal": JOURNAL},
    },
    "summed journals and adjustments": {
        "company_paid": {"target": "gl_journal", "journal": {**JOURNAL, "lines": "summed"}},
        "credits": {"employee_paid": "adjustment", "adjustment_sign": "negative", "company_paid": "negative"},
    },
}  # fmt: skip


@pytest.fixture
def posting(beside, kinds) -> Company:
    """The company, which posts these kinds."""
    load = beside.sandbox.load
    load("intacct", "GLJOURNAL", [{"SYMBOL": "EXP", "TITLE": "Expenses", "STATUS": "active"}])
    load("intacct", "GLACCOUNT", [{"ACCOUNTNO": "2055", "TITLE": "Card clearing", "STATUS": "active"}])
    load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E-1007", "PERSONALINFO.CONTACTNAME": "Ana Ruiz", "STATUS": "active"}])
    text = yaml.safe_load(Path(beside.config).read_text(encoding="utf-8"))
    for section, values in KINDS[kinds].items():
        text["posting"][section] |= values
    Path(beside.config).write_text(yaml.safe_dump(text), encoding="utf-8")
    return beside


@pytest.mark.parametrize("kinds", KINDS)
@settings(
    max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(reports=drawn_reports())
def test_our_own_documents_seen_as_another_s_are_the_same_to_the_cent(posting, kinds, reports):
    """Whatever the reports: what this connector would post, posted under another's names, differs in nothing."""
    first, day = posting.runs * 10 + 100, DAY - timedelta(days=20 * posting.runs)
    for number, lines in enumerate(reports, start=first):
        posting.report(number, *lines, day=day)
    load, run = planned_load(posting, day)
    with posting.loader() as connection:
        planned = shadow.planned(connection, load)
    hook = SageIntacctHook()
    for position, (of_report, document) in enumerate(planned):
        code = 104000 + int(of_report[-12:])
        theirs = replace(document, number=f"X{first}-{position}", token="", description=f"Certify: {code}")
        function = kind_of(document.kind).function(theirs, f"{first}-{position}")
        (result,) = hook.send([function], entity=document.session_entity)
        assert result.succeeded, result.errors
    hook.close()
    IntacctShadowOperator(task_id="compare", load_id=load).execute(run)
    with posting.loader() as connection:
        rows = shadow.rows_of(connection, load, most=1000)
    assert [row for row in rows if row.outcome != "same"] == []
    assert sorted(row.number for row in rows) == sorted(document.number for _, document in planned)
    note(f"{len(planned)} documents of {len(reports)} reports")
