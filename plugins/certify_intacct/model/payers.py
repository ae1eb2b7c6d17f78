"""Who paid an expense: a fact of each part of a report, and so of each document, whatever the document is made as in Intacct."""

from __future__ import annotations

from enum import StrEnum


class Payer(StrEnum):
    """Who paid.

    :ivar amount: the header's amount for this part, in our records: what its documents add up to
    :ivar certify_amount: the same as Certify's API names it
    """

    amount: str
    certify_amount: str

    def __new__(cls, value: str, amount: str = "", certify_amount: str = "") -> Payer:
        member = str.__new__(cls, value)
        member._value_ = value
        member.amount = amount
        member.certify_amount = certify_amount
        return member

    EMPLOYEE = "employee", "reim_amount", "ReimAmount"
    COMPANY = "company", "non_reim_amount", "NonReimAmount"


#: A part of an expense line: its ID, and whose part it is.
ExpensePart = tuple[str, Payer]
