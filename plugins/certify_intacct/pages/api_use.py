"""What was asked of both services: of a load beside what was expected, and by month beside Intacct's own meter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from certify_intacct.documents import kind_of
from certify_intacct.model.configuration import CompanyConfiguration, config_path, load
from certify_intacct.model.documents import DocumentKind
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag, reads_a_sync
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.rules.preflight.api_use import METER
from certify_intacct.staging import api_metered, api_use, overview
from certify_intacct.staging.load_page import LoadPage
from certify_intacct.staging.load_tally import Tally

MONTHS = 13
#: So many functions of a month are shown, those that are billed or asked most; the file has all.
MOST_FUNCTIONS = 12

router = APIRouter()


@router.get("/{dag_id}/api-use", response_class=HTMLResponse, dependencies=[Depends(reads_a_sync)])
@beside
def show_api_use(dag_id: ReadableDag) -> HTMLResponse:
    """By month: what we counted, what Intacct's own meter says of the same days, and the functions that are asked most."""
    company = load(config_path()).company
    today = datetime.now(tz=company.zone).date()
    with databases.reading().connection() as connection:
        month = api_use.this_month(connection, company)
        counted = api_use.by_month(connection, _companies(company), months=MONTHS, today=today)
        metered = api_metered.by_month(connection, company.intacct_company_id, months=MONTHS, today=today)
        said = overview.newest_finding(connection, "expense", METER)
        stop = stop_of(connection)
    return rendered(
        "api_use.html", dag_id=dag_id, month=month, months=list(_months(counted)), metered=metered, said=said, stop=stop,
    )  # fmt: skip


@router.get("/{dag_id}/api-use.csv", dependencies=[Depends(reads_a_sync)])
@filed
def api_use_csv() -> Response:
    """What we counted, by month and function, as a file."""
    company = load(config_path()).company
    today = datetime.now(tz=company.zone).date()
    with databases.reading_for_a_file().connection() as connection:
        rows = api_use.by_month(connection, _companies(company), months=MONTHS, today=today)
    return listing.filed_as("api-use.csv", api_use.in_csv(rows))


def calls_of(found: LoadPage) -> list[dict[str, Any]]:
    """What was asked for a load, by function, each with the calls that were expected; what was expected and not asked, too."""
    expected = _expected(found)
    rows = [
        row
        | {"expected": expected.pop((row["function"], row["object"]), None) if row["service"] == "intacct" else None}
        for row in found.api_use
    ]
    never = dict.fromkeys(("requests", "functions", "billed", "failed", "unanswered"), 0)
    missing = [
        {"service": "intacct", "function": function, "object": about, "expected": calls, **never}
        for (function, about), calls in sorted(expected.items())
    ]
    return [*rows, *missing]


def _expected(found: LoadPage) -> dict[tuple[str, str], int]:
    """Records by the functions that write them, by the plan; pages by what an earlier load read."""
    writes = Counter(_planned(found.tally) if found.load["direction"] == "expense" else {})
    reads = Counter(dict(found.reading.by) if found.reading else {})
    return dict(writes + reads)


def _planned(tally: Tally) -> dict[tuple[str, str], int]:
    documents: Counter[tuple[str, str]] = Counter()
    for row in tally.documents:
        kind = kind_of(DocumentKind(row.kind))
        documents[kind.made_by, kind.object if kind.made_by == "create" else ""] += row.planned
    # Each attachment is made, and filled later.
    attachments = (tally.billed_calls - documents.total()) // 2
    return documents + Counter({("create_supdoc", ""): attachments, ("update_supdoc", ""): attachments})


def _months(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The months with their sums, and the rows that are shown of each."""
    for month in dict.fromkeys(row["month"] for row in rows):
        own = [row for row in rows if row["month"] == month]
        sums = {name: sum(row[name] for row in own) for name in ("requests", "billed", "failed", "unanswered")}
        services = [[row for row in own if row["service"] == service] for service in ("intacct", "certify")]
        shown = [row for rows_of in services for row in rows_of[:MOST_FUNCTIONS]]
        yield {"month": month, "rows": shown, "more": len(own) - len(shown), **sums}


def _companies(company: CompanyConfiguration) -> dict[str, str]:
    return {"intacct": company.intacct_company_id, "certify": company.certify_company}
