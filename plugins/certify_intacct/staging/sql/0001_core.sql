-- The run manifest, the extracts, the verdicts and the plan; and the department streams.
-- Roles (made by the administrator, see docs): connector_owner runs this file, connector_loader is what tasks log in as,
-- connector_analyst only reads.

CREATE SCHEMA ops;
CREATE SCHEMA staging;
CREATE SCHEMA quality;
CREATE SCHEMA plan;
CREATE SCHEMA ledger;

GRANT USAGE ON SCHEMA ops, staging, quality, plan, ledger TO connector_loader, connector_analyst;
-- Staging is replaceable, so the loader may do what it likes there; everywhere else each table says what it allows.
ALTER DEFAULT PRIVILEGES IN SCHEMA staging GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO connector_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, quality, plan, ledger GRANT SELECT ON TABLES TO connector_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, staging, quality, plan, ledger GRANT SELECT ON TABLES TO connector_analyst;

-- ops: what ran -------------------------------------------------------------------------------------------------------

CREATE TABLE ops.load (
    load_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dag_id       text NOT NULL,
    run_id       text NOT NULL,
    run_type     text NOT NULL,
    direction    text NOT NULL CHECK (direction IN ('organization', 'expense', 'reconciliation')),
    period_start date NOT NULL,
    period_end   date NOT NULL,
    dry_run      boolean NOT NULL,
    entities     text[] NOT NULL DEFAULT '{}',
    config_hash  text NOT NULL,
    code_version text NOT NULL,
    actor        text NOT NULL DEFAULT '',
    state        text NOT NULL DEFAULT 'open'
                 CHECK (state IN ('open', 'validated', 'stopped', 'planned', 'previewed', 'loaded')),
    counts       jsonb NOT NULL DEFAULT '{}',
    opened_at    timestamptz NOT NULL DEFAULT now(),
    closed_at    timestamptz,
    CHECK (period_end >= period_start)
);
CREATE INDEX load_by_run ON ops.load (dag_id, run_id);
GRANT INSERT, UPDATE ON ops.load TO connector_loader;

-- Which load's rows a load reads for a stream: its own, or those of a recent snapshot that a backfill reuses.
CREATE TABLE ops.extract (
    load_id        bigint NOT NULL REFERENCES ops.load,
    stream         text NOT NULL,
    source_load_id bigint NOT NULL REFERENCES ops.load,
    row_count      bigint NOT NULL,
    page_count     bigint NOT NULL,
    duplicates     bigint NOT NULL DEFAULT 0,
    observed_at    timestamptz NOT NULL,
    PRIMARY KEY (load_id, stream)
);
CREATE INDEX extract_by_stream ON ops.extract (stream, observed_at);
GRANT INSERT, UPDATE, DELETE ON ops.extract TO connector_loader;

-- The load that currently stands for a stream and a date.
CREATE TABLE ops.published (
    stream       text NOT NULL,
    day          date NOT NULL,
    load_id      bigint NOT NULL REFERENCES ops.load,
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (stream, day)
);
GRANT INSERT, UPDATE ON ops.published TO connector_loader;

CREATE VIEW ops.covered_date AS
SELECT l.direction, d::date AS day, max(l.closed_at) AS covered_at
FROM ops.load l, generate_series(l.period_start, l.period_end, interval '1 day') d
WHERE l.state = 'loaded' AND l.entities = '{}'
GROUP BY l.direction, d;

-- quality: verdicts ---------------------------------------------------------------------------------------------------

CREATE TABLE quality.result (
    load_id   bigint NOT NULL REFERENCES ops.load,
    stream    text NOT NULL,
    rule      text NOT NULL,
    severity  text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
    checked   bigint NOT NULL,
    failed    bigint NOT NULL,
    sample    jsonb NOT NULL DEFAULT '[]',
    judged_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (load_id, stream, rule)
);
GRANT INSERT, DELETE ON quality.result TO connector_loader;

CREATE TABLE quality.quarantine (
    load_id  bigint NOT NULL REFERENCES ops.load,
    stream   text NOT NULL,
    key      text NOT NULL,
    label    text NOT NULL DEFAULT '',
    rule     text NOT NULL,
    reason   text NOT NULL,
    cure     text NOT NULL DEFAULT '',
    PRIMARY KEY (load_id, stream, key, rule)
);
GRANT INSERT, DELETE ON quality.quarantine TO connector_loader;

CREATE VIEW quality.quarantined AS
SELECT load_id, stream, key, min(label) AS label, string_agg(reason, ' ' ORDER BY rule) AS reasons
FROM quality.quarantine GROUP BY load_id, stream, key;

-- plan: what is intended, and what became of it -----------------------------------------------------------------------

CREATE TABLE plan.change (
    change_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    load_id      bigint NOT NULL REFERENCES ops.load,
    position     integer NOT NULL,
    subject      text NOT NULL,
    action       text NOT NULL CHECK (action IN ('create', 'update', 'deactivate', 'post', 'skip', 'hold')),
    key          text NOT NULL,
    target_id    text,
    before       jsonb NOT NULL DEFAULT '{}',
    after        jsonb NOT NULL DEFAULT '{}',
    reason       text NOT NULL DEFAULT '',
    rule         text NOT NULL DEFAULT '',
    cure         text NOT NULL DEFAULT '',
    billed_calls integer NOT NULL DEFAULT 0,
    planned_at   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (load_id, position)
);
CREATE INDEX change_by_key ON plan.change (subject, key);
GRANT INSERT ON plan.change TO connector_loader;

CREATE TABLE plan.outcome (
    outcome_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_id  bigint NOT NULL REFERENCES plan.change,
    run_id     text NOT NULL,
    result     text NOT NULL CHECK (result IN ('applied', 'already', 'moved_on', 'refused', 'held', 'in_doubt')),
    target_id  text,
    message    text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outcome_by_change ON plan.outcome (change_id);
GRANT INSERT ON plan.outcome TO connector_loader;

-- A plan is immutable, whoever asks.
CREATE FUNCTION plan.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A row of %.% is never changed: plan again instead.', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER immutable BEFORE UPDATE ON plan.change FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE ON plan.outcome FOR EACH ROW EXECUTE FUNCTION plan.refuse_change();

CREATE VIEW plan.change_result AS
SELECT c.*, o.result, o.message, o.run_id AS result_run_id, o.at AS result_at
FROM plan.change c
LEFT JOIN LATERAL (
    SELECT * FROM plan.outcome o WHERE o.change_id = c.change_id ORDER BY o.outcome_id DESC LIMIT 1
) o ON true;

-- staging: departments ------------------------------------------------------------------------------------------------

CREATE TABLE staging.intacct_department (
    load_id       bigint NOT NULL REFERENCES ops.load,
    recordno      bigint NOT NULL,
    department_id text,
    title         text,
    parent_id     text,
    status        text,
    unreadable    text[] NOT NULL DEFAULT '{}',
    raw           jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.certify_department (
    load_id    bigint NOT NULL REFERENCES ops.load,
    id         text NOT NULL,
    name       text,
    code       text,
    active     boolean,
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE VIEW quality.intacct_departments_verdicts AS
SELECT x.load_id,
       d.recordno::text AS key,
       coalesce(nullif(d.department_id, ''), 'record ' || d.recordno) AS label,
       cardinality(d.unreadable) AS unreadable,
       coalesce(d.department_id, '') = '' AS code_missing,
       coalesce(d.title, '') = '' AS title_missing,
       count(*) OVER (PARTITION BY x.load_id, d.department_id) AS code_count
FROM ops.extract x
JOIN staging.intacct_department d ON d.load_id = x.source_load_id
WHERE x.stream = 'intacct_departments';

CREATE VIEW quality.certify_departments_verdicts AS
SELECT x.load_id,
       d.id AS key,
       coalesce(nullif(d.code, ''), d.name, d.id) AS label,
       cardinality(d.unreadable) AS unreadable,
       coalesce(d.code, '') = '' AS code_missing,
       -- A code that stands once among the active rows is clear, whatever lies inactive behind it.
       CASE WHEN coalesce(d.code, '') = '' THEN 1
            ELSE count(*) FILTER (WHERE d.active) OVER (PARTITION BY x.load_id, d.code) END AS active_code_count
FROM ops.extract x
JOIN staging.certify_department d ON d.load_id = x.source_load_id
WHERE x.stream = 'certify_departments';
