-- Documents are compared line by line.

-- How Intacct had a document when it was first read back: what it filled in by itself is no alteration. Null: exactly as it was sent.
CREATE TABLE ledger.first_read (
    document_id bigint NOT NULL,
    revision    integer NOT NULL,
    stands      jsonb,
    read_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (document_id, revision)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.first_read
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT INSERT (document_id, revision, stands) ON ledger.first_read TO connector_loader;

-- When a document was last read in full, and the time of change that Intacct showed then: what has not changed since is not read again.
CREATE TABLE ops.document_look (
    document_id bigint PRIMARY KEY,
    modified    text NOT NULL,
    settled     boolean NOT NULL,
    looked_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT INSERT, UPDATE ON ops.document_look TO connector_loader;

-- Of which report a finding is, what it is about, who can act and how, and whether a person has decided that it may stand.
ALTER TABLE ops.reconciliation_finding
    ADD COLUMN report_id text NOT NULL DEFAULT '',
    ADD COLUMN label     text NOT NULL DEFAULT '',
    ADD COLUMN currency  text NOT NULL DEFAULT '',
    ADD COLUMN amount    numeric,
    ADD COLUMN day       date,
    ADD COLUMN desk      text NOT NULL DEFAULT '',
    ADD COLUMN cure      text NOT NULL DEFAULT '',
    ADD COLUMN decided   boolean NOT NULL DEFAULT false;

CREATE INDEX document_by_date ON ledger.document (certify_company, posting_date);
CREATE INDEX document_by_record ON ledger.document (intacct_company, record_no);
CREATE INDEX report_by_date ON ledger.report (certify_company, processed_date);
