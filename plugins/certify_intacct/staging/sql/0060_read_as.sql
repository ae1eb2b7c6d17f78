-- Of which object a list was read, and which of its fields is the code: connector.yaml may say anew which object a dimension of the
-- company's own is, and what of a value stands in Certify. Rows of one are none of the other. Empty: an earlier version read it.
ALTER TABLE ops.extract ADD COLUMN read_as text NOT NULL DEFAULT '';

-- What books a payment that somebody else made says so in its canonical form. Each daily sweep asks which of these are not paid any more,
-- over all reports that it lists: few documents are such, and it must not read the others for it.
CREATE INDEX document_clears_payment ON ledger.document (certify_company, report_id)
    WHERE position('"paid":"elsewhere"'::bytea IN canonical) > 0;
