"""In what a recording differs from another one of the same exchanges: point by point, in words that both have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from include.recording.exchange import Exchange
from include.recording.files import Recording
from include.recording.shapes import Shape, own_fields, shape


@dataclass(frozen=True)
class Difference:
    """One point.

    :param place: the exchange
    :param about: what differs
    :param name: the field, type or word; empty where ``text`` says all
    :param text: how, for people; of several fields or words the same one
    """

    place: str
    about: str
    name: str
    text: str


def differences(
    mine: Recording, theirs: Recording, exchanges: Mapping[str, Exchange], places: Collection[str] | None = None
) -> list[Difference]:
    """In what ``mine`` differs from ``theirs``, which is the sandbox's.

    :param places: the exchanges to look at; all by default
    """
    known = {place for place in exchanges if place in mine and place in theirs and (places is None or place in places)}
    asked = [place for place in exchanges if place in known and not (mine[place].missing or theirs[place].missing)]
    own, their_own = own_fields(mine.values()), own_fields(theirs.values())
    found = []
    for place in asked:
        one, other = shape(mine[place], exchanges[place], own), shape(theirs[place], exchanges[place], their_own)
        found += list(_between(place, one, other))
    return found


def _between(place: str, one: Shape, other: Shape) -> Iterator[Difference]:
    for about in dict.fromkeys((*one.single, *other.single)):
        said, sandbox = one.single.get(about), other.single.get(about)
        if said == sandbox or ((said is None or sandbox is None) and about not in ("refusal",)):
            continue
        yield Difference(place, about, "", f"{about}: {said or 'none'}; the sandbox: {sandbox or 'none'}")
    if one.single.get("refusal") != other.single.get("refusal"):
        return
    yield from _fields(place, one, other)
    for path, kinds in one.types.items():
        expected = other.types.get(path, set())
        for kind in sorted(kinds - expected) if expected and not _takes_any(expected, kinds) else ():
            yield Difference(
                place, f"{path} is", kind, f"{path} is a {kind}; the sandbox: {', '.join(sorted(expected))}"
            )
    for where, words in one.words.items():
        expected = other.words.get(where, set())
        for word in sorted(words - expected) if expected else ():
            yield Difference(place, f"{where} says", word, f"{where} says a word that the sandbox does not say")


def _takes_any(expected: set[str], kinds: set[str]) -> bool:
    """Whether a value may be of any kind: an ID is a text, a number or looks like a date."""
    return ("text" in expected and kinds <= {"text", "number", "date", "flag", "moment"}) or (
        "text: text" in expected and all(kind.startswith("text: ") for kind in kinds)
    )


def _fields(place: str, one: Shape, other: Shape) -> Iterator[Difference]:
    for path, names in one.fields.items():
        expected = other.fields.get(path)
        if expected is None:
            continue
        for name in sorted(set(expected) - set(names)):
            yield Difference(place, f"{path} lacks", name, f"{path} lacks a field that the sandbox has")
        for name in sorted(set(names) - set(expected)):
            yield Difference(place, f"{path} has", name, f"{path} has a field that the sandbox has not")
        common = [name for name in names if name in expected]
        if common != [name for name in expected if name in names]:
            yield Difference(place, f"{path} order", "", f"the fields of {path} stand in another order")
