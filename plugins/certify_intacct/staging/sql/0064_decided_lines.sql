-- A line that persons decided about may be moved into another report: it is looked for by its ID.
CREATE INDEX part_content_by_line ON ledger.part_content USING gin ((content -> 'lines'));
