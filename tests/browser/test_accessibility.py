"""No page breaks a rule of WCAG 2 at the levels A and AA that axe-core finds: in light and dark, on a desk and on a telephone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import needs
from tests.pages import year
from tests.pages.conftest import browser

__all__ = ["browser"]

pytestmark = needs.chromium
DAYS = 40
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def full(company, decides):
    """Something of everything stands on the pages."""
    year.fill(company.database.owner_url, 40 * DAYS, days=DAYS)


def violations(person) -> list[str]:
    """What axe finds on the page as it stands, with all that can be unfolded."""
    person.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found: list[dict[str, Any]] = Axe().run(person.page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


def test_axe_sees_what_is_wrong(someone):
    """Else the test below could not fail."""
    vic = someone("viewer", "vic", bypass_csp=True)
    vic.page.set_content('<html lang="en"><title>x</title><main><p style="color:#ccc">pale</p><input></main></html>')
    assert {line.partition(":")[0] for line in violations(vic)} == {"color-contrast", "label"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_no_page_has_a_violation(full, someone, theme, width):
    # Axe itself is a script, which no page of ours allows.
    kim = someone("user", "kim", color_scheme=theme, viewport={"width": width, "height": 900}, bypass_csp=True)
    wrong: dict[str, list[str]] = {}

    def look(at: str) -> None:
        if found := violations(kim):
            wrong[at] = found
        assert kim.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{at} is wider than the window"

    paths = [path for path in year.pages(DAYS) if ".csv" not in path and "page=" not in path]
    for path in (*paths, "/connector/backfill", "/connector/recheck", "/connector/expense_sync/reports"):
        kim.opens(path)
        look(path)
    kim.opens("/connector/waiting")
    kim.press(kim.page.get_by_role("button", name="Release", exact=True).first)
    look("what is confirmed")
    kim.opens("/connector/waiting?rule=not_adopted")
    kim.button("Adopt")
    look("the link that is confirmed")
    assert wrong == {}


def test_a_page_that_says_what_is_wrong_has_none_either(company, someone):
    vic = someone("viewer", "vic", bypass_csp=True)
    vic.opens("/connector/expense_sync/loads/999")
    vic.sees("expense_sync has no load 999.")
    assert violations(vic) == []
    vic.trouble.clear()  # the browser tells of the 404
