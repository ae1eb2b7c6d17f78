"""When two texts that people typed are the same: the one place that says how e-mail addresses, names and codes are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What Unicode calls default-ignorable: soft hyphen, zero-width blanks and joiners, byte order mark, marks that turn the direction of
# writing, fillers, variation selectors, tags. None of them can be seen.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Of these, joiners and variation selectors give letters of some scripts their form, so that a name keeps them.
_SHAPELESS = re.compile(f"(?![\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]){_INVISIBLE.pattern}")
# A pattern of Braille without a dot: a letter to Unicode, a blank to everybody else.
_BLANK_PATTERN = "\u2800"


def clean_name(text: str) -> str:
    """A name as it is written: without blanks around it and without what cannot be seen, in the composed Unicode form."""
    return unicodedata.normalize("NFC", _SHAPELESS.sub("", text)).strip()


def visible(text: str) -> str:
    """What is to be seen of a text, in the composed Unicode form; an e-mail address is written so."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()


def compared(text: str) -> str:
    """An e-mail address or a name as it is compared: clean, and without a difference between capitals and small letters."""
    return unicodedata.normalize("NFC", visible(text).casefold())


@lru_cache(maxsize=1 << 17)
def outline(code: str) -> str:
    """What two IDs or codes have in common that look alike: they differ only in blanks, capitals, width or what cannot be seen.

    IDs and codes are equal only when they are so exactly. Two of one outline are neither equal nor two: a person says which is right.
    """
    seen = "".join(
        letter
        for letter in visible(unicodedata.normalize("NFKC", code))
        if unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and letter != _BLANK_PATTERN
    )
    return unicodedata.normalize("NFKC", seen.casefold())
