"""The pages are read in a browser that runs no script at all, and under their own rules none but the theme runs."""

from __future__ import annotations

import pytest

from tests import needs

pytestmark = needs.chromium


def test_home_and_waiting_are_read_without_any_script(company, decides, someone):
    company.report(1, Reimbursed=True)
    company.sync()
    viewer = someone("viewer", "vic", java_script_enabled=False)
    viewer.opens("/connector/")
    viewer.sees("Certify and Intacct, as they stand", "Waiting for a person", "1 report", "The last 30 days")
    viewer.unfold("As a table")
    viewer.sees("less than a day")
    viewer.link("Waiting", viewer.page.locator("nav"))
    viewer.sees("104001", "already_reimbursed", within=viewer.row("104001"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_that_is_chosen_in_airflow_is_that_of_the_pages(company, someone, theme):
    """Whatever the system says."""
    vic = someone("viewer", "vic", color_scheme="dark" if theme == "light" else "light")
    vic.page.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    vic.opens("/connector/")
    paper = vic.page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 25, 31)"}[theme]
