-- What a day of sending adds up to is counted when documents are claimed, over what nobody approved, whatever run sent it.

ALTER TABLE ledger.document ADD COLUMN approved_by text NOT NULL DEFAULT '';
GRANT UPDATE (approved_by) ON ledger.document TO connector_loader;
CREATE INDEX document_by_sending ON ledger.document (intacct_company, last_sent_at);

ALTER TABLE plan.above_limit DROP CONSTRAINT above_limit_rule_check;
ALTER TABLE plan.above_limit ADD CONSTRAINT above_limit_rule_check
    CHECK (rule IN ('documents_per_run', 'documents_median', 'amount_median', 'day_amount', 'configuration'));
ALTER TABLE plan.above_limit ADD COLUMN reason text NOT NULL DEFAULT '';

-- What connector.yaml said that decides about money, each time it was another one, and who let it post. The newest row stands.
CREATE TABLE ledger.configuration (
    configuration_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intacct_company  text NOT NULL,
    content          jsonb NOT NULL,
    changes          text[] NOT NULL,
    accepted_by      text NOT NULL,
    load_id          bigint NOT NULL REFERENCES ops.load,
    kept_at          timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.configuration FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT INSERT (intacct_company, content, changes, accepted_by, load_id) ON ledger.configuration TO connector_loader;

-- Who posted before there was a first day posts on: posting.max_first_documents is for a company that never did.
CREATE TABLE ledger.posted_before (
    intacct_company text PRIMARY KEY,
    noted_at        timestamptz NOT NULL DEFAULT now()
);
INSERT INTO ledger.posted_before (intacct_company) SELECT DISTINCT intacct_company FROM ledger.document;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.posted_before FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Persons stop posting, and let it go on. The newest row counts.
CREATE TABLE ledger.posting_switch (
    switch_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intacct_company text NOT NULL,
    stopped         boolean NOT NULL,
    reason          text NOT NULL,
    decided_by      text NOT NULL,
    user_id         text NOT NULL,
    decided_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.posting_switch FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT SELECT ON ledger.posting_switch TO connector_loader, connector_analyst, connector_decider;
GRANT INSERT (intacct_company, stopped, reason, decided_by, user_id) ON ledger.posting_switch TO connector_decider;
