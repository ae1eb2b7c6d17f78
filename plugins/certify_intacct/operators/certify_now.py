"""Certify as it is at this moment: full pulls, because Certify may ignore the filters that would find one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certify_intacct.model.people import CertifyItem, CertifyOrganization, CertifyUser, UnprocessedReport
from certify_intacct.staging.streams import people
from certify_intacct.staging.streams.organization import CERTIFY_DEPARTMENTS
from certify_intacct.staging.streams.stream import Stream
from certify_intacct.staging.values import Unreadable, read_value

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook

DEPARTMENTS = CERTIFY_DEPARTMENTS
ENTITIES = people.CERTIFY_ENTITIES


class CertifyNow:
    """Reads Certify afresh.

    :param hook: the Certify hook
    """

    def __init__(self, hook: CertifyHook) -> None:
        self.hook = hook

    def users(self) -> dict[str, CertifyUser]:
        """All users by ID, active or not."""
        return {row["id"]: CertifyUser(**row) for row in self._rows(people.CERTIFY_USERS)}

    def items(self, stream: Stream) -> dict[str, CertifyItem]:
        """All departments or all rows of the first Employee GLD, by ID."""
        return {row["id"]: CertifyItem(**row) for row in self._rows(stream)}

    def unprocessed(self) -> tuple[UnprocessedReport, ...]:
        """The headers of all reports that are not processed."""
        return tuple(UnprocessedReport(**row) for row in self._rows(people.CERTIFY_UNPROCESSED_REPORTS))

    def organization(self) -> CertifyOrganization:
        """All of it."""
        return CertifyOrganization(
            departments=tuple(self.items(DEPARTMENTS).values()),  # type: ignore[arg-type]
            glds=tuple(self.items(ENTITIES).values()),  # type: ignore[arg-type]
            users=tuple(self.users().values()),
            unprocessed=self.unprocessed(),
        )

    def _rows(self, stream: Stream) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for params in stream.param_sets:
            for page in self.hook.pages(stream.source, **params):
                for record in page.records:
                    row = _row(stream, record)
                    if row["id"] not in seen:
                        seen.add(row["id"])
                        yield row


def _row(stream: Stream, record: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a record; what is missing or unreadable is empty or false."""
    row: dict[str, Any] = {}
    for column in stream.columns:
        try:
            value = read_value(column.type, record.get(column.source))
        except Unreadable:
            value = None
        row[column.name] = bool(value) if column.type == "boolean" else value or ""
    return row
