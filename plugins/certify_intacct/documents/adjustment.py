"""What the kinds have in common that others become below zero: the sign with which they are sent, and that it is read back.

Which sign lowers what somebody is owed, and with which sign a record shows it, nobody publishes: the company says the first
(``posting.credits``), and both ways of showing it are read. Lines have one sign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from certify_intacct.documents.base import Kind
from certify_intacct.documents.entries import AMOUNT, text_of
from certify_intacct.documents.found import Found
from certify_intacct.documents.reading import Record
from certify_intacct.intacct.functions import Function
from certify_intacct.model.currencies import money
from certify_intacct.model.documents import Document
from certify_intacct.model.errors import BadInput

#: Among the details of a document: the sign with which it is sent. Here it is below zero in any case.
SIGN = "sign"
_POSITIVE = "positive"


class Adjustment(Kind):
    """Lowers what somebody is owed."""

    one_sign = True
    total_tells_who_owes = False

    def function(self, document: Document, control_id: str) -> Function:
        """Never lines of both signs."""
        mixed = next((line for line in document.lines if line.amount > 0 or line.total >= 0), None)
        if mixed is not None:
            raise BadInput(
                f"The line over {money(mixed.total, document.currency)} on {mixed.account} is not below zero, and the lines "
                f"of an {self.label} have one sign."
            )
        return super().function(document, control_id)

    def as_ours(self, document: Document, found: Found) -> Found:
        """Below zero, where it shows the sign with which it was entered and that was a positive one."""
        if sign_sent(document) > 0 or not found.total or found.total < 0:
            return found
        entries = [{**entry, AMOUNT: text_of(-Decimal(entry[AMOUNT]))} for entry in found.entries]
        return replace(found, total=-found.total, entries=entries)

    def credit_terms(self, document: Document) -> Mapping[str, str]:
        """The sign: one that was entered with the other says nothing."""
        return {SIGN: document.details[SIGN]}

    def expense_lines(self, planned: Document, lines: Sequence[Record]) -> tuple[list[Record], dict[str, str]]:
        """Its lines, below zero likewise."""
        lines, _ = super().expense_lines(planned, lines)
        entered = sum(map(self.value, lines), Decimal(0)) > 0 and sign_sent(planned) < 0
        return [{**line, "TRX_AMOUNT": str(-self.value(line))} if entered else line for line in lines], {}


def sign_sent(document: Document) -> int:
    """By what the amounts of a document are multiplied when it is sent."""
    return -1 if document.details.get(SIGN) == _POSITIVE else 1
