"""What of the values of a dimension is offered in its list in Certify, under which code and by which name.

The keys ``filter``, ``name`` and ``separator`` of a dimension in connector.yaml say it. What is left out is told apart from what is
absent: only what Intacct is known to have, and a list shall not, ever leaves the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from certify_intacct.model import templates
from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.configuration.kept_lists import SEPARATOR, Joining
from certify_intacct.model.people import ListValue
from certify_intacct.model.rules import Rule
from certify_intacct.rules.likeness import clean_name

#: Of a dimension the values that are not offered, with rule and words.
_Gone = Mapping[tuple[str, ...], tuple[Rule, str]]
#: Ends a name that was shortened.
ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A value of Intacct as its list in Certify has it.

    :param code: its code there: that of Intacct, behind those within which it means something
    :param name: its name there
    :param out: rule and words of why it is not offered; None when it is
    """

    value: ListValue
    code: str
    name: str
    shortened: bool = False
    out: tuple[Rule, str] | None = None

    @property
    def active(self) -> bool:
        """Whether it is offered."""
        return self.out is None


def offers(dimensions: Iterable[Used], lists: Mapping[str, Iterable[ListValue]]) -> dict[str, list[Offered]]:
    """The values of all dimensions, by the dimension's name, in the order given.

    :param dimensions: those in use, each after the one within which its values lie
    :param lists: what Intacct has of them, by the dimension's name
    """
    found: dict[str, list[Offered]] = {}
    gone: dict[str, _Gone] = {}
    nouns: dict[str, str] = {}
    for used in dimensions:
        row = used.dimension
        nouns[row.name] = row.noun
        above = [(nouns.get(one.name, one.noun), gone.get(one.name, {})) for one in row.within]
        found[row.name] = [_offer(used, value, above) for value in lists.get(row.name, ())]
        gone[row.name] = {offer.value.place: offer.out for offer in found[row.name] if offer.out is not None}
    return found


def joined(place: Iterable[str], separator: str) -> str:
    """The code in Certify's list of a value that has its code within others."""
    return separator.join(place)


def separator_of(used: Used) -> str:
    """What stands between joined codes of its list."""
    return used.settings.separator if isinstance(used.settings, Joining) else SEPARATOR


def name_of(template: str, words: Mapping[str, str], longest: int) -> tuple[str, bool]:
    """The name that a template makes, and whether it had to be shortened.

    The value's own name gives way first, so that a code behind it stays whole; where that is not enough, the end of it all. An
    ellipsis says that something is missing.

    :param longest: so many characters it may have; 0: any number
    """
    clean = {word: clean_name(text) for word, text in words.items()}
    whole = clean_name(templates.fill(template, clean))
    if not longest or len(whole) <= longest:
        return whole, False
    own = clean.get("name", "")
    kept = len(own) - (len(whole) - longest) - len(ELLIPSIS)
    if kept > 0:
        shorter = clean_name(templates.fill(template, clean | {"name": own[:kept].rstrip() + ELLIPSIS}))
        if len(shorter) <= longest:
            return shorter, True
    return whole[: longest - len(ELLIPSIS)].rstrip() + ELLIPSIS, True


def _offer(used: Used, value: ListValue, above: Sequence[tuple[str, _Gone]]) -> Offered:
    settings = used.settings
    words = {word: _text(used, value, word) or "" for word in templates.fields_of(settings.name)}
    name, shortened = name_of(settings.name, words, settings.name_length)
    return Offered(
        value=value,
        code=joined(value.place, separator_of(used)),
        name=name,
        shortened=shortened,
        out=_out(used, value, above),
    )


def _out(used: Used, value: ListValue, above: Sequence[tuple[str, _Gone]]) -> tuple[Rule, str] | None:
    """Why a value is not offered. What was not read of it is no reason, and neither is one above it that is not there."""
    if not value.active:
        return Rule.INACTIVE_IN_INTACCT, "is inactive in Intacct"
    for depth, (noun, gone) in enumerate(above, start=1):
        place = value.within[:depth]
        if place in gone:
            rule, why = gone[place]
            return rule, f"lies in {noun} {place[-1]}, which {why}"
    for word, condition in used.settings.filter.items():
        text = _text(used, value, word)
        if text is not None and not condition.met(text):
            return Rule.FILTERED, f"is left out by dimensions.{used.dimension.name}.filter ({word} is {text!r})"
    return None


def _text(used: Used, value: ListValue, word: str) -> str | None:
    """What a word of connector.yaml means of a value; None when it was not read."""
    field = used.dimension.field(word)
    known = {used.dimension.title: value.name, used.dimension.code: value.code}
    return known.get(field, value.fields.get(field))
