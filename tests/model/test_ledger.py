"""The transition table of posted documents, against the sentences of the posting rules."""

from __future__ import annotations

import itertools

from certify_intacct.model.ledger import LIVE, POSTED, TRANSITIONS, LedgerState, allowed

S = LedgerState


def test_every_state_has_its_row_and_is_reached():
    assert set(TRANSITIONS) == {None, *S}
    assert set().union(*TRANSITIONS.values()) == set(S)


def test_nothing_known_to_be_in_intacct_is_ever_sent_again():
    for before in POSTED | {S.REVERSED, S.DELETED}:
        assert not allowed(before, S.SENDING)
        reachable, queue = set(), [before]
        while queue:
            for after in TRANSITIONS[queue.pop()] - reachable:
                reachable.add(after)
                queue.append(after)
        assert S.SENDING not in reachable


def test_in_doubt_ends_by_finding_replaying_or_a_person():
    assert TRANSITIONS[S.IN_DOUBT] == {S.ACCEPTED, S.SENDING, S.HELD}


def test_sending_is_entered_only_by_a_claim_a_replay_or_a_new_plan():
    assert {before for before in [None, *S] if allowed(before, S.SENDING)} == {None, S.IN_DOUBT, S.REJECTED}


def test_only_what_intacct_provably_lacks_is_not_live():
    assert set(S) - LIVE == {S.REJECTED, S.REVERSED, S.DELETED}
    assert all(not allowed(before, before) for before, _ in itertools.product(S, range(1)))
