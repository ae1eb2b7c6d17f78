"""To whom mails do not come (``ops.unreached``): whoever is to be told by mail cannot be told that by mail, so a page says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from certify_intacct.staging.database import Connection

#: So many subjects of an address are kept, and for so long what nobody writes to any more.
MOST, DAYS = 20, 90
#: So begins what the mail server says of an address itself. It stands until a mail is taken for that one, whatever else fails.
_REFUSAL, _THEN = "^[0-9]{3} ", "; since then: "


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
    """Notes what became of a mail. One that is taken proves the way to the mail server: what that said of an address itself stays.

    :param failed: by address why it was not taken
    :param reached: for whom it was
    """
    connection.execute(
        """
        DELETE FROM ops.unreached WHERE address = ANY(%(reached)s) OR last_at < now() - make_interval(days => %(days)s)
            OR (%(taken)s AND why !~ %(refusal)s AND NOT address = ANY(%(failed)s))
        """,
        {
            "reached": list(reached), "taken": bool(reached), "failed": list(failed), "refusal": _REFUSAL, "days": DAYS,
        },
    )  # fmt: skip
    connection.execute(
        """
        INSERT INTO ops.unreached AS u (address, why, subjects)
        SELECT address, why, ARRAY[%(subject)s] FROM unnest(%(failed)s::text[], %(why)s::text[]) AS f (address, why)
        ON CONFLICT (address) DO UPDATE SET subjects = (EXCLUDED.subjects || u.subjects)[:%(most)s], mails = u.mails + 1,
            last_at = clock_timestamp(), why = CASE WHEN u.why ~ %(refusal)s AND EXCLUDED.why !~ %(refusal)s
                THEN split_part(u.why, %(then)s, 1) || %(then)s || EXCLUDED.why ELSE EXCLUDED.why END
        """,
        {
            "subject": subject, "failed": list(failed), "why": list(failed.values()), "most": MOST, "refusal": _REFUSAL,
            "then": _THEN,
        },
    )  # fmt: skip


def unreached(connection: Connection, addresses: Collection[str]) -> list[Unreached]:
    """Those of these addresses to whom mails do not come, who lacks them longest first."""
    rows = connection.execute(
        "SELECT * FROM ops.unreached WHERE address = ANY(%s) ORDER BY since, address", [list(addresses)]
    ).fetchall()
    return [Unreached(**{**row, "subjects": tuple(row["subjects"])}) for row in rows]
