"""Guards: approvals of whole plans, the usual size of a run, and what tells a strange company or a changed schema."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0008_guards"
down_revision = "0007_deletions"


def upgrade() -> None:
    run("0008_guards")


def downgrade() -> None:
    refuse_downgrade()
