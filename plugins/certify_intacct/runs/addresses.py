"""The addresses of the connector's pages and of Airflow's own, as people reach them; empty where Airflow does not know its own."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from airflow.sdk import conf

PREFIX = "/connector"
# Whose right to be read stands for the reports in the menu.
EXPENSE_DAG = "expense_sync"


def page(path: str = "", **asked: str) -> str:
    """A page of the connector.

    :param path: below the first page; names in it are quoted already (:func:`segment`)
    :param asked: what is looked for on it
    """
    return f"{base()}{PREFIX}/{path}{'?' if asked else ''}{urlencode(asked, quote_via=quote)}"


def load_page(dag_id: str, load_id: object) -> str:
    """The page of a load; that of its DAG's loads where none was opened."""
    if not str(load_id).isdigit():
        return page("loads", dag=dag_id)
    return page(f"{segment(dag_id)}/loads/{load_id}")


def report_page(report_id: str) -> str:
    """The timeline of an expense report."""
    return page(f"{EXPENSE_DAG}/reports/{segment(report_id)}")


def dag(dag_id: str) -> str:
    """Airflow's page of a DAG, which has its runbook."""
    return f"{base()}/dags/{segment(dag_id)}"


def run(dag_id: str, run_id: str) -> str:
    """Airflow's page of a run."""
    return f"{dag(dag_id)}/runs/{segment(run_id)}"


def segment(text: object) -> str:
    """A name in an address is one segment of it, whatever it holds."""
    return quote(str(text), safe="", errors="replace")


def base() -> str:
    """Where people reach Airflow (``[api] base_url``)."""
    return str(conf.get("api", "base_url", fallback="") or "").rstrip("/")
