"""A person starts a run: what waits is checked again now, or dates that no run has covered are back-filled.

Airflow starts it, in that person's name and only with their right on the DAG. Who triggers a run decides about nothing that it holds.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certify_intacct.decisions.decide import check_reason
from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import BadInput
from certify_intacct.pages import airflow_api, databases, forms, listing
from certify_intacct.pages.access import ReportsReader, StartingUser, may_read, why_not_start
from certify_intacct.pages.home import DAYS
from certify_intacct.pages.links import EXPENSE_DAG
from certify_intacct.pages.posting import stop_of, waits_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside
from certify_intacct.rules.backfills import backfill_commands, consecutive, moments
from certify_intacct.staging import overview
from certify_intacct.staging.decisions import open_items
from certify_intacct.staging.manifest import uncovered_dates

_ONCE = re.compile("[0-9a-f]{16}")
_LONGEST_NOTE = 1000
_PAUSED = f" The DAG {EXPENSE_DAG} is paused: nothing begins until somebody unpauses it."

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Dates in a row that no run has covered."""

    first: date
    last: date
    command: str


@router.get("/recheck", response_class=HTMLResponse)
@beside
def show_recheck(user: StartingUser, report: str = "") -> HTMLResponse:
    """What checking again now would do; nothing is started yet.

    :param report: the ID of the report from which somebody came here
    """
    may_read(EXPENSE_DAG, user)
    company = load(config_path()).company
    with databases.reading().connection() as connection:
        items = open_items(connection, company.certify_company, [report.replace("\x00", "")], unplanned=True)
        waits, stop = waits_of(connection), stop_of(connection)
    yesterday = datetime.now(tz=company.zone).date() - timedelta(days=1)
    return rendered(
        "recheck.html", items=items, waits=waits, stop=stop, yesterday=yesterday, token=forms.token(user), once=secrets.token_hex(8),
        name=user.get_name(),
    )  # fmt: skip


@router.post("/recheck")
async def recheck(request: Request, form: forms.PostedToStart) -> Response:
    """Starts a run of the expense sync without parameters, with the reason as its note: one for each form."""
    may_read(EXPENSE_DAG, form.user)
    reason, once = _reason(form), form.one("once")
    if not _ONCE.fullmatch(once):
        raise HTTPException(status_code=400, detail="Nothing was started. Open the page again, and start it there.")
    run = await airflow_api.ask(
        request, "POST", f"dags/{EXPENSE_DAG}/dagRuns",
        {"dag_run_id": f"manual__recheck_{once}", "logical_date": None, "conf": {}, "note": reason},
    )  # fmt: skip
    said = f"A run of {EXPENSE_DAG} in your name is {run['state']}: {run['dag_run_id']}.{await _paused(request)}"
    told = forms.told(form.user, [said], run=run["dag_run_id"])
    return RedirectResponse(listing.linked("waiting", {"said": told}), status_code=303)


@router.get("/backfill", response_class=HTMLResponse)
@beside
def show_gaps(user: ReportsReader, said: str = "") -> HTMLResponse:
    """The dates that no run has covered, of those that the first page shows, and how they are covered."""
    problem = why_not_start(user)
    with databases.reading().connection() as connection:
        stop = stop_of(connection)
    return rendered(
        "backfill.html", gaps=_gaps(), problem=problem, token="" if problem else forms.token(user), said=forms.heard(user, said),
        stop=stop, days=DAYS,
    )  # fmt: skip


@router.post("/backfill")
async def backfill(request: Request, form: forms.PostedToStart) -> Response:
    """Has Airflow back-fill dates in a row that no run has covered until now, with the reason in the note of each run."""
    may_read(EXPENSE_DAG, form.user)
    reason = _reason(form)
    asked = (form.one("first"), form.one("last"))
    gap = next((gap for gap in await beside(_gaps)() if (str(gap.first), str(gap.last)) == asked), None)
    if gap is None:
        raise HTTPException(
            status_code=409,
            detail="Nothing was started: these are not the dates that no run has covered, or not any more. Look at the page again.",
        )
    zone = load(config_path()).company.zone
    between = [moment.isoformat() for moment in moments(gap.first, gap.last, zone)]
    begun = await airflow_api.ask(
        request, "POST", "backfills",
        {"dag_id": EXPENSE_DAG, "from_date": between[0], "to_date": between[1], "reprocess_behavior": "completed"},
    )  # fmt: skip
    said = f"Airflow's backfill {begun['id']} of {EXPENSE_DAG} from {gap.first} to {gap.last} is started in your name."
    said += await _noted(request, between, reason) + await _paused(request)
    return RedirectResponse(listing.linked("backfill", {"said": forms.told(form.user, [said])}), status_code=303)


def _reason(form: forms.PostedForm) -> str:
    reason = form.one("reason").replace("\r\n", "\n").strip()
    try:
        check_reason(reason)
    except BadInput as missing:
        raise HTTPException(status_code=400, detail=f"Nothing was started. {missing}") from None
    return reason


async def _noted(request: Request, between: list[str], reason: str) -> str:
    """Writes the reason into the notes of a backfill's runs, after what stands there: a backfill itself has none in Airflow.

    :returns: a sentence when Airflow does not let its starter do that; else nothing
    """
    runs = f"dags/{EXPENSE_DAG}/dagRuns"
    dates = {"run_type": "backfill", "logical_date_gte": between[0], "logical_date_lte": between[1]}
    try:
        found = await airflow_api.ask(request, "GET", listing.linked(runs, {**dates, "limit": "100"}))
        notes = [
            {"dag_run_id": run["dag_run_id"], "note": "\n".join(filter(None, (run["note"], reason)))[-_LONGEST_NOTE:]}
            for run in found["dag_runs"]
        ]
        await airflow_api.ask(request, "PATCH", runs, {"actions": [{"action": "update", "entities": notes}]})
    except HTTPException as refused:
        return f" Its reason could not be written into the notes of its runs. {refused.detail}"
    return ""


async def _paused(request: Request) -> str:
    return _PAUSED if (await airflow_api.ask(request, "GET", f"dags/{EXPENSE_DAG}"))["is_paused"] else ""


def _gaps() -> list[Gap]:
    company = load(config_path()).company
    last = datetime.now(tz=company.zone).date() - timedelta(days=1)
    with databases.reading().connection() as connection:
        begun = overview.first_date(connection, company.first_post_date)
        missing = uncovered_dates(connection, "expense", last - timedelta(days=DAYS - 1), last)
    rows = consecutive(day for day in missing if day >= begun)
    return [
        Gap(first=row[0], last=row[-1], command=command)
        for row in rows
        for command in backfill_commands("expense", row, company.zone)
    ]
