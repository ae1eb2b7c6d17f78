-- What the lines of a report add up to is found in one pass over headers and lines together, without a join between the two. A join is
-- planned by statistics, and those of a load that was just staged are of another day: with them, every report read all lines again. (So it
-- did over the index, too, which is chosen by the same statistics.) The view gives the same rows as before.

CREATE OR REPLACE VIEW quality.certify_expense_reports_verdicts AS
WITH part AS (
    SELECT x.load_id,
           r.id AS key,
           true AS header,
           coalesce('approval code ' || nullif(r.approval_code, ''), 'report ' || r.id)
               || coalesce(' (' || nullif(btrim(concat_ws(' ', r.first_name, r.last_name)), '') || ')', '') AS label,
           cardinality(r.unreadable) AS unreadable,
           coalesce(r.employee_id, '') = '' AS employee_id_missing,
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
