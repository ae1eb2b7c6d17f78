"""No query of a run turns quadratic, however little PostgreSQL knows: the first large day meets tables that were never analyzed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row, tuple_row

from certify_intacct.model.charges import asked
from certify_intacct.model.configuration import Configuration, load
from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.payments import Paid
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.operators.run_report import RunReportOperator
from certify_intacct.posting.plan_load import plan_load
from certify_intacct.quality.suites import suites
from certify_intacct.reconciliation.balance import Why
from certify_intacct.staging import (
    approvals,
    charges,
    claiming,
    document_looks,
    first_reads,
    frozen_reports,
    ledger_reads,
    payee_links,
    payments,
    receipts,
    reconciliation,
    run_limits,
    sweeps,
    swept,
    to_send,
)
from certify_intacct.staging.manifest import get_load
from certify_intacct.staging.verdicts import verdicts_on
from tests import many_reports
from tests.expense_company import DAY, Company

REPORTS, LINES = 3000, 1
#: No step of a query touches more rows than this: a few times all that is staged, and a hundredth of what a quadratic one would.
MOST = 20 * REPORTS * LINES
#: Of what a document of the ledger is besides its plan.
_POSTED = """
ALTER TABLE ledger.report DISABLE TRIGGER USER; ALTER TABLE ledger.document DISABLE TRIGGER USER;
INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date, source_hash, content,
    load_id)
SELECT 'sandbox', r.report_id, 1, r.token, r.label, r.employee_id, r.processed_date, r.source_hash, r.content, r.load_id
FROM plan.report r;
INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind, payer, entity,
    session_entity, currency, total, line_count, payee_id, posting_date, state, revision, control_id, canonical, sha256, request,
    config_hash, load_id, record_no, content, charges)
SELECT 'sandbox', 'SANDBOX', d.report_id, d.sequence, d.ordinal, d.number, r.token, d.kind, d.content ->> 'payer', d.entity,
    d.session_entity, d.currency, d.total, d.line_count, d.payee_id, d.posting_date, 'in_gl', 1, 'c' || d.number, d.canonical,
    d.sha256, '', d.config_hash, d.load_id, d.number, d.content, d.charges
FROM plan.document d JOIN plan.report r USING (load_id, report_id);
ALTER TABLE ledger.report ENABLE TRIGGER USER; ALTER TABLE ledger.document ENABLE TRIGGER USER;
"""

_EXECUTE = psycopg.Cursor.execute


class Explaining(psycopg.Cursor[Any]):
    """Carries each query out twice: the first time to see how, undone."""

    seen: list[tuple[float, str]]

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        text = _text(self, query)
        # A lock that belongs to the session would be held twice.
        once = self.connection.autocommit or "advisory" in text
        if not once and text.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "DELETE", "UPDATE")):
            with psycopg.Cursor(self.connection, row_factory=tuple_row) as plain:
                _EXECUTE(plain, "SAVEPOINT explained")
                _EXECUTE(plain, f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", params)
                (plan,) = plain.fetchone() or ({},)
                _EXECUTE(plain, "ROLLBACK TO explained")
            found = json.loads(plan) if isinstance(plan, str) else plan
            Explaining.seen.append((max(_touched(found[0]["Plan"])), text))
        return _EXECUTE(self, query, params, **options)


def _text(cursor: psycopg.Cursor[Any], query: Any) -> str:
    return query if isinstance(query, str) else query.as_string(cursor)


def _touched(node: Mapping[str, Any]) -> Iterator[float]:
    """How many rows each step of a query has had in its hands."""
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed"))
    yield (node["Actual Rows"] + removed) * node["Actual Loops"]
    for inner in node.get("Plans", ()):
        yield from _touched(inner)


@pytest.fixture
def explained(company) -> Iterator[Any]:
    """A connection of the loader's whose queries are explained, over tables of which PostgreSQL knows nothing."""
    with psycopg.connect(company.database.owner_url, autocommit=True) as owner:
        tables = owner.execute(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('staging', 'plan', 'ledger', 'ops', 'quality')
            """
        ).fetchall()
        for (table,) in tables:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
    Explaining.seen = []
    with psycopg.connect(company.database.loader_url, row_factory=dict_row, cursor_factory=Explaining) as connection:
        yield connection


def quadratic(allowed: float = MOST) -> dict[str, float]:
    """The queries that touched too many rows, with how many."""
    return {" ".join(text.split())[:300]: most for most, text in Explaining.seen if most > allowed}


def test_nothing_that_a_run_asks_turns_quadratic(company: Company, explained: Any):
    configuration = load(company.config)
    for posted in (False, True):
        load_id, _ = company.extract()
        company.sql("DELETE FROM staging.certify_expense_report WHERE load_id = %s", load_id)
        company.sql("DELETE FROM staging.certify_expense WHERE load_id = %s", load_id)
        many_reports.stage(company, load_id, REPORTS, lines=LINES)
        for suite in suites("expense", configuration):
            explained.execute(sql.SQL("SELECT * FROM {}").format(verdicts_on(suite.stream, load_id)))
        company.sql(
            """
            INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason, cure)
            SELECT load_id, 'certify_expenses', id, id, 'readable', 'It is odd.', '' FROM staging.certify_expense
            WHERE load_id = %s AND left(id, 3) = 'e17'
            """,
            load_id,
        )
        plan_load(explained, configuration, get_load(explained, load_id))
        explained.commit()
        _before_sending(explained, configuration, load_id)
        if not posted:
            company.sql(_POSTED)
    assert len(company.sql("SELECT 1 FROM ledger.document")) > REPORTS / 2
    _load(company, explained, load_id)
    _sweep(company, explained, load_id)
    _reconcile(company, explained, load_id)
    assert quadratic() == {}


def test_a_run_of_a_backfill_reads_what_its_own_dates_need(company: Company, monkeypatch: pytest.MonkeyPatch):
    """However much the ledger has: what a run reads of all that was posted, a backfill reads as often as it has days."""
    earlier, _ = company.extract(DAY - timedelta(days=40))
    many_reports.stage(company, earlier, REPORTS, lines=LINES)
    with company.loader() as connection:
        plan_load(connection, load(company.config), get_load(connection, earlier))
    company.sql(_POSTED)
    company.sql("SELECT ledger.seal()")  # once a day the whole ledger is read
    for number in range(1, 4):
        company.report(number, ("10", "10"), ("20", "0"))
    with psycopg.connect(company.database.owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE")
    Explaining.seen = []
    monkeypatch.setattr(psycopg.Cursor, "execute", Explaining.execute)
    load_id, run = company.plan(run_type="backfill")
    assert company.load(load_id, run) == {"applied": 3}
    assert ReconcileOperator(task_id="reconcile", load_id=load_id).execute(run)["reports"] == 3
    RunReportOperator(task_id="report", load_id=load_id).execute(run)
    assert len(Explaining.seen) > 100
    assert quadratic(REPORTS / 10) == {}


def _load(company: Company, explained: Any, load_id: int) -> None:
    """What a load asks, and what each of its requests asks."""
    companies = "sandbox", "SANDBOX"
    reports = to_send.reports_to_send(explained, load_id)
    to_send.first_sends(explained, load_id)
    items = to_send.planned_documents(explained, load_id, [report_id for report_id, _ in reports[:200]])
    batch = items[:25]
    numbers = [item.document.number for item in batch]
    claiming.planned_facts(explained, load_id, numbers)
    charges.holders(explained, "SANDBOX", [f"T-{number}" for number in range(50)])
    ledger_reads.by_place(explained, "SANDBOX", [item.document for item in batch])
    frozen_reports.freeze(explained, load_id, "sandbox", [(item.report_id, 1) for item in batch])
    to_send.begin(explained, *companies, batch, load_id)
    ledger_reads.to_follow(explained, *companies)
    to_send.settle_outcomes(explained, load_id, "run", *companies)
    payee_links.learn(explained, load_id, "SANDBOX", "VENDOR", "intacct_vendors", ["ap_bill"])


def _before_sending(explained: Any, configuration: Configuration, load_id: int) -> None:
    """What is asked of a plan before its documents are sent, by the task that asks for approval and the one that sends."""
    run_limits.above_limits(explained, load_id, configuration)
    run_limits.totals(explained, load_id)
    approvals.plan_hash(explained, load_id)
    to_send.first_sends(explained, load_id)
    reports = [report_id for report_id, _ in to_send.reports_to_send(explained, load_id)]
    to_send.planned_documents(explained, load_id, reports[:200])
    receipts.queue(explained, "SANDBOX", load_id, {f"C{report_id}": report_id for report_id in reports})
    receipts.read_again(explained, "SANDBOX", "sandbox", load_id)
    receipts.due(explained, "SANDBOX")


def _sweep(company: Company, explained: Any, load_id: int) -> None:
    company.sql(
        """
        INSERT INTO staging.certify_swept_report SELECT * FROM staging.certify_expense_report WHERE load_id = %s
        """,
        load_id,
    )
    company.sql("DELETE FROM staging.certify_expense_report WHERE load_id = %s", load_id)
    ids = [f"r{number:08}" for number in range(1, REPORTS + 1)]
    swept.unseen(explained, load_id, DAY, ids[::2])
    swept.posted_days(explained, load_id, "sandbox")
    swept.posted_on(explained, load_id, "sandbox", [DAY])
    swept.posted_and_missing(explained, load_id, "sandbox", DAY)
    contents = ((report.id, {}) for report in swept.done_before(explained, load_id, "sandbox"))
    sweeps.changed_reports(explained, "sandbox", contents)
    payments.keep_swept(explained, load_id, "sandbox")
    sweeps.stage_swept(explained, load_id, ids)


def _reconcile(company: Company, explained: Any, load_id: int) -> None:
    ids = [f"r{number:08}" for number in range(1, REPORTS + 1)]
    numbers = [row["number"] for row in company.sql("SELECT number FROM ledger.document")]
    company.sql(
        """
        INSERT INTO ledger.decision (certify_company, report_id, content_hash, number, decision, rules, record_no, reason, decided_by,
            user_id, payer, currency)
        SELECT 'sandbox', report_id, 'h' || number, number, 'booked_by_hand', '{}', number, 'r', 'kim', '1', 'employee', 'USD'
        FROM ledger.document LIMIT 1000
        """
    )
    Why(explained, load(company.config).company, ids)
    reconciliation.posted_between(explained, "sandbox", DAY, DAY, dated=True)
    reconciliation.known_records(explained, "SANDBOX", numbers)
    reconciliation.posted_records(explained, "SANDBOX", [("ap_bill", number) for number in numbers])
    documents = [row["document_id"] for row in company.sql("SELECT document_id FROM ledger.document")]
    numbered = dict(zip(numbers, numbers, strict=True))
    reconciliation.ids_by_record(explained, "SANDBOX", [DocumentKind.AP_BILL], numbered)
    reconciliation.kinds_posted(explained, "SANDBOX")
    known = reconciliation.documents_of(explained, "sandbox", ids[:500])
    first_reads.first_reads(explained, known)
    ledger_reads.witnesses(explained, known[0], list(DocumentKind))
    reconciliation.labels(explained, "sandbox", ids[:500])
    reconciliation.accepted_differences(explained, "sandbox", ids[:500])
    modified = dict.fromkeys(documents, "2026-01-01")
    document_looks.looked(explained, modified, documents)
    document_looks.unchanged(explained, modified)
    payments.to_ask(explained, "SANDBOX", [DocumentKind.AP_BILL], datetime.now(tz=UTC), 1000)
    payments.keep_paid(explained, {document_id: Paid(paid=Decimal(1), due=Decimal(0)) for document_id in documents})
    payments.keep_asked(explained, documents)
    payments.keep_headers(explained, "sandbox", [{"ID": report_id, "Reimbursed": True} for report_id in ids])
    payments.differences(explained, "SANDBOX", most=50)
    payments.listed(explained, "SANDBOX", most=50)
    # A charge is asked for by its ID where it has one: what looks the same is of all of these reports.
    keys = asked(key for row in company.sql("SELECT charges FROM ledger.document") for key in row["charges"])
    charges.holders(explained, "SANDBOX", keys)
    reconciliation.settled(explained, documents)
    reconciliation.reports_of(explained, documents)
