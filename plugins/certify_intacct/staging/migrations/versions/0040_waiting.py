"""What waits for a person, one row a report or document."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0040_waiting"
down_revision = "0039_report_dates"


def upgrade() -> None:
    run("0040_waiting")


def downgrade() -> None:
    refuse_downgrade()
