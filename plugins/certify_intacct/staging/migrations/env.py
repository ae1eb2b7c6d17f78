"""Alembic's entry: runs all migrations that are due over one connection and in one transaction, so that it is all or nothing."""

from __future__ import annotations

import psycopg
from alembic import context
from sqlalchemy import create_engine, pool

from certify_intacct.staging.migrations.kept import Kept
from certify_intacct.staging.time_limits import TimeLimits

# Two that start at once: the second waits, and finds nothing left to do.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('certify_intacct.migrations'))"

# A large ledger is read and written anew for minutes, and one that starts meanwhile waits for all of it.
_LIMITS = TimeLimits(statement_timeout=4 * 3600, lock_timeout=3600)

url = context.config.attributes["url"]
engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(_LIMITS.applied(url)), poolclass=pool.NullPool
)
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
