-- What pages ask: of which documents the two services say that something else was paid, and to whom mails do not come.

-- Payments. Whether the two differ about a document stands beside its payment, so that a page reads those that differ and no others.

-- As `paid_elsewhere` of certify_intacct.rules.expenses.reimbursement reads it; a test compares the two. Null: it cannot be read.
CREATE FUNCTION ledger.marked_as_paid(reimbursed boolean, transaction_id text) RETURNS boolean
LANGUAGE sql IMMUTABLE RETURN CASE WHEN transaction_id <> '' AND btrim(transaction_id) !~ '^0*$' THEN true ELSE reimbursed END;

-- Whether the two differ. What else there is of the report only decides how that is called.
CREATE FUNCTION ledger.payment_differs(total numeric, paid numeric, due numeric, unreadable text, marked boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE RETURN unreadable <> '' OR marked IS NULL
    OR ledger.payment_difference(total, paid, due, true, marked) IS NOT NULL;

ALTER TABLE ops.payment ADD COLUMN differs boolean NOT NULL DEFAULT false;
UPDATE ops.payment p SET differs = ledger.payment_differs(d.total, p.paid, p.due, p.unreadable,
    CASE WHEN m.report_id IS NULL THEN false ELSE ledger.marked_as_paid(m.reimbursed, m.transaction_id) END)
FROM ledger.document d
LEFT JOIN ops.reimbursement m ON m.certify_company = d.certify_company AND m.report_id = d.report_id
WHERE d.document_id = p.document_id;
CREATE INDEX payment_differing ON ops.payment (document_id) WHERE differs;
CREATE INDEX reimbursement_unreadable ON ops.reimbursement (certify_company, report_id) WHERE reimbursed IS NULL;

-- Runs write payments and marks without waiting for each other, and each asks what the other wrote: so one does it at a time.
CREATE FUNCTION ops.one_tells_of_payments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('certify_intacct.payments', 0));
    RETURN NULL;
END
$$;
CREATE TRIGGER one_at_a_time BEFORE INSERT OR UPDATE ON ops.payment
FOR EACH STATEMENT EXECUTE FUNCTION ops.one_tells_of_payments();
CREATE TRIGGER one_at_a_time BEFORE INSERT OR UPDATE ON ops.reimbursement
FOR EACH STATEMENT EXECUTE FUNCTION ops.one_tells_of_payments();

CREATE FUNCTION ops.says_whether_it_differs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT ledger.payment_differs(d.total, NEW.paid, NEW.due, NEW.unreadable,
        CASE WHEN m.report_id IS NULL THEN false ELSE ledger.marked_as_paid(m.reimbursed, m.transaction_id) END)
    INTO NEW.differs
    FROM ledger.document d
    LEFT JOIN ops.reimbursement m ON m.certify_company = d.certify_company AND m.report_id = d.report_id
    WHERE d.document_id = NEW.document_id;
    NEW.differs := coalesce(NEW.differs, false);
    RETURN NEW;
END
$$;
CREATE TRIGGER differs BEFORE INSERT OR UPDATE ON ops.payment
FOR EACH ROW EXECUTE FUNCTION ops.says_whether_it_differs();

-- A mark that is another than before: the trigger of each payment of that report looks again.
CREATE FUNCTION ops.mark_has_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE ops.payment p SET differs = p.differs
        FROM marks m JOIN ledger.document d ON d.certify_company = m.certify_company AND d.report_id = m.report_id
        WHERE p.document_id = d.document_id;
    ELSE
        UPDATE ops.payment p SET differs = p.differs
        FROM marks m JOIN marks_before b ON b.certify_company = m.certify_company AND b.report_id = m.report_id
        JOIN ledger.document d ON d.certify_company = m.certify_company AND d.report_id = m.report_id
        WHERE p.document_id = d.document_id
          AND ledger.marked_as_paid(m.reimbursed, m.transaction_id) IS DISTINCT FROM ledger.marked_as_paid(b.reimbursed, b.transaction_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER first_mark AFTER INSERT ON ops.reimbursement REFERENCING NEW TABLE AS marks
FOR EACH STATEMENT EXECUTE FUNCTION ops.mark_has_changed();
CREATE TRIGGER another_mark AFTER UPDATE ON ops.reimbursement REFERENCING NEW TABLE AS marks OLD TABLE AS marks_before
FOR EACH STATEMENT EXECUTE FUNCTION ops.mark_has_changed();

-- As before, by document. What else of its report is open is asked of the documents alone whose difference depends on it.
DROP VIEW ledger.payment;
CREATE VIEW ledger.payment AS
SELECT d.certify_company, d.intacct_company, d.report_id,
       coalesce(substring(r.label FROM '^approval code (.*?)(?: \(.*\))?$'), '') AS approval_code,
       coalesce(substring(r.label FROM ' \((.*)\)$'), '') AS person, r.employee_id, d.entity, d.number, d.kind, d.record_no, d.record_url,
       d.currency, d.total AS amount, p.paid, p.due, p.paid_on, k.marked, m.reimbursed_date AS marked_on,
       coalesce(m.transaction_id, '') AS marked_as,
       CASE WHEN p.unreadable <> '' OR k.marked IS NULL THEN 'unreadable'
            ELSE ledger.payment_difference(d.total, p.paid, p.due, EXISTS (
                SELECT FROM ledger.open_item i
                WHERE i.certify_company = d.certify_company AND i.report_id = d.report_id AND i.payer <> 'company'
            ) OR (
                SELECT bool_or(q.due IS DISTINCT FROM 0) FROM ledger.document e LEFT JOIN ops.payment q USING (document_id)
                WHERE e.certify_company = d.certify_company AND e.intacct_company = d.intacct_company AND e.report_id = d.report_id
                  AND e.payer = 'employee' AND e.kind IN ('ap_bill', 'expense_report') AND e.state IN ('accepted', 'in_gl', 'altered')
            ), k.marked) END AS difference,
       coalesce(p.unreadable, '') AS unreadable, p.asked_at, m.read_at, d.document_id
FROM ledger.document d
JOIN ledger.report r ON r.certify_company = d.certify_company AND r.report_id = d.report_id AND r.sequence = d.sequence
LEFT JOIN ops.payment p USING (document_id)
LEFT JOIN ops.reimbursement m ON m.certify_company = d.certify_company AND m.report_id = d.report_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN m.report_id IS NULL THEN false ELSE ledger.marked_as_paid(m.reimbursed, m.transaction_id) END AS marked
) k
WHERE d.payer = 'employee' AND d.kind IN ('ap_bill', 'expense_report') AND d.state IN ('accepted', 'in_gl', 'altered');

-- All documents of that view that have a difference are among these, and few others: who asks for differences begins here.
CREATE VIEW ledger.differing_payment AS
SELECT document_id FROM ops.payment WHERE differs
UNION
SELECT d.document_id FROM ops.reimbursement m
JOIN ledger.document d ON d.certify_company = m.certify_company AND d.report_id = m.report_id
WHERE m.reimbursed IS NULL AND ledger.marked_as_paid(m.reimbursed, m.transaction_id) IS NULL;

-- The ledger is looked through by payee too.
CREATE INDEX document_by_payee ON ledger.document (intacct_company, payee_id);

-- Mails. By address what was not taken for it; the next mail that is taken ends that.
CREATE TABLE ops.unreached (
    address  text PRIMARY KEY,
    why      text NOT NULL,
    subjects text[] NOT NULL,
    mails    integer NOT NULL DEFAULT 1,
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT INSERT, UPDATE, DELETE ON ops.unreached TO connector_loader;
