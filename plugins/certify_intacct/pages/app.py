"""Pages inside the Airflow UI, behind Airflow's own login: what a load planned and what became of it, the timeline of a report, and
what a person may decide or start.

Airflow does not protect a plugin's routes by itself: each one here asks who the user is and what that user may.
"""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from certify_intacct.model.errors import BadInput, ConfigurationError, ConnectorError
from certify_intacct.pages import (
    browsing,
    confirming,
    databases,
    decisions,
    home,
    payments,
    quality,
    reports,
    starting,
    taxes,
    waiting,
)
from certify_intacct.pages.access import ReadableDag
from certify_intacct.pages.posting import stop_of, waits_of
from certify_intacct.pages.rendering import rendered, untrusted, wrong
from certify_intacct.pages.work import Turnstile, beside
from certify_intacct.staging import data_docs
from certify_intacct.staging.load_page import load_page

app = FastAPI(title="Certify and Sage Intacct", docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(Turnstile)
app.include_router(home.router)
app.include_router(waiting.router)
app.include_router(confirming.router)
app.include_router(starting.router)
app.include_router(browsing.router)
app.include_router(decisions.router)
app.include_router(quality.router)
app.include_router(reports.router)
app.include_router(taxes.router)
app.include_router(payments.router)


@app.get("/{dag_id}/loads/{load_id}", response_class=HTMLResponse)
@beside
def show_load(dag_id: ReadableDag, load_id: int) -> HTMLResponse:
    """A load: its extracts, its verdicts, what is quarantined, and its plan with the results."""
    with databases.reading().connection() as connection:
        page = load_page(connection, dag_id, load_id)
        stop, much = stop_of(connection), waits_of(connection)
    if page is None:
        raise HTTPException(status_code=404, detail=f"{dag_id} has no load {load_id}.")
    return rendered("load.html", page=page, waits=much, stop=stop)


@app.get("/{dag_id}/loads/{load_id}/data-docs/{stream}", response_class=HTMLResponse)
@beside
def show_data_docs(dag_id: ReadableDag, load_id: int, stream: str) -> Response:
    """Great Expectations' page of a stream, without anything that runs, loads or leads elsewhere."""
    with databases.reading().connection() as connection:
        page = data_docs.find(connection, dag_id, load_id, stream.replace("\x00", ""))
    if page is None:
        raise HTTPException(
            status_code=404,
            detail=f"No Data Docs are kept of {stream} in load {load_id} of {dag_id}. They are made where quality.data_docs of "
            "connector.yaml says so, and deleted with what the load staged.",
        )
    return untrusted(page)


@app.exception_handler(AnyHTTPException)
def refused(_request: Request, error: AnyHTTPException) -> HTMLResponse:
    """What is wrong, in words."""
    words = (
        "Sign in to Airflow in this browser, then open this page again."
        if error.status_code == 401
        else str(error.detail)
    )
    return wrong(error.status_code, words)


@app.exception_handler(RequestValidationError)
def misspelt(_request: Request, _error: RequestValidationError) -> HTMLResponse:
    """An address that cannot be one."""
    return wrong(422, "A load has a number, such as /connector/expense_sync/loads/12.")


@app.exception_handler(BadInput)
def undecidable(_request: Request, error: BadInput) -> HTMLResponse:
    """What somebody asked for cannot be done."""
    return wrong(400, f"Nothing was decided. {error}")


@app.exception_handler(ConnectorError)
def failed(_request: Request, error: ConnectorError) -> HTMLResponse:
    """The database is away or refuses us, or a setting is wrong; the text carries no secret."""
    return wrong(503, str(error), "A setting is wrong" if isinstance(error, ConfigurationError) else "")
