"""Attachments and their receipts in the ledger: which attachments Intacct has, which receipts are files there, and which still wait.

``ledger.attachment``, ``ledger.open_receipt``, ``ledger.receipt``; an attachment has the token of its report as its ID.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from certify_intacct.model.ledger import POSTED
from certify_intacct.staging.database import Connection

_QUEUE: LiteralString = """
INSERT INTO ledger.open_receipt (intacct_company, attachment_id, receipt_id, report_id)
SELECT DISTINCT %(company)s, w.attachment_id, e.receipt_id, w.report_id
FROM ops.extract x
JOIN staging.certify_expense e ON e.load_id = x.source_load_id
JOIN unnest(%(attachments)s::text[], %(reports)s::text[]) AS w (attachment_id, report_id) ON w.report_id = e.report_id
WHERE x.load_id = %(load)s AND x.stream = 'certify_expenses' AND coalesce(e.receipt_id, '') <> ''
  AND NOT EXISTS (SELECT FROM ledger.receipt r WHERE (r.intacct_company, r.attachment_id, r.receipt_id)
                  = (%(company)s, w.attachment_id, e.receipt_id))
ON CONFLICT DO NOTHING
"""
_READ_AGAIN: LiteralString = """
SELECT DISTINCT d.token, d.report_id FROM ops.extract x
JOIN staging.certify_expense e ON e.load_id = x.source_load_id
JOIN ledger.document d ON (d.certify_company, d.report_id) = (%(certify)s, e.report_id) AND d.intacct_company = %(company)s
JOIN ledger.attachment a ON (a.intacct_company, a.attachment_id) = (d.intacct_company, d.token)
WHERE x.load_id = %(load)s AND x.stream = 'certify_expenses' AND coalesce(e.receipt_id, '') <> ''
"""
_DUE: LiteralString = """
SELECT r.attachment_id, r.report_id, r.receipt_id, r.since, r.sent_at, r.problem FROM ledger.open_receipt r
WHERE r.intacct_company = %(company)s AND (%(attachments)s::text[] IS NULL OR r.attachment_id = ANY(%(attachments)s))
  AND EXISTS (SELECT FROM ledger.attachment a
              WHERE (a.intacct_company, a.attachment_id) = (r.intacct_company, r.attachment_id))
  AND EXISTS (SELECT FROM ledger.document d
              WHERE d.token = r.attachment_id AND d.intacct_company = r.intacct_company AND d.state = ANY(%(posted)s))
ORDER BY r.problem <> '', r.since, r.attachment_id, r.receipt_id
"""
_SETTLE: LiteralString = """
WITH settled AS (
    DELETE FROM ledger.open_receipt WHERE intacct_company = %(company)s AND attachment_id = %(attachment)s AND receipt_id = %(receipt)s
)
INSERT INTO ledger.receipt (intacct_company, attachment_id, receipt_id, left_out)
VALUES (%(company)s, %(attachment)s, %(receipt)s, %(left_out)s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class OpenReceipt:
    """A receipt that is still to become a file of the attachment that a posted document points to.

    :param since: when it was first known
    :param sent_at: when it was sent without an answer that says what became of it
    :param problem: why it could not be attached so far
    """

    attachment_id: str
    report_id: str
    receipt_id: str
    since: datetime
    sent_at: datetime | None
    problem: str


def made(connection: Connection, company: str, attachment_ids: Collection[str]) -> set[str]:
    """Those of the attachments that Intacct has."""
    rows = connection.execute(
        "SELECT attachment_id FROM ledger.attachment WHERE intacct_company = %s AND attachment_id = ANY(%s)",
        [company, list(attachment_ids)],
    )
    return {row["attachment_id"] for row in rows}


def remember_made(connection: Connection, company: str, attachment_ids: Collection[str]) -> None:
    """Notes that Intacct has these attachments."""
    connection.execute(
        "INSERT INTO ledger.attachment (intacct_company, attachment_id) SELECT %s, unnest(%s::text[]) ON CONFLICT DO NOTHING",
        [company, list(attachment_ids)],
    )


def queue(connection: Connection, company: str, load_id: int, reports: Mapping[str, str]) -> None:
    """Notes the receipts that the lines of a load name, as far as they are not known yet.

    :param reports: report ID by attachment ID
    """
    values = {
        "company": company,
        "load": load_id,
        "attachments": list(reports),
        "reports": list(reports.values()),
    }
    connection.execute(_QUEUE, values)


def read_again(connection: Connection, company: str, certify_company: str, load_id: int) -> dict[str, str]:
    """Report ID by attachment ID of those reports with attachments whose lines a load has read."""
    rows = connection.execute(_READ_AGAIN, {"company": company, "certify": certify_company, "load": load_id})
    return {row["token"]: row["report_id"] for row in rows}


def due(connection: Connection, company: str, attachment_ids: Iterable[str] | None = None) -> list[OpenReceipt]:
    """The receipts of posted documents that are still to be attached: first those that nobody has tried, then the longest waiting.

    :param attachment_ids: of these attachments alone
    """
    wanted = None if attachment_ids is None else list(attachment_ids)
    values = {"company": company, "attachments": wanted, "posted": [state.value for state in POSTED]}
    return [OpenReceipt(**row) for row in connection.execute(_DUE, values)]


def settle(connection: Connection, company: str, attachment_id: str, receipts: Mapping[str, str]) -> None:
    """Notes what became of receipts for good: files of the attachment, or left out.

    :param receipts: why it is left out, by receipt ID; empty for a file
    """
    values = [
        {"company": company, "attachment": attachment_id, "receipt": receipt, "left_out": why}
        for receipt, why in receipts.items()
    ]
    connection.cursor().executemany(_SETTLE, values)


def sending(connection: Connection, company: str, receipts: Iterable[tuple[str, str]]) -> None:
    """Notes before a request what it carries: attachment ID and receipt ID of each."""
    connection.cursor().executemany(
        "UPDATE ledger.open_receipt SET sent_at = now() WHERE (intacct_company, attachment_id, receipt_id) = (%s, %s, %s)",
        [(company, *receipt) for receipt in receipts],
    )


def failed(
    connection: Connection, company: str, attachment_id: str, receipts: Iterable[str], problem: str, *, answered: bool
) -> None:
    """Notes why receipts could not be attached this time.

    :param answered: whether it is known that they are not there
    """
    connection.cursor().executemany(
        "UPDATE ledger.open_receipt SET problem = %s, sent_at = CASE WHEN %s THEN NULL ELSE sent_at END "
        "WHERE (intacct_company, attachment_id, receipt_id) = (%s, %s, %s)",
        [(problem, answered, company, attachment_id, receipt) for receipt in receipts],
    )
