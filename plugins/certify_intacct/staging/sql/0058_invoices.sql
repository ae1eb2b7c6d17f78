-- Invoices of Certify's AP automation are staged as reports, whose lines say more than expenses do.
ALTER TABLE staging.certify_expense ADD COLUMN invoice_number text, ADD COLUMN vendor_code text, ADD COLUMN vendor_id text,
    ADD COLUMN due_date date, ADD COLUMN po_number text, ADD COLUMN po_name text, ADD COLUMN image_link text;

-- Of invoices nobody is paid by the EmployeeID of who handed them in, and they are called what they are. Everything else is as it was.
CREATE OR REPLACE VIEW quality.certify_expense_reports_verdicts AS
WITH part AS (
    SELECT x.load_id,
           r.id AS key,
           true AS header,
           coalesce('approval code ' || nullif(r.approval_code, ''), 'report ' || r.id)
               || coalesce(' (' || nullif(btrim(concat_ws(' ', r.first_name, r.last_name)), '') || ')', '')
               || CASE WHEN starts_with(r.id, 'invoice-') THEN ', invoices' ELSE '' END AS label,
           cardinality(r.unreadable) AS unreadable,
           coalesce(r.employee_id, '') = '' AND NOT starts_with(r.id, 'invoice-') AS employee_id_missing,
           coalesce(r.currency, '') = '' AS currency_missing,
           r.total_amount, r.reim_amount, r.non_reim_amount,
           NULL::numeric AS reim, NULL::numeric AS non_reim, NULL::numeric AS converted_reim, NULL::numeric AS converted_non_reim
    FROM ops.extract x
    JOIN staging.certify_expense_report r ON r.load_id = x.source_load_id
    WHERE x.stream = 'certify_expense_reports'
    UNION ALL
    SELECT x.load_id, e.report_id, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           e.reim_amount, e.amount - e.reim_amount, e.converted_reim_amount, e.converted_amount - e.converted_reim_amount
    FROM ops.extract x
    JOIN staging.certify_expense e ON e.load_id = x.source_load_id
    WHERE x.stream = 'certify_expenses' AND lower(btrim(coalesce(e.status, ''))) <> 'disapproved'
), report AS (
    -- Each report has one header, so that the greatest value of a column is its own.
    SELECT load_id, key, max(label) AS label, max(unreadable) AS unreadable, bool_or(employee_id_missing) AS employee_id_missing,
           bool_or(currency_missing) AS currency_missing, max(total_amount) AS total_amount, max(reim_amount) AS reim_amount,
           max(non_reim_amount) AS non_reim_amount, sum(reim) AS reim, sum(non_reim) AS non_reim, sum(converted_reim) AS converted_reim,
           sum(converted_non_reim) AS converted_non_reim
    FROM part GROUP BY load_id, key HAVING bool_or(header)
)
SELECT load_id, key, label, unreadable, employee_id_missing, currency_missing,
       total_amount IS NULL OR reim_amount IS NULL OR non_reim_amount IS NULL AS amount_missing,
       quality.more_than_cents(total_amount) OR quality.more_than_cents(reim_amount) OR quality.more_than_cents(non_reim_amount)
           AS third_decimal,
       coalesce(total_amount = reim_amount + non_reim_amount, false) AS header_adds_up,
       coalesce(coalesce(reim, 0) = reim_amount AND coalesce(non_reim, 0) = non_reim_amount, false)
           OR coalesce(converted_reim = reim_amount AND converted_non_reim = non_reim_amount, false) AS totals_match
FROM report;
