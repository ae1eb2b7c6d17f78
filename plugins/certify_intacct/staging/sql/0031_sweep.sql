-- The headers of a sweep lie in a table and are compared there. They go when it is done: what it found is in the load.

CREATE TABLE staging.certify_swept_report (LIKE staging.certify_expense_report INCLUDING DEFAULTS, PRIMARY KEY (load_id, id));

-- Which load swept last. A row is there when all that the sweep found is in its load.
CREATE TABLE ops.sweep (
    load_id    bigint PRIMARY KEY REFERENCES ops.load,
    first_date date NOT NULL,
    headers    integer NOT NULL,
    swept_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sweep_by_time ON ops.sweep (swept_at);
GRANT INSERT, UPDATE ON ops.sweep TO connector_loader;
