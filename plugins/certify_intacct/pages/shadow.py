"""The page on which another connector's documents stand beside what this one would have posted, and the file of it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.loads import load_of
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.staging import shadow

#: A file holds so many documents; what comes after, one outcome alone gives.
MOST_OF_A_FILE = 20_000
WORDS = {"differs": "differ", "only_theirs": "only theirs", "only_ours": "only ours", "same": "the same"}

router = APIRouter()


@router.get("/{dag_id}/loads/{load_id}/shadow", response_class=HTMLResponse)
@beside
def show_shadow(dag_id: ReadableDag, load_id: int, outcome: str = "", page: str = "") -> HTMLResponse:
    """Counted first, then each document with what differs, 50 a page."""
    filters = listing.asked(outcome=outcome)
    wanted = filters.get("outcome", "")
    with databases.reading().connection() as connection:
        load = load_of(connection, dag_id, load_id)
        counts = shadow.counted(connection, load_id)
        whole = sum(row["documents"] for row in counts if wanted in ("", row["outcome"]))
        paging = Paging(number=listing.page_number(page), address="shadow", filters=filters, whole=whole)
        paging = replace(paging, number=min(paging.number, paging.last))
        rows = shadow.rows_of(connection, load_id, wanted, most=paging.most, after=paging.after)
        stop = stop_of(connection)
    return rendered(
        "shadow.html", load=load, counts=counts, rows=rows, paging=paging, filters=filters, words=WORDS, stop=stop,
        choices=[(name, words) for name, words in WORDS.items() if any(row["outcome"] == name for row in counts)],
        csv=listing.linked("shadow.csv", filters),
    )  # fmt: skip


@router.get("/{dag_id}/loads/{load_id}/shadow.csv")
@filed
def shadow_csv(dag_id: ReadableDag, load_id: int, outcome: str = "") -> Response:
    """The same as a file, all pages of it."""
    wanted = listing.asked(outcome=outcome).get("outcome", "")
    with databases.reading_for_a_file().connection() as connection:
        load_of(connection, dag_id, load_id)
        text = shadow.in_csv(shadow.rows_of(connection, load_id, wanted, most=MOST_OF_A_FILE))
    return listing.filed_as(f"{dag_id}-load-{load_id}-shadow.csv", text)
