"""Data Docs of a load, kept as compressed pages: workers and the api-server share no disk."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from certify_intacct.staging.database import Connection

#: No page is larger; what would be is not kept.
LARGEST = 1_000_000


def keep(connection: Connection, load_id: int, pages: Mapping[str, str]) -> list[str]:
    """Replaces what is kept of a load.

    :param pages: by stream
    :returns: the streams whose page is too large to be kept
    """
    connection.execute("DELETE FROM quality.data_docs WHERE load_id = %s", [load_id])
    made = {stream: page.encode("utf-8", "replace") for stream, page in pages.items()}
    connection.cursor().executemany(
        "INSERT INTO quality.data_docs (load_id, stream, page) VALUES (%s, %s, %s)",
        [(load_id, stream, zlib.compress(page)) for stream, page in made.items() if len(page) <= LARGEST],
    )
    return [stream for stream, page in made.items() if len(page) > LARGEST]


def find(connection: Connection, dag_id: str, load_id: int, stream: str) -> bytes | None:
    """The page of a stream; None when that DAG has no such load, or nothing is kept of it."""
    row = connection.execute(
        """
        SELECT d.page FROM quality.data_docs d JOIN ops.load l USING (load_id)
        WHERE l.dag_id = %s AND d.load_id = %s AND d.stream = %s
        """,
        [dag_id, load_id, stream],
    ).fetchone()
    return zlib.decompressobj().decompress(row["page"], LARGEST) if row else None


def kept(connection: Connection, load_id: int) -> list[str]:
    """The streams of a load of which a page is kept."""
    rows = connection.execute("SELECT stream FROM quality.data_docs WHERE load_id = %s ORDER BY 1", [load_id])
    return [row["stream"] for row in rows]
