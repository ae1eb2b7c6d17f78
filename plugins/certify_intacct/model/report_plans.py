"""What is intended with one report: its documents, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from certify_intacct.model.documents import Document
from certify_intacct.model.reports import ExpenseLine
from certify_intacct.model.rules import Rule


@dataclass(frozen=True)
class Hold:
    """A reason why a report is not sent, for a person.

    :param expense_id: the line it is about, empty for the whole report
    """

    rule: Rule
    reason: str
    cure: str
    expense_id: str = ""

    @classmethod
    def on_line(cls, line: ExpenseLine, rule: Rule, reason: str, cure: str) -> Hold:
        """A hold that names its line."""
        return cls(rule=rule, reason=f"{line.label}: {reason}", cure=cure, expense_id=line.id)


@dataclass(frozen=True, kw_only=True)
class Skip:
    """Something that is left out by a named rule, and counted. ``expense_id`` empty: the whole report or a whole document."""

    rule: Rule
    reason: str
    expense_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportPlan:
    """The plan of one report: documents only when there is no hold, for a report is posted whole or not at all.

    :param source_hash: SHA-256 of the report's business fields
    :param released: rules that would have held it but for a person's release
    """

    report_id: str
    token: str
    source_hash: str
    documents: tuple[Document, ...] = ()
    holds: tuple[Hold, ...] = ()
    skips: tuple[Skip, ...] = ()
    released: tuple[str, ...] = ()
