-- The newest snapshot of a list is asked for by every run of a backfill: of the loads that read it themselves, and not of all that reused it,
-- which say that they observed it at the same time.
CREATE INDEX extract_snapshots ON ops.extract (stream, observed_at) WHERE source_load_id = load_id;
