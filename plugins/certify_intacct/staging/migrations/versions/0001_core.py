"""The run manifest, extracts, verdicts, the plan, and departments."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0001_core"
down_revision = None


def upgrade() -> None:
    run("0001_core")


def downgrade() -> None:
    refuse_downgrade()
