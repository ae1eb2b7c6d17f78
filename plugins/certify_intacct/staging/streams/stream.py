"""What a stream is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnType = Literal["text", "id", "code", "integer", "numeric", "date", "timestamp", "boolean", "activity"]

#: The one table of all lists that are looked up by a code (departments, accounts, terms), told apart by their stream.
REFERENCE = "reference"
#: Its columns; whatever else a list has goes into ``attributes``.
REFERENCE_COLUMNS = ("key", "code", "name", "status", "parent")


@dataclass(frozen=True)
class Column:
    """A column of a staging table.

    :param name: the column
    :param source: the service's own field name, dotted for a relation (``PERSONALINFO.EMAIL1``); empty when nothing is read
    :param type: how it is read (see ``certify_intacct.staging.values``); an ``id`` must be there, it ties the record to others
    :param key: part of the natural key
    :param label: for a field that not every company shows: what Intacct's pages call it, should it have another name there. Where it
        is not shown, nothing is known; it is read as a text, so that an unknown word breaks no row
    """

    name: str
    source: str
    type: ColumnType = "text"
    key: bool = False
    label: str = ""


@dataclass(frozen=True)
class Stream:
    """One kind of record of one service, and its staging table.

    :param name: the stream's name
    :param service: ``intacct`` or ``certify``
    :param source: the Intacct object (``DEPARTMENT``) or the Certify resource (``departments``, ``empglds/1``); empty
        for what no object tells as such
    :param table: the table in schema ``staging``
    :param kind: ``state`` (always read in full) or ``events`` (read for a period)
    :param columns: the allow-list of fields
    :param param_sets: fixed query parameters of the Certify resource; more than one set asks once with each
    :param day_field: for events, the source field whose date decides to which day a record belongs
    :param within: for lists, the source fields with the codes within which a code means something
    :param further: source fields that are kept in ``raw`` alone, for what connector.yaml makes of them
    :param verdicts: the view in schema ``quality`` that judges its rows; ``<name>_verdicts`` unless it judges several streams
    """

    name: str
    service: Literal["intacct", "certify"]
    source: str
    table: str
    kind: Literal["state", "events"]
    columns: tuple[Column, ...]
    param_sets: tuple[Mapping[str, str], ...] = ({},)
    day_field: str = ""
    within: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    verdicts: str = ""

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key)

    @cached_property
    def source_fields(self) -> tuple[str, ...]:
        """What is asked of the service, each field once."""
        named = [column.source for column in self.columns if column.source]
        return tuple(dict.fromkeys([*named, *self.within, *self.further]))

    @property
    def read_as(self) -> str:
        """Of what it is read, and what of a record is its code: what connector.yaml may say otherwise another day."""
        return " ".join([self.source, *(column.source for column in self.columns if column.name == "code")])

    @property
    def optional(self) -> tuple[Column, ...]:
        """The columns whose fields not every company shows."""
        return tuple(column for column in self.columns if column.label)

    @property
    def in_reference(self) -> bool:
        """Whether it shares the table of lists with others."""
        return self.table == REFERENCE
