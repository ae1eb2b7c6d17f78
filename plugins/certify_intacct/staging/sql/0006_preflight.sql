-- What was checked before runs: which rights and facts were there.

CREATE TABLE ops.preflight (
    check_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    direction    text NOT NULL,
    config_hash  text NOT NULL,
    -- A digest of where the connections lead and as whom; of secrets it holds none.
    fingerprint  text NOT NULL,
    code_version text NOT NULL,
    dag_id       text NOT NULL,
    run_id       text NOT NULL,
    actor        text NOT NULL DEFAULT '',
    passed       boolean NOT NULL,
    checked_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX preflight_by_subject ON ops.preflight (direction, config_hash, fingerprint, checked_at DESC);
GRANT INSERT ON ops.preflight TO connector_loader;

CREATE TABLE ops.preflight_result (
    check_id       bigint NOT NULL REFERENCES ops.preflight,
    position       integer NOT NULL,
    area           text NOT NULL,
    item           text NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('present', 'missing', 'cannot tell', 'excess')),
    required       boolean NOT NULL,
    detail         text NOT NULL,
    where_to_click text NOT NULL,
    PRIMARY KEY (check_id, position)
);
GRANT INSERT ON ops.preflight_result TO connector_loader;

-- A run asks whether the schema is the one its code was written for.
GRANT SELECT ON public.alembic_version TO connector_loader, connector_analyst;
