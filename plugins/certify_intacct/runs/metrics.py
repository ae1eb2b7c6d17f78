"""Figures of a run as Airflow's own metrics: they go wherever its StatsD or OpenTelemetry does, and nowhere without either."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.runs.coverage_text import age_seconds

if TYPE_CHECKING:
    from certify_intacct.model.api_use import MonthOfCalls
    from certify_intacct.model.configuration import CompanyConfiguration
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.load_tally import Tally
    from certify_intacct.staging.run_report import RunReport

PREFIX = "certify_intacct."
_DONE = (ChangeResult.APPLIED, ChangeResult.ALREADY)


def figures(
    connection: Connection, company: CompanyConfiguration, report: RunReport, tally: Tally, month: MonthOfCalls
) -> dict[str, float]:
    """The figures by name: of the run's own load, of what is billed this month, and for expense reports how it stands by now."""
    from certify_intacct.staging.coverage import last_load
    from certify_intacct.staging.overview import states

    found = _of_load(tally) | _calls(connection, report.load.load_id, month)
    found["dates_uncovered"] = len(report.uncovered)
    if (age := age_seconds(last_load(connection, report.load.direction))) is not None:
        found["last_load_age_seconds"] = age
    if report.waits is None:
        return found
    doubt = states(connection, company.intacct_company_id, (LedgerState.SENDING, LedgerState.IN_DOUBT))
    oldest = report.waits.oldest
    return {
        **found,
        "reports_waiting": report.waits.reports,
        "oldest_waiting_seconds": (datetime.now(tz=UTC) - oldest).total_seconds() if oldest else 0,
        "documents_in_doubt": sum(doubt.values()),
    }


def _calls(connection: Connection, load_id: int, month: MonthOfCalls) -> dict[str, float]:
    """What Intacct bills, as it was counted: for this load, this month, and by the end of it."""
    from certify_intacct.staging import api_use

    return {
        "api_calls": sum(row["billed"] for row in api_use.of_load(connection, load_id)),
        "api_calls_this_month": month.so_far,
        "api_calls_this_month_expected": month.by_its_end,
    }


def emit(found: Mapping[str, float], dag_id: str) -> None:
    """Sets a gauge for each figure, tagged with the DAG."""
    from airflow.sdk.observability import stats

    for name, value in found.items():
        stats.gauge(f"{PREFIX}{name}", value, tags={"dag_id": dag_id})


def _of_load(tally: Tally) -> dict[str, float]:
    return {
        "documents_posted": sum(row.posted for row in tally.documents),
        "changes_done": sum(tally.states.get(name, 0) for name in _DONE),
        "changes_held": tally.states.get("held", 0),
        "changes_refused": tally.states.get(ChangeResult.REJECTED, 0),
        "billed_calls": sum(row.billed_calls for row in tally.counted if row.state in _DONE),
    }
