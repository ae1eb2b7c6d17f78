"""Writes the ledger of posted documents.

Every change of state goes through ``move``; the database refuses a transition that is not in the table, and writes the event.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from certify_intacct.model.documents import Document
from certify_intacct.model.ledger import LedgerState
from certify_intacct.staging.database import Connection

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


def enter(
    connection: Connection,
    document: Document,
    *,
    state: LedgerState,
    revision: int,
    control_id: str,
    request: bytes,
    config_hash: str,
    load_id: int,
    run_id: str,
    actor: str,
    approved_by: str = "",
    backfill_id: int | None = None,
    record: Mapping[str, Any] | None = None,
) -> int:
    """Writes a document into the ledger for the first time: claimed for sending, or adopted.

    :param record: RECORDNO, state and address in Intacct of a document that was found there
    :returns: its ID in the ledger
    """
    found = record or {}
    row = connection.execute(
        _ENTER,
        _stated(document)
        | {
            "state": state.value,
            "revision": revision,
            "attempts": 1 if state is LedgerState.SENDING else 0,
            "control": control_id,
            "request": request,
            "config": config_hash,
            "load": load_id,
            "adopted": record is not None,
            "record_no": found.get("record_no"),
            "record_url": found.get("record_url"),
            "intacct_state": found.get("intacct_state"),
            "run": run_id,
            "actor": actor,
            "approved": approved_by,
            "backfill": backfill_id,
            "message": ADOPTED if record is not None else "",
        },
    ).fetchone()
    assert row is not None
    document_id = int(row["document_id"])
    connection.cursor().executemany(
        """
        INSERT INTO ledger.document_expense (document_id, certify_company, intacct_company, expense_id, payer)
        VALUES (%s, %s, %s, %s, %s)
        """,
        [
            (document_id, document.key.certify_company, document.key.intacct_company, expense_id, document.payer.value)
            for expense_id in sorted(document.expense_ids)
        ],
    )
    return document_id


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


def revise(
    connection: Connection,
    document_id: int,
    document: Document,
    *,
    revision: int,
    control_id: str,
    request: bytes,
    config_hash: str,
    load_id: int,
    run_id: str,
    actor: str,
    approved_by: str = "",
    backfill_id: int | None = None,
) -> None:
    """Claims a rejected or held document for its next revision, with what the new plan made of it.

    That may be another kind of document, with another number: it stays the same part of the same report.
    """
    move(
        connection,
        document_id,
        LedgerState.SENDING,
        run_id=run_id,
        actor=actor,
        revision=revision,
        attempts=1,
        control_id=control_id,
        request=request,
        config_hash=config_hash,
        load_id=load_id,
        absent_checks=0,
        last_absent_at=None,
        message="",
        answer={},
        approved_by=approved_by,
        backfill_id=backfill_id,
        **_remade(document),
        **_planned(connection, load_id, document),
    )


def adopt(
    connection: Connection,
    document_id: int,
    document: Document,
    *,
    record: Mapping[str, Any],
    run_id: str,
    actor: str,
    load_id: int,
    **columns: Any,
) -> None:
    """Records, as its next revision, that a document which the ledger says was refused stands in Intacct, and how it stands there.

    :param record: RECORDNO, state and address in Intacct
    :param columns: revision, control ID, request and configuration hash
    """
    who = {"run_id": run_id, "actor": actor}
    message = "Refused, and yet found in Intacct."
    planned = {**_remade(document), **_planned(connection, load_id, document)}
    move(connection, document_id, LedgerState.HELD, message=message, load_id=load_id, **who, **columns, **planned)
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
    connection: Connection,
    document_id: int,
    state: LedgerState,
    *,
    run_id: str,
    actor: str,
    **columns: Any,
) -> None:
    """Moves a document to ``state`` and sets further columns; the database writes the event.

    ``sending`` notes the time; ``answer`` is stored as JSON.
    """
    _move(connection, document_id, state, (), run_id=run_id, actor=actor, **columns)


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
    return _move(connection, document_id, state, before, run_id=run_id, actor=actor, **columns)


def _move(
    connection: Connection, document_id: int, state: LedgerState, before: Collection[LedgerState], **columns: Any
) -> bool:
    values = {"state": state.value, **columns}
    if "answer" in values:
        values["answer"] = json.dumps(values["answer"], default=str)
    assignments: list[sql.Composable] = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in values
    ]
    if state is LedgerState.SENDING:
        assignments.append(sql.SQL("last_sent_at = clock_timestamp()"))
    condition = sql.SQL("AND state = ANY(%(before)s)" if before else "")
    cursor = connection.execute(
        sql.SQL("UPDATE ledger.document SET {} WHERE document_id = {} {}").format(
            sql.SQL(", ").join(assignments), sql.Placeholder("key"), condition
        ),
        {**values, "key": document_id, "before": [one.value for one in before]},
    )
    return cursor.rowcount == 1


def sent_now(connection: Connection, document_ids: Collection[int]) -> None:
    """Notes that documents that are ``sending`` leave only now: absence is counted from the last moment at which they did."""
    connection.execute(
        "UPDATE ledger.document SET last_sent_at = clock_timestamp() WHERE document_id = ANY(%s) AND state = 'sending'",
        [list(document_ids)],
    )


def note(connection: Connection, document_id: int, **columns: Any) -> None:
    """Sets columns that are no change of state (an absence check, when it was last seen)."""
    assignments = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns]
    connection.execute(
        sql.SQL("UPDATE ledger.document SET {} WHERE document_id = {}").format(
            sql.SQL(", ").join(assignments), sql.Placeholder("key")
        ),
        {**columns, "key": document_id},
    )
