"""What a record's ID and a day look like, and characters that no service can take."""

from __future__ import annotations

import re
from datetime import date

from certify_intacct.model.errors import BadInput

# The ID of a record as a part of an address: one with a slash would name another resource. Certify's are GUIDs.
RECORD_ID = re.compile(r"[A-Za-z0-9_~][A-Za-z0-9_.~-]{0,99}")

# What XML 1.0 cannot hold at all, escaped or not: control characters, halves of surrogate pairs, two non-characters.
_NOT_TEXT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?|(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", re.ASCII)


def read_day(text: str) -> date:
    """A day as either service writes it: ``YYYY-MM-DD`` or ``mm/dd/yyyy``; a time may follow.

    :raises ValueError: it is none
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, us_month, us_day, us_year = match.groups()
    return date(int(year or us_year), int(month or us_month), int(day or us_day))


def clean_text(text: str, *, field: str) -> str:
    """Return `text` unchanged, or refuse it by name when it holds a character that neither XML nor a database column can carry.

    :raises BadInput: names the field, the character and its place.
    """
    found = _NOT_TEXT.search(text)
    if found:
        raise BadInput(
            f"{field} holds the character U+{ord(found.group()):04X} at position {found.start() + 1}, which cannot be sent.",
            cure="Remove it at the source.",
        )
    return text
