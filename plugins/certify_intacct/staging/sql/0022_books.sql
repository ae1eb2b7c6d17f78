-- A document whose lines add up to nothing is posted where they stand on different accounts or dimensions.

ALTER TABLE plan.document DROP CONSTRAINT document_total_check, ADD CHECK (total >= 0);

-- How Intacct has a document that is not there as it was sent: altered, or accepted so by a person; and it may be put right again.
ALTER TABLE ledger.document ADD COLUMN stands jsonb;
GRANT UPDATE (stands) ON ledger.document TO connector_loader;
INSERT INTO ledger.transition (before, after) VALUES ('altered', 'accepted'), ('altered', 'in_gl');
