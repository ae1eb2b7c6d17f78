"""Payments about which the services differ are found without reading the others, and are those that comparing all of them finds."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from certify_intacct.staging import payments

SQL = Path(payments.__file__).parent / "sql"
#: How the differences were found when all of a ledger was read for them.
AS_IT_WAS = (
    (SQL / "0047_payments.sql")
    .read_text(encoding="utf-8")
    .partition("CREATE VIEW ledger.payment AS")[2]
    .partition(";\n")[0]
)
NAMES = (
    "certify_company, intacct_company, report_id, approval_code, person, employee_id, entity, number, kind, record_no, record_url, "
    "currency, amount, paid, due, paid_on, marked, marked_on, marked_as, difference, unreadable, asked_at, read_at"
)
#: Documents of six reports, two of them of another company of Intacct: owed to employees or not, of all kinds, wherever they stand.
DOCUMENTS = [
    (f"r{report}", ordinal, kind, payer, company)
    for report, company in enumerate(["ACME", "ACME", "ACME", "ACME", "OTHER", "OTHER"])
    for ordinal, (kind, payer) in enumerate(
        [("ap_bill", "employee"), ("expense_report", "employee"), ("credit_card_transaction", "company")], 1
    )
]
STATES = ("accepted", "in_gl", "altered", "declined", "deleted", "rejected")

ids = st.integers(1, len(DOCUMENTS))
reports = st.sampled_from(sorted({report for report, *_ in DOCUMENTS}))
cents = st.sampled_from([None, Decimal(0), Decimal("40.00"), Decimal("100.00")])
steps = st.one_of(
    st.tuples(st.just("pay"), ids, cents, cents, st.sampled_from(["", "", "TRX_PAID is no amount"])),
    st.tuples(st.just("mark"), reports, st.sampled_from([None, False, True]), st.sampled_from(["", " ", "000", "Manual Pay"])),
    st.tuples(st.just("state"), st.sampled_from(STATES), ids),
    st.tuples(st.just("wait"), reports, st.sampled_from(["", "employee", "company"])),
    st.tuples(st.just("done"), reports),
)  # fmt: skip
DO = {
    "pay": "INSERT INTO ops.payment (document_id, paid, due, unreadable) VALUES (%s, %s, %s, %s) ON CONFLICT (document_id) DO UPDATE "
    "SET paid = EXCLUDED.paid, due = EXCLUDED.due, unreadable = EXCLUDED.unreadable",
    "mark": "INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed, transaction_id) VALUES ('acme', %s, %s, %s) "
    "ON CONFLICT (certify_company, report_id) DO UPDATE SET reimbursed = EXCLUDED.reimbursed, "
    "transaction_id = EXCLUDED.transaction_id",
    "state": "UPDATE ledger.document SET state = %s WHERE document_id = %s",
    "wait": "INSERT INTO ledger.open_item (certify_company, report_id, payer, state, load_id) VALUES ('acme', %s, %s, 'held', 1) "
    "ON CONFLICT DO NOTHING",
    "done": "DELETE FROM ledger.open_item WHERE report_id = %s",
}  # fmt: skip


@pytest.fixture
def ledger(database, new_load):
    """A ledger with these documents, as its owner sees it."""
    new_load()
    with psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row) as owner:
        owner.execute(
            "ALTER TABLE ledger.report DISABLE TRIGGER USER; ALTER TABLE ledger.document DISABLE TRIGGER USER"
        )
        owner.execute(f"CREATE VIEW ledger.payment_as_it_was AS {AS_IT_WAS}".encode())
        for report in sorted({report for report, *_ in DOCUMENTS}):
            owner.execute(
                "INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, source_hash, content, "
                "load_id) VALUES ('acme', %(id)s, 1, 'T' || %(id)s, 'approval code A-' || %(id)s || ' (Ana)', 'E-1', 'h', '{}', 1)",
                {"id": report},
            )  # fmt: skip
        for report, ordinal, kind, payer, company in DOCUMENTS:
            owner.execute(
                """
                INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind,
                    payer, entity, session_entity, currency, total, line_count, payee_id, posting_date, state, revision, control_id,
                    canonical, sha256, request, config_hash, load_id, record_no, content)
                VALUES ('acme', %(company)s, %(report)s, 1, %(ordinal)s, %(report)s || '-' || %(ordinal)s, 'T', %(kind)s,
                    %(payer)s, '100', '', 'USD', 100, 1, 'E-1', '2026-11-29', 'in_gl', 1, 'c', '', 's', '', 'c', 1,
                    %(report)s || %(ordinal)s, '{}')
                """,
                {"company": company, "report": report, "ordinal": ordinal, "kind": kind, "payer": payer},
            )  # fmt: skip
        yield owner


def rows(owner: psycopg.Connection[Any], query: str) -> list[dict[str, Any]]:
    return owner.execute(query.encode()).fetchall()


def clean(owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "DELETE FROM ops.payment; DELETE FROM ops.reimbursement; DELETE FROM ledger.open_item; "
        "UPDATE ledger.document SET state = 'in_gl'"
    )


def test_the_view_has_the_same_rows_as_when_it_read_everything_whatever_happened_in_whatever_order(ledger):
    @settings(max_examples=150)
    @given(st.lists(steps, max_size=14))
    def check(done):
        clean(ledger)
        for name, *values in done:
            ledger.execute(DO[name], values)
        before = rows(ledger, f"SELECT {NAMES} FROM ledger.payment_as_it_was ORDER BY number")
        assert rows(ledger, f"SELECT {NAMES} FROM ledger.payment ORDER BY number") == before
        for company in ("ACME", "OTHER"):
            differing = {
                row["number"]: row["difference"]
                for row in before
                if row["intacct_company"] == company and row["difference"]
            }
            assert {row["number"]: row["difference"] for row in payments.differences(ledger, company)} == differing
            counts, page = payments.listed(ledger, company, most=50)
            assert sum(row["documents"] for row in counts) == len(page) == len(differing)

    check()


def test_what_was_paid_before_the_migration_is_told_after_it(database, ledger):
    ledger.execute("INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed) VALUES ('acme', 'r1', true)")
    ledger.execute(
        "INSERT INTO ops.payment (document_id, paid, due) SELECT document_id, 100, 0 FROM ledger.document WHERE ordinal = 1"
    )
    found = {row["number"] for row in payments.differences(ledger, "ACME")}
    # As if no trigger had been there, then what the migration does.
    ledger.execute("ALTER TABLE ops.payment DISABLE TRIGGER USER; UPDATE ops.payment SET differs = false")
    assert payments.differences(ledger, "ACME") == []
    text = (SQL / "0057_pages.sql").read_text(encoding="utf-8")
    ledger.execute(
        "".join(["UPDATE ops.payment p SET", text.partition("UPDATE ops.payment p SET")[2].partition(";")[0]]).encode()
    )
    assert {row["number"] for row in payments.differences(ledger, "ACME")} == found == {"r0-1", "r2-1", "r3-1"}


@pytest.mark.parametrize("first", ["pay", "unmark"])
def test_a_payment_and_a_mark_that_are_written_at_the_same_time_both_count(database, ledger, first):
    """One run reads that Intacct has paid, the other that Certify shows it no more as reimbursed: neither sees the other's."""
    ledger.execute(DO["mark"], ["r0", True, ""])
    ledger.execute(DO["pay"], [1, Decimal(0), Decimal(100), ""])
    work = {"pay": (DO["pay"], [1, Decimal(100), Decimal(0), ""]), "unmark": (DO["mark"], ["r0", False, ""])}
    (second,) = work.keys() - {first}
    with psycopg.connect(database.loader_url) as one, psycopg.connect(database.loader_url) as other:
        one.execute(*work[first])
        waits = threading.Thread(target=lambda: (other.execute(*work[second]), other.commit()))
        waits.start()
        waits.join(0.3)
        assert waits.is_alive(), "it waits for the other to be done"
        one.commit()
        waits.join(20)
        assert not waits.is_alive()
    assert [(row["number"], row["difference"]) for row in payments.differences(ledger, "ACME")] == [
        ("r0-1", "paid_in_part")
    ]
