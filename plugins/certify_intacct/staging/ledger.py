"""Reads and writes the ledger of posted documents.

Every change of state goes through ``move``; the database refuses a transition that is not in the table, and writes the event.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.ledger import LedgerState
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class LedgerDocument:
    """A row of ``ledger.document``."""

    document_id: int
    certify_company: str
    intacct_company: str
    report_id: str
    sequence: int
    ordinal: int
    number: str
    token: str
    kind: DocumentKind
    entity: str
    session_entity: str
    currency: str
    total: Decimal
    line_count: int
    payee_id: str
    posting_date: date
    state: LedgerState
    revision: int
    attempts: int
    control_id: str
    canonical: bytes
    request: bytes
    load_id: int
    record_no: str | None
    intacct_state: str | None
    message: str
    last_sent_at: datetime | None
    absent_checks: int
    last_absent_at: datetime | None
    answer: Mapping[str, Any]

    @property
    def document(self) -> Document:
        return Document.from_canonical(self.canonical)


@dataclass(frozen=True, kw_only=True)
class FrozenReport:
    """A report as it was when one of its documents was first claimed."""

    report_id: str
    sequence: int
    source_hash: str
    content: Mapping[str, Any]


_COLUMNS = sql.SQL(", ").join(sql.Identifier(name) for name in LedgerDocument.__dataclass_fields__)


def find_documents(connection: Connection, condition: str, values: Mapping[str, Any]) -> list[LedgerDocument]:
    """The documents for which an SQL condition of ours holds, in order of their numbers."""
    query = sql.SQL("SELECT {} FROM ledger.document WHERE {} ORDER BY number").format(_COLUMNS, sql.SQL(condition))  # type: ignore[arg-type]
    return [_document(row) for row in connection.execute(query, values)]


def documents_of_reports(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[str, list[LedgerDocument]]:
    """What the ledger has of each report, by report ID."""
    found: dict[str, list[LedgerDocument]] = defaultdict(list)
    for document in find_documents(
        connection,
        "certify_company = %(company)s AND report_id = ANY(%(ids)s)",
        {"company": certify_company, "ids": list(report_ids)},
    ):
        found[document.report_id].append(document)
    return dict(found)


def frozen_reports(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, int], FrozenReport]:
    """The reports that were frozen, by report ID and sequence."""
    rows = connection.execute(
        "SELECT report_id, sequence, source_hash, content FROM ledger.report WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row["report_id"], row["sequence"]): FrozenReport(**row) for row in rows}


def releases(
    connection: Connection, certify_company: str, report_ids: Collection[str]
) -> dict[tuple[str, str], frozenset[str]]:
    """The rules that persons released, by report ID and the hash of its content at that moment."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(
        "SELECT report_id, source_hash, rule FROM ledger.release WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(report_ids)],
    ):
        found[row["report_id"], row["source_hash"]].add(row["rule"])
    return {key: frozenset(rules) for key, rules in found.items()}


def freeze_report(connection: Connection, load_id: int, report_id: str, certify_company: str, sequence: int) -> bool:
    """Freezes a report as a load planned it, unless it is frozen already.

    :returns: whether what is frozen is what the load planned
    """
    connection.execute(
        """
        INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date, source_hash,
            content, load_id)
        SELECT %(company)s, report_id, %(sequence)s, token, label, employee_id, processed_date, source_hash, content, load_id
        FROM plan.report WHERE load_id = %(load)s AND report_id = %(report)s
        ON CONFLICT DO NOTHING
        """,
        {"company": certify_company, "sequence": sequence, "load": load_id, "report": report_id},
    )
    row = connection.execute(
        """
        SELECT f.source_hash = p.source_hash AS same FROM ledger.report f, plan.report p
        WHERE f.certify_company = %s AND f.report_id = %s AND f.sequence = %s AND p.load_id = %s AND p.report_id = f.report_id
        """,
        [certify_company, report_id, sequence, load_id],
    ).fetchone()
    return bool(row and row["same"])


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
    record: Mapping[str, Any] | None = None,
) -> int:
    """Writes a document into the ledger for the first time: claimed for sending, or adopted.

    :param record: RECORDNO and state in Intacct of a document that was found there
    :returns: its ID in the ledger
    """
    found = record or {}
    row = connection.execute(
        """
        INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind, entity,
            session_entity, currency, total, line_count, payee_id, posting_date, state, revision, attempts, control_id, canonical,
            sha256, request, config_hash, load_id, adopted, record_no, intacct_state, last_sent_at, run_id, actor, message)
        VALUES (%(certify)s, %(intacct)s, %(report)s, %(sequence)s, %(ordinal)s, %(number)s, %(token)s, %(kind)s, %(entity)s,
            %(session)s, %(currency)s, %(total)s, %(lines)s, %(payee)s, %(day)s, %(state)s, %(revision)s, %(attempts)s, %(control)s,
            %(canonical)s, %(sha)s, %(request)s, %(config)s, %(load)s, %(adopted)s, %(record_no)s, %(intacct_state)s,
            CASE WHEN %(state)s = 'sending' THEN now() END, %(run)s, %(actor)s, %(message)s)
        RETURNING document_id
        """,
        {
            "certify": document.key.certify_company,
            "intacct": document.key.intacct_company,
            "report": document.key.report_id,
            "sequence": document.key.sequence,
            "ordinal": document.key.ordinal,
            "number": document.number,
            "token": document.token,
            "kind": document.kind.value,
            "entity": document.entity,
            "session": document.session_entity,
            "currency": document.currency,
            "total": document.total,
            "lines": len(document.lines),
            "payee": document.payee_id,
            "day": document.posting_date,
            "state": state.value,
            "revision": revision,
            "attempts": 1 if state is LedgerState.SENDING else 0,
            "control": control_id,
            "canonical": document.canonical(),
            "sha": document.sha256,
            "request": request,
            "config": config_hash,
            "load": load_id,
            "adopted": record is not None,
            "record_no": found.get("record_no"),
            "intacct_state": found.get("intacct_state"),
            "run": run_id,
            "actor": actor,
            "message": "Found in Intacct and adopted." if record is not None else "",
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
            (document_id, document.key.certify_company, document.key.intacct_company, expense_id, document.kind.value)
            for expense_id in sorted(document.expense_ids)
        ],
    )
    return document_id


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
) -> None:
    """Claims a rejected or held document for its next revision, with what the new plan made of it."""
    move(
        connection,
        document_id,
        LedgerState.SENDING,
        run_id=run_id,
        actor=actor,
        revision=revision,
        attempts=1,
        control_id=control_id,
        canonical=document.canonical(),
        sha256=document.sha256,
        request=request,
        config_hash=config_hash,
        load_id=load_id,
        number=document.number,
        kind=document.kind.value,
        entity=document.entity,
        session_entity=document.session_entity,
        currency=document.currency,
        total=document.total,
        line_count=len(document.lines),
        payee_id=document.payee_id,
        posting_date=document.posting_date,
        absent_checks=0,
        last_absent_at=None,
        message="",
        answer={},
    )


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


def learn_closed(connection: Connection, document: LedgerDocument, message: str) -> None:
    """Remembers, from now on, that the period of a document's date is closed for its entity and subledger."""
    key = [document.intacct_company, document.entity, document.kind.subledger, document.posting_date]
    connection.execute(
        "DELETE FROM ledger.closed_date WHERE (intacct_company, entity, subledger, day) = (%s, %s, %s, %s)", key
    )
    connection.execute(
        """
        INSERT INTO ledger.closed_date (intacct_company, entity, subledger, day, message)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        [*key, message],
    )


def learn_link(connection: Connection, intacct_company: str, employee_id: str, vendor_record: str) -> None:
    """Remembers to which vendor record an EmployeeID was posted."""
    connection.execute(
        """
        INSERT INTO ledger.vendor_link (intacct_company, employee_id, vendor_record) VALUES (%s, %s, %s)
        ON CONFLICT (intacct_company, employee_id) DO UPDATE SET vendor_record = EXCLUDED.vendor_record, linked_at = now()
        """,
        [intacct_company, employee_id, vendor_record],
    )


def fact(connection: Connection, intacct_company: str, name: str) -> Any:
    """What was measured about a company of Intacct; None when it was not."""
    row = connection.execute(
        "SELECT value FROM ledger.company_fact WHERE intacct_company = %s AND name = %s", [intacct_company, name]
    ).fetchone()
    return row["value"] if row else None


def store_fact(connection: Connection, intacct_company: str, name: str, value: Any) -> None:
    """Stores what was measured, with its date."""
    connection.execute(
        """
        INSERT INTO ledger.company_fact (intacct_company, name, value) VALUES (%s, %s, %s)
        ON CONFLICT (intacct_company, name) DO UPDATE SET value = EXCLUDED.value, measured_at = now()
        """,
        [intacct_company, name, json.dumps(value)],
    )


def release(
    connection: Connection,
    *,
    certify_company: str,
    report_id: str,
    rule: str,
    source_hash: str,
    released_by: str,
    reason: str,
) -> None:
    """Records a person's decision to post what a rule holds."""
    connection.execute(
        """
        INSERT INTO ledger.release (certify_company, report_id, rule, source_hash, released_by, reason) VALUES (%s, %s, %s, %s, %s, %s)
        """,
        [certify_company, report_id, rule, source_hash, released_by, reason],
    )


def _document(row: Mapping[str, Any]) -> LedgerDocument:
    return LedgerDocument(
        **{
            **row,
            "kind": DocumentKind(row["kind"]),
            "state": LedgerState(row["state"]),
            "canonical": bytes(row["canonical"]),
            "request": bytes(row["request"]),
        }
    )


def by_state(documents: Iterable[LedgerDocument], *states: LedgerState) -> Sequence[LedgerDocument]:
    """Those of the documents that are in one of ``states``."""
    return [document for document in documents if document.state in states]
