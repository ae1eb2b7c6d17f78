"""Pages to look around in: loads, documents of the ledger, reconciliations, data quality, and what connector.yaml says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from certify_intacct.documents import KINDS
from certify_intacct.model.configuration import config_path
from certify_intacct.model.configuration import load as read
from certify_intacct.model.ledger import LedgerState
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReportsReader, may_read, reads
from certify_intacct.pages.links import EXPENSE_DAG
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import in_words, rendered
from certify_intacct.pages.work import beside
from certify_intacct.rules.backfills import backfill_commands
from certify_intacct.staging import listings, overview, unreached
from certify_intacct.staging.listings import DocumentSearch
from certify_intacct.staging.manifest import uncovered_dates

_MOST_PERIODS = 60

router = APIRouter()


@router.get("/loads", response_class=HTMLResponse)
@beside
def show_loads(user: GetUserDep, dag: str = "", day: str = "", page: str = "") -> HTMLResponse:
    """Loads of the DAGs that the reader may read, the newest first; of one day also how to cover it when no run did."""
    filters = listing.asked(dag=dag, day=day)
    wanted = _date(filters.get("day", ""))
    with databases.reading().connection() as connection:
        readable = [dag_id for dag_id in listings.dags(connection) if reads(dag_id, user)]
        if not readable:
            may_read(EXPENSE_DAG, user)
        chosen = [dag_id for dag_id in readable if filters.get("dag", dag_id) == dag_id]
        paging = Paging(number=listing.page_number(page), address="loads", filters=filters)
        rows = listings.loads(connection, chosen, wanted, most=paging.most, after=paging.after)
        missing = uncovered_dates(connection, "expense", wanted, wanted) if wanted and reads(EXPENSE_DAG, user) else []
        stop = stop_of(connection)
    return rendered(
        "loads.html", rows=rows, dags=[(one, one) for one in readable], paging=paging, filters=filters, day=wanted,
        commands=backfill_commands("expense", missing, read(config_path()).company.zone) if missing else [], stop=stop,
    )  # fmt: skip


@router.get("/ledger", response_class=HTMLResponse)
@beside
def show_ledger(
    _user: ReportsReader, q: str = "", state: str = "", kind: str = "", entity: str = "", load: str = "", page: str = ""
) -> HTMLResponse:  # fmt: skip
    """Documents of the ledger, the newest first, each with its report and its record in Intacct."""
    filters = listing.asked(q=q, state=state, kind=kind, entity=entity, load=str(listing.number(load) or ""))
    search = DocumentSearch(
        text=filters.get("q", ""), load_id=listing.number(load),
        **{name: filters.get(name, "") for name in ("state", "kind", "entity")},
    )  # fmt: skip
    company = read(config_path()).company.intacct_company_id
    with databases.reading().connection() as connection:
        paging = Paging(number=listing.page_number(page), address="ledger", filters=filters)
        rows = listings.documents(connection, company, search, most=paging.most, after=paging.after)
        cut_to = listings.MOST_BEGINNING if search.text and listings.too_many_begin(connection, search.text) else None
        stop = stop_of(connection)
    return rendered(
        "ledger.html", dag_id=EXPENSE_DAG, rows=rows, paging=paging, filters=filters, cut_to=cut_to, stop=stop,
        states=[(name.value, in_words(name.value)) for name in LedgerState],
        kinds=[(made.kind.value, made.label) for made in KINDS],
    )  # fmt: skip


@router.get("/reconciliation", response_class=HTMLResponse)
@beside
def show_reconciliation(_user: ReportsReader, load_id: str = "", page: str = "") -> HTMLResponse:
    """What reconciliations found and nobody has decided about, the last ones by period, and the balance of one of them."""
    paging = Paging(number=listing.page_number(page), address="reconciliation", filters={})
    with databases.reading().connection() as connection:
        whole, findings = overview.findings(connection, most=paging.most, after=paging.after)
        periods = listings.reconciliations(connection, most=_MOST_PERIODS)
        known = {str(row["load_id"]): row for row in periods}
        shown = known.get(load_id) or (periods[0] if periods else None)
        balance = listings.balance(connection, shown["load_id"]) if shown else []
        stop = stop_of(connection)
    paging = replace(paging, whole=max(whole, paging.after + len(findings)))
    together: dict[str, Decimal] = {}
    for row in balance:
        together[row["currency"]] = together.get(row["currency"], Decimal(0)) + row["amount"]
    return rendered(
        "reconciliation.html", dag_id=EXPENSE_DAG, findings=findings, whole=whole, paging=paging, periods=periods, shown=shown,
        balance=balance, together=together, stop=stop,
    )  # fmt: skip


@router.get("/configuration", response_class=HTMLResponse)
@beside
def show_configuration(_user: ReportsReader) -> HTMLResponse:
    """What connector.yaml says today, with every default, the last preflights, and to whom mails do not come. Secrets stand in
    connections, not there."""
    configuration = read(config_path())
    told = configuration.notifications
    with databases.reading().connection() as connection:
        checks = overview.newest_checks(connection)
        lacking = unreached.unreached(connection, told.everybody)
        stop = stop_of(connection)
    sections = {name: list(_flat(value)) for name, value in configuration.model_dump(mode="json").items()}
    return rendered(
        "configuration.html", sections=sections, hash=configuration.hash, checks=checks, stop=stop, lacking=lacking,
        told=sorted(told.everybody), smtp_connection=told.smtp_connection,
    )  # fmt: skip


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Keys with dots and their values, as connector.yaml would have them on one line each."""
    if isinstance(value, dict) and value:
        return [pair for key, inner in value.items() for pair in _flat(inner, f"{name}.{key}" if name else key)]
    if isinstance(value, list) and any(isinstance(inner, (dict, list)) for inner in value):
        return [pair for place, inner in enumerate(value, 1) for pair in _flat(inner, f"{name}[{place}]")]
    if isinstance(value, list):
        return [(name, ", ".join(map(str, value)) or "none")]
    words = {True: "true", False: "false", None: "not set"}
    return (
        [(name, words[value] if value is None or isinstance(value, bool) else str(value) or "empty")]
        if value != {}
        else [(name, "none")]
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
