"""A year of expense reports straight in the tables, and what each page takes over it: ``python -m tests.pages.year [reports]``.

With ``--serve PORT`` the pages are served on loopback instead, to whoever comes, signed in as a viewer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from certify_intacct.model.documents import Document, DocumentKey, DocumentKind, DocumentLine
from certify_intacct.model.payers import Payer

DAYS = 365
#: What is looked for in the ledger and is rare there, or not there at all; and what is the beginning of everything.
RARE = ("entity=900", "kind=gl_journal", "entity=900&kind=gl_journal", "q=Z", "q=A", "q=A1", "q=A&entity=900")
_ROOT = Path(__file__).parents[2]

# A load a day, oldest first: the sync, and the sync of people; then two previews of the last ten dates.
_LOADS = """
INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version, state, counts,
    opened_at, closed_at)
SELECT 'expense_sync', 'scheduled__' || day, 'scheduled', 'expense', day, day, false, 'c', '1', 'loaded',
       jsonb_build_object('plan', jsonb_build_object('post', %(each)s - 3, 'hold', 3), 'intacct', jsonb_build_object('applied',
           %(each)s - 3),
                          'reconciliation', jsonb_build_object('holds', n %% 9 <> 0, 'reports', %(each)s)),
       day + interval '1 day 5 hours', day + interval '1 day 6 hours'
FROM (SELECT n, current_date - %(days)s + n - 1 AS day FROM generate_series(1, %(days)s) n WHERE n <> %(days)s - 5) d ORDER BY n;
INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version, state,
    counts, opened_at)
SELECT 'organization_sync', 'scheduled__' || day, 'scheduled', 'organization', day, day, false, 'c', '1', 'loaded',
       '{"planned": 12, "certify": {"applied": 12}}', day + interval '1 day 4 hours'
FROM (SELECT n, current_date - %(days)s + n - 1 AS day FROM generate_series(1, %(days)s) n) d ORDER BY n;
INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, config_hash, code_version, state,
    opened_at)
SELECT 'expense_preview', 'manual__' || n, 'manual', 'expense', current_date - 10, current_date - 1, true, 'c' || n, '1', 'previewed',
       now() - n * interval '1 hour' FROM generate_series(1, 2) n;
INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, observed_at)
SELECT load_id, 'certify_expense_reports', load_id, %(each)s, 20, opened_at FROM ops.load WHERE dag_id = 'expense_sync';
"""
# Every 40th report waits; there are bills, and card charges in another currency; the newest are not in the general ledger yet. An
# entity has nothing but three of the oldest reports.
_REPORTS = """
CREATE TEMP TABLE made AS
SELECT l.load_id, l.period_start AS day, l.opened_at, 'r' || l.load_id || '-' || n AS report_id, 'A' || (l.load_id * 1000 + n) AS code,
       l.load_id * 1000 + n AS n, n %% 40 = 0 AS waits, w.rule, w.why, w.cure
FROM ops.load l CROSS JOIN generate_series(1, %(each)s) n JOIN (VALUES
    (0, 'closed_period', 'The period of its date is closed in entity 100.', 'Open the period in Intacct, or change the date.'),
    (1, 'vendor_missing', 'Intacct has no vendor with this EmployeeID.', 'Make the vendor in Intacct, or correct the EmployeeID.'),
    (2, 'card_unmapped', 'The card Corporate Visa is in no line of the map.', 'Name it in posting.company_paid.cards.'),
    (3, 'old_date', 'It would be posted 75 days before it was processed.', 'Correct the date in Certify, or release it.'),
    (4, 'personal', 'A line is of a category for personal expenses.', 'Take it out of the report in Certify, or release it.')
) w (place, rule, why, cure) ON w.place = ((l.load_id * 1000 + n) / 40 + l.load_id) %% 5
WHERE l.dag_id = 'expense_sync';
INSERT INTO staging.certify_expense_report (load_id, id, employee_id, first_name, last_name, currency, total_amount, processed,
    processed_date,
    approval_code, raw)
SELECT load_id, report_id, 'E-' || n %% 5000, 'Ana', 'Ruiz ' || n %% 5000, 'USD', (n %% 90000)::numeric / 100, true, day, code,
    '{}' FROM made;
INSERT INTO plan.change (load_id, position, subject, action, key, reason, rule, cure, billed_calls, planned_at)
SELECT load_id, row_number() OVER (PARTITION BY load_id ORDER BY n), 'report', CASE WHEN waits THEN 'hold' ELSE 'post' END, report_id,
       'approval code ' || code, CASE WHEN waits THEN rule ELSE '' END, CASE WHEN waits THEN cure ELSE '' END, CASE WHEN waits THEN 0
           ELSE 2 END, opened_at
FROM made;
INSERT INTO plan.outcome (change_id, run_id, result) SELECT change_id, 'r', 'applied' FROM plan.change WHERE action = 'post';
ALTER TABLE ledger.report DISABLE TRIGGER USER; ALTER TABLE ledger.document DISABLE TRIGGER USER;
INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date, source_hash, content,
    load_id)
SELECT %(certify)s, report_id, 1, 'T' || n, 'approval code ' || code || ' (Ana Ruiz)', 'E-' || n %% 5000, day, 'h', '{}', load_id
    FROM made WHERE NOT waits;
INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token, kind, payer, entity,
    session_entity,
    currency, total, line_count, payee_id, posting_date, state, revision, control_id, canonical, sha256, request, config_hash,
        load_id, record_no,
    record_url, content, last_sent_at)
SELECT %(certify)s, %(intacct)s, report_id, 1, o, 'T' || n || '-1-00' || o || 'B', 'T' || n,
       CASE o WHEN 1 THEN 'ap_bill' ELSE 'credit_card_transaction' END, CASE o WHEN 1 THEN 'employee' ELSE 'company' END,
           CASE WHEN n <= 1003 THEN '900' ELSE (100 + n %% 3 * 100)::text END, '',
       CASE WHEN o = 1 THEN 'USD' ELSE 'CAD' END, (n %% 90000)::numeric / 100 + o, 1, 'E-' || n %% 5000, day,
       CASE WHEN opened_at > now() - interval '3 days' AND n %% 4 = 0 THEN 'accepted' WHEN opened_at > now() - interval '2 days'
           AND n %% 50 = 1 THEN 'in_doubt'
            ELSE 'in_gl' END,
       1, 'c', convert_to(replace(%(bill)s, 'TOKEN', 'T' || n), 'UTF8'), 's', '', 'c', load_id, n::text || o,
       'https://www.intacct.com/ia/acct/ur.phtml?.r=' || n, '{}', opened_at
FROM made, generate_series(1, 2) o WHERE NOT waits AND (o = 1 OR n %% 4 = 0);
ALTER TABLE ledger.report ENABLE TRIGGER USER; ALTER TABLE ledger.document ENABLE TRIGGER USER;
INSERT INTO ledger.open_item (certify_company, report_id, part, payer, entity, currency, total, label, state, rule, reason,
    source_hash, load_id,
    processed_date, opened_at)
SELECT %(certify)s, report_id, CASE n %% 2 WHEN 0 THEN 'p' ELSE '' END, CASE n %% 2 WHEN 0 THEN 'employee' ELSE '' END,
    (100 + n %% 3 * 100)::text, 'USD',
       CASE n %% 2 WHEN 0 THEN (n %% 90000)::numeric / 100 END, 'approval code ' || code || ' (Ana Ruiz ' || n %% 5000 || ')',
       CASE n %% 7 WHEN 0 THEN 'quarantined' WHEN 1 THEN 'rejected' ELSE 'held' END,
       CASE n %% 7 WHEN 1 THEN '' ELSE rule END, why, 'h', load_id, day, opened_at
FROM made WHERE waits;
"""
_BESIDE = """
INSERT INTO quality.result (load_id, stream, rule, severity, checked, failed)
SELECT l.load_id, s.stream, 'rule_' || n, CASE n WHEN 1 THEN 'critical' ELSE 'warning' END, 500, CASE WHEN n = 7 THEN 3 ELSE 0 END
FROM ops.load l, (VALUES ('certify_expense_reports'), ('certify_expenses'), ('intacct_vendors')) s (stream), generate_series(1, 12) n;
INSERT INTO ops.reconciliation (load_id, entity, currency, payer, kind, bucket, amount, reports)
SELECT l.load_id, (100 + e * 100)::text, 'USD', 'employee', 'ap_bill', b.bucket, 1234.56 * e, 10 * e
FROM ops.load l, generate_series(1, 3) e, (VALUES ('in_gl'), ('held'), ('in_intacct')) b (bucket) WHERE l.dag_id = 'expense_sync';
INSERT INTO ops.reconciliation_finding (load_id, finding, number, text, report_id, label, currency, amount, day, desk, cure, decided)
SELECT load_id, 'altered', 'T' || load_id || '-' || n, 'Somebody changed its account in Intacct.', 'r' || load_id || '-1',
    'approval code A' || load_id,
       'USD', 12.5, period_start, 'accounts payable', 'Correct it in Intacct, or accept it as posted.', n = 3
FROM ops.load, generate_series(1, 3) n WHERE dag_id = 'expense_sync' AND load_id %% 9 = 0;
INSERT INTO ops.preflight (direction, config_hash, fingerprint, code_version, dag_id, run_id, passed)
VALUES ('expense', 'c', 'f', '1', 'preflight', 'r', true), ('organization', 'c', 'f', '1', 'preflight', 'r', false);
INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason, cure)
SELECT %(load)s, 'certify_expense_reports', 'q' || n, 'approval code Q' || n, 'rule_7', 'The lines do not add up to the total.',
       'Correct the report in Certify.'
FROM generate_series(1, 4 * %(each)s) n;
INSERT INTO ops.preflight_result (check_id, position, area, item, outcome, required, detail, where_to_click)
SELECT max(check_id), 1, 'Company', 'Employees', 'missing', true, 'The user may not list employees.', 'Company > Admin > Users'
    FROM ops.preflight;
"""
# What only the second preview holds, and what either would post.
_PREVIEWS = """
INSERT INTO plan.change (load_id, position, subject, action, key, reason, rule, cure, after, billed_calls)
SELECT load_id, row_number() OVER (PARTITION BY load_id ORDER BY n), 'report', CASE WHEN held THEN 'hold' ELSE 'post' END, report_id,
       'approval code ' || code, CASE WHEN held THEN 'closed_period' ELSE '' END, CASE WHEN held THEN 'Open the period.' ELSE '' END,
       CASE WHEN held THEN '{}' ELSE jsonb_build_object('documents', jsonb_build_array(jsonb_build_object(
           'number', 'T' || n || '-1-001B', 'kind', 'ap_bill', 'entity', '100', 'total', '12.50 USD'))) END, 1
FROM (SELECT p.load_id, m.n, m.code, m.report_id, m.waits OR p.config_hash = 'c2' AND m.n %% 7 = 0 AS held
      FROM made m, ops.load p WHERE p.dry_run AND m.day BETWEEN p.period_start AND p.period_end) r;
INSERT INTO plan.report (load_id, report_id, change_id, token, label, approval_code, source_hash, content)
SELECT c.load_id, c.key, c.change_id, 'T' || c.position, c.reason, substr(c.reason, 15), 'h', '{}'
FROM plan.change c JOIN ops.load l USING (load_id) WHERE l.dry_run AND c.action = 'post';
INSERT INTO plan.document (load_id, report_id, number, sequence, ordinal, kind, entity, session_entity, currency, total, line_count,
    payee_id, posting_date, revision, canonical, sha256, config_hash)
SELECT r.load_id, r.report_id, r.token || '-1-001B', 1, 1, 'ap_bill', (100 + c.position %% 3 * 100)::text, '', 'USD', 12.50, 1, 'E-1',
       current_date, 1, convert_to(replace(%(bill)s, 'TOKEN', r.token), 'UTF8'), 's', 'c'
FROM plan.report r JOIN plan.change c USING (change_id);
INSERT INTO plan.account_sum (load_id, account, entity, currency, amount)
SELECT load_id, '6220', '100', 'USD', sum(total) FROM plan.document GROUP BY 1;
"""
# Most was paid and is marked, some was paid and is not.
_PAID = """
INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed, reimbursed_date)
SELECT certify_company, report_id, document_id %% 40 <> 0 AND document_id %% 11 <> 0, posting_date + 9
FROM ledger.document WHERE payer = 'employee';
INSERT INTO ops.payment (document_id, paid, due, paid_on)
SELECT document_id, CASE WHEN open THEN 0 ELSE total END, CASE WHEN open THEN total ELSE 0 END,
       CASE WHEN NOT open THEN posting_date + 7 END
FROM (SELECT *, document_id %% 11 = 0 AS open FROM ledger.document WHERE payer = 'employee') d;
"""
# Whom the newest plan of people holds: most because so many are new, some because nobody said that their user is theirs.
_PEOPLE = """
INSERT INTO plan.change (load_id, position, subject, action, key, source_key, target_id, reason, rule, cure)
SELECT max(l.load_id), n, 'user', 'hold', 'E-' || n, 'employee/' || n, CASE WHEN n %% 4 = 0 THEN 'u' || n END,
       'Employee E-' || n || CASE WHEN n %% 4 = 0 THEN ' fits a user of Certify who is not adopted.' ELSE ' is not created yet.' END,
       CASE WHEN n %% 4 = 0 THEN 'not_adopted' ELSE 'max_creates' END, 'Look at the users that were created, then release creating.'
FROM ops.load l, generate_series(1, %(each)s / 4) n WHERE l.direction = 'organization' GROUP BY n;
"""


def fill(owner_url: str, reports: int, *, certify: str = "sandbox", intacct: str = "SANDBOX", days: int = DAYS) -> None:
    """Fills a database of the connector with so many reports of the last year, a load a day; one date no run has covered."""
    values = {
        "days": days,
        "each": max(1, reports // days),
        "load": _load(days),
        "certify": certify,
        "intacct": intacct,
        "bill": _bill(),
    }
    with psycopg.connect(owner_url, cursor_factory=psycopg.ClientCursor) as connection:
        for statements in (_LOADS, _REPORTS, _BESIDE, _PREVIEWS, _PAID, _PEOPLE):
            connection.execute(statements.encode(), values)


def _bill() -> str:
    """What a document says, whatever its kind, entity and amount."""
    key = DocumentKey(certify_company="sandbox", intacct_company="SANDBOX", report_id="r1-1", sequence=1, ordinal=1)
    line = DocumentLine(expense_id="1", account="6220", amount=Decimal("12.50"), location_id="100", department_id="30")
    bill = Document(
        key=key, kind=DocumentKind.AP_BILL, payer=Payer.EMPLOYEE, number="TOKEN-1-001B", token="TOKEN", entity="100",
        session_entity="", currency="USD", base_currency="USD", payee_id="E-1", payee_name="Ana Ruiz",
        posting_date=date(2026, 3, 4), description="", lines=(line,),
    )  # fmt: skip
    return bill.canonical().decode()


def _load(days: int) -> int:
    """The load of the sync that is looked at."""
    return days * 3 // 4


def pages(days: int = DAYS) -> list[str]:
    """The addresses that are measured: each tab, what is looked for in it, a load and a report, two plans compared, payments."""
    from certify_intacct.pages.rendering import TABS

    # One date has no load, so that the previews have the last numbers but one and the last.
    load, preview = _load(days), 2 * days
    return [
        *(f"/connector/{name}" for name, _ in TABS), "/connector/waiting?q=Ruiz&page=20",
            "/connector/waiting?desk=accounts+payable&days=30",
        "/connector/waiting.csv", "/connector/loads?dag=expense_sync&page=7", f"/connector/ledger?q=A{load}041",
            "/connector/ledger?state=accepted",
        "/connector/ledger?entity=200&kind=ap_bill&page=40", "/connector/ledger?state=deleted",
        *(f"/connector/ledger?{one}" for one in RARE),
        f"/connector/expense_sync/loads/{load}", f"/connector/expense_sync/loads/{load}?page=9&taken=30",
        f"/connector/expense_sync/loads/{load}/quarantine.csv", f"/connector/expense_preview/loads/{preview}",
        f"/connector/expense_preview/loads/{preview + 1}/against?load={preview}",
        f"/connector/expense_preview/loads/{preview + 1}/against?load={preview}&turn=held+now&page=3",
        f"/connector/expense_preview/loads/{preview + 1}/changes.csv", f"/connector/expense_sync/reports/r{load}-40",
        f"/connector/expense_sync/reports?code=A{load}041", "/connector/expense_sync/payments",
        "/connector/expense_sync/payments?difference=paid_not_marked&page=20", "/connector/expense_sync/payments.csv",
        "/connector/expense_sync/tax.csv", "/connector/expense_sync/vendors", "/connector/expense_sync/api-use",
    ]  # fmt: skip


@contextmanager
def running(reports: int, role: str = "viewer") -> Iterator[tuple[Any, str]]:
    """The pages mounted over such a database, and what signs somebody in."""
    folder = Path(tempfile.mkdtemp(prefix="connector-year-"))
    os.environ |= {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__API_AUTH__JWT_SECRET": "only-for-this-and-long-enough-for-a-signature-of-sha-512-bits-with-some-more",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
        "CONNECTOR_CONFIG": str(_ROOT / "include" / "connector.yaml"),
    }  # fmt: skip
    from airflow import settings
    from airflow.api_fastapi.app import create_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.models.revoked_token import RevokedToken
    from fastapi import FastAPI

    from certify_intacct.model.configuration import config_path, load
    from certify_intacct.pages.app import app
    from certify_intacct.staging.migrate import migrate
    from include.local import databases
    from include.local.postgres import PostgresServer

    company = load(config_path()).company
    server = PostgresServer(
        folder / "postgres", log_file=folder / "postgres.log", settings={"fsync": "off", "max_wal_size": "2GB"}
    )
    server.start()
    try:
        databases.make_roles(server)
        databases.make_connector_database(server, "connector")
        owner = server.url("connector", databases.OWNER)
        migrate(owner)
        began = time.monotonic()
        fill(owner, reports, certify=company.certify_company, intacct=company.intacct_company_id)
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        print(f"{reports:,} reports in {time.monotonic() - began:.0f} s", file=sys.stderr)
        os.environ["AIRFLOW_CONN_CONNECTOR_DB"] = server.url("connector", databases.LOADER)
        os.environ["CONNECTOR_DECIDER_URL"] = server.url("connector", databases.DECIDER)
        RevokedToken.__table__.create(settings.engine, checkfirst=True)
        manager = create_auth_manager()
        airflow = FastAPI()
        airflow.mount("/connector", app)
        user = SimpleAuthManagerUser(username="dana", role=role)
        yield airflow, str(manager.generate_jwt(user, expiration_time_in_seconds=36000))
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _measure(airflow: Any, token: str) -> int:
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
    from starlette.testclient import TestClient

    client = TestClient(airflow)
    client.cookies.set(COOKIE_NAME_JWT_TOKEN, token)
    client.get("/connector/configuration")
    slow = 0
    print(f"{'page':<60}{'status':>8}{'seconds':>10}{'kB':>8}")
    for page in pages():
        began = time.monotonic()
        answer = client.get(page)
        seconds = time.monotonic() - began
        # A file is not shown, and has more time.
        slow += answer.status_code != 200 or (".csv" not in page and (seconds > 2 or len(answer.content) > 1_000_000))
        print(f"{page:<60}{answer.status_code:>8}{seconds:>10.2f}{len(answer.content) / 1000:>8.0f}")
    return 1 if slow else 0


def _serve(airflow: Any, token: str, port: int) -> int:
    import uvicorn
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["headers"] = [*scope["headers"], (b"cookie", f"{COOKIE_NAME_JWT_TOKEN}={token}".encode())]
        await airflow(scope, receive, send)

    uvicorn.run(signed_in, host="127.0.0.1", port=port, log_level="warning")
    return 0


def main() -> int:
    """The command line: 0 when each page is answered within two seconds and a megabyte."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reports", type=int, nargs="?", default=200_000)
    parser.add_argument("--serve", type=int, metavar="PORT")
    options = parser.parse_args()
    with running(options.reports) as (airflow, token):
        return _serve(airflow, token, options.serve) if options.serve else _measure(airflow, token)


if __name__ == "__main__":
    sys.exit(main())
