"""The page of a load: counted first, then its changes, looked for, filtered, paged, and as files of CSV."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, Response

from certify_intacct.model.rules import desk_of
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag
from certify_intacct.pages.api_use import calls_of
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.posting import stop_of, waits_of
from certify_intacct.pages.rendering import rendered, untrusted
from certify_intacct.pages.work import beside, filed
from certify_intacct.staging import data_docs, overview
from certify_intacct.staging.csv_file import as_csv
from certify_intacct.staging.database import Connection
from certify_intacct.staging.load_page import MOST, ChangeSearch, LoadPage, every_change, load_page, of_dag, quarantine
from certify_intacct.staging.load_tally import STATES

#: A file holds as many rows; what comes after, a narrower search gives.
MOST_OF_A_FILE = 20_000
COLUMNS = (
    "position", "subject", "action", "key", "approval_code", "state", "rule", "who_can_act", "reason", "cure", "before", "after",
    "message", "billed_calls",
)  # fmt: skip
QUARANTINE_COLUMNS = ("stream", "key", "label", "report_id", "rule", "reason", "cure")
router = APIRouter()


@router.get("/{dag_id}/loads/{load_id}", response_class=HTMLResponse)
@beside
def show_load(
    dag_id: ReadableDag, load_id: int, q: str = "", state: str = "", action: str = "", rule: str = "", subject: str = "",
    page: str = "", taken: str = "",
) -> HTMLResponse:  # fmt: skip
    """A load: its tally, its plan with the results, what is quarantined, what it sent, its verdicts and its extracts.

    :param page: of the plan
    :param taken: the page of what is quarantined
    """
    filters = listing.asked(q=q, state=state, action=action, rule=rule, subject=subject)
    paging = Paging(number=listing.page_number(page), address=str(load_id), filters=filters)
    taking = Paging(
        number=listing.page_number(taken), address=str(load_id), filters=filters | listing.asked(page=page), name="taken",
        anchor="quarantine", most=MOST,
    )  # fmt: skip
    with databases.reading().connection() as connection:
        found = load_page(
            connection, dag_id, load_id, search_of(filters), most=paging.most, after=paging.after, taken_after=taking.after
        )  # fmt: skip
        stop, much = stop_of(connection), waits_of(connection)
        asks = any(row["load_id"] == load_id for row in overview.asked_approvals(connection))
    if found is None:
        raise _unknown(dag_id, load_id)
    return rendered("load.html", **values_of(found, paging, taking, filters), waits=much, stop=stop, asks=asks)


@router.get("/{dag_id}/loads/{load_id}/changes.csv")
@filed
def changes_csv(
    dag_id: ReadableDag, load_id: int, q: str = "", state: str = "", action: str = "", rule: str = "", subject: str = ""
) -> Response:
    """The changes that are looked for as a file, all pages of them."""
    search = search_of(listing.asked(q=q, state=state, action=action, rule=rule, subject=subject))
    with databases.reading_for_a_file().connection() as connection:
        # As it stands at one moment, however many queries that takes.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        load_of(connection, dag_id, load_id)
        rows = every_change(connection, load_id, search, most=MOST_OF_A_FILE)
        text = as_csv(COLUMNS, ([_value(row, name) for name in COLUMNS] for row in rows))
    return listing.filed_as(f"{dag_id}-load-{load_id}.csv", text)


@router.get("/{dag_id}/loads/{load_id}/quarantine.csv")
@filed
def quarantine_csv(dag_id: ReadableDag, load_id: int) -> Response:
    """All that data quality took out of the load, as a file."""
    with databases.reading_for_a_file().connection() as connection:
        load_of(connection, dag_id, load_id)
        rows = quarantine(connection, load_id, most=MOST_OF_A_FILE)
    text = as_csv(QUARANTINE_COLUMNS, ([row[name] for name in QUARANTINE_COLUMNS] for row in rows))
    return listing.filed_as(f"{dag_id}-load-{load_id}-quarantine.csv", text)


@router.get("/{dag_id}/loads/{load_id}/data-docs/{stream}", response_class=HTMLResponse)
@beside
def show_data_docs(dag_id: ReadableDag, load_id: int, stream: str) -> Response:
    """Great Expectations' page of a stream, without anything that runs, loads or leads elsewhere."""
    with databases.reading().connection() as connection:
        page = data_docs.find(connection, dag_id, load_id, stream.replace("\x00", ""))
    if page is None:
        raise HTTPException(
            status_code=404,
            detail=f"No Data Docs are kept of {stream} in load {load_id} of {dag_id}. They are made where quality.data_docs of "
            "connector.yaml says so, and deleted with what the load staged.",
        )
    return untrusted(page)


def load_of(connection: Connection, dag_id: str, load_id: int) -> dict[str, Any]:
    """A load of a DAG.

    :raises HTTPException: the DAG has none of that number
    """
    found = of_dag(connection, dag_id, load_id)
    if found is None:
        raise _unknown(dag_id, load_id)
    return found


def search_of(filters: dict[str, str]) -> ChangeSearch:
    """What the address looks for; what means nothing there finds nothing."""
    return ChangeSearch(
        text=filters.get("q", ""), **{name: filters.get(name, "") for name in ("state", "action", "rule", "subject")}
    )


def values_of(found: LoadPage, paging: Paging, taking: Paging, filters: dict[str, str]) -> dict[str, Any]:
    """What the page shows of a load, of which a page of changes and one of what is quarantined were read."""
    tally, load_id = found.tally, found.load["load_id"]
    known = {row.state for row in tally.counted}
    return {
        "page": found, "tally": tally, "filters": filters,
        "paging": paging.held_to(found.found), "taking": taking.held_to(found.quarantined),
        "words": dict(STATES), "states": [(name, words) for name, words in STATES if name in known],
        "actions": _options(row.action for row in tally.counted), "subjects": _options(row.subject for row in tally.counted),
        "rules": _options(row.rule for row in tally.held), "desks": {row.rule: desk_of(row.rule) for row in tally.held},
        "csv": listing.linked(f"{load_id}/changes.csv", filters), "most_of_a_file": MOST_OF_A_FILE,
        "calls": calls_of(found),
        "of": lambda **wanted: f"{listing.linked(str(load_id), wanted)}#plan",
    }  # fmt: skip


def _options(names: Any) -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(set(names))]


def _value(row: dict[str, Any], name: str) -> object:
    match name:
        case "who_can_act":
            return desk_of(row["rule"])
        case "before" | "after":
            return json.dumps(row[name], ensure_ascii=False, default=str) if row[name] else ""
        case _:
            return row[name]


def _unknown(dag_id: str, load_id: int) -> HTTPException:
    return HTTPException(status_code=404, detail=f"{dag_id} has no load {load_id}.")
