"""Writes the ledger of posted documents.

Every change of state goes through ``move_all``; the database refuses a transition that is not in the table, and writes the event.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from certify_intacct.model.documents import Document
from certify_intacct.model.ledger import LedgerState
from certify_intacct.staging.database import Connection, many

ADOPTED = "Found in Intacct and adopted."

_ENTER = """
    INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind, payer,
        entity, session_entity, currency, total, line_count, payee_id, posting_date, state, revision, attempts, control_id,
        canonical, sha256, request, config_hash, load_id, adopted, record_no, record_url, intacct_state, last_sent_at, run_id, actor,
        message, content, charges, approved_by, backfill_id)
    VALUES (%(certify)s, %(intacct)s, %(report)s, %(sequence)s, %(ordinal)s, %(number)s, %(token)s, %(kind)s, %(payer)s,
        %(entity)s, %(session)s, %(currency)s, %(total)s, %(lines)s, %(payee)s, %(day)s, %(state)s, %(revision)s, %(attempts)s,
        %(control)s, %(canonical)s, %(sha)s, %(request)s, %(config)s, %(load)s, %(adopted)s, %(record_no)s, %(record_url)s,
        %(intacct_state)s, CASE WHEN %(state)s = 'sending' THEN now() END, %(run)s, %(actor)s, %(message)s,
        (SELECT content FROM plan.document WHERE load_id = %(load)s AND number = %(number)s),
        (SELECT charges FROM plan.document WHERE load_id = %(load)s AND number = %(number)s), %(approved)s,
        %(backfill)s)
    RETURNING document_id
    """


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document on its way into the ledger.

    :param request: the bytes that are sent for it; none when it is adopted
    :param record: RECORDNO, state and address in Intacct of a document that was found there
    """

    document: Document
    revision: int
    control_id: str
    request: bytes
    config_hash: str
    approved_by: str = ""
    backfill_id: int | None = None
    record: Mapping[str, Any] | None = None


def enter(
    connection: Connection, entries: Sequence[Entry], *, state: LedgerState, load_id: int, run_id: str, actor: str
) -> list[int]:
    """Writes documents into the ledger for the first time: claimed for sending, or adopted.

    :returns: their IDs in the ledger
    """
    common = {"state": state.value, "load": load_id, "run": run_id, "actor": actor}
    common["attempts"] = 1 if state is LedgerState.SENDING else 0
    rows = many(connection, _ENTER, [_stated(entry.document) | _entered(entry) | common for entry in entries])
    ids = [int(row["document_id"]) for row in rows]
    expenses = [
        (document_id, entry.document.key.certify_company, entry.document.key.intacct_company, expense_id, entry.document.payer.value)
        for document_id, entry in zip(ids, entries, strict=True)
        for expense_id in sorted(entry.document.expense_ids)
    ]  # fmt: skip
    connection.execute(
        """
        INSERT INTO ledger.document_expense (document_id, certify_company, intacct_company, expense_id, payer)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
        """,
        [[one[column] for one in expenses] for column in range(5)],
    )
    return ids


def _entered(entry: Entry) -> dict[str, Any]:
    found = entry.record or {}
    return {
        "revision": entry.revision,
        "control": entry.control_id,
        "request": entry.request,
        "config": entry.config_hash,
        "approved": entry.approved_by,
        "backfill": entry.backfill_id,
        "adopted": entry.record is not None,
        "record_no": found.get("record_no"),
        "record_url": found.get("record_url"),
        "intacct_state": found.get("intacct_state"),
        "message": ADOPTED if entry.record is not None else "",
    }


def _stated(document: Document) -> dict[str, Any]:
    """What a document says itself, by the names of ``_ENTER``."""
    return {
        "certify": document.key.certify_company,
        "intacct": document.key.intacct_company,
        "report": document.key.report_id,
        "sequence": document.key.sequence,
        "ordinal": document.key.ordinal,
        "number": document.number,
        "token": document.token,
        "kind": document.kind.value,
        "payer": document.payer.value,
        "entity": document.entity,
        "session": document.session_entity,
        "currency": document.currency,
        "total": document.total,
        "lines": len(document.lines),
        "payee": document.payee_id,
        "day": document.posting_date,
        "canonical": document.canonical(),
        "sha": document.sha256,
    }


def revise(connection: Connection, document_id: int, entry: Entry, *, load_id: int, run_id: str, actor: str) -> None:
    """Claims a rejected or held document for its next revision, with what the new plan made of it.

    That may be another kind of document, with another number: it stays the same part of the same report.
    """
    move(
        connection,
        document_id,
        LedgerState.SENDING,
        run_id=run_id,
        actor=actor,
        revision=entry.revision,
        attempts=1,
        control_id=entry.control_id,
        request=entry.request,
        config_hash=entry.config_hash,
        load_id=load_id,
        absent_checks=0,
        last_absent_at=None,
        message="",
        answer={},
        approved_by=entry.approved_by,
        backfill_id=entry.backfill_id,
        **_remade(entry.document),
        **_planned(connection, load_id, entry.document),
    )


def adopt(connection: Connection, document_id: int, entry: Entry, *, load_id: int, run_id: str, actor: str) -> None:
    """Records, as its next revision, that a document which the ledger says was refused stands in Intacct, and how it stands there."""
    who: dict[str, Any] = {"run_id": run_id, "actor": actor}
    document = entry.document
    columns: dict[str, Any] = {
        "revision": entry.revision,
        "control_id": entry.control_id,
        "request": entry.request,
        "config_hash": entry.config_hash,
    }
    message = "Refused, and yet found in Intacct."
    planned = {**_remade(document), **_planned(connection, load_id, document)}
    move(connection, document_id, LedgerState.HELD, message=message, load_id=load_id, **who, **columns, **planned)
    record = entry.record or {}
    move(connection, document_id, LedgerState.ACCEPTED, adopted=True, message=ADOPTED, **record, **who)


def _remade(document: Document) -> dict[str, Any]:
    """The columns that follow a document, whatever it was made as before."""
    return {
        "number": document.number,
        "kind": document.kind.value,
        "entity": document.entity,
        "session_entity": document.session_entity,
        "currency": document.currency,
        "total": document.total,
        "line_count": len(document.lines),
        "payee_id": document.payee_id,
        "posting_date": document.posting_date,
        "canonical": document.canonical(),
        "sha256": document.sha256,
    }


def _planned(connection: Connection, load_id: int, document: Document) -> dict[str, Any]:
    """What the lines of a document were in Certify when a load planned it."""
    row = connection.execute(
        "SELECT content, charges FROM plan.document WHERE load_id = %s AND number = %s", [load_id, document.number]
    ).fetchone()
    assert row is not None  # what is claimed was planned
    return {"content": Jsonb(row["content"]), "charges": row["charges"]}


def move(
    connection: Connection, document_id: int, state: LedgerState, *, run_id: str, actor: str, **columns: Any
) -> None:
    """Moves a document to ``state`` and sets further columns; the database writes the event.

    ``sending`` notes the time; ``answer`` is stored as JSON.
    """
    move_all(connection, state, {document_id: columns}, run_id=run_id, actor=actor)


def move_from(
    connection: Connection,
    document_id: int,
    before: Collection[LedgerState],
    state: LedgerState,
    *,
    run_id: str,
    actor: str,
    **columns: Any,
) -> bool:
    """Moves a document unless somebody else has moved it out of the states ``before`` meanwhile; tells whether it did."""
    return bool(move_all(connection, state, {document_id: columns}, before=before, run_id=run_id, actor=actor))


def move_all(
    connection: Connection,
    state: LedgerState,
    documents: Mapping[int, Mapping[str, Any]],
    *,
    before: Collection[LedgerState] = (),
    run_id: str,
    actor: str,
) -> set[int]:
    """Moves documents to ``state``, as :func:`move` does one.

    :param documents: the further columns of each, the same for all
    :param before: one that somebody else has moved out of these states meanwhile is left as it is; none: whatever its state
    :returns: the IDs of those that were moved
    """
    common = {"state": state.value, "run_id": run_id, "actor": actor}
    more: LiteralString = ", last_sent_at = clock_timestamp()" if state is LedgerState.SENDING else ""
    condition: LiteralString = " AND state = ANY(%(before)s)" if before else ""
    values = [
        {**common, **columns, "key": document_id, "before": [one.value for one in before]}
        for document_id, columns in documents.items()
    ]
    return _update(connection, values, more, condition)


def note(connection: Connection, documents: Mapping[int, Mapping[str, Any]]) -> None:
    """Sets columns, the same of each document, that are no change of state (an absence check, when it was last seen)."""
    _update(connection, [{**columns, "key": document_id} for document_id, columns in documents.items()])


def sent_now(connection: Connection, document_ids: Collection[int]) -> None:
    """Notes that documents that are ``sending`` leave only now: absence is counted from the last moment at which they did."""
    connection.execute(
        "UPDATE ledger.document SET last_sent_at = clock_timestamp() WHERE document_id = ANY(%s) AND state = 'sending'",
        [list(document_ids)],
    )


def _update(
    connection: Connection, values: Sequence[dict[str, Any]], more: LiteralString = "", condition: LiteralString = ""
) -> set[int]:
    """Updates one document with each of ``values``, which name the same columns: its ID is their ``key``."""
    if not values:
        return set()
    for row in values:
        if "answer" in row:
            row["answer"] = json.dumps(row["answer"], default=str)
    assignments = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
        for name in values[0]
        if name not in ("key", "before")
    ]
    statement = sql.SQL("UPDATE ledger.document SET {}{} WHERE document_id = %(key)s{} RETURNING document_id").format(
        sql.SQL(", ").join(assignments), sql.SQL(more), sql.SQL(condition)
    )
    return {row["document_id"] for row in many(connection, statement, values)}
