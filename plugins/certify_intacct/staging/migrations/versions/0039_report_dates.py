"""Two more dates of a report."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0039_report_dates"
down_revision = "0038_reclaimable_tax"


def upgrade() -> None:
    run("0039_report_dates")


def downgrade() -> None:
    refuse_downgrade()
