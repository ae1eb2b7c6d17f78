"""What persons say that they booked by hand, compared with what Intacct has: the record, its party, its currency and its total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

from certify_intacct.documents import READERS, kind_of, read_by
from certify_intacct.documents.states import Meaning
from certify_intacct.model.currencies import money
from certify_intacct.model.decisions import Decision
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.payers import Payer
from certify_intacct.posting.lookup import by_record
from certify_intacct.reconciliation.findings import made
from certify_intacct.staging.standing_decisions import standing

if TYPE_CHECKING:
    from certify_intacct.documents.base import Kind
    from certify_intacct.documents.found import Found
    from certify_intacct.posting.posting_run import PostingRun
    from certify_intacct.staging.reconciliation_results import ReconciliationFinding
    from certify_intacct.staging.standing_decisions import StandingDecision

FINDING = "booked_by_hand"
_STANDS_NO_MORE = (Meaning.REVERSED, Meaning.COUNTER_ENTRY, Meaning.DECLINED)


def compared(run: PostingRun) -> Iterator[ReconciliationFinding]:
    """What does not agree of all the records that persons named, whatever the dates of their reports.

    One record may stand for several reports, so it is compared with the sum of all that name it.
    """
    with run.database.connection() as connection:
        stand = standing(connection, run.company.certify_company, run.company.base_amounts)
    by_number: dict[str, list[StandingDecision]] = defaultdict(list)
    for one in stand:
        if one.decision is Decision.BOOKED_BY_HAND:
            by_number[one.record_no].append(one)
    found = _records(run, by_number)
    for record_no, named in sorted(by_number.items()):
        problem = _problem(found.get(record_no, []), named)
        if problem:
            ids = sorted({one.report_id for one in named})
            reports = ", ".join(ids)
            yield made(
                FINDING, record_no, f"Booked by hand as record {record_no} ({reports}): {problem}", label=reports,
                # Of several there is no page.
                report_id=ids[0] if len(ids) == 1 else "",
            )  # fmt: skip


def _records(run: PostingRun, by_number: Mapping[str, Sequence[StandingDecision]]) -> dict[str, list[Found]]:
    """The records with these numbers, of every object that the payer's part could be made as: their numbers are of each by itself."""
    found: dict[str, list[Found]] = defaultdict(list)
    wanted = {
        reader: [number for number, named in by_number.items() if any(_may_be(one, reader) for one in named)]
        for reader in READERS
    }
    # A company that posts no such documents need not let us see them.
    with suppress(PermissionDenied, FunctionFailed):
        for answer in by_record(run.hook, "", wanted).values():
            with suppress(PermissionDenied, FunctionFailed):
                for record_no, hit in answer().items():
                    found[record_no].append(hit)
    return found


def _may_be(one: StandingDecision, reader: Kind) -> bool:
    return not one.payer or any(Payer(one.payer) in kind.payers for kind in read_by(reader))


def _problem(found: Sequence[Found], named: Sequence[StandingDecision]) -> str:
    here = [hit for hit in found if hit.meaning not in _STANDS_NO_MORE]
    if not here:
        declined = any(hit.meaning is Meaning.DECLINED for hit in found)
        return ("it was declined." if declined else "it was reversed.") if found else "Intacct does not show it."
    said = [_differs(hit, named) for hit in here]
    return "" if "" in said else " ".join(said)


def _is_over(hit: Found, total: Decimal) -> bool:
    """Whether a record is over that amount. A credit that was entered with the sign of a debt is none."""
    signed = kind_of(hit.kind).total_tells_who_owes
    return hit.total == total if signed else hit.total is not None and abs(hit.total) == abs(total)


def _differs(hit: Found, named: Sequence[StandingDecision]) -> str:
    """Why a record is not what was named: its amount where all amounts are known, its party where it is an employee's."""
    totals = [one.total for one in named if one.total is not None]
    if len(totals) == len(named):
        total, currencies = sum(totals, Decimal(0)), {one.currency for one in named}
        # In a company of one currency none is stated.
        if hit.total is None or {hit.currency} not in (currencies, {""}) or not _is_over(hit, total):
            return f"it is over {money(hit.total, hit.currency)}, and {money(total, ', '.join(sorted(currencies)))} were decided."
    employees = {one.employee_id for one in named if one.payer == Payer.EMPLOYEE} - {""}
    if employees and {hit.payee_id} != employees:
        return f"it is for {hit.payee_id}, not for {', '.join(sorted(employees))}."
    return ""
