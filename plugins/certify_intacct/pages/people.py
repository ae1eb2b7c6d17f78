"""People and lists that the newest plan of ``organization_sync`` holds, on the page of what waits: what a release would do, and to
whom, is said first; then, with a reason, it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certify_intacct.decisions.people import LONGEST, OF_LISTS, WHAT_COMES_OF
from certify_intacct.decisions.waiting import desks_of, release_for
from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.model.rules import Rule
from certify_intacct.pages import databases, forms, listing
from certify_intacct.pages.access import may_read
from certify_intacct.pages.confirming import looked_for
from certify_intacct.pages.deciding import decide_people, for_reader
from certify_intacct.pages.links import EXPENSE_DAG, ORGANIZATION_DAG
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, writing
from certify_intacct.staging.database import Connection
from certify_intacct.staging.people_waiting import PersonHeld, people_held

_LABELS = {
    "creates": "Allow creates", "deactivations": "Allow deactivations", "link": "Link", OF_LISTS: "Allow deactivations"
}  # fmt: skip
_LISTS = {row.deactivation: row.certify_stream for row in DIMENSIONS}
#: What says something of reports alone.
_OF_REPORTS = ("state", "entity", "days")

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class PersonShown:
    """Somebody or something that is held, as the page shows it.

    :param kind: of the release that ends the hold, and ``label`` what its button says; empty when only the cure helps
    :param stream: the list whose rows the release is about; empty where it is about people
    """

    row: PersonHeld
    desks: str
    kind: str
    label: str
    stream: str = ""


def people_shown(connection: Connection, filters: Mapping[str, str], rules: Collection[str]) -> list[PersonShown]:
    """Whom the newest plan holds, as far as they are looked for.

    :param filters: what is looked for on the page
    :param rules: by which of them; empty: any
    """
    if any(name in filters for name in _OF_REPORTS):
        return []
    text = filters.get("q", "").lower()
    return [
        shown(row)
        for row in people_held(connection)
        if (not rules or row.rule in rules) and text in f"{row.key}\n{row.reason}\n{row.certify_email}".lower()
    ]


def shown(row: PersonHeld) -> PersonShown:
    """How it is shown, with what a person may release."""
    kind = release_for(row)
    label = "Adopt" if row.rule == Rule.NOT_ADOPTED else _LABELS.get(kind, "")
    stream = _LISTS[row.subject] if kind == OF_LISTS else ""
    return PersonShown(row=row, desks=desks_of([row.rule]), kind=kind, label=label, stream=stream)


@router.post("/waiting/people/confirm", response_class=HTMLResponse)
@beside
def confirm(form: forms.Posted) -> HTMLResponse:
    """What the release would do, and to whom; nothing is kept yet."""
    _require_readable(form)
    with databases.reading().connection() as connection:
        deciding = for_reader(connection, form.user, [])
        one, others = _asked(connection, form)
        stop = stop_of(connection)
    if deciding.problem:
        raise HTTPException(status_code=403, detail=deciding.problem)
    return rendered(
        "confirm_people.html", one=one, held=others, most=listing.MOST, what_comes=WHAT_COMES_OF[one.kind], longest=LONGEST,
        token=deciding.token, back=form.one("back"), waiting=_back(form), stop=stop,
    )  # fmt: skip


@router.post("/waiting/people")
@writing
def release_what_was_confirmed(form: forms.Posted) -> Response:
    """Keeps the release, and leads back to what was looked for."""
    _require_readable(form)
    with databases.reading().connection() as connection:
        one, _ = _asked(connection, form)
    if one.kind != form.one("kind"):
        raise _stale()
    said = forms.told(form.user, [decide_people(form)])
    return RedirectResponse(f"../{_back(form, said=said)}", status_code=303)


def _asked(connection: Connection, form: forms.PostedForm) -> tuple[PersonShown, list[PersonShown]]:
    """What the form is about, and all to which its release applies.

    :raises HTTPException: 409 the newest plan does not hold it so
    """
    held = [shown(row) for row in people_held(connection)]
    one = next((one for one in held if str(one.row.change_id) == form.one("about") and one.kind), None)
    if one is None:
        raise _stale()
    alike = [other for other in held if (other.kind, other.stream) == (one.kind, one.stream)]
    return one, [one] if one.kind == "link" else alike


def _back(form: forms.PostedForm, **more: str) -> str:
    return f"{listing.linked('waiting', {**looked_for(form), **more})}#people"


def _require_readable(form: forms.PostedForm) -> None:
    for dag_id in (EXPENSE_DAG, ORGANIZATION_DAG):
        may_read(dag_id, form.user)


def _stale() -> HTTPException:
    return HTTPException(
        status_code=409,
        detail="Nothing was decided. A newer plan of organization_sync holds it in another way, or not any more: look at it again.",
    )
