"""Two plans beside each other, field by field: what either makes of the same lines, beside what of them was really posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import chain
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import label_of
from certify_intacct.model.changes import Action
from certify_intacct.model.currencies import money
from certify_intacct.model.ledger import LIVE
from certify_intacct.posting.standing import newest
from certify_intacct.rules.expenses.document_differences import beside, document_differences
from certify_intacct.staging import ledger_reads, plan_comparison
from certify_intacct.staging.csv_file import as_csv

if TYPE_CHECKING:
    from certify_intacct.model.documents import Document
    from certify_intacct.staging.database import Connection
    from certify_intacct.staging.plan_comparison import Rows

# So many reports are read together for a file.
_AT_ONCE = 200
_KIND, _HELD, _LEFT_OUT = "kind", "held by", "left out by"


@dataclass(frozen=True, kw_only=True)
class PlanDifference:
    """One thing that two plans say otherwise of a report.

    :param turn: how the report turned (:data:`certify_intacct.staging.plan_comparison.TURNS`)
    :param payer: whose part of the report it is; empty: all of it
    :param expense_id: the line; empty: a document, or all of the report
    :param what: the field; ``document`` where only one of them has one of these lines, ``held by`` or ``left out by`` a rule
    :param there: as the plan says that is compared with, ``here`` as this one does
    :param posted: as what really was posted says, where the ledger has a document of these lines; ``number`` is its number
    """

    report_id: str
    approval_code: str
    turn: str
    payer: str
    expense_id: str
    what: str
    there: str
    here: str
    posted: str
    number: str

    @property
    def of_rules(self) -> bool:
        """Whether it is about rules, and not about a document."""
        return self.what in (_HELD, _LEFT_OUT)


def plan_differences(
    connection: Connection, certify_company: str, load_id: int, other: int, rows: Rows
) -> dict[str, list[PlanDifference]]:
    """What differs of the reports among some rows of a comparison, by report.

    :param load_id: the plan that is ``here``, and ``other`` the one ``there``
    :param rows: as :func:`certify_intacct.staging.plan_comparison.compare` gives them
    """
    reports = {row["report_id"]: row for row in rows if row["report_id"]}
    planned = plan_comparison.planned_documents_of(connection, [load_id, other], reports.keys())
    posted = _posted(connection, certify_company, reports.keys())
    return {
        report_id: [
            *_of_rules(row),
            *_of_documents(
                row,
                planned.get((other, report_id), ()),
                planned.get((load_id, report_id), ()),
                posted.get(report_id, ()),
            ),
        ]
        for report_id, row in reports.items()
    }


def every_difference(
    connection: Connection, certify_company: str, load_id: int, other: int, *, turn: str = "", most: int
) -> Iterator[PlanDifference]:
    """What differs of all reports, in the order of the comparison; at most so many reports."""
    for after in range(0, most, _AT_ONCE):
        rows = plan_comparison.compare(connection, load_id, other, turn=turn, most=_AT_ONCE, after=after).rows
        found = plan_differences(connection, certify_company, load_id, other, rows)
        yield from chain.from_iterable(found.values())
        if len(rows) < _AT_ONCE:
            return


def in_csv(differences: Iterable[PlanDifference]) -> str:
    """Differences as CSV: ``there`` is what today's rules say where two configurations are compared, ``here`` what the other says."""
    return as_csv([field.name for field in fields(PlanDifference)], map(astuple, differences))


def stands_otherwise(
    connection: Connection, certify_company: str, load_id: int, report_ids: Collection[str]
) -> tuple[int, int]:
    """Of these reports those that are posted, and those of them that the load's plan would post otherwise by now."""
    ids, posted_reports, other = sorted(report_ids), 0, 0
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        planned = plan_comparison.planned_documents_of(connection, [load_id], some)
        posted = _posted(connection, certify_company, some)
        posted_reports += len(posted)
        other += sum(_differ(documents, planned.get((load_id, key), ())) for key, documents in posted.items())
    return posted_reports, other


def _differ(posted: Sequence[Document], planned: Sequence[Document]) -> bool:
    return any(
        one is None or two is None or document_differences(one, two) for one, two in beside(posted, planned)
    )  # fmt: skip


def _posted(connection: Connection, certify_company: str, report_ids: Collection[str]) -> dict[str, Sequence[Document]]:
    """What stands in Intacct of each report, or may, as it was sent."""
    known = ledger_reads.documents_of_reports(connection, certify_company, report_ids)
    found = {
        report_id: [one.document for one in newest(documents) if one.state in LIVE]
        for report_id, documents in known.items()
    }
    return {report_id: documents for report_id, documents in found.items() if documents}


def _of_rules(row: Mapping[str, Any]) -> Iterator[PlanDifference]:
    """By which rules either holds something of a report, or leaves it out."""
    for action, what in ((Action.HOLD, _HELD), (Action.SKIP, _LEFT_OUT)):
        there, here = (_rules(row[side], action) for side in ("there", "here"))
        for rule in sorted(there.keys() | here.keys()):
            if rule not in there or rule not in here:
                mine, theirs = (f"{rule}: {said[rule]}" if rule in said else "" for said in (here, there))
                yield _made(row, what=what, there=theirs, here=mine)


def _rules(says: Sequence[Mapping[str, Any]] | None, action: Action) -> dict[str, str]:
    return {one["rule"]: one["reason"] for one in says or () if one["action"] == action}


def _of_documents(
    row: Mapping[str, Any], there: Sequence[Document], here: Sequence[Document], posted: Sequence[Document]
) -> Iterator[PlanDifference]:
    for theirs, mine in beside(there, here):
        one_of_them = theirs or mine
        assert one_of_them is not None
        known = next((one for one, two in beside(posted, [one_of_them]) if one and two), None)
        about = {"payer": one_of_them.payer.value, "number": known.number if known else ""}
        if mine is None or theirs is None:
            yield _made(
                row, what="document", there=_named(theirs), here=_named(mine), posted=_named(known), **about
            )  # fmt: skip
            continue
        stands = (
            {(one.expense_id, one.what): one.before for one in document_differences(known, theirs)} if known else {}
        )
        for one in document_differences(theirs, mine):
            # Where the two agree, what was posted is as today's rules say.
            as_posted = stands.get((one.expense_id, one.what), one.before) if known else ""
            yield _made(
                row, expense_id=one.expense_id, what=one.what, there=_worded(one.what, one.before),
                here=_worded(one.what, one.after), posted=_worded(one.what, as_posted), **about,
            )  # fmt: skip


def _made(row: Mapping[str, Any], **values: str) -> PlanDifference:
    empty = dict.fromkeys(("payer", "expense_id", "posted", "number"), "")
    known = {name: row[name] for name in ("report_id", "approval_code", "turn")}
    return PlanDifference(**{**empty, **known, **values})


def _worded(what: str, value: str) -> str:
    return label_of(value) if what == _KIND and value else value


def _named(document: Document | None) -> str:
    if document is None:
        return ""
    payee = f"{document.payee_id}, {document.posting_date.isoformat()}"
    return f"{label_of(document.kind)} {money(document.total, document.currency)}, {payee}"
