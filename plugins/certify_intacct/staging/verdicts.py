"""Reads the verdict views and stores what was judged: results and quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import sql

from certify_intacct.model.verdicts import Severity, Verdict
from certify_intacct.staging.database import Connection

SAMPLE = 20


def verdict_rows(connection: Connection, stream: str, load_id: int) -> list[dict[str, Any]]:
    """The rows of ``quality.<stream>_verdicts`` that belong to a load."""
    view = sql.Identifier("quality", f"{stream}_verdicts")
    return connection.execute(sql.SQL("SELECT * FROM {} WHERE load_id = %s").format(view), [load_id]).fetchall()


def store_verdicts(
    connection: Connection, load_id: int, verdicts: Iterable[Verdict], labels: Mapping[str, Mapping[str, str]]
) -> None:
    """Replaces what a load has in ``quality.result`` and ``quality.quarantine``.

    :param labels: for each stream, what a person calls the row of a key
    """
    verdicts = list(verdicts)
    connection.execute("DELETE FROM quality.result WHERE load_id = %s", [load_id])
    connection.execute("DELETE FROM quality.quarantine WHERE load_id = %s", [load_id])
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO quality.result (load_id, stream, rule, severity, checked, failed, sample) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (
                load_id,
                v.stream,
                v.rule,
                v.severity.value,
                v.checked,
                len(v.failed_keys),
                json.dumps(list(v.failed_keys[:SAMPLE])),
            )
            for v in verdicts
        ],
    )
    cursor.executemany(
        "INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason, cure) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (load_id, v.stream, key, labels.get(v.stream, {}).get(key, key), v.rule, v.reason, v.cure)
            for v in verdicts
            if v.severity is Severity.WARNING
            for key in v.failed_keys
        ],
    )
