"""The dimensions that a company made itself and connector.yaml uses: whether Intacct has them, and lines may have their values."""

from __future__ import annotations

from collections.abc import Mapping

from certify_intacct.model.configuration.dimensions import Used
from certify_intacct.model.preflight import Outcome, PreflightRow
from certify_intacct.rules.preflight.facts import INTACCT


def row(used: Used, known: Mapping[str, bool] | None) -> PreflightRow:
    """The row of one.

    :param known: by object of those that the company made whether lines may have them; None where Intacct does not say
    """
    row = used.dimension
    item = f"User-defined dimension {row.object}"
    if known is None:
        return PreflightRow(area=INTACCT, item=item, outcome=Outcome.UNKNOWN, required=False)
    enabled = {name.upper(): on for name, on in known.items()}.get(row.object.upper())
    if enabled:
        return PreflightRow(area=INTACCT, item=item, outcome=Outcome.PRESENT)
    if enabled is None:
        detail = f"Intacct has no such dimension; the company defined {', '.join(sorted(known)) or 'none'}."
    else:
        detail = "It is not enabled in the General Ledger, so that no line may have it."
    return PreflightRow(
        area=INTACCT,
        item=item,
        outcome=Outcome.MISSING,
        detail=detail,
        where_to_click=f"connector.yaml: dimensions.{row.name}.object. Or Intacct: Platform Services > Objects > {row.object} > "
        "GL dimension.",
    )
