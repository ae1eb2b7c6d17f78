"""The record cannot be rewritten without it being seen."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0025_record"
down_revision = "0024_limits"


def upgrade() -> None:
    run("0025_record")


def downgrade() -> None:
    refuse_downgrade()
