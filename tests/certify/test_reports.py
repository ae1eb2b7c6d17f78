"""Expense reports and invoice reports in one vocabulary, as both services' readers take them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from certify_intacct.certify.reports import CertifyReports
from certify_intacct.model.errors import AnswerUnreadable
from certify_intacct.model.reports import INVOICES, of_invoices
from certify_intacct.staging.bulk import read_record
from certify_intacct.staging.streams import STREAMS
from tests.certify.test_with_sandbox import hook  # noqa: F401 - a fixture

REPORT = "00000000-0000-4000-8000-000000000001"
DAY = {"startdate": date(2026, 3, 1), "enddate": date(2026, 3, 31)}


@pytest.fixture
def reports(hook, fresh_sandbox) -> CertifyReports:  # noqa: F811
    """An expense report and an invoice report of one ID, with a line each, and an invoice of another day."""
    processed = {"Processed": True, "ProcessedDate": "2026-03-10", "Currency": "USD"}
    load(fresh_sandbox, "expensereports", {**processed, "ID": REPORT, "TotalAmount": "5.00"})
    load(fresh_sandbox, "expenses", {**processed, "ID": REPORT, "ExpenseReportID": REPORT, "Amount": "5.00"})
    load(
        fresh_sandbox,
        "invoicereports",
        {**processed, "ID": REPORT, "TotalAmount": "7.25", "InvoiceReportName": "March"},
    )
    load(
        fresh_sandbox, "invoices",
        {**processed, "ID": REPORT, "InvoiceReportID": REPORT, "Amount": "7.25", "Category": "Rent", "InvoiceReportGLD1Code": "100",
         "InvoiceDate": "2026-02-25", "VendorName": "Acme", "VendorCode": "20001", "VendorTaxpayerID": "12-3456789"},
        {**processed, "ID": REPORT[:-1] + "2", "InvoiceReportID": REPORT[:-1] + "9", "Amount": "1.00"},
    )  # fmt: skip
    return CertifyReports(hook, invoices_since=date(2026, 3, 1))


def load(sandbox: Any, name: str, *records: dict[str, Any]) -> None:
    sandbox.load("certify", name, list(records))


def listed(reports: CertifyReports, resource: str, **params: Any) -> dict[str, dict[str, Any]]:
    pages = list(reports.pages(resource, **params))
    assert pages[-1].record_count == sum(len(page.records) for page in pages)
    return {record["ID"]: record for page in pages for record in page.records}


def test_lists_have_both_and_no_id_is_another_s(reports):
    found = listed(reports, "expensereports", **DAY)
    assert set(found) == {REPORT, f"{INVOICES}{REPORT}"}
    assert [of_invoices(name) for name in sorted(found)] == [False, True]
    invoice = found[f"{INVOICES}{REPORT}"]
    assert (invoice["ReimAmount"], invoice["NonReimAmount"], invoice["TotalAmount"]) == (
        0,
        Decimal("7.25"),
        Decimal("7.25"),
    )
    assert (invoice["ExpenseReportName"], invoice["Processed"]) == ("March", True)


def test_an_invoice_is_an_expense_that_the_company_pays(reports):
    line = listed(reports, "expenses", **DAY)[f"{INVOICES}{REPORT}"]
    assert (line["ExpenseReportID"], line["Amount"], line["ReimAmount"], line["Reimbursable"]) == (
        f"{INVOICES}{REPORT}", Decimal("7.25"), 0, False,
    )  # fmt: skip
    assert (line["ExpenseCategory"], line["ExpenseReportGLD1Code"], line["ExpenseDate"], line["Vendor"]) == (
        "Rent", "100", "2026-02-25", "Acme",
    )  # fmt: skip


def test_of_before_the_day_that_is_said_lists_have_none(hook, reports):  # noqa: F811
    for since, wanted in ((date(2026, 3, 10), 2), (date(2026, 3, 11), 1)):
        later = CertifyReports(hook, invoices_since=since)
        found = {record["ID"] for page in later.pages("expensereports", **DAY) for record in page.records}
        assert len(found) == wanted


def test_a_day_is_read_however_certify_writes_it(hook, reports):  # noqa: F811
    for since, wanted in ((date(2026, 3, 10), 1), (date(2026, 3, 11), 0)):
        later = CertifyReports(_Written(hook), invoices_since=since)
        found = [one["ID"] for page in later.pages("expensereports") for one in page.records]
        assert found.count(f"{INVOICES}{REPORT}") == wanted
    assert list(listed(CertifyReports(_Written(hook), invoices_since=None), f"expensereports/{INVOICES}{REPORT}/expenses")) == [
        f"{INVOICES}{REPORT}"
    ]  # fmt: skip


class _Written:
    """Certify's answers with days in the American way."""

    def __init__(self, hook: Any) -> None:  # noqa: F811
        self._hook = hook

    def pages(self, resource: str, **params: Any) -> Any:
        for page in self._hook.pages(resource, **params):
            yield replace(page, records=[self._american(record) for record in page.records])

    def get(self, resource: str, record_id: str) -> Any:
        return self._american(self._hook.get(resource, record_id))

    def _american(self, record: dict[str, Any]) -> dict[str, Any]:
        return record | {"ProcessedDate": "03/10/2026"}


def test_one_report_has_its_own_lines_and_no_other_s(reports):
    assert list(listed(reports, f"expensereports/{REPORT}/expenses")) == [REPORT]
    assert list(listed(reports, f"expensereports/{INVOICES}{REPORT}/expenses")) == [f"{INVOICES}{REPORT}"]
    assert reports.get("expensereports", REPORT)["TotalAmount"] == Decimal("5.00")
    assert reports.get("expensereports", f"{INVOICES}{REPORT}")["TotalAmount"] == Decimal("7.25")
    nobody = f"{INVOICES}{REPORT[:-1]}7"
    assert reports.get("expensereports", nobody) is None
    assert listed(reports, f"expensereports/{nobody}/expenses") == {}


def test_where_they_are_not_asked_for_lists_have_none_and_single_ones_are_read_all_the_same(hook, reports):  # noqa: F811
    without = CertifyReports(hook, invoices_since=None)
    for resource in ("expensereports", "expenses"):
        assert list(listed(without, resource, **DAY)) == [REPORT]
    assert without.get("expensereports", f"{INVOICES}{REPORT}") is not None


def test_what_is_followed_is_in_lists_whatever_its_day_and_nothing_else_of_then(hook, reports):  # noqa: F811
    followed = f"{INVOICES}{REPORT}"
    for since in (None, date(2026, 3, 11)):
        reader = CertifyReports(hook, invoices_since=since, also=[followed])
        assert [one for one in _listed_ids(reader, "expensereports") if of_invoices(one)] == [followed]
        assert [one for one in _listed_ids(reader, "expenses") if of_invoices(one)] == [followed]
        assert reader.lists(followed, date(2026, 3, 10))
        assert not reader.lists(f"{INVOICES}other", date(2026, 3, 10))


@pytest.mark.parametrize("broken", [["a", "b"], {"a": 1}, [], None, 7, True], ids=str)
@pytest.mark.parametrize("name", ["ID", "InvoiceReportID"])
def test_an_invoice_whose_id_is_no_text_stops_no_list_and_is_refused_by_name(hook, reports, name, broken):  # noqa: F811
    """One name with two values in Certify's JSON is a list of both."""
    resource, stream, column = {
        "ID": ("expensereports", "certify_expense_reports", "ID"),
        "InvoiceReportID": ("expenses", "certify_expenses", "ExpenseReportID"),
    }[name]  # fmt: skip
    answered = _Broken(hook, {name: broken})
    for also in ((), [f"{INVOICES}{REPORT}"]):
        reader = CertifyReports(answered, invoices_since=date(2026, 3, 1), also=also)
        found = [one for page in reader.pages(resource, **DAY) for one in page.records if one[column] == broken]
        assert found, also
        for record in found:
            assert [one.source for one in read_record(STREAMS[stream], record)[1]] == [column]
    only_followed = CertifyReports(answered, invoices_since=None, also=[f"{INVOICES}{REPORT}"])
    assert [one["ID"] for page in only_followed.pages(resource, **DAY) for one in page.records] == [REPORT]


class _Broken:
    """Certify's answers with something else where all their invoices state a field."""

    def __init__(self, hook: Any, changes: dict[str, Any]) -> None:  # noqa: F811
        self._hook, self._changes = hook, changes

    def pages(self, resource: str, **params: Any) -> Any:
        for page in self._hook.pages(resource, **params):
            changes = self._changes if resource.startswith("invoice") else {}
            yield replace(page, records=[record | changes for record in page.records])


def _listed_ids(reports: CertifyReports, resource: str) -> list[str]:
    return [record["ID"] for page in reports.pages(resource, **DAY) for record in page.records]


def test_the_invoices_of_a_day_are_read_once_for_all_of_its_reports(reports, fresh_sandbox):
    second = REPORT[:-1] + "9"
    load(
        fresh_sandbox,
        "invoicereports",
        {"ID": second, "Processed": True, "ProcessedDate": "2026-03-10", "TotalAmount": "1.00"},
    )
    fresh_sandbox.clear_calls()
    for _ in range(3):
        for report in (REPORT, second):
            (line,) = listed(reports, f"expensereports/{INVOICES}{report}/expenses").values()
            assert line["ExpenseReportID"] == f"{INVOICES}{report}"
    calls = fresh_sandbox.calls()["certify"]
    assert sum(one["calls"] for name, one in calls.items() if name.endswith("invoices")) == 1


def test_one_that_is_processed_after_the_invoices_of_its_day_were_read_has_its_own(reports, fresh_sandbox):
    assert listed(reports, f"expensereports/{INVOICES}{REPORT}/expenses")
    later = REPORT[:-1] + "7"
    processed = {"Processed": True, "ProcessedDate": "2026-03-10", "Currency": "USD"}
    load(fresh_sandbox, "invoicereports", {**processed, "ID": later, "TotalAmount": "3.00"})
    load(fresh_sandbox, "invoices", {**processed, "ID": later, "InvoiceReportID": later, "Amount": "3.00"})
    (line,) = listed(reports, f"expensereports/{INVOICES}{later}/expenses").values()
    assert line["ExpenseReportID"] == f"{INVOICES}{later}"


def test_one_that_is_not_processed_is_not_taken_for_processed(reports, fresh_sandbox):
    fresh_sandbox.settings(certify_unprocessed_by_id="shown")
    fresh_sandbox.act("edit_invoices", report=REPORT, changes={"Processed": False, "ProcessedDate": ""})
    assert reports.get("expensereports", f"{INVOICES}{REPORT}")["Processed"] is False
    assert listed(reports, f"expensereports/{INVOICES}{REPORT}/expenses") == {}


def test_a_day_that_cannot_be_read_is_said(reports, fresh_sandbox):
    fresh_sandbox.act("edit_invoices", report=REPORT, changes={"ProcessedDate": "10 March"})
    with pytest.raises(AnswerUnreadable, match="10 March"):
        list(reports.pages(f"expensereports/{INVOICES}{REPORT}/expenses"))
