"""Whether posting is stopped, as every page says it, and which backfills are approved."""

from __future__ import annotations

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConnectorError
from certify_intacct.staging import backfills, switch
from certify_intacct.staging.backfills import BackfillApproval
from certify_intacct.staging.database import Connection
from certify_intacct.staging.switch import Stop


def stop_of(connection: Connection) -> Stop | None:
    """Who stopped posting; None while it goes on, or when connector.yaml cannot be read and nothing is posted anyway."""
    company = _company()
    return switch.stopped(connection, company) if company else None


def backfills_of(connection: Connection) -> list[BackfillApproval]:
    """The approvals of backfills that stand; none when connector.yaml cannot be read."""
    company = _company()
    return backfills.standing(connection, company) if company else []


def _company() -> str:
    try:
        return load(config_path()).company.intacct_company_id
    except ConnectorError:
        return ""
