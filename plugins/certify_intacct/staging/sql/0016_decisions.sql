-- What waits, waits by the part of a report that one document would hold; what a person decides about it is written by a role of its own,
-- which only Airflow's api-server signs in as: the role that posts can decide nothing.

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'connector_decider') THEN
        RAISE EXCEPTION 'The role connector_decider is missing: make it as the administrator of PostgreSQL (docs/operations.md, Upgrading).';
    END IF;
END $$;
GRANT USAGE ON SCHEMA ops, ledger, plan, staging TO connector_decider;

-- part: the hash of the lines of the document to be that waits; empty for a whole report.
ALTER TABLE ledger.open_item
    ADD COLUMN part     text NOT NULL DEFAULT '',
    ADD COLUMN payer    text NOT NULL DEFAULT '',
    ADD COLUMN number   text NOT NULL DEFAULT '',
    ADD COLUMN currency text NOT NULL DEFAULT '',
    ADD COLUMN total    numeric,
    DROP CONSTRAINT open_item_pkey,
    ADD PRIMARY KEY (certify_company, report_id, part);

CREATE TABLE ledger.decision (
    decision_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    -- Of exactly what it is about, as open_item has it: the part, or the whole report.
    content_hash    text NOT NULL CHECK (content_hash <> ''),
    number          text NOT NULL DEFAULT '',
    decision        text NOT NULL
        CHECK (decision IN ('release', 'booked_by_hand', 'not_ours', 'accept_as_posted', 'post_again', 'retry')),
    rules           text[] NOT NULL DEFAULT '{}',
    record_no       text NOT NULL DEFAULT '',
    reason          text NOT NULL CHECK (btrim(reason) <> ''),
    decided_by      text NOT NULL CHECK (btrim(decided_by) <> ''),
    user_id         text NOT NULL,
    decided_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((decision = 'booked_by_hand') = (record_no <> ''))
);
CREATE INDEX decision_by_report ON ledger.decision (certify_company, report_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.decision FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Which rules were overruled: by releases of before, which a person's typed name stood under, and by decisions.
CREATE VIEW ledger.released_rule AS
SELECT certify_company, report_id, source_hash AS content_hash, rule, released_by AS decided_by, released_at AS decided_at FROM ledger.release
UNION ALL
SELECT d.certify_company, d.report_id, d.content_hash, rule, d.decided_by, d.decided_at FROM ledger.decision d, unnest(d.rules) AS rule;

-- The decider reads what waits and writes decisions, with no say in when they were made. The loader reads them.
GRANT SELECT ON ledger.open_item, ledger.decision, ledger.user_link, ops.load, ops.extract, plan.change, staging.certify_user
    TO connector_decider;
GRANT INSERT (certify_company, report_id, content_hash, number, decision, rules, record_no, reason, decided_by, user_id)
    ON ledger.decision TO connector_decider;
GRANT INSERT (kind, person_key, certify_id, stream, released_by, reason, expires_at) ON ledger.people_release TO connector_decider;
REVOKE INSERT ON ledger.release, ledger.people_release FROM connector_loader;
REVOKE INSERT (certify_company, report_id, rule, source_hash, released_by, reason) ON ledger.release FROM connector_loader;
