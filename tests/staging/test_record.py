"""The record cannot be forged by the role that posts, and not without a trace by whoever owns the database."""

from __future__ import annotations

import re

import psycopg
import pytest

from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.staging import record
from tests.expense_company import company
from tests.staging.test_rights import REFUSED

__all__ = ["company"]


@pytest.fixture
def posted(company):
    """Two reports in Intacct, and one that was refused first."""
    company.report(1)
    company.report(2, ("800", "800"), ("20", "0"))
    company.sync()
    return company


def altered(company) -> list[str]:
    with company.loader() as connection:
        return list(record.altered(connection))


@pytest.mark.parametrize(
    "change",
    [
        "number = 'CAAAAAAAAAA-1-001B'", "total = total + 1", "payee_id = 'E-9'", "currency = 'EUR'", "entity = '200'",
        "sha256 = 'f00'", "posting_date = posting_date + 1", "kind = 'gl_journal'", "content = '{}'", "charges = '{x}'",
        "record_no = '4711'", "approved_by = 'kim'", "line_count = 9", "load_id = load_id + 1",
        "canonical = 'x'", "request = 'x'", "control_id = 'x'", "report_id = 'x'", "state = 'sending'", "revision = revision + 1",
    ],
)  # fmt: skip
def test_the_role_that_posts_changes_nothing_of_what_was_posted(posted, change):
    with pytest.raises(REFUSED), posted.loader() as connection:
        connection.execute(f"UPDATE ledger.document SET {change}")
    assert altered(posted) == []


@pytest.mark.parametrize(
    "change", ["dry_run = true", "actor = 'kim'", "period_start = '2020-01-01'", "config_hash = ''", "run_id = ''"]
)
def test_what_a_load_is_stays_as_it_was_opened(posted, change):
    with pytest.raises(REFUSED), posted.loader() as connection:
        connection.execute(f"UPDATE ops.load SET {change}")


def test_a_plan_is_approved_once(posted):
    insert = """
        INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, user_id, reasons, run_id, decided_at)
        VALUES (1, 'f00', 'approved', %s, '', '', 'run', now())
    """
    with posted.loader() as connection:
        connection.execute(insert, ["kim"])
    with pytest.raises(REFUSED, match="approved already"), posted.loader() as connection:
        connection.execute(insert, ["mallory"])


def tamper(company, *statements: str) -> None:
    """As the owner of the database, who can switch everything off."""
    with psycopg.connect(company.database.owner_url) as connection:
        for table in ("document", "event", "seal"):
            connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
        for statement in statements:
            connection.execute(statement)
        for table in ("document", "event", "seal"):
            connection.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger.event SET actor = 'mallory' WHERE event_id = 2", "Event 2 of .* is not what was written"),
        ("UPDATE ledger.event SET canonical = 'x' WHERE event_id = 1", "Event 1 of .* is not what was written"),
        (
            "UPDATE ledger.event SET at = at - interval '1 day' WHERE event_id = 1",
            "Event 1 of .* is not what was written",
        ),
        ("DELETE FROM ledger.event WHERE event_id = 1", "one is missing, or was put in"),
        ("UPDATE ledger.document SET state = 'reversed' WHERE document_id = 1", "is not what its newest event says"),
        (
            "DELETE FROM ledger.event WHERE document_id = 1; DELETE FROM ledger.document_expense WHERE document_id = 1; "
            "DELETE FROM ledger.document WHERE document_id = 1",
            "Seal 1 of .* does not fit any more",
        ),
        ("UPDATE ledger.seal SET head = 'f00'", "Seal 1 of .* does not fit any more"),
        *(
            (f"UPDATE ledger.document SET {change} WHERE document_id = 1", "is not what its newest event says")
            for change in (
                "total = total + 1",
                "payee_id = 'E-9'",
                "posting_date = posting_date + 1",
                "currency = 'EUR'",
                "entity = '200'",
                "session_entity = '200'",
                "kind = 'gl_journal'",
                "record_no = '4711'",
            )
        ),
        (
            "ALTER TABLE ledger.event DROP CONSTRAINT event_document_id_fkey; "
            "DELETE FROM ledger.document_expense WHERE document_id = 1; DELETE FROM ledger.document WHERE document_id = 1",
            "Document .* is not there any more, and its events are",
        ),
    ],
)
def test_whoever_owns_the_database_leaves_a_trace(posted, statement, said):
    with posted.loader() as connection:
        record.seal(connection)
    assert altered(posted) == []
    tamper(posted, *statement.split("; "))
    found = altered(posted)
    assert any(re.search(said, one) for one in found), found


def test_an_event_whose_hash_is_taken_away_is_not_one_of_before_there_were_any(posted):
    """Nobody has sealed it yet, and no later event of its document tells which hash came before."""
    tamper(
        posted,
        "UPDATE ledger.event SET actor = 'mallory', hash = NULL, previous = NULL "
        "WHERE event_id = (SELECT max(event_id) FROM ledger.event)",
    )
    (said,) = altered(posted)
    assert re.search("Event .* is not what was written", said)


def test_the_daily_reconciliation_seals_and_says_what_was_altered(posted):
    load, run = posted.plan()
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"]
    (seal,) = posted.sql("SELECT * FROM ledger.seal")
    assert seal["events"] == posted.sql("SELECT count(*) AS n FROM ledger.event")[0]["n"]
    assert ReconcileOperator(task_id="reconcile", load_id=load).execute(run)["holds"]
    assert len(posted.sql("SELECT * FROM ledger.seal")) == 1, "one a day"
    posted.report(3)
    posted.sync()
    tamper(posted, "UPDATE ledger.seal SET sealed_at = sealed_at - interval '1 day'")
    tamper(
        posted, "UPDATE ledger.event SET actor = 'mallory' WHERE event_id = (SELECT max(event_id) FROM ledger.event)"
    )
    outcome = ReconcileOperator(task_id="reconcile", load_id=load).execute(run)
    assert outcome["record"] >= 1
    assert not outcome["holds"]


def test_an_older_ledger_joins_by_its_first_seal(posted):
    tamper(posted, "UPDATE ledger.event SET hash = NULL, previous = NULL")
    with posted.loader() as connection:
        record.seal(connection)
    posted.report(3)
    posted.sync()
    assert altered(posted) == []
    tamper(posted, "UPDATE ledger.event SET actor = 'mallory' WHERE event_id = 1")
    assert altered(posted) != []
