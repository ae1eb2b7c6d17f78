"""The hook to Emburse Certify's REST API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from certify_intacct.certify.client import CertifyClient
from certify_intacct.certify.resources import ResourcePage, UpdateStatus
from certify_intacct.model.errors import ConnectorError
from certify_intacct.transport.connection import full_url, required_fields
from certify_intacct.transport.metering import Meter
from certify_intacct.transport.settings import TransportSettings

if TYPE_CHECKING:
    from airflow.sdk import Connection

DEFAULT_URL = "https://api.certify.com/v1/"

__all__ = ["CertifyHook", "ResourcePage", "UpdateStatus"]


class CertifyHook(BaseHook):
    """
    Speaks to one company's Emburse Certify.

    Connection fields: host = base URL (default https://api.certify.com/v1/), password = API secret; extra: api_key and the
    transport's settings (see certify_intacct.transport.settings).

    :param certify_conn_id: the connection's ID.
    :param meter: counts what is asked; it hands its count over when the hook is closed.
    """

    conn_name_attr = "certify_conn_id"
    default_conn_name = "emburse_certify_default"
    conn_type = "emburse_certify"
    hook_name = "Emburse Certify"

    def __init__(self, certify_conn_id: str = default_conn_name, *, meter: Meter | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.certify_conn_id = certify_conn_id
        self._meter = meter
        self._client: CertifyClient | None = None

    def get_conn(self) -> CertifyClient:
        """Return the client, made from the connection at first use. Nothing is sent yet.

        :raises ConfigurationError: the connection lacks a field or has a wrong one; all that are missing are named.
        """
        if self._client is None:
            self._client = self._made(self.get_connection(self.certify_conn_id))
        return self._client

    @property
    def requests_at_once(self) -> int:
        """How many requests a task may have under way at Certify, by the connection."""
        return self.get_conn().requests_at_once

    def pages(self, resource: str, **params: Any) -> Iterator[ResourcePage]:
        """
        Read all records of a resource page by page, and prove at the end that none is missing. Memory holds one page.

        Numbers in the records are int or Decimal, with exactly the digits that Certify sent.

        :param resource: such as "users", "empglds/1", "expensereports" or "expensereports/<id>/expenses".
        :param params: the filters that Certify knows for it, such as active=1, startdate=date(2026, 3, 1), processed=2. None
            leaves one out. `page` is ours.
        :raises IncompleteAnswer: fewer or more records came than Certify counts; reading again from the start is the cure.
        """
        yield from self.get_conn().pages(resource, params)

    def get(self, resource: str, record_id: str, *, most_bytes: int | None = None) -> dict[str, Any] | None:
        """Read one record by its ID; None if there is none.

        :param most_bytes: the largest answer to read; the connection's max_answer_bytes when that is less.
        :raises AnswerTooLarge: it is larger.
        :raises AnswerUnreadable: what came is no such record, or another one.
        """
        return self.get_conn().get(resource, record_id, most_bytes=most_bytes)

    def create(self, resource: str, body: Mapping[str, Any]) -> str:
        """
        Create one record (PUT, sent once) and return its ID.

        :param resource: such as "users" or "empglds/1".
        :raises RecordRefused: Certify does not want it; nothing was created.
        :raises AnswerUnreadable: nobody knows whether it was created: look it up before trying again.
        """
        return self.get_conn().create(resource, body)

    def update(self, resource: str, records: Sequence[Mapping[str, Any]]) -> list[UpdateStatus]:
        """
        Update records by their ID (POST, sent once) and return what became of each, in the same order.

        Fields that a record does not name keep their value. Certify answers success as a whole even when single records failed, so
        each status must be looked at.

        If Certify refuses a whole request for the sake of one record, the others are sent without it.

        :param records: each with "ID" and the fields that change.
        :raises CredentialsRefused, PermissionDenied, RateLimited: refused; of a single request nothing was changed.
        :raises AnswerUnreadable: nobody knows which of them were changed.
        """
        return self.get_conn().update(resource, records)

    def test_connection(self) -> tuple[bool, str]:
        """Read one page of departments and say in plain words what came of it."""
        try:
            page = self.get_conn().first_page("departments")
        except ConnectorError as error:
            return False, str(error)
        return True, f"Certify answered; it knows {page.record_count} departments."

    def close(self) -> None:
        """Close the connections to Certify."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def _where(self) -> str:
        return f"Emburse Certify (connection {self.certify_conn_id})"

    def _made(self, connection: Connection) -> CertifyClient:
        extra = connection.extra_dejson
        found = required_fields(
            {"api_key": ("API key", extra.get("api_key")), "password": ("API secret", connection.password)},
            where=self._where,
        )
        return CertifyClient(
            full_url(connection, default=DEFAULT_URL),
            api_key=found["api_key"],
            api_secret=found["password"],
            settings=TransportSettings.from_extra(extra, where=self._where),
            where=self._where,
            meter=self._meter,
        )
