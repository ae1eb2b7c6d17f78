"""A row for every table,
    made by SQL that holds at the version that made the table: only columns that were there from the start.
Whoever adds a table in a migration adds its rows here; ``test_upgrades`` says when one is missing.
"""

from __future__ import annotations

#: Table to statements, in the order in which they must run. Load 1 is the first run, load 2 the one after it.
ROWS: dict[str, tuple[str, ...]] = {
    "ops.load": (
        """
        INSERT INTO ops.load (dag_id, run_id, run_type, direction, period_start, period_end, dry_run, entities,
            config_hash, code_version, actor, state, counts, closed_at)
        SELECT 'expense_sync', 'run ' || n, 'scheduled', 'expense', date '2026-03-01' + n, date '2026-03-01' + n,
            false, ARRAY['100', 'Zürich'], 'c0ffee', '0.1', '', 'loaded', '{"plan": {"post": 2}}', now()
        FROM generate_series(1, 2) n
        """,
    ),
    "ops.extract": (
        """
        INSERT INTO ops.extract (load_id, stream, source_load_id, row_count, page_count, duplicates, observed_at)
        VALUES (1, 'certify_expense_reports', 1, 2, 1, 0, now()), (2, 'intacct_departments', 1, 1, 1, 0, now())
        """,
    ),
    "ops.published": (
        "INSERT INTO ops.published (stream, day, load_id) VALUES ('certify_expense_reports', '2026-03-02', 1)",
    ),
    "quality.result": (
        """
        INSERT INTO quality.result (load_id, stream, rule, severity, checked, failed, sample)
        VALUES (1, 'certify_expense_reports', 'cents', 'warning', 2, 1, '["r-2"]')
        """,
    ),
    "quality.data_docs": (
        "INSERT INTO quality.data_docs (load_id, stream, page) VALUES (1, 'certify_expenses', '\\x789c0300000000010000')",
    ),
    "quality.quarantine": (
        """
        INSERT INTO quality.quarantine (load_id, stream, key, label, rule, reason, cure)
        VALUES (1, 'certify_expense_reports', 'r-2', 'report 2', 'cents', 'Its total has a third decimal.', 'Correct
            it.')
        """,
    ),
    "plan.change": (
        """
        INSERT INTO plan.change (load_id, position, subject, action, key, target_id, before, after, reason, rule,
            cure, billed_calls)
        VALUES (1, 1, 'report', 'post', 'r-1', NULL, '{}', '{"documents": "…"}', '', '', '', 2),
               (1, 2, 'report', 'hold', 'r-2', NULL, '{}', '{}', 'A personal expense.', 'personal', 'Release it.', 0),
               (2, 1, 'department', 'create', '30', NULL, '{}', '{"Name": "Zoë & <Söhne>", "Code": "30"}', 'new', '',
                   '', 0)
        """,
    ),
    "plan.outcome": (
        """
        INSERT INTO plan.outcome (change_id, run_id, result, target_id, message)
        VALUES (1, 'run 1', 'applied', 'CAAAAAAAAAA', '')
        """,
    ),
    "staging.certify_expense_report": (
        """
        INSERT INTO staging.certify_expense_report (load_id, id, total_amount, reim_amount, non_reim_amount,
            processed, raw)
        VALUES (1, 'r-1', 120.10, 100.1, 20.00, true, '{"ID": "r-1", "TotalAmount": "120.10"}')
        """,
    ),
    "plan.report": (
        """
        INSERT INTO plan.report (load_id, report_id, change_id, token, label, approval_code, employee_id,
            processed_date, source_hash, content)
        VALUES (1, 'r-1', 1, 'CAAAAAAAAAA', 'approval code 104001', '104001', 'E-1', '2026-03-02', 'f00', '{"report":
            {"ID": "r-1"}}')
        """,
    ),
    "plan.document": (
        """
        INSERT INTO plan.document (load_id, report_id, number, sequence, ordinal, kind, entity, session_entity,
            currency, total, line_count, payee_id, posting_date, revision, canonical, sha256, config_hash)
        VALUES (1, 'r-1', 'CAAAAAAAAAA-1-001B', 1, 1, 'ap_bill', '100', '', 'USD', 100.10, 1, 'E-1', '2026-03-02', 1,
            '{"a": 1}', 'f00', 'c0ffee')
        """,
    ),
    "ledger.report": (
        """
        INSERT INTO ledger.report (certify_company, report_id, sequence, token, label, employee_id, processed_date,
            source_hash, content, load_id)
        VALUES ('acme', 'r-1', 1, 'CAAAAAAAAAA', 'approval code 104001', 'E-1', '2026-03-02', 'f00', '{"report":
            {"id": "r-1", "total_amount": "200.2"}, "lines": {"e-1": {"amount": "100.1", "currency": "USD",
            "expense_date": "2026-03-01", "vendor": "Blue  Cab", "card_name": "My Visa", "card_last": "0001",
            "card_transaction_id": "000"},
            "e-2": {"amount": "100.1"}}}', 1)
        """,
    ),
    # One that went all the way, one that is on its way, one that Intacct refused: each change writes an event.
    "ledger.document": (
        """
        INSERT INTO ledger.document (certify_company, intacct_company, report_id, sequence, ordinal, number, token,
            kind, entity, session_entity, currency, total, line_count, payee_id, posting_date, state, revision,
            attempts, control_id, canonical, sha256, request, config_hash, load_id, last_sent_at, run_id, actor)
        SELECT 'acme', 'ACME', 'r-1', 1, n, 'CAAAAAAAAAA-1-00' || n || 'B', 'CAAAAAAAAAA', 'ap_bill', '100', '',
            'USD', 100.10, 1, 'E-1', '2026-03-02', 'sending', 1, 1, 'control ' || n, convert_to('{"n": ' || n || '}',
            'UTF8'), 'f00', '<create/>', 'c0ffee', 1, now(), 'run 1', 'dana'
        FROM generate_series(1, 3) n
        """,
        "UPDATE ledger.document SET state = 'accepted', record_no = '41' WHERE ordinal = 1",
        "UPDATE ledger.document SET state = 'in_gl', seen_at = now() WHERE ordinal = 1",
        """
        UPDATE ledger.document SET state = 'rejected', message = 'BL03000018: the period is closed', answer =
            '{"errors": ["…"]}'
        WHERE ordinal = 3
        """,
    ),
    "ledger.document_expense": (
        """
        INSERT INTO ledger.document_expense (document_id, certify_company, intacct_company, expense_id, payer)
        SELECT document_id, 'acme', 'ACME', 'e-' || ordinal, 'ap_bill' FROM ledger.document WHERE ordinal < 3
        """,
    ),
    "ledger.open_item": (
        """
        INSERT INTO ledger.open_item (certify_company, report_id, processed_date, label, state, rule, reason,
            source_hash, load_id)
        VALUES ('acme', 'r-2', '2026-03-02', 'approval code 104002', 'held', 'personal', 'A personal expense.', 'f01',
            1)
        """,
    ),
    "ledger.release": (
        """
        INSERT INTO ledger.release (certify_company, report_id, rule, source_hash, released_by, reason)
        VALUES ('acme', 'r-2', 'personal', 'f01', 'Dana Weiß', 'Booked back on 3 March')
        """,
    ),
    "ledger.closed_date": (
        """
        INSERT INTO ledger.closed_date (intacct_company, entity, subledger, day, message)
        VALUES ('ACME', '100', 'AP', '2026-01-31', '…')
        """,
    ),
    "ledger.company_fact": (
        "INSERT INTO ledger.company_fact (intacct_company, name, value) VALUES ('ACME', 'deployment', '\"8d1f\"')",
    ),
    "ledger.vendor_link": (
        "INSERT INTO ledger.vendor_link (intacct_company, employee_id, vendor_record) VALUES ('ACME', 'E-1', '12')",
    ),
    "ledger.receipt": (
        """
        INSERT INTO ledger.receipt (intacct_company, attachment_id, receipt_id)
        VALUES ('ACME', 'CAAAAAAAAAA-1', 'p-1')
        """,
    ),
    "ops.reconciliation": (
        """
        INSERT INTO ops.reconciliation (load_id, entity, currency, kind, bucket, amount, reports)
        VALUES (1, '100', 'USD', 'ap_bill', 'in_gl', 100.10, 1)
        """,
    ),
    "ops.reconciliation_finding": (
        """
        INSERT INTO ops.reconciliation_finding (load_id, finding, number, text)
        VALUES (1, 'altered', 'CAAAAAAAAAA-1-001B', 'Its total.')
        """,
    ),
    "ledger.user_link": (
        """
        INSERT INTO ledger.user_link (person_key, certify_id, origin, employee_id, email, run_id)
        VALUES ('employee/7', 'u-7', 'adopted', 'E7', 'Zoë@example.com', 'run 2'), ('vendor/8', NULL, 'created', 'E8',
            'e8@example.com', 'run 2')
        """,
        "UPDATE ledger.user_link SET certify_id = 'u-8' WHERE person_key = 'vendor/8'",
    ),
    "ledger.people_release": (
        """
        INSERT INTO ledger.people_release (kind, released_by, reason)
        VALUES ('creates', 'Dana Weiß', 'The first five are right')
        """,
    ),
    "ops.preflight": (
        """
        INSERT INTO ops.preflight (direction, config_hash, fingerprint, code_version, dag_id, run_id, passed)
        VALUES ('expense', 'c0ffee', 'f1', '0.1', 'expense_sync', 'run 1', true)
        """,
    ),
    "ops.preflight_result": (
        """
        INSERT INTO ops.preflight_result (check_id, position, area, item, outcome, required, detail, where_to_click)
        VALUES (1, 1, 'Accounts Payable', 'Bills: add', 'present', true, '', '')
        """,
    ),
    "plan.above_limit": (
        "INSERT INTO plan.above_limit (load_id, rule, found, allowed) VALUES (1, 'documents_per_run', 2001, 2000)",
    ),
    "ledger.approval": (
        """
        INSERT INTO ledger.approval (load_id, plan_hash, decision, decided_by, reasons, run_id, decided_at)
        VALUES (1, 'f02', 'approved', 'Dana Weiß', 'The year end.', 'run 1', now())
        """,
    ),
    "ops.alarm": (
        """
        INSERT INTO ops.alarm (load_id, what, rule, reason, cure)
        VALUES (1, 'document CAAAAAAAAAA-1-001B', 'unknown_state', 'Its STATE is …', 'Look at it.')
        """,
    ),
    "ops.known_field": (
        "INSERT INTO ops.known_field (stream, field, rows, present) VALUES ('certify_expense_reports', 'ID', 2, 2)",
    ),
    "ops.known_user": ("INSERT INTO ops.known_user (certify_company, user_id) VALUES ('acme', 'u-7')",),
}


def _with(table: str, *changes: tuple[str, str]) -> tuple[str, ...]:
    statements = "\x1f".join(ROWS[table])
    for old, new in changes:
        assert old in statements, (table, old)
        statements = statements.replace(old, new)
    return tuple(statements.split("\x1f"))


#: Since version 0013, which says who paid, these need another column or word.
WITH_PAYER = {
    "ledger.document": _with(
        "ledger.document",
        ("kind, entity,", "kind, payer, entity,"),
        ("'ap_bill', '100'", "'ap_bill', 'employee', '100'"),
    ),
    "ledger.document_expense": _with("ledger.document_expense", ("'ap_bill'", "'employee'")),
    "ops.reconciliation": _with(
        "ops.reconciliation", ("currency, kind,", "currency, payer, kind,"), ("'ap_bill'", "'employee', 'ap_bill'")
    ),
}

#: Tables of version 0016.
WITH_DECISIONS = {
    "ledger.decision": (
        """
        INSERT INTO ledger.decision (certify_company, report_id, content_hash, decision, rules, reason, decided_by, user_id)
        VALUES ('acme', 'r-2', 'f01', 'release', '{personal}', 'Booked back on 3 March', 'dana', '7')
        """,
    ),
}

#: Tables of versions 0024 and 0025.
WITH_RECORD = {
    "ledger.posting_switch": (
        """
        INSERT INTO ledger.posting_switch (intacct_company, stopped, reason, decided_by, user_id)
        VALUES ('ACME', true, 'The bank called', 'kim', '8'), ('ACME', false, 'All is well', 'kim', '8')
        """,
    ),
    "ledger.configuration": (
        """
        INSERT INTO ledger.configuration (intacct_company, content, changes, accepted_by, load_id)
        VALUES ('ACME', '{"posting.hold": "document"}', '{}', 'first configuration', 1)
        """,
    ),
    "ledger.posted_before": ("INSERT INTO ledger.posted_before (intacct_company) VALUES ('OTHER')",),
    "ledger.seal": ("SELECT ledger.seal()",),
}

#: Tables of versions 0026 and 0028.
WITH_LINES = {
    "ledger.first_read": ("INSERT INTO ledger.first_read (document_id, revision, stands) VALUES (1, 1, NULL)",),
    "ops.document_look": (
        "INSERT INTO ops.document_look (document_id, modified, settled) VALUES (1, '11/26/2026 10:00:00', true)",
    ),
    "ops.compared_date": (
        "INSERT INTO ops.compared_date (certify_company, day, load_id) VALUES ('acme', '2026-03-02', 1)",
    ),
    "ops.settled_report": (
        """
        INSERT INTO ops.settled_report (certify_company, report_id, header_hash, lines_hash, load_id)
        VALUES ('acme', 'r-1', 'f01', 'f02', 1)
        """,
    ),
}

#: Tables of version 0029.
WITH_BACKFILLS = {
    "ledger.backfill_approval": (
        """
        INSERT INTO ledger.backfill_approval (intacct_company, first_date, last_date, amounts, reason, decided_by, user_id)
        VALUES ('ACME', '2026-02-01', '2026-02-28', '{"USD": "50000"}', 'The year before', 'kim', '8')
        """,
    ),
    "ledger.backfill_withdrawal": (
        """
        INSERT INTO ledger.backfill_withdrawal (backfill_id, reason, decided_by, user_id) VALUES (1, 'All is sent', 'kim', '8')
        """,
    ),
}

#: Tables of version 0031.
WITH_SWEEP = {"ops.sweep": ("INSERT INTO ops.sweep (load_id, first_date, headers) VALUES (1, '2026-02-01', 2000)",)}

#: Tables of version 0033.
WITH_RECEIPTS = {
    "ledger.attachment": (
        "INSERT INTO ledger.attachment (intacct_company, attachment_id) VALUES ('ACME', 'CBBBBBBBBBB-1')",
    ),
    "ledger.open_receipt": (
        """
        INSERT INTO ledger.open_receipt (intacct_company, attachment_id, receipt_id, report_id)
        VALUES ('ACME', 'CBBBBBBBBBB-1', 'p-2', 'r-2')
        """,
    ),
}

#: Since version 0018 a document remembers its own lines.
WITH_CONTENT = {
    "ledger.document": tuple(
        statement.replace("run_id, actor)", "run_id, actor, content)").replace("'dana'\n", "'dana', '{}'\n")
        for statement in WITH_PAYER["ledger.document"]
    ),
    "ledger.held_before": (
        "INSERT INTO ledger.held_before (certify_company, report_id, source_hash, rule) VALUES ('acme', 'r-9', 'f09', 'personal')",
    ),
}

#: As versions since 0013, and since 0018, want them.
ROWS_WITH_PAYER = ROWS | WITH_PAYER | WITH_DECISIONS
WITH_EMPLOYEE_LINKS: dict[str, tuple[str, ...]] = {
    "ledger.employee_link": (
        "INSERT INTO ledger.employee_link (intacct_company, employee_id, employee_record) VALUES ('ACME', 'E-1', '31')",
    ),
}
#: Tables of version 0047.
WITH_PAYMENTS = {
    "ops.payment": ("INSERT INTO ops.payment (document_id, paid, due, paid_on) VALUES (1, 100, 0, '2026-03-05')",),
    "ops.reimbursement": (
        """
        INSERT INTO ops.reimbursement (certify_company, report_id, reimbursed, reimbursed_date, transaction_id)
        VALUES ('acme', 'r-1', true, '2026-03-06', 'Manual Pay')
        """,
    ),
}
#: A table of version 0053.
WITH_SHADOW = {
    "staging.shadow_document": (
        """
        INSERT INTO staging.shadow_document (load_id, position, outcome, report_id, approval_code, kind, number, payee_id, entity,
            currency, ours, object, record_no, their_number, record_url, theirs, differences, note)
        VALUES (1, 1, 'same', 'r-1', '104001', 'ap_bill', 'CAAAAAAAAAA-1-001B', 'E-1', '100',
            'USD', 100, 'APBILL', '71', 'EXP-1', '', 100, '[]', '')
        """,
    ),
}
#: Tables of version 0054.
WITH_API_USE = {
    "ops.api_use": (
        """
        INSERT INTO ops.api_use (day, service, company, load_id, dag_id, run_id, task, function, object, requests, functions, written,
            pages, failed, unanswered)
        VALUES ('2026-03-05', 'intacct', 'ACME', 1, 'expense_sync', 'run-1', 'load_intacct', 'create', 'APBILL', 1, 25, 24, 0, 1, 0)
        """,
    ),
    "ops.api_metered": (
        """
        INSERT INTO ops.api_metered (company, day, monthly, whose, calls, counted)
        VALUES ('ACME', '2026-03-05', false, 'ours', 24, 24)
        """,
    ),
}
#: The table of version 0048.
WITH_TOLD = {
    "ops.told": (
        "INSERT INTO ops.told (audience, category, item, load_id) VALUES ('accounts payable', 'reports', 'report r-1 p personal', 1)",
    ),
}
#: The table of version 0057.
WITH_UNREACHED = {
    "ops.unreached": (
        "INSERT INTO ops.unreached (address, why, subjects) VALUES ('ap@example.com', 'no such user', ARRAY['expense_sync failed'])",
    ),
}
#: Tables of version 0062.
WITH_PART_CONTENTS = {
    "ledger.part_content": (
        """
        INSERT INTO ledger.part_content (certify_company, report_id, content_hash, content)
        VALUES ('acme', 'r-2', 'f02', '{"payer": "company", "report": {}, "lines": {}}')
        """,
    ),
    "ledger.link_question": (
        """
        INSERT INTO ledger.link_question (intacct_company, object, employee_id, record_no, certify_company, report_id, content_hash)
        VALUES ('ACME', 'VENDOR', 'E-1', '72', 'acme', 'r-2', 'f02')
        """,
    ),
}
#: The table of version 0067.
WITH_ACCOUNT_SUMS = {
    "plan.account_sum": (
        "INSERT INTO plan.account_sum (load_id, account, entity, currency, amount) VALUES (1, '6220', '100', 'USD', 100.10)",
    ),
}
#: The table of version 0066.
WITH_PROCESSED_BEFORE = {
    "ledger.processed_before": (
        "INSERT INTO ledger.processed_before (certify_company, report_id, processed_date) VALUES ('acme', 'r-0', '2025-12-20')",
    ),
}
NEWEST_ROWS = (
    ROWS_WITH_PAYER
    | WITH_CONTENT
    | WITH_RECORD
    | WITH_LINES
    | WITH_BACKFILLS
    | WITH_SWEEP
    | WITH_RECEIPTS
    | WITH_EMPLOYEE_LINKS
    | WITH_PAYMENTS
    | WITH_SHADOW
    | WITH_API_USE
    | WITH_TOLD
    | WITH_UNREACHED
    | WITH_PART_CONTENTS
    | WITH_ACCOUNT_SUMS
    | WITH_PROCESSED_BEFORE
)

#: Rows of tables as they were before lists came to share one (0014): load 1 read them, load 2 reads the same by ``ops.extract``.
LISTS: dict[str, str] = {
    "staging.intacct_department": """
        INSERT INTO staging.intacct_department (load_id, recordno, department_id, title, status, raw, unreadable)
        VALUES (1, 7, '30', 'Sales', 'active', '{"RECORDNO": "7"}', '{}'), (1, -2, NULL, NULL, 'inactive', '{}', '{recordno,title}')
        """,
    "staging.certify_department": """
        INSERT INTO staging.certify_department (load_id, id, name, code, active, raw)
        VALUES (1, 'a', 'Sales', '30', true, '{}'), (1, 'b', 'Closed', '40', false, '{}'), (1, 'c', 'Odd', '50', NULL, '{}')
        """,
    "staging.intacct_entity": """
        INSERT INTO staging.intacct_entity (load_id, recordno, entity_id, name, status, currency, raw)
        VALUES (1, 1, '100', 'Zürich', 'active', 'CHF', '{"CURRENCY": "CHF"}')
        """,
    "staging.intacct_location": """
        INSERT INTO staging.intacct_location (load_id, recordno, location_id, entity_id, status, raw)
        VALUES (1, 5, '101', '100', 'active', '{}')
        """,
    "staging.intacct_vendor": """
        INSERT INTO staging.intacct_vendor (load_id, recordno, vendor_id, name, contact_name, email, vendor_type, status, on_hold,
            term_name, entity_id, raw)
        VALUES (1, 71, 'E-1', 'Ana Ruiz', 'Ana Ruiz', 'a@b.cd', 'Employee', 'active', true, 'N30', '100', '{}')
        """,
    "staging.intacct_gl_account": """
        INSERT INTO staging.intacct_gl_account (load_id, recordno, account_no, title, status, require_dept, require_class, raw,
            unreadable)
        VALUES (1, 9, '6220', 'Travel', 'active', true, true, '{}', '{require_loc}')
        """,
    "staging.intacct_ap_account_label": """
        INSERT INTO staging.intacct_ap_account_label (load_id, recordno, label, account_no, status, raw)
        VALUES (1, 9, 'Travel', '6220', 'active', '{}')
        """,
    "staging.intacct_card": """
        INSERT INTO staging.intacct_card (load_id, recordno, card_id, status, entity_id, raw)
        VALUES (1, 3, 'VISA', 'inactive', '100', '{}')
        """,
    "staging.intacct_term": """
        INSERT INTO staging.intacct_term (load_id, recordno, name, status, due_days, due_from, raw)
        VALUES (1, 2, 'N30', 'active', 30, 'from bill date', '{}')
        """,
    "staging.intacct_tax_detail": """
        INSERT INTO staging.intacct_tax_detail (load_id, recordno, detail_id, tax_solution, status, raw)
        VALUES (1, 4, 'UK standard', 'UK - VAT', 'active', '{}')
        """,
    "staging.certify_category": """
        INSERT INTO staging.certify_category (load_id, id, name, gl_code, personal, cash_advance, active, raw)
        VALUES (1, 'k', 'Hotel', '6220', false, NULL, true, '{}')
        """,
    "staging.certify_entity": """
        INSERT INTO staging.certify_entity (load_id, id, name, code, active, raw) VALUES (1, 'g', 'Zürich', '100', true, '{}')
        """,
    "staging.certify_user": """
        INSERT INTO staging.certify_user (load_id, id, email, active, gld_id, raw, unreadable)
        VALUES (1, 'u', 'a@b.cd', true, 'g', '{}', '{}'), (1, 'v', 'v@b.cd', true, NULL, '{}', '{gld_id}')
        """,
    "staging.certify_unprocessed_report": """
        INSERT INTO staging.certify_unprocessed_report (load_id, id, entity_code, raw) VALUES (1, 'r-9', '100', '{}')
        """,
}
#: The version that has none of these tables any more, or calls their columns otherwise.
WITHOUT_LISTS = "0014_reference"

#: Tables that fill themselves, or come with the code.
THEMSELVES = frozenset({"ledger.event", "ledger.user_link_event", "ledger.transition"})
