"""Which decisions there are for what waits."""

from __future__ import annotations

from collections.abc import Iterable

from certify_intacct.model.decisions import Decision
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import overruled_by

# What waits here is not in Intacct by anything that we did; so a person may have booked it there, or have it booked.
_NOT_POSTED = (OpenState.HELD, OpenState.QUARANTINED, OpenState.REJECTED)
#: What a person took out of the connector's hands is taken back; or it was booked by hand all the same, as this record or another, or
#: is not ours: to say that it need not be taken back first, and so is not posted meanwhile.
TAKEN_OUT: dict[str, tuple[Decision, ...]] = {
    Decision.BOOKED_BY_HAND: (Decision.RETRY, Decision.BOOKED_BY_HAND, Decision.NOT_OURS),
    Decision.NOT_OURS: (Decision.RETRY, Decision.BOOKED_BY_HAND),
}
_OVERRULING = (Decision.RELEASE, Decision.RETRY, Decision.POST_AGAIN, Decision.ACCEPT_AS_POSTED)


def ways(state: str, rules: Iterable[str]) -> tuple[Decision, ...]:
    """The decisions that are possible for an open item, the most usual first.

    :param state: its :class:`OpenState`; or the decision by which a person took it out of the connector's hands
    :param rules: the names of the rules that hold it
    """
    if state in TAKEN_OUT:
        return TAKEN_OUT[state]
    held_by = list(rules)
    overruling = tuple(way for way in _OVERRULING if overruled_by(way, held_by))
    # What stands in Intacct is accepted, or reversed there; it cannot be somebody else's all of a sudden.
    if state not in _NOT_POSTED or Decision.ACCEPT_AS_POSTED in overruling:
        return overruling
    return (*overruling, Decision.BOOKED_BY_HAND, Decision.NOT_OURS)
