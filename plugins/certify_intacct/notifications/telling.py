"""After a run: asks what there is to tell, tells it, and remembers what was told."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from certify_intacct.model.outcomes import ChangeResult
from certify_intacct.notifications import facts, letters
from certify_intacct.notifications.mail import Mail, send
from certify_intacct.notifications.matters import FINDINGS, REPORTS, long_category, met_category
from certify_intacct.notifications.rendering import rendered
from certify_intacct.runs import addresses
from certify_intacct.staging import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.configuration.notifications import NotificationsConfiguration
    from certify_intacct.notifications.facts import RunFacts
    from certify_intacct.notifications.letters import Letter
    from certify_intacct.notifications.matters import Matter
    from certify_intacct.staging.database import Connection, Database
    from certify_intacct.staging.run_report import RunReport

log = logging.getLogger(__name__)


def tell(database: Database, configuration: Configuration, report: RunReport, *, seal: str = "") -> None:
    """Mails the report of a run, digests and the escalation, as far as they are wanted and not told yet.

    A preview tells nobody, nor does a run of a backfill, unless ``notifications.backfills``: what such a run leaves waiting is told
    by the next one that is none. Nothing that goes wrong here fails the run.
    """
    settings, load = configuration.notifications, report.load
    if load.preview or not settings.tells_somebody:
        return
    if load.run_type == "backfill" and not settings.backfills:
        log.info("A run of a backfill mails no report (notifications.backfills); the next run tells what waits.")
        return
    try:
        _tell(database, configuration, report, seal)
    except Exception:
        log.warning("The report of this run was not mailed.", exc_info=True)


def _tell(database: Database, configuration: Configuration, report: RunReport, seal: str) -> None:
    settings = configuration.notifications
    with database.connection() as connection:
        known = _with_ages(connection, facts.facts_of(connection, configuration, report, seal))
        _forget(connection, known)
        before = told.told(connection)
    written = letters.letters(settings, known, before, datetime.now(tz=UTC))
    if not written:
        log.info("Nothing to mail: notifications.when is %s.", settings.when)
    # Of several addresses that share what they own, one may not have got it: it is told again to all of them.
    again = {
        audience
        for letter in written
        for audience in letters.not_told(letter, send(settings, mail_of(settings, known, letter)))
    }
    with database.connection() as connection:
        for letter in written:
            for audience, keys in letter.told.items():
                if audience not in again:
                    told.remember(connection, report.load.load_id, audience, keys)


def _with_ages(connection: Connection, known: RunFacts) -> RunFacts:
    """The same with when what is no report began to wait: a run that mails met it first then, and since then each has."""
    keys = {one.met_key for one in (*known.matters, *known.findings) if not one.since}
    met, now = told.met(connection, known.report.load.load_id, keys), datetime.now(tz=UTC)

    def dated(matters: Iterable[Matter]) -> tuple[Matter, ...]:
        # Another run may have struck one off meanwhile: its days begin anew.
        return tuple(one if one.since else replace(one, since=met.get(one.met_key, now)) for one in matters)

    return replace(known, matters=dated(known.matters), findings=dated(known.findings))


def _forget(connection: Connection, known: RunFacts) -> None:
    """What waits no more: should it wait again, it is news, and its days begin anew."""
    load = known.report.load
    keys = [key for one in (*known.matters, *known.findings) for key in (one.key, one.met_key, one.long_key)]
    categories = [load.dag_id]
    if known.report.waits is not None:
        categories.append(REPORTS)
    if load.direction != "organization":
        categories.append(FINDINGS)
    told.forget_old(connection, known.key[0])
    for category in [name for one in categories for name in (one, met_category(one), long_category(one))]:
        told.forget_others(connection, category, [item for its, item in keys if its == category])


def mail_of(settings: NotificationsConfiguration, known: RunFacts, letter: Letter) -> Mail:
    """A letter as a mail."""
    load = known.report.load
    values: dict[str, Any] = {
        "letter": letter, "facts": known, "load": load, "names": settings.names, "days": settings.escalation.days,
        "load_page": addresses.load_page(load.dag_id, load.load_id), "run_page": addresses.run(load.dag_id, load.run_id),
        "page": addresses.page, "standing": _standing(known),
        # Findings are counted, and shown, apart.
        "differing": replace(letter, matters=letter.findings, link=addresses.page("reconciliation")),
    }  # fmt: skip
    if letter.name == letters.REPORT:
        subject = f"{load.dag_id} {load.period}: {letter.new} new to look at, {known.how_many} waiting"
        text, html = rendered("report", subject=subject, **values)
    elif letter.name == letters.ESCALATION:
        subject = f"Waiting for {settings.escalation.days} days or longer: {_many(letter)}"
        text, html = rendered("escalation", subject=subject, **values)
    else:
        subject = f"For you ({letter.name}): {letter.new} new, {_many(letter)} in all"
        text, html = rendered("digest", subject=subject, **values)
    return Mail(to=letter.to, subject=subject, text=text, html=html)


def _standing(known: RunFacts) -> list[tuple[str, int, str]]:
    """Figures as the pages have them, each with the page that shows which."""
    load = known.report.load
    its = addresses.load_page(load.dag_id, load.load_id)
    waits = known.report.waits
    of_reports = [] if waits is None else [("Reports that wait for a person", waits.reports, addresses.page("waiting"))]
    of_expenses = [
        ("Documents in doubt: the next run looks them up", known.in_doubt, addresses.page("ledger", state="in_doubt")),
        ("Documents not in the general ledger yet", known.not_in_gl, addresses.page("ledger", state="accepted")),
        ("Receipts still to be attached", known.receipts, its),
        ("Findings of reconciliation", len(known.findings), addresses.page("reconciliation")),
    ]
    return [
        *of_reports,
        ("Held by this run", known.tally.states.get("held", 0), its),
        ("Refused", known.tally.states.get(ChangeResult.REJECTED, 0), its),
        ("Rows in quarantine", known.quarantined, its),
        *([] if load.direction == "organization" else of_expenses),
        ("Dates that no run has covered", len(known.report.uncovered), addresses.page("backfill")),
    ]


def _many(letter: Letter) -> str:
    """How much waits, counted by report, person or row."""
    reports = {one.of for one in letter.matters if one.category == REPORTS}
    others = {one.of for one in letter.matters if one.category != REPORTS}
    named = [f"{len(reports)} {'report' if len(reports) == 1 else 'reports'}"] * bool(reports)
    return ", ".join(named + [f"{len(others)} other"] * bool(others))
