"""Who has no vendor in Intacct to be paid by: a page for accounts payable, and a file. Nothing is made there by this project."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from certify_intacct.documents import pays_vendors
from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.vendors import NoVendor
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag, reads_reports
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.staging.vendors_to_make import as_of, in_csv, vendors_to_make

#: A file holds as many rows.
MOST_OF_A_FILE = 20_000

router = APIRouter()


@router.get("/{dag_id}/vendors", response_class=HTMLResponse, dependencies=[Depends(reads_reports)])
@beside
def show_vendors(dag_id: ReadableDag, page: str = "") -> HTMLResponse:
    """Who it is, why, and what waits for it; 50 people a page."""
    settings = load(config_path())
    paging = Paging(number=listing.page_number(page), address="vendors", filters={})
    with databases.reading().connection() as connection:
        needed = pays_vendors(settings.posting)
        rows = vendors_to_make(connection, settings, needed=needed, most=paging.most, after=paging.after)
        known, stop = as_of(connection), stop_of(connection)
    return rendered(
        "vendors.html", dag_id=dag_id, rows=rows, said=NoVendor, known=known, off=settings.people.vendors == "off",
        needed=needed, stop=stop, paging=replace(paging, whole=rows[0]["whole"] if rows else 0),
    )  # fmt: skip


@router.get("/{dag_id}/vendors.csv", dependencies=[Depends(reads_reports)])
@filed
def vendors_csv() -> Response:
    """The same as a file, all pages of it."""
    settings = load(config_path())
    with databases.reading_for_a_file().connection() as connection:
        rows = vendors_to_make(connection, settings, needed=pays_vendors(settings.posting), most=MOST_OF_A_FILE)
    return listing.filed_as("vendors.csv", in_csv(rows))
