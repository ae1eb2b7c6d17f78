-- Lines of posted reports are compared with Certify in rotation, by the date on which the reports were processed.

CREATE TABLE ops.compared_date (
    certify_company text NOT NULL,
    day             date NOT NULL,
    load_id         bigint NOT NULL REFERENCES ops.load,
    compared_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certify_company, day)
);
GRANT INSERT, UPDATE ON ops.compared_date TO connector_loader;

-- What a posted report was when a plan found nothing to do about it, where it is not as it was frozen any more: accepted, or of no weight.
-- What was claimed since makes it void.
CREATE TABLE ops.settled_report (
    certify_company text NOT NULL,
    report_id       text NOT NULL,
    header_hash     text NOT NULL,
    lines_hash      text NOT NULL,
    load_id         bigint NOT NULL REFERENCES ops.load,
    settled_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (certify_company, report_id)
);
GRANT INSERT, UPDATE, DELETE ON ops.settled_report TO connector_loader;
