"""The page on which persons decide: all that waits of expense reports, several at once, and the releases of people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certify_intacct.decisions.people import LONGEST, guarded_lists, guarded_streams
from certify_intacct.decisions.waiting import desks_of, release_for
from certify_intacct.pages import databases, forms
from certify_intacct.pages.access import reads
from certify_intacct.pages.deciding import decide_backfill, decide_people, decide_posting, decide_reports, for_reader
from certify_intacct.pages.links import EXPENSE_DAG, ORGANIZATION_DAG
from certify_intacct.pages.offers import groups
from certify_intacct.pages.posting import backfills_of, decisions_of, stop_of, waits_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, writing
from certify_intacct.staging.database import Connection
from certify_intacct.staging.people_waiting import PersonHeld, people_held, standing_releases
from certify_intacct.staging.waiting import Waits

MOST = 500
_MOST_NAMES = 20
_MOST_LATEST = 20

router = APIRouter()


@router.get("/decisions", response_class=HTMLResponse)
@beside
def show_decisions(user: GetUserDep, said: str = "") -> HTMLResponse:
    """All that waits, as far as the reader may read the DAG whose run holds it."""
    of_reports, of_people = reads(EXPENSE_DAG, user), reads(ORGANIZATION_DAG, user)
    if not of_reports and not of_people:
        raise _unreadable(EXPENSE_DAG)
    with databases.reading().connection() as connection:
        deciding = for_reader(connection, user, None if of_reports else [], most=MOST)
        stop = stop_of(connection)
        backfills = backfills_of(connection) if of_reports else []
        people = _people(connection) if of_people else None
        much = waits_of(connection) if of_reports else Waits()
        latest = decisions_of(connection, most=_MOST_LATEST) if of_reports else []
    return rendered(
        "decisions.html",
        dag_id=EXPENSE_DAG,
        deciding=deciding,
        of_reports=of_reports,
        groups=groups(deciding.offers),
        people=people,
        stop=stop,
        waits=much,
        backfills=backfills,
        latest=latest,
        said=forms.heard(user, said),
    )


@router.post("/decisions")
@writing
def decide_about_several(form: forms.Posted) -> Response:
    """Keeps one decision about several items, all or none, and leads back."""
    _require_readable(EXPENSE_DAG, form.user)
    said = forms.told(form.user, decide_reports(form))
    return RedirectResponse(f"decisions?{urlencode({'said': said})}", status_code=303)


@router.post("/decisions/posting")
def turn(form: forms.Posted) -> Response:
    """Stops posting, or lets it go on, and leads back."""
    _require_readable(EXPENSE_DAG, form.user)
    said = forms.told(form.user, [decide_posting(form)])
    return RedirectResponse(f"../decisions?{urlencode({'said': said})}", status_code=303)


@router.post("/decisions/backfills")
@writing
def approve_or_withdraw(form: forms.Posted) -> Response:
    """Approves a backfill, or withdraws an approval, and leads back."""
    _require_readable(EXPENSE_DAG, form.user)
    said = forms.told(form.user, [decide_backfill(form)])
    return RedirectResponse(f"../decisions?{urlencode({'said': said})}#backfills", status_code=303)


@router.post("/decisions/people")
@writing
def release(form: forms.Posted) -> Response:
    """Keeps a release of people, and leads back."""
    _require_readable(ORGANIZATION_DAG, form.user)
    said = forms.told(form.user, [decide_people(form)])
    return RedirectResponse(f"../decisions?{urlencode({'said': said})}#people", status_code=303)


def _people(connection: Connection) -> dict[str, Any]:
    held = people_held(connection)
    by_rule: dict[tuple[str, str], list[PersonHeld]] = {}
    for one in held:
        by_rule.setdefault((one.rule, release_for(one)), []).append(one)
    return {
        "load": held[0] if held else None,
        "rules": [
            {
                "rule": rule,
                "desks": desks_of([rule]),
                "release": kind,
                "count": len(those),
                "names": ", ".join(one.key for one in those[:_MOST_NAMES]),
                "more": max(0, len(those) - _MOST_NAMES),
                "cure": those[0].cure,
            }
            for (rule, kind), those in by_rule.items()
        ],
        "releases": standing_releases(connection),
        "lists": guarded_lists(),
        "streams": guarded_streams(),
        "longest": LONGEST,
    }


def _require_readable(dag_id: str, user: BaseUser) -> None:
    if not reads(dag_id, user):
        raise _unreadable(dag_id)


def _unreadable(dag_id: str) -> HTTPException:
    return HTTPException(
        status_code=403, detail=f"You may not read {dag_id}. Ask an administrator of Airflow for that right."
    )
