"""A decision that is chosen on the page of what waits: first what it would do, to each; then, with a reason, it is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from certify_intacct.decisions.decide import what_comes_of
from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput
from certify_intacct.pages import databases, forms, listing
from certify_intacct.pages.access import may_read
from certify_intacct.pages.deciding import decide_reports, decision_named, for_reader
from certify_intacct.pages.forms import PostedForm
from certify_intacct.pages.links import EXPENSE_DAG
from certify_intacct.pages.offers import Offer, labelled, named
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, writing

#: What may be looked for on the page of what waits.
_ASKED = ("q", "rule", "desk", "state", "entity", "days", "page")

router = APIRouter()


@router.post("/waiting/confirm", response_class=HTMLResponse)
@beside
def confirm(form: forms.Posted) -> HTMLResponse:
    """What the decision would do to each row that was chosen; nothing is kept yet."""
    may_read(EXPENSE_DAG, form.user)
    decision, keys = _chosen(form)
    with databases.reading().connection() as connection:
        deciding = for_reader(connection, form.user, sorted({named(key).about[0] for key in keys}))
        stop = stop_of(connection)
    if deciding.problem:
        raise HTTPException(status_code=403, detail=deciding.problem)
    found = {offer.key: offer for offer in deciding.offers}
    refused = [
        (named(key).about[0], found.get(key), why) for key in keys if (why := _why_not(found.get(key), decision))
    ]
    chosen = [found[key] for key in keys if not _why_not(found.get(key), decision)]
    return rendered(
        "confirm.html", status=200 if chosen else 409, dag_id=EXPENSE_DAG, way=labelled(decision), refused=refused, stop=stop,
        chosen=[(offer, what_comes_of(offer.item, decision)) for offer in chosen], token=deciding.token,
        by_hand=decision is Decision.BOOKED_BY_HAND, back=form.one("back"), waiting=listing.linked("waiting", looked_for(form)),
    )  # fmt: skip


@router.post("/waiting")
@writing
def decide_what_was_confirmed(form: forms.Posted) -> Response:
    """Keeps one decision about all that was confirmed, or about none of it, and leads back to what was looked for."""
    may_read(EXPENSE_DAG, form.user)
    said = forms.told(form.user, decide_reports(form))
    return RedirectResponse(listing.linked("waiting", {**looked_for(form), "said": said}), status_code=303)


def _chosen(form: PostedForm) -> tuple[Decision, list[str]]:
    """The decision, and the keys of the rows: of the row whose button it was, or of all that are ticked."""
    way, _, key = form.one("one").partition(" ")
    decision = decision_named(way or form.one("decision"))
    keys = [key] if way else list(dict.fromkeys(form.every("item")))
    if not keys:
        raise BadInput("No row is ticked.", cure="Tick what you decide about.")
    if len(keys) > listing.MOST:
        raise BadInput(f"{len(keys)} rows are more than a page has.", cure=f"Decide about {listing.MOST} at a time.")
    return decision, keys


def _why_not(offer: Offer | None, decision: Decision) -> str:
    """Why a row cannot be decided so, a sentence; empty when it can."""
    if offer is None:
        return "Somebody decided about it since, or it waits in another way by now, or not any more: look at it again."
    if offer.problem:
        return offer.problem
    if decision not in {way.name for way in offer.ways}:
        possible = ", ".join(way.label.lower() for way in offer.ways) or "nothing but its cure"
        return f"It cannot be decided so. Possible: {possible}."
    return ""


def looked_for(form: PostedForm) -> dict[str, str]:
    """What was looked for on the page from which a form came, and is shown again after it."""
    given = dict(parse_qsl(form.one("back")))
    return listing.asked(**{name: given.get(name, "") for name in _ASKED})
