-- One report's life is asked by its ID, its approval code or the token of its documents, over years of them.

CREATE INDEX certify_expense_report_by_id ON staging.certify_expense_report (id);
CREATE INDEX certify_expense_report_by_code ON staging.certify_expense_report (approval_code);
CREATE INDEX plan_report_by_report ON plan.report (report_id);
CREATE INDEX plan_report_by_code ON plan.report (approval_code);
CREATE INDEX plan_report_by_token ON plan.report (token);
CREATE INDEX plan_document_by_report ON plan.document (report_id);
CREATE INDEX report_by_report ON ledger.report (report_id);
CREATE INDEX report_by_token ON ledger.report (token);
CREATE INDEX report_by_label ON ledger.report (label text_pattern_ops);
CREATE INDEX document_by_report ON ledger.document (report_id);
CREATE INDEX receipt_by_attachment ON ledger.receipt (attachment_id);
