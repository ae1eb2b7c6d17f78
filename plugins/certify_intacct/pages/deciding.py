"""What a person decides on a page, carried out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import HTTPException
from psycopg.errors import InsufficientPrivilege

from certify_intacct.decisions.backfills import approve_backfill, withdraw_backfill
from certify_intacct.decisions.decide import Overtaken, allow, decide_all, find_items, kept_already, what_comes_of
from certify_intacct.decisions.people import release_people
from certify_intacct.decisions.stopping import turn_posting
from certify_intacct.model.configuration import Configuration, config_path, load
from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput, ConfigurationError, ConnectorError
from certify_intacct.pages import databases, forms
from certify_intacct.pages.access import decider, why_not_decide
from certify_intacct.pages.forms import PostedForm
from certify_intacct.pages.offers import Named, Offer, key, named, offers
from certify_intacct.staging.database import Connection, Database
from certify_intacct.staging.decisions import how_many_open, open_items, taken_out


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """What a page lets its reader decide.

    :param problem: why this reader can decide nothing here, a sentence; empty when they can
    :param token: what their forms carry
    :param stop_token: what the form carries that stops posting, which takes no more than the right to decide
    :param more: so much waits besides what is offered
    """

    problem: str
    token: str = ""
    stop_token: str = ""
    offers: list[Offer] = field(default_factory=list)
    more: int = 0


def for_reader(
    connection: Connection, user: BaseUser, report_ids: Collection[str] | None = None, *, most: int | None = None
) -> Deciding:
    """What a reader may decide, of some reports or of all.

    :param most: of all no more than this, what has waited longest
    """
    try:
        configuration = load(config_path())
    except ConnectorError as error:
        return Deciding(problem=str(error))
    company = configuration.company.certify_company
    waiting = [
        *open_items(connection, company, report_ids, unplanned=True, most=most),
        *taken_out(connection, company, report_ids or []),
    ]
    problem = _problem(user, configuration)
    return Deciding(
        problem=problem,
        token="" if problem else forms.token(user),
        stop_token="" if why_not_decide(user) else forms.token(user),
        offers=offers(waiting, configuration, decider(user)),
        more=how_many_open(connection, company) - most if most is not None and len(waiting) == most else 0,
    )


def _problem(user: BaseUser, configuration: Configuration) -> str:
    problem = why_not_decide(user)
    if problem:
        return problem
    try:
        allow(configuration, decider(user), triggered_by="")
        databases.deciding()
    except ConnectorError as error:
        return str(error)
    return ""


def decide_reports(form: PostedForm, *, report_id: str | None = None) -> list[str]:
    """Keeps what a form decides about reports.

    :param report_id: the only report that it may be about; None: any
    :returns: what will come of it, a sentence for each
    :raises HTTPException: 403 the person may not decide it
    :raises Overtaken: something waits in another way by now, or somebody decided about it since
    :raises BadInput: it cannot be decided so, or something is missing
    """
    configuration, person = load(config_path()), decider(form.user)
    _allow(configuration, form, "")
    keys = list(dict.fromkeys(form.every("item")))
    if not keys:
        raise BadInput("Nothing is ticked.", cure="Tick what you decide about.")
    decision = decision_named(form.one("decision"))
    shown = [named(one) for one in keys]
    if report_id is not None and any(one.about[0] != report_id for one in shown):
        raise BadInput("The form is about another report than its page.", cure="Open the page again, and decide there.")
    database, reason, record_no = databases.deciding(), _reason(form), form.one("record_no")
    since = {one.about: one.decision_id for one in shown}
    try:
        if kept_already(database, configuration, since, decision, person, reason, record_no=record_no):
            return _told_again(database, configuration, shown, decision, record_no)
        # What was decided since it was shown is told by who keeps decisions, one after the other.
        items = [
            replace(item, decision_id=one.decision_id)
            for item, one in zip(find_items(database, configuration, [one.about for one in shown]), shown, strict=True)
        ]
        for item, one in zip(items, keys, strict=True):
            if key(item) != one:
                raise Overtaken(
                    f"{item.label} waits in another way by now than when this was shown.", cure="Look at it again, and decide then.",
                    report_id=item.report_id,
                )  # fmt: skip
            _allow(configuration, form, item.triggered_by)
        return decide_all(database, configuration, items, decision, person, reason, record_no=record_no)
    except InsufficientPrivilege:
        raise _wrong_role() from None


def _told_again(
    database: Database, configuration: Configuration, shown: Sequence[Named], decision: Decision, record_no: str
) -> list[str]:  # fmt: skip
    """What was told when the same was decided before; of what does not wait any more, that it is kept."""
    try:
        items = find_items(database, configuration, [one.about for one in shown])
    except Overtaken:
        return ["It is kept already: it was sent twice, and is kept once."]
    return [what_comes_of(item, decision, record_no.strip()) for item in items]


def decide_people(form: PostedForm) -> str:
    """Keeps what a form releases of people.

    :returns: what was released, a sentence
    :raises HTTPException: 403 the person may not decide
    :raises BadInput: it names what the last run did not read, or something is missing
    """
    configuration = load(config_path())
    _allow(configuration, form, "")
    days = form.one("days").strip() or "1"
    if not days.isascii() or not days.isdigit() or len(days) > 3:
        raise BadInput(f"{days!r} is no number of days.", cure="Give 1 to 30.")
    try:
        said = release_people(
            databases.deciding(),
            configuration,
            kind=form.one("kind"),
            by=decider(form.user),
            reason=_reason(form),
            person=form.one("person").strip(),
            user=form.one("user").strip(),
            stream=form.one("stream"),
            days=int(days),
        )
    except InsufficientPrivilege:
        raise _wrong_role() from None
    return f"Released: {said}. The next run of organization_sync acts on it."


def decide_posting(form: PostedForm) -> str:
    """Stops posting, or lets it go on, as a form says.

    :returns: what will come of it, a sentence
    :raises HTTPException: 403 the person may not let it go on
    :raises BadInput: it is so already, or a reason is missing
    """
    configuration, stop = load(config_path()), form.one("posting") == "stop"
    if not stop:
        _allow(configuration, form, "")
    try:
        return turn_posting(databases.deciding(), configuration, stop=stop, by=decider(form.user), reason=_reason(form))
    except InsufficientPrivilege:
        raise _wrong_role() from None


def decide_backfill(form: PostedForm) -> str:
    """Approves a backfill, or withdraws an approval, as a form says.

    :returns: what will come of it, a sentence
    :raises HTTPException: 403 the person may not approve
    :raises BadInput: it cannot be approved so, or stands no more
    """
    configuration, person, reason = load(config_path()), decider(form.user), _reason(form)
    number = form.one("withdraw")
    if not number:
        _allow(configuration, form, "")
    try:
        if number:
            return withdraw_backfill(databases.deciding(), configuration, number=number, by=person, reason=reason)
        return approve_backfill(
            databases.deciding(), configuration, first=form.one("first"), last=form.one("last"), amounts=form.one("amounts"),
            by=person, reason=reason,
        )  # fmt: skip
    except InsufficientPrivilege:
        raise _wrong_role() from None


def _allow(configuration: Configuration, form: PostedForm, triggered_by: str) -> None:
    try:
        allow(configuration, decider(form.user), triggered_by=triggered_by)
    except BadInput as refused:
        raise HTTPException(status_code=403, detail=str(refused)) from None


def decision_named(name: str) -> Decision:
    """The decision that a form names.

    :raises BadInput: there is none of that name
    """
    try:
        return Decision(name)
    except ValueError:
        raise BadInput("No decision is chosen.", cure="Choose one of those that are offered.") from None


def _reason(form: PostedForm) -> str:
    return form.one("reason").replace("\r\n", "\n")


def _wrong_role() -> ConfigurationError:
    return ConfigurationError(
        "It signs in as a role that may not keep decisions.",
        where=f"variable {databases.DECIDER} of the api-server",
        cure="Use the role connector_decider.",
    )
