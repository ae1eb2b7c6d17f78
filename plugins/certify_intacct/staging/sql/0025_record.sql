-- The record cannot be rewritten without it being seen: a document changes only with a revision that an event tells of, each event carries
-- a hash over itself and the one before, and seals over all of them are kept, and mailed, outside of the chain.

-- What a load is stays what it was when it was opened; only how far it came changes.
REVOKE UPDATE ON ops.load FROM connector_loader;
GRANT UPDATE (state, counts, closed_at, staging_expired_at, staging_deleted_at) ON ops.load TO connector_loader;

CREATE FUNCTION ledger.approve_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decision = 'approved' AND EXISTS (
        SELECT FROM ledger.approval a WHERE (a.load_id, a.plan_hash, a.decision) = (NEW.load_id, NEW.plan_hash, 'approved')
    ) THEN
        RAISE EXCEPTION 'The plan of load % is approved already; a plan is approved once.', NEW.load_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approve_once BEFORE INSERT ON ledger.approval FOR EACH ROW EXECUTE FUNCTION ledger.approve_once();

-- What a document is, and what is in it, changes with its revision, which comes with an event.
CREATE FUNCTION ledger.keep_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.revision = OLD.revision AND (
        NEW.number, NEW.kind, NEW.payer, NEW.entity, NEW.session_entity, NEW.currency, NEW.total, NEW.line_count, NEW.payee_id,
        NEW.posting_date, NEW.sha256, NEW.config_hash, NEW.load_id, NEW.content, NEW.charges, NEW.approved_by
    ) IS DISTINCT FROM (
        OLD.number, OLD.kind, OLD.payer, OLD.entity, OLD.session_entity, OLD.currency, OLD.total, OLD.line_count, OLD.payee_id,
        OLD.posting_date, OLD.sha256, OLD.config_hash, OLD.load_id, OLD.content, OLD.charges, OLD.approved_by
    ) THEN
        RAISE EXCEPTION 'Document %: what it is changes only with its revision.', OLD.number;
    END IF;
    IF OLD.record_no IS NOT NULL AND NEW.revision = OLD.revision AND NEW.record_no IS DISTINCT FROM OLD.record_no THEN
        RAISE EXCEPTION 'Document %: Intacct''s record of it never changes.', OLD.number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER content BEFORE UPDATE ON ledger.document FOR EACH ROW EXECUTE FUNCTION ledger.keep_content();

-- events: chained by document ---------------------------------------------------------------------------------------------

ALTER TABLE ledger.event ADD COLUMN previous bytea, ADD COLUMN hash bytea;

-- Over hashes of the texts, so that a text could be forgotten one day without breaking the chain.
CREATE FUNCTION ledger.event_digest(e ledger.event) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(coalesce(e.previous, ''::bytea) || convert_to(jsonb_build_array(
        e.event_id, e.document_id, e.number, e.before_state, e.after_state, e.revision, e.attempt, e.control_id,
        encode(sha256(e.canonical), 'hex'), e.sha256, e.config_hash, e.record_no, encode(sha256(convert_to(e.message, 'UTF8')), 'hex'),
        encode(sha256(convert_to(e.answer::text, 'UTF8')), 'hex'), e.load_id, e.run_id, e.actor, extract(epoch FROM e.at)
    )::text, 'UTF8'))
$$;

CREATE FUNCTION ledger.chain_event() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT hash INTO NEW.previous FROM ledger.event WHERE document_id = NEW.document_id ORDER BY event_id DESC LIMIT 1;
    NEW.hash := ledger.event_digest(NEW);
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON ledger.event FOR EACH ROW EXECUTE FUNCTION ledger.chain_event();

-- seals: over what all documents' events said at one time ------------------------------------------------------------------

CREATE TABLE ledger.seal (
    seal_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    last_event bigint NOT NULL,
    events     bigint NOT NULL,
    head       text NOT NULL,
    sealed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- SHA-256 over the newest event of each document, up to an event; those of before there were chains are taken one by one.
CREATE FUNCTION ledger.head(up_to bigint) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(digest, ' ' ORDER BY event_id), ''), 'UTF8')), 'hex') FROM (
        SELECT e.event_id, encode(coalesce(e.hash, ledger.event_digest(e)), 'hex') AS digest FROM ledger.event e
        WHERE e.event_id <= up_to AND (e.hash IS NULL OR NOT EXISTS (
            SELECT FROM ledger.event later WHERE later.document_id = e.document_id AND later.event_id > e.event_id AND later.event_id <= up_to
        ))
    ) newest
$$;

CREATE FUNCTION ledger.seal() RETURNS ledger.seal LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE made ledger.seal; newest bigint;
BEGIN
    -- No event with a lower number may come afterwards.
    LOCK TABLE ledger.event IN SHARE MODE;
    SELECT coalesce(max(event_id), 0) INTO newest FROM ledger.event;
    INSERT INTO ledger.seal (last_event, events, head)
    SELECT newest, (SELECT count(*) FROM ledger.event WHERE event_id <= newest), ledger.head(newest) RETURNING * INTO made;
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION ledger.seal() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.seal() TO connector_loader;
REVOKE EXECUTE ON FUNCTION ledger.chain_event(), ledger.approve_once(), ledger.keep_content() FROM PUBLIC;
SELECT ledger.seal() FROM (SELECT 1 FROM ledger.event LIMIT 1) AS there_are;
