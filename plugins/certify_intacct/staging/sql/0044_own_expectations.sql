-- What a rule of data quality says is kept with its verdict: a company's own expectations come and go, and a load of last month is still
-- explained. What was judged before has no text there.
ALTER TABLE quality.result ADD COLUMN reason text NOT NULL DEFAULT '', ADD COLUMN cure text NOT NULL DEFAULT '';

-- own: nothing but expectations of the company's own took the row out.
CREATE OR REPLACE VIEW quality.quarantined AS
SELECT load_id, stream, key, min(label) AS label, string_agg(reason, ' ' ORDER BY rule) AS reasons,
       bool_and(starts_with(rule, 'own.')) AS own
FROM quality.quarantine GROUP BY load_id, stream, key;

-- Great Expectations' own page for each stream of a load, where connector.yaml asks for them (quality.data_docs): compressed, since a worker and
-- the api-server share no disk. They are deleted with what the load staged.
CREATE TABLE quality.data_docs (
    load_id bigint NOT NULL REFERENCES ops.load,
    stream  text NOT NULL,
    page    bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (load_id, stream)
);
GRANT INSERT, DELETE ON quality.data_docs TO connector_loader;
