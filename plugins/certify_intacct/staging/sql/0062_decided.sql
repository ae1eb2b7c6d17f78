-- What the hash of something that waits stands for: its lines, with their business fields. A person's decision about it is one about these
-- lines, in whatever documents connector.yaml would have them by now.
CREATE TABLE ledger.part_content (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    content_hash    text NOT NULL CHECK (content_hash <> ''),
    content         jsonb NOT NULL,
    noted_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (certify_company, report_id, content_hash)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.part_content
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT INSERT ON ledger.part_content TO connector_loader;

-- IDs of Certify are GUIDs, which are the same in whatever case and with or without dashes; numbers of documents tell no case either way.
CREATE FUNCTION ledger.folded_id(id text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
    CASE WHEN replace(lower(id), '-', '') ~ '^(invoice)?[0-9a-f]{32}$' THEN replace(lower(id), '-', '') ELSE lower(id) END;
CREATE INDEX report_by_folded_id ON ledger.report (certify_company, ledger.folded_id(report_id));
CREATE INDEX decision_by_folded_id ON ledger.decision (certify_company, ledger.folded_id(report_id));

-- To which record of Intacct an EmployeeID led when persons were asked whether that is the same person: a release of the rule answers for
-- that record, whatever becomes of the report, and for no other.
CREATE TABLE ledger.link_question (
    question_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intacct_company text NOT NULL,
    object          text NOT NULL CHECK (object IN ('VENDOR', 'EMPLOYEE')),
    employee_id     text NOT NULL,
    record_no       text NOT NULL,
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    content_hash    text NOT NULL,
    asked_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX link_question_by_item ON ledger.link_question (certify_company, report_id, content_hash);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.link_question
FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
GRANT INSERT (intacct_company, object, employee_id, record_no, certify_company, report_id, content_hash) ON ledger.link_question
    TO connector_loader;
