-- The headers of a sweep lie in a table and are compared there. They go when it is done: what it found is in the load.

CREATE TABLE staging.certify_swept_report (LIKE staging.certify_expense_report INCLUDING DEFAULTS, PRIMARY KEY (load_id, id));

-- Which load swept last. A row is there when all that the sweep found is in its load.
CREATE TABLE ops.sweep (
    load_id    bigint PRIMARY KEY REFERENCES ops.load,
    first_date date NOT NULL,
    headers    integer NOT NULL,
    swept_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sweep_by_time ON ops.sweep (swept_at);
GRANT INSERT, UPDATE ON ops.sweep TO connector_loader;

-- What PostgreSQL knows of staging is of another day when the first large one is read, and its own ANALYZE comes a minute late. Only the
-- owner of a table may analyze it. A table is left alone whose statistics are near enough, or that somebody else analyzes just now.
CREATE FUNCTION staging.analyze_grown(tables text[], loaded bigint[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one  text;
    done text[] := '{}';
BEGIN
    FOR one IN
        SELECT c.relname FROM unnest(tables, loaded) AS l (name, n)
        JOIN pg_class c ON c.relname = l.name AND c.relnamespace = 'staging'::regnamespace AND c.relkind = 'r'
        GROUP BY c.relname, c.reltuples HAVING sum(l.n) > greatest(c.reltuples, 0) / 10
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) staging.%I', one);
        done := done || one;
    END LOOP;
    RETURN done;
END $$;
REVOKE EXECUTE ON FUNCTION staging.analyze_grown(text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staging.analyze_grown(text[], bigint[]) TO connector_loader;

-- Charges are looked up one by one: what waits to be sorted into the index would be read for each of them.
ALTER INDEX ledger.document_charges SET (fastupdate = off);
SELECT gin_clean_pending_list('ledger.document_charges');
