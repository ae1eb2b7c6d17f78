"""Brings what earlier runs left unfinished into a load, and finds what no run has seen: nothing is left behind."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import AnswerUnreadable, RequestRefused
from certify_intacct.model.periods import Period
from certify_intacct.posting.posted_lines import PostedLines
from certify_intacct.posting.withdrawn import Withdrawn
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.rules.expenses import hashing
from certify_intacct.staging import compared_lines, report_plans, sweeps
from certify_intacct.staging.expenses import report_of
from certify_intacct.staging.manifest import get_load
from certify_intacct.staging.values import is_processed, processed_date, record_id

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.model.configuration.company import CompanyConfiguration
    from certify_intacct.staging.database import Connection, Database

log = logging.getLogger(__name__)

# Certify lets accountants choose a processing date in the future.
FUTURE = timedelta(days=366)
_MOST_NOT_UNDERSTOOD = 5


class OpenItems:
    """Open items of earlier runs and reports that a sweep finds, as one load needs them.

    :param recent_days: of so many last dates the lines of posted reports are compared every day
    """

    def __init__(
        self,
        *,
        certify: CertifyHook,
        database: Database,
        company: CompanyConfiguration,
        recent_days: int,
        load_id: int,
    ) -> None:
        self.certify = certify
        self.database = database
        self.company = company
        self.lines = PostedLines(
            certify=certify,
            database=database,
            certify_company=company.certify_company,
            zone=company.zone,
            recent_days=recent_days,
        )
        self.load_id = load_id

    def bring_in(self, sweep_days: int) -> dict[str, int]:
        """Stages them; returns how many reports were brought in, how many of them the sweep found, the alarms, the dates without a
        run, the dates whose lines were compared, and how many posted reports have other lines.

        :param sweep_days: how far back the sweep looks
        """
        load_id, company, hook = self.load_id, self.company, self.certify
        with self.database.connection() as connection:
            load = get_load(connection, load_id)
            open_ids = report_plans.open_report_ids(connection, company.certify_company)
            staged = sweeps.staged_report_ids(connection, load_id)
        today = datetime.now(tz=UTC).astimezone(company.zone).date()
        first = max(company.first_post_date or date.min, today - timedelta(days=sweep_days))
        headers: dict[str, Mapping[str, Any]] = {}
        nameless: list[Mapping[str, Any]] = []
        for page in hook.pages("expensereports", startdate=first, enddate=today + FUTURE):
            for record in page.records:
                if report_id := record_id(record):
                    headers[report_id] = record
                elif processed_date(record) not in load.period:
                    nameless.append(record)
        with self.database.connection() as connection:
            known = sweeps.planned_report_ids(connection, headers)
            covered = sweeps.covered_dates(connection)
            # Processed again on a date that was worked already, it would never be read again.
            changed = sweeps.changed_reports(connection, company.certify_company, _contents(headers))
        unseen = {
            report_id: processed_date(headers[report_id])
            for report_id in headers.keys() - known - set(open_ids) - staged
        }
        # A date that no run has covered yet is not late: its own run will do it.
        waiting_for = {
            report_id: day for report_id, day in unseen.items() if day and day not in covered and day <= today
        }
        found = sorted(unseen.keys() - waiting_for.keys())
        waiting = sorted(set(waiting_for.values()))
        processed = {report_id: processed_date(header) for report_id, header in headers.items()}
        compared = self.lines.compare(load, processed, today, aside={*open_ids, *found, *changed, *staged})
        with self.database.connection() as connection:
            wanted = sorted({*open_ids, *found, *changed, *compared.recoded} - staged)
            withdrawn: set[str] = set()
            brought = sweeps.stage_reports(connection, load_id, self._read(wanted, headers, withdrawn))
            # Nothing can be asked about these, but nobody shall believe that there are none.
            sweeps.stage_headers(connection, load_id, [header for header in nameless if is_processed(header)])
            labels = self._posted_and_missing(connection, headers, first)
            alarms = Withdrawn(connection, load, company.certify_company, withdrawn | labels.keys()).settle(labels)
            done = compared.done(sweeps.staged_report_ids(connection, load_id))
            compared_lines.keep_compared(connection, company.certify_company, load_id, done)
        if waiting:
            missing = [day for day in Period(waiting[0], waiting[-1]).dates() if day not in covered]
            log.warning(
                "%s processed reports of %s dates wait for a run of their own, which Airflow makes one after the other with:\n%s",
                len(unseen) - len(found), len(waiting), "\n".join(backfill_commands(load.direction, missing)),
            )  # fmt: skip
        log.info(
            "%s reports brought in (%s open items, %s found by the sweep from %s, %s posted ones with another header, %s with other "
            "lines); lines of %s dates were compared; %s alarms.",
            brought, len(open_ids), len(found), first, len(changed), len(compared.recoded), len(done), alarms,
        )  # fmt: skip
        return {
            "brought_in": brought,
            "found": len(found),
            "alarms": alarms,
            "uncovered_dates": len(waiting),
            "dates_compared": len(done),
            "recoded": len(compared.recoded),
        }

    def _read(
        self, report_ids: Sequence[str], headers: Mapping[str, Mapping[str, Any]], withdrawn: set[str]
    ) -> Iterator[tuple[Mapping[str, Any], list[dict[str, Any]]]]:
        """Each report with its lines; one that Certify cannot tell so that it is understood stays open, unless that is true of many.

        :param withdrawn: gets those that Certify no longer shows as processed
        """
        not_understood = 0
        for report_id in report_ids:
            try:
                header = headers.get(report_id) or self.certify.get("expensereports", report_id)
                if header is None or not is_processed(header):
                    withdrawn.add(report_id)
                    continue
                pages = self.certify.pages(f"expensereports/{report_id}/expenses")
                lines = [record for page in pages for record in page.records]
            except (AnswerUnreadable, RequestRefused) as error:
                not_understood += 1
                if not_understood > _MOST_NOT_UNDERSTOOD:
                    raise
                log.warning("Report %s stays open: %s", report_id, error)
                continue
            yield header, lines

    def _posted_and_missing(
        self, connection: Connection, headers: Mapping[str, Mapping[str, Any]], first: date
    ) -> dict[str, str]:
        """Posted reports that Certify does not show as processed any more, with their labels."""
        missing = [
            row
            for row in sweeps.posted_since(connection, self.company.certify_company, first)
            if row["report_id"] not in headers or not is_processed(headers[row["report_id"]])
        ]
        found = {}
        for row in missing:
            header = self.certify.get("expensereports", row["report_id"])
            if header is None or not is_processed(header):
                found[row["report_id"]] = row["label"]
        return found


def _contents(headers: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The business fields of each header. A value that cannot be read is none, and so another one than was posted."""
    for report_id, header in headers.items():
        report, _ = report_of(header)
        yield report_id, hashing.report_content(report)
