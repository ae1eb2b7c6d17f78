"""The page of a load: complete, escaped, and closed to strangers."""

from __future__ import annotations

import time
from dataclasses import replace
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.pages.app import app
from certify_intacct.pages.rendering import rendered
from certify_intacct.staging.load_page import load_page
from certify_intacct.staging.plans import store_plan
from certify_intacct.staging.verdicts import store_verdicts

HOSTILE = "<script>alert('é')</script>"


@pytest.fixture
def page(store, new_load):
    load_id = new_load(dry_run=True)
    changes = [
        Change(
            subject=DEPARTMENT.subject, action=Action.CREATE, key="010", after={"Name": HOSTILE}, reason="It is new."
        ),
        Change(
            subject=DEPARTMENT.subject,
            action=Action.HOLD,
            key="020",
            reason="It is unclear.",
            rule="ambiguous",
            cure="Choose one.",
        ),
    ]
    verdict = Verdict(
        stream="things",
        rule="r",
        severity=Severity.WARNING,
        reason="No.",
        cure="Mend it.",
        checked=1,
        failed_keys=("1",),
    )
    with store.connection() as connection:
        store_plan(connection, load_id, changes)
        store_verdicts(connection, load_id, [verdict], {"things": {"1": HOSTILE}})
        return load_page(connection, "organization_sync", load_id)


def test_it_shows_plan_quarantine_and_that_it_is_a_preview(page):
    html = rendered("load.html", page=page).body.decode()
    for text in ("Preview: nothing was sent.", "It is new.", "It is unclear. Choose one.", "No. Mend it."):
        assert text in html
    assert [change["key"] for change in page.changes] == ["020", "010"], "what asks for a person comes first"


def test_texts_of_others_are_escaped_and_nothing_may_run(page):
    answer = rendered("load.html", page=page)
    assert HOSTILE not in answer.body.decode()
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_load_of_another_dag_is_not_shown(store, new_load):
    load_id = new_load()
    with store.connection() as connection:
        assert load_page(connection, "expense_sync", load_id) is None


def test_a_stranger_sees_nothing():
    answer = TestClient(app).get("/organization_sync/loads/1")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("url", "is_link"),
    [("https://www.intacct.com/ia/acct/ur.phtml?.r=1", True), ("javascript:alert(1)", False), (None, False)],
)
def test_a_document_links_to_its_record_in_intacct(page, url, is_link):
    document = {
        "number": "CX-1-B", "report_id": "a/report", "kind": "ap_bill", "entity": "100", "payee_id": "E1",
        "posting_date": "2026-11-20", "total": Decimal("10.00"),
        "currency": "USD", "state": "in_gl", "message": "", "record_no": "77", "record_url": url,
    }  # fmt: skip
    html = rendered("load.html", page=replace(page, documents=[document])).body.decode()
    assert "CX-1-B" in html
    assert 'href="../reports/a%2Freport"' in html
    assert (f'<a href="{url}"' in html) is is_link


def test_a_page_is_never_larger_than_a_megabyte(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    load_id = new_load()
    changes = [
        Change(
            subject=DEPARTMENT.subject, action=Action.HOLD, key=f"{number:04}", reason="é" * 3000, rule="r", cure="ü" * 3000,
            after={"Name": "<" * 3000, "List": ["&" * 90] * 30},
        )
        for number in range(1200)
    ]  # fmt: skip
    with store.connection() as connection:
        store_plan(connection, load_id, changes)
    began = time.monotonic()
    answer = browser("viewer").get(f"/connector/organization_sync/loads/{load_id}")
    assert answer.status_code == 200
    assert len(answer.content) <= 1_000_000
    assert "so this one is cut: texts after 600 characters, lists after 50 rows" in answer.text
    assert "0000" in answer.text
    assert time.monotonic() - began < 10


def test_what_cannot_be_cut_to_a_page_is_said_in_a_sentence(page):
    many = replace(
        page, extracts=[page.load | {"stream": "x" * 500, "row_count": 0, "page_count": 0, "duplicates": 0}] * 3000
    )
    for row in many.extracts:
        row |= {"observed_at": page.load["opened_at"], "source_load_id": 0}
    answer = rendered("load.html", page=many)
    assert answer.status_code == 413
    assert "Questions to the database" in answer.body.decode()
