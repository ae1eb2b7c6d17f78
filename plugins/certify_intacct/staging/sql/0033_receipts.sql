-- A document points to its attachment from the start, and the files come later. What was made, what is still to come, what never will.

-- Attachments that Intacct has.
CREATE TABLE ledger.attachment (
    intacct_company text NOT NULL,
    attachment_id   text NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (intacct_company, attachment_id)
);
GRANT INSERT ON ledger.attachment TO connector_loader;
INSERT INTO ledger.attachment SELECT intacct_company, attachment_id, min(sent_at) FROM ledger.receipt GROUP BY 1, 2;

-- Why a receipt is no file of its attachment, and never will be; empty when it is one.
ALTER TABLE ledger.receipt ADD COLUMN left_out text NOT NULL DEFAULT '';

-- Receipts that are still to become files. One that was sent without an answer may be there: it is looked for before it goes again.
CREATE TABLE ledger.open_receipt (
    intacct_company text NOT NULL,
    attachment_id   text NOT NULL,
    receipt_id      text NOT NULL,
    report_id       text NOT NULL,
    since           timestamptz NOT NULL DEFAULT now(),
    sent_at         timestamptz,
    problem         text NOT NULL DEFAULT '',
    PRIMARY KEY (intacct_company, attachment_id, receipt_id)
);
GRANT INSERT, UPDATE, DELETE ON ledger.open_receipt TO connector_loader;
