"""Asks Certify once more, at the moment of sending, whether a report is still what was planned.

The reports of a day are read as one list, and so are their lines; the lists serve for a few minutes. Single reports are read by their
ID, and so is each whose lines in the list are not the planned ones.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from threading import Lock
from typing import TYPE_CHECKING, Any

from certify_intacct.model.content import lines_hash
from certify_intacct.model.errors import AnswerUnreadable, IncompleteAnswer, RequestRefused
from certify_intacct.model.payers import Payer
from certify_intacct.model.rules import Rule
from certify_intacct.posting import report_lines
from certify_intacct.posting.report_lines import ReportLines
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.reimbursement import paid_elsewhere
from certify_intacct.rules.texts import readable
from certify_intacct.staging.values import Unreadable, is_processed, read_value, record_id

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports

FRESH_SECONDS = 300
# A long list serves for so many times the time that it took: most of the time is left for sending.
FRESH_TIMES = 4
FEW = 5
_LONGEST = 500
# Reports whose lines Certify cannot tell wait by themselves, unless that is true of many.
_MOST_NOT_UNDERSTOOD = 5
_AMOUNTS = (("reim_amount", "ReimAmount"), ("non_reim_amount", "NonReimAmount"), ("total_amount", "TotalAmount"))
_GLDS = tuple(f"EmpGLD{number}Code" for number in range(1, 6))
# What of a header is looked at; no more of the thousands of a day is kept.
_LOOKED_AT = (
    *(theirs for _, theirs in _AMOUNTS), *_GLDS, "Currency", "EmployeeID", "Processed", "ProcessedDate", "Reimbursed",
    "ReimbursementTransactionID",
)  # fmt: skip


class Recheck:
    """Headers and lines of reports as Certify has them now; several senders may ask, one after the other."""

    def __init__(self, hook: CertifyReports) -> None:
        self._hook = hook
        self._one_at_a_time = Lock()
        self._days: dict[date, tuple[float, dict[str, dict[str, Any]]]] = {}
        self._lines: dict[date, tuple[float, dict[str, str]]] = {}
        self._not_understood = 0

    def headers(self, reports: Mapping[str, date | None]) -> dict[str, dict[str, Any]]:
        """The headers of ``reports`` (ID to the processed date as planned); one that is missing is no longer processed."""
        with self._one_at_a_time:
            return self._headers(reports)

    def _headers(self, reports: Mapping[str, date | None]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for day, count in Counter(reports.values()).items():
            ids = [report_id for report_id, processed in reports.items() if processed == day]
            known = self._day(day) if day is not None and count > FEW else None
            for report_id in ids:
                header = known.get(report_id) if known is not None else None
                # Not in the list of its day: moved to another one, or gone.
                header = header or self._hook.get("expensereports", report_id)
                if not header and day is not None:
                    # One answer may lack it; two questions are not answered wrongly alike.
                    header = self._day(day).get(report_id)
                if header and is_processed(header):
                    found[report_id] = header
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
                same = listed.get(report_id) == lines_hash(lines)
                found[report_id] = ReportLines(lines=lines) if same else self._lines_by_id(report_id)
        return found

    def _lines_of(self, day: date, reports: int) -> dict[str, str]:
        """The ``lines_hash`` of each report of a day; none where their list would take more calls than the reports do."""
        until, listed = self._lines.get(day, (0.0, {}))
        if time.monotonic() > until:
            began = time.monotonic()
            listed = report_lines.of_days(self._hook, day, day, most_pages=reports) or {}
            self._lines[day] = (_fresh_until(began), listed)
        return listed

    def _lines_by_id(self, report_id: str) -> ReportLines:
        try:
            return report_lines.of_report(self._hook, report_id)
        except (AnswerUnreadable, IncompleteAnswer, RequestRefused) as error:
            self._not_understood += 1
            if self._not_understood > _MOST_NOT_UNDERSTOOD:
                raise
            return ReportLines(unreadable=(str(error),), unanswered=True)


def _fresh_until(began: float) -> float:
    """Until when a list serves whose reading began then and ends now; a line may be as old as its first page."""
    return max(began + FRESH_SECONDS, time.monotonic() + FRESH_TIMES * (time.monotonic() - began))


def objection(
    planned: Mapping[str, Any],
    header: Mapping[str, Any] | None,
    released: Sequence[str],
    payer: Payer,
    *,
    clears_payment: bool = False,
) -> str:
    """Why a document of a planned report must not be sent after all, empty when nothing speaks against it.

    :param planned: the ``report`` part of its business content
    :param header: the header as Certify has it now
    :param payer: whose part the document is: what the company paid is owed to nobody who may have been reimbursed
    :param clears_payment: whether it is one that says that the employee was paid elsewhere
    """
    if header is None:
        return "Certify no longer shows the report as processed."
    changed = [
        f"{theirs} {header.get(theirs)} instead of {planned[ours]}"
        for ours, theirs in _AMOUNTS
        if not _same_amount(planned[ours], header.get(theirs))
    ]
    texts = {"Currency": planned["currency"], "EmployeeID": planned["employee_id"]}
    texts |= {name: planned["employee_glds"].get(str(number), "") for number, name in enumerate(_GLDS, start=1)}
    changed += [
        f"{name} {header.get(name)} instead of {text}"
        for name, text in texts.items()
        if str(header.get(name) or "") != text
    ]
    if str(header.get("ProcessedDate") or "")[:10] != planned["processed_date"]:
        changed.append(f"ProcessedDate {header.get('ProcessedDate')} instead of {planned['processed_date']}")
    if changed:
        # What Certify has now may be any text.
        return readable(f"The report changed since it was planned: {', '.join(changed)}.", _LONGEST)
    paid = paid_elsewhere(_reimbursed(header), str(header.get("ReimbursementTransactionID") or ""))
    if clears_payment:
        certain = paid is not None and paid.certain
        return "" if certain else "Certify no longer says that the employee was reimbursed."
    if payer is Payer.COMPANY or Rule.ALREADY_REIMBURSED in released or paid is None:
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


def _same_amount(ours: Any, theirs: Any) -> bool:
    return _amount(ours) == _amount(theirs)


def _amount(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
