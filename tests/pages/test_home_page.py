"""The first page and those that its tabs lead to: figures, days and charts, the same everywhere, closed to strangers."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urljoin

import psycopg
from psycopg.rows import dict_row

from certify_intacct.decisions.waiting import waiting_lines
from certify_intacct.model.currencies import money
from certify_intacct.operators.decisions_report import DecisionsReportOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.pages.links import home_url, waiting_url
from certify_intacct.pages.rendering import TABS
from certify_intacct.staging import listings
from certify_intacct.staging.database import Database
from certify_intacct.staging.decisions import open_items
from certify_intacct.staging.waiting import waits
from include.local.accounting import settle
from include.local.sandbox import SandboxClient
from include.local.settings import Settings
from tests.expense_company import DAY, report_id
from tests.notifications.conftest import mailbox, server, tells
from tests.shipped_config import today
from tests.staging.test_waiting import waiting

__all__ = ["mailbox", "server", "tells", "waiting"]

HOME = "/connector/"
PAGES = [f"{HOME}{name}" for name, _ in TABS]


class _Reader(HTMLParser):
    """What a screen reader is told of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, {name: value or "" for name, value in attrs}))


def elements(text: str, *tags: str) -> list[tuple[str, dict[str, str]]]:
    reader = _Reader()
    reader.feed(text)
    return [(tag, attrs) for tag, attrs in reader.seen if tag in tags]


def tiles(text: str) -> dict[str, str]:
    """Title to figure and what more is said."""
    found = re.findall(r'<li class="\w+"><h2>(.*?)</h2>(.*?)</li>', text, re.DOTALL)
    return {title: " ".join(html.unescape(re.sub("<[^>]*>", " ", more)).split()) for title, more in found}


def day_of(text: str, day: date) -> tuple[str, str]:
    """Colour and words of a day of the strip."""
    (found,) = re.findall(rf'<a class="(\w+)" href="loads\?day={day}" title="{day}: (.*?)"', text)
    return found


def test_how_much_waits_is_the_same_number_wherever_it_is_told(waiting, browser, context, capsys, mailbox, tells):
    tells(addresses=["ap@example.com"])
    viewer = browser("viewer")
    run = context(run_id="run-1", period_start=str(DAY), period_end=str(DAY))
    run["dag_run"].dag_id = "expense_sync"
    assert tiles(viewer.get(HOME).text)["Waiting for a person"].startswith("3 reports 229.10 USD")
    assert "3 reports wait: 229.10 USD." in viewer.get("/connector/waiting").text
    assert "3 reports wait" in viewer.get("/connector/decisions").text
    assert "3 reports wait" in viewer.get("/connector/expense_sync/loads/1").text
    assert RunReportOperator(task_id="report", load_id=1).execute(run)["reports"] == 3
    assert DecisionsReportOperator(task_id="list_waiting").execute(run)["reports"] == 3
    with Database(waiting.database.loader_url).connection() as connection:
        items, much = open_items(connection, "sandbox"), waits(connection, "sandbox")
    said = "\n".join([capsys.readouterr().out, *waiting_lines(much, items, [], "")])
    (mail,) = mailbox.take()
    assert "3 new to look at, 3 reports waiting" in mail.subject, "the subject of the mail"
    assert "Reports that wait for a person: 3\n" in mail.text, "the mail"
    assert "Waiting for a person: 3 reports; 3 new in this run." in said, "the log"
    assert "Waiting for a person: 3 reports, 0 people and lists." in said, "the list of decisions"
    client = SandboxClient(cast(Settings, SimpleNamespace(sandbox_port=int(waiting.sandbox.url.rpartition(":")[2]))))
    with psycopg.connect(waiting.database.analyst_url, row_factory=dict_row) as connection:
        by_day = settle(connection, client, [str(DAY)]).by_day[str(DAY)]
    assert (by_day["waiting"], by_day["in progress"], by_day["unaccounted"]) == (3, 1, 0), "the demo's table"


def test_the_tiles_and_days_tell_what_asks_for_somebody(waiting, browser):
    viewer = browser("viewer")
    first = tiles(viewer.get(HOME).text)
    # One more where the night ended since the company's day was chosen.
    assert first["Dates not covered"].startswith(f"{(today() - DAY).days - 1} dates")
    assert first["Preflight"].startswith("never run")
    assert (
        first["Not in the general ledger yet"].startswith("2 documents")
        or first["In doubt"] == "0 documents no answer is missing"
    )
    # Sent yesterday, one of them in doubt; yesterday's date is covered, the one between is not.
    yesterday = today() - timedelta(days=1)
    waiting.sql("UPDATE ledger.document SET last_sent_at = last_sent_at - interval '1 day'")
    waiting.sql(
        """
        INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version,
            state, counts)
        VALUES ('expense_sync', 'r', 'scheduled', 'expense', %s, %s, false, 'c', '1', 'loaded',
                '{"reconciliation": {"holds": false, "reports": 1}}')
        """,
        yesterday,
        yesterday,
    )
    waiting.sql(
        """
        INSERT INTO ops.reconciliation_finding (load_id, finding, number, text, report_id, day, decided)
        SELECT load_id, 'altered', 'C-' || n, 'Somebody changed it.', 'x', period_start, n = 3 FROM ops.load, generate_series(1, 3) n
        WHERE run_id = 'r'
        """
    )
    waiting.sql(
        "INSERT INTO ops.preflight (direction, config_hash, fingerprint, code_version, dag_id, run_id, passed) "
        "VALUES ('expense', 'c', 'f', '1', 'preflight', 'r', false)"
    )
    text = viewer.get(HOME).text
    told = tiles(text)
    posted = waiting.sql(
        "SELECT count(*) AS n, sum(total) AS amount FROM ledger.document WHERE state IN ('accepted', 'in_gl')"
    )[0]
    assert told["Posted yesterday"].startswith(f"{posted['n']} documents {posted['amount']:.2f} USD")
    assert told["Findings of reconciliation"].startswith("2 ")
    assert told["Dates not covered"].startswith(f"{(today() - DAY).days - 2} date")
    assert told["Preflight"].startswith("failed")
    assert day_of(text, yesterday) == ("bad", "2 findings of reconciliation, 0 reports waiting")
    assert day_of(text, yesterday - timedelta(days=1)) == ("bad", "no run has covered it")
    assert day_of(text, DAY) == ("wait", "3 reports waiting")
    assert day_of(text, DAY - timedelta(days=1)) == ("plain", "before the first date of this connector")
    missed = viewer.get(f"/connector/loads?day={yesterday - timedelta(days=1)}").text
    assert f"--from-date {yesterday - timedelta(days=1)} --to-date {yesterday - timedelta(days=1)}" in missed
    findings = viewer.get("/connector/reconciliation").text
    assert ("C-1" in findings, "C-3" in findings) == (True, False)


def test_charts_show_each_currency_by_itself_and_have_their_table(waiting, browser):
    text = html.unescape(browser("viewer").get(HOME).text)
    for title in (
        "Waiting, by age",
        "Reports held, by rule, in the last 14 loads",
        "Posted by day and kind, USD",
        "API calls of Intacct",
    ):
        assert title in text
    for _, attributes in elements(text, "svg"):
        title, _, summary = attributes["aria-labelledby"].partition(" ")
        assert f'<title id="{title}">' in text
        assert f'<desc id="{summary}">' in text
    assert re.search(r'<th scope="row">card_unmapped</th><td data-label="reports" class="number">1</td>', text)
    assert "15.25 USD" in text, "what was posted today"


def test_a_page_is_whole_for_who_uses_a_keyboard_a_screen_reader_or_no_script(waiting, browser, context):
    run = context(run_id="run-1")
    run["dag_run"].dag_id = "expense_sync"
    ReconcileOperator(task_id="reconcile", load_id=1).execute(run)
    (whole,) = waiting.sql("SELECT sum(amount) AS amount FROM ops.reconciliation")
    balance = browser("viewer").get("/connector/reconciliation").text
    assert f"Together {money(whole['amount'], 'USD')}, which is what Certify processed." in balance
    assert "in the general ledger" in balance
    viewer = browser("viewer")
    others = [f"/connector/expense_sync/{place}" for place in ("loads/1", f"reports/{report_id(1)}", "reports?code=1")]
    for page in (*PAGES, *others):
        answer = viewer.get(page)
        assert answer.status_code == 200, page
        _require_whole(page, answer.text)
        policy = answer.headers["content-security-policy"]
        assert re.search(r"script-src 'sha256-[\w+/=]{44}';", policy), page


def _require_whole(page: str, text: str) -> None:
    assert [tag for tag, _ in elements(text, "main", "h1")] == ["main", "h1"], page
    assert elements(text, "a")[0][1]["href"] == "#main", page
    current = [urljoin(page, at["href"]) for _, at in elements(text, "a") if at.get("aria-current")]
    assert current == [page] if page in PAGES else len(current) < 2, page
    assert all(at.get("scope") for _, at in elements(text, "th")), page
    tables = [
        table.partition("</table>")[0]
        for table in re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL).split("<table")[1:]
    ]
    assert all("<caption>" in table for table in tables), page
    labelled = set(re.findall(r'<label for="([^"]+)"', text))
    inside = re.sub(r"<label.*?</label>", "", text, flags=re.DOTALL)
    for _, at in elements(inside, "input", "select", "textarea"):
        assert at.get("type") == "hidden" or at.get("aria-label") or at.get("id") in labelled, (page, at)
    assert len(elements(text, "script")) == 1, page
    assert not [
        name for _, at in elements(text, "a", "form", "button", "tr", "input") for name in at if name.startswith("on")
    ], page


def test_strangers_are_refused_in_words(waiting, browser):
    for page in PAGES:
        for role, status in ((None, 401), ("", 403)):
            answer = browser(role).get(page)
            assert (answer.status_code, "104001" in answer.text, "Skip to the page" in answer.text) == (
                status,
                False,
                True,
            ), page


def test_before_anything_was_done_nothing_is_said_to_be_right(company, browser):
    told = tiles(browser("viewer").get(HOME).text)
    assert told["Findings of reconciliation"].startswith("0 nothing was reconciled yet")
    assert told["Dates not covered"].startswith("0 dates no run has covered a date yet")


def test_books_that_nobody_has_compared_for_long_are_not_said_to_agree_nor_to_have_never_been_compared(
    company, browser
):  # fmt: skip
    company.report(1)
    load, run = company.plan()
    company.load(load, run)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(run)

    def told() -> str:
        return tiles(browser("viewer").get(HOME).text)["Findings of reconciliation"]

    assert told().startswith("0 the books agree")
    company.extract()
    assert told().startswith("0 the books agree"), "a later load that is not reconciled yet"
    company.sql("UPDATE ops.load SET opened_at = opened_at - interval '101 days' WHERE load_id = %s", load)
    (opened,) = company.sql(
        "SELECT (opened_at AT TIME ZONE 'Europe/Berlin')::date AS day FROM ops.load WHERE load_id = %s", load
    )
    assert told().startswith(f"0 nothing was reconciled since {opened['day']}")
    page = browser("viewer").get(HOME).text
    assert '<li class="plain"><h2>Findings of reconciliation</h2>' in page


def test_times_say_whose_they_are_on_every_page(waiting, browser):
    for page in (
        *PAGES,
        f"/connector/expense_sync/reports/{report_id(1)}",
        "/connector/expense_sync/loads/1",
        "/connector/none",
    ):
        assert "Times are those of Europe/Berlin." in browser("viewer").get(page).text, page


def test_tabs_lead_to_each_other_from_every_depth_whatever_an_address_holds(waiting, browser):
    viewer = browser("viewer")
    for page in (HOME, "/connector/waiting", f"/connector/expense_sync/reports/{report_id(1)}", "/connector/expense_sync/reports",
                 "/connector/expense_sync/reports/a%2Fb%2Fc", "/connector/no/such/page/at/all"):  # fmt: skip
        answer = viewer.get(page)
        hrefs = [attributes["href"] for _, attributes in elements(answer.text, "a")][1 : 1 + len(TABS)]
        assert [urljoin(page, href) for href in hrefs] == PAGES, page
    assert viewer.get("/connector", follow_redirects=True).url.path == HOME


def test_the_ledger_is_looked_through_by_what_a_person_has(waiting, browser):
    viewer = browser("viewer")
    (document,) = waiting.sql("SELECT number, record_no FROM ledger.document WHERE report_id = %s", report_id(5))
    for query, there in (
        ({"q": document["number"]}, True), ({"q": document["record_no"]}, True), ({"q": "104005"}, True), ({"q": "E-1007"}, True),
        ({"q": report_id(5)}, True), ({"entity": "100"}, True), ({"q": "%"}, False), ({"state": "deleted"}, False),
        ({"q": "'\x00"}, False), ({"q": "1040"}, True), ({"q": "1"}, True),
    ):  # fmt: skip
        text = viewer.get("/connector/ledger", params=query).text
        assert (document["number"] in text, "No document is like this" in text) == (there, not there), query
    assert f'href="expense_sync/reports/{report_id(5)}"' in viewer.get("/connector/ledger").text


def test_a_beginning_that_too_many_have_is_said_to_be_too_short(waiting, browser, monkeypatch):
    company, viewer = waiting, browser("viewer")
    company.report(6)
    company.sync()
    words = "Only the last 1 of them, by their codes, are looked through: type more of it."
    monkeypatch.setattr(listings, "MOST_BEGINNING", 1)
    text = viewer.get("/connector/ledger", params={"q": "10"}).text
    assert (words in text, "104006" in text, "104005" in text) == (True, True, False)
    whole = viewer.get("/connector/ledger", params={"q": "104005"}).text
    assert (words in whole, "104005" in whole) == (False, True)
    assert words not in viewer.get("/connector/ledger").text


def test_the_configuration_is_shown_as_it_is_read_and_without_secrets(waiting, browser):
    text = html.unescape(browser("viewer").get("/connector/configuration").text)
    assert '<code>time_zone</code></th><td data-label="Value">Europe/Berlin</td>' in text
    assert "2020-01-01" in text
    assert re.search(r"Its hash is <code>[0-9a-f]{64}</code>", text)
    waiting.config.write_text("company: [", encoding="utf-8")
    assert browser("viewer").get("/connector/configuration").status_code == 503


def test_the_menu_leads_to_them(monkeypatch):
    from connector_plugin import CertifyIntacctPlugin

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team/")
    assert home_url() == "https://airflow.example.com/team/connector/"
    assert waiting_url() == "https://airflow.example.com/team/connector/waiting"
    entries: list[dict[str, Any]] = CertifyIntacctPlugin.external_views
    assert [entry["name"] for entry in entries] == [
        "Certify → Intacct",
        "Waiting reports",
        "Expense reports",
        "Decisions",
    ]
