"""Alembic's entry: runs all migrations that are due over one connection and in one transaction, so that it is all or nothing."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from certify_intacct.staging.migrations.kept import Kept

# Two that start at once: the second waits, and finds nothing left to do.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('certify_intacct.migrations'))"

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.exec_driver_sql(_LOCK)
    # Alembic's own table lives in `public`: the schemas of ours hold nothing but ours.
    context.configure(connection=connection)
    due = set(context.get_context().get_current_heads()) != set(context.script.get_heads())
    rewrites: dict[tuple[str, str], str] = {}
    for script in context.script.walk_revisions():
        rewrites |= getattr(script.module, "rewrites", {})
    kept = Kept(connection.connection.driver_connection, rewrites) if due else None  # type: ignore[arg-type]
    context.run_migrations()
    if kept is not None:
        kept.check()
    connection.commit()
