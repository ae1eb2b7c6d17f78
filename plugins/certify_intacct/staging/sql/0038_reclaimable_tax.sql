-- What the documents that Intacct has claim of tax: by entity, tax detail, month of posting and currency.
--
-- As it was sent: a document's lines stand in its canonical form, and one that is not in Intacct any more, or was refused, is not among
-- them. `standing` says whether it counts already: in_gl; waiting, where nobody has approved it yet; or altered, where somebody has
-- changed it in Intacct since, accepted or not, so that what stands there is to be looked at. Tax on accounts is in no entry.
-- A line with two entries counts with its net amount in both.
CREATE VIEW ledger.reclaimable_tax AS
SELECT d.intacct_company, d.entity, c.document ->> 'tax_solution' AS tax_solution, t.entry ->> 'detail_id' AS tax_detail,
       date_trunc('month', d.posting_date::timestamp)::date AS month, d.currency,
       CASE WHEN d.state = 'altered' OR d.stands IS NOT NULL THEN 'altered' WHEN d.state = 'in_gl' THEN 'in_gl' ELSE 'waiting' END AS standing,
       sum((l.line ->> 'amount')::numeric) AS net, sum((t.entry ->> 'amount')::numeric) AS tax, count(DISTINCT d.document_id) AS documents
FROM ledger.document d
CROSS JOIN LATERAL (SELECT convert_from(d.canonical, 'UTF8')::jsonb AS document) c
CROSS JOIN LATERAL jsonb_array_elements(c.document -> 'lines') AS l (line)
CROSS JOIN LATERAL jsonb_array_elements(l.line -> 'tax') AS t (entry)
WHERE d.state IN ('accepted', 'in_gl', 'altered')
GROUP BY 1, 2, 3, 4, 5, 6, 7;
