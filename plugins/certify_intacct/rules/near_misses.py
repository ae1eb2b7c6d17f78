"""Codes that look alike and are not: they differ in blanks, case, width or characters that nobody sees.

Codes are compared exactly, here as everywhere; this only tells a person which one was probably meant.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Blank letters and marks that Unicode does not count among the invisible ones: fillers, joiners, variation selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(0xFE00 + number) for number in range(16)
}


def near_miss(code: str, known: Iterable[str]) -> str:
    """The first of the known codes that the code looks like without being it; empty when there is none."""
    form = _form(code)
    return next((other for other in known if other != code and _form(other) == form), "") if form else ""


def looks_like(code: str, known: Iterable[str]) -> str:
    """A sentence that names the near miss, to follow another sentence; empty when there is none."""
    found = near_miss(code, known)
    return f" It looks like {found!r}." if found else ""


def is_blank(code: str) -> bool:
    """Whether there is nothing in it that anybody sees: no code then, whatever it is made of."""
    return not _form(code)


@lru_cache(maxsize=1 << 17)
def _form(code: str) -> str:
    seen = "".join(
        character
        for character in unicodedata.normalize("NFKC", code)
        if character not in _INVISIBLE and unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
    )
    return unicodedata.normalize("NFKC", seen.casefold())
