"""The page of data quality: what each rule said in the last loads, as far as its reader may read their DAG."""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse

from certify_intacct.pages import databases, sparkline
from certify_intacct.pages.access import reads
from certify_intacct.pages.links import EXPENSE_DAG, ORGANIZATION_DAG
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside
from certify_intacct.staging.quality_history import LOADS, quality_history

router = APIRouter()


@router.get("/quality", response_class=HTMLResponse)
@beside
def show_quality(user: GetUserDep) -> HTMLResponse:
    """The rules of the syncs that the user may read, each with its results over time and the rows that failed last."""
    readable = [dag_id for dag_id in (EXPENSE_DAG, ORGANIZATION_DAG) if reads(dag_id, user)]
    if not readable:
        raise HTTPException(
            status_code=403,
            detail=f"You may read neither {EXPENSE_DAG} nor {ORGANIZATION_DAG}. Ask an administrator of Airflow for that right.",
        )
    with databases.reading().connection() as connection:
        histories = {dag_id: quality_history(connection, dag_id) for dag_id in readable}
        stop = stop_of(connection)
    return rendered("quality.html", histories=histories, loads=LOADS, spark=sparkline, stop=stop)
