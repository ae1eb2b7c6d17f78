-- Whether the department and the location of a record are in the lists of Intacct is said once for all records, where it is said which are
-- judged, and not looked up for each. Nothing else looked a list up by code: the index cost a tenth of staging it.
ALTER TABLE staging.judged_person
    ADD COLUMN department_listed boolean NOT NULL DEFAULT true,
    ADD COLUMN location_listed boolean NOT NULL DEFAULT true;

CREATE OR REPLACE VIEW quality.people_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*, coalesce(j.judged, true) AS counts, coalesce(j.address, btrim(p.email), '') AS address,
           coalesce(j.department_listed, true) AS department_listed, coalesce(j.location_listed, true) AS location_listed
    FROM ops.extract x
    JOIN staging.intacct_person p ON p.load_id = x.source_load_id AND p.stream = x.stream
    LEFT JOIN staging.judged_person j ON j.load_id = x.load_id AND j.stream = x.stream AND j.recordno = p.recordno
)
SELECT p.of_load AS load_id, p.stream, p.recordno::text AS key,
       concat_ws(' ', coalesce(nullif(p.employee_id, ''), 'record ' || p.recordno), p.first_name, p.last_name) AS label,
       cardinality(p.unreadable) AS unreadable,
       p.counts AND coalesce(p.status, '') NOT IN ('active', 'inactive') AS status_unknown,
       p.counts AND coalesce(p.employee_id, '') = '' AS id_missing,
       CASE WHEN p.counts AND coalesce(p.employee_id, '') <> ''
            THEN count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.stream, p.employee_id) ELSE 1 END AS id_count,
       p.counts AND p.address = '' AS email_missing,
       p.counts AND p.address <> '' AND NOT quality.looks_like_email(p.address) AS email_malformed,
       CASE WHEN p.counts AND p.address <> ''
            THEN count(*) FILTER (WHERE p.counts) OVER (PARTITION BY p.of_load, p.stream, p.address) ELSE 1 END AS email_count,
       p.counts AND (btrim(coalesce(p.first_name, '')) = '' OR btrim(coalesce(p.last_name, '')) = '') AS name_missing,
       p.counts AND coalesce(p.department, '') <> '' AND NOT p.department_listed AS department_unknown,
       p.counts AND coalesce(p.location, '') <> '' AND NOT p.location_listed AS location_unknown
FROM record p;

DROP FUNCTION quality.is_listed(bigint, text, text);
DROP INDEX staging.reference_by_code;
