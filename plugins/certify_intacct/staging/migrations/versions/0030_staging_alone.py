"""Staging tables do not ask ops.load about each of their rows."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0030_staging_alone"
down_revision = "0029_backfills"


def upgrade() -> None:
    run("0030_staging_alone")


def downgrade() -> None:
    refuse_downgrade()
