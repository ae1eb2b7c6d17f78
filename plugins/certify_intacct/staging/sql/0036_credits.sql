-- A document may be below zero, where the company says so.
ALTER TABLE plan.document DROP CONSTRAINT document_total_check;
