"""Reclaimable tax by detail and month: what stands in Intacct, as the view, the command and the page tell it."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date, timedelta
from decimal import Decimal

import pytest

from certify_intacct.commands import tax
from certify_intacct.model.errors import BadInput
from certify_intacct.staging.reclaimable_tax import in_csv, months
from tests.expense_company import DAY, Company
from tests.pages.conftest import browser
from tests.posting.test_taxes import CANADA, MEALS, UK, books, line

__all__ = ["books", "browser"]
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def posted(books) -> Company:
    """Four reports in two taxed entities; one of them was reversed."""
    books.report(1, line("120", VATAmount="20"), line("7"), line("60", "0", VATAmount="10", PostingDate=str(DAY)))
    books.report(2, line("120", VATAmount="20", **MEALS))
    books.report(3, line("112", HSTAmount="5", PSTAmount="7"), EmpGLD1Code="200")
    books.report(4, line("1200", VATAmount="200"))
    assert books.sync() == {"applied": 4}
    (bill,) = [one for (one,) in books.bills().values() if one["TRX_TOTALENTERED"] == "1200.00"]
    books.sandbox.act("reverse", object="APBILL", record=bill["RECORDNO"])
    books.reconcile()
    return books


def rows(text: str) -> list[tuple[str, ...]]:
    return [tuple(row) for row in csv.reader(io.StringIO(text))][1:]


@pytest.fixture
def ask(capsys, monkeypatch):
    def run(*arguments: str):
        monkeypatch.setattr(sys, "argv", ["tax", *arguments])
        capsys.readouterr()
        status = tax.main()
        return status, capsys.readouterr()

    return run


def test_what_stands_in_intacct_is_added_up_by_entity_detail_and_month(posted, ask):
    status, said = ask(MONTH)
    assert (status, rows(said.out)) == (0, [
        ("SANDBOX", "100", UK, "UK 0", MONTH, "USD", "in_gl", "7.00", "0.00", "1"),
        ("SANDBOX", "100", UK, "UK 20", MONTH, "USD", "in_gl", "260.00", "40.00", "3"),
        ("SANDBOX", "200", CANADA, "CA HST", MONTH, "USD", "in_gl", "100.00", "5.00", "1"),
        ("SANDBOX", "200", CANADA, "CA PST", MONTH, "USD", "in_gl", "100.00", "7.00", "1"),
    ])  # fmt: skip


def test_what_somebody_changed_or_has_not_approved_stands_apart(posted, ask):
    (bill,) = [one for (one,) in posted.bills().values() if one["TRX_TOTALENTERED"] == "127.00"]
    posted.sandbox.act("edit_bill", record=bill["RECORDNO"], amount="99.00")
    posted.reconcile()
    posted.sandbox.settings(ap_approval=True)
    posted.report(5, line("24", VATAmount="4"))
    posted.sync()
    found = {(row[3], row[6]): row[7:] for row in rows(ask(MONTH)[1].out)}
    assert found["UK 20", "altered"] == ("100.00", "20.00", "1")
    assert found["UK 20", "waiting"] == ("20.00", "4.00", "1")
    assert found["UK 20", "in_gl"] == ("160.00", "20.00", "2")


def test_what_was_accepted_as_it_stands_in_intacct_stands_apart_too(posted, ask):
    (bill,) = [one for (one,) in posted.bills().values() if one["TRX_TOTALENTERED"] == "127.00"]
    posted.sandbox.act("edit_bill", record=bill["RECORDNO"], amount="99.00")
    posted.reconcile()
    posted.sync()
    (report,) = [key for key, rules in posted.held().items() if "altered_in_intacct" in rules]
    posted.decide(report)
    posted.sync()
    assert "altered" not in posted.states()
    assert {row[6] for row in rows(ask(MONTH)[1].out) if row[3] == "UK 0"} == {"altered"}


def test_the_months_that_are_asked_for(posted, ask):
    before = f"{DAY.replace(day=1) - timedelta(days=1):%Y-%m}"
    assert rows(ask(before)[1].out) == []
    assert rows(ask(f"{before}..{MONTH}")[1].out) == rows(ask(MONTH)[1].out)
    status, said = ask("october")
    assert (status, said.out) == (1, "")
    assert "such as 2026-10" in said.err


def test_the_page_gives_the_same_file_to_who_may_read(posted, ask, browser):
    answer = browser("viewer").get("/connector/expense_sync/tax.csv", params={"of": MONTH})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert rows(answer.text) == rows(ask(MONTH)[1].out)
    form = browser("viewer").get("/connector/expense_sync/reports").text
    assert 'action="tax.csv"' in form
    assert browser("viewer").get("/connector/expense_sync/tax.csv?of=x").status_code == 422
    assert browser("").get("/connector/expense_sync/tax.csv").status_code == 403
    assert browser(None).get("/connector/expense_sync/tax.csv").status_code == 401


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", date(2025, 12, 1), date(2025, 12, 1)),
        ("2025-10", date(2025, 10, 1), date(2025, 10, 1)),
        ("2025-10..2026-01", date(2025, 10, 1), date(2026, 1, 1)),
    ],
)
def test_how_months_are_named(text, first, last):
    period = months(text, date(2026, 1, 31))
    assert (period.start, period.end) == (first, last)


@pytest.mark.parametrize("text", ["2025-13", "2025-1", "0000-01", "2026-02..2026-01", "2026-01..", "2026-01\n"])
def test_what_are_no_months(text):
    with pytest.raises(BadInput):
        months(text, date(2026, 1, 31))


def test_a_spreadsheet_takes_no_code_for_a_formula():
    row = dict.fromkeys(("intacct_company", "entity", "tax_solution", "currency", "standing", "documents"), "x")
    row |= dict.fromkeys(("net", "tax"), Decimal(1))
    text = in_csv([row | {"tax_detail": '=HYPERLINK("x")', "month": date(2026, 1, 1)}])
    assert rows(text)[0][3] == '\'=HYPERLINK("x")'
