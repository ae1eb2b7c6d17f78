"""Certify as it is at this moment: full pulls, because Certify may ignore the filters that would find one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from certify_intacct.model.dimensions import PlaceKind
from certify_intacct.model.errors import GuardTripped
from certify_intacct.model.people import (
    CertifyItem,
    CertifyOrganization,
    CertifyUser,
    UnprocessedExpense,
    UnprocessedReport,
)
from certify_intacct.rules.texts import readable
from certify_intacct.staging.bulk import STAND_IN
from certify_intacct.staging.streams import STREAMS, people
from certify_intacct.staging.streams.stream import Stream
from certify_intacct.staging.values import Unreadable, read_value

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook
    from certify_intacct.model.configuration.dimensions import Used

_LONGEST = 200


class CertifyNow:
    """Reads Certify afresh.

    :param hook: the Certify hook
    :param listed: the dimensions whose lists are worked on
    """

    def __init__(self, hook: CertifyHook, listed: Sequence[Used]) -> None:
        self.hook = hook
        self.listed = listed

    def users(self) -> dict[str, CertifyUser]:
        """All users by ID, active or not.

        :raises GuardTripped: the ID of one cannot be read, so nobody knows whom a change would meet
        """
        users = {row["id"]: CertifyUser(**row) for row in self._rows(people.CERTIFY_USERS)}
        if nameless := next((user for user in users.values() if not known_id(user.id)), None):
            raise GuardTripped(
                f"A user of Certify has an ID that cannot be read: {readable(nameless.email, _LONGEST)}.",
                where="Certify, before users are changed",
                cure="Look at the user in Certify. Nobody is changed until all users can be told apart.",
            )
        return users

    def items(self, used: Used) -> dict[str, CertifyItem]:
        """All rows of the list of a dimension, by ID (see ``known_id``)."""
        stream = replace(STREAMS[used.dimension.certify_stream], source=used.settings.place.resource)
        return {
            row["key"]: CertifyItem(id=row["key"], code=row["code"], name=row["name"], active=row["status"] == "active")
            for row in self._rows(stream)
        }

    def unprocessed(self) -> tuple[UnprocessedReport, ...]:
        """The headers of all reports that are not processed."""
        return tuple(UnprocessedReport(**row) for row in self._rows(people.CERTIFY_UNPROCESSED_REPORTS))

    def unprocessed_lines(self) -> tuple[UnprocessedExpense, ...]:
        """Their lines, where a dimension stands on lines; nobody asks for them otherwise."""
        if not any(used.settings.place.kind is PlaceKind.REPORT_GLD for used in self.listed):
            return ()
        return tuple(UnprocessedExpense(**row) for row in self._rows(people.CERTIFY_UNPROCESSED_EXPENSES))

    def organization(self) -> CertifyOrganization:
        """All of it."""
        return CertifyOrganization(
            lists={used.dimension.name: tuple(self.items(used).values()) for used in self.listed},
            users=tuple(self.users().values()),
            unprocessed=self.unprocessed(),
            unprocessed_lines=self.unprocessed_lines(),
        )

    def _rows(self, stream: Stream) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        (key,) = (column.name for column in stream.key_columns)
        for params in stream.param_sets:
            for page in self.hook.pages(stream.source, **params):
                for record in page.records:
                    row = _row(stream, record)
                    row[key] = row[key] or f"{STAND_IN}{len(seen)}"
                    if row[key] not in seen:
                        seen.add(row[key])
                        yield row


def known_id(certify_id: str) -> bool:
    """Whether it is an ID of Certify's, and does not stand for one that cannot be read."""
    return not certify_id.startswith(STAND_IN)


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
