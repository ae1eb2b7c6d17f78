"""What a plan books on each account is kept beside it; and how a report is called is known to whoever decides about it."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0067_sums_and_labels"
down_revision = "0066_processed_before"


def upgrade() -> None:
    run("0067_sums_and_labels")


def downgrade() -> None:
    refuse_downgrade()
