"""The pages of an expense report: the search for one, its timeline, and what a person decides about it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certify_intacct.pages import databases, forms
from certify_intacct.pages.access import ReadableDag, why_not_start
from certify_intacct.pages.deciding import decide_reports, for_reader
from certify_intacct.pages.links import EXPENSE_DAG, EXPENSE_PREVIEW
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, writing
from certify_intacct.runs.addresses import segment
from certify_intacct.staging.database import Connection
from certify_intacct.staging.report_timeline import dags_of, find_reports, report_timeline
from certify_intacct.timeline.now import ITS_PAGE
from certify_intacct.timeline.report import tell

LONGEST_SEARCH = 200

router = APIRouter()


@router.get("/{dag_id}/reports", response_class=HTMLResponse)
@beside
def find_report(dag_id: ReadableDag, code: str = "") -> Response:
    """A form to find a report; leads to its timeline when one is found, and lists them when there are several."""
    text = code.strip()[:LONGEST_SEARCH].replace("\x00", "")
    with databases.reading().connection() as connection:
        stop = stop_of(connection)
        found = find_reports(connection, text) if text else []
        matches = [match for match in found if _met(connection, dag_id, match.report_id)]
    if len(matches) == 1:
        # Relative, so that it holds behind whatever prefix Airflow is served.
        return RedirectResponse(f"reports/{quote(matches[0].report_id, safe='')}", status_code=303)
    return rendered("reports.html", dag_id=dag_id, code=text, matches=matches, stop=stop)


@router.get("/{dag_id}/reports/{report_id}", response_class=HTMLResponse)
@beside
def show_report(dag_id: ReadableDag, report_id: str, user: GetUserDep, said: str = "") -> HTMLResponse:
    """A report's whole timeline, as far as any load of the DAG has met it, and what may be decided about it."""
    with databases.reading().connection() as connection:
        _require_known(connection, dag_id, report_id)
        timeline = report_timeline(connection, report_id)
        deciding = for_reader(connection, user, [report_id])
        stop = stop_of(connection)
    if timeline is None:
        raise _unknown(dag_id, report_id)
    story = tell(timeline)
    if deciding.offers and not deciding.problem:
        story = replace(story, next=tuple(sentence.replace(ITS_PAGE, "below") for sentence in story.next))
    return rendered(
        "report.html",
        dag_id=dag_id,
        report_id=report_id,
        story=story,
        deciding=deciding,
        may_start=dag_id == EXPENSE_DAG and not why_not_start(user),
        kept=timeline.decisions,
        stop=stop,
        said=forms.heard(user, said),
    )


@router.post("/{dag_id}/reports/{report_id}")
@writing
def decide_about_report(dag_id: ReadableDag, report_id: str, form: forms.Posted) -> Response:
    """Keeps a decision about what waits of a report, and leads back to it."""
    with databases.reading().connection() as connection:
        _require_known(connection, dag_id, report_id)
    said = forms.told(form.user, decide_reports(form, report_id=report_id))
    return RedirectResponse(f"{segment(report_id)}?{urlencode({'said': said})}", status_code=303)


def _require_known(connection: Connection, dag_id: str, report_id: str) -> None:
    if "\x00" in report_id or not _met(connection, dag_id, report_id):
        raise _unknown(dag_id, report_id)


def _met(connection: Connection, dag_id: str, report_id: str) -> bool:
    met = dags_of(connection, report_id)
    return dag_id in met or (dag_id == EXPENSE_DAG and EXPENSE_PREVIEW in met)


def _unknown(dag_id: str, report_id: str) -> HTTPException:
    return HTTPException(
        status_code=404,
        detail=f"No load of {dag_id} has read a report {report_id}. A report that is not processed in Certify, or whose date "
        "no run covered, is not known here.",
    )
