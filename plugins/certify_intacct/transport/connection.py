"""Reads the fields of an Airflow connection that both hooks need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import ConfigurationError

if TYPE_CHECKING:
    from airflow.sdk import Connection


def required_fields(fields: Mapping[str, tuple[str, Any]], *, where: str) -> dict[str, str]:
    """Return the fields' values.

    :param fields: name in the connection → (label in the form, value).
    :raises ConfigurationError: names all fields that are missing or not text.
    """
    missing = [
        f"{label} ({name})"
        for name, (label, value) in fields.items()
        if not isinstance(value, str) or not value.strip()
    ]
    if missing:
        raise ConfigurationError(
            f"The connection lacks {', '.join(missing)}.",
            where=where,
            cure="Fill them in under Admin > Connections, or in the variable AIRFLOW_CONN_<ID>.",
        )
    return {name: value for name, (_, value) in fields.items()}


def full_url(connection: Connection, *, default: str) -> str:
    """Return the service's URL: the connection's host, which may be a whole URL or a host alone (then https), or `default`.

    `schema` and `port` count only when the host is no URL.
    """
    host = (connection.host or "").strip()
    if not host:
        return default
    if "://" in host:
        return host
    port = f":{connection.port}" if connection.port else ""
    name, _, path = host.partition("/")
    default_path = default.split("://", 1)[1].partition("/")[2]
    return f"{connection.schema or 'https'}://{name}{port}/{path or default_path}"
