-- Who was paid: what Intacct says of the bills and expense reports that are owed to employees, and what Certify says of their reports.
-- Certify's API takes no such message, so what the two say differently is a list for whoever marks reports as paid there.

-- As Intacct last said it, in the document's currency. Both amounts null: it was asked about, and nothing could be seen.
CREATE TABLE ops.payment (
    document_id bigint PRIMARY KEY,
    paid        numeric,
    due         numeric,
    paid_on     date,
    unreadable  text NOT NULL DEFAULT '',
    asked_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT INSERT, UPDATE ON ops.payment TO connector_loader;

-- As Certify last said it. Reimbursed null: it could not be read.
CREATE TABLE ops.reimbursement (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    reimbursed      boolean,
    reimbursed_date date,
    transaction_id  text NOT NULL DEFAULT '',
    read_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (certify_company, report_id)
);
GRANT INSERT, UPDATE ON ops.reimbursement TO connector_loader;

-- In what way the two differ about one document; null where they do not, or where nobody was paid anything yet.
-- `others_open`: something else of its report is not paid in full, or waits to be posted, so that the report cannot be marked yet.
CREATE FUNCTION ledger.payment_difference(total numeric, paid numeric, due numeric, others_open boolean, marked boolean) RETURNS text
LANGUAGE sql IMMUTABLE RETURN CASE
    WHEN due <> 0 AND paid <> 0 THEN 'paid_in_part'
    WHEN due <> 0 AND marked THEN 'marked_not_paid'
    WHEN due = 0 AND paid <> total THEN 'paid_differently'
    WHEN due = 0 AND NOT marked AND others_open THEN 'paid_in_part'
    WHEN due = 0 AND NOT marked THEN 'paid_not_marked'
END;

-- What is owed to employees and stands in Intacct, each document with what both services say of its payment. What a journal books is
-- paid elsewhere (payroll), what the company's card paid is owed to nobody who could be marked.
CREATE VIEW ledger.payment AS
WITH owed AS (
    SELECT d.certify_company, d.intacct_company, d.report_id, d.sequence, d.entity, d.number, d.kind, d.record_no, d.record_url,
           d.currency, d.total, p.paid, p.due, p.paid_on, coalesce(p.unreadable, '') AS unreadable, p.asked_at, m.reimbursed_date AS marked_on,
           coalesce(m.transaction_id, '') AS marked_as, m.read_at,
           -- As `paid_elsewhere` of certify_intacct.rules.expenses.reimbursement reads it; a test compares the two.
           CASE WHEN m.transaction_id <> '' AND btrim(m.transaction_id) !~ '^0*$' THEN true
                WHEN m.report_id IS NULL THEN false ELSE m.reimbursed END AS marked,
           bool_or(p.due IS DISTINCT FROM 0) OVER (PARTITION BY d.certify_company, d.intacct_company, d.report_id) AS some_open
    FROM ledger.document d
    LEFT JOIN ops.payment p USING (document_id)
    LEFT JOIN ops.reimbursement m ON m.certify_company = d.certify_company AND m.report_id = d.report_id
    WHERE d.payer = 'employee' AND d.kind IN ('ap_bill', 'expense_report') AND d.state IN ('accepted', 'in_gl', 'altered')
)
SELECT o.certify_company, o.intacct_company, o.report_id,
       coalesce(substring(r.label FROM '^approval code (.*?)(?: \(.*\))?$'), '') AS approval_code,
       coalesce(substring(r.label FROM ' \((.*)\)$'), '') AS person, r.employee_id, o.entity, o.number, o.kind, o.record_no, o.record_url,
       o.currency, o.total AS amount, o.paid, o.due, o.paid_on, o.marked, o.marked_on, o.marked_as,
       CASE WHEN o.unreadable <> '' OR o.marked IS NULL THEN 'unreadable'
            ELSE ledger.payment_difference(o.total, o.paid, o.due, w.waits OR o.some_open, o.marked) END AS difference,
       o.unreadable, o.asked_at, o.read_at
FROM owed o
JOIN ledger.report r ON (r.certify_company, r.report_id, r.sequence) = (o.certify_company, o.report_id, o.sequence)
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM ledger.open_item i
        WHERE (i.certify_company, i.report_id) = (o.certify_company, o.report_id) AND i.payer <> 'company'
    ) AS waits
) w;
