"""Codes that look alike and are not: they differ in blanks, case, width or characters that nobody sees.

Codes are compared exactly, here as everywhere; this only tells a person which one was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.rules.likeness import outline


def near_miss(code: str, known: Iterable[str]) -> str:
    """The first of the known codes that the code looks like without being it; empty when there is none."""
    form = outline(code)
    return next((other for other in known if other != code and outline(other) == form), "") if form else ""


def looks_like(code: str, known: Iterable[str]) -> str:
    """A sentence that names the near miss, to follow another sentence; empty when there is none."""
    found = near_miss(code, known)
    return f" It looks like {found!r}." if found else ""


def is_blank(code: str) -> bool:
    """Whether there is nothing in it that anybody sees: no code then, whatever it is made of."""
    return not outline(code)
