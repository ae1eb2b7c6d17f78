"""Indexes by which the life of one report is found among years of them."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0010_report_life"
down_revision = "0009_events"


def upgrade() -> None:
    run("0010_report_life")


def downgrade() -> None:
    refuse_downgrade()
