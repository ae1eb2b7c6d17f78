"""Texts of people, made fit to be shown."""

from __future__ import annotations

import json
import unicodedata

_NOT_XML = "\ufffe\uffff"
# Embeddings, overrides and isolates: they turn what follows, beyond the end of their own text too.
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def readable(text: str, longest: int) -> str:
    """The text on one line, without characters that XML cannot carry or that turn the direction of writing.

    It is cut with an ellipsis when it is longer than ``longest``.
    """
    # What is printable has none of them.
    kept = (
        text
        if text.isprintable()
        else "".join(
            " " if unicodedata.category(character) in ("Cc", "Cs") or character in _NOT_XML else character
            for character in text
            if character not in _TURNS
        )
    )
    kept = " ".join(kept.split())
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def in_yaml(text: str) -> str:
    """The text as a value for connector.yaml: in quotes, and what nobody sees escaped, so that it can be copied.

    So is a backtick: a cure has the line that is to be copied between two of them.
    """
    quoted = json.dumps(text, ensure_ascii=False).replace("`", "\\x60")
    return "".join(character if character.isprintable() else f"\\U{ord(character):08X}" for character in quoted)


def copyable(text: str) -> list[tuple[str, bool]]:
    """A cure in parts, each with whether it is to be copied: what stands between two backticks is a line for connector.yaml."""
    return [(part, bool(place % 2)) for place, part in enumerate(text.split("`")) if part]
