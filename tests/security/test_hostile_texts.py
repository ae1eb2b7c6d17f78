"""Texts that want to be something else, in every field of a report: they stay texts, or the report is refused by its name."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from certify_intacct.commands import why
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.pages.rendering import THEME
from tests.expense_company import company, report_id  # noqa: F401 - a fixture
from tests.pages.conftest import browser  # noqa: F401 - a fixture

SAME = None
# A text, and how Intacct must have it when it cannot stay as it is.
TEXTS: dict[str, tuple[str, str | None]] = {
    "hyperlink": ('=HYPERLINK("http://x.example","Click")', SAME),
    "command": ("+cmd|' /C calc'!A0", SAME),
    "minus": ("-2+3", SAME),
    "at": ("@SUM(1)", SAME),
    "markup": ("</memo></function><function controlid='x'><create/></function> ]]> <![CDATA[ x ]]> <!-- y -->", SAME),
    "entities": (
        "&amp; &#x41; &lol; &lt;script&gt; %26 <!DOCTYPE x [<!ENTITY lol SYSTEM 'file:///etc/passwd'>]>",
        SAME,
    ),
    "script": ("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>", SAME),
    "sql": ("'; DROP TABLE ledger.document; -- \\'; $$ :id", SAME),
    "template": ("{{ 7*7 }} {% raw %} {# x #} ${7*7} #{7*7} <%= 7*7 %>", SAME),
    "format": ("%s %n %(x)s {} {0} {0.__class__} {", SAME),
    "forms": ("e\u0301 \u00e9 \ufb01 \uff21 \u212b \U0001f642", SAME),
    "hebrew": ("\u05de\u05dc\u05d5\u05df \u200fx\u200e\u200by\ufeff", SAME),
    "overrides": ("abc\u202egnp.exe \u2066x\u2069", "abcgnp.exe x"),
    "controls": ("a\x1b[31mb\x07\x7f\x85c\r\nposted 99 reports\td\u2028e", "a [31mb c posted 99 reports d e"),
    "noncharacters": ("a\ufffe\uffffb", "a b"),
    "long": ("word " * 20_000, "word " * 20_000),
}
# PostgreSQL can hold it nowhere, XML neither.
NUL = "a\x00b"
CODE = "=1+1<b>\u202e'; DROP TABLE x; --{{ 7*7 }}%s{0}\r\nposted 99 reports\x1b[2J"
HEADER = ("ExpenseReportName", "ExpenseReportDescription", "FirstName", "LastName")
HEADER_CODES = (
    *("EmployeeID", "Currency", "EmpGLD1Code", "ApprovalCode", "InitialApproverEmail", "Status"),
    *("ReimbursementTransactionID", "SubmittedDate"),
)
LINE = ("Vendor", "Reason", "Location", "DepartmentName")
LINE_CODES = (
    *(
        "DepartmentCode",
        "EmployeeID",
        "Email",
        "ExpenseCategory",
        "ExpenseCategoryGLCode",
        "Currency",
        "ConvertedCurrency",
        "Status",
    ),
    *("ExpenseReportGLD1Code", "ReceiptID", "ExpenseDate", "PostingDate"),
)
CARD = ("PaymentCardName", "CCLast", "CCTransactionID")
# What a text in these fields decides: such a report never posts as it is.
DECIDES = {
    *("EmployeeID", "Currency", "EmpGLD1Code", "ReimbursementTransactionID", "SubmittedDate"),
    *(
        "DepartmentCode",
        "ExpenseCategory",
        "ExpenseCategoryGLCode",
        "ExpenseDate",
        "PostingDate",
        "PaymentCardName",
    ),
}
FORGED = "posted 99 reports"


def paid(_number: int, **fields: str) -> dict[str, str]:
    return {"Amount": "10.00", "ReimAmount": "10.00", **fields}


def on_card(number: int, **fields: str) -> dict[str, str]:
    card = {"PaymentCardName": "Corporate Visa", "CCLast": "4821", "CCTransactionID": f"T-{number}"}
    return {"Amount": "10.00", "ReimAmount": "0.00", **card, **fields}


def coded(company, code: str, first: int) -> Iterator[tuple[int, str]]:  # noqa: F811
    """A report for each field that decides something, with ``code`` in it."""
    for number, name in enumerate((*HEADER_CODES, *LINE_CODES, *CARD), start=first):
        if number < first + len(HEADER_CODES):
            company.report(number, **{name: code})
        else:
            company.report(number, (on_card if name in CARD else paid)(number, **{name: code}))
        yield number, name


@pytest.fixture
def schema(company):  # noqa: F811
    """Everything that the connector's database is made of."""

    def names() -> list[dict[str, str]]:
        return company.sql(
            "SELECT n.nspname || '.' || c.relname AS name, c.relkind::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' ORDER BY 1"
        )

    return names


@pytest.fixture
def ask(company, capsys, monkeypatch):  # noqa: F811
    """The command ``why``, as a person gives it."""

    def run(report: str) -> str:
        monkeypatch.setattr(sys, "argv", ["why", report])
        capsys.readouterr()
        assert why.main() == 0
        return capsys.readouterr().out

    return run


def nothing_forged(text: str) -> None:
    """No text of a person became a line of its own, steers a terminal, or turns the direction of what follows it."""
    assert not [line for line in text.split("\n") if line.strip().startswith(FORGED)]
    assert not set(text) & set("\x1b\x07\x85\r\u2028\u202e\u2066")


def escaped(page: str) -> None:
    page = page.replace(f"<script>{THEME}</script>", "")
    for markup in ("<b>", "<script", "<img", "</memo>", "<!DOCTYPE x", "<function"):
        assert markup not in page
    assert not set(page) & set("\x1b\x07\x85\u2028\u202e\u2066")


def test_every_text_of_a_report_stays_a_text_or_the_report_waits_by_its_name(
    company, schema, browser, ask, caplog, capsys, monkeypatch  # noqa: F811
):  # fmt: skip
    before = schema()
    texts = dict(enumerate(TEXTS.values(), start=1))
    for number, (text, _) in texts.items():
        company.report(number, paid(number, **dict.fromkeys(LINE, text)), **dict.fromkeys(HEADER, text))
    codes = dict(coded(company, CODE, 100))
    nuls = dict(coded(company, NUL, 200))
    for number, name in enumerate(HEADER, start=300):
        company.report(number, **{name: NUL})
    for number, name in enumerate(LINE, start=310):
        company.report(number, paid(number, **{name: NUL}))
    nuls |= dict(enumerate(HEADER, start=300)) | dict(enumerate(LINE, start=310))
    company.report(999)
    monkeypatch.setattr("certify_intacct.runs.plan_table.MOST", 10_000)
    monkeypatch.setattr("certify_intacct.runs.report_text._MOST", 10_000)
    caplog.set_level("INFO")
    capsys.readouterr()

    load, run = company.plan(validate=True)
    company.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    logs = capsys.readouterr().out
    RunReportOperator(task_id="report", load_id=load).execute(run)

    # What only a person reads is posted, as the text that it is; so is every ordinary report.
    documents = {
        row["report_id"]: row["number"] for row in company.sql("SELECT report_id, number FROM ledger.document")
    }
    held = {report_id(number) for number, name in codes.items() if name in DECIDES} | {report_id(n) for n in nuls}
    everything = {report_id(number) for number in (*texts, *codes, *nuls, 999)}
    assert set(documents) == everything - held
    assert set(company.states()) == {"in_gl"}
    stored = company.bills() | company.card_transactions()
    assert company.posted() == sorted(documents.values())
    for number, (text, clean) in texts.items():
        (bill,) = stored[documents[report_id(number)]]
        (line,) = bill["APBILLITEMS"]
        kept = (text if clean is None else clean).strip()
        assert bill["DESCRIPTION"][:900] == f"{104000 + number} {kept} {kept} {kept}"[:900]
        assert line["ENTRYDESCRIPTION"].partition(" ")[2][:900] == f"Hotel {kept}: {kept}"[:900]
        assert max(len(bill["DESCRIPTION"]), len(line["ENTRYDESCRIPTION"])) <= 1000
        assert (line["TRX_AMOUNT"], bill["TRX_TOTALENTERED"]) == ("10.00", "10.00")
    assert all(len(record.get("APBILLITEMS", record.get("CCTRANSACTIONENTRIES"))) == 1 for (record,) in stored.values())
    assert schema() == before

    # Everything that waits is told by its name and why.
    assert held <= set(company.open_items())
    told = caplog.text + capsys.readouterr().out
    # A long list of what waits is broken into lines.
    in_one_line = " ".join(told.split())
    for number in (*[n for n, name in codes.items() if name in DECIDES], *nuls):
        assert report_id(number) in told or f"approval code {104000 + number}" in in_one_line, number
    assert "{{ 7*7 }}" in told
    nothing_forged(told)
    nothing_forged(logs)

    # And shown as texts.
    viewer = browser("viewer")
    page = viewer.get(f"/connector/expense_sync/loads/{load}")
    assert page.status_code == 200
    escaped(page.text)
    for number in (*texts, *codes):
        page = viewer.get(f"/connector/expense_sync/reports/{report_id(number)}")
        assert page.status_code == 200
        escaped(page.text)
    for number in (*texts, 104, 116, 119):
        nothing_forged(ask(report_id(number)))
