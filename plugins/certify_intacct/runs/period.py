"""The one place that says which company-local dates a run is about.

A scheduled or backfill run covers its data interval. A manual run covers ``period_start`` to ``period_end`` when they are given,
and otherwise the last complete day. Anything else is refused: Airflow has four ways to start "the same day", and they give three
different intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from certify_intacct.model.errors import BadInput
from certify_intacct.model.periods import Period

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration

_CURE = "Trigger it with period_start and period_end."
# Neither service kept books before; a mistyped year would have a run look at each date since.
_FIRST = date(1999, 1, 1)


def period_of_run(run: Any, params: Mapping[str, Any], configuration: Configuration, *, reconciles: bool) -> Period:
    """The dates of a run of Airflow.

    :param run: Airflow's run, as a task's context has it
    :param reconciles: whether it is of the DAG ``reconciliation``, which by itself looks at all dates whose books may be open
    :raises BadInput: when the dates are wrong, lie in the future or cannot be told
    """
    run_type = str(getattr(run.run_type, "value", run.run_type))
    company = configuration.company
    # Queued over midnight, or cleared days later, a run by hand is about the dates that its person saw when triggering it.
    now = run.run_after if run_type == "manual" else datetime.now(tz=UTC)
    given = params.get("period_start") or params.get("period_end")
    # A backfill is about the dates of its runs, and each of these would look at all of today's: it is refused below.
    if reconciles and not given and run_type != "backfill":
        days = configuration.posting.open_days
        return open_period(now=now, time_zone=company.time_zone, days=days, first=company.first_post_date)
    return resolve_period(
        params=params,
        run_type=run_type,
        interval_start=run.data_interval_start,
        interval_end=run.data_interval_end,
        now=now,
        time_zone=company.time_zone,
        logical_date=getattr(run, "logical_date", None),
    )


def resolve_period(
    *,
    params: Mapping[str, Any],
    run_type: str,
    interval_start: datetime | None,
    interval_end: datetime | None,
    now: datetime,
    time_zone: str,
    logical_date: datetime | None = None,
) -> Period:
    """The dates of a run, first and last included, in the company's time zone.

    :param params: the run's params; ``period_start`` and ``period_end`` (YYYY-MM-DD) come together or not at all
    :param run_type: Airflow's run type (scheduled, backfill, manual, …)
    :param interval_start: start of the data interval, or None when the run has none
    :param interval_end: its end
    :param now: the present, with a time zone; for a manual run the moment at which it was triggered
    :param logical_date: what a manual run was given by hand; Airflow does not always take the interval from it
    :raises BadInput: when the dates are wrong, lie in the future or cannot be told
    """
    zone = ZoneInfo(time_zone)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    start, end = params.get("period_start"), params.get("period_end")
    if start or end:
        return _asked(start, end, yesterday)
    if interval_start is None or interval_end is None:
        return Period(yesterday, yesterday)
    begin, until = interval_start.astimezone(zone), interval_end.astimezone(zone)
    if run_type == "manual" and begin == until:
        # A DAG without a schedule is given the moment for which it was triggered.
        day_before = begin.date() - timedelta(days=1)
        period = Period(day_before, day_before)
    else:
        period = _whole_days(begin, until)
    if run_type == "manual" and period != Period(yesterday, yesterday):
        raise BadInput(
            f"This manual run carries a logical date that stands for {period}, which is not the last complete day ({yesterday}).",
            where="period",
            cure=_CURE,
        )
    if run_type == "manual" and logical_date is not None:
        named = logical_date.astimezone(zone).date()
        # Of today, Airflow's own word for "now"; of yesterday, the date that is meant.
        if named not in (yesterday, yesterday + timedelta(days=1)):
            raise BadInput(
                f"This manual run carries the logical date {named}, and Airflow gives it {period}, the last complete day.",
                where="period",
                cure=_CURE,
            )
    return period


def open_period(*, now: datetime, time_zone: str, days: int, first: date | None) -> Period:
    """The dates whose books may still be open: the last complete days.

    :param now: the present, with a time zone
    :param days: how many
    :param first: the first date that is ours; dates before it are left out
    """
    yesterday = now.astimezone(ZoneInfo(time_zone)).date() - timedelta(days=1)
    start = max(yesterday - timedelta(days=days - 1), first or date.min)
    return Period(min(start, yesterday), yesterday)


def _asked(start: Any, end: Any, yesterday: date) -> Period:
    if not (start and end):
        raise BadInput(
            "Only one of period_start and period_end is given.",
            where="period",
            cure="Give both; they may be the same date.",
        )
    try:
        period = Period(date.fromisoformat(str(start)), date.fromisoformat(str(end)))
    except ValueError as error:
        raise BadInput(
            str(error),
            where="period_start and period_end",
            cure="Write each as YYYY-MM-DD, the first not after the last.",
        ) from None
    if period.start < _FIRST:
        raise BadInput(
            f"The period begins on {period.start}, when neither service had any reports.",
            where="period_start",
            cure=f"Choose a date from {_FIRST} on.",
        )
    if period.end > yesterday:
        raise BadInput(
            f"The period ends on {period.end}, but the last complete day is {yesterday}.",
            where="period_end",
            cure="Choose complete days only.",
        )
    return period


def _whole_days(start: datetime, end: datetime) -> Period:
    if not (_begins_its_day(start) and _begins_its_day(end)) or end.date() <= start.date():
        raise BadInput(
            f"The data interval {start} to {end} is not made of whole days of the company's time zone.",
            where="period",
            cure=_CURE,
        )
    return Period(start.date(), end.date() - timedelta(days=1))


def _begins_its_day(moment: datetime) -> bool:
    """Whether a day begins there: at midnight, or at 01:00 where the clock is set forward at midnight (Cairo, Santiago).

    Where midnight comes twice (Azores, Havana), Airflow takes the second.
    """
    midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
    return moment.time() == time() or moment.astimezone(UTC) == midnight.astimezone(UTC)
