"""The tax solutions and details of a company, read whole for the check before a run."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.model.references import TaxDetail
from certify_intacct.rules.preflight.taxes import taxes

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration.tax import Taxes
    from certify_intacct.model.preflight import PreflightRow


def rows(hook: SageIntacctHook, configured: Taxes) -> list[PreflightRow]:
    """What is wrong with the details that connector.yaml names; nothing is asked where it names none.

    :raises ConnectorError: Intacct could not be asked (network, sign-in)
    """
    if not configured.solutions:
        return []
    solutions, details = None, None
    with suppress(PermissionDenied, FunctionFailed):
        rows = hook.query_all("TAXSOLUTION", ["RECORDNO", "SOLUTIONID", "STATUS"])
        solutions = {str(row["SOLUTIONID"]): row.get("STATUS") != "inactive" for row in rows}
    with suppress(PermissionDenied, FunctionFailed):
        rows = hook.query_all("TAXDETAIL", ["RECORDNO", "DETAILID", "STATUS", "TAXSOLUTIONID"])
        details = {
            str(row["DETAILID"]): TaxDetail(
                detail_id=str(row["DETAILID"]),
                solution=str(row.get("TAXSOLUTIONID") or ""),
                active=row.get("STATUS") != "inactive",
            )
            for row in rows
        }
    return taxes(configured, solutions, details)
