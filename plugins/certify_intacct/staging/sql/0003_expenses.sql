-- Expense reports: what is staged of both services, and the verdicts on it.

CREATE TABLE staging.certify_expense_report (
    load_id                      bigint NOT NULL REFERENCES ops.load,
    id                           text NOT NULL,
    employee_id                  text,
    first_name                   text,
    last_name                    text,
    name                         text,
    description                  text,
    currency                     text,
    total_amount                 numeric,
    reim_amount                  numeric,
    non_reim_amount              numeric,
    submitted_date               date,
    processed                    boolean,
    processed_date               date,
    approval_code                text,
    initial_approver_email       text,
    status                       text,
    reimbursed                   boolean,
    reimbursement_transaction_id text,
    emp_gld1_code                text,
    emp_gld2_code                text,
    emp_gld3_code                text,
    emp_gld4_code                text,
    emp_gld5_code                text,
    unreadable                   text[] NOT NULL DEFAULT '{}',
    raw                          jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE TABLE staging.certify_expense (
    load_id               bigint NOT NULL REFERENCES ops.load,
    id                    text NOT NULL,
    report_id             text,
    employee_id           text,
    email                 text,
    department_code       text,
    department_name       text,
    category              text,
    category_gl_code      text,
    amount                numeric,
    reim_amount           numeric,
    reimbursable          boolean,
    currency              text,
    converted_amount      numeric,
    converted_reim_amount numeric,
    converted_currency    text,
    expense_date          date,
    posting_date          date,
    processed_date        date,
    vendor                text,
    location              text,
    reason                text,
    billable              boolean,
    vat_amount            numeric,
    hst_amount            numeric,
    pst_amount            numeric,
    report_gld1_code      text,
    report_gld2_code      text,
    report_gld3_code      text,
    report_gld4_code      text,
    report_gld5_code      text,
    receipt_id            text,
    card_name             text,
    card_last             text,
    card_transaction_id   text,
    status                text,
    unreadable            text[] NOT NULL DEFAULT '{}',
    raw                   jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE TABLE staging.certify_category (
    load_id      bigint NOT NULL REFERENCES ops.load,
    id           text NOT NULL,
    name         text,
    gl_code      text,
    personal     boolean,
    cash_advance boolean,
    active       boolean,
    unreadable   text[] NOT NULL DEFAULT '{}',
    raw          jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE TABLE staging.intacct_vendor (
    load_id      bigint NOT NULL REFERENCES ops.load,
    recordno     bigint NOT NULL,
    vendor_id    text,
    name         text,
    contact_name text,
    email        text,
    vendor_type  text,
    status       text,
    on_hold      boolean,
    term_name    text,
    entity_id    text,
    unreadable   text[] NOT NULL DEFAULT '{}',
    raw          jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_entity (
    load_id    bigint NOT NULL REFERENCES ops.load,
    recordno   bigint NOT NULL,
    entity_id  text,
    name       text,
    status     text,
    currency   text,
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_gl_account (
    load_id          bigint NOT NULL REFERENCES ops.load,
    recordno         bigint NOT NULL,
    account_no       text,
    title            text,
    status           text,
    require_dept     boolean,
    require_loc      boolean,
    require_project  boolean,
    require_task     boolean,
    require_customer boolean,
    require_vendor   boolean,
    require_employee boolean,
    require_item     boolean,
    require_class    boolean,
    unreadable       text[] NOT NULL DEFAULT '{}',
    raw              jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_ap_account_label (
    load_id    bigint NOT NULL REFERENCES ops.load,
    recordno   bigint NOT NULL,
    label      text,
    account_no text,
    status     text,
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_card (
    load_id    bigint NOT NULL REFERENCES ops.load,
    recordno   bigint NOT NULL,
    card_id    text,
    status     text,
    entity_id  text,
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_term (
    load_id    bigint NOT NULL REFERENCES ops.load,
    recordno   bigint NOT NULL,
    name       text,
    status     text,
    due_days   bigint,
    due_from   text,
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_tax_detail (
    load_id      bigint NOT NULL REFERENCES ops.load,
    recordno     bigint NOT NULL,
    detail_id    text,
    tax_solution text,
    status       text,
    unreadable   text[] NOT NULL DEFAULT '{}',
    raw          jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE INDEX certify_expense_by_report ON staging.certify_expense (load_id, report_id);

-- verdicts ------------------------------------------------------------------------------------------------------------

CREATE FUNCTION quality.more_than_cents(amount numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT amount IS NOT NULL AND amount <> round(amount, 2) $$;

-- All arithmetic of money in one place, over NUMERIC. A company states its amounts plain or converted (connector.yaml); here a report
-- passes when either statement adds up, and the plan proves the one that the company chose.
CREATE VIEW quality.certify_expense_reports_verdicts AS
WITH line AS (
    SELECT x.load_id,
           e.report_id,
           sum(e.reim_amount) AS reim,
           sum(e.amount - e.reim_amount) AS non_reim,
           sum(e.converted_reim_amount) AS converted_reim,
           sum(e.converted_amount - e.converted_reim_amount) AS converted_non_reim
    FROM ops.extract x
    JOIN staging.certify_expense e ON e.load_id = x.source_load_id
    WHERE x.stream = 'certify_expenses' AND lower(btrim(coalesce(e.status, ''))) <> 'disapproved'
    GROUP BY x.load_id, e.report_id
)
SELECT x.load_id,
       r.id AS key,
       coalesce('approval code ' || nullif(r.approval_code, ''), 'report ' || r.id)
           || coalesce(' (' || nullif(btrim(concat_ws(' ', r.first_name, r.last_name)), '') || ')', '') AS label,
       cardinality(r.unreadable) AS unreadable,
       coalesce(r.employee_id, '') = '' AS employee_id_missing,
       coalesce(r.currency, '') = '' AS currency_missing,
       r.total_amount IS NULL OR r.reim_amount IS NULL OR r.non_reim_amount IS NULL AS amount_missing,
       quality.more_than_cents(r.total_amount) OR quality.more_than_cents(r.reim_amount)
           OR quality.more_than_cents(r.non_reim_amount) AS third_decimal,
       coalesce(r.total_amount = r.reim_amount + r.non_reim_amount, false) AS header_adds_up,
       coalesce(coalesce(l.reim, 0) = r.reim_amount AND coalesce(l.non_reim, 0) = r.non_reim_amount, false)
           OR coalesce(l.converted_reim = r.reim_amount AND l.converted_non_reim = r.non_reim_amount, false) AS totals_match
FROM ops.extract x
JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id
LEFT JOIN line l ON l.load_id = x.load_id AND l.report_id = r.id
WHERE x.stream = 'certify_expense_reports';

CREATE VIEW quality.certify_expenses_verdicts AS
SELECT x.load_id,
       e.id AS key,
       concat_ws(' ', e.expense_date::text, e.category, e.amount::text, e.currency, 'of report', e.report_id) AS label,
       cardinality(e.unreadable) AS unreadable,
       NOT EXISTS (
           SELECT 1 FROM ops.extract rx JOIN staging.certify_expense_report r ON r.load_id = rx.source_load_id
           WHERE rx.load_id = x.load_id AND rx.stream = 'certify_expense_reports' AND r.id = e.report_id
       ) AS report_missing,
       e.amount IS NULL OR e.reim_amount IS NULL OR coalesce(e.currency, '') = '' AS amount_missing,
       quality.more_than_cents(e.amount) OR quality.more_than_cents(e.reim_amount) AS third_decimal,
       coalesce(NOT e.reimbursable AND e.reim_amount <> 0, false) AS reimbursable_contradiction,
       coalesce(e.reim_amount * e.amount < 0 OR abs(e.reim_amount) > abs(e.amount), false) AS more_than_the_amount
FROM ops.extract x
JOIN staging.certify_expense e ON e.load_id = x.source_load_id
WHERE x.stream = 'certify_expenses';

CREATE VIEW quality.intacct_vendors_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.vendor_id, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.vendor_id, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.vendor_id) AS code_count
FROM ops.extract x JOIN staging.intacct_vendor t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_vendors';

CREATE VIEW quality.intacct_entities_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.entity_id, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.entity_id, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.entity_id) AS code_count
FROM ops.extract x JOIN staging.intacct_entity t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_entities';

CREATE VIEW quality.intacct_gl_accounts_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.account_no, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.account_no, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.account_no) AS code_count
FROM ops.extract x JOIN staging.intacct_gl_account t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_gl_accounts';

CREATE VIEW quality.intacct_ap_account_labels_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.label, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.label, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.label) AS code_count
FROM ops.extract x JOIN staging.intacct_ap_account_label t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_ap_account_labels';

CREATE VIEW quality.intacct_cards_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.card_id, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.card_id, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.card_id) AS code_count
FROM ops.extract x JOIN staging.intacct_card t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_cards';

CREATE VIEW quality.intacct_terms_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.name, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.name, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.name) AS code_count
FROM ops.extract x JOIN staging.intacct_term t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_terms';

CREATE VIEW quality.intacct_tax_details_verdicts AS
SELECT x.load_id, t.recordno::text AS key, coalesce(nullif(t.detail_id, ''), 'record ' || t.recordno) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.detail_id, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.detail_id) AS code_count
FROM ops.extract x JOIN staging.intacct_tax_detail t ON t.load_id = x.source_load_id
WHERE x.stream = 'intacct_tax_details';

CREATE VIEW quality.certify_categories_verdicts AS
SELECT x.load_id, t.id::text AS key, coalesce(nullif(t.name, ''), 'record ' || t.id) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.name, '') = '' AS code_missing,
       count(*) OVER (PARTITION BY x.load_id, t.name) AS code_count
FROM ops.extract x JOIN staging.certify_category t ON t.load_id = x.source_load_id
WHERE x.stream = 'certify_categories';


