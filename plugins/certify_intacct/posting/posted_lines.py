"""Compares the lines of posted reports with Certify, once a day: somebody may code them anew and leave the totals as they are.

Lists of expenses are read by the date on which they were processed, never report by report: those of the last dates every day, older
ones in rotation, each once a week. What differs is brought into the load, whose plan says what it means.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import TYPE_CHECKING

from certify_intacct.model.errors import (
    AnswerUnreadable,
    ConnectorError,
    IncompleteAnswer,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from certify_intacct.posting.report_lines import of_days
from certify_intacct.rules import rotation
from certify_intacct.staging import compared_lines, swept
from certify_intacct.staging.alarms import Alarm, raise_alarms

if TYPE_CHECKING:
    from certify_intacct.certify.reports import CertifyReports
    from certify_intacct.staging.database import Database
    from certify_intacct.staging.manifest import Load

log = logging.getLogger(__name__)

#: So many reports that differ are brought into a run, each read by its ID; the others follow with the next days' runs.
MOST = 500
_OUTAGE = (RateLimited, ServiceUnavailable)


@dataclass(frozen=True, kw_only=True)
class ComparedLines:
    """What a comparison has come to.

    :param recoded: the reports whose lines are others, at most ``MOST``
    :param days: the dates of which every posted report was compared, each with those of ``recoded`` that were compared with it
    """

    recoded: tuple[str, ...] = ()
    days: Mapping[date, Collection[str]] = field(default_factory=dict)

    def done(self, read: Collection[str]) -> list[date]:
        """The dates that need not be compared again, when these reports could be read."""
        return [day for day, found in self.days.items() if set(found) <= set(read)]


class PostedLines:
    """The lines of posted reports, as one load compares them.

    :param recent_days: so many dates before today are compared every day
    """

    def __init__(
        self,
        *,
        certify: CertifyReports,
        database: Database,
        certify_company: str,
        zone: tzinfo,
        recent_days: int,
    ) -> None:
        self.certify = certify
        self.database = database
        self.certify_company = certify_company
        self.zone = zone
        self.recent_days = recent_days

    def compare(self, load: Load, today: date, aside: Collection[str]) -> ComparedLines:
        """Compares what is due today of what the load's sweep lists; nothing in a preview.

        Dates that cannot be read stay due, and the report of the run says so.

        :param aside: reports that the load reads in any case
        """
        if load.preview:
            return ComparedLines()
        with self.database.connection() as connection:
            posted = swept.posted_days(connection, load.load_id, self.certify_company)
            known = compared_lines.compared_on(connection, self.certify_company, self.zone)
        due = rotation.due({day: known.get(day) for day in posted}, today, self.recent_days)
        # The load has read the dates of its period itself, and plans all of them.
        days: dict[date, Collection[str]] = {day: () for day in due if day in load.period}
        recoded: list[str] = []
        for part in rotation.ranges([day for day in due if day not in load.period]):
            try:
                found = self._recoded(load, part, aside)
            except (AnswerUnreadable, IncompleteAnswer, RequestRefused, *_OUTAGE) as error:
                self._not_read(load, part, error)
                if isinstance(error, _OUTAGE):
                    break
                continue
            recoded += sorted(found)
            if len(recoded) > MOST:
                log.warning("%s posted reports have other lines by now; %s of them are read now.", len(recoded), MOST)
                break
            days |= dict.fromkeys(part, found)
        return ComparedLines(recoded=tuple(recoded[:MOST]), days=days)

    def _recoded(self, load: Load, days: Sequence[date], aside: Collection[str]) -> set[str]:
        with self.database.connection() as connection:
            posted = swept.posted_on(connection, load.load_id, self.certify_company, days) - set(aside)
        listed = of_days(self.certify, days[0], days[-1], only=posted) or {}
        with self.database.connection() as connection:
            # One of which the list has no line differs as well.
            hashes = {report_id: listed.get(report_id, ()) for report_id in posted}
            return compared_lines.recoded_reports(connection, self.certify_company, hashes)

    def _not_read(self, load: Load, days: Sequence[date], error: ConnectorError) -> None:
        dates = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
        alarm = Alarm(
            what=f"lines of posted reports, processed {dates}",
            rule="lines_not_compared",
            reason=f"They could not be compared with Certify: {error}",
            cure="The next day's run tries again. Until then a change of their coding goes unnoticed.",
        )
        log.warning("%s: %s", alarm.what, alarm.reason)
        with self.database.connection() as connection:
            raise_alarms(connection, load.load_id, [alarm])
