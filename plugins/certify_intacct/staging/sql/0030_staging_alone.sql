-- A staging table does not ask ops.load about each of its rows: the extraction asks once, holding the load's row while it adds.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT conrelid::regclass AS of_table, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'staging'::regnamespace AND confrelid = 'ops.load'::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of_table, one.conname);
    END LOOP;
END $$;
