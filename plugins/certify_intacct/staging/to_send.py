"""What of a plan of reports is to be sent, is being sent, and was in doubt and is found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certify_intacct.model.documents import BILL_NUMBER, INVOICE_DATE, OWNER, Document, DocumentKind
from certify_intacct.model.ledger import NOT_EXECUTED
from certify_intacct.model.outcomes import OpenState
from certify_intacct.staging.database import Connection
from certify_intacct.staging.open_reports import OpenReport


@dataclass(frozen=True, kw_only=True)
class PlannedDocument:
    """A document that a load intends to send, with the change it belongs to.

    :param content_hash: of the business fields of its own lines
    """

    change_id: int
    report_id: str
    label: str
    document: Document
    revision: int
    config_hash: str
    processed_date: date | None
    content_hash: str

    def as_open(self, state: OpenState, rule: str, reason: str) -> OpenReport:
        """It as an open item."""
        return OpenReport(
            report_id=self.report_id,
            state=state,
            rule=rule,
            reason=reason,
            label=self.label,
            processed_date=self.processed_date,
            part=self.content_hash,
            payer=self.document.payer.value,
            number=self.document.number,
            currency=self.document.currency,
            total=self.document.total,
            entity=self.document.entity,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSend:
    """What of a document that a load is to send for the first time others may have booked.

    :param day: around which it is looked for: a supplier's date of its invoice, else that of the posting
    :param shares: the parts of the total of each entity, where its lines lie in several: each may have been booked by itself
    :param bill_number: of one that has its supplier's number, that number
    """

    report_id: str
    approval_code: str
    number: str
    content_hash: str
    kind: DocumentKind
    session_entity: str
    payee_id: str
    currency: str
    total: Decimal
    day: date
    shares: Sequence[Decimal]
    bill_number: str


# Not done with: no outcome yet, in doubt, or kept from being carried out by an outage that an earlier try of the task met. Its report
# is looked up for each document: the other way round, all documents of the load may be looked through for each report.
_TO_SEND = """
    FROM plan.document d
    CROSS JOIN LATERAL (SELECT * FROM plan.report p WHERE p.load_id = d.load_id AND p.report_id = d.report_id OFFSET 0) r
    JOIN plan.change_result c ON c.change_id = r.change_id
    WHERE d.load_id = %(load)s AND (c.result IS NULL OR c.result = 'in_doubt' OR EXISTS (
        SELECT 1 FROM ledger.document l
        WHERE l.load_id = d.load_id AND l.report_id = d.report_id AND l.state = 'rejected' AND l.answer ? %(not_executed)s
    ))
"""


def reports_to_send(connection: Connection, load_id: int) -> list[tuple[str, int]]:
    """The reports of a load's plan that are not done with, with the number of their documents; those of one session together.

    Of a report whose bill is made at top level and its charges inside an entity, the entity tells: each group of reports costs
    requests in each session that its documents need.
    """
    rows = connection.execute(
        f"SELECT d.report_id, count(*) AS documents {_TO_SEND} GROUP BY 1 ORDER BY max(d.session_entity), 1",
        {"load": load_id, "not_executed": NOT_EXECUTED},
    ).fetchall()
    return [(row["report_id"], row["documents"]) for row in rows]


# Of documents whose lines lie in several entities; none of them has tax.
_SHARES = """ARRAY(
    SELECT sum((line ->> 'amount')::numeric) FROM (SELECT convert_from(d.canonical, 'UTF8')::jsonb AS document) c,
        jsonb_array_elements(c.document -> 'lines') AS line
    WHERE c.document -> 'details' ? %(owner)s GROUP BY line ->> 'location_id'
)"""


def first_sends(connection: Connection, load_id: int) -> list[FirstSend]:
    """The documents that are not done with and were never sent."""
    rows = connection.execute(
        f"""
        SELECT d.report_id, r.approval_code, d.number, d.content_hash, d.kind, d.session_entity, d.payee_id, d.currency, d.total,
               {_SHARES} AS shares,
               coalesce((convert_from(d.canonical, 'UTF8')::jsonb -> 'details' ->> %(dated)s)::date, d.posting_date) AS day,
               coalesce(convert_from(d.canonical, 'UTF8')::jsonb -> 'details' ->> %(bill)s, '') AS bill_number
        {_TO_SEND} AND d.revision = 1 ORDER BY d.number
        """,
        {"load": load_id, "not_executed": NOT_EXECUTED, "owner": OWNER, "bill": BILL_NUMBER, "dated": INVOICE_DATE},
    )
    return [FirstSend(**row | {"kind": DocumentKind(row["kind"])}) for row in rows]


def planned_documents(
    connection: Connection, load_id: int, report_ids: Collection[str] | None = None
) -> list[PlannedDocument]:
    """The documents of a load's plan that are not done with, by session, those of one report together.

    :param report_ids: of these reports alone; None: of all
    """
    of_reports = "AND d.report_id = ANY(%(reports)s)" if report_ids is not None else ""
    rows = connection.execute(
        f"""
        SELECT r.change_id, r.report_id, r.label, r.processed_date, d.canonical, d.revision, d.config_hash, d.content_hash
        {_TO_SEND} {of_reports} ORDER BY d.session_entity, d.report_id, d.ordinal
        """,
        {"load": load_id, "not_executed": NOT_EXECUTED, "reports": list(report_ids or ())},
    ).fetchall()
    return [
        PlannedDocument(
            **{
                **{k: v for k, v in row.items() if k != "canonical"},
                "document": Document.from_canonical(bytes(row["canonical"])),
            }
        )
        for row in rows
    ]


def begin(
    connection: Connection,
    certify_company: str,
    intacct_company: str,
    items: Collection[PlannedDocument],
    load_id: int,
) -> None:
    """Lists all that a load intends to send of the reports of ``items``, unless it is listed, when these are about to be sent.

    Whatever stops the run then, every run reads the reports again until each of their documents has an outcome.
    """
    connection.execute(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, part, payer, number, entity, currency, total, processed_date, label,
            state, reason, source_hash, load_id)
        SELECT %(company)s, d.report_id, d.content_hash, d.content ->> 'payer', d.number, d.entity, d.currency,
            d.total, r.processed_date, r.label, 'found', 'A run began to send it.', r.source_hash, d.load_id
        FROM plan.document d JOIN plan.report r USING (load_id, report_id)
        LEFT JOIN LATERAL (
            -- By its number alone, or each would be looked for among all that the load has sent.
            SELECT state, load_id FROM ledger.document WHERE intacct_company = %(intacct)s AND number = d.number OFFSET 0
        ) l ON l.load_id = d.load_id
        WHERE d.load_id = %(load)s AND d.report_id = ANY(%(reports)s) AND (l.state IS NULL OR d.number = ANY(%(numbers)s))
        ON CONFLICT DO NOTHING
        """,
        {
            "company": certify_company,
            "intacct": intacct_company,
            "load": load_id,
            "reports": list({item.report_id for item in items}),
            "numbers": [item.document.number for item in items],
        },
    )


def settle_outcomes(
    connection: Connection, load_id: int, run_id: str, certify_company: str, intacct_company: str
) -> int:
    """Reports of the load that were in doubt and whose documents have all been found since: posted after all.

    :returns: how many
    """
    rows = connection.execute(
        """
        WITH r AS MATERIALIZED (
            SELECT r.load_id, r.change_id, r.report_id, r.token FROM plan.report r
            JOIN plan.change_result c ON c.change_id = r.change_id AND c.result = 'in_doubt' WHERE r.load_id = %s
        )
        SELECT r.change_id, r.report_id, r.token FROM r WHERE NOT EXISTS (
            SELECT 1 FROM plan.document p LEFT JOIN LATERAL (
                SELECT state, certify_company FROM ledger.document WHERE intacct_company = %s AND number = p.number OFFSET 0
            ) d ON d.certify_company = %s
            WHERE p.load_id = r.load_id AND p.report_id = r.report_id AND coalesce(d.state, '') NOT IN ('accepted', 'in_gl')
        )
        """,
        [load_id, intacct_company, certify_company],
    ).fetchall()
    message = "The answer was lost; the documents were found in Intacct."
    connection.cursor().executemany(
        "INSERT INTO plan.outcome (change_id, run_id, result, target_id, message) VALUES (%s, %s, 'applied', %s, %s)",
        [(row["change_id"], run_id, row["token"], message) for row in rows],
    )
    connection.execute(
        """
        DELETE FROM ledger.open_item i USING plan.document p
        WHERE p.load_id = %s AND p.report_id = ANY(%s) AND i.certify_company = %s
          AND (i.report_id, i.part) = (p.report_id, p.content_hash)
        """,
        [load_id, [row["report_id"] for row in rows], certify_company],
    )
    return len(rows)
