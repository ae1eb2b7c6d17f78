-- The frozen documents of a plan, and the ledger: what was sent, what became of it, and what waits for a person.
-- The transition table of certify_intacct.model.ledger is held here by a trigger; a test compares the two.

-- plan: what a load would post, frozen ---------------------------------------------------------------------------------

CREATE TABLE plan.report (
    load_id       bigint NOT NULL REFERENCES ops.load,
    report_id     text NOT NULL,
    change_id     bigint REFERENCES plan.change,
    token         text NOT NULL,
    label         text NOT NULL,
    approval_code text NOT NULL DEFAULT '',
    employee_id   text NOT NULL DEFAULT '',
    processed_date date,
    source_hash   text NOT NULL,
    content       jsonb NOT NULL,
    released      text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (load_id, report_id)
);
GRANT INSERT ON plan.report TO connector_loader;

CREATE TABLE plan.document (
    load_id        bigint NOT NULL,
    report_id      text NOT NULL,
    number         text NOT NULL,
    sequence       integer NOT NULL,
    ordinal        integer NOT NULL,
    kind           text NOT NULL,
    entity         text NOT NULL,
    session_entity text NOT NULL,
    currency       text NOT NULL,
    total          numeric NOT NULL CHECK (total > 0),
    line_count     integer NOT NULL CHECK (line_count > 0),
    payee_id       text NOT NULL,
    posting_date   date NOT NULL,
    revision       integer NOT NULL CHECK (revision > 0),
    canonical      bytea NOT NULL,
    sha256         text NOT NULL,
    config_hash    text NOT NULL,
    PRIMARY KEY (load_id, number),
    FOREIGN KEY (load_id, report_id) REFERENCES plan.report
);
GRANT INSERT ON plan.document TO connector_loader;

CREATE TRIGGER immutable BEFORE UPDATE ON plan.report FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE ON plan.document FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();

-- ledger: reports -------------------------------------------------------------------------------------------------------

-- A report from the moment on when one of its documents was claimed: from then on it is never split again.
CREATE TABLE ledger.report (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    sequence        integer NOT NULL,
    token           text NOT NULL,
    label           text NOT NULL,
    employee_id     text NOT NULL,
    processed_date  date,
    source_hash     text NOT NULL,
    content         jsonb NOT NULL,
    load_id         bigint NOT NULL REFERENCES ops.load,
    frozen_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certify_company, report_id, sequence)
);
GRANT INSERT ON ledger.report TO connector_loader;

-- ledger: documents -----------------------------------------------------------------------------------------------------

CREATE TABLE ledger.transition (
    before text,
    after  text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (before, after)
);
INSERT INTO ledger.transition (before, after) VALUES
    (NULL, 'sending'), (NULL, 'accepted'),
    ('sending', 'accepted'), ('sending', 'rejected'), ('sending', 'in_doubt'),
    ('in_doubt', 'accepted'), ('in_doubt', 'sending'), ('in_doubt', 'held'),
    ('rejected', 'sending'), ('rejected', 'held'),
    ('held', 'sending'), ('held', 'accepted'),
    ('accepted', 'in_gl'), ('accepted', 'altered'), ('accepted', 'reversed'), ('accepted', 'deleted'),
    ('in_gl', 'altered'), ('in_gl', 'reversed'), ('in_gl', 'deleted'),
    ('altered', 'reversed'), ('altered', 'deleted'),
    ('reversed', 'deleted');

CREATE TABLE ledger.document (
    document_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certify_company text NOT NULL,
    intacct_company text NOT NULL,
    report_id       text NOT NULL,
    sequence        integer NOT NULL,
    ordinal         integer NOT NULL,
    number          text NOT NULL,
    token           text NOT NULL,
    kind            text NOT NULL,
    entity          text NOT NULL,
    session_entity  text NOT NULL,
    currency        text NOT NULL,
    total           numeric NOT NULL,
    line_count      integer NOT NULL,
    payee_id        text NOT NULL,
    posting_date    date NOT NULL,
    state           text NOT NULL,
    revision        integer NOT NULL CHECK (revision > 0),
    attempts        integer NOT NULL DEFAULT 0,
    control_id      text NOT NULL,
    canonical       bytea NOT NULL,
    sha256          text NOT NULL,
    request         bytea NOT NULL,
    config_hash     text NOT NULL,
    load_id         bigint NOT NULL REFERENCES ops.load,
    adopted         boolean NOT NULL DEFAULT false,
    record_no       text,
    record_url      text,
    intacct_state   text,
    message         text NOT NULL DEFAULT '',
    last_sent_at    timestamptz,
    absent_checks   integer NOT NULL DEFAULT 0,
    last_absent_at  timestamptz,
    seen_at         timestamptz,
    -- For the event that each change of state leaves.
    run_id          text NOT NULL DEFAULT '',
    actor           text NOT NULL DEFAULT '',
    answer          jsonb NOT NULL DEFAULT '{}',
    updated_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (certify_company, intacct_company, report_id, sequence, ordinal),
    UNIQUE (intacct_company, number),
    FOREIGN KEY (certify_company, report_id, sequence) REFERENCES ledger.report
);
CREATE INDEX document_by_state ON ledger.document (state);
CREATE INDEX document_by_token ON ledger.document (token);
GRANT INSERT ON ledger.document TO connector_loader;
GRANT UPDATE (kind, entity, session_entity, currency, total, line_count, payee_id, posting_date, number, state, revision, attempts, control_id,
              canonical, sha256, request, config_hash, load_id, adopted, record_no, record_url, intacct_state, message, last_sent_at, absent_checks,
              last_absent_at, seen_at, run_id, actor, answer, updated_at) ON ledger.document TO connector_loader;

-- Which part of which expense a document holds; while the document is live, no other may hold it.
CREATE TABLE ledger.document_expense (
    document_id     bigint NOT NULL REFERENCES ledger.document,
    certify_company text NOT NULL,
    intacct_company text NOT NULL,
    expense_id      text NOT NULL,
    payer           text NOT NULL,
    live            boolean NOT NULL DEFAULT true,
    PRIMARY KEY (document_id, expense_id)
);
CREATE UNIQUE INDEX expense_in_one_live_document ON ledger.document_expense (certify_company, intacct_company, expense_id, payer) WHERE live;
GRANT INSERT ON ledger.document_expense TO connector_loader;
GRANT UPDATE (live) ON ledger.document_expense TO connector_loader;

-- Everything that ever happened to a document. The loader may add and read, nobody may change.
CREATE TABLE ledger.event (
    event_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id  bigint NOT NULL REFERENCES ledger.document,
    number       text NOT NULL,
    before_state text,
    after_state  text NOT NULL,
    revision     integer NOT NULL,
    attempt      integer NOT NULL,
    control_id   text NOT NULL,
    canonical    bytea NOT NULL,
    sha256       text NOT NULL,
    config_hash  text NOT NULL,
    record_no    text,
    message      text NOT NULL,
    answer       jsonb NOT NULL,
    load_id      bigint NOT NULL,
    run_id       text NOT NULL,
    actor        text NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_by_document ON ledger.event (document_id);
GRANT INSERT ON ledger.event TO connector_loader;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger.% only grows: % is not allowed.', TG_TABLE_NAME, TG_OP;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.event FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.report FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON ledger.document FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.hold_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before_state text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END;
BEGIN
    NEW.updated_at := clock_timestamp();
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.certify_company, NEW.intacct_company, NEW.report_id, NEW.sequence, NEW.ordinal, NEW.token)
           IS DISTINCT FROM (OLD.certify_company, OLD.intacct_company, OLD.report_id, OLD.sequence, OLD.ordinal, OLD.token) THEN
            RAISE EXCEPTION 'The identity of document % never changes.', OLD.number;
        END IF;
        IF NEW.revision NOT IN (OLD.revision, OLD.revision + 1) OR (NEW.revision > OLD.revision AND OLD.state NOT IN ('rejected', 'held')) THEN
            RAISE EXCEPTION 'Document %: the revision rises by one, and only after Intacct refused it or a person looked.', OLD.number;
        END IF;
        IF NEW.revision = OLD.revision AND (NEW.control_id, NEW.canonical, NEW.request) IS DISTINCT FROM (OLD.control_id, OLD.canonical, OLD.request) THEN
            RAISE EXCEPTION 'Document %: one revision has one content and one control ID.', OLD.number;
        END IF;
        IF NEW.state = 'sending' AND OLD.state IN ('rejected', 'held') AND NEW.revision = OLD.revision THEN
            RAISE EXCEPTION 'Document %: after % only its next revision may be sent.', OLD.number, OLD.state;
        END IF;
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM ledger.transition t WHERE t.before IS NOT DISTINCT FROM before_state AND t.after = NEW.state) THEN
        RAISE EXCEPTION 'Document %: % does not follow on %.', NEW.number, NEW.state, coalesce(before_state, 'nothing');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transition BEFORE INSERT OR UPDATE ON ledger.document FOR EACH ROW EXECUTE FUNCTION ledger.hold_transition();

CREATE FUNCTION ledger.write_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN
        RETURN NULL;
    END IF;
    INSERT INTO ledger.event (document_id, number, before_state, after_state, revision, attempt, control_id, canonical, sha256, config_hash,
                              record_no, message, answer, load_id, run_id, actor)
    VALUES (NEW.document_id, NEW.number, CASE WHEN TG_OP = 'UPDATE' THEN OLD.state END, NEW.state, NEW.revision, NEW.attempts, NEW.control_id,
            NEW.canonical, NEW.sha256, NEW.config_hash, NEW.record_no, NEW.message, NEW.answer, NEW.load_id, NEW.run_id, NEW.actor);
    -- What Intacct provably lacks holds no expense back; the unique index decides when a refused document is sent again.
    UPDATE ledger.document_expense SET live = NEW.state NOT IN ('rejected', 'reversed', 'deleted')
    WHERE document_id = NEW.document_id AND live <> (NEW.state NOT IN ('rejected', 'reversed', 'deleted'));
    RETURN NULL;
END $$;
CREATE TRIGGER event AFTER INSERT OR UPDATE ON ledger.document FOR EACH ROW EXECUTE FUNCTION ledger.write_event();

-- ledger: what waits, and who released what --------------------------------------------------------------------------------

-- A report that is not finished: re-read by its ID in every run until it is.
CREATE TABLE ledger.open_item (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    processed_date  date,
    label           text NOT NULL DEFAULT '',
    state           text NOT NULL CHECK (state IN ('found', 'quarantined', 'held', 'rejected', 'in_doubt', 'alarm')),
    rule            text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '',
    source_hash     text NOT NULL DEFAULT '',
    load_id         bigint NOT NULL REFERENCES ops.load,
    opened_at       timestamptz NOT NULL DEFAULT now(),
    seen_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certify_company, report_id)
);
GRANT INSERT, UPDATE, DELETE ON ledger.open_item TO connector_loader;

-- A person's decision to post what a rule holds, for exactly this content of the report.
CREATE TABLE ledger.release (
    release_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    rule            text NOT NULL,
    source_hash     text NOT NULL,
    released_by     text NOT NULL CHECK (btrim(released_by) <> ''),
    reason          text NOT NULL CHECK (btrim(reason) <> ''),
    released_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX release_by_report ON ledger.release (certify_company, report_id);
GRANT INSERT ON ledger.release TO connector_loader;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.release FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- ledger: what was learnt about a company of Intacct -----------------------------------------------------------------------

-- Dates that Intacct refused because their period is closed, by entity and subledger.
CREATE TABLE ledger.closed_date (
    intacct_company text NOT NULL,
    entity          text NOT NULL,
    subledger       text NOT NULL,
    day             date NOT NULL,
    message         text NOT NULL,
    learnt_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, entity, subledger, day)
);
GRANT INSERT, DELETE ON ledger.closed_date TO connector_loader;

-- What verify_company measured (replay_refused: true, false), and which deployment this is.
CREATE TABLE ledger.company_fact (
    intacct_company text NOT NULL,
    name            text NOT NULL,
    value           jsonb NOT NULL,
    measured_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, name)
);
GRANT INSERT, UPDATE ON ledger.company_fact TO connector_loader;

-- The vendor to which an EmployeeID was posted first; a change waits for a person.
CREATE TABLE ledger.vendor_link (
    intacct_company text NOT NULL,
    employee_id     text NOT NULL,
    vendor_record   text NOT NULL,
    linked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, employee_id)
);
GRANT INSERT, UPDATE ON ledger.vendor_link TO connector_loader;

-- Receipts that were sent, by document's attachment.
CREATE TABLE ledger.receipt (
    intacct_company text NOT NULL,
    attachment_id   text NOT NULL,
    receipt_id      text NOT NULL,
    sent_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, attachment_id, receipt_id)
);
GRANT INSERT ON ledger.receipt TO connector_loader;

-- reconciliation ------------------------------------------------------------------------------------------------------------

-- What of Certify's total stands where; for each entity, currency and kind the buckets add up to what Certify processed.
CREATE TABLE ops.reconciliation (
    load_id  bigint NOT NULL REFERENCES ops.load,
    entity   text NOT NULL,
    currency text NOT NULL,
    kind     text NOT NULL,
    bucket   text NOT NULL,
    amount   numeric NOT NULL,
    reports  integer NOT NULL,
    PRIMARY KEY (load_id, entity, currency, kind, bucket)
);
GRANT INSERT, DELETE ON ops.reconciliation TO connector_loader;

CREATE TABLE ops.reconciliation_finding (
    load_id bigint NOT NULL REFERENCES ops.load,
    finding text NOT NULL,
    number  text NOT NULL,
    text    text NOT NULL,
    PRIMARY KEY (load_id, finding, number)
);
GRANT INSERT, DELETE ON ops.reconciliation_finding TO connector_loader;
