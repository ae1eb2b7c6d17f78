"""Pages inside the Airflow UI, behind Airflow's own login: what a load planned and what became of it.

Airflow does not protect a plugin's routes by itself: each one here asks who the user is and whether that user may read the DAG.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.sdk import BaseHook
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from certify_intacct.pages.links import PREFIX
from certify_intacct.staging.database import Database
from certify_intacct.staging.load_page import load_page

CONNECTION = "connector_db"

app = FastAPI(title="Certify and Sage Intacct", docs_url=None, redoc_url=None, openapi_url=None)

# Texts come from two services and from people: every one of them is escaped.
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def may_read(dag_id: str, user: GetUserDep) -> str:
    """The DAG's ID, when the user may read that DAG."""
    if not get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=dag_id), user=user):
        raise HTTPException(status_code=403, detail=f"You may not read {dag_id}.")
    return dag_id


ReadableDag = Annotated[str, Depends(may_read)]


@app.get("/{dag_id}/loads/{load_id}", response_class=HTMLResponse)
def show_load(dag_id: ReadableDag, load_id: int) -> HTMLResponse:
    """A load: its extracts, its verdicts, what is quarantined, and its plan with the results."""
    with database().connection() as connection:
        page = load_page(connection, dag_id, load_id)
    if page is None:
        raise HTTPException(status_code=404, detail=f"{dag_id} has no load {load_id}.")
    return rendered("load.html", page=page)


def database() -> Database:
    uri = BaseHook.get_connection(CONNECTION).get_uri()
    return Database(uri.replace("postgres://", "postgresql://", 1))


def rendered(template: str, **values: Any) -> HTMLResponse:
    html = _templates.get_template(template).render(prefix=PREFIX, **values)
    # Nothing on these pages runs or loads anything.
    return HTMLResponse(
        html,
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Cache-Control": "no-store",
        },
    )
