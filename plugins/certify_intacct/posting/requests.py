"""The request that posts a document: built when it is planned, and again, to the same bytes, when it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from certify_intacct.documents import kind_of
from certify_intacct.intacct.functions import Function
from certify_intacct.model.documents import Document
from certify_intacct.model.errors import BadInput
from certify_intacct.model.report_plans import Hold
from certify_intacct.model.rules import Rule
from certify_intacct.rules.expenses import identity


def function_of(document: Document, revision: int) -> Function:
    """The function that posts a document, under the control ID of its revision.

    :raises BadInput: no valid request can be made of it
    """
    control_id = identity.control_id(document.key.intacct_company, document.number, revision)
    return kind_of(document.kind).function(document, control_id)


def faults(document: Document, revision: int) -> list[Hold]:
    """Why no valid request can be made of a document, each with its line and field; empty when one can."""
    whole = _fault(lambda: function_of(document, revision))
    if whole is None:
        return []
    alone = {
        line.expense_id: _fault(lambda line=line: function_of(replace(document, lines=(line,)), revision))  # type: ignore[misc]
        for line in document.lines
    }
    found = {expense_id: fault for expense_id, fault in alone.items() if fault is not None}
    if len(document.lines) > 1 and len(found) == len(alone) and len({str(fault) for fault in found.values()}) == 1:
        # Each line fails in the same words: it is the document itself.
        found = {}
    memos = {line.expense_id: line.memo for line in document.lines}
    return [_hold(document, fault, expense_id, memos[expense_id]) for expense_id, fault in found.items()] or [
        _hold(document, whole)
    ]


def _fault(build: Callable[[], object]) -> BadInput | None:
    try:
        build()
    except BadInput as error:
        return error
    return None


def _hold(document: Document, fault: BadInput, expense_id: str = "", memo: str = "") -> Hold:
    place = f"{document.number}, line {memo or expense_id}" if expense_id else document.number
    return Hold(
        rule=Rule.REQUEST,
        reason=f"{place}: {fault.message}",
        cure=fault.cure or "Correct it in Certify, or map it in connector.yaml.",
        expense_id=expense_id,
    )
