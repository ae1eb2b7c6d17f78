"""Measures, with attachment folders alone, how a company of Sage Intacct behaves where nobody publishes it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from certify_intacct.intacct.filters import Equal
from certify_intacct.intacct.functions import Function, create_supdocfolder, get_list, query
from certify_intacct.model.errors import FunctionFailed, PermissionDenied, RequestRefused
from certify_intacct.rules.replays import Replay, told
from certify_intacct.transport.progress import Progress

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook

log = logging.getLogger(__name__)

_WHERE = "verify_company"
_PAUSE = 1.0


@dataclass(frozen=True)
class Experiment:
    """A folder that was made under a control ID, which may come again.

    :param mark: what tells this experiment's folders from all others
    """

    mark: str
    control_id: str
    made_at: datetime

    def folder(self, name: str) -> str:
        """The name of one of the experiment's folders; at most 50 characters."""
        return f"certify-intacct check {self.mark} {name}"

    def stored(self) -> dict[str, str]:
        """As it is kept between two tasks."""
        return {"mark": self.mark, "control_id": self.control_id, "made_at": self.made_at.isoformat()}

    @classmethod
    def restored(cls, stored: Mapping[str, str]) -> Experiment:
        """The experiment that ``stored()`` kept."""
        return cls(stored["mark"], stored["control_id"], datetime.fromisoformat(stored["made_at"]))


def begin(hook: SageIntacctHook) -> Experiment:
    """Makes the first folder.

    :raises ConnectorError: it could not be made, or nobody knows; another experiment may be begun
    """
    mark = f"{datetime.now(tz=UTC):%Y%m%d} {uuid.uuid4().hex[:8]}"
    experiment = Experiment(mark, f"{hook.company_id}/verify/{mark.replace(' ', '/')}", datetime.now(tz=UTC))
    (result,) = hook.send([_folder(experiment.folder("first"), experiment.control_id)], unique=True)
    result.raise_for_failure(where=_WHERE)
    return experiment


def replay(hook: SageIntacctHook, experiment: Experiment, name: str, *, patience: float) -> tuple[Replay, str]:
    """Sends another folder under the experiment's control ID, and finds out what became of it.

    :param hook: one that signs in afresh: a document is sent again by another task, in another session
    :param name: a name that the experiment has not used yet
    :param patience: seconds until a folder that was made is surely seen
    :returns: the answer, and Intacct's words
    :raises AnswerUnreadable: the answer was lost; the experiment is to be begun anew
    """
    folder = experiment.folder(name)
    succeeded, words = False, ""
    try:
        (result,) = hook.send([_folder(folder, experiment.control_id)], unique=True)
    except (RequestRefused, FunctionFailed) as error:
        words = error.message
    else:
        succeeded = result.succeeded
        words = "; ".join(map(str, result.errors)) or "success"
    exists = _seen_after(lambda: _listed(hook, folder), patience if succeeded else 0) is not None
    makeable = None
    if not succeeded and not exists:
        # Were the refused folder made all the same and not seen yet, this would be refused for its name.
        (control,) = hook.send([_folder(folder, f"{experiment.control_id}/{uuid.uuid4().hex[:8]}")], unique=True)
        makeable = control.succeeded
    return told(succeeded=succeeded, exists=exists, makeable=makeable), words


def visibility(hook: SageIntacctHook, experiment: Experiment, *, longest: float) -> dict[str, float | None]:
    """Seconds after which the first folder was seen, by function; None when it was not within ``longest`` seconds, or when the
    function does not know folders.
    """
    folder = experiment.folder("first")
    looks: dict[str, Callable[[], bool]] = {
        "get_list": lambda: _listed(hook, folder),
        "query": lambda: _queried(hook, folder),
    }
    seen: dict[str, float | None] = {}
    for function, look in looks.items():
        try:
            seen[function] = _seen_after(look, longest, since=experiment.made_at)
        except (FunctionFailed, PermissionDenied) as error:
            log.info("Folders cannot be looked for by %s: %s", function, error)
            seen[function] = None
    return seen


def _seen_after(look: Callable[[], bool], longest: float, *, since: datetime | None = None) -> float | None:
    """Seconds until ``look`` found something, looking at least once; None when it has not within ``longest`` seconds."""
    began = since or datetime.now(tz=UTC)
    until = time.monotonic() + longest
    progress = Progress("Looks for a new folder")
    while True:
        progress.step()
        if look():
            return round((datetime.now(tz=UTC) - began).total_seconds(), 1)
        if time.monotonic() >= until:
            return None
        time.sleep(min(_PAUSE, longest))


def _folder(name: str, control_id: str) -> Function:
    description = "Made by verify_company of certify-intacct; it may be deleted."
    return create_supdocfolder(
        {"supdocfoldername": name, "supdocfolderdescription": description}, control_id=control_id
    )


def _listed(hook: SageIntacctHook, folder: str) -> bool:
    (found,) = hook.send([get_list("supdocfolder", conditions=[("name", "=", folder)], max_items=1)])
    found.raise_for_failure(where=_WHERE)
    return bool(found.records)


def _queried(hook: SageIntacctHook, folder: str) -> bool:
    (found,) = hook.send([query("SUPDOCFOLDER", ["RECORDNO", "NAME"], filter=Equal("NAME", folder), page_size=1)])
    found.raise_for_failure(where=_WHERE)
    return bool(found.records)
