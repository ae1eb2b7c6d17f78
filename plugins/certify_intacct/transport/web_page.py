"""What a web page says: proxies, firewalls and load balancers answer with one where an API was asked."""

from __future__ import annotations

import codecs
import contextlib
import re
from html.parser import HTMLParser

_BEGINNING = 2000
_IS_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|title)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})")
# Colours and movements of a terminal.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
# What stands within a word.
_WITHIN = (
    "a",
    "abbr",
    "b",
    "code",
    "em",
    "font",
    "i",
    "mark",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "tt",
    "u",
    "wbr",
)
# What nobody reads on the page.
_HIDDEN = ("script", "style", "noscript", "template", "svg")
_LONGEST_TITLE = 100


def decoded(body: bytes) -> str:
    """The text of an answer: UTF-8, or what the page names, or Latin-1, which every byte is."""
    try:
        # The end may be the half of a character: whoever asks has cut it.
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        named = _CHARSET.search(body[:_BEGINNING].decode("ascii", errors="ignore"))
        try:
            return body.decode(named.group(1) if named else "latin-1", errors="replace")
        except (LookupError, UnicodeError):
            return body.decode("latin-1")


def without_escapes(text: str) -> str:
    """The text without what moves or colours a terminal."""
    return _ESCAPES.sub("", text)


def summary(text: str) -> str | None:
    """Title and first words of a web page, without any markup; None when the text is no such page."""
    if not _IS_PAGE.search(text[:_BEGINNING]):
        return None
    page = _Page()
    # What no browser makes sense of either; the words until there stand.
    with contextlib.suppress(AssertionError):
        page.feed(text)
    title, words = _line(page.title)[:_LONGEST_TITLE], _line(page.words)
    named = f'a web page, "{title}"' if title else "a web page"
    return f"{named}: {words}" if words else named


def _line(parts: list[str]) -> str:
    return " ".join("".join(parts).translate({ord("<"): " ", ord(">"): " "}).split())


class _Page(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self.words: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in (*_HIDDEN, "title") and not self._inside:
            self._inside = tag
        self._between(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""
        self._between(tag)

    def _between(self, tag: str) -> None:
        if tag not in _WITHIN:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)
        elif self._inside == "title":
            self.title.append(data)
