"""Links from the Airflow UI to the pages: from each task to its load, from the menu to the search for a report
and to what waits for a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink

from certify_intacct.runs import addresses

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator

PREFIX = addresses.PREFIX
# Whose right to be read stands for the reports in the menu.
EXPENSE_DAG = addresses.EXPENSE_DAG
# Who may read the sync may read what its preview met.
EXPENSE_PREVIEW = "expense_preview"
# Whose right to be read stands for what waits of people.
ORGANIZATION_DAG = "organization_sync"
# Whose right to be edited is the right to decide.
DECISIONS_DAG = "decisions"


class LoadLink(BaseOperatorLink):
    """Opens the page of the task's load: its tally, its plan, and what became of each change."""

    name = "Load"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        return load_url(operator, ti_key)


class IntacctRecordsLink(BaseOperatorLink):
    """Opens the list of the documents that the load posted, each with its link into Intacct."""

    name = "Records in Intacct"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        return f"{load_url(operator, ti_key)}#records"


class ComparisonLink(BaseOperatorLink):
    """Opens the page on which the plan of the task's load stands beside the other one of its run."""

    name = "Comparison"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        url = load_url(operator, ti_key)
        return f"{url}/against" if "/loads/" in url else url


class ShadowLink(BaseOperatorLink):
    """Opens the page on which another connector's documents stand beside what this one would have posted."""

    name = "Beside theirs"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:
        url = load_url(operator, ti_key)
        return f"{url}/shadow" if "/loads/" in url else url


def load_url(operator: Any, ti_key: Any) -> str:
    """The address of the page of an operator's load; that of its DAG's loads where none was opened."""
    return addresses.load_page(ti_key.dag_id, operator.load_id)


def search_url() -> str:
    """The address of the form that finds a report."""
    return addresses.page(f"{EXPENSE_DAG}/reports")


def home_url() -> str:
    """The address of the first page."""
    return addresses.page()


def waiting_url() -> str:
    """The address of the page of all that waits."""
    return addresses.page("waiting")


def decisions_url() -> str:
    """The address of the page on which persons decide about what waits."""
    return addresses.page("decisions")
