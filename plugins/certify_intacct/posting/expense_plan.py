"""What a plan of reports is made of, what is asked of the ledger for it, and how it is shown to people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certify_intacct.model.changes import Action, Change, Subject
from certify_intacct.model.currencies import money
from certify_intacct.model.rules import Rule

if TYPE_CHECKING:
    from datetime import date

    from certify_intacct.model.report_plans import ReportPlan
    from certify_intacct.staging.charges import ChargeHolder
    from certify_intacct.staging.decisions import KeptDecision
    from certify_intacct.staging.expense_places import ExpensePlace, Part
    from certify_intacct.staging.ledger_reads import LedgerDocument
    from certify_intacct.staging.left_out import LeftOut
    from certify_intacct.staging.open_reports import OpenReport
    from certify_intacct.staging.report_plans import PlannedPart, PlannedReport


#: What to do about a document that nobody knows of, one that books a payment which was none, one that was declined, and one whose
#: report was withdrawn.
LOOK_FOR_IT = "Look for it in Intacct; if it is not there, decide to plan it afresh."
UNPAID = (
    "Reverse it in Intacct and decide to post it again: then it is owed. Or mark the report as paid in Certify, or accept it as "
    "posted when the employee has the money."
)
UNDECLINED = "In Intacct, submit it again, or delete it there; the next run then asks what becomes of the report."
WITHDRAWN = (
    "Reverse the documents in Intacct, have the report processed again in Certify, or accept as posted what is right."
)


@dataclass(kw_only=True)
class ExpensePlan:
    """The plan of a load.

    :param open: what stays on the list of open items, of the reports that were planned all there is
    :param planned: the reports that were planned: what else of them is on that list is done with
    :param retired: documents of which a person says that Intacct has not got them
    """

    changes: list[Change] = field(default_factory=list)
    reports: list[PlannedReport] = field(default_factory=list)
    open: list[OpenReport] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    retired: list[LedgerDocument] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LedgerSnapshot:
    """What the ledger knows.

    :param documents: by report
    :param released: rules that persons overruled, by report and the hash of what they decided about
    :param closed: what persons took out of our hands, by report and that hash, the oldest first
    :param accepted: what persons accepted as it was posted, by the document's number and the hash of its lines
    :param held_before: reports that the rules of an earlier version held, by the hash of what they were then
    :param charges: who holds the card charges that the reports have
    :param booked: who has them by what persons booked by hand
    :param expenses: where their expenses stand in Intacct
    :param twins: of reports whose IDs are one but for case or dashes, that of the other
    :param left_out: what earlier plans left out of reports
    :param first_processed: the earliest processed date at which a report was seen
    """

    documents: Mapping[str, Sequence[LedgerDocument]] = field(default_factory=dict)
    released: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    closed: Mapping[tuple[str, str], KeptDecision] = field(default_factory=dict)
    accepted: Collection[tuple[str, str]] = ()
    held_before: Collection[tuple[str, str]] = ()
    charges: Sequence[ChargeHolder] = ()
    booked: Sequence[ChargeHolder] = ()
    expenses: Mapping[Part, ExpensePlace] = field(default_factory=dict)
    twins: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, Sequence[LeftOut]] = field(default_factory=dict)
    first_processed: Mapping[str, date] = field(default_factory=dict)


def notes(planned: ReportPlan) -> dict[str, Any]:
    """What a person should know of a report that is posted."""
    notes = [*planned.notes, *(skip.reason for skip in planned.skips if skip.rule is Rule.NOT_BILLED)]
    return {"notes": notes} if notes else {}


def described(part: PlannedPart) -> dict[str, Any]:
    """A document of the plan, as a person is shown it."""
    document = part.document
    return {
        "number": document.number,
        "kind": document.kind.value,
        "entity": ", ".join(sorted(document.shares)),
        "total": money(document.total, document.currency),
        "revision": part.revision,
    }


def alarm(row: Mapping[str, Any]) -> Change:
    """The change by which a plan shows what waits of a report that is not processed any more: somebody must look."""
    return Change(
        subject=Subject.REPORT,
        action=Action.HOLD,
        key=row["report_id"],
        reason=f"{row['label']}: {row['reason']}",
        rule=row["rule"],
        cure=LOOK_FOR_IT if row["rule"] == Rule.HELD_DOCUMENT else WITHDRAWN,
    )
