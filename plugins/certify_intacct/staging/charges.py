"""Which documents of the ledger hold a card charge."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from certify_intacct.model.ledger import LIVE
from certify_intacct.model.rules import Rule
from certify_intacct.staging.database import Connection
from certify_intacct.staging.report_plans import PlannedPart, PlannedReport


@dataclass(frozen=True, kw_only=True)
class ChargeHolder:
    """A document that holds card charges.

    :param keys: of its charges (``Charge.keys``)
    :param report: the label of its report
    :param record_no: None while it is not known to be in Intacct
    :param released: whether a person said that a charge of its report is another one than one that looks the same
    """

    report_id: str
    report: str
    number: str
    keys: frozenset[str]
    record_no: str | None = None
    released: bool = False

    @classmethod
    def planned(cls, report_id: str, report: str, part: PlannedPart) -> ChargeHolder:
        """A document that is about to be posted."""
        return cls(report_id=report_id, report=report, number=part.document.number, keys=part.charges)

    @property
    def label(self) -> str:
        """For a person: its report, its number and its record."""
        record = f", record {self.record_no}" if self.record_no else ""
        return f"{self.report or self.report_id} ({self.number}{record})"


def holders(connection: Connection, intacct_company: str, keys: Collection[str]) -> list[ChargeHolder]:
    """The documents that Intacct has, or may have, with charges of one of these keys."""
    rows = connection.execute(
        """
        WITH holder AS MATERIALIZED (
            -- Key by key in the index, and nothing else first: else each key would be compared with each document.
            SELECT DISTINCT d.document_id FROM unnest(%s::text[]) AS asked (key) CROSS JOIN LATERAL (
                SELECT document_id, intacct_company, state FROM ledger.document WHERE charges @> ARRAY[asked.key] OFFSET 0
            ) d WHERE d.intacct_company = %s AND d.state = ANY(%s)
        )
        SELECT d.report_id, r.label AS report, d.number, d.record_no, d.charges, EXISTS (
            SELECT FROM ledger.released_rule q
            WHERE (q.certify_company, q.report_id, q.rule) = (d.certify_company, d.report_id, %s)
        ) AS released
        FROM holder CROSS JOIN LATERAL (
            SELECT * FROM ledger.document WHERE document_id = holder.document_id OFFSET 0
        ) d CROSS JOIN LATERAL (
            SELECT label FROM ledger.report
            WHERE (certify_company, report_id, sequence) = (d.certify_company, d.report_id, d.sequence) OFFSET 0
        ) r ORDER BY d.number
        """,
        [sorted(keys), intacct_company, sorted(LIVE), Rule.SAME_CHARGE],
    ).fetchall()
    return [_holder(row) for row in rows]


@dataclass(frozen=True, kw_only=True)
class BookedByHand:
    """What a person has booked by hand.

    :param content: the business fields of its lines (``rules.expenses.hashing``)
    """

    report_id: str
    record_no: str
    content: Mapping[str, Any]

    def holder(self, keys: frozenset[str]) -> ChargeHolder:
        """It as what holds the charges of its lines.

        :param keys: of these charges
        """
        return ChargeHolder(
            report_id=self.report_id, report=f"report {self.report_id}", number="booked by hand", keys=keys,
            record_no=self.record_no,
        )  # fmt: skip


def booked_by_hand(connection: Connection, certify_company: str) -> list[BookedByHand]:
    """All that persons have booked by hand and nobody took back, as far as it is known which lines that was."""
    rows = connection.execute(
        """
        SELECT t.report_id, t.record_no, coalesce(c.content, p.content) AS content FROM ledger.taken_out t
        LEFT JOIN ledger.part_content c USING (certify_company, report_id, content_hash)
        LEFT JOIN LATERAL (
            SELECT content FROM plan.document s WHERE s.report_id = t.report_id AND s.content_hash = t.content_hash LIMIT 1
        ) p ON true
        WHERE t.certify_company = %s AND t.decision = 'booked_by_hand' AND coalesce(c.content, p.content) IS NOT NULL
        ORDER BY t.decision_id
        """,
        [certify_company],
    ).fetchall()
    return [BookedByHand(**row) for row in rows]


def _holder(row: dict[str, Any]) -> ChargeHolder:
    return ChargeHolder(
        **{name: value for name, value in row.items() if name != "charges"}, keys=frozenset(row["charges"])
    )


class PlannedCharges:
    """Who holds which card charge by a plan that is being made: kept in the database, and gone with the transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # A key holds a merchant's name, which may be too long for an index.
        connection.execute(
            """
            CREATE TEMP TABLE planned_charge (hash bytea PRIMARY KEY, key text, report_id text, report text, number text)
            ON COMMIT DROP
            """
        )

    def add(self, reports: Iterable[PlannedReport]) -> None:
        """Enters the documents of reports. A report is planned once, so of each charge only who has it first is ever asked for."""
        held = [
            (key, report.report_id, report.label, part.document.number)
            for report in reports
            for part in report.parts
            for key in sorted(part.charges)
        ]
        self.connection.execute(
            """
            INSERT INTO planned_charge SELECT sha256(convert_to(key, 'UTF8')), key, report_id, report, number
            FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS held (key, report_id, report, number, n)
            ORDER BY n ON CONFLICT DO NOTHING
            """,
            [[one[column] for one in held] for column in range(4)],
        )

    def holders(self, keys: Collection[str]) -> list[ChargeHolder]:
        """The documents with one of these keys, a holder for each key."""
        rows = self.connection.execute(
            "SELECT key, report_id, report, number FROM planned_charge WHERE hash = ANY(%s)",
            [[sha256(key.encode()).digest() for key in keys]],
        ).fetchall()
        return [
            ChargeHolder(**{name: value for name, value in row.items() if name != "key"}, keys=frozenset({row["key"]}))
            for row in rows
        ]
