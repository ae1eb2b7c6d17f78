"""The ledger's documents, and the questions that posting asks: who has one, since when, and what proves that a look-up sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import sql

from certify_intacct.model.content import content_hash
from certify_intacct.model.documents import Document, DocumentKind
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.payers import Payer
from certify_intacct.staging.database import Connection
from certify_intacct.staging.open_reports import OpenReport


@dataclass(frozen=True, kw_only=True)
class LedgerDocument:
    """A row of ``ledger.document``.

    :ivar stands: how Intacct has it (``Kind.stands``) where that is not as it was sent
    """

    document_id: int
    certify_company: str
    intacct_company: str
    report_id: str
    sequence: int
    ordinal: int
    number: str
    token: str
    kind: DocumentKind
    payer: Payer
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
    seen_at: datetime | None
    updated_at: datetime
    answer: Mapping[str, Any]
    content: Mapping[str, Any]
    charges: Sequence[str]
    stands: Mapping[str, Any] | None

    @property
    def document(self) -> Document:
        return Document.from_canonical(self.canonical)

    @property
    def part(self) -> str:
        """SHA-256 of the business fields of its own lines, as they were when it was planned."""
        return content_hash(self.content)

    def hash_of(self, stands: Mapping[str, Any] | None) -> str:
        """SHA-256 of what a person accepts who accepts it as it stands in Intacct."""
        return content_hash({"part": self.part, "stands": stands})

    def as_open(self, state: OpenState, reason: str, *, rule: str = "", part: str = "", label: str = "") -> OpenReport:
        """It as an open item.

        :param part: the hash of what a person decides about; its own lines' where nothing else is said
        """
        return OpenReport(
            report_id=self.report_id,
            state=state,
            rule=rule,
            reason=reason,
            label=label,
            part=part or self.part,
            content=None if part else self.content,
            payer=self.payer.value,
            number=self.number,
            currency=self.currency,
            total=self.total,
            entity=self.entity,
        )

    @property
    def accepted_total(self) -> Decimal:
        """Its total as it is right: as it was sent, or as a person accepted it."""
        if self.state is LedgerState.ALTERED or not self.stands:
            return self.total
        return Decimal(self.stands["total"])


_COLUMNS = sql.SQL(", ").join(sql.Identifier(name) for name in LedgerDocument.__dataclass_fields__)


def find_documents(connection: Connection, condition: str, values: Mapping[str, Any]) -> list[LedgerDocument]:
    """The documents for which an SQL condition of ours holds, in order of their numbers."""
    query = sql.SQL("SELECT {} FROM ledger.document WHERE {} ORDER BY number").format(_COLUMNS, sql.SQL(condition))
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


def by_number(connection: Connection, intacct_company: str, numbers: Collection[str]) -> list[LedgerDocument]:
    """The documents with these numbers."""
    return find_documents(
        connection,
        "intacct_company = %(company)s AND number = ANY(%(numbers)s)",
        {"company": intacct_company, "numbers": list(numbers)},
    )


def by_place(
    connection: Connection, intacct_company: str, documents: Collection[Document]
) -> dict[tuple[str, int, int], LedgerDocument]:
    """What the ledger has of the same reports, by token, sequence and ordinal (:func:`place`), whatever kind of document, and so
    whatever number, that had."""
    found = by_token(connection, intacct_company, {document.token for document in documents})
    return {(entry.token, entry.sequence, entry.ordinal): entry for entry in found}


def place(document: Document) -> tuple[str, int, int]:
    """What of a report a document is: its number also says what it is made as, and that may be something else since."""
    return document.token, document.key.sequence, document.key.ordinal


def by_token(connection: Connection, intacct_company: str, tokens: Collection[str]) -> list[LedgerDocument]:
    """All documents of the reports with these tokens."""
    return find_documents(
        connection,
        "intacct_company = %(company)s AND token = ANY(%(tokens)s)",
        {"company": intacct_company, "tokens": list(tokens)},
    )


def to_follow(connection: Connection, certify_company: str, intacct_company: str) -> list[int]:
    """What Intacct has, but not yet in its general ledger or not as it was sent; and what it has of reports of which anything waits.

    Each of the two by itself: a question for both at once would be answered from the whole ledger, in every run.

    :returns: IDs of documents, those of one session and kind together
    """
    rows = connection.execute(
        """
        SELECT document_id FROM ledger.document WHERE record_no IS NOT NULL AND document_id IN (
            SELECT document_id FROM ledger.document
            WHERE intacct_company = %(intacct)s AND certify_company = %(certify)s AND state IN ('accepted', 'declined', 'altered')
            UNION ALL
            SELECT d.document_id FROM (SELECT DISTINCT report_id FROM ledger.open_item WHERE certify_company = %(certify)s) i
            CROSS JOIN LATERAL (
                SELECT document_id, certify_company, intacct_company FROM ledger.document WHERE report_id = i.report_id OFFSET 0
            ) d WHERE d.intacct_company = %(intacct)s AND d.certify_company = %(certify)s
        )
        ORDER BY session_entity, kind, number
        """,
        {"intacct": intacct_company, "certify": certify_company},
    ).fetchall()
    return [row["document_id"] for row in rows]


def witnesses(
    connection: Connection,
    document: LedgerDocument,
    kinds: Collection[DocumentKind],
    but_not: Collection[int] = (),
    most: int = 5,
) -> list[LedgerDocument]:
    """Documents of the same place that are known to be in Intacct: a look-up that misses them all proves nothing.

    Several, because one alone may have been deleted by somebody since.

    :param kinds: those that the look-up would find
    :param but_not: IDs of documents in the ledger that do not count
    """
    return find_documents(
        connection,
        """
        document_id IN (
            SELECT document_id FROM ledger.document WHERE intacct_company = %(company)s AND kind = ANY(%(kinds)s)
            AND session_entity = %(session)s AND state IN ('accepted', 'in_gl') AND seen_at IS NOT NULL
            AND NOT document_id = ANY(%(but_not)s) ORDER BY document_id DESC LIMIT %(most)s
        )
        """,
        {
            "company": document.intacct_company,
            "kinds": [kind.value for kind in kinds],
            "session": document.session_entity,
            "but_not": list(but_not),
            "most": most,
        },
    )


def senders(connection: Connection, document_ids: Collection[int]) -> dict[int, str]:
    """Which load, in which run, worked on each document and when it last was sent or adopted, for a person."""
    rows = connection.execute(
        """
        SELECT d.document_id, d.load_id, o.dag_id, o.run_id, coalesce(d.last_sent_at, d.updated_at) AS at
        FROM ledger.document d JOIN ops.load o USING (load_id) WHERE d.document_id = ANY(%s)
        """,
        [list(document_ids)],
    ).fetchall()
    return {
        row["document_id"]: f"load {row['load_id']} ({row['dag_id']}, run {row['run_id']}, "
        f"{row['at'].astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
        for row in rows
    }


def now(connection: Connection) -> datetime:
    """The time by PostgreSQL's clock, which all workers share."""
    row = connection.execute("SELECT clock_timestamp() AS now").fetchone()
    assert row is not None
    at: datetime = row["now"]
    return at


def age(connection: Connection, document_id: int, revision: int) -> timedelta:
    """How long ago a revision of a document was first sent."""
    row = connection.execute(
        """
        SELECT clock_timestamp() - min(at) AS age FROM ledger.event
        WHERE document_id = %s AND revision = %s AND after_state = 'sending'
        """,
        [document_id, revision],
    ).fetchone()
    return row["age"] if row and row["age"] is not None else timedelta.max


def _document(row: Mapping[str, Any]) -> LedgerDocument:
    return LedgerDocument(
        **{
            **row,
            "kind": DocumentKind(row["kind"]),
            "payer": Payer(row["payer"]),
            "state": LedgerState(row["state"]),
            "canonical": bytes(row["canonical"]),
            "request": bytes(row["request"]),
        }
    )
