-- Lists that are looked up by a code share one table and one view of verdicts, so that another list or another dimension needs no SQL.
-- What was staged is carried over: a load that was opened before the upgrade goes on reading its own rows.

CREATE TABLE staging.reference (
    load_id    bigint NOT NULL REFERENCES ops.load,
    stream     text NOT NULL,
    key        text NOT NULL,
    code       text,
    name       text,
    status     text,
    parent     text,
    within     text[] NOT NULL DEFAULT '{}',
    attributes jsonb NOT NULL DEFAULT '{}',
    unreadable text[] NOT NULL DEFAULT '{}',
    raw        jsonb NOT NULL,
    PRIMARY KEY (load_id, stream, key)
);

-- The views that read the old tables go first.
DROP VIEW quality.intacct_departments_verdicts, quality.certify_departments_verdicts, quality.intacct_vendors_verdicts,
    quality.intacct_entities_verdicts, quality.intacct_gl_accounts_verdicts, quality.intacct_ap_account_labels_verdicts,
    quality.intacct_cards_verdicts, quality.intacct_terms_verdicts, quality.intacct_tax_details_verdicts,
    quality.certify_categories_verdicts, quality.intacct_locations_verdicts, quality.certify_entities_verdicts,
    quality.intacct_employees_verdicts, quality.intacct_person_vendors_verdicts, quality.intacct_users_verdicts;

-- carried over ------------------------------------------------------------------------------------------------------------

-- The names of columns that could not be read, as they are called from now on.
CREATE FUNCTION pg_temp.renamed(names text[], olds text[], news text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(coalesce(news[array_position(olds, name)], name) ORDER BY place), '{}')
    FROM unnest(names) WITH ORDINALITY AS one (name, place)
$$;

INSERT INTO staging.reference (load_id, stream, key, code, name, status, attributes, unreadable, raw)
SELECT load_id, 'intacct_departments', recordno::text, department_id, title, status, '{}',
       pg_temp.renamed(unreadable, '{recordno,department_id,title}', '{key,code,name}'), raw
FROM staging.intacct_department
UNION ALL
SELECT load_id, 'intacct_entities', recordno::text, entity_id, name, status, jsonb_build_object('currency', currency),
       pg_temp.renamed(unreadable, '{recordno,entity_id}', '{key,code}'), raw
FROM staging.intacct_entity
UNION ALL
SELECT load_id, 'intacct_locations', recordno::text, location_id, NULL, status, jsonb_build_object('entity_id', entity_id),
       pg_temp.renamed(unreadable, '{recordno,location_id}', '{key,code}'), raw
FROM staging.intacct_location
UNION ALL
SELECT load_id, 'intacct_vendors', recordno::text, vendor_id, name, status,
       jsonb_build_object('contact_name', contact_name, 'email', email, 'vendor_type', vendor_type, 'on_hold', on_hold,
                          'term_name', term_name, 'entity_id', entity_id),
       pg_temp.renamed(unreadable, '{recordno,vendor_id}', '{key,code}'), raw
FROM staging.intacct_vendor
UNION ALL
SELECT load_id, 'intacct_gl_accounts', recordno::text, account_no, title, status,
       jsonb_build_object('requiredept', require_dept, 'requireloc', require_loc, 'requireproject', require_project,
                          'requiretask', require_task, 'requirecustomer', require_customer, 'requirevendor', require_vendor,
                          'requireemployee', require_employee, 'requireitem', require_item, 'requireclass', require_class),
       pg_temp.renamed(unreadable,
           '{recordno,account_no,title,require_dept,require_loc,require_project,require_task,require_customer,require_vendor,require_employee,require_item,require_class}',
           '{key,code,name,requiredept,requireloc,requireproject,requiretask,requirecustomer,requirevendor,requireemployee,requireitem,requireclass}'),
       raw
FROM staging.intacct_gl_account
UNION ALL
SELECT load_id, 'intacct_ap_account_labels', recordno::text, label, NULL, status, jsonb_build_object('account_no', account_no),
       pg_temp.renamed(unreadable, '{recordno,label}', '{key,code}'), raw
FROM staging.intacct_ap_account_label
UNION ALL
SELECT load_id, 'intacct_cards', recordno::text, card_id, NULL, status, jsonb_build_object('entity_id', entity_id),
       pg_temp.renamed(unreadable, '{recordno,card_id}', '{key,code}'), raw
FROM staging.intacct_card
UNION ALL
SELECT load_id, 'intacct_terms', recordno::text, name, NULL, status, jsonb_build_object('due_days', due_days, 'due_from', due_from),
       pg_temp.renamed(unreadable, '{recordno,name}', '{key,code}'), raw
FROM staging.intacct_term
UNION ALL
SELECT load_id, 'intacct_tax_details', recordno::text, detail_id, NULL, status, jsonb_build_object('tax_solution', tax_solution),
       pg_temp.renamed(unreadable, '{recordno,detail_id}', '{key,code}'), raw
FROM staging.intacct_tax_detail
UNION ALL
SELECT load_id, 'certify_departments', id, code, name, CASE active WHEN true THEN 'active' WHEN false THEN 'inactive' END, '{}',
       pg_temp.renamed(unreadable, '{id,active}', '{key,status}'), raw
FROM staging.certify_department
UNION ALL
SELECT load_id, 'certify_entities', id, code, name, CASE active WHEN true THEN 'active' WHEN false THEN 'inactive' END, '{}',
       pg_temp.renamed(unreadable, '{id,active}', '{key,status}'), raw
FROM staging.certify_entity
UNION ALL
SELECT load_id, 'certify_categories', id, name, NULL, CASE active WHEN true THEN 'active' WHEN false THEN 'inactive' END,
       jsonb_build_object('gl_code', gl_code, 'personal', personal, 'cash_advance', cash_advance),
       pg_temp.renamed(unreadable, '{id,name,active}', '{key,code,status}'), raw
FROM staging.certify_category;

-- The function holds no data; what it was made for is done.
DROP FUNCTION pg_temp.renamed(text[], text[], text[]);

DROP TABLE staging.intacct_department, staging.intacct_entity, staging.intacct_location, staging.intacct_vendor,
    staging.intacct_gl_account, staging.intacct_ap_account_label, staging.intacct_card, staging.intacct_term,
    staging.intacct_tax_detail, staging.certify_department, staging.certify_entity, staging.certify_category;

-- A person's department and location are looked up by code, for everybody; a code of any length has a place in the index.
CREATE INDEX reference_by_code ON staging.reference (load_id, stream, left(code, 64));

-- verdicts on lists -------------------------------------------------------------------------------------------------------

CREATE VIEW quality.reference_verdicts AS
SELECT x.load_id,
       x.stream,
       t.key,
       coalesce(nullif(array_to_string(t.within || nullif(t.code, ''), ' / '), ''), nullif(t.name, ''), 'record ' || t.key) AS label,
       cardinality(t.unreadable) AS unreadable,
       coalesce(t.code, '') = '' AS code_missing,
       coalesce(t.name, '') = '' AS name_missing,
       count(*) OVER (PARTITION BY x.load_id, x.stream, t.within, t.code) AS code_count,
       -- A code that stands once among the active rows is clear, whatever lies inactive behind it.
       CASE WHEN coalesce(t.code, '') = '' THEN 1
            ELSE count(*) FILTER (WHERE t.status = 'active') OVER (PARTITION BY x.load_id, x.stream, t.within, t.code)
       END AS active_code_count
FROM ops.extract x
JOIN staging.reference t ON t.load_id = x.source_load_id AND t.stream = x.stream;

-- verdicts on people ------------------------------------------------------------------------------------------------------

-- Every kind of record that may stand for a person, in one shape.
CREATE VIEW staging.intacct_person AS
SELECT 'intacct_employees' AS stream, load_id, recordno, employee_id, first_name, last_name, email, status, department, location, wanted,
       unreadable
FROM staging.intacct_employee
UNION ALL
SELECT 'intacct_person_vendors', load_id, recordno, employee_id, first_name, last_name, email, status, department, location, wanted,
       unreadable
FROM staging.intacct_person_vendor
UNION ALL
SELECT 'intacct_users', load_id, recordno, employee_id, first_name, last_name, email, status, department, location, wanted, unreadable
FROM staging.intacct_user;

CREATE FUNCTION quality.is_listed(of_load bigint, of_list text, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM ops.extract x JOIN staging.reference r ON r.load_id = x.source_load_id AND r.stream = x.stream
        WHERE x.load_id = of_load AND x.stream = of_list AND left(r.code, 64) = left(wanted, 64) AND r.code = wanted
    )
$$;

-- Only records that may stand for somebody who is employed are judged by their content: a fault in the record of somebody who left
-- must not keep that person's user alive.
CREATE VIEW quality.people_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*,
           coalesce(p.status = 'active' AND p.wanted IS DISTINCT FROM false, false) AS counts,
           lower(btrim(coalesce(p.email, ''))) AS address
    FROM ops.extract x
    JOIN staging.intacct_person p ON p.load_id = x.source_load_id AND p.stream = x.stream
)
SELECT r.load_id, r.stream, r.key, r.label, r.unreadable, r.status_unknown, r.id_count, r.counts AND r.email = '' AS email_missing,
       r.counts AND r.email <> '' AND NOT quality.looks_like_email(r.email) AS email_malformed,
       CASE WHEN r.counts AND r.email <> '' THEN r.email_count ELSE 1 END AS email_count,
       r.counts AND r.name_missing AS name_missing, r.counts AND r.department_unknown AS department_unknown,
       r.counts AND r.location_unknown AS location_unknown, r.id_missing
FROM (
    SELECT p.of_load AS load_id, p.stream, p.recordno::text AS key,
           concat_ws(' ', coalesce(nullif(p.employee_id, ''), 'record ' || p.recordno), p.first_name, p.last_name) AS label,
           cardinality(p.unreadable) AS unreadable,
           coalesce(p.status, '') NOT IN ('active', 'inactive') AS status_unknown,
           coalesce(p.employee_id, '') = '' AS id_missing,
           CASE WHEN coalesce(p.employee_id, '') = '' THEN 1
                ELSE count(*) OVER (PARTITION BY p.of_load, p.stream, p.employee_id) END AS id_count,
           p.counts, p.address AS email,
           count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.stream, p.address) AS email_count,
           btrim(coalesce(p.first_name, '')) = '' OR btrim(coalesce(p.last_name, '')) = '' AS name_missing,
           coalesce(p.department, '') <> '' AND NOT quality.is_listed(p.of_load, 'intacct_departments', p.department)
               AS department_unknown,
           coalesce(p.location, '') <> '' AND NOT quality.is_listed(p.of_load, 'intacct_locations', p.location) AS location_unknown
    FROM record p
) r;

-- which rows of a General Ledger Dimension are in use ---------------------------------------------------------------------

-- The entity may stand in any of the five, and so may other dimensions.
ALTER TABLE staging.certify_user RENAME COLUMN gld_id TO emp_gld1_id;
ALTER TABLE staging.certify_user ADD COLUMN emp_gld2_id text, ADD COLUMN emp_gld3_id text, ADD COLUMN emp_gld4_id text,
    ADD COLUMN emp_gld5_id text;
UPDATE staging.certify_user SET unreadable = array_replace(unreadable, 'gld_id', 'emp_gld1_id') WHERE 'gld_id' = ANY(unreadable);

ALTER TABLE staging.certify_unprocessed_report RENAME COLUMN entity_code TO emp_gld1_code;
ALTER TABLE staging.certify_unprocessed_report ADD COLUMN emp_gld2_code text, ADD COLUMN emp_gld3_code text,
    ADD COLUMN emp_gld4_code text, ADD COLUMN emp_gld5_code text;
UPDATE staging.certify_unprocessed_report SET unreadable = array_replace(unreadable, 'entity_code', 'emp_gld1_code')
WHERE 'entity_code' = ANY(unreadable);

CREATE TABLE staging.certify_unprocessed_expense (
    load_id          bigint NOT NULL REFERENCES ops.load,
    id               text NOT NULL,
    report_id        text,
    report_gld1_code text,
    report_gld2_code text,
    report_gld3_code text,
    report_gld4_code text,
    report_gld5_code text,
    unreadable       text[] NOT NULL DEFAULT '{}',
    raw              jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE VIEW quality.certify_unprocessed_expenses_verdicts AS
SELECT x.load_id, e.id AS key, 'expense ' || e.id AS label, cardinality(e.unreadable) AS unreadable
FROM ops.extract x
JOIN staging.certify_unprocessed_expense e ON e.load_id = x.source_load_id
WHERE x.stream = 'certify_unprocessed_expenses';
