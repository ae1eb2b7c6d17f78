-- Plan and ledger too are brought up to date where a load is a good part of them. What PostgreSQL analyzes by itself while a large plan
-- is being written, it takes for empty, and then reads one table again for each row of another. Only the owner of a table may analyze it.

DROP FUNCTION staging.analyze_grown(text[], bigint[]);

-- A table is left alone whose statistics are near enough, or that somebody else analyzes just now.
CREATE FUNCTION ops.analyze_grown(tables text[], loaded bigint[]) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one  text;
    done text[] := '{}';
BEGIN
    FOR one IN
        SELECT format('%I.%I', s.nspname, c.relname) FROM unnest(tables, loaded) AS l (name, n)
        JOIN pg_namespace s ON s.nspname IN ('staging', 'plan', 'ledger')
        JOIN pg_class c ON c.relnamespace = s.oid AND c.relkind = 'r' AND s.nspname || '.' || c.relname = l.name
        GROUP BY s.nspname, c.relname, c.reltuples HAVING sum(l.n) > greatest(c.reltuples, 0) / 10
    LOOP
        EXECUTE 'ANALYZE (SKIP_LOCKED) ' || one;
        done := done || one;
    END LOOP;
    RETURN done;
END $$;
REVOKE EXECUTE ON FUNCTION ops.analyze_grown(text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.analyze_grown(text[], bigint[]) TO connector_loader;
