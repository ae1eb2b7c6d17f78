"""The page of data quality: what each rule said in the last loads, as far as its reader may read their DAG."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from certify_intacct.pages import databases, sparkline
from certify_intacct.pages.access import SyncReader, reads
from certify_intacct.pages.links import EXPENSE_DAG, ORGANIZATION_DAG
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside
from certify_intacct.staging.quality_history import LOADS, quality_history

router = APIRouter()


@router.get("/quality", response_class=HTMLResponse)
@beside
def show_quality(user: SyncReader) -> HTMLResponse:
    """The rules of the syncs that the user may read, each with its results over time and the rows that failed last."""
    readable = [dag_id for dag_id in (EXPENSE_DAG, ORGANIZATION_DAG) if reads(dag_id, user)]
    with databases.reading().connection() as connection:
        histories = {dag_id: quality_history(connection, dag_id) for dag_id in readable}
        stop = stop_of(connection)
    return rendered("quality.html", histories=histories, loads=LOADS, spark=sparkline, stop=stop)
