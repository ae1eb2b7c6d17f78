"""Data Docs: made when connector.yaml asks for them, of keys and counts, opened from the load's page, and gone with staging."""

from __future__ import annotations

import re

import pytest
import yaml

from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.operators.retention import DeleteOldStagingOperator
from certify_intacct.quality.data_docs import data_docs
from certify_intacct.staging import data_docs as kept_docs

HOSTILE = "<script>alert(1)</script><img src=//evil.example/x onerror=alert(2)> ${column} $column"


def verdict(rule: str, *failed: str, reason: str = "It is wrong.") -> Verdict:
    return Verdict(
        stream="certify_expenses", rule=rule, severity=Severity.WARNING, reason=reason, cure="Mend it.", checked=40, failed_keys=failed
    )  # fmt: skip


@pytest.fixture
def documented(company):
    """A load of a company that wants Data Docs, with a faulty report of somebody."""
    written = yaml.safe_load(company.config.read_text())
    company.config.write_text(yaml.safe_dump({**written, "quality": {"data_docs": True}}), encoding="utf-8")
    company.report(1, {"Amount": "10.00", "ReimAmount": "10.00", "Reason": "A private matter"}, TotalAmount="11.00")
    load, _ = company.extract(validate=True)
    return load


def test_nothing_runs_loads_or_leads_elsewhere_whatever_the_texts_hold():
    """The library writes every text as it stands."""
    page = data_docs(
        7,
        "certify_expenses",
        [verdict("own.x", HOSTILE, reason=HOSTILE), verdict("fine")],
        {"own.x": "reason", "fine": "id"},
    )
    assert not re.search(r"<(script|img|link|iframe|form|input|button)", page)
    assert not re.search(r"\b(src|onerror|onclick)=[\"']", page)
    assert {link for link in re.findall(r'href="([^"]*)"', page) if not link.startswith("#")} == set()
    assert "https://" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Mend it." in page


def test_they_hold_counts_and_keys_of_every_rule_and_the_first_keys_alone():
    keys = [f"key-{number:03}" for number in range(40)]
    page = data_docs(7, "certify_expenses", [verdict("a", *keys), verdict("b")], {"a": "reason", "b": "id"})
    assert "load 7" in page
    assert re.findall(r"key-\d+", page) == keys[:20]


def test_a_load_has_a_page_for_each_stream_and_no_value_of_a_row(documented, company, browser, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", company.database.loader_url)
    viewer = browser("viewer")
    of_load = f"/connector/expense_sync/loads/{documented}"
    links = re.findall(r'href="(\d+/data-docs/[^"]+)"', viewer.get(of_load).text)
    assert f"{documented}/data-docs/certify_expenses" in links
    assert len(links) == len(company.sql("SELECT DISTINCT stream FROM quality.result"))
    for link in links:
        answer = viewer.get(f"/connector/expense_sync/loads/{link}")
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'; ")
        for private in ("A private matter", "Ana", "a.ruiz@example.com", "Ünïon"):
            assert private not in answer.text
    reports = viewer.get(f"{of_load}/data-docs/certify_expense_reports").text
    assert "header_adds_up (warning): " in reports
    assert "00000000-0000-4000-8000-000000000001" in reports


def test_whoever_may_not_read_the_dag_and_whoever_asks_for_another_path_gets_nothing(
    documented,
    company,
    browser,
    monkeypatch,
):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", company.database.loader_url)
    path = f"loads/{documented}/data-docs"
    assert browser(None).get(f"/connector/expense_sync/{path}/certify_expenses").status_code == 401
    assert browser("").get(f"/connector/expense_sync/{path}/certify_expenses").status_code == 403
    viewer = browser("viewer")
    assert viewer.get(f"/connector/organization_sync/{path}/certify_expenses").status_code == 404
    for elsewhere in ("payroll", "..%2F..%2Fetc%2Fpasswd", "%00", "certify_expenses%00"):
        answer = viewer.get(f"/connector/expense_sync/{path}/{elsewhere}")
        assert answer.status_code == 404
        assert "root:" not in answer.text


def test_none_are_made_unless_they_are_asked_for(company):
    company.report(1)
    company.extract(validate=True)
    assert company.sql("SELECT * FROM quality.data_docs") == []


def test_they_go_with_what_the_load_staged(documented, company, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", company.database.loader_url)
    company.sql(
        "UPDATE ops.load SET state = 'stopped', opened_at = opened_at - interval '100 days', closed_at = now() - interval '100 days'"
    )
    company.sql("UPDATE ops.extract SET observed_at = observed_at - interval '100 days'")
    DeleteOldStagingOperator(task_id="retention").execute({"params": {}})
    assert company.sql("SELECT * FROM staging.certify_expense") == []
    assert company.sql("SELECT * FROM quality.data_docs") == []
    assert company.sql("SELECT 1 AS one FROM quality.result LIMIT 1") == [{"one": 1}]


def test_a_page_that_is_too_large_is_named_and_not_kept(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        assert kept_docs.keep(connection, load_id, {"small": "<p>ä</p>", "large": "x" * (kept_docs.LARGEST + 1)}) == [
            "large"
        ]
        assert kept_docs.kept(connection, load_id) == ["small"]
        assert kept_docs.find(connection, "organization_sync", load_id, "small") == "<p>ä</p>".encode()
        assert kept_docs.find(connection, "organization_sync", load_id, "large") is None
