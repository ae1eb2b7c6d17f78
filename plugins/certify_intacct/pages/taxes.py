"""Reclaimable tax by detail and month, as a file."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response

from certify_intacct.model.errors import BadInput
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import reads_reports
from certify_intacct.pages.work import filed
from certify_intacct.staging.reclaimable_tax import in_csv, months, reclaimable_tax
from certify_intacct.timeline.story import company_zone

router = APIRouter()


@router.get("/{dag_id}/tax.csv", dependencies=[Depends(reads_reports)])
@filed
def tax_csv(of: str = "") -> Response:
    """The months ``of``, ``2026-10`` or ``2026-10..2026-12``; without, the last that is over."""
    try:
        period = months(of.strip(), datetime.now(tz=company_zone()).date())
    except BadInput as error:
        raise HTTPException(status_code=422, detail=error.message) from None
    with databases.reading_for_a_file().connection() as connection:
        rows = reclaimable_tax(connection, period)
    name = f"reclaimable-tax-{period.start:%Y-%m}-{period.end:%Y-%m}.csv"
    return listing.filed_as(name, in_csv(rows))
