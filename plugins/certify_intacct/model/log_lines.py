"""Lines of a task's log: at most as wide as the Airflow UI and a terminal show them."""

from __future__ import annotations

import re
from textwrap import wrap

WIDTH = 120
# What people look for in a log.
_NAMES = re.compile(r"\b(?:approval code|report) (?=[\w-]*\d)")
_LONGEST_NAME = 100
_UNBREAKABLE = "\N{NO-BREAK SPACE}"


def cell(text: str, width: int) -> str:
    """A cell of a table, so many characters wide with the blank after it; what is longer ends with an ellipsis."""
    return f"{_cut(text, width - 1):<{width}}"


def cut(line: str) -> str:
    """A line that may end with an ellipsis: whoever needs the rest finds it elsewhere."""
    return _cut(line, WIDTH)


def wrapped(text: str, *, indent: str = "", hanging: str | None = None) -> str:
    """All of a text, on as many lines as it needs.

    :param hanging: what the lines after the first begin with; as the first where it is not given
    """
    after = indent if hanging is None else hanging
    lines = wrap(
        _NAMES.sub(lambda name: unbroken(name.group()), text),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=after,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(_UNBREAKABLE, " ")


def unbroken(text: str) -> str:
    """A name that no line breaks within, unless it is longer than one: it is looked for as it is."""
    return text.replace(" ", _UNBREAKABLE) if len(text) <= _LONGEST_NAME else text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
