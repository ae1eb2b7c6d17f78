"""What Intacct paid and Certify does not show as reimbursed, and the reverse: a page for the Treasurer, and a file."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.payments import Difference
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag, reads_reports
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.staging import payments

#: A file holds as many rows.
MOST_OF_A_FILE = 20_000

router = APIRouter()


@router.get("/{dag_id}/payments", response_class=HTMLResponse, dependencies=[Depends(reads_reports)])
@beside
def show_payments(dag_id: ReadableDag, difference: str = "", page: str = "") -> HTMLResponse:
    """What differs, how much of it, and what is to be done; 50 documents a page."""
    filters = listing.asked(difference=difference)
    wanted, company = filters.get("difference", ""), _company()
    with databases.reading().connection() as connection:
        asked = Paging(number=listing.page_number(page), address="payments", filters=filters)
        counts, rows = payments.listed(connection, company, wanted, most=asked.most, after=asked.after)
        paging = asked.held_to(sum(row["documents"] for row in counts if wanted in ("", row["difference"])))
        if paging.number != asked.number:
            counts, rows = payments.listed(connection, company, wanted, most=paging.most, after=paging.after)
        stop = stop_of(connection)
    return rendered(
        "payments.html", dag_id=dag_id, counts=counts, rows=rows, paging=paging, filters=filters, said=Difference, stop=stop,
        choices=[(one.value, one.words) for one in Difference], csv=listing.linked("payments.csv", filters),
    )  # fmt: skip


@router.get("/{dag_id}/payments.csv", dependencies=[Depends(reads_reports)])
@filed
def payments_csv(difference: str = "") -> Response:
    """The same as a file, all pages of it."""
    wanted = listing.asked(difference=difference).get("difference", "")
    with databases.reading_for_a_file().connection() as connection:
        rows = payments.differences(connection, _company(), wanted, most=MOST_OF_A_FILE)
    return listing.filed_as("payments.csv", payments.in_csv(rows))


def _company() -> str:
    return load(config_path()).company.intacct_company_id
