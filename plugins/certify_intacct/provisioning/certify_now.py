"""Certify as it is at this moment: full pulls, because Certify may ignore the filters that would find one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import GuardTripped
from certify_intacct.model.people import CertifyItem, CertifyOrganization, CertifyUser, UnprocessedReport
from certify_intacct.rules.texts import readable
from certify_intacct.staging.bulk import STAND_IN
from certify_intacct.staging.streams import people
from certify_intacct.staging.streams.organization import CERTIFY_DEPARTMENTS
from certify_intacct.staging.streams.stream import Stream
from certify_intacct.staging.values import Unreadable, read_value

if TYPE_CHECKING:
    from certify_intacct.certify.hook import CertifyHook

DEPARTMENTS = CERTIFY_DEPARTMENTS
ENTITIES = people.CERTIFY_ENTITIES
_LONGEST = 200


class CertifyNow:
    """Reads Certify afresh.

    :param hook: the Certify hook
    """

    def __init__(self, hook: CertifyHook) -> None:
        self.hook = hook

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

    def items(self, stream: Stream) -> dict[str, CertifyItem]:
        """All departments or all rows of the first Employee GLD, by ID (see ``known_id``)."""
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
                    row["id"] = row["id"] or f"{STAND_IN}{len(seen)}"
                    if row["id"] not in seen:
                        seen.add(row["id"])
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
