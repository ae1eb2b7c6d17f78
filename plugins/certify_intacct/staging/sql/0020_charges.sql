-- By which its card charges are known again: see certify_intacct.model.charges. One index answers for a whole load; it is no unique one,
-- because a person may say that two are different charges, and because a ledger may hold a charge twice already.

ALTER TABLE plan.document ADD COLUMN charges text[] NOT NULL DEFAULT '{}';

ALTER TABLE ledger.document ADD COLUMN charges text[] NOT NULL DEFAULT '{}';
CREATE INDEX document_charges ON ledger.document USING gin (charges);
GRANT UPDATE (charges) ON ledger.document TO connector_loader;
