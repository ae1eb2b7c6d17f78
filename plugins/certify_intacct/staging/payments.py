"""Who was paid: what Intacct says of documents (``ops.payment``) and Certify of reports (``ops.reimbursement``), and where the two
differ (``ledger.payment``), as rows and as a file of CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payments import Difference, Paid
from certify_intacct.staging.csv_file import Money, as_csv
from certify_intacct.staging.database import Connection
from certify_intacct.staging.values import Unreadable, read_value, record_id

Rows = list[dict[str, Any]]

COLUMNS = (
    "approval_code", "report_id", "person", "employee_id", "entity", "number", "kind", "record_no", "currency", "amount", "paid",
    "due", "paid_on", "marked_on", "marked_as", "difference", "to_do", "asked_at", "read_at",
)  # fmt: skip


def keep_paid(connection: Connection, found: Mapping[int, Paid]) -> None:
    """Notes what Intacct says of documents, by ID."""
    connection.execute(
        """
        INSERT INTO ops.payment (document_id, paid, due, paid_on, unreadable)
        SELECT * FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::date[], %s::text[])
        ON CONFLICT (document_id) DO UPDATE SET paid = EXCLUDED.paid, due = EXCLUDED.due, paid_on = EXCLUDED.paid_on,
            unreadable = EXCLUDED.unreadable, asked_at = clock_timestamp()
        """,
        [
            list(found),
            [said.paid for said in found.values()],
            [said.due for said in found.values()],
            [said.on for said in found.values()],
            [said.unreadable for said in found.values()],
        ],
    )


def keep_asked(connection: Connection, document_ids: Collection[int]) -> None:
    """Notes that documents were asked about, and Intacct showed none of them: what was known of them stays."""
    connection.execute(
        """
        INSERT INTO ops.payment (document_id) SELECT unnest(%s::bigint[])
        ON CONFLICT (document_id) DO UPDATE SET asked_at = clock_timestamp()
        """,
        [list(document_ids)],
    )


def to_ask(
    connection: Connection, intacct_company: str, kinds: Collection[DocumentKind], since: datetime, most: int
) -> dict[str, int]:
    """Documents of these kinds of which something may be due, and that were not asked about since then: what was asked about longest
    ago first.

    :returns: IDs by RECORDNO
    """
    rows = connection.execute(
        """
        SELECT d.document_id, d.record_no FROM ledger.document d LEFT JOIN ops.payment p USING (document_id)
        WHERE d.intacct_company = %s AND d.kind = ANY(%s) AND d.payer = 'employee' AND d.record_no IS NOT NULL
          AND d.state IN ('accepted', 'in_gl', 'altered') AND p.due IS DISTINCT FROM 0 AND (p.asked_at < %s OR p.asked_at IS NULL)
        ORDER BY p.asked_at NULLS FIRST, d.document_id LIMIT %s
        """,
        [intacct_company, [kind.value for kind in kinds], since, most],
    ).fetchall()
    return {row["record_no"]: row["document_id"] for row in rows}


_KEEP = """
INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed, reimbursed_date, transaction_id)
{now}
ON CONFLICT (certify_company, report_id) DO UPDATE SET reimbursed = EXCLUDED.reimbursed, reimbursed_date = EXCLUDED.reimbursed_date,
    transaction_id = EXCLUDED.transaction_id, read_at = clock_timestamp()
"""
_KNOWN = "EXISTS (SELECT FROM ledger.report r WHERE r.certify_company = %(company)s AND r.report_id = s.id)"


def keep_swept(connection: Connection, load_id: int, certify_company: str) -> None:
    """Notes what Certify says of the reports that the ledger knows, of those that a load's sweep has listed."""
    now = f"""
    SELECT %(company)s, s.id, CASE WHEN NOT 'reimbursed' = ANY(s.unreadable) THEN coalesce(s.reimbursed, false) END,
           s.reimbursed_date, coalesce(s.reimbursement_transaction_id, '')
    FROM staging.certify_swept_report s WHERE s.load_id = %(load)s AND {_KNOWN}
    """  # noqa: S608
    connection.execute(_KEEP.format(now=now), {"company": certify_company, "load": load_id})


def keep_headers(connection: Connection, certify_company: str, headers: Iterable[Mapping[str, Any]]) -> None:
    """The same, of headers as Certify sends them."""
    rows = [(report_id, *_said(header)) for header in headers if (report_id := record_id(header))]
    now = f"""
    SELECT %(company)s, s.* FROM unnest(%(ids)s::text[], %(reimbursed)s::boolean[], %(on)s::date[], %(transaction)s::text[])
        AS s (id, reimbursed, reimbursed_date, transaction_id) WHERE {_KNOWN}
    """  # noqa: S608
    names = ("ids", "reimbursed", "on", "transaction")
    connection.execute(
        _KEEP.format(now=now),
        {"company": certify_company, **{name: [row[place] for row in rows] for place, name in enumerate(names)}},
    )


# Of which documents there is a difference stands beside their payments, so that no other is read; its word is asked once of each.
_DIFFERING = """
FROM (
    SELECT * FROM ledger.payment
    WHERE document_id IN (SELECT document_id FROM ledger.differing_payment) AND intacct_company = %(company)s OFFSET 0
) p WHERE difference IS NOT NULL
"""
_ORDER = "ORDER BY difference, coalesce(paid_on, marked_on), number"


def differences(connection: Connection, intacct_company: str, difference: str = "", *, most: int | None = None) -> Rows:
    """The documents about which the two differ, of one company, of one kind of difference if that is named."""
    return connection.execute(
        f"SELECT * {_DIFFERING} AND %(difference)s IN ('', difference) {_ORDER} LIMIT %(most)s",
        {"company": intacct_company, "difference": difference, "most": most},
    ).fetchall()


# Which documents the page has stands in each row.
_LISTED = f"""
WITH differing AS MATERIALIZED (
    SELECT document_id, number, difference, currency, amount, paid, due, paid_on, marked_on {_DIFFERING}
), page AS (
    SELECT document_id FROM differing WHERE %(difference)s IN ('', difference) {_ORDER} LIMIT %(most)s OFFSET %(after)s
)
SELECT difference, currency, count(*) AS documents, sum(amount) AS amount, sum(paid) AS paid, sum(due) AS due,
       (SELECT array_agg(document_id) FROM page) AS document_ids
FROM differing GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608


def listed(
    connection: Connection, intacct_company: str, difference: str = "", *, most: int, after: int = 0
) -> tuple[Rows, Rows]:  # fmt: skip
    """How many documents differ, and how much of them, by difference and currency; and a page of them, as :func:`differences` has."""
    page = {"company": intacct_company, "difference": difference, "most": most, "after": after}
    counts = connection.execute(_LISTED, page).fetchall()
    named = [row.pop("document_ids") for row in counts]
    if not named or named[0] is None:
        return counts, []
    rows = connection.execute(
        f"SELECT * FROM ledger.payment WHERE document_id = ANY(%s) AND difference IS NOT NULL {_ORDER}",  # noqa: S608
        [named[0]],
    ).fetchall()
    return counts, rows


def in_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with their headings; what is to be done stands in each."""
    return as_csv(COLUMNS, ([_cell(row, name) for name in COLUMNS] for row in rows))


def _cell(row: Mapping[str, Any], name: str) -> object:
    if name == "to_do":
        return Difference(row["difference"]).to_do
    value = row[name]
    if name in ("amount", "paid", "due"):
        return Money(value, row["currency"])
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _said(header: Mapping[str, Any]) -> tuple[bool | None, date | None, str]:
    """Whether a report was reimbursed, None where nobody can tell; on which day, and by which transaction."""
    try:
        reimbursed = bool(read_value("boolean", header.get("Reimbursed")))
    except Unreadable:
        return None, None, ""
    try:
        day = read_value("date", header.get("ReimbursedDate"))
    except Unreadable:
        day = None
    return reimbursed, day, str(header.get("ReimbursementTransactionID") or "").replace("\x00", "")
