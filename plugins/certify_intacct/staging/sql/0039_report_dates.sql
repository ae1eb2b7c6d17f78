-- The last day that a report is about, and the day on which its employee was paid elsewhere.
ALTER TABLE staging.certify_expense_report ADD COLUMN end_date date, ADD COLUMN reimbursed_date date;
ALTER TABLE staging.certify_swept_report ADD COLUMN end_date date, ADD COLUMN reimbursed_date date;
