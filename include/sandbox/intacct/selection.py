"""What a read function selects, run as SQL: visible records, one page of them, with the total.

Visible: private records by session (Intacct XML gateway reference, Queries > Query into private entities), and new
records once the visibility delay of the object and function has passed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from include.sandbox import clock
from include.sandbox.intacct import permissions
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.envelope import EMPTY, clean
from include.sandbox.intacct.expressions import AMOUNTS, SIDE, Condition, Expression, joined
from include.sandbox.intacct.types import Element, Session
from include.sandbox.settings import Settings
from include.sandbox.store import Store

# The text is our own, with every value escaped.
_HUGE = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
_AGGREGATES = {"sum": "exact_sum", "avg": "exact_average", "count": "COUNT"}


@dataclass(slots=True)
class Selection:
    """Columns (tag, SQL), conditions, order and page of one read; by its `joins` a record may have several rows."""

    kind: ObjectType
    columns: list[tuple[str, str]] = field(default_factory=list)
    grouped_by: list[str] = field(default_factory=list)
    aggregated: bool = False
    where: list[Condition] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    limit: int = 100
    offset: int = 0
    joins: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the tags, the rows in their order, and how many rows there are in all."""

    tags: Sequence[str]
    rows: list[tuple[str | None, ...]]
    total: int
    offset: int

    @property
    def remaining(self) -> int:
        """How many rows come after this page."""
        return max(0, self.total - self.offset - len(self.rows))


def aggregate(function: str, expression: Expression) -> str:
    """An aggregate over a field, exact for amounts."""
    kind, text, order = expression.field.type, expression.text, expression.order
    if function not in ("min", "max"):
        return f"{_AGGREGATES[function]}({text})"
    if kind in AMOUNTS:
        return f"exact_{function}({text})"
    best = f"{function.upper()}({order})"
    if kind in ("DATE", "TIMESTAMP"):
        return (
            f"substr({best}, 5, 2) || '/' || substr({best}, 7, 2) || '/' || substr({best}, 1, 4) || substr({best}, 9)"
        )
    return f"CAST({best} AS TEXT)"


def visible(
    store: Store, settings: Settings, session: Session, kind: ObjectType, function: str, *, private: bool
) -> list[Condition]:
    """The conditions under which a record shows to a session. `private`: also private records, at top level."""
    conditions: list[Condition] = []
    owner = store.column(SIDE, kind.name, "MEGAENTITYID") if kind.private and settings.multi_entity else None
    if owner:
        shared = f"COALESCE(t.{owner}, '') = ''"
        allowed = permissions.entities(settings, session)
        if session.entity:
            conditions.append(Condition(f"({shared} OR t.{owner} = ?)", (session.entity,)))
        elif not private:
            conditions.append(Condition(shared))
        elif allowed is not None:
            marks = ", ".join("?" * len(allowed))
            conditions.append(Condition(f"({shared} OR t.{owner} IN ({marks}))", tuple(allowed)))
    delay = delay_of(settings, kind.name, function)
    if delay:
        conditions.append(Condition("t._created <= ?", (clock.time() - delay,)))
    return conditions


def delay_of(settings: Settings, object_name: str, function: str) -> float:
    """Seconds until a new record of the object shows to a function: the most specific setting."""
    for name in (object_name, "*"):
        by_function = settings.visibility_delay_seconds.get(name, {})
        for wanted in (function, "*"):
            if wanted in by_function:
                return by_function[wanted]
    return 0.0


def run(store: Store, settings: Settings, selection: Selection) -> Page:
    """The page of a selection. Its order is completed by the setting `default_order`."""
    condition = joined("AND", selection.where)
    where = f" WHERE {condition.sql}" if selection.where else ""
    order = [*selection.order, *_tie_break(settings, selection)]
    source = f"{store.table(SIDE, selection.kind.name)} t{selection.joins}{where}"
    sorting = f" ORDER BY {', '.join(order)}" if order else ""
    read = _aggregated if selection.aggregated else _joined if selection.joins else _records
    rows, total = read(store, selection, source, sorting, condition.parameters)
    return Page([tag for tag, _ in selection.columns], rows, total, selection.offset)


def _records(
    store: Store, selection: Selection, source: str, sorting: str, parameters: tuple[Any, ...]
) -> tuple[list[tuple[Any, ...]], int]:
    """The rows of the page, and how many there are: what sorts and filters is decided on record numbers alone."""
    there = store.numbers(SIDE, f"SELECT t._id FROM {source}{sorting}", parameters)
    page = json.dumps(list(there[selection.offset : selection.offset + selection.limit]))
    table = store.table(SIDE, selection.kind.name)
    sql = f"SELECT {_columns(selection)} FROM json_each(?) page JOIN {table} t ON t._id = page.value ORDER BY page.key"
    return store.rows(sql, (page,)), len(there)


def _joined(
    store: Store, selection: Selection, source: str, sorting: str, parameters: tuple[Any, ...]
) -> tuple[list[tuple[Any, ...]], int]:
    """The rows of the page, and how many there are, where a record may have several."""
    total = int(store.rows(f"SELECT COUNT(*) FROM {source}", parameters)[0][0])
    sql = f"SELECT {_columns(selection)} FROM {source}{sorting} LIMIT ? OFFSET ?"
    return store.rows(sql, (*parameters, selection.limit, selection.offset)), total


def _aggregated(
    store: Store, selection: Selection, source: str, sorting: str, parameters: tuple[Any, ...]
) -> tuple[list[tuple[Any, ...]], int]:
    """The groups of the page, and how many there are; without groups one row."""
    group = f" GROUP BY {', '.join(selection.grouped_by)}" if selection.grouped_by else ""
    counted = f"SELECT COUNT(*) FROM (SELECT 1 FROM {source}{group})"
    total = int(store.rows(counted, parameters)[0][0]) if group else 1
    sql = f"SELECT {_columns(selection)} FROM {source}{group}{sorting} LIMIT ? OFFSET ?"
    return store.rows(sql, (*parameters, selection.limit, selection.offset)), total


def _columns(selection: Selection) -> str:
    return ", ".join(sql for _, sql in selection.columns)


def _tie_break(settings: Settings, selection: Selection) -> list[str]:
    """What decides between equal rows.

    The record number, or something else with each call (undefined, as documented).
    """
    if selection.aggregated:
        return []
    if settings.default_order == "shuffled":
        return [f"((t._id * 2654435761 + {clock.dice().randrange(1 << 30)}) % 1000003)"]
    return ["t._id"]


# -- answers ---------------------------------------------------------------------------------------------------------------


def as_elements(parent: Element, tag: str, page: Page) -> None:
    """The rows as elements; every selected field appears, an absent value as an empty element."""
    if page.rows:
        # Written as text and parsed at once: several times faster than element by element.
        tags = map(tag_of, page.tags)
        around = [(f"<{tag}>", f"</{tag}>", f"<{tag}>{EMPTY}</{tag}>") for tag in tags]
        text = "".join(_row(tag, around, row) for row in page.rows)
        parent.extend(etree.fromstring(f"<rows>{clean(text)}</rows>", _HUGE))


def tag_of(name: str) -> str:
    """The tag of a field: LIABACCT# is shown as LIABACCT, as recorded (no tag can hold the sign)."""
    return name.replace("#", "")


def _row(tag: str, around: Sequence[tuple[str, str, str]], row: Sequence[str | None]) -> str:
    cells = [
        empty if value is None or value == "" else f"{start}{escape(str(value))}{end}"
        for (start, end, empty), value in zip(around, row, strict=True)
    ]
    return f"<{tag}>{''.join(cells)}</{tag}>"


def as_csv(page: Page) -> bytes:
    """The rows as CSV with a header line, without any envelope."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(page.tags)
    writer.writerows([["" if value is None else value for value in row] for row in page.rows])
    return text.getvalue().encode()


def as_json(page: Page) -> bytes:
    """The rows as a JSON array of objects, without any envelope: texts, and null where there is no value."""
    records = [
        {tag: None if value is None else str(value) for tag, value in zip(page.tags, row, strict=True)}
        for row in page.rows
    ]
    return json.dumps(records, ensure_ascii=False).encode()


def formatted(page: Page, wanted: str) -> tuple[str, bytes] | None:
    """Media type and body of a csv or json answer; None for xml."""
    form = wanted.strip().lower()
    if form == "csv":
        return "text/csv; charset=UTF-8", as_csv(page)
    if form == "json":
        return "application/json", as_json(page)  # exactly this: a live client compares the whole header
    return None
