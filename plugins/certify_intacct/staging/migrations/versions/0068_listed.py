"""Whether a record's department and location are listed stands beside it; the index that was for looking each up goes."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0068_listed"
down_revision = "0067_sums_and_labels"


def upgrade() -> None:
    run("0068_listed")


def downgrade() -> None:
    refuse_downgrade()
