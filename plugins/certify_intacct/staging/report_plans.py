"""The plan of reports: what each load would post, frozen, and what stays open until it is posted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from certify_intacct.model.documents import Document
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
