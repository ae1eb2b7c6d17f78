"""Whether posting is stopped, as every page says it, how much waits, what was decided last, and which backfills are approved."""

from __future__ import annotations

from typing import Any

from certify_intacct.model.configuration import CompanyConfiguration, config_path, load
from certify_intacct.model.errors import ConnectorError
from certify_intacct.staging import backfills, decisions, switch, waiting
from certify_intacct.staging.backfills import BackfillApproval
from certify_intacct.staging.database import Connection
from certify_intacct.staging.switch import Stop
from certify_intacct.staging.waiting import Waits


def stop_of(connection: Connection) -> Stop | None:
    """Who stopped posting; None while it goes on, or when connector.yaml cannot be read and nothing is posted anyway."""
    company = _company()
    return switch.stopped(connection, company.intacct_company_id) if company else None


def waits_of(connection: Connection) -> Waits:
    """How much of expense reports waits; nothing when connector.yaml cannot be read."""
    company = _company()
    return waiting.waits(connection, company.certify_company) if company else Waits()


def backfills_of(connection: Connection) -> list[BackfillApproval]:
    """The approvals of backfills that stand; none when connector.yaml cannot be read."""
    company = _company()
    return backfills.standing(connection, company.intacct_company_id) if company else []


def decisions_of(connection: Connection, *, most: int) -> list[dict[str, Any]]:
    """The last decisions about reports, the newest first; none when connector.yaml cannot be read."""
    company = _company()
    return decisions.latest(connection, company.certify_company, most) if company else []


def _company() -> CompanyConfiguration | None:
    try:
        return load(config_path()).company
    except ConnectorError:
        return None
