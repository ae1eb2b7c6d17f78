-- A second person for large runs, and what tells one company, or one shape of a service's answers, from another.

-- plan: why a plan needs a second person -----------------------------------------------------------------------------------

-- Judged when the plan is made, so that nothing that is changed afterwards takes the need away.
CREATE TABLE plan.above_limit (
    load_id  bigint NOT NULL REFERENCES ops.load,
    rule     text NOT NULL CHECK (rule IN ('documents_per_run', 'documents_median', 'amount_median')),
    currency text NOT NULL DEFAULT '',
    found    numeric NOT NULL,
    allowed  numeric NOT NULL,
    median   numeric,
    runs     integer,
    PRIMARY KEY (load_id, rule, currency)
);
GRANT INSERT ON plan.above_limit TO connector_loader;
CREATE TRIGGER immutable BEFORE UPDATE ON plan.above_limit FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();

-- ledger: who let it pass ----------------------------------------------------------------------------------------------------

-- A person's decision about a whole plan, for exactly its documents (plan_hash). The newest one counts.
CREATE TABLE ledger.approval (
    approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    load_id     bigint NOT NULL REFERENCES ops.load,
    plan_hash   text NOT NULL,
    decision    text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    decided_by  text NOT NULL CHECK (btrim(decided_by) <> ''),
    user_id     text NOT NULL DEFAULT '',
    reasons     text NOT NULL,
    run_id      text NOT NULL,
    decided_at  timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX approval_by_load ON ledger.approval (load_id);
GRANT INSERT ON ledger.approval TO connector_loader;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.approval FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The usual size of a run is asked by load.
CREATE INDEX document_by_load ON ledger.document (load_id);

-- ops: what was always there -------------------------------------------------------------------------------------------------

-- How many rows of each stream were planned from, and in how many of them each field of the service's answer was there.
CREATE TABLE ops.known_field (
    stream  text NOT NULL,
    field   text NOT NULL,
    rows    bigint NOT NULL,
    present bigint NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream, field)
);
GRANT INSERT, UPDATE ON ops.known_field TO connector_loader;

-- IDs of users of a company of Certify (nothing else of them): they are never deleted there, and no two companies share one.
CREATE TABLE ops.known_user (
    certify_company text NOT NULL,
    user_id         text NOT NULL,
    PRIMARY KEY (certify_company, user_id)
);
GRANT INSERT ON ops.known_user TO connector_loader;
