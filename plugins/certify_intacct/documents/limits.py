"""What no document may hold, whatever its kind: codes longer than Intacct's field for them, and a dimension without its parent.

Codes are never cut. The lengths are those of the vendor's field tables (developer.intacct.com, API reference, the objects' own pages);
how long texts may be is the company's own and stands in ``posting.lengths``.
"""

from __future__ import annotations

from collections.abc import Iterator

from certify_intacct.model.dimensions import DIMENSIONS
from certify_intacct.model.documents import Document
from certify_intacct.model.errors import BadInput

_LONGEST = {"account": 24, "account label": 80, "CURRENCY": 3} | {
    row.line: row.longest for row in DIMENSIONS if row.longest is not None
}
# Intacct takes the first only with the second.
_PARENTS = {row.line: row.within[-1].line for row in DIMENSIONS if row.within}


def check(document: Document) -> None:
    """Refuses what Intacct would not take.

    :raises BadInput: it names field and value
    """
    for field, code in _codes(document):
        longest = _LONGEST.get(field)
        if longest is not None and len(code) > longest:
            raise BadInput(
                f"{field} {code!r} has {len(code)} characters; Intacct takes {longest}.",
                cure="Correct the code in Certify, or map it in connector.yaml.",
            )
    for line in document.lines:
        for field, parent in _PARENTS.items():
            if line.dimensions.get(field) and not line.dimensions.get(parent):
                raise BadInput(
                    f"{field} {line.dimensions[field]!r} stands without {parent}, to which it belongs.",
                    cure=f"Fill {parent} in Certify too, or take it out of the dimensions in connector.yaml.",
                )


def _codes(document: Document) -> Iterator[tuple[str, str]]:
    yield "CURRENCY", document.currency
    for line in document.lines:
        yield "account label" if document.by_label else "account", line.account
        yield "LOCATIONID", line.location_id
        yield "DEPARTMENTID", line.department_id
        yield from line.dimensions.items()
