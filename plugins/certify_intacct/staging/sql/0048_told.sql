-- Of what people were told by mail, so that nobody is told twice and nothing is forgotten: what is not here yet, the next mail tells.
-- `audience`: the report of a run, who can act, or the escalation; `item`: what it was about, without any text of a person.
-- What waits no more goes, so that it is told again should it come back.
CREATE TABLE ops.told (
    audience text NOT NULL,
    category text NOT NULL,
    item     text NOT NULL,
    load_id  bigint,
    told_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (audience, category, item)
);
GRANT INSERT, UPDATE, DELETE ON ops.told TO connector_loader;
