"""A document as Intacct has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from certify_intacct.documents.entries import Entry
from certify_intacct.documents.states import Meaning
from certify_intacct.model.documents import DocumentKind


class NotRecordable(Exception):
    """Why nobody can tell what a document's lines in Intacct are; half a sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was read back.

    :param token: the report's token, where the kind has a field for it alone
    :param day: its own date, where it can be read: that of its posting, ``date``, may be another one
    :param state: the word of STATE, and ``meaning`` what it means
    :param total: in the document's currency; of a journal the sum of its debits
    :param session: the entity in whose session it was found, empty for top level
    :param without_tax: that total is added up from lines, none of which tells its tax
    :param header_fields: the fields of the company's own that were read of its header, those that are empty too
    :param read_of_lines: the names of those that were read of its lines
    :param unreadable: what of it cannot be read, for a person; date, total and entries are missing then
    """

    kind: DocumentKind
    record_no: str
    number: str
    token: str
    payee_id: str
    currency: str
    day: date | None = None
    date: date | None
    total: Decimal | None
    entries: Sequence[Entry]
    state: str
    meaning: Meaning
    url: str
    without_tax: bool = False
    unreadable: str = ""
    session: str = ""
    header_fields: Mapping[str, str] = field(default_factory=dict)
    read_of_lines: frozenset[str] = frozenset()
