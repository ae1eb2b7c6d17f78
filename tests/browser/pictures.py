"""Pictures of the pages for docs/images: ``python -m tests.browser.pictures``, of a year that is made up; and of what runs really did,
which takes what tests have, ``python -m pytest tests/browser/pictures.py``."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import needs
from tests.browser.person import seated
from tests.expense_company import report_id
from tests.pages import year
from tests.pages.serving import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 250_000
MEAL = {"ExpenseCategory": "Meals", "ExpenseCategoryGLCode": "6300"}


def main() -> None:
    """Takes home, waiting and a confirmation, in light, as wide as the documentation shows them; one on a telephone, in dark."""
    with year.running(40 * year.DAYS, role="user") as (airflow, token), sync_playwright() as playwright:
        from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN

        server = Server(airflow)
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=["--no-sandbox"])
        kim = seated(
            browser, server.address, {COOKIE_NAME_JWT_TOKEN: token}, color_scheme="light"
        )  # fmt: skip
        for name, path, height in (("home", "", 1000), ("waiting", "waiting", 760)):
            kim.page.set_viewport_size({"width": 1200, "height": height})
            kim.opens(f"/connector/{path}")
            _take(kim, name)
        kim.page.set_viewport_size({"width": 390, "height": 844})
        kim.page.emulate_media(color_scheme="dark")
        kim.page.locator("table").first.evaluate("table => table.scrollIntoView()")
        _take(kim, "waiting-telephone")
        kim.page.set_viewport_size({"width": 1200, "height": 760})
        kim.page.emulate_media(color_scheme="light")
        for box in kim.page.get_by_role("checkbox").all()[:3]:
            kim.tick(box)
        kim.choose("All that are ticked:", "Not ours")
        kim.button("Go on")
        _take(kim, "confirmation")
        browser.close()
        server.stop()


def test_a_report_that_was_held_released_sent_in_doubt_and_found_and_the_load_that_posted_it(company, decides, someone):
    """Takes a timeline and a load."""
    company.report(1, ("412.80", "412.80"), {**MEAL, "Amount": "64.35", "ReimAmount": "64.35"}, Reimbursed=True)
    company.report(2, ("310.00", "310.00"), ("42.10", "0"))
    company.report(3, {**MEAL, "Amount": "18.40", "ReimAmount": "18.40"}, ("129.00", "0"))
    company.report(4, EmpGLD1Code="777")
    company.report(5, {"Amount": "77.00", "ReimAmount": "0", "PaymentCardName": "Unknown"}, ("12.50", "12.50"))
    company.sync()
    kim = someone("user", "Kim Park", color_scheme="light", viewport={"width": 1200, "height": 900})
    kim.opens("/connector/waiting")
    kim.button("Release", kim.row("104001"))
    kim.write("Reason", "Paid by mistake, booked back on 3 March")
    kim.button("Release")
    company.report(6, ("220.75", "220.75"), ("8.20", "0"))
    company.sandbox.fault(side="intacct", match="create APBILL", kind="drop_after_commit", times=1)
    company.sync()
    kim.page.set_viewport_size({"width": 1200, "height": 1250})
    kim.opens(f"/connector/expense_sync/reports/{report_id(1)}#happened")
    # From the release on.
    kim.page.locator("ol.timeline > li", has_text="released already_reimbursed").evaluate("row => row.scrollIntoView()")
    _take(kim, "timeline")
    kim.opens("/connector/expense_sync/loads/2")
    kim.page.set_viewport_size({"width": 1200, "height": 1000})
    _take(kim, "load")


def _take(person, name: str) -> None:
    picture = person.page.screenshot(path=IMAGES / f"{name}.png")
    assert len(picture) <= LARGEST, f"{name} has {len(picture):,} bytes"
    print(f"{name}.png: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
