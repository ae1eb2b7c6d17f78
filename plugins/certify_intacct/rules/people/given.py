"""What a user is given by the fields of Intacct that connector.yaml names (``people.sources``, ``fields``).

What Intacct says is kept in step; a default is given to users who have nothing there. Nobody's field is emptied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certify_intacct.model.configuration.people import Source
from certify_intacct.model.configuration.user_fields import GLDS, TEXTS, FieldSource
from certify_intacct.model.dimensions import CertifyPlace
from certify_intacct.model.people import CertifyUser, LastTold, Person, gld_attribute

#: By Certify ID and field of a user.
Tellings = Mapping[tuple[str, str], LastTold]

NOT_KEPT_CURE = (
    "Set it in Certify by hand; or take it out of people.sources in connector.yaml; or, if Certify shows another word for the same, "
    "write that one there in the map of the field."
)


class UnknownRow(Exception):
    """A code that the list in Certify does not have; the text says which, and whose it is."""

    def __init__(self, reason: str, place: CertifyPlace) -> None:
        super().__init__(reason)
        self.place = place


def glds(
    person: Person, user: CertifyUser | None, source: Source, rows: Mapping[int, Mapping[str, str]]
) -> dict[str, str]:
    """By attribute the row of each Employee GLD that the user is to have.

    :param rows: by number of the GLD the Certify ID (or its stand-in) of each code that people may be given
    :raises UnknownRow: the GLD has no such row
    """
    found = {}
    for word, how in source.fields.items():
        if word not in GLDS:
            continue
        number = GLDS[word]
        value, whence = _value(person, word, how, has=bool(user and user.gld_id(number)))
        if not value:
            continue
        if not (row := rows.get(number, {}).get(value, "")):
            place = CertifyPlace.parse(word)
            raise UnknownRow(
                f"is to have {value!r} in {place.label}, {whence}, and no active row there has that code", place
            )
        found[gld_attribute(number)] = row
    return found


def texts(person: Person, user: CertifyUser, source: Source) -> dict[str, str]:
    """By word each text that the user is to have."""
    found: dict[str, str] = {}
    for word, attribute in TEXTS.items():
        if how := source.fields.get(word):
            value, _ = _value(person, word, how, has=bool(getattr(user, attribute)))
            found |= {word: value} if value else {}
    return found


def not_kept(told: Tellings, user_id: str, field: str, now: Any, then: Any) -> LastTold | None:
    """What Certify was told before, where it is the same and Certify shows what it showed then: it is not sent every day."""
    last = told.get((user_id, field))
    return last if last and (last.before, last.after) == (now, then) else None


def not_kept_reason(last: LastTold, field: str, now: str, then: str) -> str:
    """What is said of it.

    :param now: what Certify shows, as a person calls it
    :param then: what it was told, likewise
    """
    wanted = f"is to have {then} as {field} in Certify, "
    if last.refusal:
        return f"{wanted}which refused it: {last.refusal.rstrip('.')}. It is tried again in a week"
    return (
        f"{wanted}which accepted it before and still shows {now or 'nothing'}: its API does not keep it, or somebody has changed "
        "it back. It is tried again in a week"
    )


def _value(person: Person, word: str, how: FieldSource, *, has: bool) -> tuple[str, str]:
    """The value, and in words where it comes from; empty to keep what the user has."""
    if value := how.value(person.further.get(word, "")):
        return value, f"as {how.field} says"
    return ("" if has else how.default), "the default"
