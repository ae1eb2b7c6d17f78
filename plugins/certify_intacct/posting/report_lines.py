"""The lines of processed reports as Certify has them now: one report's by its ID, those of whole days as one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.model.content import combined_hash, content_hash
from certify_intacct.rules.expenses import hashing
from certify_intacct.staging.expenses import line_of
from certify_intacct.staging.values import processed_date

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports

_FORMS = ((), hashing.ALSO)
# Whether the end of Certify's date range is inclusive is not documented, and dates have no time zone.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ReportLines:
    """The lines of one report.

    :param lines: business fields by the line's ID, without disapproved lines
    :param unreadable: what of them cannot be read, each a short sentence for a person
    :param unanswered: Certify gave no lines at all: ``unreadable`` says how, and they may be given when it is asked again
    """

    lines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    unanswered: bool = False


def of_report(hook: CertifyReports, report_id: str) -> ReportLines:
    """The lines of one report.

    :raises ConnectorError: Certify cannot say
    """
    lines: dict[str, Mapping[str, Any]] = {}
    unreadable: list[str] = []
    for page in hook.pages(f"expensereports/{report_id}/expenses"):
        for record in page.records:
            line, faults = line_of(record)
            unreadable += [f"line {line.id or 'without ID'}: {fault}" for fault in faults]
            if not line.disapproved:
                lines[line.id] = hashing.line_content(line, hashing.ALSO)
    return ReportLines(lines=lines, unreadable=tuple(unreadable))


def of_days(
    hook: CertifyReports,
    first: date,
    last: date,
    *,
    only: Collection[str] | None = None,
    most_pages: int | None = None,
) -> dict[str, tuple[str, ...]] | None:
    """The ``lines_hash`` of each report that was processed from ``first`` to ``last``, by its ID, in each form (``hashing.ALSO``).

    That of a report with a line that cannot be read is like no other's. Memory holds one page, and a hash for each line and form.

    :param only: the reports that are asked about, where not all are
    :param most_pages: None is returned, after one page, when the list has more
    :raises ConnectorError: Certify cannot say
    """
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for page in hook.pages("expenses", startdate=first - _MARGIN, enddate=last + _MARGIN):
        if most_pages is not None and page.page_count > most_pages:
            return None
        for record in page.records:
            day = processed_date(record)
            if day is None or not first <= day <= last:
                continue
            line, faults = line_of(record)
            if only is not None and line.report_id not in only:
                continue
            if faults:
                found[line.report_id][line.id] = ("",) * len(_FORMS)
            elif not line.disapproved:
                found[line.report_id][line.id] = tuple(
                    content_hash(hashing.line_content(line, form)) for form in _FORMS
                )
    return {
        report_id: tuple(
            combined_hash({line_id: forms[place] for line_id, forms in lines.items()}) for place in range(len(_FORMS))
        )
        for report_id, lines in found.items()
    }
