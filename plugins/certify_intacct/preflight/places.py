"""Reads from the connections where they lead, and stops what must not go there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseHook

from certify_intacct.model.errors import GuardTripped
from certify_intacct.rules.places import WRONG_ENVIRONMENT_CURE, Place, wrong_entity, wrong_environment
from certify_intacct.transport.addresses import read_address
from certify_intacct.transport.connection import full_url

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration

_ELSEWHERE = "https://elsewhere"


def place(service: str, conn_id: str) -> Place:
    """Where a connection leads. Nothing is asked over the network."""
    connection = BaseHook.get_connection(conn_id)
    extra = connection.extra_dejson
    address = read_address(full_url(connection, default=_ELSEWHERE))
    return Place(
        service=service,
        declared=str(extra.get("environment") or ""),
        loopback=address is not None and address.loopback,
        company=str(extra.get("company_id") or ""),
    )


def problems(configuration: Configuration, *, intacct_conn_id: str, certify_conn_id: str) -> list[str]:
    """What speaks against working with these two connections and this connector.yaml together."""
    company = configuration.company
    places = [place("Sage Intacct", intacct_conn_id), place("Emburse Certify", certify_conn_id)]
    entity = str(BaseHook.get_connection(intacct_conn_id).extra_dejson.get("entity_id") or "")
    other = wrong_entity(company.intacct_entity, entity)
    return [*wrong_environment(company.environment, places), *([other] if other else [])]


def check_places(configuration: Configuration, *, intacct_conn_id: str, certify_conn_id: str) -> None:
    """Refuses connections that lead elsewhere than connector.yaml says.

    :raises GuardTripped: a test key against a live company or the other way round, or another entity; nothing was sent
    """
    found = problems(configuration, intacct_conn_id=intacct_conn_id, certify_conn_id=certify_conn_id)
    if found:
        raise GuardTripped(" ".join(found), where="before anything is written", cure=WRONG_ENVIRONMENT_CURE)
