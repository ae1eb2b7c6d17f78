"""To whom mails do not come (``ops.unreached``): whoever is to be told by mail cannot be told that by mail, so a page says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection

#: So many subjects of an address are kept, and for so long what nobody writes to any more.
MOST, DAYS = 20, 90


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """An address for which no mail is taken.

    :param why: what the mail server, or the way to it, said of the last one
    :param subjects: of the mails that were not taken, the newest first, at most :data:`MOST`
    :param mails: how many they are
    """

    address: str
    why: str
    subjects: tuple[str, ...]
    mails: int
    since: datetime
    last_at: datetime


def keep(connection: Connection, subject: str, failed: Mapping[str, str], reached: Collection[str]) -> None:
    """Notes what became of a mail.

    :param failed: by address why it was not taken
    :param reached: for whom it was
    """
    connection.execute(
        "DELETE FROM ops.unreached WHERE address = ANY(%s) OR last_at < now() - make_interval(days => %s)",
        [list(reached), DAYS],
    )
    connection.execute(
        """
        INSERT INTO ops.unreached AS u (address, why, subjects)
        SELECT address, why, ARRAY[%s] FROM unnest(%s::text[], %s::text[]) AS f (address, why)
        ON CONFLICT (address) DO UPDATE SET why = EXCLUDED.why, subjects = (EXCLUDED.subjects || u.subjects)[:%s], mails = u.mails + 1,
            last_at = clock_timestamp()
        """,
        [subject, list(failed), list(failed.values()), MOST],
    )


def unreached(connection: Connection, addresses: Collection[str]) -> list[Unreached]:
    """Those of these addresses to whom mails do not come, who lacks them longest first."""
    rows = connection.execute(
        "SELECT * FROM ops.unreached WHERE address = ANY(%s) ORDER BY since, address", [list(addresses)]
    ).fetchall()
    return [Unreached(**{**row, "subjects": tuple(row["subjects"])}) for row in rows]
