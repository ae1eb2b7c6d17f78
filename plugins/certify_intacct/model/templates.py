"""Templates of the texts that people read in Intacct: fields in braces, and brackets around what goes when its fields are empty.

``{category}[: {reason}]`` is *Hotel: Client visit*, and *Hotel* where no reason is stated. A brace or bracket that is meant as such is
written twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

_SIGNS = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{[^{}\[\]]*\}|[\[\]{}]|[^\[\]{}]+")
_DOUBLED = {"{{": "{", "}}": "}", "[[": "[", "]]": "]"}


@dataclass(frozen=True)
class _Part:
    """A run of text and fields.

    :param pieces: what it is made of: a text as it stands, or the name of a field and True
    :param optional: whether it goes when a field is named and all of them are empty
    """

    pieces: tuple[tuple[str, bool], ...]
    optional: bool

    def fill(self, values: Mapping[str, str]) -> str:
        fields = [name for name, is_field in self.pieces if is_field]
        if self.optional and fields and not any(values[name] for name in fields):
            return ""
        return "".join(values[piece] if is_field else piece for piece, is_field in self.pieces)


def fields_of(template: str) -> frozenset[str]:
    """The fields that a template names.

    :raises ValueError: it is none; the text says why
    """
    return frozenset(name for part in _parts(template) for name, is_field in part.pieces if is_field)


def check(template: str, known: Collection[str]) -> str:
    """The template, when it is one that names only known fields.

    :raises ValueError: it says what is wrong, and which fields there are
    """
    unknown = sorted(fields_of(template) - set(known))
    if unknown:
        raise ValueError(f"there is no field {{{unknown[0]}}}; there are {', '.join(sorted(known))}")
    return template


def may_be_empty(template: str) -> bool:
    """Whether nothing is left of a template where all of its fields are empty, and it says so: they stand in brackets."""
    return all(part.optional or not any(is_field for _, is_field in part.pieces) for part in _parts(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The text of a template. What the values hold is text, whatever signs stand in it.

    :param values: one for each field that it names
    """
    return "".join(part.fill(values) for part in _parts(template))


@lru_cache(maxsize=64)
def _parts(template: str) -> tuple[_Part, ...]:
    return tuple(_parsed(template))


def _parsed(template: str) -> Iterator[_Part]:
    pieces: list[tuple[str, bool]] = []
    inside = False
    for sign in _SIGNS.findall(template):
        if sign in ("[", "]"):
            if inside == (sign == "["):
                raise ValueError(
                    f"a bracket {sign} has no partner, or stands within another; one that is meant is written twice"
                )
            yield _Part(tuple(pieces), optional=inside)
            pieces, inside = [], not inside
        elif sign in ("{", "}"):
            raise ValueError(f"a brace {sign} has no partner; one that is meant is written twice")
        elif sign in _DOUBLED:
            pieces.append((_DOUBLED[sign], False))
        elif sign.startswith("{"):
            pieces.append((sign[1:-1], True))
        else:
            pieces.append((sign, False))
    if inside:
        raise ValueError("a bracket [ has no partner; one that is meant is written twice")
    yield _Part(tuple(pieces), optional=False)
