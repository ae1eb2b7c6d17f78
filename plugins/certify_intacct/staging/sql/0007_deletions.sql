-- Deletions: what the audit trail of Intacct says about employees, vendors and users that are gone.

CREATE TABLE staging.intacct_deletion (
    load_id     bigint NOT NULL REFERENCES ops.load,
    id          text NOT NULL,
    object_type text,
    object_key  text,
    access_mode text,
    deleted_at  timestamp,
    unreadable  text[] NOT NULL DEFAULT '{}',
    raw         jsonb NOT NULL,
    PRIMARY KEY (load_id, id)
);

CREATE INDEX ON staging.intacct_employee (employee_id);
CREATE INDEX ON staging.intacct_person_vendor (employee_id);
CREATE INDEX ON staging.intacct_user (employee_id);

-- Every record of a person that was read, by whatever load.
CREATE VIEW staging.intacct_person_seen AS
SELECT 'employee' AS object_type, p.employee_id, x.observed_at FROM ops.extract x
JOIN staging.intacct_employee p ON p.load_id = x.source_load_id WHERE x.stream = 'intacct_employees'
UNION ALL
SELECT 'vendor', p.employee_id, x.observed_at FROM ops.extract x
JOIN staging.intacct_person_vendor p ON p.load_id = x.source_load_id WHERE x.stream = 'intacct_person_vendors'
UNION ALL
SELECT 'userinfo', p.employee_id, x.observed_at FROM ops.extract x
JOIN staging.intacct_user p ON p.load_id = x.source_load_id WHERE x.stream = 'intacct_users';

-- An ID may be given to another record later. A deletion is told from that by the extracts: when a record with its ID was still read
-- afterwards, another one was deleted. The trail does not say in which time zone it tells the time, hence the day.
CREATE VIEW quality.intacct_deletions_verdicts AS
SELECT d.*, EXISTS (
           SELECT FROM staging.intacct_person_seen seen
           WHERE seen.object_type = d.object_type AND seen.employee_id = d.object_key
             AND seen.observed_at AT TIME ZONE 'UTC' > d.deleted_at + interval '1 day'
       ) AS seen_since
FROM (
    SELECT x.load_id, t.id AS key, concat_ws(' ', t.object_type, t.object_key, 'deleted', t.deleted_at) AS label,
           cardinality(t.unreadable) AS unreadable, coalesce(t.access_mode, '') NOT IN ('D', 'Delete') AS no_deletion,
           lower(t.object_type) AS object_type, t.object_key, t.deleted_at
    FROM ops.extract x
    JOIN staging.intacct_deletion t ON t.load_id = x.source_load_id
    WHERE x.stream = 'intacct_deletions'
) d;

-- The trail is read for a number of days that moves on, and needs a right of its own: that it has fewer rows than before says nothing.
CREATE OR REPLACE VIEW quality.extracts_verdicts AS
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
WHERE x.stream LIKE 'intacct%' AND x.stream <> 'intacct_deletions';
