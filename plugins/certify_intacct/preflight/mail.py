"""Whether mail can be sent to those whom connector.yaml wants told. That it cannot stops no run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from certify_intacct.model.preflight import Outcome, PreflightRow

if TYPE_CHECKING:
    from certify_intacct.model.configuration.notifications import NotificationsConfiguration

ITEM = "Mail"


def rows(settings: NotificationsConfiguration) -> list[PreflightRow]:
    """One row, where anybody is to be told. The mail server itself is not asked: it may be slow, or not want to be tried."""
    if not settings.tells_somebody:
        return []
    problem = _problem(settings.smtp_connection)
    return [
        PreflightRow(
            area="Airflow", item=ITEM, outcome=Outcome.MISSING if problem else Outcome.PRESENT, required=False, detail=problem,
            where_to_click=f"Airflow, Admin > Connections: {settings.smtp_connection}, of type SMTP, with host, port and From email. "
            "Nobody is told by mail until then." if problem else "",
        )
    ]  # fmt: skip


def _problem(connection_id: str) -> str:
    try:
        connection = BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        return f"There is no connection {connection_id} (notifications.smtp_connection)."
    if connection.conn_type != "smtp":
        return f"The connection {connection_id} is of type {connection.conn_type!r}."
    if not connection.extra_dejson.get("from_email"):
        return f"The connection {connection_id} has no From email: nobody would know who writes."
    return ""
