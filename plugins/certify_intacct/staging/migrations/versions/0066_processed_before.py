"""Reports that were processed before the first date that is ours are known once they are processed again."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0066_processed_before"
down_revision = "0065_snapshots"


def upgrade() -> None:
    run("0066_processed_before")


def downgrade() -> None:
    refuse_downgrade()
