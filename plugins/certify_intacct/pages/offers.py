"""What waits, as a page offers it to a person: exactly the decisions that are possible, and why not where they are not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from certify_intacct.decisions.decide import Decider, allow
from certify_intacct.decisions.waiting import desks_of
from certify_intacct.model.configuration import Configuration
from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import BadInput
from certify_intacct.rules.decisions import TAKEN_OUT, ways
from certify_intacct.staging.decisions import OpenItem

_MEANINGS = {
    Decision.RELEASE: ("Release", "post it although the rule holds it"),
    Decision.BOOKED_BY_HAND: ("Booked by hand", "a person made it in Intacct; its RECORDNO is given below"),
    Decision.NOT_OURS: ("Not ours", "it is never posted"),
    Decision.ACCEPT_AS_POSTED: ("Accept as posted", "what stands in Intacct is right as it is"),
    Decision.POST_AGAIN: ("Post again", "what was posted is gone from Intacct, and a new number is right"),
    Decision.RETRY: ("Plan it afresh", "you have looked, and it is not in Intacct"),
}
# The same where it is about what a person took out of the connector's hands before.
_OF_TAKEN_OUT = {
    Decision.RETRY: ("Take it back", "that decision was a mistake, and the next run plans it afresh"),
    Decision.BOOKED_BY_HAND: ("Booked by hand", "as the record whose RECORDNO is given below"),
}


@dataclass(frozen=True, kw_only=True)
class Way:
    """A decision as a person reads it; ``name`` is what the form sends."""

    name: str
    label: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something that waits.

    :param key: names it in a form, exactly as it was shown
    :param ways: the decisions that are possible; none: only a cure helps
    :param problem: why this person cannot decide about it, a sentence; empty when they can
    """

    item: OpenItem
    key: str
    desks: str
    ways: tuple[Way, ...]
    problem: str

    @property
    def taken_out(self) -> bool:
        """Whether it is about a decision of before, and not about something that waits."""
        return self.item.state in TAKEN_OUT

    @property
    def by_hand(self) -> bool:
        return any(way.name == Decision.BOOKED_BY_HAND for way in self.ways)


@dataclass(frozen=True, kw_only=True)
class OfferGroup:
    """What waits by the same rules, in the same state: one decision fits all of it."""

    rules: str
    state: str
    desks: str
    ways: tuple[Way, ...]
    offers: tuple[Offer, ...]

    @property
    def by_hand(self) -> bool:
        return self.offers[0].by_hand

    @property
    def open(self) -> bool:
        """Whether this person can decide about any of it."""
        return bool(self.ways) and any(not offer.problem and not offer.item.decided_by for offer in self.offers)


def offers(items: Iterable[OpenItem], configuration: Configuration, person: Decider) -> list[Offer]:
    """What a page offers this person of what waits."""
    return [
        Offer(
            item=item,
            key=key(item),
            desks=desks_of(item.rules),
            ways=_ways(item),
            problem=_problem(item, configuration, person),
        )
        for item in items
    ]


def groups(offered: Sequence[Offer]) -> list[OfferGroup]:
    """What is offered, by what holds it: what can be decided first, then what waits longest."""
    found: dict[tuple[str, str, bool], list[Offer]] = {}
    for offer in offered:
        found.setdefault((", ".join(offer.item.rules), offer.item.state, bool(offer.ways)), []).append(offer)
    made = [
        OfferGroup(rules=rules, state=state, desks=of[0].desks, ways=of[0].ways, offers=tuple(of))
        for (rules, state, _), of in found.items()
    ]
    return sorted(made, key=lambda group: not group.ways)


def key(item: OpenItem) -> str:
    """Names an item, how it waits and what was decided about it last: when anything of that is another by now, a decision is not about
    what the person saw."""
    shown = repr((item.state, item.rules, item.number, item.currency, item.total)).encode()
    return f"{item.report_id}:{item.content_hash}:{item.decision_id}:{hashlib.sha256(shown).hexdigest()[:16]}"


def labelled(decision: Decision, state: str = "") -> Way:
    """A decision as a person reads it, about what is in this state."""
    label, meaning = (_MEANINGS | _OF_TAKEN_OUT if state in TAKEN_OUT else _MEANINGS)[decision]
    return Way(name=decision.value, label=label, meaning=meaning)


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a form says of an item.

    :param about: report ID and hash
    :param decision_id: the newest decision about it when it was shown; 0: there was none
    """

    about: tuple[str, str]
    decision_id: int


def named(form_key: str) -> Named:
    """What a form names by a key.

    :raises BadInput: it names none
    """
    parts = form_key.rsplit(":", 3)
    if len(parts) != 4 or not parts[2].isdecimal() or not parts[2].isascii() or len(parts[2]) > 18:
        raise BadInput("The form names nothing that could wait.", cure="Open the page again, and decide there.")
    return Named(about=(parts[0], parts[1]), decision_id=int(parts[2]))


def _ways(item: OpenItem) -> tuple[Way, ...]:
    if not item.content_hash:
        return ()
    return tuple(labelled(way, item.state) for way in ways(item.state, item.rules))


def _problem(item: OpenItem, configuration: Configuration, person: Decider) -> str:
    try:
        allow(configuration, person, triggered_by=item.triggered_by)
    except BadInput as refused:
        return str(refused)
    return ""
