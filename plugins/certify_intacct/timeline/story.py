"""A timeline as something that can be told: steps with notes, tables and links, and no word about how they are shown.

The command ``why`` prints a story, the page of a report renders it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Literal

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConfigurationError

Tone = Literal["plain", "good", "wait", "bad"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where to read more: a load's page, a run in Airflow, or a record in Intacct.

    :param url: only of a record: its address at Intacct, as Intacct gave it
    """

    text: str
    to: Literal["load", "run", "record"]
    dag_id: str = ""
    load_id: int = 0
    run_id: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell of a table. An amount stands to the right, with its currency."""

    text: str
    amount: bool = False
    tone: Tone = "plain"
    link: Link | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """:param folded: whether it is too much to be seen at once where it can be folded away"""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False

    def filled(self) -> Table:
        """The same without the columns in which nothing stands."""
        kept = [place for place in range(len(self.headings)) if any(row[place].text for row in self.rows)]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return replace(self, headings=tuple(self.headings[place] for place in kept), rows=rows)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A paragraph; ``label`` says what it is about."""

    label: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that happened, or how things are now (``at`` None)."""

    title: str
    at: datetime | None = None
    tone: Tone = "plain"
    notes: tuple[Note, ...] = ()
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """The timeline of a report, oldest first; ``now`` is its present state and ``next`` what a person should do."""

    title: str
    about: tuple[Note, ...]
    steps: tuple[Step, ...]
    now: Step
    next: tuple[str, ...]


def company_zone() -> tzinfo:
    """The company's time zone as connector.yaml has it; UTC when that cannot be read, so that pages can."""
    path = config_path()
    try:
        return _zone(path, path.stat().st_mtime_ns)
    except OSError:
        return UTC


@lru_cache(maxsize=8)
def _zone(path: Path, _changed: int) -> tzinfo:
    """A page has hundreds of times; the file is read once as long as nobody changes it."""
    try:
        return load(path).company.zone
    except ConfigurationError:
        return UTC


def when(moment: datetime, zone: tzinfo) -> str:
    """A moment in a time zone, to the second."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
