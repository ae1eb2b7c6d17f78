"""Limits are counted by the day of sending, and a person can stop posting."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0024_limits"
down_revision = "0022_books"


def upgrade() -> None:
    run("0024_limits")


def downgrade() -> None:
    refuse_downgrade()
