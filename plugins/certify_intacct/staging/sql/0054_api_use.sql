-- What was asked of both services, by task, day, function and object; and what Intacct's own meter says.

-- Intacct bills each record that is written and each page that is read. Certify bills nothing, but takes only so many requests at a time:
-- both are 0 there.
-- Load 0: a task that works on none.
CREATE TABLE ops.api_use (
    day        date   NOT NULL,
    service    text   NOT NULL CHECK (service IN ('intacct', 'certify')),
    company    text   NOT NULL,
    load_id    bigint NOT NULL,
    dag_id     text   NOT NULL,
    run_id     text   NOT NULL,
    task       text   NOT NULL,
    function   text   NOT NULL,
    object     text   NOT NULL,
    requests   bigint NOT NULL,
    functions  bigint NOT NULL,
    written    bigint NOT NULL,
    pages      bigint NOT NULL,
    failed     bigint NOT NULL,
    unanswered bigint NOT NULL,
    PRIMARY KEY (day, service, company, load_id, dag_id, run_id, task, function, object)
);
CREATE INDEX api_use_by_load ON ops.api_use (load_id);
GRANT INSERT, UPDATE, DELETE ON ops.api_use TO connector_loader;

-- What Intacct told of a day, or where it tells months alone of a month (its first day), when it was asked last. Whose: by our sender and
-- user, by others, or by all, where it does not tell them apart. Counted: what we had counted by then.
CREATE TABLE ops.api_metered (
    company text    NOT NULL,
    day     date    NOT NULL,
    monthly boolean NOT NULL,
    whose   text    NOT NULL CHECK (whose IN ('ours', 'others', 'all')),
    calls   bigint  NOT NULL,
    counted bigint  NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (company, day, monthly, whose)
);
GRANT INSERT, UPDATE, DELETE ON ops.api_metered TO connector_loader;
