"""The first page: what asks for somebody, the last thirty days, and charts of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from certify_intacct.documents import label_of
from certify_intacct.model.configuration import Configuration, config_path, load
from certify_intacct.model.currencies import money
from certify_intacct.pages import charts, databases
from certify_intacct.pages.access import ReportsReader, reads
from certify_intacct.pages.charts import Chart
from certify_intacct.pages.links import ORGANIZATION_DAG
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside
from certify_intacct.staging import api_use, overview, unreached
from certify_intacct.staging.database import Connection
from certify_intacct.staging.overview import DayFacts, PostedRow
from certify_intacct.staging.waiting import waits

DAYS = 30
LOADS = 14
#: After so many whole days each age ends.
_EDGES = (1, 3, 7, 30)
_AGES = ("less than a day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "longer")
_MOST_CURRENCIES = 3
_MAILS = "configuration#mails"

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure, what it is of, what more there is to say, and where it is looked at."""

    title: str
    figure: str
    more: tuple[str, ...] = ()
    tone: str = "plain"
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, kw_only=True)
class DayShown:
    """A day of the strip: how it stands, by colour, by sign and in words."""

    day: date
    tone: str
    sign: str
    words: str


@dataclass(frozen=True, kw_only=True)
class DaysKnown:
    """What is known of the last days.

    :param begun: none before it is called uncovered
    """

    posted: Sequence[PostedRow]
    days: Sequence[DayFacts]
    begun: date

    @property
    def yesterday(self) -> date:
        return self.days[-1].day


@router.get("/", response_class=HTMLResponse)
@beside
def show_home(user: ReportsReader) -> HTMLResponse:
    """Tiles, the strip of days and the charts."""
    configuration = load(config_path())
    now = datetime.now(tz=configuration.company.zone)
    with databases.reading().connection() as connection:
        known = _days_known(connection, configuration, now)
        tiles = _tiles(connection, configuration, known)
        if reads(ORGANIZATION_DAG, user):
            tiles.append(_people(overview.people_waiting(connection)))
        drawn = _charts(connection, configuration, known.posted, [day.day for day in known.days], now)
        stop = stop_of(connection)
    return rendered(
        "home.html",
        tiles=tiles,
        days=[_shown(one, known.begun) for one in known.days],
        charts=drawn,
        now=now,
        stop=stop,
        company=configuration.company,
    )


def asking() -> list[str]:
    """What the first page asks for somebody by: that posting is stopped, and the titles of tiles.

    :raises ConnectorError: the database is away, or connector.yaml cannot be read
    """
    configuration = load(config_path())
    with databases.reading().connection() as connection:
        known = _days_known(connection, configuration, datetime.now(tz=configuration.company.zone))
        tiles = [*_tiles(connection, configuration, known), _people(overview.people_waiting(connection))]
        stop = stop_of(connection)
    return ["Posting is stopped"] * bool(stop) + [tile.title for tile in tiles if tile.tone in ("wait", "bad")]


def _days_known(connection: Connection, configuration: Configuration, now: datetime) -> DaysKnown:
    company = configuration.company
    last = now.date() - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    begun = overview.first_date(connection, company.first_post_date)
    since = datetime.combine(first, time(), tzinfo=company.zone)
    return DaysKnown(
        posted=overview.posted(connection, company.intacct_company_id, str(company.zone), since),
        days=overview.days(connection, company.certify_company, first, last, begun),
        begun=begun,
    )


def _tiles(connection: Connection, configuration: Configuration, known: DaysKnown) -> list[Tile]:
    company = configuration.company
    much = waits(connection, company.certify_company)
    states = overview.states(connection, company.intacct_company_id, ("sending", "in_doubt", "accepted"))
    doubt, accepted = states.get("sending", 0) + states.get("in_doubt", 0), states.get("accepted", 0)
    findings, _ = overview.findings(connection, most=1)
    uncovered = [day for day in known.days if not day.covered]
    oldest = [f"the oldest since {much.oldest.astimezone(company.zone):%Y-%m-%d}"] if much.oldest else []
    return [
        _posted(known.posted, known.yesterday),
        Tile(
            title="Waiting for a person", figure=_many(much.reports, "report"), tone="wait" if much.reports else "good",
            more=(*_amounts(much.amounts), *oldest),
            link="waiting", link_text="What waits",
        ),
        Tile(
            title="In doubt", figure=_many(doubt, "document"), tone="wait" if doubt else "good",
            more=("sent, and the answer was lost: the next run looks them up in Intacct",) if doubt else ("no answer is missing",),
            link="ledger?state=in_doubt" if doubt else "", link_text="Which",
        ),
        Tile(
            title="Not in the general ledger yet", figure=_many(accepted, "document"),
            more=("Intacct has them, and has not posted them: most wait for an approval there",) if accepted else (),
            link="ledger?state=accepted" if accepted else "", link_text="Which",
        ),
        _findings(findings, None if findings else overview.last_reconciled(connection), company.zone),
        Tile(
            title="Dates not covered", figure=_many(len(uncovered), "date"),
            tone="bad" if uncovered else "good" if known.begun <= known.yesterday else "plain",
            more=(f"of the last {DAYS} days" if known.begun <= known.yesterday else "no run has covered a date yet",),
            link="backfill" if uncovered else "", link_text="Cover them",
        ),
        _approvals(overview.asked_approvals(connection)),
        _preflight(overview.newest_checks(connection), configuration),
        _calls(connection, configuration),
        *_mails(connection, configuration),
    ]  # fmt: skip


def _posted(posted: Sequence[PostedRow], yesterday: date) -> Tile:
    rows = [row for row in posted if row.day == yesterday]
    amounts: dict[str, Decimal] = {}
    for row in rows:
        amounts[row.currency] = amounts.get(row.currency, Decimal(0)) + row.amount
    return Tile(
        title="Posted yesterday", figure=_many(sum(row.documents for row in rows), "document"), more=_amounts(amounts),
        tone="good" if rows else "plain", link="ledger", link_text="Ledger",
    )  # fmt: skip


def _findings(findings: int, last: datetime | None, zone: tzinfo) -> Tile:
    """What reconciliation found; where it found nothing, when it looked last."""
    stands = last is not None and last > datetime.now(tz=UTC) - timedelta(days=overview.STANDING_DAYS)
    if findings:
        more = "where Certify and Intacct differ, and nobody has decided"
    elif last is None:
        more = "nothing was reconciled yet"
    else:
        more = "the books agree" if stands else f"nothing was reconciled since {last.astimezone(zone):%Y-%m-%d}"
    return Tile(
        title="Findings of reconciliation", figure=str(findings), more=(more,),
        tone="bad" if findings else "good" if stands else "plain", link="reconciliation", link_text="Reconciliation",
    )  # fmt: skip


def _approvals(asked: Sequence[Mapping[str, Any]]) -> Tile:
    """The runs that wait for a second person, and the newest of them as the one to look at."""
    return Tile(
        title="Approvals", figure=str(len(asked)), tone="wait" if asked else "good",
        more=tuple(f"load {row['load_id']}, {row['period_start']}" for row in asked[:3]) or ("no run waits for one",),
        link=f"{asked[0]['dag_id']}/loads/{asked[0]['load_id']}" if asked else "decisions",
        link_text="The plan" if asked else "Decisions",
    )  # fmt: skip


def _preflight(checks: Sequence[Mapping[str, Any]], configuration: Configuration) -> Tile:
    """Whether the newest checks passed, and of which direction they are."""
    failed = [check for check in checks if not check["passed"]]
    zone = configuration.company.zone
    said = [
        f"{check['direction']}: {'passed' if check['passed'] else 'failed'} {check['checked_at'].astimezone(zone):%Y-%m-%d %H:%M}"
        for check in checks
    ]
    figure = "never run" if not checks else "failed" if failed else "passed"
    tone = "bad" if failed else "good" if checks else "plain"
    return Tile(
        title="Preflight",
        figure=figure,
        more=tuple(said) or ("start the DAG preflight in Airflow",),
        tone=tone,
        link="configuration#preflight",
        link_text="What it checked",
    )


def _calls(connection: Connection, configuration: Configuration) -> Tile:
    """What Intacct bills this month, as it is counted, and what it will come to."""
    company = configuration.company
    month = api_use.this_month(connection, company)
    tier = [f"of {company.api_tier:,} (company.api_tier)"] if company.api_tier else []
    return Tile(
        title="API calls of Intacct this month", figure=f"{month.so_far:,}",
        more=(f"about {month.by_its_end:,} by its end", *tier),
        tone="bad" if month.exceeds else "good" if company.api_tier else "plain",
        link="expense_sync/api-use", link_text="By function",
    )  # fmt: skip


def _mails(connection: Connection, configuration: Configuration) -> list[Tile]:
    """Whether mails come to all who are to be told; nothing where nobody is."""
    everybody = configuration.notifications.everybody
    if not everybody:
        return []
    lacking = unreached.unreached(connection, everybody)
    if not lacking:
        whose = f"all {len(everybody)} addresses that are told" if len(everybody) > 1 else "the address that is told"
        return [
            Tile(
                title="Mails", figure="taken", more=(f"for {whose}",), tone="good", link=_MAILS, link_text="Who is told"
            )
        ]
    since = f"{lacking[0].since.astimezone(configuration.company.zone):%Y-%m-%d %H:%M}"
    return [
        Tile(
            title="Mails", figure=f"{len(lacking)} of {len(everybody)} not reached", more=(f"not taken since {since}",), tone="bad",
            link=_MAILS, link_text="What to do",
        )
    ]  # fmt: skip


def _people(count: int) -> Tile:
    return Tile(
        title="People and lists held", figure=str(count), tone="wait" if count else "good",
        more=("by the newest plan of organization_sync",), link="waiting#people" if count else "decisions#people", link_text="Which",
    )  # fmt: skip


def _shown(facts: DayFacts, begun: date) -> DayShown:
    """A day as a square; what is worst of it decides."""
    if facts.day < begun:
        return DayShown(day=facts.day, tone="plain", sign="–", words="before the first date of this connector")
    if not facts.covered:
        return DayShown(day=facts.day, tone="bad", sign="✗", words="no run has covered it")
    found = f"{facts.findings} {'finding' if facts.findings == 1 else 'findings'} of reconciliation"
    waiting = f"{_many(facts.waiting, 'report')} waiting"
    if facts.findings:
        return DayShown(day=facts.day, tone="bad", sign="!", words=f"{found}, {waiting}")
    if facts.waiting:
        return DayShown(day=facts.day, tone="wait", sign=str(facts.waiting), words=waiting)
    return DayShown(day=facts.day, tone="good", sign="✓", words="covered, nothing waits")


def _charts(
    connection: Connection, configuration: Configuration, posted: Sequence[PostedRow], days: Sequence[date], now: datetime
) -> list[Chart]:  # fmt: skip
    loads = overview.last_loads(connection, LOADS)
    ages = overview.ages(
        connection, configuration.company.certify_company, [now - timedelta(days=edge) for edge in _EDGES]
    )
    calls = overview.calls(connection, loads)
    counted = [
        (
            f"load {row['load_id']}, {row['period_start']}",
            [Decimal(row[name]) for name in ("planned", "written", "pages")],
        )
        for row in calls
    ]
    return [
        charts.rows(
            "ages", "Waiting, by age", "Waits for", list(zip(_AGES, ages, strict=True)), unit="reports", nothing="Nothing waits."
        ),
        charts.rows(
            "rules", f"Reports held, by rule, in the last {LOADS} loads", "Rule",
            list(overview.held_by_rule(connection, loads).items()), unit="reports", nothing="Nothing was held.",
        ),
        *_money(posted, days),
        charts.columns(
            "calls", f"API calls of Intacct, in the last {LOADS} loads", "Load",
            ["records to write, by the plan", "records written, counted", "pages read, counted"],
            counted, shown=lambda value: f"{value:,}", nothing="No load has planned or asked any.", stacked=False,
        ),
    ]  # fmt: skip


def _money(posted: Sequence[PostedRow], days: Sequence[date]) -> list[Chart]:
    """Money posted by day and kind, for each of the currencies with most documents; none is added to another."""
    documents: dict[str, int] = {}
    for row in posted:
        documents[row.currency] = documents.get(row.currency, 0) + row.documents
    chosen = sorted(documents, key=lambda currency: (-documents[currency], currency))[:_MOST_CURRENCIES]
    today = [day for day in sorted({row.day for row in posted}) if day not in set(days)]
    return [_of_currency(posted, currency, [*days, *today]) for currency in chosen or [""]]


def _of_currency(posted: Sequence[PostedRow], currency: str, days: Sequence[date]) -> Chart:
    def shown(value: Decimal) -> str:
        return money(value, currency)

    of_it = {(row.day, row.kind): row.amount for row in posted if row.currency == currency}
    kinds = sorted({kind for _, kind in of_it})
    counted = [(str(day), [of_it.get((day, kind), Decimal(0)) for kind in kinds]) for day in days]
    return charts.columns(
        f"money-{currency.lower() or 'none'}", f"Posted by day and kind{f', {currency}' if currency else ''}", "Day",
        [label_of(kind) for kind in kinds], counted if kinds else [], shown=shown,
        nothing=f"Nothing was posted in the last {DAYS} days.",
    )  # fmt: skip


def _amounts(amounts: Mapping[str, Decimal]) -> tuple[str, ...]:
    return tuple(money(amount, currency) for currency, amount in sorted(amounts.items()))


def _many(count: int, what: str) -> str:
    return f"{count:,} {what if count == 1 else f'{what}s'}"
