"""The page on which two plans stand beside each other: what a change of the configuration, or a cure, turned."""

from __future__ import annotations

import html
import re

import pytest

from certify_intacct.model.changes import Action, Change
from certify_intacct.model.dimensions import DEPARTMENT
from certify_intacct.staging.plans import store_plan

PAGE = "/connector/expense_sync/loads/{}/against"


def words(text: str) -> str:
    """A page, or a part of it, as a person reads it."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", text)).split())


@pytest.fixture
def twice(company) -> tuple[int, int]:
    """Two plans of the same day: between them a report was cured, one is new, one lost its vendor, and one changed its amount."""
    held = company.report(1, EmployeeID="E9")
    company.report(2)
    lost = company.report(3)
    other = company.report(4)
    first, _ = company.plan()
    company.sandbox.act("edit_report", report=held, changes={"EmployeeID": "E-1007"})
    company.sandbox.act("edit_report", report=lost, changes={"EmployeeID": "E9"})
    company.sandbox.act("edit_report", report=other, line_changes={"Amount": "150.00", "ReimAmount": "150.00"})
    company.report(5)
    second, _ = company.plan()
    return first, second


def test_it_tells_what_turned_what_each_rule_holds_and_how_much_is_posted(company, twice, browser):
    first, second = twice
    viewer = browser("viewer")
    text = viewer.get(PAGE.format(second)).text
    said = words(text)
    assert f"Compared with load {first} of expense_sync" in said
    assert ", the same." in said, "the configuration did not change"
    assert "1 held now , 1 held no more , 1 new , 1 otherwise ; 1 alike." in said
    rows = {row.split()[1]: row for row in map(words, text.partition("What differs</h2>")[2].split("<tr>")[2:])}
    assert list(rows) == ["104003", "104001", "104005", "104004"], "what asks for a look comes first"
    assert "held now" in rows["104003"]
    assert "held no more" in rows["104001"]
    assert "not in this plan" in rows["104005"]
    assert "100.10" in rows["104004"].partition("otherwise")[2]
    assert "150.00" in rows["104004"]
    only = viewer.get(PAGE.format(second), params={"load": first, "turn": "new"}).text
    assert "104005" in only
    assert "104004" not in only
    # The other way round everything turns back.
    assert "1 gone" in words(viewer.get(PAGE.format(first), params={"load": second}).text)


def test_two_plans_that_say_the_same_say_so_whatever_their_words(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    loads = [new_load(), new_load()]
    with store.connection() as connection:
        for load in loads:
            change = Change(
                subject=DEPARTMENT.subject, action=Action.HOLD, key="<b>1", rule="ambiguous", reason=f"{load}."
            )
            store_plan(connection, load, [change])
    page = f"/connector/organization_sync/loads/{loads[1]}/against"
    text = browser("viewer").get(page).text
    assert "Both plans say the same. 1 alike." in words(text)
    # Of another direction, unknown, hostile: nothing is compared.
    for other in (new_load(direction="expense"), 999):
        assert browser("viewer").get(page, params={"load": other}).status_code == 404
    for strange in ("x", "-1", "1;--", "\x00", "9" * 40):
        assert (
            browser("viewer").get(page, params={"load": strange, "turn": strange, "page": strange}).status_code == 200
        )


def test_a_load_alone_says_so_and_strangers_see_nothing(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    page = f"/connector/organization_sync/loads/{new_load()}/against"
    assert "There is no other plan to compare it with." in browser("viewer").get(page).text
    assert browser(None).get(page).status_code == 401
    assert browser("").get(page).status_code == 403
    assert browser("viewer").get(page.replace("organization", "expense")).status_code == 404


def test_thousands_that_differ_are_paged(store, new_load, browser, database, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_CONNECTOR_DB", database.loader_url)
    before, now = new_load(), new_load()
    with store.connection() as connection:
        for load, action in ((before, Action.HOLD), (now, Action.SKIP)):
            changes = [
                Change(subject=DEPARTMENT.subject, action=action, key=f"{number:04}", rule="ambiguous")
                for number in range(5000)
            ]
            store_plan(connection, load, changes)
    viewer = browser("viewer")
    text = viewer.get(f"/connector/organization_sync/loads/{now}/against").text
    assert "5,000 held no more" in words(text)
    assert "Page 1 of 100" in text
    following = html.unescape(re.findall(r'rel="next" href="([^"]+)"', text)[0])
    assert "0099" in viewer.get(f"/connector/organization_sync/loads/{now}/{following}").text
