"""The plan of reports: what each load would post, frozen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import sql

from certify_intacct.model.documents import BILL_NUMBER, INVOICE_DATE, OWNER, Document, DocumentKind
from certify_intacct.model.ledger import NOT_EXECUTED
from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import STRANGERS
from certify_intacct.staging import account_sums
from certify_intacct.staging.database import Connection
from certify_intacct.staging.open_reports import OpenReport, keep_open, open_report_ids


@dataclass(frozen=True, kw_only=True)
class PlannedPart:
    """A document that a load intends to send.

    :param revision: under which it is to be sent
    :param content: the business fields of its own lines
    :param content_hash: SHA-256 of them
    :param charges: the keys of the card charges among them
    """

    document: Document
    revision: int
    content: Mapping[str, Any]
    content_hash: str
    charges: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class PlannedReport:
    """A report of which a load intends to post something."""

    report_id: str
    token: str
    label: str
    approval_code: str
    employee_id: str
    processed_date: date | None
    source_hash: str
    content: Mapping[str, Any]
    released: tuple[str, ...]
    parts: tuple[PlannedPart, ...]

    def open_part(self, part: PlannedPart, state: OpenState, reason: str) -> OpenReport:
        """A part of it as an open item."""
        return OpenReport(
            report_id=self.report_id,
            state=state,
            reason=reason,
            label=self.label,
            processed_date=self.processed_date,
            source_hash=self.source_hash,
            part=part.content_hash,
            payer=part.document.payer.value,
            number=part.document.number,
            currency=part.document.currency,
            total=part.document.total,
            entity=part.document.entity,
        )


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


def store_reports(
    connection: Connection, load_id: int, reports: Collection[PlannedReport], config_hash: str, *, after: int = 0
) -> None:
    """Freezes the documents of reports.

    :param after: their changes are in ``plan.change`` already, behind this position
    """
    changes = {
        row["key"]: row["change_id"]
        for row in connection.execute(
            "SELECT key, change_id FROM plan.change WHERE load_id = %s AND position > %s AND action = 'post'",
            [load_id, after],
        )
    }
    cursor = connection.cursor()
    cursor.executemany(
        """
        INSERT INTO plan.report (load_id, report_id, change_id, token, label, approval_code, employee_id, processed_date,
            source_hash, content, released)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            (
                load_id, report.report_id, changes[report.report_id], report.token, report.label, report.approval_code,
                report.employee_id, report.processed_date, report.source_hash, json.dumps(report.content), list(report.released),
            )
            for report in reports
        ],
    )  # fmt: skip
    cursor.executemany(
        """
        INSERT INTO plan.document (load_id, report_id, number, sequence, ordinal, kind, entity, session_entity, currency, total,
            line_count, payee_id, posting_date, revision, canonical, sha256, config_hash, content, content_hash, charges)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        [
            (
                load_id, report.report_id, d.number, d.key.sequence, d.key.ordinal, d.kind.value, d.entity, d.session_entity,
                d.currency, d.total, len(d.lines), d.payee_id, d.posting_date, part.revision, d.canonical(), d.sha256, config_hash,
                json.dumps(part.content), part.content_hash, sorted(part.charges),
            )
            for report in reports
            for part in report.parts
            for d in (part.document,)
        ],
    )  # fmt: skip
    account_sums.keep(connection, load_id, [part.document for report in reports for part in report.parts])


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


def keep_planned(
    connection: Connection,
    certify_company: str,
    load_id: int,
    items: Iterable[OpenReport],
    reports: Collection[PlannedReport],
    planned: Collection[str],
) -> None:
    """What a plan says is open, of the reports that it planned nothing else.

    A report that is open, or posted in part, and now is to be posted, stays open until its documents have an outcome: this run may not
    get that far, and nothing else would bring the report into another one.

    :param items: what waits
    :param reports: what is to be posted
    :param planned: the IDs of all reports that were planned
    """
    kept = list(items)
    ids = [report.report_id for report in reports]
    known = connection.execute(
        "SELECT report_id FROM ledger.report WHERE certify_company = %s AND report_id = ANY(%s)", [certify_company, ids]
    ).fetchall()
    was_open = {*open_report_ids(connection, certify_company, ids), *(row["report_id"] for row in known)}
    for report in reports:
        if report.report_id in was_open:
            kept += [report.open_part(part, OpenState.FOUND, "It is to be posted.") for part in report.parts]
    for item in kept:
        keep_open(connection, certify_company, load_id, item)
    connection.execute(
        """
        DELETE FROM ledger.open_item i WHERE i.certify_company = %s AND i.report_id = ANY(%s)
            AND NOT i.rule = ANY(%s) AND NOT EXISTS (
                SELECT FROM unnest(%s::text[], %s::text[]) AS k (report_id, part) WHERE (k.report_id, k.part) = (i.report_id, i.part)
            )
        """,
        [
            certify_company,
            list(planned),
            list(STRANGERS),
            [item.report_id for item in kept],
            [item.part for item in kept],
        ],
    )


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


def learn_links(
    connection: Connection, load_id: int, intacct_company: str, object_name: str, stream: str, kinds: Collection[str]
) -> None:
    """Remembers to which record each EmployeeID of the load's accepted documents leads.

    :param object_name: what the report's employee is in Intacct, and ``stream`` the list of them
    :param kinds: those whose payee is one
    """
    table, record = (sql.Identifier(f"{object_name.lower()}_{name}") for name in ("link", "record"))
    query = sql.SQL(
        """
        INSERT INTO ledger.{table} (intacct_company, employee_id, {record})
        SELECT DISTINCT d.intacct_company, d.payee_id, v.key
        -- Of the load's documents alone, and payee by payee: else all that the company has may be read, and all payees for each.
        FROM (SELECT * FROM ledger.document WHERE load_id = %(load)s OFFSET 0) d
        JOIN ops.extract x ON x.load_id = d.load_id AND x.stream = %(stream)s
        CROSS JOIN LATERAL (
            SELECT key FROM staging.reference WHERE load_id = x.source_load_id AND stream = x.stream
              AND left(code, 64) = left(d.payee_id, 64) AND code = d.payee_id OFFSET 0
        ) v
        WHERE d.intacct_company = %(company)s AND d.kind = ANY(%(kinds)s) AND d.state IN ('accepted', 'in_gl')
        ON CONFLICT (intacct_company, employee_id) DO UPDATE SET {record} = EXCLUDED.{record}, linked_at = now()
        """
    ).format(table=table, record=record)
    connection.execute(query, {"load": load_id, "company": intacct_company, "stream": stream, "kinds": list(kinds)})


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
