"""A recording on the disk: a folder for each service, a file for each exchange, with what was asked above what was answered."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# What of an HTTP answer's headers is kept.
HEADERS = ("content-type", "content-encoding", "retry-after")
_LABELS = ("asked", "answers", "not asked", "status", *HEADERS)


@dataclass(frozen=True)
class Recorded:
    """One exchange as it is kept.

    :param place: service and name, such as ``intacct/lookup_VENDOR``
    :param asked: the functions, or the GET
    :param answers: which fact it answers
    :param missing: why it was not asked; empty when it was
    """

    place: str
    asked: str = ""
    answers: str = ""
    missing: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


Recording = Mapping[str, Recorded]


class NoRecording(ValueError):
    """The folder holds no recording; the text says so."""


def keep(folder: Path, recorded: Recorded) -> None:
    """Write one exchange. Files are for the user alone."""
    said = {
        "asked": recorded.asked, "answers": recorded.answers, "not asked": recorded.missing,
        "status": str(recorded.status or ""), **recorded.headers,
    }  # fmt: skip
    head = "".join(f"# {name}: {' '.join(said[name].split())}\n" for name in _LABELS if said.get(name))
    file = folder / f"{recorded.place}.txt"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(f"{head}\n{recorded.body}".encode("utf-8", "backslashreplace"))


def read(folder: Path) -> dict[str, Recorded]:
    """All exchanges of a folder, by place. Raises NoRecording."""
    found = {}
    for file in sorted(folder.glob("*/*.txt")):
        place = f"{file.parent.name}/{file.stem}"
        found[place] = _parsed(place, file.read_bytes().decode("utf-8"))
    if not found:
        raise NoRecording(
            f"{folder} holds no recording: a folder that `make record` wrote has intacct/ and certify/ in it."
        )
    return found


def _parsed(place: str, text: str) -> Recorded:
    head, _, body = text.partition("\n\n")
    said = dict(line.removeprefix("# ").split(": ", 1) for line in head.splitlines())
    return Recorded(
        place,
        asked=said.get("asked", ""),
        answers=said.get("answers", ""),
        missing=said.get("not asked", ""),
        status=int(said.get("status", "0")),
        headers={name: said[name] for name in HEADERS if name in said},
        body=body,
    )
