"""Pages inside the Airflow UI, behind Airflow's own login: what a load planned and what became of it, the timeline of a report, and
what a person may decide or start.

Airflow does not protect a plugin's routes by itself: each one here asks who the user is and what that user may.
"""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from certify_intacct.decisions.decide import Overtaken
from certify_intacct.model.errors import BadInput, ConfigurationError, ConnectorError
from certify_intacct.pages import (
    api_use,
    browsing,
    comparing,
    confirming,
    decisions,
    home,
    loads,
    payments,
    people,
    quality,
    reports,
    shadow,
    starting,
    taxes,
    vendors,
    waiting,
)
from certify_intacct.pages.links import EXPENSE_DAG, PREFIX
from certify_intacct.pages.rendering import wrong
from certify_intacct.pages.work import Turnstile
from certify_intacct.runs.addresses import segment

app = FastAPI(title="Certify and Sage Intacct", docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(Turnstile)
app.include_router(home.router)
app.include_router(waiting.router)
app.include_router(confirming.router)
app.include_router(people.router)
app.include_router(starting.router)
app.include_router(browsing.router)
app.include_router(comparing.router)
app.include_router(decisions.router)
app.include_router(loads.router)
app.include_router(shadow.router)
app.include_router(quality.router)
app.include_router(reports.router)
app.include_router(taxes.router)
app.include_router(payments.router)
app.include_router(vendors.router)
app.include_router(api_use.router)


#: Of an address that leads nowhere by what it begins with, after its DAG: the page that helps.
_HELPS = (("loads", "loads", "Loads"), ("reports", f"{EXPENSE_DAG}/reports", "Find a report"))


@app.exception_handler(AnyHTTPException)
def refused(request: Request, error: AnyHTTPException) -> HTMLResponse:
    """What is wrong, in words, and where to go on."""
    match error.status_code:
        case 401:
            return _unknown_reader(request)
        case 405:
            words = "This address is where a form is sent to, and no page. Open the page that the form stands on."
            return wrong(405, words, go="waiting", go_text="What waits")
        case 404 if error.detail == "Not Found":
            return wrong(404, "There is no such page. The tabs lead to those that there are.")
        case 404:
            return wrong(404, str(error.detail), **_helps(request))
    return wrong(error.status_code, str(error.detail))


def _unknown_reader(request: Request) -> HTMLResponse:
    """Whoever has not signed in, or not any more, is led through Airflow's sign-in back to where they were."""
    reads = request.method == "GET"
    here = request.url.path if reads else request.url.path.partition(PREFIX)[0] + f"{PREFIX}/"
    back = f"{here}?{request.url.query}" if reads and request.url.query else here
    words = "Sign in to Airflow in this browser: you have not, or your session has ended."
    return wrong(
        401, words if reads else f"Nothing was decided or started. {words}", go=f"../api/v2/auth/login?{urlencode({'next': back})}",
        go_text="Sign in",
    )  # fmt: skip


def _helps(request: Request) -> dict[str, str]:
    below = request.url.path.rpartition(PREFIX)[2].split("/")
    return next(({"go": go, "go_text": text} for name, go, text in _HELPS if name in below[2:3]), {})


@app.exception_handler(RequestValidationError)
def misspelt(request: Request, _error: RequestValidationError) -> HTMLResponse:
    """An address that cannot be one."""
    return wrong(422, f"A load has a number, such as {PREFIX}/expense_sync/loads/12.", **_helps(request))


@app.exception_handler(BadInput)
def undecidable(_request: Request, error: BadInput) -> HTMLResponse:
    """What somebody asked for cannot be done."""
    return wrong(400, f"Nothing was decided. {error}")


@app.exception_handler(Overtaken)
def overtaken(_request: Request, error: Overtaken) -> HTMLResponse:
    """What somebody wanted to decide about is not any more as they saw it."""
    there = f"{EXPENSE_DAG}/reports/{segment(error.report_id)}"
    return wrong(409, f"Nothing was decided. {error}", go=there, go_text="Look at the report")


@app.exception_handler(ConnectorError)
def failed(_request: Request, error: ConnectorError) -> HTMLResponse:
    """The database is away or refuses us, or a setting is wrong; the text carries no secret."""
    return wrong(503, str(error), "A setting is wrong" if isinstance(error, ConfigurationError) else "")
