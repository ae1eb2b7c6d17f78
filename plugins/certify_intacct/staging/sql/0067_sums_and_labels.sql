-- Where the money of a plan stands, by account (certify_intacct.staging.account_sums): two plans are compared by it. A plan that is made
-- in slices has several rows of an account.
CREATE TABLE plan.account_sum (
    load_id  bigint NOT NULL REFERENCES ops.load,
    account  text NOT NULL,
    entity   text NOT NULL,
    currency text NOT NULL,
    amount   numeric NOT NULL
);
CREATE INDEX account_sum_by_load ON plan.account_sum (load_id);
GRANT INSERT ON plan.account_sum TO connector_loader;
CREATE TRIGGER immutable BEFORE UPDATE ON plan.account_sum FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();

-- Those of plans that are there already, out of their documents.
INSERT INTO plan.account_sum (load_id, account, entity, currency, amount)
SELECT d.load_id, p.account, coalesce(nullif(l.line ->> 'location_id', ''), d.entity), d.currency, sum(p.amount)
FROM plan.document d
CROSS JOIN LATERAL jsonb_array_elements(convert_from(d.canonical, 'UTF8')::jsonb -> 'lines') AS l (line)
CROSS JOIN LATERAL (
    SELECT l.line ->> 'account' AS account, (l.line ->> 'amount')::numeric AS amount
    UNION ALL
    SELECT 'tax ' || (t ->> 'detail_id'), (t ->> 'amount')::numeric FROM jsonb_array_elements(l.line -> 'tax') t
) p
GROUP BY 1, 2, 3, 4;

-- How a report is called, as it was read last: whoever decided about it finds it by that, also when it waits no more.
CREATE VIEW ledger.report_label AS
SELECT DISTINCT ON (id) id AS report_id,
       'approval code ' || approval_code || coalesce(' (' || nullif(btrim(concat_ws(' ', first_name, last_name)), '') || ')', '') AS label
FROM staging.certify_expense_report WHERE approval_code <> '' ORDER BY id, load_id DESC;
GRANT SELECT ON ledger.report_label TO connector_decider;
