"""Nobody can be told by mail that mails do not come: a page says to whom, since when, why, and what to do."""

from __future__ import annotations

import html
import socket

import psycopg

from certify_intacct.notifications.failure import FailureNotifier
from certify_intacct.notifications.notifier import ConnectorNotifier
from tests.notifications.conftest import connect, mailbox, server, tells
from tests.notifications.test_failure import failed
from tests.notifications.test_run_mails import held_and_posted, older, ran
from tests.pages.test_home_page import HOME, tiles

__all__ = ["mailbox", "server", "tells"]

ALL, CHIEF = "ap@example.com", "chief@example.com"
CONFIGURATION = "/connector/configuration"


def told(browser) -> str:
    """What stands under Mails on the page to which the tile leads."""
    text = browser("viewer").get(CONFIGURATION).text
    return html.unescape(text.partition('<h2 id="mails">')[2].partition("<h2>")[0])


def tile(browser) -> str:
    return tiles(browser("viewer").get(HOME).text).get("Mails", "no tile")


def test_where_nobody_is_told_no_tile_says_so_and_where_mails_are_taken_it_does(company, browser, mailbox, tells):
    held_and_posted(company)
    ran(company)
    assert (tile(browser), "Nobody is told by mail" in told(browser)) == ("no tile", True)
    tells(addresses=[ALL], escalation={"addresses": [CHIEF]})
    ran(company)
    assert len(mailbox.take()) == 1
    assert tile(browser).startswith("taken for all 2 addresses that are told")
    assert f"{ALL}, {CHIEF}" in told(browser)


def test_who_is_not_reached_stands_there_until_the_next_mail_is_taken(company, browser, mailbox, server, tells):
    held_and_posted(company)
    tells(addresses=[ALL, CHIEF])
    server.unknown = {ALL}
    ran(company)
    FailureNotifier()(failed())
    assert [mail.to for mail in mailbox.take()] == [[CHIEF], [CHIEF]]
    assert tile(browser).startswith("1 of 2 not reached not taken since ")
    page = told(browser)
    for words in (
        ALL,
        "550 nobody of that name",
        "extract_intacct failed",
        "new to look at",
        "What to do:",
        "Admin > Connections",
    ):
        assert words in page, words
    assert (f'scope="row">{CHIEF}' in page, '"number">2</td>' in page) == (False, True)
    # The address is there now, as the page says it is to be.
    server.unknown = set()
    company.report(7, ("3", "3"), Reimbursed=True)
    ran(company)
    assert [mail.to for mail in mailbox.take()] == [[ALL, CHIEF]]
    assert tile(browser).startswith("taken ")
    assert "was taken by the mail server" in told(browser)


def test_an_address_that_is_corrected_is_forgotten_and_what_waits_is_told_to_the_new_one(
    company, browser, mailbox, server, tells
):
    held_and_posted(company)
    tells(addresses=[ALL])
    server.unknown = {ALL}
    ran(company)
    assert tile(browser).startswith("1 of 1 not reached")
    tells(addresses=[CHIEF])
    assert tile(browser).startswith("taken for the address that is told")
    ran(company)
    (mail,) = mailbox.take()
    assert (mail.to, "104002" in mail.text) == ([CHIEF], True)


def test_a_connection_that_lacks_and_a_server_that_is_gone_are_said_and_cured_by_the_connection(
    company, browser, server, tells, monkeypatch
):
    tells(addresses=[ALL])
    FailureNotifier()(failed())
    assert "There is no connection smtp_default." in told(browser)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connect(monkeypatch, unused.getsockname()[1])
        ConnectorNotifier(subject="a notice", message="x")({})
    assert ("a notice" in told(browser), "refused" in told(browser).lower()) == (True, True)
    connect(monkeypatch, server.port)
    ConnectorNotifier(subject="a notice", message="x")({})
    assert tile(browser).startswith("taken ")


def test_a_mail_that_is_taken_proves_the_connection_for_all_and_no_address_that_was_refused(
    company, browser, mailbox, server, tells, monkeypatch
):
    owners = {"accounts payable": ["payables@example.com"]}
    tells(addresses=[ALL, CHIEF], owners=owners)
    server.unknown = {CHIEF}
    ConnectorNotifier(subject="a notice", message="x")({})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        connect(monkeypatch, unused.getsockname()[1])
        held_and_posted(company)
        ran(company)
    assert tile(browser).startswith("3 of 3 not reached")
    connect(monkeypatch, server.port)
    # Whoever is told rarely would wait weeks for a mail that ends it.
    tells(addresses=[ALL], escalation={"addresses": [CHIEF]}, owners=owners)
    ConnectorNotifier(subject="a notice", message="x")({})
    assert tile(browser).startswith("1 of 3 not reached")
    assert "550 nobody of that name; since then: " in told(browser)
    assert ALL not in told(browser)
    tells(addresses=[ALL, CHIEF], owners=owners)
    ConnectorNotifier(subject="a notice", message="x")({})
    page = told(browser)
    assert (CHIEF in page, "550 nobody" in page, "since then:" in page, '"number">3</td>' in page) == (
        True,
        True,
        False,
        True,
    )


def test_what_only_some_were_told_of_is_in_the_next_report_and_told_to_the_others_once_as_the_page_says(
    company, browser, mailbox, server, tells
):
    held_and_posted(company)
    tells(addresses=[ALL, CHIEF], escalation={"days": 1, "addresses": [ALL, CHIEF]}, when="always")
    ran(company)
    older(company, 1)
    mailbox.take()
    server.unknown = {CHIEF}
    ran(company)
    assert [mail.to for mail in mailbox.take()] == [[ALL], [ALL]], "the report, and what waits for long"
    assert "What has waited for long is told to it then, once." in told(browser)
    server.unknown = set()
    ran(company)
    report, escalated = mailbox.take()
    assert (report.to, "104002" in report.text) == ([ALL, CHIEF], True)
    assert (escalated.to, "104002" in escalated.text) == ([CHIEF], True)
    ran(company)
    assert [mail.to for mail in mailbox.take()] == [[ALL, CHIEF]], "the report alone"


def test_many_that_are_not_taken_are_counted_and_the_newest_are_named(company, browser, mailbox, server, tells):
    tells(addresses=[ALL])
    server.unknown = {ALL}
    for number in range(25):
        ConnectorNotifier(subject=f"notice {number} <b>", message="x")({})
    page = told(browser)
    assert '"number">25</td>' in page
    assert [f"notice {number} <b>" in page for number in (0, 4, 5, 24)] == [False, False, True, True]
    with psycopg.connect(company.database.owner_url) as owner:
        owner.execute("UPDATE ops.unreached SET last_at = now() - interval '91 days'")
    server.unknown = {CHIEF}
    tells(addresses=[CHIEF])
    ConnectorNotifier(subject="another", message="x")({})
    assert company.sql("SELECT address FROM ops.unreached") == [{"address": CHIEF}], (
        "what nobody writes to any more goes"
    )


def test_a_database_that_is_gone_keeps_no_mail_back(mailbox, tells, monkeypatch, caplog):
    tells(addresses=[ALL])
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", "postgres://loader:s3cret@127.0.0.1:1/nothing?connect_timeout=1")
    with caplog.at_level("INFO"):
        ConnectorNotifier(subject="a notice", message="x")({})
    assert len(mailbox.take()) == 1
    assert "What became of this mail is in this log alone" in caplog.text
    assert "s3cret" not in caplog.text
