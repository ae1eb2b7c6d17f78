-- What another connector posted for the reports of a load, beside what this one would have posted: a row a document of either. It is made
-- of what was read, so it goes with what the load staged.
CREATE TABLE staging.shadow_document (
    load_id       bigint NOT NULL,
    position      integer NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('differs', 'only_theirs', 'only_ours', 'same')),
    report_id     text NOT NULL,
    approval_code text NOT NULL,
    kind          text NOT NULL,
    number        text NOT NULL,
    payee_id      text NOT NULL,
    entity        text NOT NULL,
    currency      text NOT NULL,
    ours          numeric,
    object        text NOT NULL,
    record_no     text NOT NULL,
    their_number  text NOT NULL,
    record_url    text NOT NULL,
    theirs        numeric,
    -- Each a line (empty: the document), a field, what they say and what this one would say.
    differences   jsonb NOT NULL,
    note          text NOT NULL,
    PRIMARY KEY (load_id, position)
);
