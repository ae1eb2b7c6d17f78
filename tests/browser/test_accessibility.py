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
DAYS = 14
WIDTHS = (1400, 390)
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
AXE = Axe()


@pytest.fixture
def full(company, decides):
    """Something of everything stands on the pages."""
    year.fill(company.database.owner_url, 40 * DAYS, days=DAYS)


def violations(person, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds on the page as it stands, with all that can be unfolded."""
    person.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found: list[dict[str, Any]] = AXE.run(person.page, options=rules).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]
    ]


def looks(person, at: str) -> dict[str, list[str]]:
    """The same of a page in light and dark, on a desk and on a telephone. Of what axe looks at, a theme changes colours alone."""
    wrong = {}
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 900})
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{at} is wider than the window"
        )
        for theme, rules in (("light", RULES), ("dark", COLOURS)):
            person.page.emulate_media(color_scheme=theme)
            if found := violations(person, rules):
                wrong[f"{at}, {width}, {theme}"] = found
    return wrong


def test_axe_sees_what_is_wrong(someone):
    """Else the test below could not fail."""
    vic = someone("viewer", "vic", bypass_csp=True)
    vic.page.set_content(
        '<html lang="en"><title>x</title><style>p { color: light-dark(#777, #333); background: light-dark(#fff, #000) }'
        "</style><main style='color-scheme: light dark'><p>pale</p><input></main></html>"
    )
    found = {at: {line.partition(":")[0] for line in lines} for at, lines in looks(vic, "it").items()}
    light, dark = {"color-contrast", "label"}, {"color-contrast"}
    assert found == {"it, 1400, light": light, "it, 1400, dark": dark, "it, 390, light": light, "it, 390, dark": dark}


def test_a_name_of_two_hundred_letters_makes_no_page_wider_than_the_window(full, someone, company):
    long = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 5
    company.sql(
        "UPDATE ledger.open_item SET rule = 'own.' || left(%s, 60), label = 'approval code ' || %s, reason = %s",
        long,
        long,
        long,
    )
    company.sql(
        "UPDATE staging.certify_expense_report SET approval_code = %s, last_name = %s, employee_id = %s",
        long,
        long,
        long,
    )
    company.sql("ALTER TABLE ledger.report DISABLE TRIGGER USER")
    company.sql(
        "UPDATE ledger.report SET label = 'approval code ' || %s || ' (' || %s || ')', employee_id = %s",
        long,
        long,
        long,
    )
    kim = someone("user", "kim")
    for path in ("waiting", "decisions", "ledger", "expense_sync/payments"):
        for width in WIDTHS:
            kim.page.set_viewport_size({"width": width, "height": 900})
            kim.opens(f"/connector/{path}")
            kim.sees("Pneumono")
            assert kim.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)


def test_no_page_has_a_violation(full, someone):
    # Axe itself is a script, which no page of ours allows.
    kim = someone("user", "kim", bypass_csp=True)
    wrong: dict[str, list[str]] = {}
    # Each page once, whatever is looked for on it.
    addresses = {
        path.partition("?")[0]: path
        for path in reversed(year.pages(DAYS))
        if ".csv" not in path and "code=" not in path
    }
    for path in (*addresses.values(), "/connector/backfill", "/connector/recheck", "/connector/expense_sync/reports"):
        kim.opens(path)
        wrong |= looks(kim, path)
    for query, button in (("", "Release"), ("?rule=not_adopted", "Adopt")):
        kim.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        kim.opens(f"/connector/waiting{query}")
        kim.button(button)
        kim.sees("Reason, in a sentence")
        wrong |= looks(kim, f"what {button} confirms")
    assert wrong == {}


def test_a_page_that_says_what_is_wrong_has_none_either(company, someone):
    vic = someone("viewer", "vic", bypass_csp=True)
    vic.opens("/connector/expense_sync/loads/999")
    vic.sees("expense_sync has no load 999.")
    assert looks(vic, "a load that is not there") == {}
    # The browser tells of the status, which is the right one.
    assert vic.trouble == ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    vic.trouble.clear()
