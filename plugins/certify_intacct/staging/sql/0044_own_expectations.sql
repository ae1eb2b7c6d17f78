-- What a rule of data quality says is kept with its verdict: a company's own expectations come and go, and a load of last month is still
-- explained. What was judged before has no text there.
ALTER TABLE quality.result ADD COLUMN reason text NOT NULL DEFAULT '', ADD COLUMN cure text NOT NULL DEFAULT '';

-- own: nothing but expectations of the company's own took the row out.
CREATE OR REPLACE VIEW quality.quarantined AS
SELECT load_id, stream, key, min(label) AS label, string_agg(reason, ' ' ORDER BY rule) AS reasons,
       bool_and(starts_with(rule, 'own.')) AS own
FROM quality.quarantine GROUP BY load_id, stream, key;
