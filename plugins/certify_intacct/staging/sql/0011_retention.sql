-- Staging is not kept for ever. A load is marked before its rows go, so that no task works on half of them.

ALTER TABLE ops.load
    ADD COLUMN staging_expired_at timestamptz,
    ADD COLUMN staging_deleted_at timestamptz,
    ADD CHECK (staging_deleted_at >= staging_expired_at);
