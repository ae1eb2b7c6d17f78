-- What was spent of an expense, in the currency of the place.
ALTER TABLE staging.certify_expense ADD COLUMN submitted_amount numeric, ADD COLUMN submitted_currency text;
