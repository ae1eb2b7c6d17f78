-- A document is compared with its own lines and with nothing else, so it remembers them; and it is held, released and posted by itself.

ALTER TABLE plan.document
    ADD COLUMN content      jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN content_hash text NOT NULL DEFAULT '';

-- By the rules of before, these reports were held as they are. What the rules of now would post of them waits for a person all the same.
CREATE TABLE ledger.held_before (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    source_hash     text NOT NULL,
    rule            text NOT NULL,
    noted_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certify_company, report_id)
);
INSERT INTO ledger.held_before (certify_company, report_id, source_hash, rule)
SELECT certify_company, report_id, source_hash, rule FROM ledger.open_item WHERE state = 'held' AND source_hash <> '';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.held_before FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The trigger would note the time of a change; nothing about these documents changes.
ALTER TABLE ledger.document DISABLE TRIGGER transition;
ALTER TABLE ledger.document ADD COLUMN content jsonb;
UPDATE ledger.document d SET content = jsonb_build_object(
    'payer', d.payer,
    'report', (r.content -> 'report') - '{total_amount,reim_amount,non_reim_amount}'::text[],
    'lines', coalesce((
        SELECT jsonb_object_agg(e.expense_id, r.content -> 'lines' -> e.expense_id) FROM ledger.document_expense e
        WHERE e.document_id = d.document_id AND r.content -> 'lines' ? e.expense_id
    ), '{}'))
FROM ledger.report r
WHERE (r.certify_company, r.report_id, r.sequence) = (d.certify_company, d.report_id, d.sequence);
ALTER TABLE ledger.document ALTER COLUMN content SET NOT NULL;
ALTER TABLE ledger.document ENABLE TRIGGER transition;
GRANT UPDATE (content) ON ledger.document TO connector_loader;

-- What was decided about, in money: reconciliation counts it.
ALTER TABLE ledger.decision
    ADD COLUMN payer    text NOT NULL DEFAULT '',
    ADD COLUMN currency text NOT NULL DEFAULT '',
    ADD COLUMN total    numeric;
GRANT INSERT (payer, currency, total) ON ledger.decision TO connector_decider;

-- What persons took out of the connector's hands, and nobody took back: the newest of these decisions counts.
CREATE VIEW ledger.taken_out AS
SELECT * FROM (
    SELECT DISTINCT ON (certify_company, report_id, content_hash) * FROM ledger.decision
    WHERE decision IN ('booked_by_hand', 'not_ours', 'retry')
    ORDER BY certify_company, report_id, content_hash, decision_id DESC
) newest WHERE decision <> 'retry';
GRANT SELECT ON ledger.taken_out TO connector_decider;

-- What a person has looked for and not found is not in Intacct: its lines are free for a new plan.
-- It is planned anew from there and sent as the next revision, never straight from being held.
INSERT INTO ledger.transition (before, after) VALUES ('held', 'rejected');
DELETE FROM ledger.transition WHERE (before, after) = ('held', 'sending');
