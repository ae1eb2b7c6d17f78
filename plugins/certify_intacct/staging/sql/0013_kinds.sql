-- Documents by payer and kind, and what Intacct says of them.

-- Who paid is a fact of a document of its own: what it was made as in Intacct says nothing about it any more.

-- Until here each payer had one kind of document, and where the payer should have stood, the kind stood.
CREATE FUNCTION pg_temp.payer_of(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind WHEN 'ap_bill' THEN 'employee' WHEN 'credit_card_transaction' THEN 'company' END
$$;

-- The trigger would note the time of a change; nothing about these documents changes.
ALTER TABLE ledger.document DISABLE TRIGGER transition;
ALTER TABLE ledger.document ADD COLUMN payer text;
UPDATE ledger.document SET payer = pg_temp.payer_of(kind);
ALTER TABLE ledger.document ALTER COLUMN payer SET NOT NULL, ADD CHECK (payer IN ('employee', 'company'));
ALTER TABLE ledger.document ENABLE TRIGGER transition;

-- The index over it now holds by payer, whatever the kind: one report's part cannot stand in Intacct as two kinds of document.
UPDATE ledger.document_expense SET payer = pg_temp.payer_of(payer);
ALTER TABLE ledger.document_expense ADD CHECK (payer IN ('employee', 'company'));

ALTER TABLE ops.reconciliation ADD COLUMN payer text;
UPDATE ops.reconciliation SET payer = pg_temp.payer_of(kind);
ALTER TABLE ops.reconciliation ALTER COLUMN payer SET NOT NULL, ADD CHECK (payer IN ('employee', 'company'));
ALTER TABLE ops.reconciliation DROP CONSTRAINT reconciliation_pkey;
ALTER TABLE ops.reconciliation ADD PRIMARY KEY (load_id, entity, currency, payer, kind, bucket);

DROP FUNCTION pg_temp.payer_of(text);

-- Declined in Intacct is an outcome of its own, and what left the general ledger again is not said to be in it.
INSERT INTO ledger.transition (before, after) VALUES
    ('accepted', 'declined'), ('in_gl', 'accepted'), ('in_gl', 'declined'), ('declined', 'accepted'), ('declined', 'in_gl'),
    ('declined', 'altered'), ('declined', 'reversed'), ('declined', 'deleted');

-- What a load met while it worked and a person must look at: its plan was made before, and is never changed.
CREATE TABLE ops.alarm (
    load_id bigint NOT NULL REFERENCES ops.load,
    what    text NOT NULL,
    rule    text NOT NULL,
    reason  text NOT NULL,
    cure    text NOT NULL,
    PRIMARY KEY (load_id, what, rule)
);
GRANT INSERT ON ops.alarm TO connector_loader;
