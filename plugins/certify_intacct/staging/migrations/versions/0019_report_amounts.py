"""The lines of a report are summed in one pass, whatever the statistics say."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0019_report_amounts"
down_revision = "0018_parts"


def upgrade() -> None:
    run("0019_report_amounts")


def downgrade() -> None:
    refuse_downgrade()
