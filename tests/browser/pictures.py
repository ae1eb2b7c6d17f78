"""Pictures of the pages for docs/images, of a year that is made up: ``python -m tests.browser.pictures``."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import needs
from tests.browser.person import seated
from tests.pages import year
from tests.pages.serving import Server

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 150_000


def main() -> None:
    """Takes home, waiting and a confirmation, in light, as wide as a page of the documentation shows them."""
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
        for box in kim.page.get_by_role("checkbox").all()[:3]:
            kim.tick(box)
        kim.choose("All that are ticked:", "Not ours")
        kim.button("Go on")
        _take(kim, "confirmation")
        browser.close()
        server.stop()


def _take(person, name: str) -> None:
    picture = person.page.screenshot(path=IMAGES / f"{name}.png")
    assert len(picture) <= LARGEST, f"{name} has {len(picture):,} bytes"
    print(f"{name}.png: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
