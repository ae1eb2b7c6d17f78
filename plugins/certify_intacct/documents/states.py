"""What the words of Intacct's STATE mean for our ledger.

Each kind has a table of the words that the vendor documents for it. A word that is not in it is never good news: it is named, in the
report of the run and by reconciliation, and nothing is taken for posted because of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from certify_intacct.model.ledger import LedgerState


class Meaning(StrEnum):
    """Where a document stands in Intacct.

    ``on_its_way``: it is there, and not in the general ledger yet. ``counter_entry``: what Intacct made when a document was reversed;
    it carries the document's names and is none of ours. ``unknown``: a word that nobody here knows.
    """

    ON_ITS_WAY = "on_its_way"
    IN_GL = "in_gl"
    DECLINED = "declined"
    REVERSED = "reversed"
    COUNTER_ENTRY = "counter_entry"
    UNKNOWN = "unknown"

    @property
    def ledger_state(self) -> LedgerState | None:
        """The state of our ledger; None where it says nothing about a document of ours."""
        return _LEDGER.get(self)


_LEDGER = {
    Meaning.ON_ITS_WAY: LedgerState.ACCEPTED,
    Meaning.IN_GL: LedgerState.IN_GL,
    Meaning.DECLINED: LedgerState.DECLINED,
    Meaning.REVERSED: LedgerState.REVERSED,
}


#: The words of every kind, of the API pages and of the REST schema.
COMMON: Mapping[str, Meaning] = {
    "Draft": Meaning.ON_ITS_WAY,
    "Submitted": Meaning.ON_ITS_WAY,
    "Partially Approved": Meaning.ON_ITS_WAY,
    "Approved": Meaning.ON_ITS_WAY,
    "Posted": Meaning.IN_GL,
    "Declined": Meaning.DECLINED,
    "Reversal Pending": Meaning.IN_GL,
    "Reversed": Meaning.REVERSED,
    "Reversal": Meaning.COUNTER_ENTRY,
}
#: Those of what is paid: paying, or being chosen for it, leaves a document in the general ledger.
PAYABLE: Mapping[str, Meaning] = {
    **COMMON,
    "Selected": Meaning.IN_GL,
    "Partially Paid": Meaning.IN_GL,
    "Paid": Meaning.IN_GL,
    "Confirmed": Meaning.IN_GL,
    "Voided": Meaning.REVERSED,
}
#: Where the header of what is paid states what was paid and what is due, in its own currency, and the day of the last payment
#: (developer.intacct.com/api/accounts-payable/bills, .../time-expenses/expense-reports).
PAYMENT = ("TRX_TOTALPAID", "TRX_TOTALDUE", "WHENPAID")


def meaning(states: Mapping[str, Meaning], word: str) -> Meaning:
    """What a word means. ``Partially Paid``, ``partially paid`` and ``partiallyPaid`` (as the REST API spells it) are one word."""
    return {_letters(known): means for known, means in states.items()}.get(_letters(word), Meaning.UNKNOWN)


def _letters(word: str) -> str:
    return "".join(filter(str.isalpha, word.casefold()))
