"""The list for the Treasurer: as a file, by the command, and as a page."""

from __future__ import annotations

import csv
import io
import sys

import pytest

from certify_intacct.commands import payments
from tests.expense_company import DAY, Company, report_id
from tests.pages.conftest import browser
from tests.reconciliation.test_open_periods import daily
from tests.reconciliation.test_payments import pay, reimburse

__all__ = ["browser"]


@pytest.fixture
def differing(company) -> Company:
    """One report that Intacct paid, one that Certify shows as paid, one that both do."""
    for number in (1, 2, 3):
        company.report(number, LastName="=1+1 <b>")
    company.sync()
    pay(company, 1)
    reimburse(company, 2, date=str(DAY))
    pay(company, 3)
    reimburse(company, 3)
    daily(company)
    return company


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def run(capsys, monkeypatch) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["payments"])
    capsys.readouterr()
    return payments.main(), capsys.readouterr().out


def test_the_command_lists_both_directions_with_what_is_to_be_done(differing, capsys, monkeypatch):
    status, said = run(capsys, monkeypatch)
    assert status == 0
    marked, paid = rows(said)
    assert (paid["report_id"], paid["difference"], paid["paid"], paid["due"]) == (
        report_id(1), "paid_not_marked", "100.10", "0.00",
    )  # fmt: skip
    assert "Mark as Paid" in paid["to_do"]
    assert (paid["paid_on"] != "", paid["marked_on"]) == (True, "")
    assert (marked["report_id"], marked["difference"], marked["due"]) == (report_id(2), "marked_not_paid", "100.10")
    assert (marked["paid_on"], marked["marked_on"], marked["marked_as"]) == ("", str(DAY), "Manual Pay")


def test_what_it_tells_to_do_ends_it(differing, capsys, monkeypatch):
    reimburse(differing, 1)
    pay(differing, 2)
    daily(differing)
    assert rows(run(capsys, monkeypatch)[1]) == []


def test_the_page_shows_them_and_gives_the_same_file(differing, browser, capsys, monkeypatch):
    viewer = browser("viewer")
    page = viewer.get("/connector/expense_sync/payments")
    assert page.status_code == 200
    for text in ("104001", "104002", "paid in Intacct, not marked in Certify", "100.10 USD", "payroll"):
        assert text in page.text
    assert "104003" not in page.text
    assert "<b>" not in page.text
    assert 'href="payments"' in viewer.get("/connector/expense_sync/reports").text
    only = viewer.get("/connector/expense_sync/payments", params={"difference": "marked_not_paid"}).text
    assert "104002" in only
    assert "104001" not in only
    answer = viewer.get("/connector/expense_sync/payments.csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert rows(answer.text) == rows(run(capsys, monkeypatch)[1])
    assert browser("").get("/connector/expense_sync/payments").status_code == 403
    assert browser(None).get("/connector/expense_sync/payments.csv").status_code == 401


def test_nothing_differs(company, browser):
    company.report(1)
    company.sync()
    daily(company)
    assert "Nothing differs." in browser("viewer").get("/connector/expense_sync/payments").text
