"""Entities and people all the way, on PostgreSQL and the sandbox."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.organization_run import loaded, planned
from tests.people_company import configured, contact, load_lists


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Sets section `people` of connector.yaml, and parts of `dimensions`."""

    def set_(**people):
        monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path / "connector.yaml", **people)))

    set_()
    return set_


@pytest.fixture
def sync(connections, context, settings):
    """Runs organization_sync and returns the outcomes of its load step."""
    runs = iter(range(1, 100))

    def run(*, judged=True, **options):
        run_context = context(run_id=f"run {next(runs)}", **options)
        return loaded(planned(run_context, judged=judged), run_context)

    return run


@pytest.fixture
def rows(database):
    def query(statement, *parameters):
        with psycopg.connect(database.loader_url, row_factory=dict_row) as connection:
            return connection.execute(statement, parameters).fetchall()

    return query


@pytest.fixture
def notes(rows):
    """Rule and key of what the last plan left alone."""

    def query():
        return {
            (row["rule"], row["key"])
            for row in rows(
                """
                SELECT rule, key FROM plan.change
                WHERE action IN ('skip', 'hold') AND load_id = (SELECT max(load_id) FROM plan.change)
                """
            )
        }

    return query


@pytest.fixture
def release(database):
    def add(**columns):
        columns = {"released_by": "somebody else", "reason": "looked at", **columns}
        names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with psycopg.connect(database.decider_url) as connection:
            connection.execute(f"INSERT INTO ledger.people_release ({names}) VALUES ({values})", list(columns.values()))

    return add


@pytest.fixture
def company(fresh_sandbox):
    load_lists(fresh_sandbox)
    return fresh_sandbox


@pytest.fixture
def vendors(company, settings):
    """Vendors are people too; returns what loads one."""
    sources = [{"kind": "employee"}, {"kind": "vendor", "location_field": "MEGAENTITYID"}]
    settings(sources=sources, default_department="10", entities={"default": "100"})

    def load(number):
        company.load("intacct", "CONTACT", [contact(number)])
        named = {"VENDORID": f"V{number}", "NAME": f"Person {number}", "DISPLAYCONTACT.CONTACTNAME": f"Person {number}"}
        kind = {"VENDTYPE": "Employee", "ISINDIVIDUAL": "true", "STATUS": "active"}
        company.load("intacct", "VENDOR", [named | kind])

    return load
