"""What pages with long lists have in common: what is looked for stands in the address, and a page of rows is a page of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi.responses import Response

#: Rows of a page.
MOST = 50
_LONGEST = 200
#: Behind this many rows nobody looks; the file of CSV and the database have them all.
_DEEPEST = 2000


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Which page of a list this is.

    :param address: of the list, relative
    :param filters: what is looked for, as it stands in the address
    :param whole: how many rows there are; None where nobody counts them
    :param name: what the number is called in the address, where a page has two lists
    :param anchor: the place of the list on its page
    """

    number: int
    address: str
    filters: Mapping[str, str]
    whole: int | None = None
    most: int = MOST
    name: str = "page"
    anchor: str = ""

    @property
    def last(self) -> int:
        return max(1, min(_DEEPEST, -(-(self.whole or 0) // self.most)))

    @property
    def after(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.most

    def to(self, number: int) -> str:
        """The address of another page of it."""
        there = linked(self.address, {**self.filters, **({self.name: str(number)} if number > 1 else {})})
        return f"{there}#{self.anchor}" if self.anchor else there

    def held_to(self, whole: int) -> Paging:
        """The same list, of which so many rows are known by now: what lies behind its last page is its last page."""
        known = replace(self, whole=whole)
        return replace(known, number=min(known.number, known.last))


def page_number(text: str) -> int:
    """A page's number in an address; the first where it is none."""
    return min(int(text[:9]), _DEEPEST) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else 1


def number(text: str) -> int | None:
    """A load's number in an address; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def asked(**given: str) -> dict[str, str]:
    """What somebody looks for, without what is empty, in characters that a database takes."""
    cleaned = {name: text.replace("\x00", "").strip()[:_LONGEST] for name, text in given.items()}
    return {name: text for name, text in cleaned.items() if text}


def linked(address: str, filters: Mapping[str, str]) -> str:
    """An address with what is looked for there."""
    return f"{address}?{urlencode(filters)}" if filters else address


def filed_as(name: str, text: str) -> Response:
    """A text of CSV as a file to be kept under that name."""
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
