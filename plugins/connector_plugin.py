"""Registers the connector with Airflow. It is the only plugin of this folder (see .airflowignore)."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from certify_intacct.notifications.posted_by import TimeAfterItsDates
from certify_intacct.pages.links import (
    PREFIX,
    ComparisonLink,
    IntacctRecordsLink,
    LoadLink,
    ShadowLink,
    decisions_url,
    home_url,
    search_url,
    waiting_url,
)
from certify_intacct.runs import note_listener


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """The pages as an ASGI application, imported at the first request: only the api-server ever needs it."""
    # Beside the event loop: it takes a second or two, and Airflow's own requests come meanwhile.
    module = await asyncio.to_thread(import_module, "certify_intacct.pages.app")
    # Whoever mounts them is Airflow itself: its own API starts a run, in the name and with the rights of whoever asks.
    await module.app({**scope, "airflow": scope.get("app")}, receive, send)


class CertifyIntacctPlugin(AirflowPlugin):
    """The pages and the links to them. Hooks and operators need no registration: they are imported from certify_intacct."""

    name = "certify_intacct"
    fastapi_apps = [{"app": pages, "url_prefix": PREFIX, "name": "Certify and Sage Intacct"}]
    operator_extra_links = [LoadLink(), IntacctRecordsLink(), ComparisonLink(), ShadowLink()]
    # In the scheduler, which sees runs end.
    listeners = [note_listener]
    deadline_references = [TimeAfterItsDates]
    # No url_route: with one, Airflow would show the page in a frame that may not lead to runs or to Intacct. No nav_top_level either:
    # of a view without one, Airflow 3.3.2 makes a button that leads nowhere.
    external_views = [
        {"name": "Certify → Intacct", "href": home_url(), "destination": "nav", "category": "browse"},
        {"name": "Waiting reports", "href": waiting_url(), "destination": "nav", "category": "browse"},
        {"name": "Expense reports", "href": search_url(), "destination": "nav", "category": "browse"},
        {"name": "Decisions", "href": decisions_url(), "destination": "nav", "category": "browse"},
    ]
