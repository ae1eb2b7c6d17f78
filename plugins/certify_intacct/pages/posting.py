"""Whether posting is stopped, as every page says it."""

from __future__ import annotations

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.errors import ConnectorError
from certify_intacct.staging import switch
from certify_intacct.staging.database import Connection
from certify_intacct.staging.switch import Stop


def stop_of(connection: Connection) -> Stop | None:
    """Who stopped posting; None while it goes on, or when connector.yaml cannot be read and nothing is posted anyway."""
    try:
        company = load(config_path()).company.intacct_company_id
    except ConnectorError:
        return None
    return switch.stopped(connection, company)
