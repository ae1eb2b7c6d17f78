"""Expense reports and invoice reports of Certify as reports of one vocabulary, that of expense reports.

An invoice report (``invoicereports``) is a report that the company pays, and its invoices (``invoices``) are its lines. Certify REST
API, resources of these names. Of invoice reports no list of the fields is published, and no way is known to ask for the invoices of
one: they are found among those that were processed on its day.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.certify.resources import ResourcePage
from certify_intacct.model.dimensions import GLD_NUMBERS
from certify_intacct.model.errors import AnswerUnreadable
from certify_intacct.model.reports import INVOICES, of_invoices
from certify_intacct.transport.text import read_day

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook

_REPORTS, _LINES = "expensereports", "expenses"
# Whether the end of Certify's date range is inclusive is not documented.
_MARGIN = timedelta(days=1)
# So long the invoices of a day serve for all reports of that day, and memory holds those of so many days.
_FRESH_SECONDS = 300
_MOST_DAYS = 2
# How an expense report and an expense call what invoice reports and invoices state under another name.
_HEADER = {"ExpenseReportName": "InvoiceReportName", "NonReimAmount": "TotalAmount"}
_LINE = {
    "Email": "EmployeeEmail", "ExpenseCategory": "Category", "ExpenseCategoryGLCode": "CategoryGLCode", "ExpenseDate": "InvoiceDate",
    "Vendor": "VendorName", "ConvertedAmount": "Amount", "ConvertedCurrency": "Currency",
    **{f"ExpenseReportGLD{number}Code": f"InvoiceReportGLD{number}Code" for number in GLD_NUMBERS},
}  # fmt: skip


class CertifyReports:
    """Reads reports and their lines as :class:`CertifyHook` does; asked for by their ID, invoice reports are read in any case.

    :param invoices_since: from this processed date on lists have the invoice reports and invoices too; None: they have none
    :param also: the IDs of invoice reports that lists have whatever their day: what is posted of them is followed
    """

    def __init__(self, hook: CertifyHook, *, invoices_since: date | None, also: Collection[str] = ()) -> None:
        self._hook = hook
        self._since = invoices_since
        self._also = frozenset(also)
        self._days: dict[date, tuple[float, dict[str, list[dict[str, Any]]]]] = {}

    def pages(self, resource: str, **params: Any) -> Iterator[ResourcePage]:
        """All records of a list, page by page: those of expense reports, then those of invoice reports.

        :param resource: ``expensereports``, ``expenses``, or ``expensereports/<id>/expenses``
        :raises ConnectorError: as :meth:`CertifyHook.pages`
        """
        _, _, of_one = resource.partition("/")
        report_id = of_one.partition("/")[0]
        if of_invoices(report_id):
            yield self._of_report(report_id)
            return
        before = 0
        for page in self._hook.pages(resource, **params):
            before = page.record_count
            yield page
        if of_one or (self._since is None and not self._also):
            return
        theirs, read = _AS[resource]
        for page in self._hook.pages(theirs, **params):
            found = [one for one in map(read, page.records) if self._has(one)]
            yield replace(page, records=found, record_count=before + page.record_count)

    def _has(self, record: Mapping[str, Any]) -> bool:
        """Whether lists have an invoice report, or an invoice; one whose day cannot be read is refused by name, and never lost."""
        identity = record.get("ExpenseReportID", record["ID"])
        # One that was said twice is a list of both, which no set can be asked for.
        if isinstance(identity, str) and identity in self._also:
            return True
        return self._since is not None and not _is_before(self._since, record)

    def get(self, resource: str, record_id: str) -> dict[str, Any] | None:
        """One report by its ID; None if there is none.

        :raises ConnectorError: as :meth:`CertifyHook.get`
        """
        if not of_invoices(record_id):
            return self._hook.get(resource, record_id)
        theirs, read = _AS[resource]
        record = self._hook.get(theirs, record_id.removeprefix(INVOICES))
        return None if record is None else read(record)

    def lists(self, report_id: str, processed: date) -> bool:
        """Whether a report that is processed on that day is in the list of it: of invoice reports those from the day on that is said,
        and those that are followed."""
        ours = self._since is not None and processed >= self._since
        return not of_invoices(report_id) or ours or report_id in self._also

    def close(self) -> None:
        """Closes the connections to Certify."""
        self._hook.close()

    def _of_report(self, report_id: str) -> ResourcePage:
        header = self.get(_REPORTS, report_id)
        if header is None or not header["Processed"]:
            return ResourcePage([], 0, 1, 1)
        try:
            day = read_day(str(header.get("ProcessedDate")).strip())
        except ValueError:
            raise AnswerUnreadable(
                f"Its ProcessedDate is {str(header.get('ProcessedDate'))[:60]!r}, so nobody can tell which invoices it has.",
                where=f"Emburse Certify, invoice report {report_id.removeprefix(INVOICES)}",
            ) from None
        around = self._invoices_around(day)
        if report_id not in around:
            # It may be processed since that list was read; that a report has no invoice at all is asked twice.
            self._days.pop(day, None)
            around = self._invoices_around(day)
        lines = around.get(report_id, [])
        return ResourcePage(lines, len(lines), 1, 1)

    def _invoices_around(self, day: date) -> Mapping[str, list[dict[str, Any]]]:
        """The invoices among which those of a report are that was processed on that day, by report."""
        until, known = self._days.get(day, (0.0, {}))
        if time.monotonic() < until:
            return known
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        theirs, read = _AS[_LINES]
        for page in self._hook.pages(theirs, startdate=day - _MARGIN, enddate=day + _MARGIN):
            for line in map(read, page.records):
                found[str(line["ExpenseReportID"])].append(line)
        self._days.pop(day, None)
        while len(self._days) >= _MOST_DAYS:
            del self._days[next(iter(self._days))]
        self._days[day] = (time.monotonic() + _FRESH_SECONDS, dict(found))
        return found


def _is_before(since: date, record: Mapping[str, Any]) -> bool:
    try:
        return read_day(str(record.get("ProcessedDate")).strip()) < since
    except ValueError:
        return False


def report_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """An invoice report as an expense report of which the company pays all."""
    return {
        **record,
        **{name: record.get(theirs) for name, theirs in _HEADER.items()},
        "ID": _ours(record.get("ID")),
        "ReimAmount": 0,
        # Whether it is said of an invoice report is not published; a day on which it was processed is.
        "Processed": record.get("Processed", bool(record.get("ProcessedDate"))),
    }


def line_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """An invoice as an expense; it has one amount, in one currency."""
    return {
        **record,
        **{name: record.get(theirs) for name, theirs in _LINE.items()},
        "ID": _ours(record.get("ID")),
        "ExpenseReportID": _ours(record.get("InvoiceReportID")),
        "ReimAmount": 0,
        "ConvertedReimAmount": 0,
        "Reimbursable": False,
    }


def _ours(identity: Any) -> Any:
    # What is no text is no ID, and is told as what it is.
    return f"{INVOICES}{identity}" if isinstance(identity, str) and identity else identity


#: By resource the one of invoices, and how its records are read.
_AS = {_REPORTS: ("invoicereports", report_of), _LINES: ("invoices", line_of)}
INVOICE_RESOURCES = tuple(name for name, _ in _AS.values())
