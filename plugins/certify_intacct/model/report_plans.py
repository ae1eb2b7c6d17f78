"""What is intended with one report: its documents, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from certify_intacct.model.charges import Charge, SuppliersInvoice
from certify_intacct.model.documents import Document
from certify_intacct.model.payers import Payer
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import AnyRule, Rule


@dataclass(frozen=True)
class Hold:
    """A reason why a report is not sent, for a person.

    :param expense_id: the line it is about, empty for the whole report
    """

    rule: AnyRule
    reason: str
    cure: str
    expense_id: str = ""

    @classmethod
    def on_line(cls, line: ExpenseLine, rule: Rule, reason: str, cure: str) -> Hold:
        """A hold that names its line."""
        return cls(rule=rule, reason=f"{line.label}: {reason}", cure=cure, expense_id=line.id)


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Something that is left out by a named rule, and counted. ``expense_id`` empty: the whole report or a whole document.

    :param payer: whose part of the line it is, where it is only a part that is left out, and ``amount`` how much
    """

    rule: Rule
    reason: str
    expense_id: str = ""
    payer: Payer | None = None
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class PartPlan:
    """What is intended with the lines of one document to be.

    :param content: the business fields of its own lines (``hashing.part_content``)
    :param content_hash: SHA-256 of them: what a person decides about
    :param document: None when it is held or there is nothing to post
    :param released: rules that would have held it but for a person's decision
    :param charges: the card charges of its lines, and the invoice that they are
    """

    label: str
    payer: Payer
    entity: str
    currency: str
    total: Decimal
    content: Mapping[str, Any]
    content_hash: str
    document: Document | None = None
    holds: tuple[Hold, ...] = ()
    released: tuple[AnyRule, ...] = ()
    charges: tuple[Charge | SuppliersInvoice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportPlan:
    """The plan of one report: its parts, each to be posted or held by itself, unless the report itself is held.

    :param source_hash: SHA-256 of the report's business fields
    :param holds: what keeps all of it from being posted
    :param parts: what no document holds yet; empty when the amounts of the report are not proven
    :param released: rules that would have held the whole report but for a person's decision
    :param notes: what a person should know of it, whether it is posted or not
    :param taken_out: hashes of decisions by which persons took some of it out of our hands
    """

    report_id: str
    token: str
    source_hash: str
    holds: tuple[Hold, ...] = ()
    parts: tuple[PartPlan, ...] = ()
    skips: tuple[Skip, ...] = ()
    released: tuple[AnyRule, ...] = ()
    notes: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """What may be posted."""
        return () if self.holds else tuple(part.document for part in self.parts if part.document is not None)

    @property
    def all_holds(self) -> tuple[Hold, ...]:
        """What holds the report or any part of it."""
        return (*self.holds, *(hold for part in self.parts for hold in part.holds))
