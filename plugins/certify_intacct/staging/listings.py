"""Lists for people to look through, a page at a time: loads, documents of the ledger, verdicts, reconciliations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from certify_intacct.staging.database import Connection
from certify_intacct.staging.overview import STANDING, STANDING_DAYS

Rows = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class DocumentSearch:
    """Which documents of the ledger; what is empty asks nothing.

    :param text: a document's number or token, a report ID, a record number or a payee; or the beginning of an approval code
        (:data:`MOST_BEGINNING`)
    :param load_id: the load that sent them
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    entity: str = ""
    load_id: int | None = None


# Each by an index of its own, so that a ledger of years is not gone through for one document; as an array, since what they find is
# few, and a set would be compared with all of it.
_KNOWN_AS = """AND document_id = ANY(ARRAY(
    SELECT document_id FROM ledger.document WHERE intacct_company = %(company)s AND number = %(text)s
    UNION SELECT document_id FROM ledger.document WHERE token = %(text)s
    UNION SELECT document_id FROM ledger.document WHERE intacct_company = %(company)s AND record_no = %(text)s
    UNION SELECT document_id FROM ledger.document WHERE intacct_company = %(company)s AND payee_id = %(text)s
    UNION SELECT document_id FROM ledger.document WHERE report_id = %(text)s
    UNION SELECT known.document_id FROM (
        SELECT certify_company, report_id FROM ledger.report WHERE label LIKE 'approval code ' || %(pattern)s || '%%'
        ORDER BY label USING ~>~ LIMIT %(beginning)s
    ) r CROSS JOIN LATERAL (
        -- By its report alone, or the whole ledger is read for some thousands.
        SELECT document_id FROM ledger.document d WHERE (d.certify_company, d.report_id) = (r.certify_company, r.report_id) OFFSET 0
    ) known
))"""
#: Of the reports whose approval code begins with what somebody looks for, so many are looked at, the last ones by their code: one
#: letter is the beginning of all.
MOST_BEGINNING = 2_000


def dags(connection: Connection) -> list[str]:
    """The DAGs that have opened loads."""
    rows = connection.execute(
        """
        WITH RECURSIVE found (dag_id) AS (
            SELECT min(dag_id) FROM ops.load
            UNION ALL
            SELECT (SELECT min(l.dag_id) FROM ops.load l WHERE l.dag_id > found.dag_id) FROM found WHERE found.dag_id IS NOT NULL
        )
        SELECT dag_id FROM found WHERE dag_id IS NOT NULL
        """
    ).fetchall()
    return [row["dag_id"] for row in rows]


def loads(
    connection: Connection, dag_ids: Sequence[str], day: date | None = None, *, most: int, after: int = 0
) -> Rows:  # fmt: skip
    """Loads, the newest first, with the counts that their tasks left.

    :param day: only those whose dates hold it
    """
    return connection.execute(
        """
        SELECT load_id, dag_id, run_id, run_type, period_start, period_end, dry_run AS preview, state, actor, opened_at, closed_at,
               counts
        FROM ops.load WHERE dag_id = ANY(%(dags)s) AND (%(day)s::date IS NULL OR %(day)s BETWEEN period_start AND period_end)
        ORDER BY load_id DESC LIMIT %(most)s OFFSET %(after)s
        """,
        {"dags": list(dag_ids), "day": day, "most": most, "after": after},
    ).fetchall()


def documents(
    connection: Connection, intacct_company: str, search: DocumentSearch, *, most: int, after: int = 0
) -> Rows:  # fmt: skip
    """Documents of the ledger, the newest first, each with what people call its report."""
    return connection.execute(
        f"""
        SELECT d.*, r.label FROM (
            SELECT document_id, certify_company, report_id, sequence, number, kind, payer, entity, currency, total, payee_id,
                posting_date,
                   state, record_no, record_url, message, load_id, last_sent_at, updated_at
            FROM ledger.document d WHERE intacct_company = %(company)s
              AND (%(state)s = '' OR state = %(state)s) AND (%(kind)s = '' OR kind = %(kind)s) AND (%(entity)s = ''
                  OR entity = %(entity)s)
              AND (%(load)s::bigint IS NULL OR load_id = %(load)s)
              {_KNOWN_AS if search.text else ""}
            ORDER BY document_id DESC LIMIT %(most)s OFFSET %(after)s
        ) d JOIN ledger.report r USING (certify_company, report_id, sequence)
        ORDER BY d.document_id DESC
        """,  # noqa: S608
        {
            "company": intacct_company, "state": search.state, "kind": search.kind, "entity": search.entity, "text": search.text,
            "load": search.load_id, "pattern": _plain(search.text), "beginning": MOST_BEGINNING, "most": most, "after": after,
        },
    ).fetchall()  # fmt: skip


def too_many_begin(connection: Connection, text: str) -> bool:
    """Whether more reports have an approval code that begins so than are looked at."""
    row = connection.execute(
        """
        SELECT count(*) AS n FROM (
            SELECT FROM ledger.report WHERE label LIKE 'approval code ' || %s || '%%' ORDER BY label USING ~<~ LIMIT %s
        ) r
        """,
        [_plain(text), MOST_BEGINNING + 1],
    ).fetchone()
    return bool(row and row["n"] > MOST_BEGINNING)


def reconciliations(connection: Connection, *, most: int) -> Rows:
    """The newest reconciliation of each period that no later one covers, newest first, with what it found."""
    return connection.execute(
        f"{STANDING} SELECT * FROM standing ORDER BY load_id DESC LIMIT %(most)s",  # noqa: S608
        {"standing": timedelta(days=STANDING_DAYS), "most": most},
    ).fetchall()


def balance(connection: Connection, load_id: int) -> Rows:
    """What of Certify's total stands where, by entity, currency, payer and kind, as a load reconciled it."""
    return connection.execute(
        """
        SELECT entity, currency, payer, kind, bucket, amount, reports FROM ops.reconciliation WHERE load_id = %s
        ORDER BY entity, currency, payer, kind, bucket
        """,
        [load_id],
    ).fetchall()


def _plain(text: str) -> str:
    """A text as a pattern that means nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
