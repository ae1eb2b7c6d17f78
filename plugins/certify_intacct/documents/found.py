"""A document as Intacct has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from certify_intacct.documents.states import Meaning
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.errors import IncompleteAnswer


class NotRecordable(Exception):
    """Why nobody can tell what a document's lines in Intacct are; half a sentence for a person."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was read back.

    :param token: the report's token, where the kind has a field for it alone
    :param state: the word of STATE, and ``meaning`` what it means
    :param total: in the document's currency; None where Intacct states none
    :param by_account: debits less credits of each account, for kinds whose headers state no amounts
    """

    kind: DocumentKind
    record_no: str
    number: str
    token: str
    payee_id: str
    currency: str
    total: Decimal | None
    state: str
    meaning: Meaning
    url: str
    by_account: Mapping[str, Decimal] = field(default_factory=dict)


def amount(text: Any) -> Decimal | None:
    """An amount as Intacct writes one; None where it writes none.

    :raises IncompleteAnswer: it is no number
    """
    if text in (None, ""):
        return None
    try:
        return Decimal(str(text))
    except InvalidOperation:
        raise IncompleteAnswer(f"Intacct states an amount as {text!r}.", where="look-up of documents") from None
