-- People: staging and verdicts, the links between Intacct records and Certify users, and what people released.
-- Runs after the ledger's schema, whose append-only guard it uses.

-- plan: a change may adopt a record, and names the record that it comes from ---------------------------------------------

ALTER TABLE plan.change DROP CONSTRAINT change_action_check;
ALTER TABLE plan.change ADD CONSTRAINT change_action_check
    CHECK (action IN ('create', 'adopt', 'update', 'deactivate', 'post', 'skip', 'hold'));
ALTER TABLE plan.change ADD COLUMN source_key text NOT NULL DEFAULT '';

DROP VIEW plan.change_result;
CREATE VIEW plan.change_result AS
SELECT c.*, o.result, o.message, o.run_id AS result_run_id, o.at AS result_at
FROM plan.change c
LEFT JOIN LATERAL (
    SELECT * FROM plan.outcome o WHERE o.change_id = c.change_id ORDER BY o.outcome_id DESC LIMIT 1
) o ON true;

-- staging -----------------------------------------------------------------------------------------------------------------

CREATE TABLE staging.intacct_location (
    load_id     bigint NOT NULL REFERENCES ops.load,
    recordno    bigint NOT NULL,
    location_id text,
    entity_id   text,
    status      text,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_employee (
    load_id     bigint NOT NULL REFERENCES ops.load,
    recordno    bigint NOT NULL,
    employee_id text,
    first_name  text,
    last_name   text,
    email       text,
    status      text,
    end_date    date,
    owner       text,
    department  text,
    location    text,
    supervisor  text,
    role        text,
    wanted      boolean,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_person_vendor (
    load_id     bigint NOT NULL REFERENCES ops.load,
    recordno    bigint NOT NULL,
    employee_id text,
    first_name  text,
    last_name   text,
    email       text,
    status      text,
    owner       text,
    vendor_type text,
    individual  boolean,
    department  text,
    location    text,
    supervisor  text,
    role        text,
    wanted      boolean,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.intacct_user (
    load_id     bigint NOT NULL REFERENCES ops.load,
    recordno    bigint NOT NULL,
    employee_id text,
    first_name  text,
    last_name   text,
    email       text,
    status      text,
    department  text,
    location    text,
    supervisor  text,
    role        text,
    wanted      boolean,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, recordno)
);

CREATE TABLE staging.certify_entity (
    load_id     bigint NOT NULL REFERENCES ops.load,
    id          text NOT NULL,
    name        text,
    code        text,
    active      boolean,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE TABLE staging.certify_user (
    load_id            bigint NOT NULL REFERENCES ops.load,
    id                 text NOT NULL,
    email              text,
    employee_id        text,
    first_name         text,
    last_name          text,
    role               text,
    active             boolean,
    department_id      text,
    gld_id             text,
    first_approver_id  text,
    second_approver_id text,
    accountant_id      text,
    treasurer          boolean,
    full_administrator boolean,
    user_administrator boolean,
    unreadable         text[] NOT NULL DEFAULT '{}',
    raw                jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE TABLE staging.certify_unprocessed_report (
    load_id         bigint NOT NULL REFERENCES ops.load,
    id              text NOT NULL,
    employee_id     text,
    first_name      text,
    last_name       text,
    department_name text,
    entity_code     text,
    unreadable      text[] NOT NULL DEFAULT '{}',
    raw             jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

-- verdicts ------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION quality.looks_like_email(address text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
$$ SELECT btrim(address) ~ '^[^@[:space:][:cntrl:]<>(),;:"]+@[^@[:space:][:cntrl:]<>(),;:".]+([.][^@[:space:][:cntrl:]<>(),;:".]+)+$' $$;

CREATE VIEW quality.intacct_locations_verdicts AS
SELECT x.load_id, l.recordno::text AS key, coalesce(nullif(l.location_id, ''), 'record ' || l.recordno) AS label,
       cardinality(l.unreadable) AS unreadable
FROM ops.extract x
JOIN staging.intacct_location l ON l.load_id = x.source_load_id
WHERE x.stream = 'intacct_locations';

-- Only records that may stand for somebody who is employed are judged by their content: a fault in the record of somebody who left
-- must not keep that person's user alive.

CREATE VIEW quality.intacct_employees_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*,
           coalesce(p.status = 'active' AND p.wanted IS DISTINCT FROM false, false) AS counts,
           lower(btrim(coalesce(p.email, ''))) AS address
    FROM ops.extract x
    JOIN staging.intacct_employee p ON p.load_id = x.source_load_id
    WHERE x.stream = 'intacct_employees'
)
SELECT r.load_id, r.key, r.label, r.unreadable, r.status_unknown, r.id_count, r.counts AND r.email = '' AS email_missing,
       r.counts AND r.email <> '' AND NOT quality.looks_like_email(r.email) AS email_malformed,
       CASE WHEN r.counts AND r.email <> '' THEN r.email_count ELSE 1 END AS email_count,
       r.counts AND r.name_missing AS name_missing, r.counts AND r.department_unknown AS department_unknown,
       r.counts AND r.location_unknown AS location_unknown, r.id_missing
FROM (
    SELECT p.of_load AS load_id, p.recordno::text AS key,
           concat_ws(' ', coalesce(nullif(p.employee_id, ''), 'record ' || p.recordno), p.first_name, p.last_name) AS label,
           cardinality(p.unreadable) AS unreadable,
           coalesce(p.status, '') NOT IN ('active', 'inactive') AS status_unknown,
           coalesce(p.employee_id, '') = '' AS id_missing,
           CASE WHEN coalesce(p.employee_id, '') = '' THEN 1 ELSE count(*) OVER (PARTITION BY p.of_load, p.employee_id) END AS id_count,
           p.counts, p.address AS email,
           count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.address) AS email_count,
           btrim(coalesce(p.first_name, '')) = '' OR btrim(coalesce(p.last_name, '')) = '' AS name_missing,
           coalesce(p.department, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract dx JOIN staging.intacct_department d ON d.load_id = dx.source_load_id
               WHERE dx.load_id = p.of_load AND dx.stream = 'intacct_departments' AND d.department_id = p.department
           ) AS department_unknown,
           coalesce(p.location, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract lx JOIN staging.intacct_location l ON l.load_id = lx.source_load_id
               WHERE lx.load_id = p.of_load AND lx.stream = 'intacct_locations' AND l.location_id = p.location
           ) AS location_unknown
    FROM record p
) r;

CREATE VIEW quality.intacct_person_vendors_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*,
           coalesce(p.status = 'active' AND p.wanted IS DISTINCT FROM false, false) AS counts,
           lower(btrim(coalesce(p.email, ''))) AS address
    FROM ops.extract x
    JOIN staging.intacct_person_vendor p ON p.load_id = x.source_load_id
    WHERE x.stream = 'intacct_person_vendors'
)
SELECT r.load_id, r.key, r.label, r.unreadable, r.status_unknown, r.id_count, r.counts AND r.email = '' AS email_missing,
       r.counts AND r.email <> '' AND NOT quality.looks_like_email(r.email) AS email_malformed,
       CASE WHEN r.counts AND r.email <> '' THEN r.email_count ELSE 1 END AS email_count,
       r.counts AND r.name_missing AS name_missing, r.counts AND r.department_unknown AS department_unknown,
       r.counts AND r.location_unknown AS location_unknown, r.id_missing
FROM (
    SELECT p.of_load AS load_id, p.recordno::text AS key,
           concat_ws(' ', coalesce(nullif(p.employee_id, ''), 'record ' || p.recordno), p.first_name, p.last_name) AS label,
           cardinality(p.unreadable) AS unreadable,
           coalesce(p.status, '') NOT IN ('active', 'inactive') AS status_unknown,
           coalesce(p.employee_id, '') = '' AS id_missing,
           CASE WHEN coalesce(p.employee_id, '') = '' THEN 1 ELSE count(*) OVER (PARTITION BY p.of_load, p.employee_id) END AS id_count,
           p.counts, p.address AS email,
           count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.address) AS email_count,
           btrim(coalesce(p.first_name, '')) = '' OR btrim(coalesce(p.last_name, '')) = '' AS name_missing,
           coalesce(p.department, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract dx JOIN staging.intacct_department d ON d.load_id = dx.source_load_id
               WHERE dx.load_id = p.of_load AND dx.stream = 'intacct_departments' AND d.department_id = p.department
           ) AS department_unknown,
           coalesce(p.location, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract lx JOIN staging.intacct_location l ON l.load_id = lx.source_load_id
               WHERE lx.load_id = p.of_load AND lx.stream = 'intacct_locations' AND l.location_id = p.location
           ) AS location_unknown
    FROM record p
) r;

CREATE VIEW quality.intacct_users_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*,
           coalesce(p.status = 'active' AND p.wanted IS DISTINCT FROM false, false) AS counts,
           lower(btrim(coalesce(p.email, ''))) AS address
    FROM ops.extract x
    JOIN staging.intacct_user p ON p.load_id = x.source_load_id
    WHERE x.stream = 'intacct_users'
)
SELECT r.load_id, r.key, r.label, r.unreadable, r.status_unknown, r.id_count, r.counts AND r.email = '' AS email_missing,
       r.counts AND r.email <> '' AND NOT quality.looks_like_email(r.email) AS email_malformed,
       CASE WHEN r.counts AND r.email <> '' THEN r.email_count ELSE 1 END AS email_count,
       r.counts AND r.name_missing AS name_missing, r.counts AND r.department_unknown AS department_unknown,
       r.counts AND r.location_unknown AS location_unknown, r.id_missing
FROM (
    SELECT p.of_load AS load_id, p.recordno::text AS key,
           concat_ws(' ', coalesce(nullif(p.employee_id, ''), 'record ' || p.recordno), p.first_name, p.last_name) AS label,
           cardinality(p.unreadable) AS unreadable,
           coalesce(p.status, '') NOT IN ('active', 'inactive') AS status_unknown,
           coalesce(p.employee_id, '') = '' AS id_missing,
           CASE WHEN coalesce(p.employee_id, '') = '' THEN 1 ELSE count(*) OVER (PARTITION BY p.of_load, p.employee_id) END AS id_count,
           p.counts, p.address AS email,
           count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.address) AS email_count,
           btrim(coalesce(p.first_name, '')) = '' OR btrim(coalesce(p.last_name, '')) = '' AS name_missing,
           coalesce(p.department, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract dx JOIN staging.intacct_department d ON d.load_id = dx.source_load_id
               WHERE dx.load_id = p.of_load AND dx.stream = 'intacct_departments' AND d.department_id = p.department
           ) AS department_unknown,
           coalesce(p.location, '') <> '' AND NOT EXISTS (
               SELECT FROM ops.extract lx JOIN staging.intacct_location l ON l.load_id = lx.source_load_id
               WHERE lx.load_id = p.of_load AND lx.stream = 'intacct_locations' AND l.location_id = p.location
           ) AS location_unknown
    FROM record p
) r;

CREATE VIEW quality.certify_entities_verdicts AS
SELECT x.load_id,
       d.id AS key,
       coalesce(nullif(d.code, ''), d.name, d.id) AS label,
       cardinality(d.unreadable) AS unreadable,
       coalesce(d.code, '') = '' AS code_missing,
       CASE WHEN coalesce(d.code, '') = '' THEN 1
            ELSE count(*) FILTER (WHERE d.active) OVER (PARTITION BY x.load_id, d.code) END AS active_code_count
FROM ops.extract x
JOIN staging.certify_entity d ON d.load_id = x.source_load_id
WHERE x.stream = 'certify_entities';

CREATE VIEW quality.certify_users_verdicts AS
SELECT x.load_id,
       u.id AS key,
       concat_ws(' ', coalesce(nullif(u.email, ''), u.id), nullif(u.employee_id, '')) AS label,
       cardinality(u.unreadable) AS unreadable,
       coalesce(u.email, '') = '' AS email_missing,
       CASE WHEN u.active AND coalesce(u.employee_id, '') <> ''
            THEN count(*) FILTER (WHERE u.active) OVER (PARTITION BY x.load_id, u.employee_id) ELSE 1 END AS employee_id_count
FROM ops.extract x
JOIN staging.certify_user u ON u.load_id = x.source_load_id
WHERE x.stream = 'certify_users';

CREATE VIEW quality.certify_unprocessed_reports_verdicts AS
SELECT x.load_id, r.id AS key, 'report ' || r.id AS label, cardinality(r.unreadable) AS unreadable
FROM ops.extract x
JOIN staging.certify_unprocessed_report r ON r.load_id = x.source_load_id
WHERE x.stream = 'certify_unprocessed_reports';

-- ledger: links and releases --------------------------------------------------------------------------------------------------

-- Which Certify user an Intacct record is. Without certify_id: a create was sent, and its answer is not known.
CREATE TABLE ledger.user_link (
    person_key  text PRIMARY KEY CHECK (person_key ~ '^(employee|vendor|user)/[0-9]+$'),
    certify_id  text UNIQUE,
    origin      text NOT NULL CHECK (origin IN ('created', 'adopted')),
    employee_id text NOT NULL,
    email       text NOT NULL,
    deactivated boolean NOT NULL DEFAULT false,
    run_id      text NOT NULL,
    CHECK (certify_id IS NOT NULL OR origin = 'created')
);
GRANT INSERT, UPDATE, DELETE ON ledger.user_link TO connector_loader;

-- Everything that ever happened to a link.
CREATE TABLE ledger.user_link_event (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation   text NOT NULL,
    person_key  text NOT NULL,
    certify_id  text,
    origin      text NOT NULL,
    employee_id text NOT NULL,
    email       text NOT NULL,
    deactivated boolean NOT NULL,
    run_id      text NOT NULL,
    at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT INSERT ON ledger.user_link_event TO connector_loader;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.user_link_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

CREATE FUNCTION ledger.write_user_link_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE link ledger.user_link := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO ledger.user_link_event (operation, person_key, certify_id, origin, employee_id, email, deactivated, run_id)
    VALUES (lower(TG_OP), link.person_key, link.certify_id, link.origin, link.employee_id, link.email, link.deactivated, link.run_id);
    RETURN NULL;
END $$;
CREATE TRIGGER event AFTER INSERT OR UPDATE OR DELETE ON ledger.user_link FOR EACH ROW EXECUTE FUNCTION ledger.write_user_link_event();

-- A person's decision about people: more creates than max_creates, deactivations above the guard, a user that moves to another record
-- of Intacct, or a stream that is rightly much smaller than before. The last three hold until they expire.
CREATE TABLE ledger.people_release (
    release_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('creates', 'deactivations', 'link', 'shrunken_extract')),
    person_key  text NOT NULL DEFAULT '',
    certify_id  text NOT NULL DEFAULT '',
    stream      text NOT NULL DEFAULT '',
    released_by text NOT NULL CHECK (btrim(released_by) <> ''),
    reason      text NOT NULL CHECK (btrim(reason) <> ''),
    released_at timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '1 day',
    CHECK ((kind = 'link') = (person_key <> '' AND certify_id <> '')),
    CHECK ((kind = 'shrunken_extract') = (stream <> ''))
);
GRANT INSERT ON ledger.people_release TO connector_loader;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.people_release
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- An extract of Intacct that is much smaller than the one of the last finished load looks like a loss of rights, not of people.
CREATE VIEW quality.extracts_verdicts AS
SELECT x.load_id,
       x.stream AS key,
       x.stream || ': ' || x.row_count || ' rows, ' || coalesce(earlier.row_count, 0) || ' before' AS label,
       coalesce(earlier.row_count >= 20 AND x.row_count * 5 < earlier.row_count * 4, false)
           AND NOT EXISTS (SELECT FROM ledger.people_release r
                           WHERE r.kind = 'shrunken_extract' AND r.stream = x.stream AND r.expires_at > now()) AS shrunken
FROM ops.extract x
LEFT JOIN LATERAL (
    SELECT e.row_count FROM ops.extract e JOIN ops.load l USING (load_id)
    WHERE e.stream = x.stream AND l.state = 'loaded' AND e.load_id < x.load_id ORDER BY e.load_id DESC LIMIT 1
) earlier ON true
WHERE x.stream LIKE 'intacct%';
