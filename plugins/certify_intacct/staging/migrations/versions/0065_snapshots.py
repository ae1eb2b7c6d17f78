"""The newest snapshot of a list is found without those who reused it."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0065_snapshots"
down_revision = "0064_decided_lines"


def upgrade() -> None:
    run("0065_snapshots")


def downgrade() -> None:
    refuse_downgrade()
