"""The states of a posted document, as one table of transitions.

The database holds the same table by a trigger (schema ``ledger``), and a test compares the two; the diagram in the documentation is
drawn from here. A row first exists when a document is claimed for sending, or adopted because it was found in Intacct.
"""

from __future__ import annotations

from enum import StrEnum


class LedgerState(StrEnum):
    """Where a document stands.

    ``sending``: claimed; a request with it may be on its way. ``in_doubt``: sent, and nobody knows whether it was executed.
    ``accepted``: Intacct has it. ``in_gl``: Intacct has posted it to its general ledger. ``rejected``: Intacct said no, so nothing
    exists there. ``held``: nobody may send it before a person has looked. ``declined``: it stands in Intacct, and whoever was to
    approve it there said no. ``altered``, ``reversed``, ``deleted``: what somebody did to it in Intacct afterwards.
    """

    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"
    IN_GL = "in_gl"
    DECLINED = "declined"
    ALTERED = "altered"
    REVERSED = "reversed"
    DELETED = "deleted"


_AFTERWARDS = frozenset({LedgerState.ALTERED, LedgerState.REVERSED, LedgerState.DELETED})

#: What may follow on what. None stands for "not in the ledger yet": a document enters by a claim or by adoption.
TRANSITIONS: dict[LedgerState | None, frozenset[LedgerState]] = {
    None: frozenset({LedgerState.SENDING, LedgerState.ACCEPTED}),
    LedgerState.SENDING: frozenset({LedgerState.ACCEPTED, LedgerState.REJECTED, LedgerState.IN_DOUBT}),
    # Back to sending only with the same bytes under the same control ID.
    LedgerState.IN_DOUBT: frozenset({LedgerState.ACCEPTED, LedgerState.SENDING, LedgerState.HELD}),
    # Sent again only as the next revision, after a new plan.
    LedgerState.REJECTED: frozenset({LedgerState.SENDING, LedgerState.HELD}),
    # A person has looked, and it is not in Intacct; or it turned up there.
    LedgerState.HELD: frozenset({LedgerState.ACCEPTED, LedgerState.REJECTED}),
    # A bill that waits for approval can be changed, reversed or deleted before it ever reaches the general ledger.
    LedgerState.ACCEPTED: frozenset({LedgerState.IN_GL, LedgerState.DECLINED}) | _AFTERWARDS,
    # Recalled, it waits again, or is declined after all: what is not in the general ledger is not said to be.
    LedgerState.IN_GL: frozenset({LedgerState.ACCEPTED, LedgerState.DECLINED}) | _AFTERWARDS,
    # Submitted again, and perhaps approved before anybody looked.
    LedgerState.DECLINED: frozenset({LedgerState.ACCEPTED, LedgerState.IN_GL}) | _AFTERWARDS,
    # Put right again there, or accepted here as it stands.
    LedgerState.ALTERED: frozenset(
        {LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.REVERSED, LedgerState.DELETED}
    ),
    LedgerState.REVERSED: frozenset({LedgerState.DELETED}),
    LedgerState.DELETED: frozenset(),
}

#: States in which Intacct has, or may have, the document.
LIVE = frozenset(
    {
        LedgerState.SENDING,
        LedgerState.IN_DOUBT,
        LedgerState.ACCEPTED,
        LedgerState.IN_GL,
        LedgerState.DECLINED,
        LedgerState.ALTERED,
        LedgerState.HELD,
    }
)

#: States in which Intacct provably has it.
POSTED = frozenset({LedgerState.ACCEPTED, LedgerState.IN_GL, LedgerState.DECLINED, LedgerState.ALTERED})

#: States in which Intacct had it, and it is worth nothing there any more.
GONE = frozenset({LedgerState.REVERSED, LedgerState.DELETED})

#: In the answer of a rejected document: its request was provably not carried out, and not because of the document.
NOT_EXECUTED = "not_executed"


def allowed(before: LedgerState | None, after: LedgerState) -> bool:
    """Whether a document may go from ``before`` (None: not in the ledger) to ``after``."""
    return after in TRANSITIONS[before]
