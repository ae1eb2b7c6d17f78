-- The employee of Intacct to which an EmployeeID was posted first, beside ledger.vendor_link; a change waits for a person.
CREATE TABLE ledger.employee_link (
    intacct_company text NOT NULL,
    employee_id     text NOT NULL,
    employee_record text NOT NULL,
    linked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, employee_id)
);
GRANT INSERT, UPDATE ON ledger.employee_link TO connector_loader;
