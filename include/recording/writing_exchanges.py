"""What is written to Intacct where a person allows it (`WRITES=1`, in a test company), because no reading answer shows it: what
becomes of a control ID that was used before. A folder for attachments, marked as ours, is all that stays. Nothing is written to
Certify, where nothing can be deleted (Intacct XML gateway reference, uniqueid and controlid; Attachments).
"""

from __future__ import annotations

from collections.abc import Callable

from certify_intacct.intacct import functions
from include.recording.exchange import Exchange, IntacctQuestion
from include.recording.recorder import Known

#: Told before it is written.
WRITTEN = "a folder for attachments in Intacct, `certify-intacct recording` and six letters, and a second one if Intacct allows it"
_FIRST = "intacct/write_folder"


def _folder(
    control_id: str, *, after: str = "", parent: str = "", another_session: bool = False
) -> Callable[[Known], IntacctQuestion]:
    """A request for the folder, once another exchange was played."""

    def ask(known: Known) -> IntacctQuestion:
        if after:
            known.records(after)
        wanted = {"supdocfoldername": f"certify-intacct recording {known.mark}"}
        wanted |= {"supdocparentfoldername": f"{parent} {known.mark}"} if parent else {}
        function = functions.create_supdocfolder(wanted, control_id=f"{control_id}-{known.mark}")
        return IntacctQuestion((function,), signing_in={} if another_session else None)

    return ask


def _row(name: str, ask: Callable[[Known], IntacctQuestion], answers: str, *settings: str) -> Exchange:
    return Exchange(f"write_{name}", "intacct", ask, answers, settings)


WRITING: tuple[Exchange, ...] = (
    _row("folder", _folder("first"), "what a function that writes answers"),
    _row(
        "again",
        _folder("first", after=_FIRST),
        "what a control ID answers that was used before",
        "replay_answer",
        "replay_errorno",
        "replay_text",
    ),
    _row(
        "again_in_another_session",
        _folder("first", after=_FIRST, another_session=True),
        "likewise, in another session",
        "replay_scope",
        "replay_answer",
        "replay_errorno",
        "replay_text",
    ),
    _row("same_name", _folder("second", after=_FIRST), "a second folder of the same name", "duplicate_folder_name"),
    _row("failing", _folder("failing", parent="no such folder"), "a function that fails"),
    _row(
        "failing_again",
        _folder("failing", after="intacct/write_failing", parent="no such folder"),
        "whether a function that failed uses up its control ID",
        "replay_failed_burns",
    ),
)
