"""What a person may decide about a report, or a part of it, that waits."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """A person's decision. Each is kept for ever with who made it and why."""

    #: Post it although a rule holds it.
    RELEASE = "release"
    #: It is in Intacct, made by a person there: it is checked, followed and never posted.
    BOOKED_BY_HAND = "booked_by_hand"
    #: It is nobody's business here: never posted.
    NOT_OURS = "not_ours"
    #: What stands in Intacct is right as it is, though Certify or Intacct says something else by now.
    ACCEPT_AS_POSTED = "accept_as_posted"
    #: What was posted is gone from Intacct: post it again, under a new number.
    POST_AGAIN = "post_again"
    #: A person has looked, and it is not in Intacct: plan it afresh. It also takes back *booked by hand* and *not ours*.
    RETRY = "retry"
