"""What a company does with a function control ID that comes a second time, told from an experiment with attachment folders.

A first folder is made under a control ID. The same control ID then brings a second folder, of another name. Were the first name sent
again, a refusal could be about the name; with another one, only the control ID can be refused. And that nothing else was wrong with
the second folder is shown by making it under a fresh control ID.
"""

from __future__ import annotations

from enum import StrEnum


class Replay(StrEnum):
    """The answer to a replay."""

    REFUSED = "refused"
    EXECUTED = "executed again"
    FIRST_ANSWER = "answered as success without being executed"
    UNCLEAR = "unclear"


def told(*, succeeded: bool, exists: bool, makeable: bool | None) -> Replay:
    """What the second request was answered with.

    :param succeeded: the answer to the replay was success
    :param exists: the second folder was found afterwards, before anything else could have made it
    :param makeable: the second folder could be made under a fresh control ID; None when that was not tried
    """
    if exists:
        return Replay.EXECUTED
    if succeeded:
        return Replay.FIRST_ANSWER
    return Replay.REFUSED if makeable else Replay.UNCLEAR
