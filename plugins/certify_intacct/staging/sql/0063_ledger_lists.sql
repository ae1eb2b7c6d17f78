-- The ledger is looked through by entity and by kind of document, the newest first: what is rare there is found without going through
-- all that is not.
CREATE INDEX document_by_entity ON ledger.document (intacct_company, entity, document_id);
CREATE INDEX document_by_kind ON ledger.document (intacct_company, kind, document_id);
