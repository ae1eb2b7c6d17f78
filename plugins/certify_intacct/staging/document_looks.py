"""Which documents need not be read again: those that Intacct has not changed since they were read in full."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from certify_intacct.staging.database import Connection

# A time of change has whole seconds: two looks must have seen the same, one of them when that second was over. A line may change
# without its document: once a week everything is read whatever it says.
LONGEST = timedelta(days=7)


def unchanged(connection: Connection, modified: Mapping[int, str]) -> set[int]:
    """The documents that need not be read again, by ID.

    :param modified: the time of change that Intacct shows for each; empty where it shows none
    """
    rows = connection.execute(
        """
        SELECT l.document_id FROM ops.document_look l
        JOIN unnest(%s::bigint[], %s::text[]) AS now (document_id, modified) ON now.document_id = l.document_id
        WHERE now.modified <> '' AND now.modified = l.modified AND l.settled AND l.looked_at > clock_timestamp() - %s
        """,
        [list(modified), list(modified.values()), LONGEST],
    ).fetchall()
    return {row["document_id"] for row in rows}


def looked(connection: Connection, modified: Mapping[int, str], read: Collection[int]) -> None:
    """Notes that documents were read in full.

    :param read: their IDs
    """
    rows = [(document_id, modified[document_id]) for document_id in read if document_id in modified]
    connection.execute(
        """
        INSERT INTO ops.document_look AS l (document_id, modified, settled)
        SELECT document_id, modified, false FROM unnest(%s::bigint[], %s::text[]) AS now (document_id, modified)
        ON CONFLICT (document_id) DO UPDATE SET
            settled = EXCLUDED.modified = l.modified AND (l.settled OR l.looked_at <= clock_timestamp() - interval '1 second'),
            modified = EXCLUDED.modified, looked_at = clock_timestamp()
        """,
        [[document_id for document_id, _ in rows], [text for _, text in rows]],
    )
