"""Asks Certify once more, at the moment of sending, whether a report is still what was planned.

The reports of a day are read as one list, and so are their lines; the lists serve for a few minutes. Single reports are read by their
ID, and so is each whose lines in the list are not the planned ones.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from certify_intacct.model.content import lines_hash
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import of_invoices
from certify_intacct.model.rules import Rule
from certify_intacct.posting import report_lines
from certify_intacct.posting.one_by_one import UNTOLD, OneByOne, Untold
from certify_intacct.posting.report_lines import ReportLines
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.reimbursement import paid_elsewhere
from certify_intacct.rules.texts import readable
from certify_intacct.staging.values import Unreadable, is_processed, read_value, record_id

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports
    from certify_intacct.staging.streams.stream import ColumnType

FRESH_SECONDS = 300
# A long list serves for so many times the time that it took: most of the time is left for sending.
FRESH_TIMES = 4
FEW = 5
_LONGEST = 500
#: What of a header is compared with what was planned: Certify's name, ours, and as what it is read.
_COMPARED: tuple[tuple[str, str, ColumnType], ...] = (
    ("ReimAmount", "reim_amount", "numeric"),
    ("NonReimAmount", "non_reim_amount", "numeric"),
    ("TotalAmount", "total_amount", "numeric"),
    ("Currency", "currency", "text"),
    ("EmployeeID", "employee_id", "text"),
    ("ProcessedDate", "processed_date", "date"),
)
#: The same of what dates documents where connector.yaml has it so.
_DATES = {"SubmittedDate": "submitted_date", "EndDate": "end_date", "ReimbursedDate": "reimbursed_date"}
_GLDS = tuple(f"EmpGLD{number}Code" for number in range(1, 6))
# What of a header is looked at; no more of the thousands of a day is kept.
_LOOKED_AT = (
    *(theirs for theirs, _, _ in _COMPARED), *_DATES, *_GLDS, "Processed", "Reimbursed", "ReimbursementTransactionID",
)  # fmt: skip

Header = Mapping[str, Any]


class Recheck:
    """Headers and lines of reports as Certify has them now; several senders may ask, one after the other."""

    def __init__(self, hook: CertifyReports) -> None:
        self._hook = hook
        self._one_at_a_time = Lock()
        self._days: dict[date, tuple[float, dict[str, dict[str, Any]]]] = {}
        self._lines: dict[date, tuple[float, dict[str, tuple[str, ...]]]] = {}
        self._one_by_one = OneByOne(hook)

    def headers(self, reports: Mapping[str, date | None]) -> dict[str, Header | Untold]:
        """The headers of ``reports`` (ID to the processed date as planned); one that is missing is no longer processed."""
        with self._one_at_a_time:
            return self._headers(reports)

    def _headers(self, reports: Mapping[str, date | None]) -> dict[str, Header | Untold]:
        found: dict[str, Header | Untold] = {}
        for day, count in Counter(reports.values()).items():
            ids = [report_id for report_id, processed in reports.items() if processed == day]
            known = self._day(day) if day is not None and count > FEW else None
            for report_id in ids:
                header = known.get(report_id) if known is not None else None
                # Not in the list of its day: moved to another one, or gone.
                told: Header | Untold | None = header or self._one_by_one.header(report_id)
                if not told and day is not None:
                    # One answer may lack it; two questions are not answered wrongly alike.
                    told = self._day(day).get(report_id)
                if isinstance(told, Untold) or (told and is_processed(told)):
                    found[report_id] = told
        return found

    def _day(self, day: date) -> dict[str, dict[str, Any]]:
        until, headers = self._days.get(day, (0.0, {}))
        if not headers or time.monotonic() > until:
            began = time.monotonic()
            margin = timedelta(days=1)
            pages = self._hook.pages("expensereports", startdate=day - margin, enddate=day + margin)
            headers = {
                record_id(record): {name: record.get(name) for name in _LOOKED_AT}
                for page in pages
                for record in page.records
            }
            self._days[day] = (_fresh_until(began), headers)
        return headers

    def lines(self, planned: Mapping[str, Mapping[str, Any]]) -> dict[str, ReportLines]:
        """The lines of processed reports.

        :param planned: the business content of each report as it was planned, by its ID
        :raises ConnectorError: Certify cannot say
        """
        with self._one_at_a_time:
            return self._lines_of_reports(planned)

    def _lines_of_reports(self, planned: Mapping[str, Mapping[str, Any]]) -> dict[str, ReportLines]:
        by_day: dict[str, list[str]] = defaultdict(list)
        for report_id, content in planned.items():
            by_day[content["report"]["processed_date"]].append(report_id)
        found: dict[str, ReportLines] = {}
        for day, report_ids in by_day.items():
            listed = self._lines_of(date.fromisoformat(day), len(report_ids)) if len(report_ids) > FEW else {}
            for report_id in report_ids:
                lines = planned[report_id]["lines"]
                same = lines_hash(lines) in listed.get(report_id, ())
                found[report_id] = ReportLines(lines=lines) if same else self._lines_by_id(report_id)
        return found

    def _lines_of(self, day: date, reports: int) -> dict[str, tuple[str, ...]]:
        """The ``lines_hash`` of each report of a day, in each form; none where their list takes more calls than the reports do."""
        until, listed = self._lines.get(day, (0.0, {}))
        if time.monotonic() > until:
            began = time.monotonic()
            listed = report_lines.of_days(self._hook, day, day, most_pages=reports) or {}
            self._lines[day] = (_fresh_until(began), listed)
        return listed

    def _lines_by_id(self, report_id: str) -> ReportLines:
        try:
            return report_lines.of_report(self._hook, report_id)
        except UNTOLD as error:
            return ReportLines(unreadable=(self._one_by_one.bear(error).reason,), unanswered=True)


def _fresh_until(began: float) -> float:
    """Until when a list serves whose reading began then and ends now; a line may be as old as its first page."""
    return max(began + FRESH_SECONDS, time.monotonic() + FRESH_TIMES * (time.monotonic() - began))


def objection(
    planned: Mapping[str, Any],
    header: Header | Untold | None,
    released: Sequence[str],
    payer: Payer,
    *,
    clears_payment: bool = False,
) -> str:
    """Why a document of a planned report must not be sent after all, empty when nothing speaks against it.

    :param planned: the ``report`` part of its business content
    :param header: the header as Certify has it now; None where it does not show the report as processed
    :param payer: whose part the document is: what the company paid is owed to nobody who may have been reimbursed, unless
        it is invoices
    :param clears_payment: whether it is one that says that the employee was paid elsewhere
    """
    if header is None:
        return "Certify no longer shows the report as processed."
    if isinstance(header, Untold):
        return readable(f"Certify does not tell what the report is now: {header.reason}", _LONGEST)
    codes = planned["employee_glds"]
    compared: list[tuple[str, Any, ColumnType]] = [(theirs, planned[ours], kind) for theirs, ours, kind in _COMPARED]
    compared += [(name, codes.get(str(number), ""), "text") for number, name in enumerate(_GLDS, start=1)]
    dated = planned.get(hashing.DATED_BY, {}).get(payer.value, {})
    compared += [(theirs, dated[ours], "date") for theirs, ours in _DATES.items() if ours in dated]
    changed = [
        f"{name} {header.get(name)} instead of {before}"
        for name, before, kind in compared
        if _read(kind, header.get(name)) != _read(kind, before)
    ]
    if changed:
        # What Certify has now may be any text.
        return readable(f"The report changed since it was planned: {', '.join(changed)}.", _LONGEST)
    transaction = str(header.get("ReimbursementTransactionID") or "")
    paid = paid_elsewhere(_reimbursed(header), transaction, planned["id"])
    if clears_payment:
        certain = paid is not None and paid.certain
        return "" if certain else "Certify no longer says that the employee was reimbursed."
    owed = payer is Payer.EMPLOYEE or of_invoices(planned["id"])
    if not owed or Rule.ALREADY_REIMBURSED in released or paid is None:
        return ""
    return readable(paid.reason, _LONGEST)


def recoded(planned: Mapping[str, Any], now: ReportLines, apart: Collection[str]) -> str:
    """Why a document must not be sent after all, by the lines of its report; empty when nothing speaks against it.

    :param planned: the report's business content
    :param apart: lines that other documents of the same plan send
    """
    if now.unreadable:
        return readable(f"Lines of the report cannot be read any more: {'; '.join(now.unreadable)}.", _LONGEST)
    changed = hashing.recoded(planned["lines"], now.lines, apart)
    if not changed:
        return ""
    return readable(f"Lines of the report changed since it was planned: {'; '.join(changed)}.", _LONGEST)


def _reimbursed(header: Mapping[str, Any]) -> bool:
    """What cannot be read counts as yes: it decides whether somebody is paid twice."""
    try:
        return bool(read_value("boolean", header.get("Reimbursed")))
    except Unreadable:
        return True


def _read(kind: ColumnType, value: Any) -> object:
    """A value as the plan read it, whatever form it has now; what cannot be read is like nothing else."""
    try:
        found = read_value(kind, value)
    except Unreadable:
        return object()
    return "" if found is None else found
