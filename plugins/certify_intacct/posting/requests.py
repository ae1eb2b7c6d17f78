"""The request that posts a document: built when it is planned, and again, to the same bytes, when it is sent."""

from __future__ import annotations

from certify_intacct.documents import kind_of
from certify_intacct.intacct.functions import Function
from certify_intacct.model.documents import Document
from certify_intacct.rules.expenses import identity


def function_of(document: Document, revision: int) -> Function:
    """The function that posts a document, under the control ID of its revision.

    :raises BadInput: no valid request can be made of it
    """
    control_id = identity.control_id(document.key.intacct_company, document.number, revision)
    return kind_of(document.kind).function(document, control_id)
