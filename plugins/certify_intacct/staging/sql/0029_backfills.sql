-- One approval may cover a named backfill: dates, and how much of each currency may be sent under it.

CREATE TABLE ledger.backfill_approval (
    backfill_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intacct_company text NOT NULL,
    first_date      date NOT NULL,
    last_date       date NOT NULL CHECK (last_date >= first_date),
    amounts         jsonb NOT NULL,
    reason          text NOT NULL,
    decided_by      text NOT NULL CHECK (btrim(decided_by) <> ''),
    user_id         text NOT NULL,
    decided_at      timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.backfill_approval
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- From then on nothing more is sent under it.
CREATE TABLE ledger.backfill_withdrawal (
    backfill_id bigint PRIMARY KEY REFERENCES ledger.backfill_approval,
    reason      text NOT NULL,
    decided_by  text NOT NULL,
    user_id     text NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.backfill_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

GRANT SELECT ON ledger.backfill_approval, ledger.backfill_withdrawal TO connector_loader, connector_analyst, connector_decider;
GRANT INSERT (intacct_company, first_date, last_date, amounts, reason, decided_by, user_id) ON ledger.backfill_approval TO connector_decider;
GRANT INSERT (backfill_id, reason, decided_by, user_id) ON ledger.backfill_withdrawal TO connector_decider;

-- Under which approval of a backfill a document was sent.
ALTER TABLE ledger.document ADD COLUMN backfill_id bigint REFERENCES ledger.backfill_approval;
GRANT UPDATE (backfill_id) ON ledger.document TO connector_loader;
CREATE INDEX document_by_backfill ON ledger.document (backfill_id) WHERE backfill_id IS NOT NULL;

-- What a document says of who approved it, somebody did: its plan, a backfill of its run's dates, or its report above a limit.
CREATE FUNCTION ledger.approved_by_somebody() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.revision = OLD.revision AND NEW.backfill_id IS NOT DISTINCT FROM OLD.backfill_id THEN
            RETURN NEW;
        ELSIF NEW.revision = OLD.revision THEN
            RAISE EXCEPTION 'Document %: what it is changes only with its revision.', OLD.number;
        ELSIF NEW.state <> 'sending' THEN
            -- It was refused, and found in Intacct all the same: that asks nobody.
            RETURN NEW;
        END IF;
    END IF;
    IF NEW.backfill_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT FROM ledger.backfill_approval b JOIN ops.load l ON l.load_id = NEW.load_id
            WHERE b.backfill_id = NEW.backfill_id AND b.intacct_company = NEW.intacct_company
              AND l.period_start >= b.first_date AND l.period_end <= b.last_date
              AND NOT EXISTS (SELECT FROM ledger.backfill_withdrawal w WHERE w.backfill_id = b.backfill_id)
        ) THEN
            RAISE EXCEPTION 'Document %: no standing approval of a backfill covers its run.', NEW.number;
        END IF;
    ELSIF NEW.approved_by <> '' AND NOT EXISTS (
        SELECT FROM ledger.approval a WHERE a.load_id = NEW.load_id AND a.decision = 'approved'
    ) AND NOT EXISTS (
        SELECT FROM ledger.released_rule r WHERE r.certify_company = NEW.certify_company AND r.report_id = NEW.report_id
          AND r.rule IN ('above_limit', 'above_day_limit')
    ) THEN
        RAISE EXCEPTION 'Document %: nobody approved it.', NEW.number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approved BEFORE INSERT OR UPDATE ON ledger.document FOR EACH ROW EXECUTE FUNCTION ledger.approved_by_somebody();
REVOKE EXECUTE ON FUNCTION ledger.approved_by_somebody() FROM PUBLIC;
