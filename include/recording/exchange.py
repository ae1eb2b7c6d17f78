"""What is asked, and what earlier answers told that later questions need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from certify_intacct.intacct.functions import Function

if TYPE_CHECKING:
    from include.recording.recorder import Known

Service = Literal["intacct", "certify"]


@dataclass(frozen=True)
class IntacctQuestion:
    """Functions of one request.

    :param entity: inside which it is asked; empty at top level
    :param signing_in: it signs in by itself, with these parts of the credentials changed
    :param session_id: a session to ask in, which is none
    """

    functions: tuple[Function, ...]
    entity: str = ""
    signing_in: Mapping[str, str] | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class CertifyQuestion:
    """One GET.

    :param path: its parts; of a list with a number such as ``("empglds", "1")`` too
    :param headers: what stands in place of the connection's own
    """

    path: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


Question = IntacctQuestion | CertifyQuestion


class NothingToAsk(Exception):
    """The company has nothing that the question could be asked about; the text says what is missing."""


@dataclass(frozen=True)
class Exchange:
    """One question to one of the services.

    :param name: what its file is called, such as ``lookup_VENDOR``
    :param ask: makes the question, from what earlier answers told. Raises NothingToAsk.
    :param answers: which fact it answers, for people
    :param settings: settings of the sandbox that the answer shows
    :param alike: its questions are the same one twice, and it counts whether both answers have the same order
    :param totals: its questions differ in form alone, and it counts whether they find as many records
    :param counts: it counts whether it finds ``any`` record, or ``one`` and no more
    """

    name: str
    service: Service
    ask: Callable[[Known], Question]
    answers: str
    settings: tuple[str, ...] = ()
    alike: bool = False
    totals: bool = False
    counts: Literal["", "any", "one"] = ""

    @property
    def place(self) -> str:
        """Its name among those of both services, and its file in a recording."""
        return f"{self.service}/{self.name}"
