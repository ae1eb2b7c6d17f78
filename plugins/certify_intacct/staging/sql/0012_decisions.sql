-- A person's decision counts from the moment at which the database saw it: what happened to a document since then it does not cover.
-- The loader writes decisions down and does not say when they were made, nor under which number.

REVOKE INSERT ON ledger.release, ledger.approval FROM connector_loader;
GRANT INSERT (certify_company, report_id, rule, source_hash, released_by, reason) ON ledger.release TO connector_loader;
GRANT INSERT (load_id, plan_hash, decision, decided_by, user_id, reasons, run_id, decided_at) ON ledger.approval TO connector_loader;
