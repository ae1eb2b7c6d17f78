"""The page of all that waits for a person: one row a report or document, looked for, filtered, paged, and as a file of CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from certify_intacct.decisions.waiting import cure_of, desks_of
from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.decisions import Decision
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import Desk, Rule, desk_of, rules_of
from certify_intacct.pages import databases, forms, listing
from certify_intacct.pages.access import ReportsReader, reads, why_not_start
from certify_intacct.pages.deciding import for_reader
from certify_intacct.pages.links import EXPENSE_DAG, ORGANIZATION_DAG
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.offers import Offer, labelled
from certify_intacct.pages.people import people_shown
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.staging.csv_file import Money, as_csv
from certify_intacct.staging.waiting import WaitingRow, WaitingSearch, waiting_page, waiting_rows
from certify_intacct.timeline.story import company_zone

#: A file holds as many rows, read so many at a time; what comes after, a narrower search gives.
MOST_OF_A_FILE, AT_ONCE = 20_000, 2_000
COLUMNS = (
    "approval_code", "report_id", "person", "employee_id", "entity", "payer", "number", "amount", "currency", "state", "rules",
    "reason", "cure", "who_can_act", "processed_date", "waits_since", "decided_by",
)  # fmt: skip
_STATES = (
    (OpenState.HELD, "held by a rule"), (OpenState.QUARANTINED, "in quarantine"), (OpenState.REJECTED, "refused by Intacct"),
    (OpenState.ALARM, "posted, and not right any more"),
)  # fmt: skip
_AGES = (("1", "1 day"), ("3", "3 days"), ("7", "a week"), ("30", "30 days"))
# Decimal takes figures with an exponent, too, which neither it nor a database can write out.
_PLAIN_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A row as the page shows it: with who can act, for how long it waits, and what this reader may decide about it."""

    row: WaitingRow
    desks: str
    days: int
    cure: str
    offer: Offer | None = None


@router.get("/waiting", response_class=HTMLResponse)
@beside
def show_waiting(
    user: ReportsReader, q: str = "", rule: str = "", desk: str = "", state: str = "", entity: str = "", days: str = "",
    page: str = "", said: str = "",
) -> HTMLResponse:  # fmt: skip
    """What waits, as far as it is looked for: what has waited longest first, 50 rows a page."""
    filters = listing.asked(q=q, rule=rule, desk=desk, state=state, entity=entity, days=days)
    company, search = _company(), search_of(filters)
    with databases.reading().connection() as connection:
        asked = Paging(number=listing.page_number(page), address="waiting", filters=filters)
        shown = waiting_page(connection, company, search, most=asked.most, after=asked.after)
        paging = asked.held_to(shown.found.rows)
        deciding = for_reader(connection, user, sorted({row.report_id for row in shown.rows}))
        stop = stop_of(connection)
        people = people_shown(connection, filters, search.rules) if reads(ORGANIZATION_DAG, user) else []
    return rendered(
        "waiting.html", dag_id=EXPENSE_DAG, all_of_it=shown.whole, found=shown.found, rows=_shown(shown.rows, deciding.offers),
        paging=paging, filters=filters, stop=stop,
        rules=[(name.value, name.value) for name in sorted(Rule) if name.desk is not Desk.NOBODY], desks=_desks(),
        states=[(state.value, text) for state, text in _STATES], ages=_AGES,
        entities=[(entity, entity) for entity in shown.entities],
        csv=listing.linked("waiting.csv", filters), deciding=deciding, ways=[labelled(way) for way in Decision],
        may_start=not why_not_start(user), back=paging.to(paging.number).partition("?")[2], said=forms.heard(user, said),
        people=people[:listing.MOST], more_people=len(people) - listing.MOST,
    )  # fmt: skip


@router.get("/waiting.csv")
@filed
def waiting_csv(
    _user: ReportsReader, q: str = "", rule: str = "", desk: str = "", state: str = "", entity: str = "", days: str = ""
) -> Response:
    """The same rows as a file, all pages of them."""
    search = search_of(listing.asked(q=q, rule=rule, desk=desk, state=state, entity=entity, days=days))
    company, rows = _company(), []
    with databases.reading_for_a_file().connection() as connection:
        # As it stands at one moment, however many queries that takes.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for after in range(0, MOST_OF_A_FILE, AT_ONCE):
            found = waiting_rows(connection, company, search, most=AT_ONCE, after=after)
            rows += _shown(found)
            if len(found) < AT_ONCE:
                break
    return listing.filed_as(
        "waiting.csv", as_csv(COLUMNS, ([_value(shown, name) for name in COLUMNS] for shown in rows))
    )


def search_of(filters: dict[str, str]) -> WaitingSearch:
    """What the address looks for; what means nothing there finds nothing."""
    rules = [filters["rule"]] if "rule" in filters else []
    if "desk" in filters:
        desk = filters["desk"]
        rules = ([name for name in rules if desk_of(name) == desk] if rules else rules_of(desk)) or ["-"]
    days = filters.get("days", "")
    before = (
        datetime.now(tz=UTC) - timedelta(days=int(days))
        if days.isascii() and days.isdigit() and len(days) < 5
        else None
    )
    text = filters.get("q", "")
    return WaitingSearch(
        text=text, amount=_amount(text), rules=rules, state=filters.get("state", ""), entity=filters.get("entity", ""), before=before
    )  # fmt: skip


def _shown(rows: list[WaitingRow], offers: Iterable[Offer] = ()) -> list[Shown]:
    offered = {(offer.item.report_id, offer.item.content_hash): offer for offer in offers}
    now = datetime.now(tz=UTC)
    return [
        Shown(
            row=row,
            desks=desks_of(row.rules),
            days=(now - row.opened_at).days,
            cure=cure_of(row),
            offer=offered.get((row.report_id, row.content_hash)),
        )
        for row in rows
    ]


def _value(shown: Shown, name: str) -> object:
    match name:
        case "rules":
            return ", ".join(shown.row.rules)
        case "cure":
            return shown.cure
        case "who_can_act":
            return shown.desks
        case "amount":
            return Money(shown.row.amount, shown.row.currency)
        case "waits_since":
            return shown.row.opened_at.astimezone(company_zone()).isoformat(timespec="seconds")
        case _:
            return getattr(shown.row, name)


def _amount(text: str) -> Decimal | None:
    """The text as an amount, with or without separators of thousands; None when it is none."""
    plain = text.replace(",", "").replace(" ", "")
    return Decimal(plain) if _PLAIN_AMOUNT.fullmatch(plain) else None


def _desks() -> list[tuple[str, str]]:
    return [(desk.value, desk.value) for desk in Desk if desk is not Desk.NOBODY]


def _company() -> str:
    return load(config_path()).company.certify_company
