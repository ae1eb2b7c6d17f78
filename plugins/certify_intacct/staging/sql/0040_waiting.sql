-- What waits for a person, defined once: every page, mail, log and table counts these rows, each a report or one document of it.
-- A report that a run has begun to send, or looks for after a lost answer, waits for no person: the next run goes on with it.

ALTER TABLE ledger.open_item ADD COLUMN entity text NOT NULL DEFAULT '';
UPDATE ledger.open_item i SET entity = d.entity FROM ledger.document d
WHERE d.certify_company = i.certify_company AND d.report_id = i.report_id AND d.number = i.number;

-- The header is the one that the load read which dealt with the report last; retention keeps that load as long as the report waits.
CREATE VIEW ledger.waiting AS
SELECT i.certify_company, i.report_id, i.part, coalesce(nullif(i.part, ''), i.source_hash) AS content_hash, i.label,
       coalesce(nullif(h.approval_code, ''), substring(i.label FROM '^approval code (.*?)(?: \(.*\))?$'), '') AS approval_code,
       coalesce(nullif(btrim(concat_ws(' ', h.first_name, h.last_name)), ''), substring(i.label FROM ' \((.*)\)$'), '') AS person,
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
