"""Brings what earlier runs left unfinished into a load, and finds what no run has seen: nothing is left behind."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from certify_intacct.posting import unpaid_after_all
from certify_intacct.posting.one_by_one import UNTOLD, OneByOne, Untold
from certify_intacct.posting.posted_lines import ComparedLines, PostedLines
from certify_intacct.posting.withdrawn import Withdrawn
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.rules.expenses import hashing
from certify_intacct.rules.expenses.dates import dated_by
from certify_intacct.staging import compared_lines, open_reports, payments, sweeps, swept
from certify_intacct.staging.manifest import get_load, uncovered_dates
from certify_intacct.staging.values import is_processed
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports
    from certify_intacct.model.configuration.company import CompanyConfiguration
    from certify_intacct.model.configuration.posting import PostingConfiguration
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.swept import Sweep, Waiting

log = logging.getLogger(__name__)

# Certify lets accountants choose a processing date in the future.
FUTURE = timedelta(days=366)
_AT_ONCE = 500
# The daily run may be a while late.
_DAILY_HOURS = 30
_COUNTS = ("brought_in", "found", "alarms", "uncovered_dates", "dates_compared", "recoded")


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What a load must read besides the reports of its dates.

    :param late: reports that no run has dealt with, and whose dates were covered already or lie in the future
    :param changed: reports that were worked with another header
    :param waiting: reports that are left to the runs of their dates
    :param all: all reports that are read by their ID
    """

    open_ids: Collection[str]
    late: Collection[str]
    changed: Collection[str]
    compared: ComparedLines
    waiting: Waiting
    all: Sequence[str]


def first_of_sweep(company: CompanyConfiguration, sweep_days: int) -> date:
    """From which processed date on a sweep of so many days looks for what is ours."""
    return max(company.first_post_date or date.min, _today(company) - timedelta(days=sweep_days))


def _today(company: CompanyConfiguration) -> date:
    return datetime.now(tz=UTC).astimezone(company.zone).date()


class OpenItems:
    """Open items of earlier runs and reports that a sweep finds, as one load needs them.

    :param posting: which date of a header decides, and of so many last dates the lines of posted reports are compared every day
    """

    def __init__(
        self,
        *,
        certify: CertifyReports,
        database: Database,
        company: CompanyConfiguration,
        posting: PostingConfiguration,
        load_id: int,
    ) -> None:
        self.certify = certify
        self.one_by_one = OneByOne(certify)
        self.database = database
        self.company = company
        self.posting = posting
        self.lines = PostedLines(
            certify=certify,
            database=database,
            certify_company=company.certify_company,
            zone=company.zone,
            recent_days=posting.recheck_lines_days,
        )
        self.load_id = load_id

    def bring_in(self, sweep_days: int) -> dict[str, int]:
        """Stages them; returns how many reports were brought in, how many of them the sweep found, the alarms, the dates without a
        run, the dates whose lines were compared, and how many posted reports have other lines. Nothing where the run does not sweep.

        :param sweep_days: how far back the sweep looks (:func:`first_of_sweep`)
        """
        with self.database.connection() as connection:
            load = get_load(connection, self.load_id)
            last = swept.last_sweep(connection)
        if not load.sweeps:
            _left_to_the_daily_run(last)
            return dict.fromkeys(_COUNTS, 0)
        today, first = _today(self.company), first_of_sweep(self.company, sweep_days)
        # What was processed before it is ours is none of ours. Processed again later it is known by this: the connector of before, or
        # a person, may have posted it. Once first_post_date is as long ago as the sweep looks, there is none of it.
        since = first if load.preview else today - timedelta(days=sweep_days)
        with self.database.connection() as connection:
            headers = swept.stage(connection, self.load_id, self._headers(since, today + FUTURE))
            headers -= swept.set_earlier_aside(connection, self.load_id, self.company.certify_company, first)
        wanted = self._wanted(load, today)
        counts = self._bring_in(load, first, headers, wanted)
        if wanted.waiting.days:
            self._tell_waiting(load, wanted.waiting)
        return counts

    def _headers(self, first: date, last: date) -> Iterator[Sequence[Mapping[str, Any]]]:
        for page in self.certify.pages("expensereports", startdate=first, enddate=last):
            yield page.records

    def _wanted(self, load: Load, today: date) -> _Wanted:
        company = self.company.certify_company
        with self.database.connection() as connection:
            open_ids = open_reports.open_report_ids(connection, company)
            staged = sweeps.staged_report_ids(connection, load.load_id)
            # A date that no run has covered yet is not late: its own run will do it.
            late, waiting = swept.unseen(connection, load.load_id, today, open_ids)
            # Processed again on a date that was worked already, it would never be read again.
            now = swept.done_before(connection, load.load_id, company)
            contents = ((report.id, hashing.report_content(report, dated_by(report, self.posting))) for report in now)
            changed = sweeps.changed_reports(connection, company, contents)
            changed |= unpaid_after_all.listed(connection, load.load_id, company)
        compared = self.lines.compare(load, today, aside={*open_ids, *late, *changed, *staged})
        return _Wanted(
            open_ids=open_ids, late=late, changed=changed, compared=compared, waiting=waiting,
            all=sorted({*open_ids, *late, *changed, *compared.recoded} - staged),
        )  # fmt: skip

    def _bring_in(self, load: Load, first: date, headers: int, wanted: _Wanted) -> dict[str, int]:
        load_id, company = load.load_id, self.company.certify_company
        with self.database.connection() as connection:
            withdrawn: set[str] = set()
            brought = sweeps.stage_reports(connection, load_id, self._read(connection, wanted.all, withdrawn))
            sweeps.stage_nameless(connection, load_id, load.period)
            labels = self._posted_and_missing(connection, first)
            alarms = Withdrawn(connection, load, company, withdrawn | labels.keys()).settle(labels)
            done = wanted.compared.done(sweeps.staged_report_ids(connection, load_id))
            compared_lines.keep_compared(connection, company, load_id, done)
            payments.keep_swept(connection, load_id, company)
            swept.finish(connection, load_id, first, headers)
        log.info(
            "%s reports brought in (%s open items, %s found by the sweep of %s headers from %s, %s with another header than before, "
            "%s with other lines); lines of %s dates were compared; %s alarms.",
            brought, len(wanted.open_ids), len(wanted.late), headers, first, len(wanted.changed), len(wanted.compared.recoded),
            len(done), alarms,
        )  # fmt: skip
        values = (brought, len(wanted.late), alarms, len(wanted.waiting.days), len(done), len(wanted.compared.recoded))
        return dict(zip(_COUNTS, values, strict=True))

    def _tell_waiting(self, load: Load, waiting: Waiting) -> None:
        with self.database.connection() as connection:
            missing = uncovered_dates(connection, load.direction, waiting.days[0], waiting.days[-1])
        log.warning(
            "%s processed reports of %s dates wait for a run of their own, which Airflow makes one after the other with:\n%s",
            waiting.reports, len(waiting.days), "\n".join(backfill_commands(load.direction, missing, self.company.zone)),
        )  # fmt: skip

    def _read(
        self, connection: Connection, report_ids: Sequence[str], withdrawn: set[str]
    ) -> Iterator[tuple[str, Mapping[str, Any] | None, list[dict[str, Any]]]]:
        """Each report with its header, where the sweep did not list it, and its lines.

        One that Certify cannot tell so that it is understood stays open, unless that is true of many.

        :param withdrawn: gets those that Certify no longer shows as processed
        """
        progress = Progress("Reports read by their ID", len(report_ids))
        left = iter(report_ids)
        while some := list(islice(left, _AT_ONCE)):
            listed = swept.shown_processed(connection, self.load_id, some)
            for report_id in some:
                progress.step()
                try:
                    header = None if report_id in listed else self.certify.get("expensereports", report_id)
                    if not (listed.get(report_id) or (header is not None and is_processed(header))):
                        withdrawn.add(report_id)
                        continue
                    pages = self.certify.pages(f"expensereports/{report_id}/expenses")
                    lines = [record for page in pages for record in page.records]
                except UNTOLD as error:
                    log.warning("Report %s stays open: %s", report_id, self.one_by_one.bear(error).reason)
                    continue
                yield report_id, header, lines

    def _posted_and_missing(self, connection: Connection, first: date) -> dict[str, str]:
        """Posted reports that Certify does not show as processed any more, with their labels."""
        found = {}
        missing = swept.posted_and_missing(connection, self.load_id, self.company.certify_company, first)
        for report_id, (label, day) in missing.items():
            if not self.certify.lists(report_id, day):
                # Invoices that are not read, or not any more: the sweep shows none of them, and says nothing by that.
                continue
            header = self.one_by_one.header(report_id)
            if isinstance(header, Untold):
                log.warning("Whether report %s is processed still is not known: %s", report_id, header.reason)
            elif header is None or not is_processed(header):
                found[report_id] = label
        return found


def _left_to_the_daily_run(last: Sweep | None) -> None:
    """Says who looked last for what lies outside the dates of a run of a backfill."""
    if last is None:
        log.warning(
            "No run has swept yet. Late reports and open items are not read in a run of a backfill: the next scheduled run of "
            "expense_sync, or one by hand, does it."
        )
        return
    log.log(
        logging.INFO if last.hours <= _DAILY_HOURS else logging.WARNING,
        "Late reports and open items are not read in a run of a backfill: the sweep of %s by load %s is %.0f hours old. The next "
        "scheduled run of expense_sync sweeps again.",
        f"{last.swept_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC", last.load_id, last.hours,
    )  # fmt: skip
