-- As before, but where the header is gone the label of invoices (`approval code 104233 (Ana Ruiz), invoices`) gives code and name apart too:
-- without that a name is part of a code, and codes stand in mails that name nobody.
CREATE OR REPLACE VIEW ledger.waiting AS
SELECT i.certify_company, i.report_id, i.part, coalesce(nullif(i.part, ''), i.source_hash) AS content_hash, i.label,
       coalesce(nullif(h.approval_code, ''), substring(i.label FROM '^approval code (.*?)(?: \(.*\))?(?:, invoices)?$'), '') AS approval_code,
       coalesce(nullif(btrim(concat_ws(' ', h.first_name, h.last_name)), ''), substring(i.label FROM ' \((.*)\)(?:, invoices)?$'), '') AS person,
       coalesce(nullif(h.employee_id, ''), (
           SELECT r.employee_id FROM ledger.report r
           WHERE (r.certify_company, r.report_id) = (i.certify_company, i.report_id) ORDER BY r.sequence DESC LIMIT 1
       ), '') AS employee_id,
       i.entity, i.payer, i.number, coalesce(nullif(i.currency, ''), h.currency, '') AS currency, coalesce(i.total, h.total_amount) AS amount,
       i.state, i.rule, i.reason, i.processed_date, i.opened_at, i.seen_at, i.load_id, l.actor AS triggered_by
FROM ledger.open_item i
JOIN ops.load l USING (load_id)
LEFT JOIN ops.extract x ON x.load_id = i.load_id AND x.stream = 'certify_expense_reports'
LEFT JOIN LATERAL (
    -- By its key alone, or all that was staged is read for the few that wait.
    SELECT s.approval_code, s.first_name, s.last_name, s.employee_id, s.currency, s.total_amount FROM staging.certify_expense_report s
    WHERE s.load_id = x.source_load_id AND s.id = i.report_id OFFSET 0
) h ON true
WHERE i.state IN ('quarantined', 'held', 'rejected', 'alarm');
