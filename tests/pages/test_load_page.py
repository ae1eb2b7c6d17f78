"""The page of a load: complete, escaped, and closed to strangers."""

from __future__ import annotations

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
    assert "<script>" not in answer.body.decode()
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
