"""A real browser, and Airflow's api-server with the pages in it, served over HTTP, for people who have signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, sync_playwright

from certify_intacct.pages import work
from tests import needs
from tests.browser.person import Person, seated
from tests.expense_company import company  # noqa: F401 - a fixture
from tests.pages.airflow_app import airflow, served, signed_in  # noqa: F401 - two fixtures, and who they know
from tests.pages.conftest import decides  # noqa: F401 - a fixture
from tests.pages.serving import Server


class Someone(Protocol):
    """Seats somebody at the browser."""

    def __call__(self, role: str, name: str, **how: Any) -> Person: ...


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """A busy machine is no failure."""
    monkeypatch.setattr(work, "SECONDS", 30.0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=["--no-sandbox", "--lang=en-US"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(served) -> Iterator[Server]:  # noqa: F811
    running = Server(served.app)
    yield running
    running.stop()


@pytest.fixture
def someone(chromium, site, airflow) -> Iterator[Someone]:  # noqa: F811
    """Whoever sat there has met no trouble that a browser tells of."""
    people: list[Person] = []

    def sits(role: str, name: str, **how: Any) -> Person:
        people.append(seated(chromium, site.address, signed_in(role, name), **how))
        return people[-1]

    yield sits
    for person in people:
        person.page.context.close()
    assert [line for person in people for line in person.trouble] == []
