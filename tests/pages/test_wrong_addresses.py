"""Where an address leads nowhere, or a session has ended, the page says what is so and leads on."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from tests.expense_company import report_id
from tests.pages.airflow_app import airflow, served
from tests.pages.forms import ORIGIN, forms_of, send

__all__ = ["airflow", "served"]

ELSEWHERE = [
    ("/connector/nowhere", 404, "There is no such page.", "Home"),
    ("/connector/expense_sync/loads/999", 404, "expense_sync has no load 999.", "Loads"),
    ("/connector/expense_sync/loads/999/against", 404, "expense_sync has no load 999.", "Loads"),
    ("/connector/expense_sync/loads/x", 422, "A load has a number", "Loads"),
    (
        "/connector/expense_sync/reports/unknown",
        404,
        "No load of expense_sync has read a report unknown.",
        "Find a report",
    ),
    ("/connector/waiting/confirm", 405, "is where a form is sent to, and no page", "What waits"),
    ("/connector/waiting/people/confirm", 405, "is where a form is sent to, and no page", "What waits"),
]


@pytest.mark.parametrize(("address", "status", "words", "link"), ELSEWHERE)
def test_a_wrong_address_leads_to_where_the_right_one_is_found(connections, browser, address, status, words, link):
    viewer = browser("viewer")
    answer = viewer.get(address)
    assert (answer.status_code, words in html.unescape(answer.text)) == (status, True)
    (there,) = re.findall(rf'<a href="([^"]+)">{link}</a>', answer.text.partition("<main")[2])
    assert viewer.get(urljoin(f"{ORIGIN}{address}", there)).status_code == 200


def test_whose_session_has_ended_is_led_through_airflows_sign_in_back_to_the_page(connections, airflow):
    stranger = TestClient(airflow.app)
    page = "/connector/expense_sync/reports?code=A1"
    answer = stranger.get(page)
    assert (answer.status_code, "Sign in to Airflow" in answer.text) == (401, True)
    (link,) = re.findall(r'<a href="([^"]+)">Sign in</a>', answer.text)
    led = stranger.get(urljoin(f"{ORIGIN}{page}", html.unescape(link)), follow_redirects=False)
    assert led.status_code == 307
    there = urlsplit(led.headers["location"])
    assert (there.path, parse_qs(there.query)["next"]) == ("/auth/login", [page])
    assert stranger.get(led.headers["location"]).status_code == 200


def test_a_form_of_whose_session_has_ended_decides_nothing_and_says_so(company, decides, browser):
    company.report(1, Reimbursed=True)
    company.sync()
    page = f"/connector/expense_sync/reports/{report_id(1)}"
    clerk = browser("user", "kim")
    (form,) = forms_of(clerk.get(page).text)
    clerk.cookies.clear()
    answer = send(clerk, page, form, decision="release", reason="Asked the bank")
    assert (answer.status_code, "Nothing was decided or started." in answer.text) == (401, True)
    (link,) = re.findall(r'<a href="([^"]+)">Sign in</a>', answer.text)
    assert link.endswith("next=%2Fconnector%2F"), "what a form was sent to may be no page"
    assert company.sql("SELECT 1 FROM ledger.decision") == []
