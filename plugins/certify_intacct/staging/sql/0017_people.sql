-- Whose record is judged by its content is decided once, by the rules of people (rules/people/standing.py), and stands here when the
-- verdicts are asked for: a record of somebody who has left or starts later, of a supplier, or of somebody who is not selected is judged by nobody and is
-- nobody's double.

-- judged: whether the record may stand for somebody who is to have a user. address: its e-mail address as it is compared.
CREATE TABLE staging.judged_person (
    load_id  bigint NOT NULL REFERENCES ops.load,
    stream   text NOT NULL,
    recordno bigint NOT NULL,
    judged   boolean NOT NULL,
    address  text NOT NULL,
    PRIMARY KEY (load_id, stream, recordno)
);

ALTER TABLE staging.intacct_employee ADD COLUMN start_date date;

DROP VIEW quality.people_verdicts;
CREATE VIEW quality.people_verdicts AS
WITH record AS (
    SELECT x.load_id AS of_load, p.*, coalesce(j.judged, true) AS counts, coalesce(j.address, btrim(p.email), '') AS address
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
       p.counts AND coalesce(p.department, '') <> '' AND NOT quality.is_listed(p.of_load, 'intacct_departments', p.department)
           AS department_unknown,
       p.counts AND coalesce(p.location, '') <> '' AND NOT quality.is_listed(p.of_load, 'intacct_locations', p.location)
           AS location_unknown
FROM record p;
