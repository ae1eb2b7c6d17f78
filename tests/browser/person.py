"""Somebody at a browser: what they press is counted, and with the keyboard as their only hand no mouse is there."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

#: A busy machine is no failure.
PATIENCE = 30_000
#: More than there is to be reached on any page.
_TABS = 600
_FOCUSED = "element => element === document.activeElement"
_OUTLINE = "element => { const is = getComputedStyle(element); return is.outlineStyle !== 'none' && parseFloat(is.outlineWidth) > 0 }"


class Person:
    """Who looks at pages, and acts on them.

    :ivar clicks: how often they pressed a link, a button or a box, or chose from a list; typing is none
    :ivar trouble: what the browser complained of: a script or style that the page's own rules forbid, an answer that is missing
    """

    def __init__(self, page: Page, address: str, hand: str) -> None:
        self.page, self.hand, self.clicks = page, hand, 0
        self._address = address
        self.trouble: list[str] = []
        self.page.set_default_timeout(PATIENCE)
        # What Airflow's own pages do is not ours.
        page.on("pageerror", lambda error: self._complains("error", str(error)))
        page.on("console", lambda said: self._complains(said.type, said.text))

    def opens(self, path: str) -> None:
        """Goes to an address, as from a bookmark: no click."""
        self.page.goto(f"{self._address}{path}")

    def link(self, name: str, within: Locator | None = None) -> None:
        self.press((within or self.page).get_by_role("link", name=name, exact=True).first)

    def button(self, name: str, within: Locator | None = None) -> None:
        self.press((within or self.page).get_by_role("button", name=name, exact=True).first)

    def unfold(self, name: str, within: Locator | None = None) -> None:
        self.press((within or self.page).locator("summary", has_text=name).first)

    def tick(self, box: Locator) -> None:
        self.press(box, key="Space")
        expect(box).to_be_checked()

    def press(self, what: Locator, *, key: str = "Enter") -> None:
        self.clicks += 1
        if self.hand == "mouse":
            what.click()
        else:
            self._reach(what)
            self.page.keyboard.press(key)

    def choose(self, label: str, option: str) -> None:
        self.clicks += 1
        found = self.page.get_by_label(label).first
        if self.hand == "mouse":
            found.select_option(label=option)
        else:
            self._reach(found)
            self.page.keyboard.type(option)
        expect(found.locator("option:checked")).to_have_text(option)

    def write(self, label: str, text: str, within: Locator | None = None) -> None:
        found = (within or self.page).get_by_label(label)
        if self.hand == "mouse":
            found.fill(text)
        else:
            self._reach(found)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)

    def row(self, text: str) -> Locator:
        """The row of a table that tells of something."""
        return self.page.locator("tbody tr").filter(has_text=text).first

    def sees(self, *texts: str, within: Locator | None = None) -> None:
        """All of it stands on the page, or in a part of it, and is shown."""
        for text in texts:
            expect((within or self.page.locator("main")).first).to_contain_text(
                text, use_inner_text=True, timeout=PATIENCE
            )

    def _complains(self, kind: str, text: str) -> None:
        if kind == "error" and "/connector/" in self.page.url:
            self.trouble.append(text)

    def _reach(self, what: Locator) -> None:
        """Goes from one thing to the next until it is this one; whoever does that sees where they are."""
        what.wait_for()
        for _ in range(_TABS):
            if what.evaluate(_FOCUSED):
                assert what.evaluate(_OUTLINE), "nobody sees where the focus is"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} cannot be reached by keyboard")


def seated(browser: Any, address: str, cookies: dict[str, str], *, hand: str = "mouse", **how: Any) -> Person:
    """Opens a window for somebody who has signed in.

    :param how: what Playwright knows of a window, such as ``color_scheme`` or ``viewport``
    """
    window = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, "locale": "en-GB", **how})
    window.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return Person(window.new_page(), address, hand)
