"""Rights are given by DAG: who may read another one of this Airflow reads nothing of expenses here, under whatever address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

from tests.pages.test_every_route import routes

#: What is told of all expenses, whichever DAG the address names.
OF_EXPENSES = ("payments", "payments.csv", "vendors", "vendors.csv", "tax.csv")
OF_BOTH = ("api-use", "api-use.csv")


@pytest.fixture
def only(monkeypatch) -> Callable[[str], None]:
    """Everybody may read this one DAG, as by a role of Airflow that names it, and nothing else."""

    def may_read(readable: str) -> None:
        def authorized(_self, *, method, user, access_entity=None, details=None):
            return method == "GET" and access_entity is None and details is not None and details.id == readable

        monkeypatch.setattr(SimpleAuthManager, "is_authorized_dag", authorized)

    return may_read


@pytest.fixture
def posted(company):
    """One report in Intacct, and one that waits."""
    company.report(1)
    company.report(2, ("50.00", "50.00"), EmployeeID="E-9")
    company.sync()
    return company


def test_who_reads_another_dag_reads_no_expenses_by_putting_its_name_into_an_address(posted, decides, browser, only):
    only("marketing")
    somebody = browser("viewer")
    (number,) = [row["number"] for row in posted.sql("SELECT number FROM ledger.document")]
    for _, address in routes("GET"):
        answer = somebody.get(address.replace("expense_sync", "marketing"), follow_redirects=True)
        assert number not in answer.text, address
        assert "104002" not in answer.text, address
    for name in (*OF_EXPENSES, *OF_BOTH):
        assert somebody.get(f"/connector/marketing/{name}").status_code == 403, name


def test_who_reads_people_reads_no_expenses(posted, decides, browser, only):
    only("organization_sync")
    somebody = browser("viewer")
    for name in OF_EXPENSES:
        answer = somebody.get(f"/connector/organization_sync/{name}")
        assert (answer.status_code, "You may not read expense_sync" in answer.text) == (403, True), name
    for name in OF_BOTH:
        assert somebody.get(f"/connector/organization_sync/{name}").status_code == 200, name


def test_who_reads_expenses_reads_them(posted, decides, browser, only):
    only("expense_sync")
    for name in (*OF_EXPENSES, *OF_BOTH):
        assert browser("viewer").get(f"/connector/expense_sync/{name}").status_code == 200, name
