"""Pages inside the Airflow UI, behind Airflow's own login: what a load planned and what became of it, and the timeline of a report.

Airflow does not protect a plugin's routes by itself: each one here asks who the user is and whether that user may read the DAG.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.sdk import BaseHook
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException as AnyHTTPException

from certify_intacct.documents import label_of
from certify_intacct.model.errors import ConnectorError
from certify_intacct.rules.texts import readable
from certify_intacct.staging.database import Database
from certify_intacct.staging.load_page import load_page
from certify_intacct.staging.report_timeline import dags_of, find_reports, report_timeline
from certify_intacct.timeline.report import tell
from certify_intacct.timeline.story import company_zone, money, when

CONNECTION = "connector_db"
LONGEST_SEARCH = 200
LONGEST_TEXT = 4000

app = FastAPI(title="Certify and Sage Intacct", docs_url=None, redoc_url=None, openapi_url=None)


def _shown(value: Any) -> Any:
    """A text of people without what turns the direction of writing, and no longer than anybody reads."""
    return readable(value, LONGEST_TEXT) if type(value) is str else value


# Texts come from two services and from people: every one of them is escaped.
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_shown,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["when"] = lambda moment: when(moment, company_zone())
_templates.filters["money"] = money
_templates.filters["kind"] = label_of
# A name in an address is one segment of it, whatever it holds.
_templates.filters["segment"] = lambda text: quote(str(text), safe="")

_HEADINGS = {
    401: "You are not signed in to Airflow",
    403: "Not allowed",
    404: "Not found",
    422: "Not an address of this page",
    503: "The connector's database",
}


def may_read(dag_id: str, user: GetUserDep) -> str:
    """The DAG's ID, when the user may read that DAG."""
    if not get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=dag_id), user=user):
        raise HTTPException(
            status_code=403, detail=f"You may not read {dag_id}. Ask an administrator of Airflow for that right."
        )
    return dag_id


ReadableDag = Annotated[str, Depends(may_read)]


@app.get("/{dag_id}/loads/{load_id}", response_class=HTMLResponse)
def show_load(dag_id: ReadableDag, load_id: int) -> HTMLResponse:
    """A load: its extracts, its verdicts, what is quarantined, and its plan with the results."""
    with database().connection() as connection:
        page = load_page(connection, dag_id, load_id)
    if page is None:
        raise HTTPException(status_code=404, detail=f"{dag_id} has no load {load_id}.")
    return rendered("load.html", page=page)


@app.get("/{dag_id}/reports", response_class=HTMLResponse)
def find_report(dag_id: ReadableDag, code: str = "") -> Response:
    """A form to find a report; leads to its timeline when one is found, and lists them when there are several."""
    text = code.strip()[:LONGEST_SEARCH].replace("\x00", "")
    matches = []
    if text:
        with database().connection() as connection:
            found = find_reports(connection, text)
            matches = [match for match in found if dag_id in dags_of(connection, match.report_id)]
    if len(matches) == 1:
        # Relative, so that it holds behind whatever prefix Airflow is served.
        return RedirectResponse(f"reports/{quote(matches[0].report_id, safe='')}", status_code=303)
    return rendered("reports.html", dag_id=dag_id, code=text, matches=matches)


@app.get("/{dag_id}/reports/{report_id}", response_class=HTMLResponse)
def show_report(dag_id: ReadableDag, report_id: str) -> HTMLResponse:
    """A report's whole timeline, as far as any load of the DAG has met it."""
    with database().connection() as connection:
        known = "\x00" not in report_id and dag_id in dags_of(connection, report_id)
        timeline = report_timeline(connection, report_id) if known else None
    if timeline is None:
        raise HTTPException(
            status_code=404,
            detail=f"No load of {dag_id} has read a report {report_id}. A report that is not processed in Certify, or whose date "
            "no run covered, is not known here.",
        )
    return rendered("report.html", dag_id=dag_id, story=tell(timeline))


@app.exception_handler(AnyHTTPException)
def refused(_request: Request, error: AnyHTTPException) -> HTMLResponse:
    """What is wrong, in words."""
    words = (
        "Sign in to Airflow in this browser, then open this page again."
        if error.status_code == 401
        else str(error.detail)
    )
    return _wrong(error.status_code, words)


@app.exception_handler(RequestValidationError)
def misspelt(_request: Request, _error: RequestValidationError) -> HTMLResponse:
    """An address that cannot be one."""
    return _wrong(422, "A load has a number, such as /connector/expense_sync/loads/12.")


@app.exception_handler(ConnectorError)
def failed(_request: Request, error: ConnectorError) -> HTMLResponse:
    """The database is away or refuses us; the text carries no secret."""
    return _wrong(503, str(error))


def _wrong(status: int, words: str) -> HTMLResponse:
    return rendered("wrong.html", status=status, heading=_HEADINGS.get(status, "That did not work"), words=words)


def database() -> Database:
    uri = BaseHook.get_connection(CONNECTION).get_uri()
    return Database(uri.replace("postgres://", "postgresql://", 1))


def rendered(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    html = _templates.get_template(template).render(zone=str(company_zone()), **values)
    return HTMLResponse(
        html,
        status_code=status,
        headers={
            # Nothing on these pages runs or loads anything, and nobody else may frame them.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'self'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )
