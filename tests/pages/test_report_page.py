"""The page of a report's timeline: complete, escaped, found, linked, and closed to strangers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from certify_intacct.pages.links import search_url
from certify_intacct.staging.database import Database
from certify_intacct.staging.report_timeline import report_timeline
from certify_intacct.timeline import now
from certify_intacct.timeline.story import company_zone, when
from tests.shipped_config import SHIPPED

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(2)>'
PAGE = "/connector/expense_sync/reports"


@pytest.fixture
def posted(company):
    """A report with hostile texts that was posted after a lost answer."""
    company.sandbox.load("certify", "expensecategories", [{"Name": IMAGE, "GLCode": "6220", "Active": 1}])
    report = company.report(
        1,
        {"Amount": "1234.50", "ReimAmount": "1234.50", "ExpenseCategory": IMAGE, "DepartmentCode": "30"},
        FirstName=SCRIPT,
        LastName=IMAGE,
    )
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    company.sync()
    return report


def test_a_timeline_is_told_escaped_and_leads_to_its_load_its_run_and_intacct(company, posted, browser):
    viewer = browser("viewer")
    answer = viewer.get(f"{PAGE}/{posted}")
    html = answer.text
    assert answer.status_code == 200
    for text in (
        "No answer: in doubt",
        "Settled: Intacct has it",
        "Nothing: it is finished.",
        "Europe/Berlin",
        "1,234.50 USD",
    ):
        assert text in html
    assert SCRIPT not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert re.search(r"script-src 'sha256-[^ ]+';", answer.headers["content-security-policy"])
    (bill,) = (record for records in company.bills().values() for record in records)
    links = re.findall(r'href="([^"]+)"', html)
    assert bill["RECORD_URL"].replace("&", "&amp;") in links
    assert "../../../dags/expense_sync/runs/run-1" in links
    assert "../../expense_sync/loads/1" in links
    # And back: the page of the load names the report by its approval code, with the way to its timeline.
    load = viewer.get(f"{PAGE}/{posted}/../../loads/1").text
    assert re.search(rf'href="\.\./reports/{posted}"[^>]*>104001<', load)
    assert SCRIPT not in load
    # All of it is to be had by a role that may change nothing.
    with Database(company.database.analyst_url).connection() as connection:
        assert report_timeline(connection, posted) is not None


def test_one_match_is_opened_and_several_are_listed(company, posted, browser):
    viewer = browser("viewer")
    for text in ("104001", f" {posted} ", "C5NFCLGNOVB-1-001B"):
        found = viewer.get(PAGE, params={"code": text}, follow_redirects=False)
        assert (found.status_code, found.headers["location"]) == (303, f"reports/{posted}")
    assert viewer.get(PAGE, params={"code": "104001"}).url.path == f"{PAGE}/{posted}"
    twin = company.report(2, ApprovalCode="104001")
    company.plan()
    several = viewer.get(PAGE, params={"code": "104001"})
    assert several.status_code == 200
    assert all(f'href="reports/{report}"' in several.text for report in (posted, twin))
    assert SCRIPT not in several.text


def test_the_form_is_empty_at_first_and_says_when_nothing_is_found(connections, browser):
    viewer = browser("viewer")
    assert "<form" in viewer.get(PAGE).text
    nothing = viewer.get(PAGE, params={"code": IMAGE + "\x00"})
    assert nothing.status_code == 200
    assert "No load of expense_sync has read a report" in nothing.text
    assert IMAGE not in nothing.text


def test_strangers_and_readers_of_other_dags_are_refused_in_words(company, posted, browser):
    for role, status, words in ((None, 401, "Sign in to Airflow"), ("", 403, "You may not read expense_sync")):
        for path in (
            PAGE,
            f"{PAGE}?code=104001",
            f"{PAGE}/{posted}",
            f"{PAGE}/unknown",
            "/connector/expense_sync/loads/1",
        ):
            answer = browser(role).get(path)
            assert (answer.status_code, words in answer.text) == (status, True), path
            assert answer.headers["content-type"].startswith("text/html")
            assert "Hotel" not in answer.text
    viewer = browser("viewer")
    for path in (f"organization_sync/reports/{posted}", "organization_sync/loads/1"):
        answer = viewer.get(f"/connector/{path}")
        assert (answer.status_code, "organization_sync" in answer.text) == (404, True)
    assert "No load of organization_sync" in viewer.get("/connector/organization_sync/reports?code=104001").text


def test_what_only_a_preview_met_is_found_by_who_may_read_the_sync_and_not_the_other_way_round(
    company, posted, browser
):
    previewed = company.report(2)
    company.plan(preview=True)
    reader = browser("viewer")
    for dag_id, report, status in (
        ("expense_preview", previewed, 200),
        ("expense_sync", previewed, 200),
        ("expense_sync", posted, 200),
        ("organization_sync", previewed, 404),
    ):
        assert reader.get(f"/connector/{dag_id}/reports/{report}").status_code == status, (dag_id, report)


def test_what_is_not_there_is_said_in_words(connections, browser):
    viewer = browser("viewer")
    unknown = viewer.get(f"{PAGE}/{SCRIPT.replace('/', '')}")
    assert (unknown.status_code, "has read a report" in unknown.text, SCRIPT in unknown.text) == (404, True, False)
    assert viewer.get("/connector/expense_sync/loads/twelve").status_code == 422
    assert viewer.get("/connector/nowhere").headers["content-type"].startswith("text/html")


def test_a_database_that_is_away_is_said_in_words_and_without_its_password(browser, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", "postgresql://loader:a-secret@127.0.0.1:1/connector")
    answer = browser("viewer").get(f"{PAGE}/1")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "a-secret" not in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:text/html,x", "http://intacct.example.com/", "", None, "https://evil.example/x",
        "https://evil.example\\.intacct.com/",
        "https://www.intacct.com@evil.example/", "http://127.0.0.1.evil.example/", "https://www.intacct.com\n.evil.example/",
        "//evil.example",
    ],
)  # fmt: skip
def test_only_an_address_of_intacct_becomes_a_link(url):
    assert now.record_link({"record_no": "77", "record_url": url}) is None


def test_times_are_exact():
    assert when(datetime(2026, 7, 1, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Paris")) == "2026-07-02 01:30:00"


def test_times_are_told_in_the_zone_of_connector_yaml_whatever_airflow_has(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__DEFAULT_TIMEZONE", "America/New_York")
    assert str(company_zone()) == "Europe/Berlin"
    config = tmp_path / "connector.yaml"
    monkeypatch.setenv("CONNECTOR_CONFIG", str(config))
    for text, zone in ((None, "UTC"), (SHIPPED.read_text(encoding="utf-8"), "Europe/Berlin"), ("company: [", "UTC")):
        if text:
            config.write_text(text, encoding="utf-8")
        assert str(company_zone()) == zone


def test_the_menu_leads_to_the_form(monkeypatch):
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    assert search_url() == "https://airflow.example.com/team/connector/expense_sync/reports"
