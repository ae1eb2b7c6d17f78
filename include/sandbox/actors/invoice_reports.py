"""What Certify's accountants do to invoice reports. A report is named by its ID or its approval code."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from include.sandbox.actors.expense_reports import known_fields
from include.sandbox.actors.registry import CannotAct, act, the_one
from include.sandbox.certify.resources import INVOICE_REPORTS, INVOICES
from include.sandbox.core import Sandbox


@act
def edit_invoices(
    sandbox: Sandbox,
    *,
    report: str,
    changes: Mapping[str, Any] | None = None,
    line: str = "",
    line_changes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Change fields of one of the invoices of a report (`line_changes`; `line` is its ID, default the first), then of the report.

    The total follows the invoices, unless `changes` states another one.
    """
    record = the_one(sandbox.store, "certify", "invoicereports", ("ApprovalCode",), report)
    lines = sandbox.store.find("certify", "invoices", "InvoiceReportID", record["ID"])
    if line_changes:
        one = next((one for one in lines if line.lower() in ("", one["ID"])), None)
        if one is None:
            raise CannotAct(f"Invoice report {record['ID']} has no invoice {line or 'at all'}.")
        sandbox.store.update("certify", "invoices", one["ID"], known_fields(INVOICES, line_changes))
        lines = sandbox.store.find("certify", "invoices", "InvoiceReportID", record["ID"])
    total = str(sum((Decimal(str(one.get("Amount") or "0")) for one in lines), Decimal(0)))
    fields = known_fields(INVOICE_REPORTS, {"TotalAmount": total, **(changes or {})})
    changed = sandbox.store.update("certify", "invoicereports", record["ID"], fields)
    return {"report": changed["ID"], "TotalAmount": changed.get("TotalAmount", "")}
