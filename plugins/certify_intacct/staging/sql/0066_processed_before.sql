-- Reports that Certify listed as processed before company.first_post_date: processed again since, they may be in Intacct already, by whatever
-- posted before. The first date at which one was seen stays.
CREATE TABLE ledger.processed_before (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    processed_date  date NOT NULL,
    noted_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (certify_company, report_id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.processed_before
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT INSERT (certify_company, report_id, processed_date) ON ledger.processed_before TO connector_loader;
