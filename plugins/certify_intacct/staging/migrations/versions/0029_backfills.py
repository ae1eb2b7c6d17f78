"""One approval may cover a named backfill."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0029_backfills"
down_revision = "0028_first_reads"


def upgrade() -> None:
    run("0029_backfills")


def downgrade() -> None:
    refuse_downgrade()
