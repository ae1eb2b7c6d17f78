"""How Intacct had documents when they were first read back: kept once for each revision, and never changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from certify_intacct.staging.database import Connection
from certify_intacct.staging.ledger_reads import LedgerDocument


def first_reads(connection: Connection, documents: Collection[LedgerDocument]) -> dict[int, Mapping[str, Any] | None]:
    """By document ID how it stood; None where that was exactly as it was sent. One that nobody has read yet is missing."""
    rows = connection.execute(
        """
        SELECT f.document_id, f.stands FROM ledger.first_read f
        JOIN ledger.document d USING (document_id, revision) WHERE f.document_id = ANY(%s)
        """,
        [[document.document_id for document in documents]],
    ).fetchall()
    return {row["document_id"]: row["stands"] for row in rows}


def keep(connection: Connection, reads: Sequence[tuple[LedgerDocument, Mapping[str, Any] | None]]) -> None:
    """Keeps how documents stand (see :func:`first_reads`), unless somebody has kept that before."""
    connection.execute(
        """
        INSERT INTO ledger.first_read (document_id, revision, stands) SELECT document_id, revision, stands::jsonb
        FROM unnest(%s::bigint[], %s::int[], %s::text[]) AS read (document_id, revision, stands) ON CONFLICT DO NOTHING
        """,
        [
            [document.document_id for document, _ in reads],
            [document.revision for document, _ in reads],
            [None if stands is None else json.dumps(stands) for _, stands in reads],
        ],
    )
