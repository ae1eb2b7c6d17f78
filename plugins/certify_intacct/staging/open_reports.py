"""What stays open of reports: every run reads them again by their ID until each of their parts has an outcome."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from certify_intacct.model.outcomes import OpenState
from certify_intacct.model.rules import STRANGERS
from certify_intacct.staging.database import Connection


@dataclass(frozen=True, kw_only=True)
class OpenReport:
    """A report, or a part of one, that stays on the list of open items.

    :param rule: names of the rules that hold it, with commas
    :param source_hash: of the whole report
    :param part: of the lines of one document, where it is about that alone
    :param number: the document in the ledger that it is about
    :param entity: of its documents, where that is known
    :param content: what ``part``, or ``source_hash``, is of, where a person may decide about that; of what the load planned its plan
        has it
    """

    report_id: str
    state: OpenState
    rule: str = ""
    reason: str = ""
    label: str = ""
    processed_date: date | None = None
    source_hash: str = ""
    part: str = ""
    payer: str = ""
    number: str = ""
    currency: str = ""
    total: Decimal | None = None
    entity: str = ""
    content: Mapping[str, Any] | None = None


def keep_open(connection: Connection, certify_company: str, load_id: int, item: OpenReport) -> None:
    """Lists a report, or a part of one, as unfinished, so that every run reads the report again by its ID."""
    # A decision about it is one about these lines: they are looked for by it in whatever report they are by then.
    if item.content is not None:
        connection.execute(
            """
            INSERT INTO ledger.part_content (certify_company, report_id, content_hash, content) VALUES (%s, %s, %s, %s)
            ON CONFLICT DO NOTHING
            """,
            [certify_company, item.report_id, item.part or item.source_hash, Jsonb(item.content)],
        )
    elif item.part and item.state in (OpenState.HELD, OpenState.REJECTED):
        connection.execute(
            """
            INSERT INTO ledger.part_content (certify_company, report_id, content_hash, content)
            SELECT %s, report_id, content_hash, content FROM plan.document
            WHERE load_id = %s AND report_id = %s AND content_hash = %s LIMIT 1
            ON CONFLICT DO NOTHING
            """,
            [certify_company, load_id, item.report_id, item.part],
        )
    connection.execute(
        """
        INSERT INTO ledger.open_item (certify_company, report_id, part, payer, number, entity, currency, total, processed_date, label,
            state, rule, reason, source_hash, load_id)
        VALUES (%(company)s, %(report)s, %(part)s, %(payer)s, %(number)s, %(entity)s, %(currency)s, %(total)s, %(day)s, %(label)s,
            %(state)s, %(rule)s, %(reason)s, %(hash)s, %(load)s)
        ON CONFLICT (certify_company, report_id, part) DO UPDATE SET
            state = EXCLUDED.state, rule = EXCLUDED.rule, reason = EXCLUDED.reason, load_id = EXCLUDED.load_id, seen_at = now(),
            source_hash = coalesce(nullif(EXCLUDED.source_hash, ''), ledger.open_item.source_hash),
            label = coalesce(nullif(EXCLUDED.label, ''), ledger.open_item.label),
            payer = coalesce(nullif(EXCLUDED.payer, ''), ledger.open_item.payer),
            number = coalesce(nullif(EXCLUDED.number, ''), ledger.open_item.number),
            entity = coalesce(nullif(EXCLUDED.entity, ''), ledger.open_item.entity),
            currency = coalesce(nullif(EXCLUDED.currency, ''), ledger.open_item.currency),
            total = coalesce(EXCLUDED.total, ledger.open_item.total),
            processed_date = coalesce(EXCLUDED.processed_date, ledger.open_item.processed_date)
        """,
        {
            "company": certify_company, "report": item.report_id, "part": item.part, "payer": item.payer, "number": item.number,
            "entity": item.entity, "currency": item.currency, "total": item.total, "day": item.processed_date, "label": item.label,
            "state": item.state.value, "rule": item.rule, "reason": item.reason, "hash": item.source_hash, "load": load_id,
        },
    )  # fmt: skip


def close_decided(connection: Connection, certify_company: str) -> None:
    """Takes off the list what persons took out of our hands (booked by hand, not ours) and nobody took back.

    A report that Certify shows no more as processed is in no plan that could say so.
    """
    connection.execute(
        """
        DELETE FROM ledger.open_item i USING ledger.taken_out d
        WHERE i.certify_company = %s AND d.certify_company = i.certify_company AND i.report_id = d.report_id
          AND d.content_hash <> '' AND coalesce(nullif(i.part, ''), i.source_hash) = d.content_hash
        """,
        [certify_company],
    )


def close_parts(connection: Connection, certify_company: str, parts: Collection[tuple[str, str]]) -> None:
    """Takes parts of reports that are finished off the list, by report ID and the hash of the part."""
    connection.execute(
        """
        DELETE FROM ledger.open_item i USING unnest(%s::text[], %s::text[]) AS d (report_id, part)
        WHERE i.certify_company = %s AND (i.report_id, i.part) = (d.report_id, d.part)
        """,
        [[report_id for report_id, _ in parts], [part for _, part in parts], certify_company],
    )


def open_report_ids(
    connection: Connection, certify_company: str, report_ids: Collection[str] | None = None
) -> list[str]:
    """The IDs of all reports that are not finished, and of those about which a person decided since they were planned last.

    :param report_ids: asks about these alone
    """
    rows = connection.execute(
        """
        SELECT report_id FROM ledger.open_item WHERE certify_company = %(company)s AND NOT rule = ANY(%(strangers)s)
          AND (%(ids)s::text[] IS NULL OR report_id = ANY(%(ids)s))
        UNION
        SELECT d.report_id FROM ledger.decision d
        WHERE d.certify_company = %(company)s AND d.decision = 'retry' AND d.decided_at > coalesce((
            SELECT max(c.planned_at) FROM plan.change c JOIN ops.load l ON l.load_id = c.load_id AND NOT l.dry_run
            WHERE c.subject = 'report' AND c.key = d.report_id
        ), '-infinity') AND (%(ids)s::text[] IS NULL OR d.report_id = ANY(%(ids)s))
        ORDER BY report_id
        """,
        {
            "company": certify_company,
            "strangers": list(STRANGERS),
            "ids": None if report_ids is None else list(report_ids),
        },
    ).fetchall()
    return [row["report_id"] for row in rows]


def alarms(connection: Connection, load_id: int) -> list[dict[str, Any]]:
    """What a load found to wait, before it planned anything, of reports that are not processed any more."""
    return connection.execute(
        """
        SELECT report_id, label, rule, reason FROM ledger.open_item i WHERE load_id = %(load)s AND state IN ('alarm', 'held')
          AND NOT EXISTS (SELECT FROM staging.certify_expense_report s WHERE s.load_id = %(load)s AND s.id = i.report_id)
        ORDER BY report_id, number
        """,
        {"load": load_id},
    ).fetchall()


def held_before(connection: Connection, certify_company: str, report_ids: Collection[str]) -> set[tuple[str, str]]:
    """Reports that an earlier version held, with the hash of what they were then."""
    rows = connection.execute(
        "SELECT report_id, source_hash FROM ledger.held_before WHERE certify_company = %s AND report_id = ANY(%s)",
        [certify_company, list(report_ids)],
    ).fetchall()
    return {(row["report_id"], row["source_hash"]) for row in rows}
