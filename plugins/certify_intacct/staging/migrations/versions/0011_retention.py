"""When the staged rows of a load expired and were deleted."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0011_retention"
down_revision = "0010_report_life"


def upgrade() -> None:
    run("0011_retention")


def downgrade() -> None:
    refuse_downgrade()
